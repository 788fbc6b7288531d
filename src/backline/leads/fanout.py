"""Rules for large changes in several processes: ast-grep holds the interpreter's lock, so threads do not help."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backline.errors import FileProblem
from backline.finding import Side
from backline.intake.change import Change, text_of
from backline.intake.diff import FileDiff, added
from backline.intake.git import Repository
from backline.intake.selection import Choice
from backline.leads import rules
from backline.leads.lead import Lead
from backline.leads.rule import Rule

WORTH_LINES = 8_000
"""Added lines from which the start of further interpreters (some 0.2 s) pays off."""
MOST_WORKERS = 8
CHUNK_LINES = 2_000

Found = Mapping[str, Sequence[Lead] | FileProblem]


@dataclass(frozen=True, slots=True)
class Job:
    """One file for a worker, without its hunks: it reads the blob itself."""

    file: FileDiff
    language: str
    ranges: tuple[tuple[int, int], ...]
    """The added lines as first and last numbers."""


@dataclass(frozen=True)
class Pending:
    """The rules' hits of some files, once they are asked for."""

    chunks: tuple[Future[Found], ...]

    def result(self) -> Found:
        """Path → hits, or why there are none."""
        return {path: hits for chunk in self.chunks for path, hits in chunk.result().items()}


@contextmanager
def fan_out(change: Change, choices: Sequence[Choice], team: Sequence[Rule]) -> Iterator[Pending | None]:
    """Starts the rules on every selected file; None when the change is not worth it or one core is all there is."""
    workers = min(MOST_WORKERS, os.cpu_count() or 1)
    repository = change.blobs
    jobs = list(_jobs(change, choices)) if workers > 1 and isinstance(repository, Repository) else []
    if not isinstance(repository, Repository) or sum(map(_lines, jobs)) < WORTH_LINES:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Spawned, not forked: another thread may be importing the model's SDK.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield Pending(tuple(_submitted(pool, repository, jobs, tuple(team))))


def _submitted(
    pool: Executor, repository: Repository, jobs: Sequence[Job], team: tuple[Rule, ...]
) -> Iterator[Future[Found]]:
    places = repository.git_dir, repository.common_dir
    return (pool.submit(work, places, chunk, team) for chunk in _chunks(jobs))


def work(places: tuple[Path, Path], jobs: Sequence[Job], team: tuple[Rule, ...]) -> Found:
    """In a worker: the hits of the rules on *jobs*."""
    with Repository(git_dir=places[0], common_dir=places[1]) as repository:
        change = Change(blobs=repository)
        return {job.file.path: _hits(change, job, team) for job in jobs}


def _hits(change: Change, job: Job, team: tuple[Rule, ...]) -> Sequence[Lead] | FileProblem:
    text = text_of(change, job.file, Side.RIGHT)
    changed = (line for first, last in job.ranges for line in range(first, last + 1))
    try:
        return rules.find(text.text, job.language, job.file.path, changed, team=team) if text else ()
    except FileProblem as problem:
        return problem


def _jobs(change: Change, choices: Sequence[Choice]) -> Iterator[Job]:
    from dataclasses import replace

    for file, choice in zip(change.files, choices, strict=True):
        if choice.selected and choice.language and file.new_oid and file.hunks:
            yield Job(replace(file, hunks=()), choice.language, tuple(_ranges(sorted(added(file)))))


def _ranges(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = 0
    for number in numbers:
        if first and number != last + 1:
            yield first, last
            first = number
        first, last = first or number, number
    if first:
        yield first, last


def _lines(job: Job) -> int:
    return sum(last - first + 1 for first, last in job.ranges)


def _chunks(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    chunk: list[Job] = []
    size = 0
    for job in jobs:
        chunk.append(job)
        size += _lines(job)
        if size >= CHUNK_LINES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
