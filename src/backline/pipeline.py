"""The whole review on one page: change in, report out. Effects (model, clock, date, progress) come as parameters."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from backline.coverage import complete, cover
from backline.finding import Finding, Source
from backline.findings import ground, ignore, merge, suggestion
from backline.findings.ground import Dropped, Sources
from backline.intake.change import Change
from backline.intake.selection import Choice, select
from backline.leads.gather import Gathered, gather
from backline.leads.rule import Rule
from backline.progress import Progress, silent
from backline.report import Report, SetAside, Usage
from backline.settings import Settings

if TYPE_CHECKING:
    from backline.reviewer.agent import Agent
    from backline.reviewer.budget import Options
    from backline.reviewer.lookup import Tree
    from backline.reviewer.model import Clock, Model
    from backline.reviewer.reply import Candidate, Evidence
    from backline.reviewer.run import Outcome
    from backline.reviewer.verify import Verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a review by agents needs beside the change."""

    model: Callable[[], Model]
    """Called once the leads are there, so that what takes long to import can do so meanwhile."""
    agents: Sequence[Agent]
    options: Options
    tree: Tree
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the agents said, and what the second look said of it and of the rules' findings."""

    outcome: Outcome
    findings: Sequence[Finding]
    dropped: Sequence[Dropped]
    looked: Verdicts


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
    said = _ask(asked, sources, choices, gathered, raised, progress) if asked else None
    found, fallen = (said.findings, said.dropped) if said else merge.merge(raised)
    findings, left_out, extra = _standing(sources, found, settings, today)
    failures = gathered.problems | dict(said.outcome.failures if said else {})
    coverage = cover(change, choices, failures, by_agent=said is not None)
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
        set_aside=tuple(_set_aside(row) for row in (*unplaced, *fallen, *left_out)),
        notes=(*change.notes, *gathered.notes, *_notes(said), *extra),
        tools_withheld=said.outcome.tools_withheld if said else (),
        usage=_usage(asked, said, clock() - started),
    )


def _ask(
    asked: Asked,
    sources: Sources,
    choices: Sequence[Choice],
    gathered: Gathered,
    raised: Sequence[Finding],
    progress: Progress,
) -> Said:
    """Agents, then their findings on proven lines beside the rules', then the second look at all of them.

    The reviewer's room is imported here: a run without a key does not pay for it.
    """
    from backline.findings.judge import judge, refutable
    from backline.reviewer.budget import Budget
    from backline.reviewer.run import find
    from backline.reviewer.verify import Verdicts, second_look

    change, options = sources.change, asked.options
    model, budget = asked.model(), Budget(options, asked.clock)
    outcome = find(
        change, choices, gathered.leads, asked.agents, options, model,
        progress=progress, clock=asked.clock, tree=asked.tree, budget=budget,
    )  # fmt: skip
    grounded, unplaced = ground.from_candidates(sources, outcome.candidates, sources.files.keys())
    merged, doubled = merge.merge([*raised, *grounded])
    looked = Verdicts()
    if options.effort != "low" and (doubted := refutable(merged)):
        looked = second_look(
            change, doubted, options, model,
            choices=choices, evidence=_evidence(outcome.candidates, doubted),
            progress=progress, clock=asked.clock, tree=asked.tree, budget=budget,
        )  # fmt: skip
    stand, refuted = judge(merged, looked)
    return Said(outcome=outcome, findings=stand, dropped=(*unplaced, *doubled, *refuted), looked=looked)


def _evidence(candidates: Sequence[Candidate], findings: Sequence[Finding]) -> Mapping[str, Sequence[Evidence]]:
    """By fingerprint what the candidates of this title named: grounding and merging change the rest of a finding."""
    named: dict[tuple[str, str], list[Evidence]] = {}
    for candidate in candidates:
        named.setdefault((candidate.path, candidate.title), []).extend(candidate.evidence)
    return {f.fingerprint: named.get((f.path, f.title), ()) for f in findings}


def _standing(
    sources: Sources, found: Sequence[Finding], settings: Settings, today: datetime.date
) -> tuple[list[Finding], list[Dropped], list[str]]:
    """With suggestions that hold, without what the configuration leaves out, most severe first."""
    checked = suggestion.check_all(sources, found)
    notes = [reason for _, reason in checked if reason]
    kept, ignored, expired = ignore.apply([f for f, _ in checked], settings.ignore, today)
    kept, low = ignore.floors(kept, settings.severity, settings.confidence)
    return merge.rank(kept), [*ignored, *low], [*notes, *expired]


def _notes(said: Said | None) -> list[str]:
    if said is None:
        return []
    looked = [f"second look failed for {n} findings: {why}" for why, n in _counted(said.looked.failures).items()]
    rejected = [f"rejected: {row.title or 'a finding'} in {row.path}: {row.reason}" for row in said.outcome.rejected]
    stages = {**said.outcome.stages, "second look": said.looked.usage}
    spent = [f"{name}: {u.calls} calls, ${u.cost_usd:.4f}" for name, u in stages.items() if u.calls]
    return [*said.outcome.notes, *said.looked.notes, *looked, *rejected, *spent]


def _counted(reasons: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for reason in reasons.values():
        found[reason] = found.get(reason, 0) + 1
    return found


def _usage(asked: Asked | None, said: Said | None, seconds: float) -> Usage:
    if asked is None or said is None:
        return Usage(seconds=round(seconds, 3))
    spent = asdict(said.outcome.usage + said.looked.usage) | {"seconds": round(seconds, 3)}
    return Usage(model=asked.options.model, **spent)


def _set_aside(row: Dropped) -> SetAside:
    return SetAside(path=row.path, source=Source(row.source), reason=row.reason, title=row.title, finding=row.finding)
