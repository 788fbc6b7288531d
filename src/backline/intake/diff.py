"""One file's hunks and lines: the records that every later room reads, and the parser that makes them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from backline.errors import FileProblem
from backline.finding import Side
from backline.intake.modes import FILE
from backline.intake.text import decode_lines

MAX_FILE_LINES = 100_000
MAX_FILE_BYTES = 5_000_000
"""Of one file's hunks: beyond it the file is too large to review. A person's change stays far below."""

_HEADER = re.compile(rb"@@ -([0-9]{1,7})(?:,([0-9]{1,7}))? \+([0-9]{1,7})(?:,([0-9]{1,7}))? @@")
"""More digits than the last line of the largest blob that is read (`objects.MAX_BLOB` bytes) has would be memory for
nothing: text of hunks is padded up to their lines."""


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
    old_mode: str = FILE
    new_mode: str = FILE
    """git's octal words; modes.py has those that matter."""
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


def hunk_lines(file: FileDiff, side: Side) -> dict[int, str]:
    """Line number → text of every line that the hunks show of one side."""
    rows = ((ln.new if side is Side.RIGHT else ln.old, ln.text) for h in file.hunks for ln in h.lines)
    return {number: text for number, text in rows if number}


def as_text(lines: Mapping[int, str]) -> str:
    """One text with each of *lines* at its own number, and empty lines between."""
    return "\n".join(lines.get(number, "") for number in range(1, max(lines, default=0) + 1))


# How far a line goes in the old and in the new file. An editor may have taken an empty context line's space away.
_STEPS = {b"+": (0, 1), b"-": (1, 0), b" ": (1, 1), b"\n": (1, 1), b"\r\n": (1, 1)}


class Body:
    """The bytes of one file's hunks while they are read: each header, without its section text, then its lines."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.count = self.size = 0

    def add(self, lines: list[bytes]) -> None:
        self.count += len(lines)
        self.size += sum(map(len, lines))
        if self.too_large:
            self.lines.clear()
        else:
            self.lines += lines

    @property
    def too_large(self) -> bool:
        return self.count > MAX_FILE_LINES or self.size > MAX_FILE_BYTES


def read_hunk(header: bytes, lines: Iterator[bytes], body: Body) -> None:
    """Read the hunk that *header* opens into *body*, by its counts: a line of it may look like any other header.

    FileProblem when the counts and the lines do not agree.
    """
    if (match := _HEADER.match(header)) is None:
        raise FileProblem(f"malformed hunk: {_shown(header)}")
    old_start, old, new_start, new = (1 if number is None else int(number) for number in match.groups())
    if not old and not new:
        raise FileProblem(f"malformed hunk: {_shown(header)}")
    read = [b"@@ -%d,%d +%d,%d @@\n" % (old_start, old, new_start, new)]
    while old > 0 or new > 0:
        line = next(lines, b"")
        kind = line[:1]
        if kind == b"\\":  # "No newline at end of file", in any language
            continue
        if (step := _STEPS.get(kind) or _STEPS.get(line)) is None:
            raise FileProblem(f"malformed hunk: {_shown(header)} is followed by too few lines")
        old -= step[0]
        new -= step[1]
        read.append(line if kind in b"+- " else b" " + line)
        if len(read) >= 10_000:
            body.add(read)
            read = []
    if old or new:
        raise FileProblem(f"malformed hunk: {_shown(header)} does not count its lines")
    body.add(read)


def parse_hunks(body: Body) -> tuple[Hunk, ...]:
    """The hunks of one file, through unidiff. FileProblem when it is too large or unidiff refuses it."""
    if body.too_large:
        raise FileProblem(f"file too large: its hunks have {body.count:,} lines and {body.size:,} bytes")
    if not body.lines:
        return ()
    text, _ = decode_lines(b"".join(body.lines))
    return _parse(text)


def _parse(text: str) -> tuple[Hunk, ...]:
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    # Names are git's; the header is synthetic because unidiff guesses paths. StringIO splits at \n alone.
    try:
        (file,) = PatchSet(io.StringIO("--- a/x\n+++ b/x\n" + text, newline="\n"))
    except (UnidiffParseError, ValueError) as error:
        raise FileProblem(f"malformed hunk: {str(error)[:100]!r}") from None
    unmarked = _without_mark if "\ufeff" in text else tuple
    return tuple(
        Hunk(
            old_start=hunk.source_start,
            old_count=hunk.source_length,
            new_start=hunk.target_start,
            new_count=hunk.target_length,
            lines=unmarked(
                Line(line.line_type, line.source_line_no, line.target_line_no, line.value.removesuffix("\n"))
                for line in hunk
            ),
        )
        for hunk in file
    )


def _without_mark(lines: Iterable[Line]) -> tuple[Line, ...]:
    """*lines* without the byte order mark of a file's first one, as ``decode`` gives them."""

    def first(line: Line) -> bool:
        return (line.old if line.kind == "-" else line.new) == 1

    return tuple(line._replace(text=line.text.removeprefix("\ufeff")) if first(line) else line for line in lines)


def _shown(header: bytes) -> str:
    text = header[:60].decode("ascii", "replace").strip()
    return "".join(character if character.isprintable() else "?" for character in text)
