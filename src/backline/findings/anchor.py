"""Anchors: which lines a finding may stand on. GitHub takes a comment only inside one hunk."""

from __future__ import annotations

from backline.finding import Finding, Side
from backline.findings.sources import Page
from backline.intake.change import Change
from backline.intake.diff import FileDiff

RANGE_LIMIT = 10
"""Lines that one finding points at: longer marks are not read."""
QUOTE_LIMIT = 2_000


def in_hunk(file: FileDiff, side: Side, start_line: int, line: int) -> bool:
    """Both lines stand in the same hunk: RIGHT on added or context lines, LEFT on removed ones."""
    return Page(file, side, None, None).in_hunk(start_line, line)


def stands_in(change: Change, finding: Finding) -> bool:
    """Its last line stands in a hunk of *change*."""
    file = next((file for file in change.files if file.path == finding.path), None)
    return file is not None and in_hunk(file, finding.side, finding.line, finding.line)


def touched(page: Page, start_line: int, line: int) -> list[int]:
    """The changed lines within the range: added ones on the RIGHT, removed ones on the LEFT."""
    return [n for n in range(start_line, line + 1) if n in page.changed]


def clamp(page: Page, start_line: int, line: int) -> tuple[int, int]:
    """A range that touches the change, short enough to read and, where that is possible, inside one hunk.

    Its first line is the finding's anchor, so it moves only when it must, and then to the first changed line.
    """
    end = min(line, start_line + RANGE_LIMIT - 1)
    changed = touched(page, start_line, line)
    if not changed or (changed[0] <= end and page.in_hunk(start_line, end)):
        return start_line, end
    end = min(line, changed[0] + RANGE_LIMIT - 1)
    while end > changed[0] and not page.in_hunk(changed[0], end):
        end -= 1
    return changed[0], end


def quoted(page: Page, start_line: int, line: int) -> str:
    """The lines as shown: whole ones up to the limit, and of a very long first line its beginning."""
    lines = [page.shown.get(n, "") for n in range(start_line, min(line, start_line + RANGE_LIMIT - 1) + 1)]
    while len(lines) > 1 and len("\n".join(lines)) > QUOTE_LIMIT:
        lines.pop()
    return "\n".join(lines)[:QUOTE_LIMIT]
