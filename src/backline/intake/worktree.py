"""Uncommitted work as a tree, made in a repository of our own beside the objects: no filter, hook or driver runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from backline.errors import FileProblem, RequestError
from backline.intake.diff import FileDiff
from backline.intake.disk import Folder
from backline.intake.git import Repository
from backline.intake.modes import FILE, NO_FILE, SUBMODULE, SYMLINK

_LFS = b"version https://git-lfs"
_COPIED = ("filemode", "symlinks", "ignorecase", "precomposeunicode", "autocrlf", "eol", "safecrlf")
_VALUES = frozenset({"true", "false", "input", "lf", "crlf", "native"})


class Entry(NamedTuple):
    """One line of ``git status``. ``oid`` is the index's blob, ``mode`` the index's mode; ``000000`` is absent."""

    path: str
    mode: str
    disk_mode: str
    oid: str | None
    dirty: bool
    """The file differs from the index, or is not in it."""
    tracked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    tree: str
    problems: tuple[FileDiff, ...]
    """The files whose content could not be taken, and why."""
    notes: tuple[str, ...]


@contextmanager
def beside(repository: Repository, settings: dict[str, str]) -> Iterator[Repository]:
    """A repository in a temporary folder: it reads *repository*'s objects and sees its files, without its settings."""
    if repository.work_tree is None:
        raise RequestError(f"{repository.git_dir} is a bare repository: it has no uncommitted work")
    with TemporaryDirectory(prefix="backline-") as temporary:
        git_dir = Path(temporary)
        _furnish(git_dir, repository, settings)
        with Repository(
            git_dir=git_dir, common_dir=git_dir, work_tree=repository.work_tree, checkout=repository.work_tree
        ) as own:
            yield own


def _furnish(git_dir: Path, repository: Repository, settings: dict[str, str]) -> None:
    for name in ("objects/info", "refs", "info"):
        (git_dir / name).mkdir(parents=True)
    head = repository.check(["HEAD^{commit}"])[0]
    (git_dir / "HEAD").write_text(f"{head.oid}\n" if head else "ref: refs/heads/unborn\n")
    (git_dir / "config").write_text(_config(settings))
    (git_dir / "objects/info/alternates").write_bytes(_quoted(repository.common_dir / "objects") + b"\n")
    with (git_dir / "info/exclude").open("wb") as excluded:
        for file in (_users_ignores(settings), repository.common_dir / "info/exclude"):
            excluded.write((file.read_bytes() if file.is_file() else b"") + b"\n")
    there = repository.git_dir
    for file in (there / "index", *there.glob("sharedindex.*"), repository.common_dir / "shallow"):
        if file.is_file():
            shutil.copy2(file, git_dir / file.name)  # with its time: git compares the files' times with the index's


def _users_ignores(settings: dict[str, str]) -> Path:
    configured = settings.get("core.excludesfile") or "~/.config/git/ignore"
    return Path(os.path.expanduser(configured))  # noqa: PTH111 (Path.expanduser raises where there is no home)


def _config(settings: dict[str, str]) -> str:
    lines = ["[core]", "bare = false", "fsmonitor = false", "untrackedCache = false"]
    lines += [f"{name} = {settings[key]}" for name in _COPIED if settings.get(key := f"core.{name}") in _VALUES]
    if settings.get("extensions.objectformat") == "sha256":
        lines += ["repositoryformatversion = 1", "[extensions]", "objectFormat = sha256"]
    return "\n".join([*lines, ""])


