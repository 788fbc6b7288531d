"""Report: the value that every review ends in. output/saved.py writes and reads it (schema ``backline.report/1``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from backline.finding import REFUTATION, Finding, SetAside, claim

SCHEMA = "backline.report/1"

REVIEWED = "reviewed"
RULES_ONLY = "rules-only"
UNCHANGED = "unchanged"
SKIPPED = "skipped"
FAILED = "failed"

LIMITED = "rules only"
"""The note begins so that says why no agent looked, although one was meant to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What happened to one changed file: every one has exactly one."""

    path: str
    status: str
    language: str | None
    disposition: Annotated[str, (REVIEWED, RULES_ONLY, UNCHANGED, SKIPPED, FAILED)]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the service counts them; ``input_tokens`` is the uncached part; ``calls`` are HTTP requests."""

    model: str | None = None
    calls: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    repository: str | None = None
    pull_request: int | None = None
    base: str | None = None
    merge_base: str | None = None
    head: str | None = None
    complete: bool
    engine: Annotated[str, ("rules", "claude")]
    coverage: tuple[Coverage, ...] = ()
    findings: tuple[Finding, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    addressed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tools_withheld: tuple[str, ...] = ()
    hunks: tuple[str, ...] = ()
    """Digests of the reviewed hunks: the state that later runs compare with."""
    depends: str = ""
    """What their review depended on besides the code, as one digest behind the engine's name."""
    usage: Usage = field(default_factory=Usage)


def refuted(report: Report) -> tuple[str, ...]:
    """The claims that the second look refuted, in this run or in an earlier one that still counts."""
    rows = (row.finding for row in report.set_aside if row.finding and row.reason.startswith(REFUTATION))
    return tuple(sorted({claim(finding) for finding in rows}))
