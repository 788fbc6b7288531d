"""Change: what a branch, patch or pull request changes, from git objects alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from backline.finding import Side
from backline.intake.diff import FileDiff
from backline.intake.git import Repository
from backline.intake.listing import changed_files
from backline.intake.refs import Base, commit_of, default_base, merge_base, shown
from backline.intake.text import Text as Text
from backline.intake.text import decode


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
    oid, mode = (file.new_oid, file.new_mode) if side is Side.RIGHT else (file.old_oid, file.old_mode)
    if oid is None or mode == "160000":
        return None
    data = change.blobs.read(oid)
    return None if data is None else decode(data)


def from_branch(repository: Repository, base: str | None = None, head: str | None = None) -> Change:
    """What *head* (HEAD) changes since it left *base* (the default branch). No file of the work tree is read."""
    tip = Base(head or "HEAD", commit_of(repository, head or "HEAD"))
    trunk = Base(base, commit_of(repository, base)) if base else default_base(repository)
    start = merge_base(repository, trunk, tip)
    note = f"compared {shown(tip.name)} with {start[:12]}, where it left {shown(trunk.name)}"
    if not base:
        note += " (the default branch; --base names another)"
    if start == tip.commit:
        note = f"nothing between {shown(trunk.name)} and {shown(tip.name)}: name another start, such as --base HEAD~1"
    return Change(
        base=trunk.commit,
        merge_base=start,
        head=tip.commit,
        files=changed_files(repository, start, tip.commit),
        notes=(note,),
        blobs=repository,
    )