def _quoted(path: Path) -> bytes:
    return b'"' + bytes(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def status(own: Repository) -> list[Entry]:
    """What differs from HEAD. NOTE: ``--ignore-submodules=dirty``, or git would run itself inside each submodule."""
    output = own.run(
        "status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty"
    )
    return [entry for line in output.decode("utf-8", "surrogateescape").split("\0") if (entry := _entry(line))]


def _entry(line: str) -> Entry | None:
    if line.startswith("? "):
        return Entry(line[2:], NO_FILE, FILE, None, dirty=True, tracked=False)
    if line.startswith("1 "):
        _, changed, _, _, mode, disk_mode, _, oid, path = line.split(" ", 8)
        return Entry(path, mode, disk_mode, None if set(oid) == {"0"} else oid, dirty=changed[1] != ".")
    if line.startswith("u "):
        _, _, _, _, _, _, disk_mode, _, oid, _, path = line.split(" ", 10)
        return Entry(path, NO_FILE, disk_mode, oid, dirty=True)
    return None


def staged(own: Repository) -> Snapshot:
    """The index as a tree."""
    if own.run("ls-files", "--unmerged", "-z"):
        raise RequestError("the index has unmerged files: resolve them and `git add` them first")
    return Snapshot(tree=_write_tree(own), problems=(), notes=())


def snapshot(own: Repository, settings: dict[str, str]) -> Snapshot:
    """The files as they are: tracked ones, and untracked ones that are neither ignored nor ``.env*``."""
    assert own.work_tree is not None
    entries = [entry for entry in status(own) if entry.dirty]
    taken = [entry for entry in entries if not _left_out(entry)]
    problems: list[FileDiff] = []
    deleted = [entry.path for entry in taken if entry.disk_mode == NO_FILE]
    wanted = [entry for entry in taken if entry.disk_mode != NO_FILE]
    converted = _converted(own, wanted, settings)
    copies: list[tuple[str, str, Path]] = []
    (own.git_dir / "copies").mkdir()
    with Folder.open(own.work_tree) as folder:
        for entry in wanted:
            try:
                mode, data = folder.read(entry.path)
                copy = own.git_dir / "copies" / str(len(copies))
                copy.write_bytes(_as_committed(own, entry, data, entry.path in converted))
                copies.append((entry.path, _mode(entry, mode), copy))
            except FileProblem as problem:
                kind = "modified" if entry.tracked else "added"
                problems.append(FileDiff(path=entry.path, status=kind, problem=str(problem)))
    _update_index(own, deleted, copies, "0" * (64 if settings.get("extensions.objectformat") == "sha256" else 40))
    return Snapshot(tree=_write_tree(own), problems=tuple(problems), notes=_notes(entries))


def _left_out(entry: Entry) -> bool:
    return SUBMODULE in (entry.mode, entry.disk_mode) or entry.path.endswith("/") or _is_env(entry)


def _is_env(entry: Entry) -> bool:
    return not entry.tracked and any(part.startswith(".env") for part in PurePosixPath(entry.path).parts)


def _notes(entries: list[Entry]) -> tuple[str, ...]:
    secret = sum(_is_env(entry) for entry in entries)
    other = sum(_left_out(entry) for entry in entries) - secret
    notes = (
        (secret, "untracked .env file(s) not read"),
        (other, "changed submodule(s) or nested repositories left out"),
    )
    return tuple(f"{count} {what}" for count, what in notes if count)


def _mode(entry: Entry, found: str) -> str:
    """git knows better whether the executable bit counts here (``core.fileMode``)."""
    return entry.disk_mode if entry.tracked and found != SYMLINK and entry.disk_mode.startswith("100") else found


def _converted(own: Repository, entries: list[Entry], settings: dict[str, str]) -> set[str]:
    """Paths whose line ends git would turn into ``\\n`` on commit."""
    if not entries:
        return set()
    asked = b"".join(entry.path.encode("utf-8", "surrogateescape") + b"\0" for entry in entries)
    output = own.run("check-attr", "-z", "--stdin", "text", "eol", stdin=asked).decode("utf-8", "surrogateescape")
    words = output.split("\0")
    attributes = {(path, name): value for path, name, value in zip(words[::3], words[1::3], words[2::3], strict=False)}
    always = settings.get("core.autocrlf") in ("true", "input")

    def converts(path: str) -> bool:
        text, eol = attributes.get((path, "text")), attributes.get((path, "eol"))
        return text in ("set", "auto") or (text == "unspecified" and (always or eol in ("lf", "crlf")))

    return {entry.path for entry in entries if converts(entry.path)}


def _as_committed(own: Repository, entry: Entry, data: bytes, converted: bool) -> bytes:
    before = own.read(entry.oid) if entry.oid else None
    if before is not None and before.startswith(_LFS) and not data.startswith(_LFS):
        raise FileProblem("LFS content: only its pointer is in the repository")
    if converted and b"\0" not in data and b"\r\n" not in (before or b""):
        return data.replace(b"\r\n", b"\n")
    return data


def _update_index(own: Repository, deleted: list[str], copies: list[tuple[str, str, Path]], null: str) -> None:
    named = "".join(f"{copy}\n" for _, _, copy in copies).encode()
    oids = own.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=named).decode().split() if copies else []
    lines = [f"0 {null}\t{path}\0" for path in (*deleted, *(path for path, _, _ in copies))]
    lines += [f"{mode} {oid}\t{path}\0" for (path, mode, _), oid in zip(copies, oids, strict=True)]
    own.run("update-index", "-z", "--index-info", stdin="".join(lines).encode("utf-8", "surrogateescape"))


def _write_tree(own: Repository) -> str:
    return own.run("write-tree", "--missing-ok").decode().strip()
