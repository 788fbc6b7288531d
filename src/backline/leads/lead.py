"""Lead: a place to look, found without a model. Offline a lead becomes a finding; with a key the model judges it."""

from __future__ import annotations

from dataclasses import dataclass

from backline.finding import Category, Confidence, Severity, Side, Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A hit on lines ``start_line..line`` (1-based, inclusive) of one side of one file."""

    rule: str
    path: str
    start_line: int
    line: int
    side: Side = Side.RIGHT
    severity: Severity
    confidence: Confidence
    category: Category
    cwe: str | None = None
    title: str
    body: str
    suggestion: Suggestion | None = None
    guard: bool = False
    """Guards the review itself (hidden text, leaked secret): nobody can refute it."""
    tied_line: int | None = None
    """A changed line that makes this an issue of this change although its own lines did not change."""
