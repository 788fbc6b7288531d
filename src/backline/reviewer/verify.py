"""The second look: a fresh conversation tries to refute each finding. It adds none, and its failure confirms none.

It begins with what the finders were given, which the cache still holds, and not with what they said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from backline.finding import Finding
from backline.intake.change import Change
from backline.intake.selection import Choice
from backline.progress import Progress, silent
from backline.reviewer import prompt, verdict
from backline.reviewer.agent import Agent, own
from backline.reviewer.budget import SYSTEM_CLOCK, Budget, Options, fallback
from backline.reviewer.claims import Claims, places
from backline.reviewer.context import manifest
from backline.reviewer.conversation import Conversation, Setting
from backline.reviewer.finder import TOO_MUCH
from backline.reviewer.lookup import ChangedOnly, Files, Tree
from backline.reviewer.material import Material
from backline.reviewer.model import Block, Clock, Failed, Model
from backline.reviewer.parallel import Began, Job, run_all
from backline.reviewer.reply import SCHEMA, Evidence
from backline.reviewer.tasks import Task
from backline.reviewer.tools import DEFINITIONS, Toolbox
from backline.reviewer.verdict import Verdict, Verdicts
from backline.visible import show_line

MOST_AT_ONCE = 8
"""Findings in one conversation: more of them get less attention each."""

NO_EVIDENCE: Mapping[Finding, Sequence[Evidence]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Batch:
    findings: tuple[Finding, ...]
    task: Task | None
    """Shown as the finders saw it; None: the files of the claims alone."""


def second_look(
    change: Change,
    findings: Sequence[Finding],
    options: Options,
    model: Model,
    *,
    agents: Sequence[Agent] = (),
    material: Material | None = None,
    choices: Sequence[Choice] = (),
    evidence: Mapping[Finding, Sequence[Evidence]] = NO_EVIDENCE,
    progress: Progress = silent,
    clock: Clock = SYSTEM_CLOCK,
    tree: Tree | None = None,
    budget: Budget | None = None,
) -> Verdicts:
    """A verdict or a failure for each of *findings*. Leave out what nobody may refute (leads that guard the review).

    *evidence* is what the finder of each named and nobody has looked at yet. *agents* and *material* are what
    `find` was given and gave.
    """
    budget = budget or Budget(options, clock)
    budget.check(options.model)
    files = Files(tree or ChangedOnly(change), change.blobs)
    exist = {f: places(evidence.get(f, ()), files) for f in findings}
    claims = Claims(change=change, choices=choices, places=exist, files=files)
    reader = next((agent for agent in agents if _reads_the_cache(agent, options)), None)
    if material is None or reader is None:
        material = _own_material(change, choices)
    look = Look(model=model, budget=budget, files=files, agent=reader or own(), material=material, claims=claims)
    progress("second look", 0, len(findings), f"${budget.committed:.2f}")
    batches = _batches(findings, material)
    jobs = [Job(partial(look.judge, b), None if b.task or not number else 0) for number, b in enumerate(batches)]
    total = sum(run_all(jobs, options.workers), Verdicts())
    progress("second look", len(findings), len(findings), f"${budget.committed:.2f}")
    return total


def _reads_the_cache(agent: Agent, options: Options) -> bool:
    """The cache compares model and tools first, and the second look takes the run's model and all tools."""
    return agent.model in (None, options.model) and set(agent.tools) == set(DEFINITIONS)


def _own_material(change: Change, choices: Sequence[Choice]) -> Material:
    head = manifest(change, choices)
    mark = prompt.mark_for([head])
    return Material(mark=mark, preamble=prompt.preamble(mark, head), tasks=(), text=str)


def _batches(findings: Sequence[Finding], material: Material) -> list[Batch]:
    """Findings of one task together, not too many at once, in shares of one size."""
    by_task: dict[int, tuple[Task | None, list[Finding]]] = {}
    for finding in sorted(findings, key=lambda f: (f.path, f.line)):
        task = material.task_of(finding)
        by_task.setdefault(id(task), (task, []))[1].append(finding)
    return [Batch(tuple(share), task) for task, group in by_task.values() for share in _shares(group)]


def _shares(findings: Sequence[Finding]) -> list[Sequence[Finding]]:
    count = -(-len(findings) // MOST_AT_ONCE)
    return [findings[len(findings) * n // count : len(findings) * (n + 1) // count] for n in range(count)]


@dataclass(frozen=True, kw_only=True)
class Look:
    model: Model
    budget: Budget
    files: Files
    agent: Agent
    material: Material
    claims: Claims

    def judge(self, batch: Batch, began: Began) -> Verdicts:
        return self._judge(batch, self.budget.options.model, began)

    def _judge(self, batch: Batch, name: str, began: Began) -> Verdicts:
        """Refused or too much: with less around it, then half of it at a time; a single finding that is refused goes
        to the other model."""
        failed, looked = self._converse(batch, name, began)
        if failed is None:
            return looked
        if failed.reason in ("refused", *TOO_MUCH) and (smaller := _smaller(batch)):
            return sum((self._judge(less, name, began) for less in smaller), looked)
        other = fallback(self.budget.options, name)
        if failed.reason == "refused" and other:
            return looked + self._judge(batch, other, began)
        note = f"second look: {failed.reason}: {failed.detail}".rstrip(": ")
        return looked + Verdicts(failures=dict.fromkeys(batch.findings, failed.reason), notes=(note,))

    def _converse(self, batch: Batch, name: str, began: Began) -> tuple[Failed | None, Verdicts]:
        if ended := self.budget.ended():
            return Failed(reason=ended), Verdicts()
        toolbox = Toolbox(self.files, tuple(DEFINITIONS), self.budget.clock)
        talk = Conversation(self._setting(name), toolbox, self._opening(batch), self.material.framed, began)
        ids = {str(number): finding for number, finding in enumerate(batch.findings, 1)}
        answer = talk.answer(partial(verdict.read, ids, self.files))
        if isinstance(answer, Failed):
            return answer, Verdicts(usage=talk.usage)
        missing = {finding: "no verdict" for finding in batch.findings if finding not in answer}
        notes = _failing_fixes(batch.findings, answer)
        return None, Verdicts(verdicts=answer, failures=missing, usage=talk.usage, notes=notes)

    def _opening(self, batch: Batch) -> list[Block]:
        shown = batch.task or self.claims.task(batch.findings)
        code = self.material.text(shown) if batch.task else self.claims.render(shown)
        claims = self.material.framed(self.claims.text(batch.findings, shown))
        return self.material.opening(code, prompt.second_look(claims, len(batch.findings)))

    def _setting(self, name: str) -> Setting:
        options = self.budget.options
        return Setting(
            model=self.model, budget=self.budget, name=name, effort=options.effort,
            system=prompt.system_text(self.agent), schema=SCHEMA,
        )  # fmt: skip


def _smaller(batch: Batch) -> tuple[Batch, ...]:
    if batch.task:
        return (replace(batch, task=None),)
    middle = len(batch.findings) // 2
    return tuple(Batch(half, None) for half in (batch.findings[:middle], batch.findings[middle:]) if middle)


def _failing_fixes(batch: Sequence[Finding], answer: Mapping[Finding, Verdict]) -> tuple[str, ...]:
    """What `judge` takes away from a finding that stands is said."""
    judged = [(f, answer[f]) for f in batch if f.suggestion and f in answer]
    failing = [(f, verdict) for f, verdict in judged if verdict.suggestion_fails]
    return tuple(f"suggestion left out at {show_line(f.path)}:{f.line}: {verdict.reason}" for f, verdict in failing)
