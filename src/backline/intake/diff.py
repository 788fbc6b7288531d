"""One file's hunks and lines: the records that every later room reads, and the parser that makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """One line of a hunk. Numbers are 1-based and count ``\\n`` alone, as git counts."""

    kind: str
    """``"+"`` added, ``"-"`` removed, ``" "`` context."""
    old: int | None
    new: int | None
    text: str
    """Without its ``\\n``; a trailing ``\\r`` stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """One changed file. ``path`` is the head's name (the base's when deleted), bytes as surrogate escapes."""

    path: str
    old_path: str | None = None
    """Before a rename or copy; None otherwise."""
    status: str = "modified"
    """added | modified | deleted | renamed | copied | typechange."""
    old_mode: str = "100644"
    new_mode: str = "100644"
    """git's octal words; ``000000`` where the file does not exist, ``120000`` symlink, ``160000`` submodule."""
    old_oid: str | None = None
    new_oid: str | None = None
    """Blob names; None where there is no blob (or with --diff)."""
    hunks: tuple[Hunk, ...] = ()
    problem: str | None = None
    """Why the hunks are missing or not to be trusted; such a file is never reviewed in full."""


def added(file: FileDiff) -> dict[int, str]:
    """New line number → text of every added line."""
    return {ln.new: ln.text for h in file.hunks for ln in h.lines if ln.kind == "+" and ln.new}


def removed(file: FileDiff) -> dict[int, str]:
    """Old line number → text of every removed line."""
    return {ln.old: ln.text for h in file.hunks for ln in h.lines if ln.kind == "-" and ln.old}
