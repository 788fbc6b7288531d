"""The two limits of a run: dollars, reserved before a request goes out, and the deadline."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backline.errors import RequestError
from backline.prices import AS_OF, PRICES, Price, dollars
from backline.reviewer.model import Body, Clock, Usage

SYSTEM_CLOCK: Clock = time

BYTES_PER_TOKEN = 3
"""For reservations: code has 3 to 4, and a limit that is kept must assume the less favourable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked of the agent."""

    model: str = "claude-sonnet-5-5"
    effort: str = "medium"
    """low | medium | high."""
    fallback: str | None = "claude-sonnet-5"
    """Asked when the model refuses; None asks nobody."""
    max_cost: float | None = None
    """US dollars for everything that shares one Budget; None is no limit."""
    deadline: float | None = None
    """``clock.monotonic()`` at which the run ends with what there is."""
    workers: int = 8
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)


def fallback(options: Options, name: str) -> str | None:
    """The model to ask when *name* refuses; none without a price under a cost limit."""
    priced = options.max_cost is None or options.fallback in options.prices
    return options.fallback if priced and options.fallback != name else None


class Budget:
    """One per run; finders and second look share it. Thread-safe."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self.options, self.clock = options, clock
        self.committed = 0.0
        """Spent, and reserved for requests that were never answered."""
        self._pending: list[float] = []
        self._least = 0.0
        """The smallest sum that a request has asked for, among those that were granted; 0 before the first."""
        self._denied = False
        self._change = threading.Condition()

    def check(self, model: str) -> None:
        """RequestError when a cost limit is set and *model* has no price."""
        if self.options.max_cost is not None and model not in self.options.prices:
            known = ", ".join(sorted(self.options.prices))
            raise RequestError(
                f"max-cost: no price is known for model {model}: give one under `prices` in the configuration, or take"
                f" another (known, as of {AS_OF}: {known})"
            )

    def left(self) -> float:
        """Seconds to the deadline."""
        end = self.options.deadline
        return float("inf") if end is None else end - self.clock.monotonic()

    def ended(self) -> str | None:
        """``deadline`` or ``budget`` when no new conversation should begin: its prompt would be made for nothing.

        One request that is too dear says nothing of smaller ones.
        """
        if self.left() <= 0:
            return "deadline"
        with self._change:
            return "budget" if self._denied and self._over(self._least or 1e-9) else None

    def reserve(self, body: Body) -> float | None:
        """The dollars set aside for *body*; None when they are not there.

        Waits while requests under way may still give back what they do not use.
        """
        price = self.options.prices.get(body["model"])
        if price is None:
            return 0.0
        size = len(json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        amount = dollars(price, uncached=0, written=size // BYTES_PER_TOKEN, read=0, output=body["max_tokens"])
        with self._change:
            while self._over(amount):
                if not self._pending or self.left() <= 0:
                    self._denied = True
                    return None
                self._change.wait(timeout=1.0)
            self._pending.append(amount)
            self._least = min(amount, self._least or amount)
        return amount

    def _over(self, amount: float) -> bool:
        most = self.options.max_cost
        return most is not None and self.committed + sum(self._pending) + amount > most

    def settle(self, reserved: float, spent: float) -> None:
        """The request that *reserved* is over and cost *spent* (all of it when nobody knows)."""
        with self._change:
            if reserved in self._pending:
                self._pending.remove(reserved)
            self.committed += spent
            self._change.notify_all()

    def priced(self, model: str, usage: Usage) -> Usage:
        """*usage* of one request with its cost; 0 dollars where no price is known."""
        price = self.options.prices.get(model)
        if price is None:
            return usage
        cost = dollars(
            price, uncached=usage.input_tokens, written=usage.cache_write_tokens, read=usage.cache_read_tokens,
            output=usage.output_tokens,
        )  # fmt: skip
        return replace(usage, cost_usd=cost)
