"""One request with its tries: reserve, ask, settle, wait, again. Counts every HTTP request."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from backline.reviewer.budget import Budget
from backline.reviewer.model import Body, Failed, Model, Reply, Usage

TRIES = 5
LONGEST_WAIT = 30.0
"""A Retry-After above it is a failure now, not a job that hangs for an hour."""
ONE_REQUEST = 420.0
"""Seconds for one whole answer."""


@dataclass(frozen=True, slots=True)
class Sent:
    answer: Reply | Failed
    usage: Usage
    """Of all tries."""


def send(body: Body, model: Model, budget: Budget) -> Sent:
    """The reply to *body*, or the failure that was left after the tries that were worth it."""
    usage = Usage()
    for attempt in range(TRIES):
        answer, used = _once(body, model, budget)
        usage += used
        if isinstance(answer, Reply) or not answer.retry or attempt == TRIES - 1:
            return Sent(answer, usage)
        wait = _wait(answer, attempt)
        if wait is None:
            return Sent(answer, usage)
        if wait >= budget.left():
            return Sent(replace(answer, reason="deadline", detail=f"after {answer.reason}"), usage)
        budget.clock.sleep(wait)
    raise AssertionError("the last try returns")


def _once(body: Body, model: Model, budget: Budget) -> tuple[Reply | Failed, Usage]:
    reserved = budget.reserve(body) if budget.left() > 0 else None
    left = budget.left()  # less than before: reserving may wait for other requests
    if left <= 0:
        budget.settle(reserved or 0.0, 0.0)
        return Failed(reason="deadline"), Usage()
    if reserved is None:
        return Failed(reason="budget", detail="the next request could cost more than is left of max-cost"), Usage()
    spent = reserved
    try:
        started = budget.clock.monotonic()
        answer = model.ask(body, min(ONE_REQUEST, left))
        waited = budget.clock.monotonic() - started
        if isinstance(answer, Failed):
            spent = reserved if answer.billed else 0.0
            return answer, Usage(calls=1, seconds=waited, models=(body["model"],))
        usage = replace(budget.priced(body["model"], answer.usage), calls=1, seconds=waited, models=(body["model"],))
        spent = usage.cost_usd
        return answer, usage
    finally:
        budget.settle(reserved, spent)


def _wait(failed: Failed, attempt: int) -> float | None:
    """Seconds before the next try; None when the service wants more patience than we have."""
    if failed.retry_after is not None:
        return failed.retry_after if failed.retry_after <= LONGEST_WAIT else None
    return min(8.0, 0.5 * 2.0**attempt) * random.uniform(0.75, 1.0)  # noqa: S311 - jitter, not a secret
