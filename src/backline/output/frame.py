"""The code around a finding and its suggestion, as aligned lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backline.finding import Finding
from backline.output.clean import for_terminal

AROUND = 2
_LONGEST = 14
"""Lines that a frame shows; the middle of a longer one is left out."""
_SHOWN_CHARACTERS = 2_000


class Row(NamedTuple):
    """One line of a frame. ``number`` is None where lines were left out or are unknown."""

    mark: str
    """``>`` the finding's own line, ``-`` and ``+`` of a suggestion, else a blank."""
    number: int | None
    text: str


def code(finding: Finding, around: Sequence[tuple[int, str]]) -> tuple[Row, ...]:
    """The finding's lines and two on each side; the finding's own quote where the file is not at hand."""
    if not around:
        quoted = finding.quote.split("\n")
        around = list(enumerate(quoted, finding.start_line))
        return _shortened([Row(">", number, _line(text)) for number, text in around])
    first, last = finding.start_line - AROUND, finding.line + AROUND
    rows = [
        Row(">" if finding.start_line <= number <= finding.line else " ", number, _line(text))
        for number, text in around
        if first <= number <= last
    ]
    return _shortened(rows)


def suggestion(finding: Finding, around: Sequence[tuple[int, str]]) -> tuple[Row, ...]:
    """The suggestion as a diff, from the first line that changes to the last."""
    fix = finding.suggestion
    if fix is None:
        return ()
    old = [text for number, text in around if fix.start_line <= number <= fix.line]
    new = fix.replacement.split("\n") if fix.replacement else []
    return _shortened(_trimmed(list(_diff(old, new, fix.start_line))))


def _diff(old: Sequence[str], new: Sequence[str], first: int) -> Iterator[Row]:
    from difflib import SequenceMatcher  # a run without suggestions does not pay for it

    for what, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (Row(" ", first + index, _line(new[index])) for index in range(new_start, new_end))
        else:
            yield from (Row("-", first + index, _line(old[index])) for index in range(old_start, old_end))
            yield from (Row("+", first + index, _line(new[index])) for index in range(new_start, new_end))


def _trimmed(rows: Sequence[Row]) -> Sequence[Row]:
    changed = [index for index, row in enumerate(rows) if row.mark != " "]
    return rows[changed[0] : changed[-1] + 1] if changed else ()


def _shortened(rows: Sequence[Row]) -> tuple[Row, ...]:
    if len(rows) <= _LONGEST:
        return tuple(rows)
    half = _LONGEST // 2
    return (*rows[:half], Row(" ", None, f"… {len(rows) - 2 * half} lines …"), *rows[-half:])


def _line(text: str) -> str:
    """One clean line, tabs expanded; a line end inside cannot be (lines are what ``\\n`` separates)."""
    short = text.removesuffix("\r")[:_SHOWN_CHARACTERS]
    return for_terminal(short).expandtabs(4).replace("\n", " ")


def aligned(rows: Sequence[Row]) -> Iterator[tuple[Row, str]]:
    """Each row with its gutter: mark and right-aligned number."""
    digits = max((len(str(row.number)) for row in rows if row.number), default=1)
    for row in rows:
        yield row, f"{row.mark} {row.number or '':>{digits}} │ "
