from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from reports import finding

from backline.finding import Confidence, Severity
from backline.findings.ignore import apply, floors
from backline.settings import Ignore

TODAY = date(2026, 6, 15)
SECRET = {"rule": "guard.secret"}


def row(**fields: Any) -> Ignore:
    return Ignore(**{"reason": "accepted in review"} | fields)


@pytest.mark.parametrize(
    ("ignore", "raised"),
    [
        ({"rule": "python.sql-injection"}, {}),
        ({"rule": "python.*"}, {}),
        ({"rule": "*.sql-*"}, {}),
        ({"path": "app/db.py"}, {}),
        ({"path": "app/**"}, {}),
        ({"path": "*.py"}, {}),
        ({"fingerprint": "0123456789abcdef"}, {}),
        ({"fingerprint": "0123456789abcdef"}, SECRET),
        ({"rule": "python.*", "until": "2026-06-15"}, {}),
        ({"rule": "python.*", "until": "2027-01-01"}, {}),
    ],
)
def test_what_a_row_covers_is_ignored_with_its_reason(ignore: dict[str, Any], raised: dict[str, Any]) -> None:
    kept, [dropped], notes = apply([finding(**raised)], [row(**ignore)], TODAY)
    assert not kept and not notes
    assert dropped.reason == "ignored: accepted in review"
    assert dropped.finding == finding(**raised) and dropped.path == "app/db.py"


@pytest.mark.parametrize(
    ("ignore", "raised"),
    [
        ({"rule": "python"}, {}),
        ({"rule": "Python.*"}, {}),
        ({"rule": "python.sql-injection"}, {"rule": None}),
        ({"rule": "*"}, {"rule": None}),
        ({"path": "db.py/x"}, {}),
        ({"path": "App/db.py"}, {}),
        ({"path": "!app/db.py"}, {}),
        ({"path": "lib/**"}, {}),
        ({"fingerprint": "0123456789abcde"}, {}),
        ({"fingerprint": "*"}, {}),
        ({"rule": "guard.secret"}, SECRET),
        ({"rule": "*"}, SECRET),
        ({"path": "**"}, SECRET),
        ({"path": "app/db.py"}, SECRET),
    ],
)
def test_what_no_row_covers_is_kept(ignore: dict[str, Any], raised: dict[str, Any]) -> None:
    kept, dropped, notes = apply([finding(**raised)], [row(**ignore)], TODAY)
    assert kept == [finding(**raised)] and not dropped and not notes


def test_an_expired_row_ignores_nothing_and_says_so() -> None:
    kept, dropped, notes = apply([finding()], [row(rule="python.*", until="2026-06-14")], TODAY)
    assert kept and not dropped
    assert notes == ["ignore of python.* expired on 2026-06-14: it is not applied"]


def test_a_valid_row_beside_an_expired_one_is_applied() -> None:
    rows = [row(rule="python.*", until="2026-06-14"), row(path="app/**", reason="legacy")]
    kept, [dropped], _ = apply([finding()], rows, TODAY)
    assert not kept and dropped.reason == "ignored: legacy"


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        ({}, None),
        ({"severity": Severity.MEDIUM, "confidence": Confidence.MEDIUM}, None),
        ({"severity": Severity.LOW}, "severity low is under the floor medium"),
        ({"confidence": Confidence.LOW}, "confidence low is under the floor medium"),
        ({"severity": Severity.CRITICAL, "confidence": Confidence.LOW}, "confidence low is under the floor medium"),
        ({"severity": Severity.LOW, "confidence": Confidence.LOW, "rule": "guard.hidden-text"}, None),
    ],
)
def test_the_floors_keep_what_reaches_both_and_every_guard(raised: dict[str, Any], reason: str | None) -> None:
    kept, dropped = floors([finding(**raised)], Severity.MEDIUM, Confidence.MEDIUM)
    assert [row.reason for row in dropped] == ([reason] if reason else [])
    assert kept == ([] if reason else [finding(**raised)])
