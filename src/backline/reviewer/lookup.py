"""Read, Grep, Glob and LS as look-ups in two listings of git trees and blobs by name: no path of the machine exists."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Protocol

from backline.finding import Side
from backline.globs import matches
from backline.intake.change import Blobs, Change
from backline.intake.modes import SUBMODULE, SYMLINK
from backline.intake.text import decode, is_binary
from backline.reviewer.model import Clock
from backline.visible import mask, show, show_line

MOST_CHARS = 64_000
"""Of one result."""
MOST_LINES = 600
LONGEST_LINE = 400
MOST_HITS = 200
MOST_NAMES = 1_000
MOST_BLOB = 500_000
"""Larger blobs are not searched, and the answer says so; reading them is fine."""
MOST_PATTERN = 1_000
SEARCHED = 20_000
"""Characters of a line."""
SEARCH_SECONDS = 4.0
_REGEX_MEMORY = 2_000_000


class Tree(Protocol):
    """The full listing of a side's commit. ``dict`` fakes it well."""

    def paths(self, side: Side) -> Mapping[str, tuple[str, str]]:
        """Path (surrogate escapes) → (mode in git's octal words, blob name)."""
        ...


class ChangedOnly:
    """The tree when there is no repository behind the change, or nobody listed it: its files alone."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def paths(self, side: Side) -> Mapping[str, tuple[str, str]]:
        files = self._change.files
        if side is Side.RIGHT:
            return {f.path: (f.new_mode, f.new_oid) for f in files if f.new_oid}
        return {f.old_path or f.path: (f.old_mode, f.old_oid) for f in files if f.old_oid}


class NoAnswer(Exception):
    """A look-up that finds nothing to answer with; ``str(error)`` is for the model, short and generic."""


class Entry(NamedTuple):
    mode: str
    oid: str


class Files:
    """Both trees under the names that the model is shown. Thread-safe; a side is listed when it is first asked for."""

    def __init__(self, tree: Tree, blobs: Blobs) -> None:
        self._tree, self._blobs, self._lock = tree, blobs, threading.Lock()
        self._sides: dict[Side, dict[str, Entry]] = {}

    def of(self, side: Side) -> dict[str, Entry]:
        """Shown path → entry, in the order of the paths."""
        with self._lock:
            if side not in self._sides:
                listing = self._tree.paths(side)
                self._sides[side] = {show_line(path): Entry(*listing[path]) for path in sorted(listing)}
            return self._sides[side]

    def find(self, path: str, side: Side) -> Entry:
        if (entry := self.of(side).get(path)) is not None:
            return entry
        other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
        if path in self.of(other):
            raise NoAnswer(f"not in the {WORDS[side]} tree; it is in {WORDS[other]}")
        raise NoAnswer("not in the tree")

    def bytes_of(self, entry: Entry) -> bytes | None:
        return None if entry.mode == SUBMODULE else self._blobs.read(entry.oid)

    def line_count(self, path: str, side: Side = Side.RIGHT) -> int:
        """How many lines *path* has; 0 when it is no file of the tree."""
        entry = self.of(side).get(path)
        data = self.bytes_of(entry) if entry and entry.mode != SYMLINK else None
        return len(_lines(data)) if data else 0


WORDS = {Side.RIGHT: "head", Side.LEFT: "base"}


def read_file(files: Files, path: str, side: Side, offset: int, limit: int) -> str:
    """Lines ``offset…`` of a file, numbered; masked as a whole, because a private key spans lines."""
    entry = files.find(path, side)
    if entry.mode == SUBMODULE:
        return "a submodule: its files are not in this repository"
    data = files.bytes_of(entry)
    if entry.mode == SYMLINK:
        target = show_line((data or b"")[:400].decode("utf-8", "surrogateescape"))
        return f"a symbolic link to {mask(target)} (never followed)"
    if holds_secrets(path):
        raise NoAnswer("not shown: files of this name hold credentials")
    if data is None:
        raise NoAnswer("not available: too large or not fetched")
    if is_binary(path, data):
        return f"a binary file of {len(data)} bytes"
    lines = show(mask(decode(data).text)).removesuffix("\n").split("\n")
    last = min(offset - 1 + min(limit, MOST_LINES), len(lines))
    shown = [f"{number}|{cut(lines[number - 1])}" for number in range(offset, last + 1)]
    if not shown:
        return f"the file has {len(lines)} lines"
    rest = [f"({len(lines) - last} more lines)"] if last < len(lines) else []
    return bounded([*shown, *rest])


def grep(
    files: Files, pattern: str, side: Side, within: str, glob: str, ignore_case: bool, clock: Clock
) -> str:  # fmt: skip
    """``path:line|text`` for lines that match, in linear time whatever the pattern is; says what it left out."""
    regex = compiled(pattern, ignore_case)
    end, hits, large = clock.monotonic() + SEARCH_SECONDS, list[str](), 0
    for path, entry in under(files.of(side), within):
        if entry.mode == SYMLINK or holds_secrets(path) or (glob and not matches(path, [glob])):
            continue
        data = files.bytes_of(entry) or b""
        large += len(data) > MOST_BLOB
        hits += _matches(data, path, regex, MOST_HITS - len(hits))
        if len(hits) >= MOST_HITS:
            return bounded([*hits, f"(stopped at {MOST_HITS} lines: narrow the search)"])
        if clock.monotonic() > end:
            return bounded([*hits, "(stopped: the search took too long, narrow it)"])
    skipped = [f"({large} file(s) larger than {MOST_BLOB} bytes were not searched)"] if large else []
    return bounded([*(hits or ["no line matches"]), *skipped])


def _matches(data: bytes, path: str, regex: Any, most: int) -> Iterator[str]:
    if len(data) > MOST_BLOB or not regex.search(data) or is_binary(path, data):
        return
    raw, shown = decode(data).text.split("\n"), None
    for number, line in enumerate(raw, 1):
        if not regex.search(line[:SEARCHED].encode()):
            continue
        shown = shown or show(mask("\n".join(raw))).split("\n")
        # What is masked cannot be searched for either: a pattern would spell it out letter by letter.
        if regex.search(shown[number - 1][:SEARCHED].encode()):
            yield f"{path}:{number}|{cut(shown[number - 1])}"
            most -= 1
        if most <= 0:
            return


def glob_names(files: Files, pattern: str, side: Side) -> str:
    return names([path for path in files.of(side) if matches(path, [pattern])])


def list_folder(files: Files, path: str, side: Side) -> str:
    """One level; folders end with a slash."""
    entries = files.of(side)
    if path in entries:
        raise NoAnswer("a file, not a folder: Read it")
    start = f"{path}/" if path else ""
    found: dict[str, None] = {}
    for name, _ in under(entries, path):
        first, slash, _ = name[len(start) :].partition("/")
        found[first + slash] = None
        if len(found) > MOST_NAMES:
            break
    if not found:
        raise NoAnswer("not in the tree")
    return names(list(found))


def under(entries: Mapping[str, Entry], folder: str) -> Iterator[tuple[str, Entry]]:
    """Entries inside *folder* (or the one file of that name); all when it is empty."""
    if not folder or folder in entries:
        yield from entries.items() if not folder else [(folder, entries[folder])]
        return
    paths, start = list(entries), f"{folder}/"
    for index in range(bisect_left(paths, start), len(paths)):
        if not paths[index].startswith(start):
            return
        yield paths[index], entries[paths[index]]


def compiled(pattern: str, ignore_case: bool = False) -> Any:
    """RE2's program for *pattern*; NoAnswer where RE2 has none (back-references, lookaround, too large)."""
    import re2

    if len(pattern) > MOST_PATTERN:
        raise NoAnswer(f"unsupported pattern: longer than {MOST_PATTERN} characters")
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = _REGEX_MEMORY, False, not ignore_case
    try:
        return re2.compile(f"(?m){pattern}".encode(), options)
    except re2.error:
        raise NoAnswer("unsupported pattern: RE2 syntax, without look-around and back-references") from None


