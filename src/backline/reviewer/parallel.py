"""Jobs on a few threads; some wait until another's first reply: a cached prefix can be read only from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Began = Callable[[], None]
"""To be called when the first reply of a job is there."""


@dataclass(frozen=True)
class Job(Generic[T]):
    work: Callable[[Began], T]
    after: int | None = None
    """Index of the earlier job that must have begun; only earlier ones, so nobody waits in a circle."""


def run_all(jobs: Sequence[Job[T]], workers: int) -> list[T]:
    """The results in the order of *jobs*. An exception of one ends the waiting for all.

    NOTE: daemon threads, not a ThreadPoolExecutor: that one waits at exit for answers that nobody wants after Ctrl-C.
    """
    begun = [Event() for _ in jobs]
    pending, ended = SimpleQueue[int](), SimpleQueue[tuple[int, T | BaseException]]()
    for index in range(len(jobs)):
        pending.put(index)
    for _ in range(min(max(1, workers), len(jobs))):
        Thread(target=_work, args=(jobs, begun, pending, ended), name="agent", daemon=True).start()
    results: dict[int, T] = {}
    while len(results) < len(jobs):
        index, result = ended.get()
        if isinstance(result, BaseException):
            _drain(pending)
            raise result
        results[index] = result
    return [results[index] for index in range(len(jobs))]


def _work(
    jobs: Sequence[Job[T]],
    begun: Sequence[Event],
    pending: SimpleQueue[int],
    ended: SimpleQueue[tuple[int, T | BaseException]],
) -> None:
    while True:
        try:
            index = pending.get_nowait()
        except Empty:
            return
        job = jobs[index]
        try:
            if job.after is not None:
                begun[job.after].wait()
            ended.put((index, job.work(begun[index].set)))
        except BaseException as error:
            ended.put((index, error))
        finally:
            begun[index].set()


def _drain(pending: SimpleQueue[int]) -> None:
    with suppress(Empty):
        while True:
            pending.get_nowait()
