"""Rules for large changes in several processes: ast-grep holds the interpreter's lock, so threads do not help.

It is also the only way to stop them. A rule that looks through a function from each of its statements costs the square
of its length, and whoever writes a pull request chooses that length: much text in one file goes here too, alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

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
WORTH_WATCHING = 40_000
"""Added characters, some 1,000 lines; the slowest file that was made of fewer took 7 s."""
MOST_WORKERS = 8
CHUNK_LINES, CHUNK_SIZE = 2_000, 100_000
SECONDS, LINES_PER_SECOND = 120, 5_000
"""Until all are stopped. 1.2 million ordinary lines take two cores 13 s."""

Found = Mapping[str, Sequence[Lead] | FileProblem]


@dataclass(frozen=True, slots=True)
class Job:
    """One file for a worker, without its hunks: it reads the blob itself."""

    file: FileDiff
    language: str
    ranges: tuple[tuple[int, int], ...]
    """The added lines as first and last numbers."""
    size: int
    """Characters of the added lines."""


@dataclass(frozen=True)
class Pending:
    """The rules' hits of some files, once they are asked for."""

    chunks: tuple[tuple[Sequence[Job], Future[Found]], ...]
    seconds: float
    """For all of them, from now."""

    def result(self) -> Found:
        """Path → hits, or why there are none."""
        from concurrent.futures.process import BrokenProcessPool

        ends, found = monotonic() + self.seconds, dict[str, Sequence[Lead] | FileProblem]()
        for jobs, chunk in self.chunks:
            try:
                found |= chunk.result(max(0.0, ends - monotonic()))
            except TimeoutError:
                found |= _failed(jobs, f"the rules were stopped after {self.seconds:.0f} seconds")
            except BrokenProcessPool:
                found |= _failed(jobs, "the process that runs the rules died")
        return found


def _failed(jobs: Sequence[Job], why: str) -> Found:
    return {job.file.path: FileProblem(why) for job in jobs}


@contextmanager
def fan_out(change: Change, choices: Sequence[Choice], team: Sequence[Rule]) -> Iterator[Pending | None]:
    """Starts the rules on every selected file; None when the change is not worth it, or a patch alone."""
    cores, repository = os.cpu_count() or 1, change.blobs
    jobs = list(_jobs(change, choices)) if isinstance(repository, Repository) else []
    lines = sum(map(_lines, jobs))
    wanted = (cores > 1 and lines >= WORTH_LINES) or _slow(jobs)
    if not wanted or not isinstance(repository, Repository):
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    places, chunks = (repository.git_dir, repository.common_dir), list(_chunks(jobs))
    # Spawned, not forked: another thread may be importing the model's SDK.
    count, spawn = min(MOST_WORKERS, cores, len(chunks)), get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=spawn) as pool:
        asked: tuple[tuple[Sequence[Job], Future[Found]], ...] = ()
        try:
            with _no_interrupts():
                asked = tuple((chunk, pool.submit(work, places, chunk, tuple(team))) for chunk in chunks)
            yield Pending(asked, SECONDS + lines / LINES_PER_SECOND)
        finally:
            if not all(future.done() for _, future in asked):
                _kill()


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Nothing ends the run while its workers start; they never hear of Ctrl-C, which goes to the whole group, nor of
    SIGTERM: the parent ends them."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill() -> None:
    """A matcher in Rust hears nothing but this. (No other part of Backline has children of this kind.)"""
    from multiprocessing import active_children

    for child in active_children():
        child.kill()


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
            lines = added(file)
            size = sum(len(text) + 1 for text in lines.values())
            yield Job(replace(file, hunks=()), choice.language, tuple(_ranges(sorted(lines))), size)


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


def _slow(jobs: Sequence[Job]) -> bool:
    return any(map(_watched, jobs)) or sum(job.size for job in jobs) >= 4 * WORTH_WATCHING


def _watched(job: Job) -> bool:
    return job.size >= WORTH_WATCHING


def _chunks(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """What is watched stands alone and last: who stops it must not stop the others."""
    chunk: list[Job] = []
    for job in (job for job in jobs if not _watched(job)):
        chunk.append(job)
        if sum(map(_lines, chunk)) >= CHUNK_LINES or sum(each.size for each in chunk) >= CHUNK_SIZE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
    yield from ([job] for job in jobs if _watched(job))
