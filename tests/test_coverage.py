"""The coverage ledger: what each file is called, and why."""

from __future__ import annotations

from typing import Any

import pytest

from backline.coverage import cover
from backline.intake.change import Change
from backline.intake.diff import FileDiff, Hunk, Line
from backline.intake.selection import Choice
from backline.report import Coverage

LINE = Hunk(old_start=0, old_count=0, new_start=1, new_count=1, lines=(Line("+", None, 1, "x = 1"),))


def row(*, selected: bool = True, failure: str | None = None, by_agent: bool = True, **fields: Any) -> Coverage:
    file = FileDiff(path="app/x.py", **fields)
    choice = Choice(path=file.path, language="python", selected=selected, reason="documentation")
    failures = {file.path: failure} if failure else {}
    change = Change(head="a" * 40, merge_base="b" * 40, files=(file,))
    return cover(change, [choice], failures, by_agent=by_agent)[0]


ROWS = [
    ({"hunks": (LINE,)}, "reviewed", None),
    ({"hunks": (LINE,), "by_agent": False}, "rules-only", None),
    ({"hunks": (LINE,), "failure": "refused"}, "failed", "refused"),
    ({"problem": "malformed hunk"}, "failed", "malformed hunk"),
    ({"hunks": (LINE,), "selected": False}, "skipped", "documentation"),
    ({"status": "renamed", "selected": False}, "skipped", "documentation"),
    ({"status": "renamed", "old_path": "app/y.py", "failure": "refused"}, "failed", "refused"),
    ({"status": "renamed", "old_path": "app/y.py"}, "skipped", "no line changed: renamed"),
    ({"status": "renamed", "old_path": "app/y.py", "by_agent": False}, "skipped", "no line changed: renamed"),
    ({"status": "copied", "old_path": "app/y.py"}, "skipped", "no line changed: copied"),
    ({"new_mode": "100755"}, "skipped", "no line changed: its mode"),
    ({"status": "added", "old_mode": "000000"}, "skipped", "no line changed: an empty file"),
    ({"status": "deleted", "new_mode": "000000"}, "skipped", "no line changed: an empty file"),
    ({}, "skipped", "no line changed"),
]


@pytest.mark.parametrize(("given", "disposition", "reason"), ROWS)
def test_a_file_is_called_what_was_done_with_it(given: dict[str, Any], disposition: str, reason: str | None) -> None:
    found = row(**given)
    assert (found.disposition, found.reason) == (disposition, reason)
