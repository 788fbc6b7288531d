"""Which commits a review compares: names to commits, the default base, the merge base."""

from __future__ import annotations

import re
from typing import NamedTuple

from backline.errors import RequestError
from backline.intake.git import Repository

DEFAULT_BRANCHES = ("main", "master", "develop", "trunk")
NAME_LIMIT = 255

# What `git check-ref-format` allows, with ~2 or ^ behind it; no range, no `@{…}`, no `rev:path`, no option.
_NAME = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\-][^\x00-\x20\x7f~^:?*\[\\]*(?:[~^][0-9]{0,6}){0,20}")

_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^/@\s]*@)?([A-Za-z0-9.-]+)(?::[0-9]{1,5}(?=/))?[:/]/?"
    r"([A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,100}?)(?:\.git)?/?"
)


class Base(NamedTuple):
    name: str
    commit: str


def commit_of(repository: Repository, name: str) -> str:
    """The commit that *name* stands for, or a RequestError that names it."""
    entry = repository.check([f"{_valid(name)}^{{commit}}"])[0]
    if entry is None:
        raise RequestError(f"unknown ref: {shown(name)}: name a branch, a tag or a commit of this repository")
    return entry.oid


def default_base(repository: Repository) -> Base:
    """origin's default branch, else a branch with a usual name: of origin first, then local."""
    remote = ["refs/remotes/origin/HEAD", *(f"refs/remotes/origin/{name}" for name in DEFAULT_BRANCHES)]
    names = [*remote, *(f"refs/heads/{name}" for name in DEFAULT_BRANCHES)]
    for name, entry in zip(names, repository.check(f"{name}^{{commit}}" for name in names), strict=True):
        if entry is not None:
            return Base(re.sub("^refs/(remotes|heads)/", "", name), entry.oid)
    raise RequestError(
        "no default branch found (origin/HEAD, main, master, develop, trunk): name one with --base;"
        " a single-branch clone lacks it, `git fetch origin main:refs/remotes/origin/main` gets it"
    )


def merge_base(repository: Repository, base: Base, head: Base) -> str:
    """The commit at which *head* left *base*; without one there is nothing sound to compare with."""
    answer = repository.run("merge-base", base.commit, head.commit, fine=(0, 1)).decode().split()
    if answer:
        return answer[0]
    if (repository.common_dir / "shallow").exists():
        raise RequestError(
            f"the history is cut before {shown(base.name)} and {shown(head.name)} meet (shallow clone):"
            " run `git fetch --unshallow`, or fetch more with `git fetch --deepen=N`"
        )
    raise RequestError(f"unrelated histories: {shown(base.name)} and {shown(head.name)} have no commit in common")


def slug(url: str) -> str | None:
    """``owner/name`` of a remote on GitHub (github.com or an Enterprise host named so); nothing else of *url*."""
    match = _REMOTE.fullmatch(url)
    return f"{match[2]}/{match[3]}" if match and "github" in match[1].lower() else None


def shown(name: str) -> str:
    """*name* for an error message: one line of printable characters."""
    text = "".join(character if character.isprintable() else "?" for character in name)
    return f"{text[:80]}…" if len(text) > 80 else text or '""'


def _valid(name: str) -> str:
    if (
        len(name) > NAME_LIMIT
        or not _NAME.fullmatch(name)
        or any(part in name for part in ("..", "@{", "//"))
        or not name.isprintable()
    ):
        raise RequestError(f"not a ref: {shown(name)}: name a branch, a tag or a commit")
    return name
