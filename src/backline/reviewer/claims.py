"""What the second look is shown: the changed code around its claims and where their evidence points, and the claims."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backline.finding import Finding, Side
from backline.intake.change import Change
from backline.intake.diff import FileDiff
from backline.intake.selection import Choice
from backline.reviewer.context import task_text
from backline.reviewer.lookup import Files, NoAnswer, holds_secrets, read_file
from backline.reviewer.reply import Evidence
from backline.reviewer.tasks import MOST_TOKENS, Lines, Part, Task, holds, pieces, touches
from backline.visible import mask, show, show_line

MOST_PLACES = 12
"""Of the evidence of one claim."""
AROUND = 8
"""Lines before and after a place in a file that the change leaves alone: it spares a turn with Read."""
SMALL = 120
"""Lines of a file that is shown whole: what was cut off is what gets read again."""
MOST_AROUND = 16_000
"""Characters of such places in one question."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    change: Change
    choices: Sequence[Choice]
    places: Mapping[Finding, Sequence[Evidence]]
    """Where the evidence of each claim is, as `places` found it."""
    files: Files

    def task(self, batch: Sequence[Finding]) -> Task:
        """The files of the claims, for a conversation that begins with no finder's task."""
        return Task(tuple(_claimed(self.change.files, batch)))

    def render(self, task: Task) -> str:
        languages = {choice.path: choice.language for choice in self.choices}
        return task_text(task, self.change, languages, ())

    def text(self, batch: Sequence[Finding], shown: Task) -> str:
        """The claims, behind the code at their evidence that *shown* does not show already."""
        places = list(dict.fromkeys(p for f in batch for p in self.places.get(f, ())))
        pointed = self._pointed_at(places, shown.parts)
        claims = [self._claim(number, finding) for number, finding in enumerate(batch, 1)]
        quoted = "".join(self._around(places, (*shown.parts, *pointed)))
        code = self.render(Task(tuple(pointed)))
        return f"{code}{quoted}\n\n=== claims\n{json.dumps(claims, indent=1, ensure_ascii=False)}".lstrip("\n")

    def _pointed_at(self, places: Sequence[Evidence], shown: Sequence[Part]) -> list[Part]:
        """Changed files that the finders read too, as far as they fit: each one spares a turn with Read."""
        wanted: dict[str, list[Lines]] = {}
        for place in places:
            if not _shows(shown, place):
                wanted.setdefault(place.path, []).append((Side.RIGHT, place.line, place.line))
        selected = {choice.path for choice in self.choices if choice.selected} - {part.file.path for part in shown}
        parts, room = [], MOST_TOKENS
        for file in self.change.files:
            lines = wanted.get(show_line(file.path), [])
            part = _part(file, lines)
            if lines and file.path in selected and part.hunks and part.tokens <= room:
                parts.append(part)
                room -= part.tokens
        return parts

    def _around(self, places: Sequence[Evidence], shown: Sequence[Part]) -> Iterator[str]:
        """The head's code around places that nothing else shows, as far as it fits."""
        selected = {choice.path for choice in self.choices if choice.selected}
        left_out = {show_line(file.path) for file in self.change.files if file.path not in selected}
        room, seen = MOST_AROUND, set[tuple[str, int]]()
        for place in places:
            lines = _lines(self.files, place)
            near = {(place.path, n) for n in lines}
            hidden = place.path not in left_out and not (near & seen or _shows(shown, place))
            code = _code(self.files, place.path, lines) if hidden else ""
            if 0 < len(code) <= room:
                seen.add((place.path, place.line))
                room -= len(code)
                yield code

    def _claim(self, number: int, finding: Finding) -> dict[str, Any]:
        return {
            "id": str(number), "path": show_line(finding.path), "line": finding.start_line,
            "side": "head" if finding.side is Side.RIGHT else "base", "quote": _shown(finding.quote),
            "severity": finding.severity.value, "category": finding.category.value, "kind": finding.kind.value,
            "raised by": finding.rule or "a reviewer", "title": _shown(finding.title), "body": _shown(finding.body),
            "evidence": [f"{place.path}:{place.line}" for place in self.places.get(finding, ())],
            "suggestion": _suggestion(finding),
        }  # fmt: skip


def places(evidence: Iterable[Evidence], files: Files) -> tuple[Evidence, ...]:
    """The places that exist in the head and may be shown: a model named them, and what it names may be anything."""
    known = [place for place in dict.fromkeys(evidence) if not holds_secrets(place.path)][:MOST_PLACES]
    return tuple(place for place in known if place.line <= files.line_count(place.path))


def _shows(parts: Iterable[Part], place: Evidence) -> bool:
    at = (Side.RIGHT, place.line, place.line)
    return any(show_line(part.file.path) == place.path and holds(part, part.file.path, at) for part in parts)


def _lines(files: Files, place: Evidence) -> range:
    if files.line_count(place.path) <= SMALL:
        return range(1, SMALL + 1)
    return range(max(1, place.line - AROUND), place.line + AROUND + 1)


def _code(files: Files, path: str, lines: range) -> str:
    try:
        code = read_file(files, path, Side.RIGHT, lines.start, len(lines))
    except NoAnswer:
        return ""
    return f"\n\n=== head: {path}\n{code}"


def _claimed(files: Sequence[FileDiff], batch: Sequence[Finding]) -> list[Part]:
    """The files of the claims; of a very large one the hunks at them, and of a very large hunk the piece."""
    wanted: dict[str, list[Lines]] = {}
    for finding in batch:
        wanted.setdefault(finding.path, []).append((finding.side, finding.start_line, finding.line))
    return [_part(file, wanted[file.path]) for file in sorted(files, key=lambda f: f.path) if file.path in wanted]


def _part(file: FileDiff, lines: Sequence[Lines]) -> Part:
    part = Part(file, file.hunks)
    if part.tokens <= MOST_TOKENS:
        return part
    shown = (piece for hunk in file.hunks for piece in pieces(hunk))
    return Part(file, tuple(piece for piece in shown if any(touches(piece, at) for at in lines)))


def _suggestion(finding: Finding) -> dict[str, Any] | None:
    if (made := finding.suggestion) is None:
        return None
    return {"start_line": made.start_line, "line": made.line, "replacement": _shown(made.replacement)}


def _shown(text: str) -> str:
    return show(mask(text))
