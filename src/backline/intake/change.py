"""Change: what a branch, patch or pull request changes, from git objects alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from backline.errors import RequestError
from backline.finding import Side
from backline.intake import worktree
from backline.intake.diff import FileDiff
from backline.intake.git import Repository
from backline.intake.listing import changed_files
from backline.intake.modes import SUBMODULE
from backline.intake.refs import Base, commit_of, default_base, merge_base, shown, slug
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
    """None for uncommitted work and for a patch."""
    files: tuple[FileDiff, ...] = ()
    notes: tuple[str, ...] = ()
    """What people should know: which base was taken, how many uncommitted files were left out."""
    blobs: Blobs = field(default_factory=NoBlobs, repr=False, compare=False)


def text_of(change: Change, file: FileDiff, side: Side) -> Text | None:
    """The whole text of *file* on *side*; None when there is no blob (deleted, added, submodule, patch only)."""
    oid, mode = (file.new_oid, file.new_mode) if side is Side.RIGHT else (file.old_oid, file.old_mode)
    if oid is None or mode == SUBMODULE:
        return None
    data = change.blobs.read(oid)
    return None if data is None else decode(data)


def from_branch(repository: Repository, base: str | None = None, head: str | None = None) -> Change:
    """What *head* (HEAD) changes since it left *base* (the default branch). No file of the work tree is reviewed."""
    tip = Base(head or "HEAD", _commit(repository, head or "HEAD"))
    trunk = Base(base, commit_of(repository, base)) if base else default_base(repository)
    start = merge_base(repository, trunk, tip)
    settings = repository.settings()
    return Change(
        repository=slug(settings.get("remote.origin.url", "")),
        base=trunk.commit,
        merge_base=start,
        head=tip.commit,
        files=changed_files(repository, start, tip.commit),
        notes=(_compared(trunk, start, tip, default=not base), *([] if head else _left_out(repository, settings))),
        blobs=repository,
    )


def from_worktree(repository: Repository, base: str | None = None, staged: bool = False) -> Change:
    """Uncommitted work (with *staged* the index alone) against HEAD, or against where HEAD left *base*.

    ``blobs`` is then a repository beside *repository* and ends with it.
    """
    settings = repository.settings()
    head = Base("HEAD", _commit(repository, "HEAD"))
    trunk = Base(base, commit_of(repository, base)) if base else head
    start = merge_base(repository, trunk, head) if base else head.commit
    what = "staged" if staged else "uncommitted"
    try:
        own = repository.stack.enter_context(worktree.beside(repository, settings))
        taken = worktree.staged(own) if staged else worktree.snapshot(own, settings)
    except OSError as error:
        raise RequestError(f"{what} work: {_where(error, repository)}: {error.strerror}") from None
    since = f"where HEAD left {shown(trunk.name)}" if base else "HEAD"
    return Change(
        repository=slug(settings.get("remote.origin.url", "")),
        base=trunk.commit,
        merge_base=start,
        files=_with_problems(changed_files(own, start, taken.tree), taken.problems),
        notes=(f"compared {what} work with {start[:12]}, {since}", *taken.notes),
        blobs=own,
    )


def _where(error: OSError, repository: Repository) -> str:
    """The file of the repository that cannot be read; all else stands in the temporary folder."""
    name = str(error.filename or "")
    folders = (repository.git_dir, repository.common_dir)
    return shown(name) if any(name.startswith(str(folder)) for folder in folders) else "the temporary folder (TMPDIR)"


def _commit(repository: Repository, name: str) -> str:
    try:
        return commit_of(repository, name)
    except RequestError:
        if name == "HEAD":
            where = repository.work_tree or repository.git_dir
            raise RequestError(f"{where}: HEAD names no commit that can be read; is there one yet?") from None
        raise


def _compared(trunk: Base, start: str, tip: Base, *, default: bool) -> str:
    if start == tip.commit:
        return f"nothing between {shown(trunk.name)} and {shown(tip.name)}: name another start, such as --base HEAD~1"
    note = f"compared {shown(tip.name)} with {start[:12]}, where it left {shown(trunk.name)}"
    return f"{note} (the default branch; --base names another)" if default else note


def _left_out(repository: Repository, settings: dict[str, str]) -> list[str]:
    if repository.work_tree is None:
        return []
    try:
        with worktree.beside(repository, settings) as own:
            count = len(worktree.status(own))
    except (OSError, RequestError):
        # No room for temporary files, a broken index: the commits are reviewed all the same.
        return ["uncommitted files were not looked for"]
    files = f"{count} uncommitted file{'s' if count > 1 else ''}"
    return [f"{files} left out: --worktree reviews what is not committed"] if count else []


def _with_problems(files: tuple[FileDiff, ...], unread: tuple[FileDiff, ...]) -> tuple[FileDiff, ...]:
    """*files* where each of *unread* has no hunks but its reason, also when the commits alone show no change of it."""
    known = {file.path: file for file in files}
    for file in unread:
        known[file.path] = replace(known.get(file.path, file), hunks=(), new_oid=None, problem=file.problem)
    return tuple(sorted(known.values(), key=lambda file: file.path))
