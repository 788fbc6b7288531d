"""The exit code as a decision: 0 complete, 1 findings at or above fail-on, 3 incomplete; 3 beats 1."""

from __future__ import annotations

from collections.abc import Mapping

from backline.finding import Severity
from backline.options import NEVER
from backline.report import FAILED, REVIEWED, RULES_ONLY, UNCHANGED, Report
from backline.settings import Settings

COMPLETE = 0
FINDINGS = 1
INCOMPLETE = 3


def in_action(environ: Mapping[str, str]) -> bool:
    """On a GitHub runner."""
    return environ.get("GITHUB_ACTIONS") == "true"


def exit_code(report: Report, settings: Settings, *, action: bool) -> int:
    """Locally an incomplete review fails; in the action it warns, unless nothing that was selected was reviewed."""
    if not report.complete and _incomplete_fails(report, settings, action):
        return INCOMPLETE
    if settings.fail_on != NEVER and any(f.severity >= Severity(settings.fail_on) for f in report.findings):
        return FINDINGS
    return COMPLETE


def _incomplete_fails(report: Report, settings: Settings, action: bool) -> bool:
    if settings.on_incomplete:
        return settings.on_incomplete == "fail"
    states = {row.disposition for row in report.coverage}
    return not action or (FAILED in states and not states & {REVIEWED, RULES_ONLY, UNCHANGED})
