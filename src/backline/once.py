"""A review on a pull request that was reviewed before: only what is new is looked at, what stands still counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from backline import __version__
from backline.agents import REFUTED_BEFORE
from backline.finding import claim, set_aside
from backline.findings.anchor import stands_in
from backline.findings.earlier import settle
from backline.findings.identity import is_guard
from backline.findings.sources import Sources
from backline.intake import state
from backline.intake.change import Change
from backline.intake.collected import Collected
from backline.intake.state import Split, State
from backline.report import FAILED, REVIEWED, UNCHANGED, Coverage, Report, refuted
from backline.settings import Settings


def depends(settings: Settings, engine: str, texts: Sequence[str]) -> str:
    """What a review depends on besides the code. *texts*: of the agents and of the team's own rules, in order."""
    chosen: tuple[str, ...] = (settings.model, settings.effort, repr(settings.paths))
    chosen += (repr(settings.ignore), settings.severity.value, settings.confidence.value)
    return state.depends(engine, (__version__, *chosen, *texts))


def fresh(change: Change, collected: Collected, settings: Settings, on: str) -> Split:
    """What nobody has reviewed yet: the agents look at ``fresh(…).change``, the rules at all of *change*."""
    return state.split(change, () if settings.full else collected.state.hunks, on)


def settled(
    report: Report, change: Change, split: Split, collected: Collected, head_paths: Collection[str] | None = None
) -> Report:
    """*report* with what still stands from before, without what people silenced, and with the state to remember.

    Under an agent a file without a new hunk is `unchanged`; the rules look at every file each time.
    """
    kept = _of_agents(report, change, collected.state)
    report = _without_refuted(report, kept.change, collected.state.refuted) if kept else report
    found = settle(report.findings, Sources(change), collected.state, collected.threads, head_paths, refuted(report))
    failed = [row.path for row in report.coverage if row.disposition == FAILED]
    hunks = state.remembered(split.digests, failed)
    return replace(
        report,
        findings=found.findings,
        addressed=found.addressed,
        set_aside=(*report.set_aside, *(set_aside(each, why) for each, why in found.aside)),
        coverage=tuple(_covered(row, split.unchanged) for row in report.coverage),
        hunks=_still_there(collected.state.hunks, kept) if kept else hunks,
        depends=kept.depends if kept else split.depends,
    )


def _of_agents(report: Report, change: Change, known: State) -> Split | None:
    """What agents have not reviewed of *change*, where rules alone look at it now.

    None where agents look themselves, or never have: then nothing of theirs is to be kept.
    """
    if report.engine != "rules" or not known.depends.startswith("claude "):
        return None
    return state.split(change, known.hunks, known.depends)


def _without_refuted(report: Report, fresh: Change, claims: Collection[str]) -> Report:
    """A refutation holds until its hunk changes, also where rules alone look: they raise the same again."""
    gone = [f for f in report.findings if claim(f) in claims and not is_guard(f.rule) and not stands_in(fresh, f)]
    rows = tuple(set_aside(each, REFUTED_BEFORE) for each in gone)
    kept = tuple(each for each in report.findings if each not in gone)
    return replace(report, findings=kept, set_aside=(*report.set_aside, *rows))


def _still_there(hunks: Collection[str], kept: Split) -> tuple[str, ...]:
    return tuple(sorted({digest for made in kept.digests.values() for digest in made}.intersection(hunks)))


def _covered(row: Coverage, unchanged: Collection[str]) -> Coverage:
    same = row.disposition == REVIEWED and row.path in unchanged
    return replace(row, disposition=UNCHANGED) if same else row
