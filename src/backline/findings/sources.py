"""Sources: the text, tree and hunks of a change's files, read when a finding asks for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from backline.errors import FileProblem
from backline.finding import Side, normalised
from backline.intake.candidate import Candidate
from backline.intake.change import Change, Text, text_of
from backline.intake.diff import FileDiff, Hunk, added, as_text, hunk_lines, removed
from backline.intake.syntax import Tree, enclosing, parse
from backline.visible import mask, show

CACHED_PAGES = 16


class Page:
    """One side of one file: lines by number, as they are and as they are shown."""

    def __init__(self, file: FileDiff, side: Side, text: Text | None, language: str | None) -> None:
        self.file, self.side, self.language = file, side, language
        self.text = text.text if text else None
        """None where there is no blob: then the hunks are all that is known."""
        self.encoding = text.encoding if text else "utf-8"
        self.changed = added(file) if side is Side.RIGHT else removed(file)
        self._occurrences: dict[str, Mapping[int, int]] = {}

    @cached_property
    def lines(self) -> Mapping[int, str]:
        """Every line of the blob; with a patch alone, the lines that its hunks show."""
        if self.text is not None:
            return dict(enumerate(self.text.removesuffix("\n").split("\n"), 1)) if self.text else {}
        return hunk_lines(self.file, self.side)

    @cached_property
    def shown(self) -> Mapping[int, str]:
        """The form that a model or a person sees; masked as a whole, because a private key spans lines."""
        text = show(mask(as_text(self.lines)))
        return {n: line for n, line in enumerate(text.split("\n"), 1) if n in self.lines}

    @cached_property
    def places(self) -> Mapping[str, Sequence[int]]:
        """Where each line stands, by its shown text without the space around it."""
        return _grouped((line.strip(), number) for number, line in self.shown.items())

    @cached_property
    def hunk_of(self) -> Mapping[int, int]:
        """Line → number of the hunk in which a comment can stand on it: removed lines on the LEFT, all on the RIGHT.

        GitHub would take context on the LEFT too, but then the comment stands beside code that is still there.
        """
        rows = ((index, row) for index, hunk in enumerate(self.file.hunks) for row in hunk.lines)
        if self.side is Side.LEFT:
            return {row.old: index for index, row in rows if row.kind == "-" and row.old}
        return {row.new: index for index, row in rows if row.new}

    def in_hunk(self, start_line: int, line: int) -> bool:
        """Both lines stand in one hunk."""
        hunk = self.hunk_of.get(start_line)
        return hunk is not None and start_line <= line and self.hunk_of.get(line) == hunk

    @cached_property
    def edited(self) -> list[int]:
        """The changed lines of the head, and where a removal left none of its own, the line that now stands there."""
        return sorted({*self.changed, *(n for hunk in self.file.hunks for n in _after_removals(hunk))})

    @cached_property
    def tree(self) -> Tree | None:
        return parse(self.text, self.language) if self.text is not None else None

    def definition(self, line: int) -> tuple[str, range] | None:
        """Name and lines of the innermost definition around *line*; None at module level or without a tree."""
        try:
            around = enclosing(self.tree, line) if self.tree else ()
        except FileProblem:
            return None
        return (around[-1].name, range(around[-1].start_line, around[-1].line + 1)) if around else None

    def occurrence(self, line: int) -> int:
        """How many lines before it are equal to it and in definitions of the same name."""
        anchor = normalised(self.lines.get(line, ""))
        if anchor not in self._occurrences:
            self._occurrences[anchor] = self._counted(self._equal.get(anchor, ()))
        return self._occurrences[anchor].get(line, 0)

    @cached_property
    def _equal(self) -> Mapping[str, Sequence[int]]:
        return _grouped((normalised(line), number) for number, line in self.lines.items())

    def _counted(self, numbers: Sequence[int]) -> Mapping[int, int]:
        seen: Counter[str] = Counter()
        found = {}
        for number in numbers:
            place = self.definition(number)
            name = place[0] if place else ""
            found[number] = seen[name]
            seen[name] += 1
        return found


class Sources:
    """What is known about the files of *change*, by the head's path."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.files = {file.path: file for file in change.files}
        self._pages: dict[tuple[str, Side], Page] = {}

    def page(self, path: str, side: Side) -> Page:
        """KeyError when *path* is not in the change. The last few are kept: findings come file by file."""
        if (path, side) not in self._pages:
            while len(self._pages) >= CACHED_PAGES:
                del self._pages[next(iter(self._pages))]
            file = self.files[path]
            language = Candidate(self.change, file).language
            self._pages[path, side] = Page(file, side, text_of(self.change, file, side), language)
        return self._pages[path, side]


def _grouped(pairs: Iterable[tuple[str, int]]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for text, number in pairs:
        found.setdefault(text, []).append(number)
    return found


def _after_removals(hunk: Hunk) -> Iterator[int]:
    """For every run of removed lines, the line of the head that now stands there (the one before at the hunk's end)."""
    last, pending = None, False
    for line in hunk.lines:
        pending = pending or line.kind == "-"
        if line.new:
            if pending:
                yield line.new
            last, pending = line.new, False
    if pending and last:
        yield last
