"""Jobs on a few threads; some wait until another's first reply: a cached prefix can be read only from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
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
    """The results in the order of *jobs*. An exception of one ends the waiting for all."""
    begun = [Event() for _ in jobs]

    def one(index: int) -> T:
        job = jobs[index]
        try:
            if job.after is not None:
                begun[job.after].wait()
            return job.work(begun[index].set)
        finally:
            begun[index].set()

    pool = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="agent")
    futures = [pool.submit(one, index) for index in range(len(jobs))]
    try:
        return [future.result() for future in futures]
    finally:  # an interrupt does not wait for answers that nobody wants any more
        pool.shutdown(wait=False, cancel_futures=True)
