"""The coverage ledger: one row for every changed file, and what makes a review complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backline.intake.change import Change
from backline.intake.diff import FileDiff
from backline.intake.selection import Choice
from backline.report import FAILED, REVIEWED, RULES_ONLY, SKIPPED, Coverage

HUNKS_ONLY = "hunks only"
NO_LINE = "no line changed"


def cover(
    change: Change, choices: Sequence[Choice], failures: Mapping[str, str], *, by_agent: bool
) -> tuple[Coverage, ...]:
    """*choices* stand in the order of the files; *failures*: path → why it has no full answer."""
    state = REVIEWED if by_agent else RULES_ONLY
    patch = HUNKS_ONLY if change.head is None and change.merge_base is None else None
    rows = zip(change.files, choices, strict=True)
    return tuple(_row(file, choice, failures.get(file.path) or file.problem, state, patch) for file, choice in rows)


def _row(file: FileDiff, choice: Choice, failure: str | None, state: str, note: str | None) -> Coverage:
    disposition, reason = state, note
    if not choice.selected:
        disposition, reason = SKIPPED, choice.reason
    elif failure:
        disposition, reason = FAILED, failure
    elif not file.hunks:
        disposition, reason = SKIPPED, _no_line(file)  # Nobody was asked about it: it must not count as reviewed.
    return Coverage(
        path=file.path, status=file.status, language=choice.language, disposition=disposition, reason=reason
    )


def _no_line(file: FileDiff) -> str:
    what = {"renamed": "renamed", "copied": "copied", "added": "an empty file", "deleted": "an empty file"}
    why = what.get(file.status) or ("its mode" if file.old_mode != file.new_mode else "")
    return ": ".join(filter(None, (NO_LINE, why)))


def complete(rows: Sequence[Coverage]) -> bool:
    """Every selected file has a full answer of the engine that was asked for."""
    return all(row.disposition != FAILED for row in rows)
