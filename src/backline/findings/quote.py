"""Where a model's quote stands: in the head, or among the removed lines, as close to the change as it can be."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backline.finding import Side
from backline.findings.anchor import QUOTE_LIMIT, touched
from backline.findings.sources import Page, Sources

QUOTE_LINES = 100
MARK = re.compile(r"[1-9][0-9]?-[0-9a-f]{16}")
MANY = 1_000
"""A line that stands in more places than this tells nobody which one is meant, and costs too much to look through."""

EMPTY = "quote holds no code"
LONG = "quote spans {} lines: more than one finding can be about"
COMMON = "quote stands in {} places: it does not say which one is meant"
NOT_FOUND = "quote not found in the head or among the removed lines"
OLD_CODE = "old code: not touched by this change"


@dataclass(frozen=True, slots=True)
class Place:
    """Lines ``start_line..line`` of a page hold the quote. ``tie`` is the changed line that makes them our business."""

    page: Page
    start_line: int
    line: int
    tie: int | None = None


def locate(sources: Sources, path: str, quote: str, hint: int) -> Place | str:
    """The place of *quote* that the change touches, nearest to line *hint*; or why there is none."""
    wanted = trimmed(quote)
    if not any(char.isalnum() for line in wanted for char in line):
        return EMPTY
    if len(wanted) > QUOTE_LINES:
        return LONG.format(len(wanted))
    found = []
    for side in (Side.RIGHT, Side.LEFT):
        places = _places(sources.page(path, side), wanted)
        if isinstance(places, str):
            return places
        if on_change := [place for place in places if touched(place.page, place.start_line, place.line)]:
            return min(on_change, key=lambda place: (abs(place.start_line - hint), place.start_line))
        found.append(places)
    if not any(found):
        return NOT_FOUND
    return _nearest([tied for place in found[0] if (tied := _tied(place))], hint) or OLD_CODE


def trimmed(quote: str) -> list[str]:
    """Its lines without the space around them, and without blank ones at both ends."""
    return [line.strip() for line in quote.strip().split("\n")]


def mark_of(quote: str) -> str:
    """How many lines, and their digest: enough to see later whether they still stand. "" when they prove nothing."""
    lines = trimmed(quote)
    if len(quote) >= QUOTE_LIMIT or not any(char.isalnum() for char in quote):
        return ""
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    return f"{len(lines)}-{hashlib.sha256(text).hexdigest()[:16]}"


def stands(page: Page, mark: str) -> bool:
    """Whether lines with *mark* are on the page; on the LEFT, among what is removed."""
    count = int(mark.partition("-")[0])
    numbers = page.changed if page.side is Side.LEFT else page.shown
    return any(mark == mark_of("\n".join(page.shown.get(n + i, "") for i in range(count))) for n in numbers)


def _places(page: Page, wanted: list[str]) -> list[Place] | str:
    rarest = min(range(len(wanted)), key=lambda i: len(page.places.get(wanted[i], ())))
    numbers = page.places.get(wanted[rarest], ())
    if len(numbers) > MANY:
        return COMMON.format(len(numbers))
    starts = [n - rarest for n in numbers]
    return [Place(page, n, n + len(wanted) - 1) for n in starts if _stands(page, n, wanted)]


def _stands(page: Page, start: int, wanted: list[str]) -> bool:
    return all(start + i in page.shown and page.shown[start + i].strip() == line for i, line in enumerate(wanted))


def _tied(place: Place) -> Place | None:
    """Unchanged code belongs to the change when it stands in a hunk, or in the definition that is changed."""
    page = place.page
    if page.in_hunk(place.start_line, place.line):
        return replace(place, tie=_closest(page.edited, place.start_line))
    around = page.definition(place.start_line)
    tie = _closest(page.edited, place.start_line, around[1]) if around else None
    return replace(place, tie=tie) if tie else None


def _closest(numbers: Sequence[int], line: int, within: range | None = None) -> int | None:
    """The nearest of the sorted *numbers*, which are those beside *line*: if neither is within, none is."""
    at = bisect_left(numbers, line)
    near = [n for n in numbers[max(at - 1, 0) : at + 1] if within is None or n in within]
    return min(near, key=lambda n: abs(n - line), default=None)


def _nearest(places: list[Place], hint: int) -> Place | None:
    def distance(place: Place) -> tuple[int, int, int]:
        away = abs(place.start_line - (place.tie or place.start_line))
        return away, abs(place.start_line - hint), place.start_line

    return min(places, key=distance, default=None)
