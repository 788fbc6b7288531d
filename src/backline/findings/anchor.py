"""Anchors: which lines a finding may stand on. GitHub takes a comment only inside one hunk."""

from __future__ import annotations

from backline.finding import Side
from backline.findings.sources import Page
from backline.intake.diff import FileDiff, Hunk

RANGE_LIMIT = 10
"""Lines that one finding points at: longer marks are not read."""
QUOTE_LIMIT = 2_000


def in_hunk(file: FileDiff, side: Side, start_line: int, line: int) -> bool:
    """Both lines stand in the same hunk: RIGHT on added or context lines, LEFT on removed ones.

    GitHub would take context on the LEFT too, but then the comment appears beside code that is still there.
    """
    return 0 < start_line <= line and any({start_line, line} <= _numbers(hunk, side) for hunk in file.hunks)


def _numbers(hunk: Hunk, side: Side) -> set[int]:
    if side is Side.LEFT:
        return {line.old for line in hunk.lines if line.kind == "-" and line.old}
    return {line.new for line in hunk.lines if line.kind != "-" and line.new}


def touched(page: Page, start_line: int, line: int) -> list[int]:
    """The changed lines within the range: added ones on the RIGHT, removed ones on the LEFT."""
    if line - start_line < len(page.changed):
        return [n for n in range(start_line, line + 1) if n in page.changed]
    return sorted(n for n in page.changed if start_line <= n <= line)


def clamp(page: Page, start_line: int, line: int) -> tuple[int, int]:
    """A range that touches the change, short enough to read and, where that is possible, inside one hunk.

    Its first line is the finding's anchor, so it moves only when it must, and then to the first changed line.
    """
    end = min(line, start_line + RANGE_LIMIT - 1)
    changed = touched(page, start_line, line)
    if not changed or (changed[0] <= end and in_hunk(page.file, page.side, start_line, end)):
        return start_line, end
    end = min(line, changed[0] + RANGE_LIMIT - 1)
    while end > changed[0] and not in_hunk(page.file, page.side, changed[0], end):
        end -= 1
    return changed[0], end


def quoted(page: Page, start_line: int, line: int) -> str:
    """The lines as shown: whole ones up to the limit, and of a very long first line its beginning."""
    lines = [page.shown.get(n, "") for n in range(start_line, min(line, start_line + RANGE_LIMIT - 1) + 1)]
    while len(lines) > 1 and len("\n".join(lines)) > QUOTE_LIMIT:
        lines.pop()
    return "\n".join(lines)[:QUOTE_LIMIT]
