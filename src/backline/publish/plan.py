"""What should be posted, as a value. Identity and anchors are decided here; one other place posts it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backline.finding import Finding, Side
from backline.intake.anchors import Anchors, Span, fits
from backline.intake.state import State
from backline.intake.threads import SILENT, Standing, Thread, said, same
from backline.report import FAILED, SKIPPED, Report, refuted

MOST_EDITS = 20
"""Of threads whose code is gone, in one run; the next one finds the others again."""
OVER = "over the limit of line comments"
NO_PLACE = "GitHub shows no such line"
NOT_TAKEN = "GitHub did not take the comment"
OLD = "told here before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One new line comment."""

    finding: Finding
    start_line: int
    line: int
    commit_fix: bool
    """The lines are exactly those that the suggestion replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    comments: tuple[Comment, ...] = ()
    addressed: tuple[Thread, ...] = ()
    """Threads to mark as addressed, and to resolve where the token may."""
    on_lines: tuple[str, ...] = ()
    """Fingerprints of findings that have a thread already."""
    reasons: Mapping[str, str]
    """Fingerprint → why the finding is told in the summary alone."""
    quiet: bool = False
    """No selected file and no finding: no comment at all."""


def make(report: Report, threads: Sequence[Thread], anchors: Sequence[Anchors], earlier: State, limit: int) -> Plan:
    """*limit*: line comments in one review."""
    spans = {each.path: each.spans for each in anchors}
    comments: list[Comment] = []
    on_lines: list[str] = []
    reasons: dict[str, str] = {}
    for finding in report.findings:
        if said(finding, threads) is not None:
            on_lines.append(finding.fingerprint)
        elif finding.earlier and finding.fingerprint not in earlier.due:
            reasons[finding.fingerprint] = OLD
        elif (comment := placed(finding, spans.get(finding.path, ()))) is None:
            reasons[finding.fingerprint] = NO_PLACE
        elif len(comments) >= limit:
            reasons[finding.fingerprint] = OVER
        else:
            comments.append(comment)
    return Plan(
        comments=tuple(comments),
        addressed=_gone(report, threads)[:MOST_EDITS],
        on_lines=tuple(on_lines),
        reasons=reasons,
        quiet=not report.findings and all(row.disposition == SKIPPED for row in report.coverage),
    )


def of_older_head(todo: Plan, threads: Sequence[Thread]) -> Plan:
    """What a run may still do once the head has moved on, or when an old job is run again.

    It cannot know what is gone from the newer head, nor whether what was told and addressed is really back.
    """
    told = {thread.fingerprint for thread in threads}
    fresh = tuple(comment for comment in todo.comments if comment.finding.fingerprint not in told)
    return replace(todo, comments=fresh, addressed=())


def placed(finding: Finding, spans: Sequence[Span]) -> Comment | None:
    """On the lines of its suggestion, which GitHub replaces exactly; else on its own; else nowhere."""
    fix = finding.suggestion
    if fix and finding.side is Side.RIGHT and fits(spans, Side.RIGHT, fix.start_line, fix.line):
        return Comment(finding=finding, start_line=fix.start_line, line=fix.line, commit_fix=True)
    if fits(spans, finding.side, finding.start_line, finding.line):
        return Comment(finding=finding, start_line=finding.start_line, line=finding.line, commit_fix=False)
    if fits(spans, finding.side, finding.start_line, finding.start_line):
        return Comment(finding=finding, start_line=finding.start_line, line=finding.start_line, commit_fix=False)
    return None


def _gone(report: Report, threads: Sequence[Thread]) -> tuple[Thread, ...]:
    """By evidence, never by silence: only what the report calls addressed, where nobody answered and nothing stands."""
    gone = frozenset(report.addressed)
    found = (t for t in threads if t.fingerprint in gone and t.standing is Standing.OPEN)
    return tuple(thread for thread in found if not any(same(finding, thread) for finding in report.findings))


def counted(report: Report, threads: Sequence[Thread]) -> tuple[Finding, ...]:
    """The findings that people have not resolved or dismissed by now: the others neither fail nor show."""
    return tuple(finding for finding in report.findings if said(finding, threads) not in SILENT)


def digest(report: Report, failed: Sequence[str]) -> str:
    """Of what a summary says, without what differs at each run: seconds, cost, commits, "unchanged"."""
    rows = sorted(f"{r.path}:{r.disposition}:{r.reason}" for r in report.coverage if r.disposition in (FAILED, SKIPPED))
    found = [f"{f.fingerprint}:{f.path}:{f.start_line}:{f.line}:{f.severity}:{f.title}" for f in report.findings]
    words = [
        str(report.complete),
        *rows,
        "findings",
        *found,
        "hunks",
        *sorted(report.hunks),
        "failed",
        *sorted(failed),
        *refuted(report),
    ]
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def run_mark(report: Report, run: str, comments: Sequence[Comment]) -> str:
    """Names one review of one run, so that it is found again when its answer was lost."""
    words = [run, report.head or "", *(comment.finding.fingerprint for comment in comments)]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]
