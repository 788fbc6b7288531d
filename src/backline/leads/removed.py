"""Deletions that take a protection away: an authorisation check, validation, a rate limit, escaping, a lock, a timeout.

Silent when the protection moved, something of its kind took its place, or what it protected is gone as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from backline.finding import Confidence, Side, normalised
from backline.intake.definitions import Definition
from backline.intake.diff import FileDiff, Hunk, added, removed
from backline.intake.syntax import Tree, definitions, enclosing, parse
from backline.leads.lead import Lead
from backline.leads.protection import CONDITION, FAMILIES, WAY_OUT, WEAKER, rows

_LONGEST = 500
_COMMENT = re.compile(r"\s*(?:#(?!\[)|//|\*|/\*|--|<!--|\"\"\")")
_IMPORT = re.compile(
    r"\s*(?:import\b|from\s+\S+\s+import\b|require(?:_relative)?\b|use\s|using\s+[\w.]+;|export\s.*\bfrom\b|.*=\s*require\()"
)
_WORD = re.compile(r"[A-Za-z_]\w{2,}|[\"'][^\"']{2,}[\"']")
_REMAINS = 0.3
"""Of a definition's other lines so many must still be there: else it was rewritten, and its protection with it."""


class _Guard(NamedTuple):
    line: int
    family: str
    text: str
    argument: bool


def find(file: FileDiff, base_tree: Tree | None, head_tree: Tree | None, language: str | None) -> list[Lead]:
    """Leads on side LEFT, on the removed lines. Trees of either whole file; without one the hunks must do."""
    if language is None or file.status in ("deleted", "added"):
        return []
    guards = list(_guards(file, language))
    if not guards:
        return []
    base, head = _tree(file, base_tree, language, Side.LEFT), _tree(file, head_tree, language, Side.RIGHT)
    if base is None or head is None:
        return []
    place = _Place(file, base, head)
    return [_lead(file.path, run, place.definition(run[0])) for run in _runs([g for g in guards if place.lost(g)])]


def _guards(file: FileDiff, language: str) -> Iterator[_Guard]:
    """The removed lines that protected something, by the tables alone."""
    lines = removed(file)
    everything = "\n".join(lines.values()).lower()
    stems = {name: [s for s in family.stems.split() if s in everything] for name, family in FAMILIES.items()}
    for number, text in lines.items():
        lowered = text[:_LONGEST].lower()
        for family, present in stems.items():
            if any(stem in lowered for stem in present) and (guard := _guard(lines, number, family, language)):
                yield guard
                break


def _guard(lines: dict[int, str], number: int, family: str, language: str) -> _Guard | None:
    text = lines[number][:_LONGEST].strip()
    if _COMMENT.match(text) or _IMPORT.match(text) or WEAKER.search(text.lower()):
        return None
    for row, pattern in rows(language, family):
        if pattern.match(text):
            return _Guard(number, family, text, row.argument)
    if family == "authorisation" and CONDITION.match(text):
        following = " ".join(lines.get(n, "")[:_LONGEST] for n in range(number, number + 4))
        return _Guard(number, family, text, argument=False) if WAY_OUT.search(following) else None
    return None


def _tree(file: FileDiff, tree: Tree | None, language: str, side: Side) -> Tree | None:
    """*tree*, or for a patch alone what the hunks show, each line at its own number."""
    if tree is None or tree.text:
        return tree
    shown = [ln for hunk in file.hunks for ln in hunk.lines]
    lines = {(ln.old if side is Side.LEFT else ln.new) or 0: ln.text for ln in shown}
    return parse("\n".join(lines.get(n, "") for n in range(1, max(lines, default=0) + 1)), language)


