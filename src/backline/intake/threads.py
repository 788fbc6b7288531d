"""What people and we said before: our review threads, and whether they still stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backline.finding import Category, Finding, Side
from backline.intake import marker

_THUMBS_DOWN = re.compile(r"\s{0,20}(?:👎|:-1:|:thumbsdown:)")


class Standing(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    """Somebody replied: what becomes of it is theirs to say."""
    DISMISSED = "dismissed"
    """Answered with a thumbs-down."""
    RESOLVED = "resolved"
    """By a person."""
    ADDRESSED = "addressed"
    """By us: its code is gone."""


SILENT = (Standing.DISMISSED, Standing.RESOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One thread that our own comment opened."""

    id: str
    comment: int
    """Number of that comment."""
    fingerprint: str
    category: Category
    path: str
    side: Side
    start_line: int | None
    line: int | None
    """None when it is outdated: its lines are no longer in the diff."""
    standing: Standing
    body: str
    code: str = ""
    """Mark of the quoted code (findings/quote.py); empty when it says nothing."""


def read(nodes: Iterable[Any], by: str) -> tuple[Thread, ...]:
    """Our threads among GraphQL's ``reviewThreads``: opened by our author, unedited by others, with our marker."""
    return tuple(found for node in nodes if isinstance(node, Mapping) and (found := _thread(node, by)))


def own(comment: Mapping[str, Any]) -> bool:
    """Written by the token's own author, and nobody else has changed it since."""
    author, editor = _login(comment.get("author")), _login(comment.get("editor"))
    return comment.get("viewerDidAuthor") is True and editor in ("", author)


def _thread(node: Mapping[str, Any], by: str) -> Thread | None:
    comments = [c for c in (node.get("comments") or {}).get("nodes") or () if isinstance(c, Mapping)]
    if not comments or not own(comments[0]):
        return None
    opened, found = comments[0], marker.first(str(comments[0].get("body", "")))
    if found is None or found.kind not in (marker.FINDING, marker.ADDRESSED) or found.values.get("by") != by:
        return None
    category = found.values.get("category", "")
    if category not in list(Category) or not isinstance(opened.get("databaseId"), int):
        return None
    return Thread(
        id=str(node.get("id")),
        comment=opened["databaseId"],
        fingerprint=found.values.get("id", ""),
        category=Category(category),
        path=str(node.get("path")),
        side=Side.LEFT if node.get("diffSide") == "LEFT" else Side.RIGHT,
        start_line=_line(node.get("startLine")) or _line(node.get("line")),
        line=_line(node.get("line")),
        standing=_standing(node, found.kind, comments),
        body=str(opened.get("body")),
        code=found.values.get("code", ""),
    )


def _standing(node: Mapping[str, Any], kind: str, comments: Sequence[Mapping[str, Any]]) -> Standing:
    opened, replies = comments[0], comments[1:]  # Backline never replies: with a personal token its author does.
    if (opened.get("reactions") or {}).get("totalCount") or any(map(_refuses, replies)):
        return Standing.DISMISSED
    if node.get("isResolved") and _login(node.get("resolvedBy")) not in ("", _login(opened.get("author"))):
        return Standing.RESOLVED
    if kind == marker.ADDRESSED:
        return Standing.ADDRESSED
    if node.get("isResolved"):
        return Standing.RESOLVED
    return Standing.ANSWERED if replies else Standing.OPEN


def _refuses(reply: Mapping[str, Any]) -> bool:
    return _THUMBS_DOWN.match(str(reply.get("body", ""))) is not None


def _login(actor: Any) -> str:
    """GraphQL and REST write a bot's name with and without ``[bot]``."""
    return str(actor.get("login", "")).removesuffix("[bot]") if isinstance(actor, Mapping) else ""


def _line(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def same(finding: Finding, thread: Thread) -> bool:
    """One identity, or overlapping lines of one category: a model words and places a finding anew each time."""
    if finding.fingerprint == thread.fingerprint:
        return True
    alike = (finding.path, finding.category, finding.side) == (thread.path, thread.category, thread.side)
    if not alike or thread.line is None or thread.start_line is None:
        return False
    return finding.start_line <= thread.line and thread.start_line <= finding.line


def said(finding: Finding, threads: Sequence[Thread]) -> Standing | None:
    """What became of *finding* when it was raised before; None when it was not, or its code had gone and is back."""
    found = {thread.standing for thread in threads if same(finding, thread)}
    for standing in (*SILENT, Standing.ANSWERED, Standing.OPEN):
        if standing in found:
            return standing
    return None
