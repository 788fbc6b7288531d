"""Where GitHub lets a comment stand: the hunks that it shows itself, which may differ from git's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backline.errors import FileProblem
from backline.finding import Side
from backline.intake.diff import Body, Hunk, parse_hunks, read_hunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One hunk: its lines of the head, and the lines that it removes."""

    first: int
    count: int
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    path: str
    spans: tuple[Span, ...]


def of_files(files: Sequence[Mapping[str, Any]]) -> tuple[Anchors, ...]:
    """From GitHub's list of files. One without a patch (binary, too large, only renamed) takes no comment."""
    found = []
    for file in files:
        path, patch = file.get("filename"), file.get("patch")
        if isinstance(path, str) and isinstance(patch, str):
            found.append(Anchors(path=path, spans=_spans(patch)))
    return tuple(found)


def fits(spans: Sequence[Span], side: Side, start_line: int, line: int) -> bool:
    """Both lines stand in one hunk, on the side they are meant for."""
    if start_line > line:
        return False
    if side is Side.LEFT:
        return any(start_line in span.removed and line in span.removed for span in spans)
    return any(span.first <= start_line and line < span.first + span.count for span in spans)


def _spans(patch: str) -> tuple[Span, ...]:
    lines = iter([line.encode("utf-8", "replace") + b"\n" for line in patch.removesuffix("\n").split("\n")])
    body = Body()
    try:
        for line in lines:
            if line.startswith(b"@@ "):
                read_hunk(line, lines, body)
        return tuple(_span(hunk) for hunk in parse_hunks(body))
    except FileProblem:
        return ()


def _span(hunk: Hunk) -> Span:
    removed = tuple(line.old for line in hunk.lines if line.kind == "-" and line.old)
    return Span(first=hunk.new_start, count=hunk.new_count, removed=removed)
