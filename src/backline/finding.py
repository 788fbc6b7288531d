"""Finding: one thing that a reviewer would say, on proven lines; its identity survives rewording and rebase."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import total_ordering
from typing import Self


@total_ordering
class _Ordered(Enum):
    """Members compare by their place in the class: the first is the greatest."""

    def __lt__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        order = list(type(self))
        return order.index(self) > order.index(other)

    def __str__(self) -> str:
        return str(self.value)

    def lower(self) -> Self:
        """The next lower member; the lowest stays."""
        order = list(type(self))
        return order[min(order.index(self) + 1, len(order) - 1)]


class Severity(_Ordered):
    """How bad it is when it happens; prompts/rubric.md says which is which."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(_Ordered):
    """How sure the source is that it happens."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Category(StrEnum):
    SECURITY = "security"
    PERFORMANCE = "performance"
    RELIABILITY = "reliability"


class Kind(StrEnum):
    PROBLEM = "problem"
    QUESTION = "question"


class Side(StrEnum):
    """GitHub's words: RIGHT = head blob, LEFT = base blob (removed lines)."""

    RIGHT = "RIGHT"
    LEFT = "LEFT"


class Source(StrEnum):
    RULES = "rules"
    CLAUDE = "claude"


class Verification(StrEnum):
    DETERMINISTIC = "deterministic"
    CONFIRMED = "confirmed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Lines ``start_line..line`` (1-based, inclusive, head blob) become ``replacement`` (no final newline)."""

    start_line: int
    line: int
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Field for field what the report's JSON shows (`backline schema report`)."""

    fingerprint: str
    path: str
    start_line: int
    line: int
    side: Side = Side.RIGHT
    kind: Kind = Kind.PROBLEM
    severity: Severity
    confidence: Confidence
    category: Category
    rule: str | None = None
    cwe: str | None = None
    title: str
    body: str
    quote: str
    suggestion: Suggestion | None = None
    source: Source = Source.RULES
    verification: Verification = Verification.DETERMINISTIC
    earlier: bool = False


REFUTATION = "refuted"
"""The reasons of the second look begin so: by it later pushes know what it refuted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """What was raised and does not stand, with the reason. ``finding`` is None when it could not be placed;
    otherwise ``path``, ``source`` and ``title`` repeat it."""

    path: str
    source: Source
    reason: str
    title: str = ""
    finding: Finding | None = None


def set_aside(finding: Finding, reason: str) -> SetAside:
    return SetAside(path=finding.path, source=finding.source, reason=reason, title=finding.title, finding=finding)


def lines_in_words(start_line: int, line: int) -> str:
    """``line 3``, ``lines 3 to 5``."""
    return f"line {line}" if start_line == line else f"lines {start_line} to {line}"


def claim(finding: Finding) -> str:
    """What a verdict is about: a rule and a model may claim one identity, and only one of them be refuted."""
    return f"{finding.source.value}:{finding.fingerprint}"


def normalised(line: str) -> str:
    """The anchor line without what re-indenting or re-spacing changes."""
    return re.sub(r"\s+", " ", line).strip()


def fingerprint(*, category: Category, path: str, definition: str, anchor: str, occurrence: int) -> str:
    """Identity of a finding: 16 hex digits.

    ``path`` is the oldest known path (before a rename), ``definition`` the enclosing definition's dotted name or "",
    ``anchor`` the text of the first line of the finding, ``occurrence`` its number (0-based) among equal anchors of
    the same definition and category. Neither the line number (it moves), nor the prose, nor the rule (a model
    rewords) is part of it.
    """
    parts = (category.value, path, definition, normalised(anchor), str(occurrence))
    data = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(data).hexdigest()[:16]
