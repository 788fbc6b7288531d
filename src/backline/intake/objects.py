"""Blobs by name from one ``git cat-file --batch`` process, and what names stand for from a second one."""

from __future__ import annotations

import contextlib
import re
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple

MAX_BLOB = 5_000_000
"""A larger blob reads as absent: nobody wrote it by hand."""

_CACHED_BYTES = 32_000_000
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Entry(NamedTuple):
    """What ``cat-file --batch-check`` says of one object."""

    oid: str
    type: str
    size: int


class Objects:
    """Thread-safe; the process starts with the first blob and ends with ``close``."""

    def __init__(self, start: Callable[[str], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cached = 0

    def read(self, oid: str) -> bytes | None:
        """The blob's bytes; None when there is no such blob or it is larger than ``MAX_BLOB``."""
        if not _OID.fullmatch(oid):
            return None
        with self._lock:
            if (data := self._cache.get(oid)) is not None:
                self._cache.move_to_end(oid)
                return data
            data = self._fetch(oid)
            if data is not None:
                self._remember(oid, data)
            return data

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _fetch(self, oid: str) -> bytes | None:
        if self._process is None:
            self._process = self._start("--batch")
        stdin, stdout = _pipes(self._process)
        try:
            stdin.write(oid.encode() + b"\n")
            stdin.flush()
            entry = _entry(stdout.readline())
        except BrokenPipeError:
            entry = None
        if entry is None and self._process.poll() is not None:
            self._stop()
        if entry is None:
            return None
        if entry.size > MAX_BLOB or entry.type != "blob":
            self._stop()  # cheaper than reading it to its end
            return None
        data = stdout.read(entry.size)
        stdout.read(1)
        return data if len(data) == entry.size else None

    def _remember(self, oid: str, data: bytes) -> None:
        self._cache[oid] = data
        self._cached += len(data)
        while self._cached > _CACHED_BYTES:
            self._cached -= len(self._cache.popitem(last=False)[1])

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        for pipe in _pipes(self._process):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._process.wait()
        self._process = None


def check(answers: bytes, asked: int) -> tuple[Entry | None, ...]:
    """The answers of one ``--batch-check`` run to *asked* names, None for each that names no object."""
    lines = answers.split(b"\n")[:asked]
    return tuple(_entry(line) for line in lines) + (None,) * (asked - len(lines))


def questions(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")


def _entry(line: bytes) -> Entry | None:
    words = line.decode("ascii", "replace").split()
    if len(words) != 3 or not _OID.fullmatch(words[0]) or not words[2].isdecimal():
        return None
    return Entry(words[0], words[1], int(words[2]))


def _pipes(process: subprocess.Popen[bytes]) -> Iterator[IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None
    return iter((process.stdin, process.stdout))
