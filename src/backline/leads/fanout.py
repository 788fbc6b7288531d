"""Rules over many files on all cores. ast-grep holds the interpreter's lock, so threads gain nothing: processes do.

A process costs some 60 ms to start (less than 1 MB of code costs to match), so small changes stay in this one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backline.errors import FileProblem
from backline.leads import rules
from backline.leads.lead import Lead
from backline.leads.rule import Rule

THRESHOLD = 4_000_000
"""Characters of code from which further processes pay."""
_CHUNK = 400_000
_MOST_PROCESSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file for the rules: ``rules.find``'s arguments."""

    text: str
    language: str
    path: str
    changed: frozenset[int]


def find_in_all(
    jobs: Sequence[Job], root: Path | None = None, team: tuple[Rule, ...] = ()
) -> Iterator[list[Lead] | FileProblem]:
    """For each job in order its leads, or why its file has none."""
    if sum(len(job.text) for job in jobs) < THRESHOLD or (os.cpu_count() or 1) < 2:
        yield from map(partial(_answer, root=root, team=team), jobs)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # spawn: the parent may have threads (progress, HTTP), and a fork with threads can deadlock.
    workers = min(os.cpu_count() or 1, _MOST_PROCESSES)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for answers in pool.map(partial(_answers, root=root, team=team), _chunks(jobs)):
            yield from answers


def _chunks(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    chunk: list[Job] = []
    size = 0
    for job in jobs:
        chunk.append(job)
        size += len(job.text)
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _answers(jobs: list[Job], root: Path | None, team: tuple[Rule, ...]) -> list[list[Lead] | FileProblem]:
    return [_answer(job, root, team) for job in jobs]


def _answer(job: Job, root: Path | None, team: tuple[Rule, ...]) -> list[Lead] | FileProblem:
    try:
        return rules.find(job.text, job.language, job.path, job.changed, root, team)
    except FileProblem as problem:
        return problem
