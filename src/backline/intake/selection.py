"""Which changed files are backend code, and in words a user accepts, why or why not."""

from __future__ import annotations

from dataclasses import dataclass

from backline.intake.change import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The decision about one changed file."""

    path: str
    language: str | None
    """Our name (``python``, ``typescript``, ``sql``, ``dockerfile`` …); None when we do not know it."""
    selected: bool
    reason: str
    """Selected: what makes it backend. Not selected: why not. Never empty."""


def select(change: Change, paths: tuple[str, ...] = ()) -> tuple[Choice, ...]:
    """One choice per file of *change*, in its order. *paths*: globs, ``!`` excludes; they override our own judgement."""
    raise NotImplementedError
