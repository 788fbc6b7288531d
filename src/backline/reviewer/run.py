"""The finders' part of a review: every selected file is read by every agent, or it is a failure with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from backline.errors import RequestError
from backline.intake.change import Change
from backline.intake.diff import FileDiff
from backline.intake.selection import Choice
from backline.leads.lead import Lead
from backline.prices import AS_OF
from backline.progress import Progress, silent
from backline.reviewer import prompt
from backline.reviewer.agent import Agent
from backline.reviewer.budget import SYSTEM_CLOCK, Budget, Options
from backline.reviewer.context import manifest, task_text
from backline.reviewer.file_progress import FileProgress
from backline.reviewer.finder import Done, Finder, Pass
from backline.reviewer.lookup import ChangedOnly, Files, Tree
from backline.reviewer.material import Material
from backline.reviewer.model import Clock, Model, Usage
from backline.reviewer.parallel import Began, Job, run_all
from backline.reviewer.reply import Candidate, Rejected
from backline.reviewer.tasks import Task, plan, too_large
from backline.visible import show_line

PASSES: Mapping[str, tuple[Pass, ...]] = {
    "low": (Pass("all", again=False),),
    "medium": (Pass("all"),),
    "high": (
        Pass("security"),
        Pass("performance"),
        Pass("security", again=False, needed=False),
        Pass("performance", again=False, needed=False),
    ),
}


TOO_LARGE = "too large"
RENDERED = 200
"""Tasks whose text is made before the first request; of a change with more, most will not be asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the finders said. Every selected file is in ``reviewed`` or in ``failures``, never in both."""

    candidates: tuple[Candidate, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    reviewed: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    """Path → refused | truncated | overloaded | … in the words of `Failed`."""
    usage: Usage = field(default_factory=Usage)
    stages: Mapping[str, Usage] = field(default_factory=dict)
    """``finder NAME`` → its part of the usage."""
    notes: tuple[str, ...] = ()
    tools_withheld: tuple[str, ...] = ()
    material: Material | None = None
    """What the agents were given: the second look begins with the same."""


def find(
    change: Change,
    choices: Sequence[Choice],
    leads: Sequence[Lead],
    agents: Sequence[Agent],
    options: Options,
    model: Model,
    *,
    progress: Progress = silent,
    clock: Clock = SYSTEM_CLOCK,
    tree: Tree | None = None,
    budget: Budget | None = None,
) -> Outcome:
    """Candidates of all *agents* for the selected files of *change*.

    RequestError when nothing could be asked at all: wrong key, unknown model, no price under a cost limit (also for
    the second look, before anything is paid). Give the same *budget* to `second_look`: the limit is the run's. *tree*
    lists both commits for the tools.
    """
    budget = budget or Budget(options, clock)
    second_look = [] if options.effort == "low" else [options.model]
    for name in (*(agent.model or options.model for agent in agents), *second_look):
        budget.check(name)
    selected = {choice.path for choice in choices if choice.selected}
    files = [file for file in change.files if file.path in selected]
    files = [replace(f, problem=f.problem or (TOO_LARGE if too_large(f) else None)) for f in files]
    tasks = plan([file for file in files if file.hunks and not file.problem], leads)
    shared = Finders(model, budget, tree or ChangedOnly(change))
    material = _material(change, choices, leads, tasks, shared.tree)
    done = _run(change, agents, material, shared, progress)
    return replace(_outcome(files, agents, done, budget), material=material)


@dataclass(frozen=True, slots=True)
class Ran:
    stage: str
    pass_: Pass
    done: Done


@dataclass(frozen=True, slots=True)
class Finders:
    """What all finders of a run share."""

    model: Model
    budget: Budget
    tree: Tree


def _material(
    change: Change, choices: Sequence[Choice], leads: Sequence[Lead], tasks: tuple[Task, ...], tree: Tree
) -> Material:
    languages = {choice.path: choice.language for choice in choices}
    texts = {id(task): task_text(task, change, languages, leads) for task in tasks[:RENDERED]}
    head = [manifest(change, choices)]
    if tasks:
        head += [prompt.conventions(change, tree), prompt.all_paths(change, tree)]
    mark = prompt.mark_for([*texts.values(), *head])
    return Material(
        mark=mark, preamble=prompt.preamble(mark, *head), tasks=tasks,
        text=lambda task: texts.get(id(task)) or task_text(task, change, languages, leads),
    )  # fmt: skip


def _run(change: Change, agents: Sequence[Agent], material: Material, shared: Finders, progress: Progress) -> list[Ran]:
    files, paths = Files(shared.tree, change.blobs), prompt.shown_paths(change, show_line)
    finders = [
        Finder(agent=agent, model=shared.model, budget=shared.budget, files=files, material=material, paths=paths)
        for agent in agents
    ]
    tasks, passes = material.tasks, PASSES[shared.budget.options.effort]
    counted = FileProgress(progress, tasks, len(agents) * len(passes))
    return run_all(_jobs(finders, tasks, passes, counted), shared.budget.options.workers)


def _jobs(
    finders: Sequence[Finder], tasks: Sequence[Task], passes: Sequence[Pass], counted: FileProgress
) -> list[Job[Ran]]:
    """Pass by pass. A task's first pass waits for its agent's first job, its other passes for the task's first."""
    jobs: list[Job[Ran]] = []
    stages = _stages([finder.agent.name for finder in finders])
    first: dict[tuple[int, int], int] = {}
    for pass_ in passes:
        for number, task in enumerate(tasks):
            for who, finder in enumerate(finders):
                after = first.get((who, number), first.get((who, 0)))
                first.setdefault((who, number), len(jobs))
                jobs.append(Job(partial(_review, finder, stages[who], task, pass_, counted), after))
    return jobs


