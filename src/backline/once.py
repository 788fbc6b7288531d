"""A review on a pull request that was reviewed before: only what is new is looked at, what stands still counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from backline import __version__
from backline.finding import set_aside
from backline.findings.earlier import settle
from backline.findings.sources import Sources
from backline.intake import state
from backline.intake.change import Change
from backline.intake.collected import Collected
from backline.intake.state import Split
from backline.report import FAILED, REVIEWED, UNCHANGED, Coverage, Report, refuted
from backline.settings import Settings


def depends(settings: Settings, engine: str, texts: Sequence[str]) -> str:
    """What a review depends on besides the code. *texts*: of the agents and of the team's own rules, in order."""
    chosen: tuple[str, ...] = (engine, settings.model, settings.effort, repr(settings.paths))
    chosen += (repr(settings.ignore), settings.severity.value, settings.confidence.value)
    return state.depends((__version__, *chosen, *texts))


def fresh(change: Change, collected: Collected, settings: Settings, on: str) -> Split:
    """What nobody has reviewed yet: the agents look at ``fresh(…).change``, the rules at all of *change*."""
    return state.split(change, () if settings.full else collected.state.hunks, on)


def settled(
    report: Report, change: Change, split: Split, collected: Collected, head_paths: Collection[str] | None = None
) -> Report:
    """*report* with what still stands from before, without what people silenced, and with the state to remember.

    Under an agent a file without a new hunk is `unchanged`; the rules look at every file each time.
    """
    found = settle(report.findings, Sources(change), collected.state, collected.threads, head_paths, refuted(report))
    failed = [row.path for row in report.coverage if row.disposition == FAILED]
    aside = tuple(set_aside(each, why) for each, why in found.aside)
    return replace(
        report,
        findings=found.findings,
        addressed=found.addressed,
        set_aside=(*report.set_aside, *aside),
        coverage=tuple(_covered(row, split.unchanged) for row in report.coverage),
        hunks=state.remembered(split.digests, failed),
    )


def _covered(row: Coverage, unchanged: Collection[str]) -> Coverage:
    same = row.disposition == REVIEWED and row.path in unchanged
    return replace(row, disposition=UNCHANGED) if same else row
