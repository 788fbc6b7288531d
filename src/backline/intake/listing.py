"""The changed files between two commits: names from ``git diff --raw -z``, hunks from its patch, matched one to one."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace

from backline.errors import FileProblem
from backline.intake.diff import Body, FileDiff, Hunk, parse_hunks, read_hunk
from backline.intake.git import DIFF, PATCH, Repository
from backline.intake.text import is_binary

MAX_BLOB_DIFFED = 50_000_000
"""git would hold a larger blob in memory as a whole; its file is listed and left out of the patch."""

_STATUS = {"A": "added", "M": "modified", "D": "deleted", "R": "renamed", "C": "copied", "T": "typechange"}
_ESCAPES = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}


def changed_files(repository: Repository, old: str, new: str) -> tuple[FileDiff, ...]:
    """Every file that differs between two trees or commits, in git's order."""
    files = parse_raw(repository.run(*DIFF, "--raw", "-z", old, new, "--"))
    huge = _huge(repository, files)
    args = [*PATCH, old, new, "--", *(f":(exclude,top,literal){path}" for path in _paths(files, huge))]
    with repository.stream(*args) as lines:
        bodies = dict(_bodies(files, iter(lines)))
    return tuple(_with_hunks(repository, file, bodies.get(index), huge.get(index)) for index, file in enumerate(files))


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


def _huge(repository: Repository, files: list[FileDiff]) -> dict[int, int]:
    """Index of a file → size of its larger blob, where that is too much for git to diff."""
    wanted = sorted({oid for file in files for oid in (file.old_oid, file.new_oid) if oid})
    sizes = {entry.oid: entry.size for entry in repository.check(wanted) if entry is not None and entry.type == "blob"}
    largest = {
        index: max(sizes.get(oid, 0) if oid else 0 for oid in (file.old_oid, file.new_oid))
        for index, file in enumerate(files)
    }
    return {index: size for index, size in largest.items() if size > MAX_BLOB_DIFFED}


def _paths(files: list[FileDiff], huge: dict[int, int]) -> set[str]:
    return {path for index in huge for path in (files[index].path, files[index].old_path) if path}


def header_of(file: FileDiff) -> bytes:
    """The line with which git opens the file's part of a patch."""
    return b"diff --git " + quoted("a/" + (file.old_path or file.path)) + b" " + quoted("b/" + file.path) + b"\n"


def quoted(name: str) -> bytes:
    """*name* as git writes it under ``core.quotePath=true``: C-quoted when a byte of it is unusual."""
    data = name.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in (34, 92) for byte in data):
        return data
    return b'"' + b"".join(map(_escaped, data)) + b'"'


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return b"\\" + _ESCAPES[byte]
    return bytes((byte,)) if 32 <= byte < 127 else b"\\%03o" % byte


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


def _with_hunks(repository: Repository, file: FileDiff, body: Body | None, size: int | None) -> FileDiff:
    if size is not None:
        return replace(file, problem=f"file too large: {size} bytes")
    if body is None:
        return replace(file, problem="git showed no diff for this file")
    try:
        return replace(file, hunks=_hunks(repository, file, body))
    except FileProblem as problem:
        return replace(file, problem=str(problem))


def _hunks(repository: Repository, file: FileDiff, body: Body) -> tuple[Hunk, ...]:
    if any(b"\0" in line for line in body.lines):
        start = repository.read(file.new_oid or file.old_oid or "") or b"\0"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FileProblem("encoding: UTF-16")
        if is_binary(file.path, start):
            raise FileProblem("binary file")
    return parse_hunks(body)
