"""A verdict of the second look, read strictly: a refutation needs a place that exists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backline.finding import Finding, Severity, Side
from backline.reviewer.lookup import Files
from backline.reviewer.model import Usage
from backline.reviewer.reply import CONFIRMED, REFUTED, UNSURE, VERDICT_KEYS, Malformed, line_of, rows
from backline.visible import mask, show

MOST_REASON = 1_000
_SEVERITY = re.compile(rf"severity ({'|'.join(s.value for s in Severity)}):", re.IGNORECASE)


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

    @property
    def severity(self) -> Severity | None:
        """What its reason holds to be the right severity, in the words that the prompt asks for."""
        found = _SEVERITY.match(self.reason)
        return Severity(found[1].lower()) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Each finding is in ``verdicts`` or, with the reason, in ``failures``."""

    verdicts: Mapping[Finding, Verdict] = field(default_factory=dict)
    failures: Mapping[Finding, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()

    def __add__(self, other: Verdicts) -> Verdicts:
        return Verdicts(
            verdicts={**self.verdicts, **other.verdicts},
            failures={**self.failures, **other.failures},
            usage=self.usage + other.usage,
            notes=tuple(dict.fromkeys(self.notes + other.notes)),
        )


def read(ids: Mapping[str, Finding], files: Files, text: str) -> dict[Finding, Verdict]:
    """The verdict on each finding. An id nobody asked about is nothing; two that differ on one are none."""
    found: dict[Finding, Verdict] = {}
    for row in rows(text, "verdicts"):
        number = row.get("id") if isinstance(row, dict) else None
        if not isinstance(number, str) or number not in ids or row.keys() != VERDICT_KEYS:
            continue
        verdict, finding = _verdict(row, files), ids[number]
        if verdict is None:
            continue
        if finding in found and found[finding].verdict != verdict.verdict:
            verdict = Verdict(UNSURE, "the second look contradicted itself")
        found[finding] = verdict
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
