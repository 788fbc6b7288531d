"""Where a repository is, found without git: git would read the configuration of whatever it finds first."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from backline.errors import RequestError


class Place(NamedTuple):
    git_dir: Path
    common_dir: Path
    work_tree: Path | None


def locate(path: Path) -> Place:
    """The repository around *path*. A bare one inside of another's work tree is refused: it may be its content."""
    try:
        start = path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise RequestError(f"no such folder: {path}") from None
    bare: Path | None = None
    for folder in (start, *start.parents):
        if (git_dir := _git_dir(folder)) is not None:
            if bare is not None and bare != git_dir:
                raise RequestError(f"{bare} is a bare repository inside of {folder}: run in {folder}, or move it out")
            return Place(git_dir, _common(git_dir), folder)
        if bare is None and _is_repository(folder):
            bare = folder
    if bare is None:
        raise RequestError(f"not a git repository: {path}")
    return Place(bare, _common(bare), None)


def _git_dir(folder: Path) -> Path | None:
    """The repository of the work tree *folder*, also where ``.git`` is a file that names it (worktree, submodule)."""
    entry = folder / ".git"
    if _is_repository(entry):
        return entry
    target = _named(entry, "gitdir:")
    return target if target is not None and _is_repository(target) else None


def _is_repository(folder: Path) -> bool:
    try:
        common = _common(folder)
        return (folder / "HEAD").is_file() and (common / "objects").is_dir() and (common / "refs").is_dir()
    except (OSError, ValueError):
        return False


def _common(git_dir: Path) -> Path:
    return _named(git_dir / "commondir", "") or git_dir


def _named(file: Path, prefix: str) -> Path | None:
    """The path that a one-line *file* of git names, relative to the folder of the file."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            line = opened.read(8192).decode("utf-8", "surrogateescape").rstrip("\n")
        return (file.parent / line.removeprefix(prefix).strip(" ")).resolve() if line.startswith(prefix) else None
    except (OSError, ValueError, RuntimeError):
        return None
