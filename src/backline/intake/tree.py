"""The whole listing of a change's two commits, for look-ups by name; ``git ls-tree`` when a side is first asked for."""

from __future__ import annotations

from collections.abc import Mapping

from backline.errors import RequestError
from backline.finding import Side
from backline.intake.change import Change
from backline.intake.git import Repository

MOST_ENTRIES = 1_000_000


class Trees:
    """``paths(Side.LEFT)`` is the merge base, ``paths(Side.RIGHT)`` the head, or the tree of uncommitted work."""

    def __init__(self, repository: Repository, change: Change) -> None:
        self._repository = repository
        self._names = {Side.LEFT: change.merge_base, Side.RIGHT: change.head_tree or change.head}
        self._listed: dict[Side, Mapping[str, tuple[str, str]]] = {}

    def paths(self, side: Side) -> Mapping[str, tuple[str, str]]:
        """Path (undecodable bytes as surrogate escapes) → (mode in git's octal words, blob or commit name)."""
        if side not in self._listed:
            name = self._names[side]
            self._listed[side] = _listing(self._repository, name) if name else {}
        return self._listed[side]


def _listing(repository: Repository, name: str) -> dict[str, tuple[str, str]]:
    """A side that cannot be listed is empty: the tools then find nothing in it, the review goes on."""
    try:
        output = repository.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", name)
    except RequestError:
        return {}
    return dict(map(_entry, output.split(b"\0", MOST_ENTRIES)[:-1]))


def _entry(row: bytes) -> tuple[str, tuple[str, str]]:
    """``<mode> <type> <name>TAB<path>``."""
    words, _, path = row.partition(b"\t")
    mode, _, oid = words.decode("ascii").split(" ")
    return path.decode("utf-8", "surrogateescape"), (mode, oid)
