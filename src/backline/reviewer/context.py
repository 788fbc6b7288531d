"""What the model is shown of one file: its hunks with both line numbers, what encloses them, imports, leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from backline.errors import FileProblem
from backline.finding import Side
from backline.intake.change import Change, text_of
from backline.intake.diff import FileDiff, Hunk, Line
from backline.intake.selection import Choice
from backline.intake.syntax import Tree, enclosing, imports, parse
from backline.leads.lead import Lead
from backline.reviewer.tasks import Part, Task
from backline.visible import mask, show, show_line

LONGEST_LINE = 2_000
MOST_IMPORTS = 30
MOST_AROUND = 60
"""Unchanged lines of an enclosing definition that are shown before and after what changed."""
MOST_DELETED = 200
MOST_LISTED = 2_000
MOST_LEADS = 40


@dataclass(frozen=True)
class Page:
    """One file as the model sees it."""

    change: Change
    file: FileDiff
    language: str | None

    @cached_property
    def head(self) -> Sequence[str] | None:
        return self._shown(Side.RIGHT)

    @cached_property
    def base(self) -> Sequence[str] | None:
        return self._shown(Side.LEFT)

    @cached_property
    def tree(self) -> Tree | None:
        text = text_of(self.change, self.file, Side.RIGHT)
        return parse(text.text, self.language) if text else None

    def line(self, line: Line) -> str:
        """Masked as part of its whole file where there is one: a private key spans lines."""
        lines, number = (self.base, line.old) if line.kind == "-" else (self.head, line.new)
        if lines is not None and number is not None and number <= len(lines):
            return cut(lines[number - 1])
        return cut(show(mask(line.text)))

    def _shown(self, side: Side) -> Sequence[str] | None:
        text = text_of(self.change, self.file, side)
        return show(mask(text.text)).split("\n") if text else None


def cut(line: str) -> str:
    """Head and tail of a line that nobody reads to its end."""
    if len(line) <= LONGEST_LINE:
        return line
    half = LONGEST_LINE // 2
    return f"{line[:half]}⟦{len(line) - 2 * half} characters left out⟧{line[-half:]}"


def manifest(change: Change, choices: Sequence[Choice]) -> str:
    """One line per changed file: how it changed, by how many lines, and whether somebody reviews it."""
    selected = {choice.path for choice in choices if choice.selected}
    rows = [_row(file, file.path in selected) for file in change.files[:MOST_LISTED]]
    more = len(change.files) - len(rows)
    return "\n".join([*rows, *([f"({more} more)"] if more else [])])


def _row(file: FileDiff, selected: bool) -> str:
    kinds = [line.kind for hunk in file.hunks for line in hunk.lines]
    old = f", was {show_line(file.old_path)}" if file.old_path and file.old_path != file.path else ""
    other = "" if selected else ", not reviewed"
    return f"{show_line(file.path)} ({file.status} +{kinds.count('+')} -{kinds.count('-')}{old}{other})"


def task_text(
    task: Task, change: Change, languages: Mapping[str, str | None], leads: Iterable[Lead]
) -> str:  # fmt: skip
    rows = list(leads)
    return "\n\n".join(_part_text(part, change, languages.get(part.file.path), rows) for part in task.parts)


def _part_text(part: Part, change: Change, language: str | None, leads: Sequence[Lead]) -> str:
    page = Page(change, part.file, language)
    old = f", was {show_line(part.file.old_path)}" if part.file.old_path else ""
    lines = [f"=== {show_line(part.file.path)} ({part.file.status}{old}, {language or 'unknown language'})"]
    lines += _imports(page)
    lines += _hunks(page, part.hunks)
    lines += _around(page, part.hunks)
    found = [_lead(lead) for lead in leads if lead.path == part.file.path]
    lines += found[:MOST_LEADS] + ([f"({len(found) - MOST_LEADS} more leads)"] if len(found) > MOST_LEADS else [])
    return "\n".join(lines)


def _imports(page: Page) -> list[str]:
    if page.tree is None or page.file.status == "added":  # its hunk shows them
        return []
    try:
        found = [line for statement in imports(page.tree) for line in statement.split("\n")]
    except FileProblem:
        return []
    shown = show(mask("\n".join(found[:MOST_IMPORTS]))).split("\n")
    return ["imports:", *map(cut, shown)] if found else []


def _hunks(page: Page, hunks: Sequence[Hunk]) -> list[str]:
    lines = []
    for hunk in hunks:
        lines.append(f"@@ base {hunk.old_start}, head {hunk.new_start} @@")
        lines += [_numbered(line, page.line(line)) for line in hunk.lines]
    if page.file.status == "deleted" and len(lines) > MOST_DELETED:
        left = len(lines) - MOST_DELETED
        return [*lines[:MOST_DELETED], f"({left} more removed lines: Read them with side base)"]
    return lines


def _numbered(line: Line, text: str) -> str:
    match line.kind:
        case "+":
            return f"+{line.new}|{text}"
        case "-":
            return f"-{line.old}|{text}"
        case _:
            return f" {line.old}:{line.new}|{text}"


def _around(page: Page, hunks: Sequence[Hunk]) -> list[str]:
    """Unchanged head lines of the definitions that hold a change, where the hunks do not show them."""
    if page.tree is None or page.head is None or page.file.status == "added":
        return []
    shown = {line.new for hunk in hunks for line in hunk.lines if line.new}
    try:
        wanted = {n for hunk in hunks for n in _enclosing_lines(page.tree, hunk)} - shown
    except FileProblem:
        return []
    rows, before = [], 0
    for number in sorted(n for n in wanted if n <= len(page.head)):
        if before and number != before + 1:
            rows.append("…")
        rows.append(f" {number}|{cut(page.head[number - 1])}")
        before = number
    return ["around the changes, unchanged (head):", *rows] if rows else []


def _enclosing_lines(tree: Tree, hunk: Hunk) -> set[int]:
    """The innermost definition, near the change, and the opening line of each that holds it."""
    changed = _changed_places(hunk)
    lines: set[int] = set()
    for place in changed:
        definitions = enclosing(tree, place)
        lines |= {d.start_line for d in definitions}
        if definitions:
            inner = definitions[-1]
            lines |= set(range(max(inner.start_line, place - MOST_AROUND), min(inner.line, place + MOST_AROUND) + 1))
    return lines


def _changed_places(hunk: Hunk) -> list[int]:
    """Head lines that were added, and the ones that stand where something was removed."""
    places, number = [], hunk.new_start
    for line in hunk.lines:
        if line.new:
            number = line.new
        if line.kind != " ":
            places.append(number)
    return places


def _lead(lead: Lead) -> str:
    side = "" if lead.side is Side.RIGHT else " of base"
    return f"lead: line {lead.line}{side}, {lead.severity}, {lead.rule}: {show_line(mask(lead.title))}"