def _stages(names: Sequence[str]) -> list[str]:
    """``finder NAME`` for each; a name that comes again is counted."""
    return [
        f"finder {name}{f' {n}' if (n := names[: at + 1].count(name)) > 1 else ''}" for at, name in enumerate(names)
    ]


def _review(finder: Finder, stage: str, task: Task, pass_: Pass, counted: FileProgress, began: Began) -> Ran:
    done = finder.review(task, pass_, began)
    counted.add(task, done)
    return Ran(stage, pass_, done)


def _outcome(files: Sequence[FileDiff], agents: Sequence[Agent], ran: Sequence[Ran], budget: Budget) -> Outcome:
    done = [one.done for one in ran]
    wrong = [failed.request_error for one in done for failed in one.failures.values() if failed.request_error]
    if wrong and not any(one.answered for one in done):
        raise RequestError(wrong[0])
    failures = {file.path: file.problem for file in files if file.problem}
    stages: dict[str, Usage] = {}
    for one in ran:
        stages[one.stage] = stages.get(one.stage, Usage()) + one.done.usage
        if one.pass_.needed:
            failures = {path: failed.reason for path, failed in one.done.failures.items()} | failures
    total = sum(done, Done())
    return Outcome(
        candidates=total.candidates,
        rejected=total.rejected,
        reviewed=tuple(file.path for file in files if file.path not in failures),
        failures=failures,
        usage=total.usage,
        stages=stages,
        notes=tuple(dict.fromkeys([*_price_notes(agents, budget), *total.notes])),
        tools_withheld=tuple(dict.fromkeys(tool for agent in agents for tool in agent.withheld)),
    )


def _price_notes(agents: Sequence[Agent], budget: Budget) -> list[str]:
    names = dict.fromkeys(agent.model or budget.options.model for agent in agents)
    unknown = [name for name in names if name not in budget.options.prices]
    return [f"no price is known for model {name}: its cost is not counted (prices as of {AS_OF})" for name in unknown]