_SECRET_SUFFIXES = {".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"}
_SECRET_NAMES = {".netrc", ".npmrc", ".pypirc", ".pgpass", ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"}
_EXAMPLES = (".example", ".sample", ".template", ".dist")


def holds_secrets(path: str) -> bool:
    """By its name: what people keep credentials in. Masking finds known shapes only."""
    name = PurePosixPath(path).name.lower()
    if name.endswith(_EXAMPLES):
        return False
    return (
        name in _SECRET_NAMES
        or PurePosixPath(name).suffix in _SECRET_SUFFIXES
        or name == ".env"
        or name.startswith((".env.", ".env-"))
    )


def cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}… (line of {len(line)} characters)"


def names(found: list[str]) -> str:
    if not found:
        return "no path matches"
    more = [f"({len(found) - MOST_NAMES} more)"] if len(found) > MOST_NAMES else []
    return bounded([cut(name) for name in found[:MOST_NAMES]] + more)


def bounded(lines: list[str]) -> str:
    text = "\n".join(lines)
    return (
        text if len(text) <= MOST_CHARS else text[:MOST_CHARS].rpartition("\n")[0] + "\n(cut: the result is too large)"
    )


def _lines(data: bytes) -> list[str]:
    return decode(data).text.removesuffix("\n").split("\n")
