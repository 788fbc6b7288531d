"""What a million tokens costs, in US dollars. A table with a date: prices change, the configuration can override it."""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "2026-11-22"
"""Whoever is told that a price is not known is told how old the table is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars per million tokens. ``cache_write`` is the five-minute kind."""

    input: float
    output: float
    cache_write: float
    cache_read: float
    long_prompt: int | None = None
    """More prompt tokens than this: the whole request costs ``long_factor`` times as much."""
    long_factor: float = 1.0


PRICES = {
    "claude-fable-5-1": Price(input=10, output=50, cache_write=12.5, cache_read=1),
    "claude-opus-5-5": Price(input=4, output=20, cache_write=5, cache_read=0.2),
    "claude-sonnet-5-5": Price(input=2, output=10, cache_write=2.5, cache_read=0.2),
    "claude-haiku-5-5": Price(
        input=0.1, output=0.5, cache_write=0.125, cache_read=0.01, long_prompt=100_000, long_factor=5
    ),
    "claude-opus-5": Price(input=5, output=25, cache_write=6.25, cache_read=0.5),
    "claude-sonnet-5": Price(input=2, output=10, cache_write=2.5, cache_read=0.2),
    "claude-haiku-4-5": Price(input=1, output=5, cache_write=1.25, cache_read=0.1),
}


def dollars(price: Price, *, uncached: int, written: int, read: int, output: int) -> float:
    """The cost of one request."""
    prompt = uncached + written + read
    factor = price.long_factor if price.long_prompt is not None and prompt > price.long_prompt else 1.0
    parts = (uncached, price.input), (written, price.cache_write), (read, price.cache_read), (output, price.output)
    return factor * sum(tokens * each for tokens, each in parts) / 1_000_000
