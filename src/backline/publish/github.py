"""The poster. Its verbs are a closed list: one review with event COMMENT, its own summary, edits of its own comments,
`resolveReviewThread` on its own threads. Nothing else is ever written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from backline.errors import BacklineError
from backline.intake.github import LONGEST_WAIT, Client, GitHubError
from backline.intake.pull import Pulled, Summary
from backline.publish import comment as words
from backline.publish.outcome import Outcome, outcome
from backline.publish.plan import Comment, run_mark
from backline.report import Report

_RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"
MOST_POSTS = 12
"""Requests for one review, halves included: a comment that GitHub refuses is not worth more."""
_SETTLE = 3.0
"""Seconds until GitHub shows what it took but did not answer for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of the comments."""

    done: frozenset[str] = frozenset()
    """Fingerprints that are on a line now."""
    refused: frozenset[str] = frozenset()
    """Those that GitHub refuses for what they are: they are not tried again."""
    why: str = ""
    """The first refusal, in words; empty when there was none."""
    may_write: bool = True


@dataclass(frozen=True, kw_only=True)
class Poster:
    client: Client
    repository: str
    number: int
    by: str
    look: Callable[[], Pulled]
    """Reads the pull request again."""
    known: frozenset[str] = frozenset()
    """Threads that were there before anything was posted: they prove no arrival."""

    def review(self, report: Report, comments: Sequence[Comment], run: str) -> Posted:
        """All *comments* in one review; where one is not acceptable, in halves."""
        done: set[str] = set()
        refused: set[str] = set()
        why, may_write, posts = "", True, 0
        waiting = [list(comments)] if comments else []
        while waiting and posts < MOST_POSTS and may_write:
            part = max(waiting, key=len)
            waiting.remove(part)
            result, spent, message = self._one(report, part, run)
            posts += spent
            why = why or message
            if result is Outcome.DONE:
                done |= {each.finding.fingerprint for each in part}
            elif result is Outcome.APART and len(part) > 1:
                middle = len(part) // 2
                waiting += [part[:middle], part[middle:]]
            elif result is Outcome.APART:
                refused |= {each.finding.fingerprint for each in part}
            else:
                may_write = result is not Outcome.NEVER
                break
        return Posted(done=frozenset(done), refused=frozenset(refused), why=why, may_write=may_write)

    def _one(self, report: Report, part: Sequence[Comment], run: str) -> tuple[Outcome, int, str]:
        """One review, sent at most twice: result, requests, the refusal in words."""
        mark = run_mark(report, run, part)
        message = ""
        for posts in (1, 2):
            try:
                self._send(report, part, mark)
            except GitHubError as error:
                message, result = str(error), outcome(error)
                if result is Outcome.LOOK:
                    result = self._looked(mark, part)
                elif result is Outcome.WAIT:
                    self.client.sleep(error.wait if error.wait is not None else LONGEST_WAIT)
                if result is not Outcome.WAIT:
                    return result, posts, "" if result is Outcome.DONE else message
            else:
                return Outcome.DONE, posts, ""
        return Outcome.STOP, 2, message

    def _send(self, report: Report, part: Sequence[Comment], mark: str) -> None:
        body = {
            "commit_id": report.head,
            "event": "COMMENT",
            "body": words.review_body(len(part), self.by, mark),
            "comments": [_comment(each, self.by, self.links) for each in part],
        }
        self.client.write("POST", f"{self._path}/pulls/{self.number}/reviews", body)

    def _looked(self, mark: str, part: Sequence[Comment]) -> Outcome:
        """Whether the review is there although its answer was lost. Not knowing stops: the next run looks again."""
        self.client.sleep(_SETTLE)
        try:
            found = self.look()
        except BacklineError:
            return Outcome.STOP
        there = {thread.fingerprint for thread in found.threads if thread.id not in self.known}
        arrived = mark in found.runs or all(each.finding.fingerprint in there for each in part)
        return Outcome.DONE if arrived else Outcome.WAIT

    def summary(self, body: str, known: Summary | None) -> str:
        """Written in place, or made; "" or the refusal in words."""
        path = f"{self._path}/issues/comments/{known.id}" if known else f"{self._path}/issues/{self.number}/comments"
        return self._write("PATCH" if known else "POST", path, {"body": body}, again=known is not None)

    def point(self, spare: Summary, first: Summary) -> str:
        """A further summary of ours only says where the first is; "" or the refusal in words."""
        address = f"{self.links[0]}pull/{self.number}#issuecomment-{first.id}"
        return self.summary(words.moved_body(self.by, address), spare)

    def edit(self, comment: int, body: str) -> str:
        return self._write("PATCH", f"{self._path}/pulls/comments/{comment}", {"body": body}, again=True)

    def resolve(self, thread: str) -> str:
        try:
            self.client.mutate(_RESOLVE, {"id": thread})
        except GitHubError as error:
            return str(error)
        return ""

    def _write(self, verb: str, path: str, body: Mapping[str, Any], *, again: bool) -> str:
        """*again*: repeating it does no harm, so a doubtful answer is followed by one more try."""
        message = ""
        for _ in range(2):
            try:
                self.client.write(verb, path, body)
            except GitHubError as error:
                message, result = str(error), outcome(error)
                if result is Outcome.LOOK and not again:
                    return "" if self._summary_arrived() else message
                if result is Outcome.WAIT:
                    self.client.sleep(error.wait if error.wait is not None else LONGEST_WAIT)
                elif result is not Outcome.LOOK:
                    return message
            else:
                return ""
        return message

    def _summary_arrived(self) -> bool:
        self.client.sleep(_SETTLE)
        try:
            return self.look().summary is not None
        except BacklineError:
            return False

    @property
    def links(self) -> tuple[str, ...]:
        """Under this address, and nowhere else, a finding may link."""
        return (f"{self.client.server.web}/{self.repository}/",)

    @property
    def _path(self) -> str:
        return f"/repos/{quote(self.repository)}"


def _comment(each: Comment, by: str, links: tuple[str, ...]) -> dict[str, Any]:
    """GitHub refuses a null, and a start that is not before the end."""
    side = each.finding.side.value
    made: dict[str, Any] = {
        "path": each.finding.path,
        "line": each.line,
        "side": side,
        "body": words.finding_body(each.finding, by, links, commit_fix=each.commit_fix),
    }
    return made | ({"start_line": each.start_line, "start_side": side} if each.start_line < each.line else {})
