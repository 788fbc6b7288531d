"""Both trees of a change as listings: path → (mode, blob). The reviewer's look-ups stand on them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from backline.finding import Side
from backline.intake.change import Change
from backline.intake.git import Repository

Listing = dict[str, tuple[str, str]]


class Trees:
    """The merge base as git lists it; the head is that with the change applied, so uncommitted work is there too."""

    def __init__(self, repository: Repository, change: Change) -> None:
        self._repository, self._change = repository, change

    def paths(self, side: Side) -> Mapping[str, tuple[str, str]]:
        """Path (surrogate escapes) → (mode in git's octal words, blob name)."""
        return self._base if side is Side.LEFT else self._head

    @cached_property
    def _base(self) -> Listing:
        if self._change.merge_base is None:
            return {}
        return listing(self._repository.run("ls-tree", "-r", "-z", "--full-tree", self._change.merge_base))

    @cached_property
    def _head(self) -> Listing:
        head = dict(self._base)
        for file in self._change.files:
            if file.status in ("deleted", "renamed"):
                head.pop(file.old_path or file.path, None)
        return head | {f.path: (f.new_mode, f.new_oid) for f in self._change.files if f.new_oid}


def listing(output: bytes) -> Listing:
    """The entries of ``git ls-tree -z``: ``mode type oid TAB path NUL``."""
    found: Listing = {}
    for entry in output.decode("utf-8", "surrogateescape").split("\0"):
        if entry:
            words, path = entry.split("\t", 1)
            mode, _, oid = words.split(" ")
            found[path] = (mode, oid)
    return found
