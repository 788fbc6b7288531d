"""Suggestions: kept only when they apply to the head blob and parse; the finding stays in any case."""

from __future__ import annotations

from backline.finding import Finding
from backline.findings.ground import Sources


def check(sources: Sources, finding: Finding) -> tuple[Finding, str | None]:
    return finding, None
