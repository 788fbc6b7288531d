"""Which files are reviewed together, in what order, and how a task that is too much is halved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from backline.finding import Severity, Side
from backline.intake.diff import FileDiff, Hunk
from backline.leads.lead import Lead

MOST_FILES = 8
MOST_TOKENS = 12_000
"""Of diff in one task; more context makes models worse, fewer tasks make runs cheaper."""

MOST_HUNK = 2 * MOST_TOKENS
"""A larger hunk (a new file, mostly) is cut: each piece is read with care, the tools show the rest."""
MOST_FILE = 16 * MOST_TOKENS
"""Of a larger file nobody would read the review."""
SMALLEST_PIECE = 100
"""Lines; a hunk of fewer than twice as many is not halved."""

CHARS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One file, or some of its hunks when it is too much for one task."""

    file: FileDiff
    hunks: tuple[Hunk, ...]

    @property
    def tokens(self) -> int:
        return sum(hunk_tokens(h) for h in self.hunks)


@dataclass(frozen=True, slots=True)
class Task:
    parts: tuple[Part, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.file.path for part in self.parts))


Lines = tuple[Side, int, int]
"""First and last line of one side."""


def touches(hunk: Hunk, lines: Lines) -> bool:
    side, first, last = lines
    right = side is Side.RIGHT
    start, count = (hunk.new_start, hunk.new_count) if right else (hunk.old_start, hunk.old_count)
    return first < start + max(count, 1) and start <= last


def holds(part: Part, path: str, lines: Lines) -> bool:
    return part.file.path == path and any(touches(hunk, lines) for hunk in part.hunks)


def hunk_tokens(hunk: Hunk) -> int:
    return sum(len(line.text) + 8 for line in hunk.lines) // CHARS_PER_TOKEN + 8


def plan(files: Sequence[FileDiff], leads: Sequence[Lead]) -> tuple[Task, ...]:
    """Every file in one task (a very large one in several), related files together, highest risk first."""
    risk = _risks(files, leads)
    tasks: list[list[Part]] = []
    for part in _parts(_in_order(files)):
        if tasks and _fits(tasks[-1], part):
            tasks[-1].append(part)
        else:
            tasks.append([part])
    ranked = sorted(tasks, key=lambda parts: -max(risk[p.file.path] for p in parts))
    return tuple(Task(tuple(parts)) for parts in ranked)


def halves(task: Task) -> tuple[Task, ...]:
    """Two tasks with the same content; none when there is only one hunk left."""
    if len(task.parts) > 1:
        middle = len(task.parts) // 2
        return Task(task.parts[:middle]), Task(task.parts[middle:])
    part = task.parts[0]
    hunks = part.hunks if len(part.hunks) > 1 else _cut(part.hunks[0], len(part.hunks[0].lines) // 2 + 1)
    if len(hunks) < 2 or (len(part.hunks) == 1 and len(part.hunks[0].lines) < 2 * SMALLEST_PIECE):
        return ()
    middle = len(hunks) // 2
    return tuple(Task((replace(part, hunks=some),)) for some in (hunks[:middle], hunks[middle:]))


def too_large(file: FileDiff) -> bool:
    return sum(map(hunk_tokens, file.hunks)) > MOST_FILE


def pieces(hunk: Hunk) -> tuple[Hunk, ...]:
    """The hunk as it is shown: a very large one in several."""
    tokens = hunk_tokens(hunk)
    if tokens <= MOST_HUNK:
        return (hunk,)
    return _cut(hunk, max(1, len(hunk.lines) * MOST_TOKENS // tokens))


def _cut(hunk: Hunk, size: int) -> tuple[Hunk, ...]:
    """The hunk in runs of *size* lines, each a hunk of its own with its own numbers."""
    pieces, old, new = [], hunk.old_start, hunk.new_start
    for at in range(0, len(hunk.lines), size):
        lines = hunk.lines[at : at + size]
        olds, news = sum(line.kind != "+" for line in lines), sum(line.kind != "-" for line in lines)
        pieces.append(Hunk(old_start=old, old_count=olds, new_start=new, new_count=news, lines=lines))
        old, new = old + olds, new + news
    return tuple(pieces)


def _fits(parts: Sequence[Part], part: Part) -> bool:
    return len(parts) < MOST_FILES and sum(p.tokens for p in parts) + part.tokens <= MOST_TOKENS


def _parts(files: Sequence[FileDiff]) -> list[Part]:
    found = []
    for file in files:
        hunks: list[Hunk] = []
        for hunk in (piece for whole in file.hunks for piece in pieces(whole)):
            if hunks and sum(map(hunk_tokens, hunks)) + hunk_tokens(hunk) > MOST_TOKENS:
                found.append(Part(file, tuple(hunks)))
                hunks = []
            hunks.append(hunk)
        found.append(Part(file, tuple(hunks)))
    return found


def _in_order(files: Sequence[FileDiff]) -> list[FileDiff]:
    """Related files beside each other: by folder, then by subject; what imports a changed file stands in its folder."""
    stems = {_subject(f.path): str(PurePosixPath(f.path).parent) for f in reversed(files)}
    return sorted(files, key=lambda f: (_home(f, stems), _subject(f.path), f.path))


def _home(file: FileDiff, stems: Mapping[str, str]) -> str:
    """A test goes where the code under test is; other files stay in their own folder."""
    own = str(PurePosixPath(file.path).parent)
    return stems.get(_subject(file.path), own) if _is_test(file.path) else own


_TEST = re.compile(r"^test_|_test$|[._-](?:test|spec)$|^spec_|(?:Test|Tests|Spec)$")


def _is_test(path: str) -> bool:
    return bool(_TEST.search(PurePosixPath(path).stem)) or "tests" in PurePosixPath(path).parts


def _subject(path: str) -> str:
    """``orders`` for orders.py, test_orders.py, orders.spec.ts and OrdersTest.java."""
    return _TEST.sub("", PurePosixPath(path).stem).lower()


_RISKY = re.compile(
    r"auth|login|session|token|passw|secret|crypt|permission|polic|access|admin|pay|billing|invoice|charge|order|checkout"
    r"|migrat|upload|webhook|callback|query|sql|repository|dao|middleware|serializ|tenant|user|account|api|route|view"
    r"|controller|handler|queue|worker|job|cache|lock|transact",
    re.I,
)
_WEIGHT = {Severity.CRITICAL: 40, Severity.HIGH: 20, Severity.MEDIUM: 8, Severity.LOW: 2}


def _risks(files: Sequence[FileDiff], leads: Sequence[Lead]) -> dict[str, int]:
    risk = {f.path: 0 for f in files}
    for file in files:
        words = {word.lower() for word in _RISKY.findall(file.path)}
        risk[file.path] = (5 * len(words) + min(5, sum(h.new_count for h in file.hunks) // 40)) // (
            4 if _is_test(file.path) else 1
        )
    for lead in leads:
        if lead.path in risk:
            risk[lead.path] += _WEIGHT[lead.severity]
    return risk
