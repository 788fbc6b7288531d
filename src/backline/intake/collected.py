"""What `collect` leaves for the other two steps: DIR/change.json and git objects. Read strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from backline import wire
from backline.errors import RequestError
from backline.intake.anchors import Anchors
from backline.intake.change import Change
from backline.intake.diff import FileDiff
from backline.intake.fetch import Commits, blobs_of
from backline.intake.fetch import changed_files as by_trees
from backline.intake.git import Repository
from backline.intake.listing import changed_files
from backline.intake.objects import MAX_BLOB
from backline.intake.state import State
from backline.intake.threads import Thread

SCHEMA = "backline.change/1"
FILE = "change.json"
OBJECTS = "objects.git"
LIMIT = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """change.json, key for key."""

    schema: Annotated[str, (SCHEMA,)] = SCHEMA
    nothing: str | None = None
    """Why there is nothing to review; then all else is empty."""
    repository: str = ""
    pull_request: int | None = None
    base: str = ""
    merge_base: str = ""
    head: str = ""
    objects: str = OBJECTS
    """A git folder, relative to DIR or absolute."""
    limited: str | None = None
    """Why rules alone look at it (a draft, written by a bot), unless the setting `drafts` says otherwise."""
    anchors: tuple[Anchors, ...] = ()
    state: State = field(default_factory=State)
    threads: tuple[Thread, ...] = ()
    notes: tuple[str, ...] = ()
    disk_kb: int = 0


def save(folder: Path, collected: Collected) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps(wire.plain(collected), indent=1) + "\n", "utf-8")


def load(folder: Path) -> Collected:
    """RequestError when `collect` has not been there, or the file is not its."""
    file = folder / FILE
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise RequestError(
            f"--change {folder}: no {FILE} there that can be read; `backline collect -o` writes it"
        ) from None
    found: Collected = wire.read(Collected, wire.parse(text, FILE, LIMIT), FILE)
    return found


def repository(folder: Path, collected: Collected) -> Repository:
    """The objects; ``with repository(…) as objects`` ends git's processes."""
    place = folder / collected.objects
    if not (place / "objects").is_dir():
        raise RequestError(f"--change {folder}: no git objects in {collected.objects}")
    return Repository(git_dir=place, common_dir=place)


def change(objects: Repository, collected: Collected) -> Change:
    """The change that was collected. Files whose blobs were not fetched have that as their problem."""
    commits = Commits(base=collected.base, merge_base=collected.merge_base, head=collected.head)
    left_out = _left_out(objects, commits)
    old, new = commits.merge_base, commits.head
    if left_out:
        old, new = (_without(objects, name, left_out) for name in (old, new))
    files = (*changed_files(objects, old, new), *left_out.values())
    return Change(
        repository=collected.repository,
        pull_request=collected.pull_request,
        base=collected.base,
        merge_base=collected.merge_base,
        head=collected.head,
        files=tuple(sorted(files, key=lambda file: file.path)),
        notes=collected.notes,
        blobs=objects,
    )


def _left_out(objects: Repository, commits: Commits) -> dict[str, FileDiff]:
    """Changed files with a blob that is not here; git would end with an error at the first of them."""
    files = by_trees(objects, commits)
    wanted = sorted({oid for file in files for oid in blobs_of(file)})
    there = {oid for oid, entry in zip(wanted, objects.check(wanted), strict=True) if entry}
    problem = f"file too large: more than {MAX_BLOB:,} bytes"
    return {file.path: replace(file, problem=problem) for file in files if not there.issuperset(blobs_of(file))}


def _without(objects: Repository, commit: str, paths: Mapping[str, FileDiff]) -> str:
    """The commit's tree without *paths*. Only the listing is read from it."""
    index = objects.git_dir / "index"
    index.unlink(missing_ok=True)
    objects.run("read-tree", commit)
    names = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    objects.run("update-index", "-z", "--force-remove", "--stdin", stdin=names)
    return objects.run("write-tree", "--missing-ok").decode().strip()
