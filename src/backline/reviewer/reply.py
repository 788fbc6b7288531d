"""What the model answered, read strictly: bounds, enums, unknown keys, sizes. A bad reply is a value, not an empty list."""

from __future__ import annotations

from dataclasses import dataclass

from backline.finding import Category, Confidence, Kind, Severity


@dataclass(frozen=True, slots=True)
class Evidence:
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A finding as the model gave it: placed by ``quote`` (verbatim code as shown to it); ``line`` is a hint only."""

    path: str
    quote: str
    line: int
    severity: Severity
    confidence: Confidence
    category: Category
    cwe: str | None
    kind: Kind
    title: str
    body: str
    evidence: tuple[Evidence, ...] = ()
    suggestion: str | None = None
    """Replacement for the quoted lines, or None."""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One candidate that the strict reading refused."""

    path: str
    title: str
    reason: str
