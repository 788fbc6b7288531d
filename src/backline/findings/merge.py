"""One comment per defect: what overlaps becomes one finding, whatever order it was raised in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backline.finding import Finding, Kind, SetAside, Severity, Source, Verification, set_aside
from backline.findings.identity import distinct, is_guard
from backline.findings.weakness import family

_Key = tuple[object, ...]
LINTERS = ("ruff.", "squawk.", "zizmor.")
"""What the ids of linters' rules begin with."""
_SURE = (Verification.CONFIRMED, Verification.DETERMINISTIC, Verification.UNVERIFIED)


def once(findings: Sequence[Finding]) -> tuple[list[Finding], list[SetAside]]:
    """Of what one source said of one weakness at one line the strongest, and the repetitions.

    For what is still to be judged: two claims that only overlap may be two defects, and a verdict on one of them
    says nothing about the other.
    """
    kept: dict[_Key, Finding] = {}
    for finding in sorted(findings, key=_strength):
        kept.setdefault(_saying(finding), finding)
    repeated = (f for f in findings if kept[_saying(f)] is not f)
    return list(kept.values()), [_gone(f, kept[_saying(f)]) for f in repeated]


def _saying(f: Finding) -> _Key:
    rule = f.rule if is_guard(f.rule) or not f.cwe else None
    return f.source, f.kind, f.path, f.side, f.start_line, f.category, family(f.cwe), rule


def merge(findings: Iterable[Finding]) -> tuple[list[Finding], list[SetAside]]:
    """What stands, in `rank` order, and what went into another finding.

    Merging can give a finding the CWE that makes it equal to one of another category, hence until nothing changes.
    """
    standing, dropped = list(findings), list[SetAside]()
    while True:
        merged, gone = _once(standing)
        dropped += gone
        if not gone:
            return rank(distinct(merged)), dropped
        standing = merged


def rank(findings: Iterable[Finding]) -> list[Finding]:
    """Most severe first, then most confident, problems before questions, then by place."""
    return sorted(findings, key=_place)


def _place(f: Finding) -> tuple[object, ...]:
    return (*_weight(f), f.path, f.line, f.start_line, f.side, f.category, f.title, repr(f))


def _weight(f: Finding) -> tuple[int, int, bool]:
    return list(Severity).index(f.severity), list(type(f.confidence)).index(f.confidence), f.kind is Kind.QUESTION


def _strength(f: Finding) -> tuple[object, ...]:
    """The least leads: a total order. No question swallows a problem, and of one kind what is proven goes before what
    is not: a model's confirmed prose before a rule's, a rule's before a claim that nobody has verified. Of equally
    severe rules our own names what stands in the code, a linter's only what is wrong."""
    first = not is_guard(f.rule), f.kind is Kind.QUESTION, not _proven(f), f.source is not Source.CLAUDE
    return (*first, list(Severity).index(f.severity), (f.rule or "").startswith(LINTERS), *_place(f))


def _proven(f: Finding) -> bool:
    return f.source is Source.RULES or f.verification is not Verification.UNVERIFIED


def _once(findings: Iterable[Finding]) -> tuple[list[Finding], list[SetAside]]:
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
    if is_guard(f.rule):
        return [_guard(f), *_guarded(f)]
    return _places(f, [family(f.cwe), "any"])


def _sought(f: Finding) -> list[_Key]:
    """Another of the same lines and category, unless both name a weakness and not the same one; two rules that meet
    are one comment all the same, which names both. A guard joins nothing but itself; others join a guard only for the
    same weakness."""
    if is_guard(f.rule):
        return [_guard(f)]
    return [*_places(f, [family(f.cwe), None] if f.cwe else ["any"]), *_guarded(f)]


def _places(f: Finding, kinds: Sequence[str | None]) -> list[_Key]:
    """Its lines as one of *kinds*, a rule's also as a rule's; of one weakness the same lines in any category."""
    whole: list[_Key] = [(f.path, f.side, "same", f.cwe, f.start_line, f.line)] if f.cwe else []
    every = [*kinds, *(["rules"] if f.source is Source.RULES else [])]
    return [*whole, *((f.path, f.side, f.category, kind, n) for kind in every for n in _lines(f))]


def _guarded(f: Finding) -> list[_Key]:
    return [(f.path, f.side, "guarded", f.cwe, n) for n in _lines(f) if f.cwe]


def _lines(f: Finding) -> range:
    return range(f.start_line, f.line + 1)


def _guard(f: Finding) -> _Key:
    return f.path, f.side, f.rule, f.start_line


def _joined(group: Sequence[Finding]) -> Finding:
    """The first one's words and place, with the best that the others know. Nobody's doubt or question makes a proven
    problem worse, and only of the same weakness is another's fix a fix."""
    lead, rest = group[0], group[1:]
    if not rest:
        return lead
    questions = lead.kind is Kind.QUESTION
    equal = [f for f in group if (questions or f.kind is Kind.PROBLEM) and (_proven(f) or not _proven(lead))]
    fixes = (f.suggestion for f in rest if f.suggestion and _same(lead, f))
    return replace(
        lead,
        fingerprint=next((f.fingerprint for f in group if f.earlier), lead.fingerprint),
        severity=max(f.severity for f in equal),
        confidence=max(f.confidence for f in equal),
        verification=min((f.verification for f in equal), key=_SURE.index),
        rule=lead.rule or next((f.rule for f in rest if f.rule), None),
        cwe=lead.cwe or next((f.cwe for f in rest if f.cwe), None),
        body=_body(lead, rest),
        suggestion=lead.suggestion or next(fixes, None),
        earlier=any(f.earlier for f in group),
    )


def _same(lead: Finding, f: Finding) -> bool:
    """Its fix is a fix: the rules of one family see different defects in one call."""
    if lead.source is Source.RULES:
        return lead.rule == f.rule
    return lead.cwe is not None and family(f.cwe) == family(lead.cwe)


def _body(lead: Finding, rest: Sequence[Finding]) -> str:
    """What has met on one place by chance stays to be read."""
    other = dict.fromkeys(f.title for f in rest if _another(lead, f))
    return " ".join([lead.body, *(f"Also here: {title.rstrip('.')}." for title in list(other)[:3])])


def _another(lead: Finding, f: Finding) -> bool:
    """Of a rule that joins a model's words, and of two models' words, the CWE alone can tell."""
    if Source.CLAUDE in (lead.source, f.source):
        return _proven(f) and f.cwe is not None and family(f.cwe) != family(lead.cwe)
    return f.rule != lead.rule and not (f.cwe and f.cwe == lead.cwe)


def _gone(finding: Finding, lead: Finding) -> SetAside:
    into = lead.rule or f"“{lead.title}”"
    return set_aside(finding, f"merged into {into}")
