"""What became of a protection that a change removed: moved, replaced, gone with what it protected, or lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from backline.finding import normalised
from backline.intake.definitions import Definition
from backline.intake.diff import FileDiff, Hunk, added, removed
from backline.intake.syntax import Tree, definitions, enclosing
from backline.leads.protection import FAMILIES, IMPORT, LONGEST, WEAKER, ProtectingLine, inert, protects

_WORD = re.compile(r"[A-Za-z_]\w*")
_KEYWORDS = frozenset((
    "return", "const", "let", "var", "if", "else", "await", "async", "new", "def", "function", "func", "self", "this",
    "public", "private", "in", "for", "do", "end",
))  # fmt: skip
_ROUTE = re.compile(r"[\"'`]/[^\"'`\s]*[\"'`]")
_ANNOTATION = re.compile(r"\s*(?:@\w|\[\w|#\[)")
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_REMAINS = 0.3
"""Of a definition's other lines so many must still be there: else it was rewritten, and its protection with it."""


class _Added(NamedTuple):
    line: int
    definition: str
    text: str
    words: frozenset[str]
    guards: bool = False


@dataclass(frozen=True)
class Aftermath:
    """Both sides of one file: what stood around a guard, and what stands there now. Everything is read once."""

    file: FileDiff
    base: Tree
    head: Tree

    @cached_property
    def old(self) -> list[str]:
        return [normalised(line) for line in self.base.text.split("\n")]

    @cached_property
    def new(self) -> list[str]:
        return [normalised(line) for line in self.head.text.split("\n")]

    @cached_property
    def now(self) -> dict[str, Definition]:
        return {definition.name: definition for definition in reversed(definitions(self.head))}

    @cached_property
    def added(self) -> list[_Added]:
        """Every added line that is not a comment or import."""
        lines = ((n, text) for n, text in added(self.file).items() if not inert(text))
        return [
            _Added(n, innermost(enclosing(self.head, n)), text[:LONGEST], _words(text[:LONGEST])) for n, text in lines
        ]

    @cached_property
    def hunk_of(self) -> dict[int, Hunk]:
        return {ln.old: hunk for hunk in self.file.hunks for ln in hunk.lines if ln.kind == "-" and ln.old}

    @cached_property
    def _memo(self) -> dict[object, Any]:
        return {}

    def lost(self, guard: ProtectingLine) -> bool:
        around = enclosing(self.base, guard.line)
        name = innermost(around)
        if name and name not in self.now:
            return False
        if self._in_import(guard.line) or self._still_there(guard, name) or self._replaced(guard, name):
            return False
        if _ANNOTATION.match(guard.text) and not self._annotated_remains(guard):
            return False
        return self._rest_remains(guard) if guard.argument else self._remains(around[-1] if around else None)

    def _in_import(self, line: int) -> bool:
        """A name inside a list of imports over several lines."""
        for text in reversed(self.old[max(0, line - 15) : line - 1]):
            if IMPORT.match(text):
                return text.rstrip().endswith(("(", "{", "[", ",", "\\"))
            if text.endswith((";", ")", "}", "]")):
                return False
        return False

    def _still_there(self, guard: ProtectingLine, name: str) -> bool:
        """The same text in the definition as it is now, or added anywhere in its outermost class."""
        text, outermost = normalised(guard.text), _outermost(name)
        now = self._once(("now", name), lambda: set(self._lines_now(name)))
        moved = self._once(("moved", outermost), lambda: "\n".join(
            normalised(line.text) for line in self.added if _outermost(line.definition) == outermost or not name
        ))  # fmt: skip
        return text in now or text in moved

    def _lines_now(self, name: str) -> list[str]:
        found = self.now.get(name)
        return self.new[found.start_line - 1 : found.line] if found else []

    def _replaced(self, guard: ProtectingLine, name: str) -> bool:
        """An added line of the same definition, or of one around it, that protects from the same."""
        hunk = set() if name else self._lines_of(self.hunk_of[guard.line])
        for line in self._once(("stand-in", guard.family), lambda: self._stand_ins(guard.family)):
            if guard.argument and not line.guards and line.words < _words(guard.text):
                continue  # the same statement without its guard
            if name and (line.definition == name or line.definition.startswith(f"{name}.")):
                return True
            if line.definition and name.startswith(f"{line.definition}."):
                return True
            if line.guards and FAMILIES[guard.family].movable and _outermost(line.definition) == _outermost(name):
                return True
            if (line.guards or FAMILIES[guard.family].movable) and line.definition in self._calls(name):
                return True
            if not line.definition and (line.line in hunk or line.guards):
                return True
        return False

    def _calls(self, name: str) -> set[str]:
        """The definitions of this file that an added line of *name* speaks of: what they do is done for it."""
        return self._once(("calls", name), lambda: self._spoken_of(name))  # type: ignore[no-any-return]

    def _spoken_of(self, name: str) -> set[str]:
        words = frozenset[str]().union(*(line.words for line in self.added if line.definition == name))
        return {other for other in self.now if other != name and other.rpartition(".")[2] in words}

    def _lines_of(self, hunk: Hunk) -> set[int]:
        found: set[int] = self._once(("lines", hunk.old_start), lambda: {ln.new for ln in hunk.lines if ln.new})
        return found

    def _stand_ins(self, family: str) -> list[_Added]:
        """Lines written as the table knows such guards, or whose code, apart from its strings, speaks of it."""
        words, language = re.compile(FAMILIES[family].stand_in), self.base.language
        safe = [line for line in self.added if not WEAKER.search(line.text.lower())]
        guards = [line._replace(guards=True) for line in safe if protects(line.text, family, language)]
        return guards + [line for line in safe if words.search(_STRING.sub("", line.text).lower())]

    def _rest_remains(self, guard: ProtectingLine) -> bool:
        """Of an argument: the statement is still there, on an added line or around the argument's own line."""
        if guard.text.endswith(",") or guard.text.startswith((".", "->")):
            return True
        words, route = _words(guard.text), _ROUTE.search(guard.text)
        return any(
            len(words & now) >= min(2, len(words) - 1) > 0 and (not route or route[0] in text)
            for now, text in self._added_in_hunk(guard.line)
        )

    def _added_in_hunk(self, line: int) -> list[tuple[frozenset[str], str]]:
        hunk = self.hunk_of[line]
        added_lines: list[tuple[frozenset[str], str]] = self._once(
            ("words", hunk.old_start),
            lambda: [(_words(ln.text[:LONGEST]), ln.text) for ln in hunk.lines if ln.kind == "+"],
        )
        return added_lines

    def _annotated_remains(self, guard: ProtectingLine) -> bool:
        """What the annotation, decorator or attribute stands before was not taken away with it."""
        gone = self._once("gone", lambda: removed(self.file))
        after = next((n for n in range(guard.line + 1, len(self.old) + 1) if not _ANNOTATION.match(self.old[n - 1])), 0)
        if after not in gone:
            return True
        words = _words(gone[after])
        return any(len(words & now) >= min(2, len(words)) for now, _ in self._added_in_hunk(guard.line))

    def _remains(self, before: Definition | None) -> bool:
        """Enough of what stood beside the guard is still in the definition (or file) of the same name."""
        return bool(self._once(("remains", before), lambda: self._share(before) >= _REMAINS))

    def _share(self, before: Definition | None) -> float:
        old = self.old[before.start_line - 1 : before.line] if before else self.old
        new = set(self._lines_now(before.name) if before else self.new)
        others = [line for line in old if len(line) > 3]
        return sum(line in new for line in others) / len(others) if others else 1.0

    def _once(self, key: object, make: Callable[[], Any]) -> Any:
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]


def _outermost(name: str) -> str:
    return name.partition(".")[0]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text)) - _KEYWORDS


def innermost(around: tuple[Definition, ...]) -> str:
    return around[-1].name if around else ""
