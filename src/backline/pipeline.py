"""The whole review on one page: change in, report out. Effects (model, clock, date, progress) come as parameters."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from backline import agents
from backline.agents import Asked
from backline.coverage import complete, cover
from backline.finding import Finding, SetAside
from backline.findings import ground, ignore, merge, suggestion
from backline.findings.ground import Sources
from backline.intake.change import Change
from backline.intake.selection import select
from backline.leads.gather import gather
from backline.leads.rule import Rule
from backline.progress import Progress, silent
from backline.report import Report, Usage
from backline.settings import Settings


def review(
    change: Change,
    settings: Settings,
    *,
    asked: Asked | None = None,
    team_rules: Sequence[Rule] = (),
    clock: Callable[[], float],
    today: datetime.date,
    progress: Progress = silent,
) -> Report:
    """What stands about *change*, and what happened to each of its files."""
    started = clock()
    choices = select(change, settings.paths)
    gathered = gather(change, choices, team_rules, progress)
    sources = Sources(change)
    raised, unplaced = ground.from_leads(sources, gathered.leads)
    said = agents.ask(asked, sources, choices, gathered.leads, raised, progress) if asked else None
    found, fallen = (said.findings, said.dropped) if said else merge.merge(raised)
    findings, left_out, extra = _standing(sources, found, settings, today)
    failures = gathered.problems | dict(said.outcome.failures if said else {})
    coverage = cover(change, choices, failures, by_agent=said is not None)
    seconds = clock() - started
    return Report(
        repository=change.repository,
        pull_request=change.pull_request,
        base=change.base,
        merge_base=change.merge_base,
        head=change.head,
        complete=complete(coverage),
        engine="claude" if asked else "rules",
        coverage=coverage,
        findings=tuple(findings),
        set_aside=(*unplaced, *fallen, *left_out),
        notes=(*change.notes, *gathered.notes, *(agents.notes(said) if said else ()), *extra),
        tools_withheld=said.outcome.tools_withheld if said else (),
        usage=agents.usage(asked, said, seconds) if asked and said else Usage(seconds=round(seconds, 3)),
    )


def _standing(
    sources: Sources, found: Sequence[Finding], settings: Settings, today: datetime.date
) -> tuple[list[Finding], list[SetAside], list[str]]:
    """With suggestions that hold, without what the configuration leaves out, most severe first."""
    checked = suggestion.check_all(sources, found)
    notes = [reason for _, reason in checked if reason]
    kept, ignored, expired = ignore.apply([f for f, _ in checked], settings.ignore, today)
    kept, low = ignore.floors(kept, settings.severity, settings.confidence)
    return merge.rank(kept), [*ignored, *low], [*notes, *expired]
