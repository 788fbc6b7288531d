"""What the second look does to a finding: confirmed, refuted with a place, unsure, or not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backline.finding import REFUTATION, Confidence, Finding, SetAside, Severity, Source, Verification, set_aside
from backline.findings.identity import is_guard
from backline.reviewer.reply import CONFIRMED, REFUTED
from backline.reviewer.verdict import Verdict, Verdicts


def refutable(findings: Sequence[Finding]) -> list[Finding]:
    """All but what guards the review itself: nobody may talk that away."""
    return [finding for finding in findings if not is_guard(finding.rule)]


def judge(findings: Sequence[Finding], looked: Verdicts) -> tuple[list[Finding], list[SetAside]]:
    """What stands after the second look, and what does not with the reason."""
    judged = [_judged(finding, looked) for finding in findings]
    return [f for f in judged if isinstance(f, Finding)], [d for d in judged if isinstance(d, SetAside)]


def _judged(finding: Finding, looked: Verdicts) -> Finding | SetAside:
    verdict = looked.verdicts.get(finding)
    if is_guard(finding.rule) or (verdict is None and finding not in looked.failures):
        return finding
    if verdict is None:
        return _not_looked_at(finding, looked.failures[finding])
    if verdict.suggestion_fails:
        finding = replace(finding, suggestion=None)
    if verdict.verdict == CONFIRMED:
        return replace(finding, verification=Verification.CONFIRMED, severity=_severity(finding, verdict))
    if verdict.verdict == REFUTED:
        return _refuted(finding, verdict)
    return _unsure(finding)


def _severity(finding: Finding, verdict: Verdict) -> Severity:
    """A model's own claim may be found less severe, never more; a rule's severity is the rule's."""
    if _of_a_rule(finding) or verdict.severity is None:
        return finding.severity
    return min(finding.severity, verdict.severity)


def _not_looked_at(finding: Finding, why: str) -> Finding | SetAside:
    """A failed look confirms nothing and removes no rule's finding; of a model's own only the surest stand."""
    if _of_a_rule(finding) or finding.confidence is Confidence.HIGH:
        return finding
    return set_aside(finding, f"not verified: the second look failed ({why})")


def _refuted(finding: Finding, verdict: Verdict) -> Finding | SetAside:
    """A rule's finding falls only to evidence with a place."""
    if _of_a_rule(finding) and (verdict.path is None or verdict.line is None):
        return finding
    return set_aside(finding, f"{REFUTATION}: {verdict.reason} ({verdict.path}:{verdict.line})")


def _unsure(finding: Finding) -> Finding:
    if _of_a_rule(finding):
        return finding
    return replace(finding, confidence=finding.confidence.lower(), verification=Verification.UNVERIFIED)


def _of_a_rule(finding: Finding) -> bool:
    return finding.source is Source.RULES
