"""A report as SARIF 2.1.0: one run, one result per finding.

SARIF places results in the files of the head alone. A finding on removed lines (LEFT) is therefore on the file without
a region, and says the base's lines in its message and properties. What was set aside is left out: a suppression would
claim that the result stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from backline import __version__
from backline.finding import Confidence, Finding, Severity, Side, lines_in_words
from backline.output.clean import for_terminal, one_line, path_text
from backline.report import FAILED, Report
from backline.visible import mask

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SECURITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""In the ranges by which GitHub's code scanning names critical, high, medium and low."""
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_ROOT = "SRCROOT"
_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
_URI_BYTES = [chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)]


def render(report: Report) -> str:
    """ASCII JSON, so that no log command and no invisible code point stands in it."""
    rules = _rules(report.findings)
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {"name": "Backline", "semanticVersion": __version__, "version": __version__, "rules": rules}
        },
        "invocations": [_invocation(report)],
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "automationDetails": {"id": "backline/"},
        **_provenance(report),
        "results": [_result(finding, places[_rule_id(finding)]) for finding in report.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2).replace("##[", "#\\u0023[") + "\n"


def _rule_id(finding: Finding) -> str:
    return one_line(finding.rule or f"{finding.source}.{finding.category}", 200)


def _rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Metadata of every rule that hit. The first finding of a rule speaks for it; the gravest sets the level."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_rule_id(finding), []).append(finding)
    return [_rule(name, group) for name, group in sorted(groups.items())]


def _rule(name: str, group: list[Finding]) -> dict[str, Any]:
    first, severity = group[0], max(finding.severity for finding in group)
    by_rule = first.rule is not None
    text = one_line(first.title) if by_rule else f"A {first.category} finding of the reviewer"
    help_text = for_terminal(first.body) if by_rule else text
    security = {"security-severity": _SECURITY[severity]} if first.category == "security" else {}
    cwes = sorted({_tag(finding.cwe) for finding in group if finding.cwe})
    return {
        "id": name,
        "shortDescription": {"text": text or name},
        "help": {"text": help_text or name},
        "defaultConfiguration": {"level": _LEVEL[severity]},
        "properties": {
            "tags": [str(first.category), *cwes],
            "precision": _PRECISION[first.confidence],
            "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[_LEVEL[severity]],
            **security,
        },
    }


def _tag(cwe: str) -> str:
    return "external/cwe/" + one_line(cwe, 20).lower()


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    removed = finding.side is Side.LEFT
    title = one_line(finding.title)
    lines = lines_in_words(finding.start_line, finding.line)
    where = f" (removed {lines} of the base)" if removed else ""
    return {
        "ruleId": _rule_id(finding),
        "ruleIndex": rule,
        "level": _LEVEL[finding.severity],
        "kind": "review" if finding.kind == "question" else "fail",
        "message": {"text": f"{title}{where}\n\n{for_terminal(finding.body)}".strip() or "finding"},
        "locations": [{"physicalLocation": _place(finding, removed)}],
        "partialFingerprints": {"backline/v1": finding.fingerprint},
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "verification": str(finding.verification),
            "source": str(finding.source),
            "earlier": finding.earlier,
            **({"removedLines": [finding.start_line, finding.line]} if removed else {}),
        },
        **_fixes(finding),
    }


def _artifact(path: str) -> dict[str, str]:
    """Any byte of a path, %-encoded; relative to the repository."""
    data = path.encode("utf-8", "surrogateescape")
    return {"uri": "".join(_URI_BYTES[byte] for byte in data), "uriBaseId": _ROOT}


def _place(finding: Finding, removed: bool) -> dict[str, Any]:
    if removed:
        return {"artifactLocation": _artifact(finding.path)}
    region = {
        "startLine": finding.start_line,
        "endLine": finding.line,
        "snippet": {"text": for_terminal(finding.quote)},
    }
    return {"artifactLocation": _artifact(finding.path), "region": region}


def _fixes(finding: Finding) -> dict[str, Any]:
    """The suggestion as a replacement of whole lines; none that masking would change."""
    fix = finding.suggestion
    if fix is None or finding.side is Side.LEFT or mask(fix.replacement) != fix.replacement:
        return {}
    region = {"startLine": fix.start_line, "startColumn": 1, "endLine": fix.line + 1, "endColumn": 1}
    inserted = {"text": fix.replacement + "\n" if fix.replacement else ""}
    change = {
        "artifactLocation": _artifact(finding.path),
        "replacements": [{"deletedRegion": region, "insertedContent": inserted}],
    }
    return {"fixes": [{"description": {"text": "Suggestion"}, "artifactChanges": [change]}]}


def _invocation(report: Report) -> dict[str, Any]:
    """Success is a complete review; every file that failed is a notification."""
    failed = [
        {
            "level": "error",
            "message": {"text": f"not fully reviewed: {one_line(entry.reason or 'unknown reason', 300)}"},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(entry.path)}}],
        }
        for entry in report.coverage
        if entry.disposition == FAILED
    ]
    notes = [{"level": "note", "message": {"text": one_line(note, 400) or "note"}} for note in report.notes]
    return {"executionSuccessful": report.complete, "toolExecutionNotifications": [*failed, *notes]}


def _provenance(report: Report) -> dict[str, Any]:
    if not report.head:
        return {}
    repository = path_text(report.repository or "")
    return {"properties": {"repository": repository, "revision": report.head, "pullRequest": report.pull_request}}
