"""Change: what a branch, patch or pull request changes, from git objects alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from backline.finding import Side
from backline.intake.diff import FileDiff


class Text(NamedTuple):
    """A blob as text. Lines are what ``\\n`` separates."""

    text: str
    """Never holds a surrogate: undecodable bytes are read as Latin-1."""
    encoding: str
    """utf-8 | utf-16-le | utf-16-be | latin-1."""


class Blobs(Protocol):
    """Reads blobs by name; one method, so that a fake is a dict."""

    def read(self, oid: str) -> bytes | None:
        """The blob's bytes; None when it is absent (not fetched, larger than the cap)."""
        ...


class NoBlobs:
    """For a patch without a repository."""

    def read(self, oid: str) -> bytes | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Everything that one review looks at."""

    repository: str | None = None
    """``owner/name`` on GitHub, when known."""
    pull_request: int | None = None
    base: str | None = None
    merge_base: str | None = None
    head: str | None = None
    files: tuple[FileDiff, ...] = ()
    notes: tuple[str, ...] = ()
    """What people should know: which base was taken, how many uncommitted files were left out."""
    blobs: Blobs = field(default_factory=NoBlobs, repr=False, compare=False)


def text_of(change: Change, file: FileDiff, side: Side) -> Text | None:
    """The whole text of *file* on *side*; None when there is no blob (deleted, added, submodule, patch only)."""
    raise NotImplementedError
