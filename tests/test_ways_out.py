"""The exit code: 3 beats 1; locally incomplete fails, in the action it warns unless nothing was reviewed."""

from __future__ import annotations

import pytest

from backline.finding import Category, Confidence, Finding, Severity
from backline.report import Coverage, Report
from backline.settings import Settings
from backline.ways_out import exit_code


def report(states: list[str], severities: list[str]) -> Report:
    found = tuple(
        Finding(
            fingerprint=s, path="a.py", start_line=1, line=1, severity=Severity(s), confidence=Confidence.HIGH,
            category=Category.SECURITY, title="t", body="b", quote="q",
        )
        for s in severities
    )  # fmt: skip
    rows = tuple(Coverage(path=f"{n}", status="added", language=None, disposition=s) for n, s in enumerate(states))
    return Report(complete="failed" not in states, engine="rules", coverage=rows, findings=found)


@pytest.mark.parametrize(
    ("states", "severities", "settings", "action", "code"),
    [
        (["rules-only"], [], {}, False, 0),
        (["rules-only"], ["critical"], {}, False, 0),
        (["rules-only"], ["critical"], {"fail_on": "critical"}, False, 1),
        (["rules-only"], ["high"], {"fail_on": "critical"}, False, 0),
        (["rules-only"], ["high"], {"fail_on": "low"}, True, 1),
        (["skipped"], [], {"fail_on": "low"}, True, 0),
        ([], [], {}, False, 0),
        (["failed", "reviewed"], [], {}, False, 3),
        (["failed", "reviewed"], ["critical"], {"fail_on": "low"}, False, 3),
        (["failed", "reviewed"], [], {}, True, 0),
        (["failed", "reviewed"], ["high"], {"fail_on": "high"}, True, 1),
        (["failed", "skipped"], [], {}, True, 3),
        (["failed", "unchanged"], [], {}, True, 0),
        (["failed", "reviewed"], [], {"on_incomplete": "fail"}, True, 3),
        (["failed", "reviewed"], [], {"on_incomplete": "warn"}, False, 0),
        (["failed"], [], {"on_incomplete": "warn"}, True, 0),
    ],
)
def test_the_exit_code(states: list[str], severities: list[str], settings: dict, action: bool, code: int) -> None:
    assert exit_code(report(states, severities), Settings(**settings), action=action) == code
