"""When GitHub says no: what each answer means for what was to be posted. Tests hold the table."""

from __future__ import annotations

from enum import StrEnum

from backline.intake.github import LONGEST_WAIT, GitHubError


class Outcome(StrEnum):
    DONE = "done"
    LOOK = "look"
    """It may have been done: look for it before sending again."""
    WAIT = "wait"
    """Not done; GitHub wants a pause that is short enough to wait for, then one more try."""
    APART = "apart"
    """One of several comments is not acceptable and GitHub does not say which: halves, then the rest to the summary."""
    STOP = "stop"
    """No further try will help in this run: the findings go to the summary, the annotations and the report."""
    NEVER = "never"
    """This token may not write here: nothing more is sent."""


_BY_STATUS = {
    301: Outcome.NEVER,  # another server, or a renamed repository
    302: Outcome.NEVER,
    307: Outcome.NEVER,
    308: Outcome.NEVER,
    401: Outcome.NEVER,
    403: Outcome.NEVER,  # a fork's or Dependabot's read-only token; a locked conversation
    404: Outcome.STOP,  # deleted, or hidden from this token
    409: Outcome.STOP,
    410: Outcome.STOP,  # locked
    422: Outcome.APART,
    451: Outcome.NEVER,
}


_HOPELESS = ("is not part of the pull request", "pending review")
"""422, but no comment's fault: the head was taken out by a force-push; somebody's unsent review blocks all others."""


def outcome(error: GitHubError) -> Outcome:
    if error.limited:
        return Outcome.WAIT if (error.wait or 0) <= LONGEST_WAIT else Outcome.STOP
    if error.doubtful:
        return Outcome.LOOK
    if error.status == 422 and any(words in str(error) for words in _HOPELESS):
        return Outcome.STOP
    return _BY_STATUS.get(error.status or 0, Outcome.STOP)
