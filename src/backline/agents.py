"""The agents' part of a review: they find, their findings are placed, and a second look doubts all that is raised.

The reviewer's room is imported inside: a run without a key does not pay for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from backline.finding import REFUTATION, Finding, SetAside, Source, claim, set_aside
from backline.findings import ground, merge
from backline.findings.anchor import stands_in
from backline.findings.sources import Sources
from backline.intake.change import Change
from backline.intake.selection import Choice
from backline.leads.lead import Lead
from backline.output.receipt import plural
from backline.progress import Progress
from backline.report import Usage
from backline.visible import show_line

if TYPE_CHECKING:
    from backline.reviewer.agent import Agent
    from backline.reviewer.budget import Budget, Options
    from backline.reviewer.lookup import Tree
    from backline.reviewer.model import Clock, Model
    from backline.reviewer.model import Usage as Spent
    from backline.reviewer.reply import Candidate, Evidence
    from backline.reviewer.run import Outcome
    from backline.reviewer.verdict import Verdict, Verdicts

MOST_DOUBTED = 60
"""Findings that one second look takes: the most severe ones, the agents' own before those of rules."""
NOT_DOUBTED = "more findings than a second look takes"
REFUTED_BEFORE = f"{REFUTATION} on an earlier push; its code has not changed since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a review by agents needs beside the change."""

    model: Callable[[], AbstractContextManager[Model]]
    """Entered once the leads are there, so that what takes long to import can do so meanwhile."""
    agents: Sequence[Agent]
    options: Options
    tree: Tree
    clock: Clock
    fresh: Change | None = None
    """On a later push: the files and hunks that nobody has reviewed yet. None: all of the change."""
    refuted: frozenset[str] = frozenset()
    """Claims that the second look refuted on earlier pushes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the agents said, and what the second look said of it and of the rules' findings."""

    outcome: Outcome
    findings: Sequence[Finding]
    dropped: Sequence[SetAside]
    looked: Verdicts


@dataclass(frozen=True, slots=True)
class Table:
    """What every question of one run shares."""

    asked: Asked
    model: Model
    budget: Budget
    choices: Sequence[Choice]
    progress: Progress


def ask(
    asked: Asked,
    sources: Sources,
    choices: Sequence[Choice],
    leads: Sequence[Lead],
    raised: Sequence[Finding],
    progress: Progress,
) -> Said:
    """Agents, then their findings on proven lines beside the rules' (*raised*), then the second look at all of them."""
    from backline.findings.judge import judge
    from backline.reviewer.budget import Budget

    with asked.model() as model:
        table = Table(asked, model, Budget(asked.options, asked.clock), choices, progress)
        outcome = _find(table, sources.change if asked.fresh is None else asked.fresh, leads)
        wanted, unwanted = ground.of_selected(outcome.candidates, choices)
        grounded, unplaced = ground.from_candidates(sources, wanted, sources.files.keys())
        claims, repeated = merge.once([*raised, *grounded])
        standing, old = _not_refuted_before(claims, asked)
        looked = _second_look(table, sources, standing, outcome)
    # Each is judged by itself before it is merged: what refutes one says nothing of another that it would hide.
    stand, refuted = judge(standing, looked)
    merged, doubled = merge.merge(stand)
    unread = ground.from_rejected(outcome.rejected)
    fallen = (*unread, *unwanted, *unplaced, *repeated, *old, *refuted, *doubled)
    return Said(outcome=outcome, findings=merged, dropped=fallen, looked=looked)


def _find(table: Table, change: Change, leads: Sequence[Lead]) -> Outcome:
    from backline.reviewer.run import find

    asked = table.asked
    return find(
        change, table.choices, leads, asked.agents, asked.options, table.model,
        progress=table.progress, clock=asked.clock, tree=asked.tree, budget=table.budget,
    )  # fmt: skip


