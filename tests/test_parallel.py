"""Jobs that wait for the first reply of another."""

from __future__ import annotations

import threading
from threading import Event

import pytest

from backline.reviewer.parallel import Began, Job, run_all


def test_a_job_begins_when_the_one_before_it_has_its_first_reply_and_not_sooner():
    second = Event()

    def first_work(began: Began) -> bool:
        too_soon = second.wait(0.2)
        began()
        return not too_soon and second.wait(10)

    def second_work(began: Began) -> bool:
        second.set()
        return True

    assert run_all([Job(first_work), Job(second_work, after=0)], workers=2) == [True, True]


def test_results_keep_the_order_of_the_jobs_on_any_number_of_threads():
    for workers in (0, 1, 3, 20):
        jobs = [Job(lambda began, n=n: n, after=0 if n else None) for n in range(10)]
        assert run_all(jobs, workers) == list(range(10))
    assert run_all([], 4) == []


def test_a_fault_of_one_job_comes_out_and_nobody_waits_for_ever():
    def broken(began: Began) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_all([Job(broken), *[Job(lambda began: None, after=0)] * 5], workers=2)


def test_no_thread_outlives_an_interrupted_run():
    """A thread that waits for an answer must not keep the process after Ctrl-C."""
    assert run_all([Job(lambda began: threading.current_thread().daemon)] * 3, workers=2) == [True] * 3
