"""One changed file as the selection sees it: its path in parts, its language, and its first lines when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from backline.finding import Side
from backline.intake.change import Change
from backline.intake.diff import FileDiff
from backline.intake.language import by_first_line, by_name, extension
from backline.intake.text import decode

BYTES = 16_384
"""So much of a blob is looked at: imports, directives and generator headers stand at the top."""
LINES = 200


class Verdict(NamedTuple):
    selected: bool
    reason: str


@dataclass(frozen=True)
class Candidate:
    """Names are in lower case: which kind of file it is does not hang on the case of letters."""

    change: Change
    file: FileDiff

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The folders, outermost first."""
        return tuple(self.file.path.lower().split("/")[:-1])

    @cached_property
    def name(self) -> str:
        """Without the word for a sample: ``nginx.conf.template`` is as good as ``nginx.conf``."""
        name = self.file.path.rpartition("/")[2].lower()
        stem, _, last = name.rpartition(".")
        return stem if stem and last in ("template", "dist", "example", "sample") else name

    @cached_property
    def extension(self) -> str:
        return extension(self.name)

    @cached_property
    def language(self) -> str | None:
        """By name; a file without an extension by its first line."""
        found = by_name(self.name)
        return found or (None if self.extension else by_first_line(self.text.partition("\n")[0]))

    @cached_property
    def text(self) -> str:
        """The first lines of the head's blob (the base's when the file is deleted); of the hunks without blobs."""
        side = Side.LEFT if self.file.status == "deleted" else Side.RIGHT
        return self._top(side) or self._from_hunks(side)

    @cached_property
    def base_text(self) -> str:
        """The first lines of the base's blob; "" for an added file."""
        return self._top(Side.LEFT) or self._from_hunks(Side.LEFT)

    def _top(self, side: Side) -> str:
        oid = self.file.new_oid if side is Side.RIGHT else self.file.old_oid
        data = self.change.blobs.read(oid) if oid else None
        if not data:
            return ""
        return "\n".join(decode(data[:BYTES]).text.split("\n", LINES)[:LINES])

    def _from_hunks(self, side: Side) -> str:
        kinds = " +" if side is Side.RIGHT else " -"
        lines = [line.text for hunk in self.file.hunks[:20] for line in hunk.lines[:LINES] if line.kind in kinds]
        return "\n".join(lines[:LINES])
