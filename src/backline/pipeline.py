"""The whole review on one page: change in, report out. Effects (clock, date, progress) come as parameters."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence

from backline import report as ledger
from backline.finding import Finding
from backline.findings import ground, ignore, merge, suggestion
from backline.findings.ground import Dropped, Sources
from backline.intake.change import Change
from backline.intake.diff import FileDiff
from backline.intake.selection import Choice, select
from backline.leads.gather import gather
from backline.leads.rule import Rule
from backline.progress import Progress, silent
from backline.report import Coverage, Report, SetAside, Usage
from backline.settings import Settings


def review(
    change: Change,
    settings: Settings,
    *,
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
    raised, dropped = ground.from_leads(sources, gathered.leads)
    findings, more, extra = _standing(sources, raised, settings, today)
    coverage = tuple(
        _covered(file, choice, gathered.problems) for file, choice in zip(change.files, choices, strict=True)
    )
    return Report(
        repository=change.repository,
        pull_request=change.pull_request,
        base=change.base,
        merge_base=change.merge_base,
        head=change.head,
        complete=all(row.disposition != ledger.FAILED for row in coverage),
        engine="rules",
        coverage=coverage,
        findings=tuple(findings),
        set_aside=tuple(_set_aside(row) for row in (*dropped, *more)),
        notes=(*change.notes, *gathered.notes, *extra),
        usage=Usage(seconds=round(clock() - started, 3)),
    )


def _standing(
    sources: Sources, raised: Sequence[Finding], settings: Settings, today: datetime.date
) -> tuple[list[Finding], list[Dropped], list[str]]:
    """Merged, with suggestions that hold, without what the configuration leaves out, most severe first."""
    merged, dropped = merge.merge(raised)
    checked = suggestion.check_all(sources, merged)
    notes = [reason for _, reason in checked if reason]
    kept, ignored, expired = ignore.apply([f for f, _ in checked], settings.ignore, today)
    kept, low = ignore.floors(kept, settings.severity, settings.confidence)
    return merge.rank(kept), [*dropped, *ignored, *low], [*notes, *expired]


def _covered(file: FileDiff, choice: Choice, problems: Mapping[str, str]) -> Coverage:
    disposition, reason = ledger.RULES_ONLY, None
    problem = file.problem or problems.get(file.path)
    if not choice.selected:
        disposition, reason = ledger.SKIPPED, choice.reason
    elif problem:
        disposition, reason = ledger.FAILED, problem
    return Coverage(
        path=file.path, status=file.status, language=choice.language, disposition=disposition, reason=reason
    )


def _set_aside(row: Dropped) -> SetAside:
    return SetAside(path=row.path, source=row.source, reason=row.reason, title=row.title, finding=row.finding)
