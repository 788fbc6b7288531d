"""A verdict of the second look, read strictly: a refutation needs a place that exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backline.finding import Side
from backline.reviewer.lookup import Files
from backline.reviewer.model import Usage
from backline.reviewer.reply import CONFIRMED, REFUTED, UNSURE, VERDICT_KEYS, Malformed, line_of, rows
from backline.visible import mask, show

MOST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: str
    """confirmed | refuted | unsure; refuted always has a place that exists."""
    reason: str
    path: str | None = None
    line: int | None = None

    @property
    def suggestion_fails(self) -> bool:
        """Its reason says so in the words that the prompt asks for: the claim may stand without its fix."""
        return self.reason.lower().startswith("suggestion fails:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Each finding is in ``verdicts`` or in ``failures``, by fingerprint."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()

    def __add__(self, other: Verdicts) -> Verdicts:
        return Verdicts(
            verdicts={**self.verdicts, **other.verdicts},
            failures={**self.failures, **other.failures},
            usage=self.usage + other.usage,
            notes=tuple(dict.fromkeys(self.notes + other.notes)),
        )


def read(ids: Mapping[str, str], files: Files, text: str) -> dict[str, Verdict]:
    """Verdicts by fingerprint. An id that was not asked about is nothing; two verdicts on one that differ are none."""
    found: dict[str, Verdict] = {}
    for row in rows(text, "verdicts"):
        number = row.get("id") if isinstance(row, dict) else None
        if not isinstance(number, str) or number not in ids or row.keys() != VERDICT_KEYS:
            continue
        verdict, print_ = _verdict(row, files), ids[number]
        if verdict is None:
            continue
        if print_ in found and found[print_].verdict != verdict.verdict:
            verdict = Verdict(UNSURE, "the second look contradicted itself")
        found[print_] = verdict
    if ids and not found:
        raise Malformed("no verdict on any of the ids")
    return found


def _verdict(row: Mapping[str, Any], files: Files) -> Verdict | None:
    word, reason = row["verdict"], row["reason"]
    if word not in (CONFIRMED, REFUTED, UNSURE) or not isinstance(reason, str) or not reason.strip():
        return None
    reason = " ".join(show(mask(reason[:MOST_REASON])).split())
    path, line = _place(row, files)
    if word == REFUTED and path is None:
        return Verdict(UNSURE, f"refuted without a place that exists: {reason}")
    return Verdict(word, reason, path, line)


def _place(row: Mapping[str, Any], files: Files) -> tuple[str, int] | tuple[None, None]:
    path = row["path"]
    try:
        line = line_of(row)
    except ValueError:
        return None, None
    exists = isinstance(path, str) and any(line <= files.line_count(path, side) for side in Side)
    return (path, line) if exists else (None, None)
