"""What a GitHub runner reads: annotations, step outputs, the step summary."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping

from backline.finding import Finding, Severity, Side
from backline.output import receipt
from backline.output.clean import cut, for_terminal, one_line, path_text, workflow_data, workflow_property
from backline.report import Report

PER_TYPE = 10
"""Annotations of one type that the runner keeps of a step (ExecutionContext.cs); the others it drops in silence."""
MESSAGE = 4_000
"""The runner cuts at 4096."""
SUMMARY = 1_000_000
"""The runner drops a summary of more than 1024 * 1024 bytes whole."""

_TYPES = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def annotate(report: Report) -> str:
    """One command per finding, the most severe first, ten of a type; a last notice counts the others.

    An incomplete review takes one of the ten errors: it must be seen.
    """
    room = Counter({"error": PER_TYPE, "warning": PER_TYPE, "notice": PER_TYPE - 1})
    lines = []
    if not report.complete:
        room["error"] -= 1
        lines.append(f"::error title=Backline::{workflow_data(receipt.headline(report))}")
    left_out = 0
    for finding in sorted(report.findings, key=lambda finding: finding.severity, reverse=True):
        kind = _TYPES[finding.severity]
        if room[kind]:
            room[kind] -= 1
            lines.append(_annotation(kind, finding))
        else:
            left_out += 1
    if left_out:
        words = f"{receipt.plural(left_out, 'more finding')}: the step summary has all of them"
        lines.append(f"::notice title=Backline::{workflow_data(words)}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(kind: str, finding: Finding) -> str:
    """Lines of the base (LEFT) do not exist in the head: such a finding is on the file."""
    place = [("file", path_text(finding.path))]
    if finding.side is Side.RIGHT:
        place += [("line", str(finding.start_line)), ("endLine", str(finding.line))]
    place.append(("title", f"{finding.severity}: {one_line(finding.title)}"))
    properties = ",".join(f"{name}={workflow_property(value)}" for name, value in place)
    return f"::{kind} {properties}::{workflow_data(cut(for_terminal(finding.body), MESSAGE))}"


def outputs(report: Report, *, report_file: str = "", sarif_file: str = "") -> dict[str, str]:
    """The step's outputs: exactly these keys."""
    highest = max((finding.severity for finding in report.findings), default=None)
    return {
        "findings": str(len(report.findings)),
        "highest-severity": highest.value if highest else "none",
        "complete": "true" if report.complete else "false",
        "cost-usd": f"{report.usage.cost_usd:.4f}",
        "report": report_file,
        "sarif": sarif_file,
    }


def heredocs(values: Mapping[str, str]) -> str:
    """Outputs as the runner reads them. The delimiter is random: no value can end itself and begin another key."""
    return "".join(_heredoc(name, value) for name, value in values.items())


def _heredoc(name: str, value: str) -> str:
    delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{for_terminal(value)}\n{delimiter}\n"


def summary_part(markdown: str, used: int) -> str:
    """What of *markdown* the step summary still takes; *used*: the bytes that stand in it."""
    room = max(0, SUMMARY - used)
    # A UTF-16 unit takes three bytes of UTF-8 at the most.
    whole = len(markdown.encode()) <= room
    text = markdown if whole else cut(markdown, room // 3)
    return text.rstrip("\n") + "\n" if text and room > 1_000 else ""
