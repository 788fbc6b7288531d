"""Reads a file of a work tree without ever following a symlink, blocking on a FIFO, or leaving the folder."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backline.errors import FileProblem, RequestError
from backline.intake.modes import EXECUTABLE, FILE, SYMLINK
from backline.intake.objects import MAX_BLOB

# Windows lacks some of the flags, and `dir_fd` altogether: there `Folder.open` refuses.
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _SAFE
# O_NONBLOCK: somebody may put a FIFO there after we looked.
_FILE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | _SAFE


@dataclass(frozen=True, slots=True)
class Folder:
    descriptor: int

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Folder]:
        if os.open not in os.supports_dir_fd:
            raise RequestError("uncommitted work cannot be read safely on this system: commit it and review the branch")
        descriptor = os.open(path.resolve(), _DIRECTORY)
        try:
            yield cls(descriptor)
        finally:
            os.close(descriptor)

    def read(self, path: str) -> tuple[str, bytes]:
        """git's mode for *path* and its content, of a symlink its target; FileProblem for anything else."""
        *folders, name = path.split("/")
        if any(part in ("", ".", "..") for part in (*folders, name)):
            raise FileProblem("not a path inside of the work tree")
        try:
            with self._entered(folders) as parent:
                return _read(parent, name)
        except OSError as error:
            raise FileProblem(_reason(error)) from None

    @contextmanager
    def _entered(self, folders: list[str]) -> Iterator[int]:
        current = os.dup(self.descriptor)
        try:
            for folder in folders:
                below = os.open(folder, _DIRECTORY, dir_fd=current)
                os.close(current)
                current = below
            yield current
        finally:
            os.close(current)


def _read(parent: int, name: str) -> tuple[str, bytes]:
    kind = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
    if stat.S_ISLNK(kind):
        return SYMLINK, os.readlink(os.fsencode(name), dir_fd=parent)
    if not stat.S_ISREG(kind):
        raise FileProblem("not a regular file")
    descriptor = os.open(name, _FILE, dir_fd=parent)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FileProblem("not a regular file")
        if status.st_size > MAX_BLOB:
            raise FileProblem(f"file too large: {status.st_size:,} bytes")
        data = file.read(MAX_BLOB + 1)
    if len(data) > MAX_BLOB:
        raise FileProblem(f"file too large: more than {MAX_BLOB:,} bytes")
    return EXECUTABLE if status.st_mode & 0o100 else FILE, data


def _reason(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "a folder of its path is a symlink or a file now"
    if error.errno == errno.ENOENT:
        return "it vanished while it was read"
    return f"unreadable: {error.strerror}"