def _not_refuted_before(findings: Sequence[Finding], asked: Asked) -> tuple[list[Finding], list[SetAside]]:
    """A refutation holds as long as the hunk is what it was; a fresh hunk is judged anew."""
    from backline.findings.judge import refutable

    open_to_doubt = refutable(findings)
    old = [f for f in open_to_doubt if claim(f) in asked.refuted and not _is_fresh(f, asked)]
    return [f for f in findings if f not in old], [set_aside(f, REFUTED_BEFORE) for f in old]


def _second_look(table: Table, sources: Sources, findings: Sequence[Finding], outcome: Outcome) -> Verdicts:
    from backline.findings.judge import refutable
    from backline.reviewer.verdict import Verdicts
    from backline.reviewer.verify import second_look

    asked = table.asked
    fresh = merge.rank(f for f in refutable(findings) if _is_fresh(f, asked))
    ordered = sorted(fresh, key=lambda f: f.source is not Source.CLAUDE)
    if asked.options.effort == "low" or not ordered:
        return Verdicts()
    doubted, left = ordered[:MOST_DOUBTED], ordered[MOST_DOUBTED:]
    return Verdicts(failures=dict.fromkeys(left, NOT_DOUBTED)) + second_look(
        sources.change, doubted, asked.options, table.model,
        agents=asked.agents, material=outcome.material,
        choices=table.choices, evidence=_evidence(outcome.candidates, doubted),
        progress=table.progress, clock=asked.clock, tree=asked.tree, budget=table.budget,
    )  # fmt: skip


def _is_fresh(finding: Finding, asked: Asked) -> bool:
    """The finding stands in a hunk that nobody has reviewed yet, or nobody has reviewed anything."""
    return asked.fresh is None or stands_in(asked.fresh, finding)


def _evidence(candidates: Sequence[Candidate], findings: Sequence[Finding]) -> Mapping[Finding, Sequence[Evidence]]:
    """What the candidates of this title named: grounding changes the rest of a finding."""
    named: dict[tuple[str, str], list[Evidence]] = {}
    for candidate in candidates:
        named.setdefault((candidate.path, candidate.title), []).extend(candidate.evidence)
    return {f: named.get((f.path, f.title), ()) for f in findings}


def notes(said: Said) -> list[str]:
    """For the receipt: what failed, what was rejected, and what each stage cost."""
    failed = Counter(said.looked.failures.values())
    looked = [f"second look failed for {plural(n, 'finding')}: {why}" for why, n in failed.items()]
    verdicts = [_reason(finding, verdict) for finding, verdict in said.looked.verdicts.items()]
    unnamed = [row for row in said.outcome.rejected if not (row.path and row.title)]
    rows = [(row.title, row.path, row.reason) for row in unnamed]
    rejected = [f"rejected: {': '.join(filter(None, row))}" for row in rows]
    stages = {**said.outcome.stages, "second look": said.looked.usage}
    spent = [_stage(name, used) for name, used in stages.items() if used.calls]
    return [*said.outcome.notes, *said.looked.notes, *looked, *filter(None, verdicts), *rejected, *spent]


def _reason(finding: Finding, verdict: Verdict) -> str:
    """Of what stands; what is refuted carries its reason where it is set aside."""
    if verdict.verdict == "refuted" or verdict.suggestion_fails:
        return ""
    return f"second look: {verdict.verdict} at {show_line(finding.path)}:{finding.line}: {verdict.reason}"


def _stage(name: str, used: Spent) -> str:
    read = used.input_tokens + used.cache_read_tokens + used.cache_write_tokens
    return (
        f"{name} ({', '.join(used.models)}): {plural(used.calls, 'call')}, {read:,} tokens in"
        f" ({used.cache_read_tokens:,} cached), {used.output_tokens:,} out, {used.seconds:.1f} s of waiting,"
        f" ${used.cost_usd:.4f}"
    )


def usage(asked: Asked, said: Said, seconds: float) -> Usage:
    """*seconds*: of the whole review, not of the waiting for answers."""
    spent = asdict(said.outcome.usage + said.looked.usage) | {"seconds": round(seconds, 3)}
    models = spent.pop("models") or (asked.options.model,)
    return Usage(model=", ".join(models), **spent)