@dataclass(frozen=True)
class _Place:
    """Both sides of one file: what stood around a guard, and what stands there now."""

    file: FileDiff
    base: Tree
    head: Tree

    @cached_property
    def old(self) -> list[str]:
        return self.base.text.split("\n")

    @cached_property
    def new(self) -> list[str]:
        return self.head.text.split("\n")

    @cached_property
    def head_definitions(self) -> dict[str, Definition]:
        return {definition.name: definition for definition in reversed(definitions(self.head))}

    @cached_property
    def added(self) -> dict[int, tuple[str, str]]:
        """Head line → (innermost definition's name, text) of every added line that is not a comment or import."""
        lines = (
            (n, text) for n, text in added(self.file).items() if not _COMMENT.match(text) and not _IMPORT.match(text)
        )
        return {n: (_name(enclosing(self.head, n)), text[:_LONGEST]) for n, text in lines}

    def definition(self, guard: _Guard) -> str:
        return _name(enclosing(self.base, guard.line))

    def lost(self, guard: _Guard) -> bool:
        name = self.definition(guard)
        if name and name not in self.head_definitions:
            return False
        if self._in_import(guard.line) or self._still_there(guard, name) or self._replaced(guard, name):
            return False
        if guard.argument:
            return self._rest_remains(guard)
        return self._remains(guard, name)

    def _in_import(self, line: int) -> bool:
        """A name inside a list of imports over several lines."""
        for text in reversed(self.old[max(0, line - 15) : line - 1]):
            if _IMPORT.match(text):
                return True
            if re.search(r"[;)}\]]\s*$", text):
                return False
        return False

    def _still_there(self, guard: _Guard, name: str) -> bool:
        """The same text in the definition as it is now, or added anywhere in its outermost class."""
        text = normalised(guard.text)
        found = self.head_definitions.get(name)
        now = self.new[found.start_line - 1 : found.line] if found else []
        outermost = name.split(".")[0]
        moved = (line for where, line in self.added.values() if not name or where.split(".")[0] == outermost)
        return any(normalised(line) == text for line in now) or any(text in normalised(line) for line in moved)

    def _replaced(self, guard: _Guard, name: str) -> bool:
        """An added line of the same definition, or of one around it, that protects from the same."""
        stand_in, hunk = re.compile(FAMILIES[guard.family].stand_in), self._head_lines(guard.line)
        for number, (where, text) in self.added.items():
            near = where == name or where.startswith(f"{name}.") if name else number in hunk or not where
            around = name.startswith(f"{where}.") or (not where and not text[:1].isspace())
            lowered = text.lower()
            if (near or around) and stand_in.search(lowered) and not WEAKER.search(lowered):
                return True
        return False

    def _hunk(self, line: int) -> Hunk:
        return next(h for h in self.file.hunks if any(ln.old == line and ln.kind == "-" for ln in h.lines))

    def _head_lines(self, line: int) -> set[int]:
        return {ln.new for ln in self._hunk(line).lines if ln.new}

    def _rest_remains(self, guard: _Guard) -> bool:
        """Of an argument: the statement is still there, on an added line or around the argument's own line."""
        if guard.text.endswith(",") or guard.text.startswith((".", "->")):
            return not re.match(r"(?:async )?(?:def|class|function|func)\b", guard.text)
        words = set(_WORD.findall(guard.text))
        lines = [set(_WORD.findall(ln.text)) for ln in self._hunk(guard.line).lines if ln.kind == "+"]
        return any(len(words & now) >= min(2, len(words)) for now in lines)

    def _remains(self, guard: _Guard, name: str) -> bool:
        """Enough of what stood beside the guard is still in the definition (or file) of the same name."""
        before = next((d for d in reversed(enclosing(self.base, guard.line))), None)
        after = self.head_definitions.get(name)
        old = self.old[before.start_line - 1 : before.line] if before else self.old
        new = set(map(normalised, self.new[after.start_line - 1 : after.line] if after else self.new))
        others = [line for line in map(normalised, old) if len(line) > 3 and line != normalised(guard.text)]
        return not others or sum(line in new for line in others) >= _REMAINS * len(others)


def _name(around: tuple[Definition, ...]) -> str:
    return around[-1].name if around else ""


def _runs(guards: list[_Guard]) -> list[list[_Guard]]:
    """Neighbouring lines of one family are one protection."""
    runs: list[list[_Guard]] = []
    for guard in guards:
        if runs and guard.family == runs[-1][-1].family and guard.line <= runs[-1][-1].line + 1:
            runs[-1].append(guard)
        else:
            runs.append([guard])
    return runs


def _lead(path: str, run: list[_Guard], name: str) -> Lead:
    family, guard = FAMILIES[run[0].family], run[0].text.rstrip(" {:,")[:80]
    where = f" from {name}" if name else ""
    return Lead(
        rule=f"removed.{run[0].family.replace(' ', '-')}", path=path, start_line=run[0].line, line=run[-1].line,
        side=Side.LEFT, severity=family.severity, confidence=Confidence.MEDIUM, category=family.category,
        cwe=family.cwe, title=f"Removed{where}: {family.words}"[:120],
        body=f"`{guard}` is gone{where} and nothing of its kind takes its place there: {family.consequence}. "
        "Put it back, or show where this is ensured now.",
    )  # fmt: skip
