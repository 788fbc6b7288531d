"""The changed files between two commits: names from ``git diff --raw -z``, hunks from its patch, matched one to one."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from backline.errors import FileProblem, RequestError
from backline.intake.diff import Body, FileDiff, Hunk, parse_hunks, read_hunk
from backline.intake.git import DIFF, PATCH, Repository
from backline.intake.names import quoted
from backline.intake.objects import MAX_BLOB
from backline.intake.text import Text, decode, is_binary, utf_16

MAX_CHANGE_LINES = 1_500_000
"""Of all hunks: about 400 MB as records. The files after it are listed with this as their problem."""

TOO_LARGE_CHANGE = f"change too large: its first {MAX_CHANGE_LINES:,} diff lines were taken"

MAX_BLOB_DIFFED = 50_000_000
"""git would hold a larger blob in memory as a whole; its file is listed and left out of the patch."""

MAX_EXCLUDED = 100
"""Paths on a command line."""

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_STATUS = {"A": "added", "M": "modified", "D": "deleted", "R": "renamed", "C": "copied", "T": "typechange"}


def changed_files(repository: Repository, old: str, new: str) -> tuple[FileDiff, ...]:
    """Every file that differs between two trees or commits, in git's order."""
    files = parse_raw(repository.run(*DIFF, "--raw", "-z", old, new, "--"))
    sizes = _sizes(repository, files)
    excluded = [f":(exclude,top,literal){path}" for path in _undiffed(files, sizes)]
    found: dict[int, FileDiff] = {}
    total = 0
    with repository.stream(*PATCH, old, new, "--", *excluded) as lines, suppress(FileProblem):
        for index, body in _bodies(files, iter(lines)):
            total += len(body.lines)
            found[index] = _with_hunks(repository, files[index], body, sizes[index], total)
    unseen = "git showed no diff for this file"
    return tuple(
        found.get(index) or replace(file, problem=_too_large(sizes[index]) or unseen)
        for index, file in enumerate(files)
    )


def parse_raw(output: bytes) -> list[FileDiff]:
    """The entries of ``git diff --raw -z``: ``:mode mode oid oid S<score> NUL path NUL [path NUL]``."""
    words = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    files = []
    for word in words:
        if not word:
            continue
        old_mode, new_mode, old_oid, new_oid, status = word.removeprefix(":").split(" ")
        first = next(words)
        renamed = status[0] in "RC"
        files.append(
            FileDiff(
                path=next(words) if renamed else first,
                old_path=first if renamed else None,
                status=_STATUS.get(status[0], "modified"),
                old_mode=old_mode,
                new_mode=new_mode,
                old_oid=_blob(old_oid),
                new_oid=_blob(new_oid),
            )
        )
    return files


def _blob(oid: str) -> str | None:
    return None if set(oid) == {"0"} else oid


def _sizes(repository: Repository, files: list[FileDiff]) -> list[int]:
    """The size of each file's larger blob."""
    wanted = sorted({oid for file in files for oid in (file.old_oid, file.new_oid) if oid})
    sizes = {entry.oid: entry.size for entry in repository.check(wanted) if entry is not None and entry.type == "blob"}
    return [max(sizes.get(oid or "", 0) for oid in (file.old_oid, file.new_oid)) for file in files]


def _undiffed(files: list[FileDiff], sizes: list[int]) -> list[str]:
    huge = [file for file, size in zip(files, sizes, strict=True) if size > MAX_BLOB_DIFFED]
    return [path for file in huge for path in (file.path, file.old_path) if path][:MAX_EXCLUDED]


def _too_large(size: int) -> str | None:
    return f"file too large: {size:,} bytes" if size > MAX_BLOB else None


def header_of(file: FileDiff) -> bytes:
    """The line with which git opens the file's part of a patch."""
    return b"diff --git " + quoted("a/" + (file.old_path or file.path)) + b" " + quoted("b/" + file.path) + b"\n"


def _bodies(files: list[FileDiff], lines: Iterator[bytes]) -> Iterator[tuple[int, Body]]:
    """Index of a file → its hunks' bytes. Both lists have one order: a part belongs to the next file so headed."""
    headers = [header_of(file) for file in files]
    index, body = -1, Body()
    for line in lines:
        if line.startswith(b"@@ "):
            read_hunk(line, lines, body)
        elif line.startswith(b"diff --git "):
            if index >= 0 and line == headers[index] and files[index].status == "typechange":
                continue  # the second half: the new file's lines follow the old one's
            if index >= 0:
                yield index, body
            index, body = _next(headers, index + 1, line), Body()
    if index >= 0:
        yield index, body


def _next(headers: list[bytes], start: int, line: bytes) -> int:
    for index in range(start, len(headers)):
        if headers[index] == line:
            return index
    raise FileProblem("git's list of files and its patch do not agree")


def _with_hunks(repository: Repository, file: FileDiff, body: Body, size: int, total: int) -> FileDiff:
    if problem := _too_large(size):
        return replace(file, problem=problem)
    if total > MAX_CHANGE_LINES:
        return replace(file, problem=TOO_LARGE_CHANGE)
    try:
        return replace(file, hunks=_hunks(repository, file, body))
    except FileProblem as error:
        return replace(file, problem=str(error))


def _hunks(repository: Repository, file: FileDiff, body: Body) -> tuple[Hunk, ...]:
    if any(b"\0" in line or line[1:3] in _MARKS for line in body.lines):
        old, new = (repository.read(oid) or b"" if oid else b"" for oid in (file.old_oid, file.new_oid))
        if utf_16(old) or utf_16(new):
            return parse_hunks(_of_text(repository, decode(old), decode(new)))
        if is_binary(file.path, new if file.new_oid else old):
            raise FileProblem("binary file")
    return parse_hunks(body)


def _of_text(repository: Repository, old: Text, new: Text) -> Body:
    """The hunks between two texts: git's own are between bytes, where a line of UTF-16 ends inside of a letter."""
    try:
        with TemporaryDirectory(prefix="backline-") as folder:
            names = [str(Path(folder, name)) for name in ("old", "new")]
            for name, text in zip(names, (old, new), strict=True):
                Path(name).write_bytes(text.text.encode("utf-8", "replace"))
            lines = iter(io.BytesIO(repository.run(*PATCH, "--no-index", "--", *names, fine=(0, 1))))
    except (OSError, RequestError) as error:
        raise FileProblem(f"encoding: UTF-16 that could not be compared ({error})") from None
    body = Body()
    for line in lines:
        if line.startswith(b"@@ "):
            read_hunk(line, lines, body)
    return body
