"""One comment per defect: what overlaps becomes one finding, whatever order it was raised in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backline.finding import Finding, Kind, Severity, Source, Verification
from backline.findings.ground import Dropped
from backline.findings.identity import is_guard

_Key = tuple[object, ...]
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
    """The least leads: a total order. No question swallows a problem; a model's prose goes before a rule's."""
    return not is_guard(f.rule), f.kind is Kind.QUESTION, f.source is not Source.CLAUDE, *_place(f)


def _once(findings: Iterable[Finding]) -> tuple[list[Finding], list[Dropped]]:
    """The strongest first: each weaker one joins the strongest that it meets, else stands for itself.

    Not the whole chain of overlaps: a wide finding would tie together what has nothing to do with each other.
    """
    leaders: list[list[Finding]] = []
    taken: dict[_Key, int] = {}
    for finding in sorted(findings, key=_strength):
        group = min((taken[key] for key in _sought(finding) if key in taken), default=len(leaders))
        if group == len(leaders):
            leaders.append([])
            taken |= dict.fromkeys(_held(finding), group)
        leaders[group].append(finding)
    return [_joined(group) for group in leaders], [_gone(f, group[0]) for group in leaders for f in group[1:]]


def _held(f: Finding) -> list[_Key]:
    """What makes another finding the same defect as this one."""
    lines = range(f.start_line, f.line + 1)
    if is_guard(f.rule):
        return [_guard(f), *((f.path, f.side, "guarded", f.cwe, n) for n in lines if f.cwe)]
    whole: list[_Key] = [(f.path, f.side, "same", f.cwe, f.start_line, f.line)] if f.cwe else []
    return [*whole, *((f.path, f.side, "overlaps", f.category, n) for n in lines)]


def _sought(f: Finding) -> list[_Key]:
    """A guard joins nothing but itself; others join a guard only for the same weakness."""
    if is_guard(f.rule):
        return [_guard(f)]
    lines = range(f.start_line, f.line + 1)
    return [*_held(f), *((f.path, f.side, "guarded", f.cwe, n) for n in lines if f.cwe)]


def _guard(f: Finding) -> _Key:
    return f.path, f.side, f.rule, f.start_line


def _joined(group: Sequence[Finding]) -> Finding:
    """The first one's words and place, with the best that the others know."""
    lead, rest = group[0], group[1:]
    if not rest:
        return lead
    return replace(
        lead,
        fingerprint=next((f.fingerprint for f in group if f.earlier), lead.fingerprint),
        severity=max(f.severity for f in group),
        confidence=max(f.confidence for f in group),
        verification=min((f.verification for f in group), key=_SURE.index),
        rule=lead.rule or next((f.rule for f in rest if f.rule), None),
        cwe=lead.cwe or next((f.cwe for f in rest if f.cwe), None),
        body=_body(lead, rest),
        suggestion=lead.suggestion or next((f.suggestion for f in rest if f.suggestion), None),
        earlier=any(f.earlier for f in group),
    )


def _body(lead: Finding, rest: Sequence[Finding]) -> str:
    """Two rules may have met on one place by chance: the other's title stays to be read. A model has seen both."""
    if lead.source is Source.CLAUDE:
        return lead.body
    other = dict.fromkeys(f.title for f in rest if f.rule != lead.rule and not (f.cwe and f.cwe == lead.cwe))
    return " ".join([lead.body, *(f"Also here: {title.rstrip('.')}." for title in list(other)[:3])])


def _gone(finding: Finding, lead: Finding) -> Dropped:
    into = lead.rule or f"“{lead.title}”"
    return Dropped(
        path=finding.path, source=finding.source, title=finding.title, reason=f"merged into {into}", finding=finding
    )
