"""Progress: how long work tells a person where it is. A leaf: rooms report, the command line shows."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def __call__(self, stage: str, done: int, total: int, note: str = "") -> None:
        """``stage`` is a noun (``rules``, ``agent``, ``second look``); called from any thread."""
        ...


def silent(stage: str, done: int, total: int, note: str = "") -> None:
    """For tests and machine-readable runs."""
