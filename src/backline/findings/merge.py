"""One comment per defect: what overlaps becomes one finding, whatever order it was raised in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backline.finding import Finding, Kind, Severity, Source, Verification
from backline.findings.ground import Dropped
from backline.findings.identity import is_guard

_SURE = (Verification.CONFIRMED, Verification.DETERMINISTIC, Verification.UNVERIFIED)


def merge(findings: Iterable[Finding]) -> tuple[list[Finding], list[Dropped]]:
    """What stands, in `rank` order, and what went into another finding.

    Merging can give a finding the CWE that makes it equal to one of another category, hence until nothing changes.
    """
    standing, dropped = list(findings), list[Dropped]()
    while True:
        merged, gone = _once(standing)
        dropped += gone
        if not gone:
            return rank(merged), dropped
        standing = merged


def rank(findings: Iterable[Finding]) -> list[Finding]:
    """Most severe first, then most confident, problems before questions, then by place."""
    return sorted(findings, key=_place)


def _place(f: Finding) -> tuple[object, ...]:
    return (*_weight(f), f.path, f.line, f.start_line, f.side, f.category, f.title, repr(f))


def _weight(f: Finding) -> tuple[int, int, bool]:
    return list(Severity).index(f.severity), list(type(f.confidence)).index(f.confidence), f.kind is Kind.QUESTION


def _strength(f: Finding) -> tuple[object, ...]:
    """The least leads: a total order. A question never swallows a problem; a model's prose goes before a rule's."""
    return f.kind is Kind.QUESTION, f.source is not Source.CLAUDE, *_place(f)


def _once(findings: Sequence[Finding]) -> tuple[list[Finding], list[Dropped]]:
    """The strongest first: each weaker one joins the strongest that it overlaps, else stands for itself.

    Not the whole chain of overlaps: a wide finding would tie together what has nothing to do with each other.
    """
    leaders: list[list[Finding]] = []
    taken: dict[tuple[object, ...], int] = {}
    for finding in sorted(findings, key=_strength):
        keys = _keys(finding)
        group = min((taken[key] for key in keys if key in taken), default=len(leaders))
        if group == len(leaders):
            leaders.append([])
            taken |= {key: group for key in keys if key not in taken}
        leaders[group].append(finding)
    return [_joined(group) for group in leaders], [_gone(f, group[0]) for group in leaders for f in group[1:]]


def _keys(f: Finding) -> list[tuple[object, ...]]:
    """Two findings that share a key are one defect."""
    where = (f.path, f.side)
    if is_guard(f.rule):
        return [(*where, f.rule, f.start_line)]
    lines: list[tuple[object, ...]] = [(*where, f.category, n) for n in range(f.start_line, f.line + 1)]
    return [*lines, (*where, f.start_line, f.line, f.cwe)] if f.cwe else lines


def _joined(group: Sequence[Finding]) -> Finding:
    """The first one's words and place, with the best that the others know."""
    lead, rest = group[0], group[1:]
    if not rest:
        return lead
    return replace(
        lead,
        severity=max(f.severity for f in group),
        confidence=max(f.confidence for f in group),
        verification=min((f.verification for f in group), key=_SURE.index),
        rule=lead.rule or next((f.rule for f in rest if f.rule), None),
        cwe=lead.cwe or next((f.cwe for f in rest if f.cwe), None),
        suggestion=lead.suggestion or next((f.suggestion for f in rest if f.suggestion), None),
        earlier=any(f.earlier for f in group),
    )


def _gone(finding: Finding, lead: Finding) -> Dropped:
    into = lead.rule or f"“{lead.title}”"
    return Dropped(
        path=finding.path, source=finding.source, title=finding.title, reason=f"merged into {into}", finding=finding
    )
