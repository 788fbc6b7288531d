"""The code around a finding, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backline.finding import Finding
from backline.findings.sources import Sources
from backline.intake.change import Change

LINES = 2


def source_of(change: Change) -> Callable[[Finding], Sequence[tuple[int, str]]]:
    """Finding → (number, line) of its file from two lines before it to two after; only lines that are known."""
    sources = Sources(change)

    def around(finding: Finding) -> Sequence[tuple[int, str]]:
        if finding.path not in sources.files:
            return ()
        lines = sources.page(finding.path, finding.side).lines
        wanted = range(finding.start_line - LINES, finding.line + LINES + 1)
        return [(number, lines[number]) for number in wanted if number in lines]

    return around
