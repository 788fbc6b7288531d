"""One changed file as a value, made of two texts."""

from __future__ import annotations

from changes import hunks

from backline.intake.diff import FileDiff


def edited(path: str, before: str, after: str, **fields: str) -> FileDiff:
    return FileDiff(path=path, hunks=hunks(before, after), **fields)


def written(path: str, text: str, **fields: str) -> FileDiff:
    """A new file: every line is added."""
    return FileDiff(path=path, status="added", old_mode="000000", hunks=hunks("", text), **fields)
