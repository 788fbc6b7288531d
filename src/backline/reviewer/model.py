"""The port to the model: one request, one reply or one failure, as values. `claude.py` is the adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

Body = Mapping[str, Any]
"""A request in the words of the Messages API."""
Block = dict[str, Any]
"""One content block in the same words."""


class Clock(Protocol):
    """The module ``time`` is one; tests bring another."""

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the service counts them; ``input_tokens`` is the uncached part; ``calls`` are HTTP requests."""

    calls: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    """Waited for the service, summed over parallel requests."""
    models: tuple[str, ...] = ()
    """Those that were asked, each once."""

    def __add__(self, other: Usage) -> Usage:
        total: Usage = Usage(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})
        return replace(total, models=tuple(dict.fromkeys(total.models)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    content: tuple[Block, ...]
    stop_reason: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No usable reply. ``reason`` goes into the ledger as it stands."""

    reason: str
    """refused | truncated | overloaded | rate limited | timeout | connection | deadline | budget | malformed |
    service error | not accepted | too large."""
    detail: str = ""
    """More for the notes; never holds the key, the prompt or a local path."""
    retry: bool = False
    retry_after: float | None = None
    billed: bool = False
    """The service may have worked on it: its reservation stays spent."""
    request_error: str = ""
    """Not empty: nothing that we send can succeed (key, model); the one line that says what to change."""


class Model(Protocol):
    def ask(self, body: Body, timeout: float) -> Reply | Failed:
        """One HTTP request, no retry, at most *timeout* seconds in all. Called from several threads."""
        ...
