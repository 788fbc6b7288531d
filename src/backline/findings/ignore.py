"""What the configuration leaves out: ignored findings and those under the floors, each with the reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from backline.finding import Confidence, Finding, SetAside, Severity, set_aside
from backline.findings.identity import is_guard
from backline.globs import matches
from backline.settings import Ignore


def apply(
    findings: Iterable[Finding], ignores: Sequence[Ignore], today: datetime.date
) -> tuple[list[Finding], list[SetAside], list[str]]:
    """What is kept, what is ignored and why, and a note for each row that has expired. ``until`` is the last day."""
    expired = [row for row in ignores if row.until and datetime.date.fromisoformat(row.until) < today]
    valid = [row for row in ignores if row not in expired]
    kept: list[Finding] = []
    dropped: list[SetAside] = []
    for finding in findings:
        if row := next((row for row in valid if _covers(row, finding)), None):
            dropped.append(set_aside(finding, f"ignored: {row.reason}"))
        else:
            kept.append(finding)
    return kept, dropped, [f"ignore of {_named(row)} expired on {row.until}: it is not applied" for row in expired]


def floors(
    findings: Iterable[Finding], severity: Severity, confidence: Confidence
) -> tuple[list[Finding], list[SetAside]]:
    """What reaches both floors. Guards of the review always do: whoever raises a floor has noise in mind, not them."""
    kept: list[Finding] = []
    dropped: list[SetAside] = []
    for finding in findings:
        if is_guard(finding.rule) or (finding.severity >= severity and finding.confidence >= confidence):
            kept.append(finding)
        elif finding.severity < severity:
            dropped.append(set_aside(finding, f"severity {finding.severity} is under the floor {severity}"))
        else:
            dropped.append(set_aside(finding, f"confidence {finding.confidence} is under the floor {confidence}"))
    return kept, dropped


def _covers(row: Ignore, finding: Finding) -> bool:
    """A guard is ignored by its fingerprint alone: that is a decision about one place which a person has looked at.

    A glob would also cover the hidden text or the secret that somebody commits next year.
    """
    if row.fingerprint is not None:
        return row.fingerprint == finding.fingerprint
    if is_guard(finding.rule):
        return False
    if row.rule is not None:
        return finding.rule is not None and fnmatchcase(finding.rule, row.rule)
    return row.path is not None and matches(finding.path, (row.path,)) is True


def _named(row: Ignore) -> str:
    return row.fingerprint or row.rule or row.path or ""
