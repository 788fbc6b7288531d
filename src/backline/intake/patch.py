"""A supplied patch (``--diff``) as a change: git's form or a plain unified diff; its hunks are all there is."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import replace

from backline.errors import FileProblem, RequestError
from backline.intake.change import Change
from backline.intake.diff import Body, FileDiff, Hunk, parse_hunks, read_hunk
from backline.intake.modes import FILE, NO_FILE
from backline.intake.names import ABSENT, header_names, name_on, unquoted, without_prefixes
from backline.intake.text import utf_16

MAX_PATCH = 200_000_000


class _Part:
    """One file of the patch while it is read. Names are raw bytes with their prefix; ``renamed`` without."""

    def __init__(self, old: bytes, new: bytes, *, named: bool = False, problem: str | None = None) -> None:
        self.old, self.new = old, new
        self.named = named
        """Its ``---`` and ``+++`` lines were read."""
        self.problem = problem
        self.renamed = (b"", b"")
        self.status = "modified"
        self.old_mode = self.new_mode = FILE
        self.body = Body()


def from_patch(data: bytes, name: str) -> Change:
    """The change that the patch *data* shows; *name* is where it came from, for messages."""
    if len(data) > MAX_PATCH:
        raise RequestError(f"--diff {name}: larger than {MAX_PATCH} bytes")
    if encoding := utf_16(data):  # what PowerShell writes for `git diff > x.patch`
        data = data.decode(encoding, "replace").encode("utf-8")
    parts = list(_parts(data.removeprefix(b"\xef\xbb\xbf")))
    if not parts and data.strip():
        raise RequestError(f"--diff {name}: no unified diff in it (give uncoloured output of `git diff` or `diff -u`)")
    files = _once_each(_file(part) for part in parts)
    return Change(files=files, notes=(f"reviewed the hunks of {'standard input' if name == '-' else name} only",))


def _parts(data: bytes) -> Iterator[_Part]:
    lines = _Lines(data)
    part: _Part | None = None
    for line in lines:
        fresh = _opened(line, lines)
        if fresh is not None and not (part is not None and _completes(part, fresh)):
            if part is not None:
                yield part
            part = fresh
        elif part is not None and fresh is None:
            _continue(part, line, lines)
        elif line.startswith(b"@@ -"):
            raise RequestError("--diff: a hunk stands before any file name")
    if part is not None:
        yield part


def _opened(line: bytes, lines: _Lines) -> _Part | None:
    """The part that *line* (and the next, for ``---``) begins."""
    if line.startswith(b"diff --git "):
        old, new = header_names(line[11:].rstrip(b"\r\n"))
        return _Part(old, new)
    if line.startswith((b"diff --cc ", b"diff --combined ")):
        path = line.split(b" ", 2)[2].rstrip(b"\r\n")
        problem = "combined diff of a merge: its lines have two origins; give the diff of two commits"
        return _Part(unquoted(path), unquoted(path), problem=problem)
    if line.startswith(b"--- ") and lines.peek().startswith(b"+++ "):
        return _Part(name_on(line[4:]), name_on(next(lines)[4:]), named=True)
    return None


def _completes(part: _Part, fresh: _Part) -> bool:
    """Whether *fresh* is the ``---``/``+++`` pair of *part*, which a git header opened; it is then taken over."""
    if not fresh.named or part.named:
        return False
    part.named = True
    if part.problem is None:
        part.old, part.new = fresh.old, fresh.new
    return True


def _continue(part: _Part, line: bytes, lines: _Lines) -> None:
    if line.startswith(b"@@"):
        _add_hunk(part, line, lines)
    elif line.startswith((b"Binary files ", b"GIT binary patch")):
        part.problem = part.problem or "binary file"
    elif not part.named:
        _add_header(part, line.rstrip(b"\r\n"))


def _add_header(part: _Part, line: bytes) -> None:
    word = line.rpartition(b" ")[2].decode("ascii", "replace")
    if line.startswith(b"new file mode "):
        part.status, part.old_mode, part.new_mode = "added", NO_FILE, word
    elif line.startswith(b"deleted file mode "):
        part.status, part.old_mode, part.new_mode = "deleted", word, NO_FILE
    elif line.startswith(b"old mode "):
        part.old_mode = word
    elif line.startswith(b"new mode "):
        part.new_mode = word
    elif line.startswith(b"index ") and line.count(b" ") == 2:
        part.old_mode = part.new_mode = word
    elif line.startswith((b"rename from ", b"copy from ")):
        part.renamed = (unquoted(line.split(b" ", 2)[2]), part.renamed[1])
    elif line.startswith((b"rename to ", b"copy to ")):
        part.renamed = (part.renamed[0], unquoted(line.split(b" ", 2)[2]))
        part.status = "copied" if line.startswith(b"copy") else "renamed"


def _add_hunk(part: _Part, line: bytes, lines: _Lines) -> None:
    if part.problem is not None:
        return
    try:
        read_hunk(line, lines, part.body)
        while lines.peek().startswith(b"\\"):
            next(lines)
        after = lines.peek()
        if after[:1] in (b"+", b"-", b" ") and not after.startswith((b"--- ", b"-- ")):
            raise FileProblem("malformed hunk: more lines than its header counts")
    except FileProblem as problem:
        part.problem = str(problem)
        lines.back()  # it may open the next file


def _file(part: _Part) -> FileDiff:
    old, new = part.renamed if all(part.renamed) else without_prefixes(part.old, part.new)
    status = part.status
    if ABSENT in (old, new) and status == "modified":
        status = "added" if old == ABSENT else "deleted"
    path, old_path = _text(old if new == ABSENT else new), _text(old)
    file = FileDiff(
        path=path,
        old_path=old_path if old != ABSENT and old_path != path else None,
        status="renamed" if status == "modified" and old_path != path else status,
        old_mode=NO_FILE if status == "added" else part.old_mode,
        new_mode=NO_FILE if status == "deleted" else part.new_mode,
        problem=part.problem,
    )
    if part.problem is not None:
        return file
    try:
        return replace(file, hunks=_ascending(parse_hunks(part.body)))
    except FileProblem as problem:
        return replace(file, problem=str(problem))


def _ascending(hunks: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    for before, after in itertools.pairwise(hunks):
        old_end, new_end = before.old_start + before.old_count, before.new_start + before.new_count
        if after.old_start < old_end or after.new_start < new_end:
            raise FileProblem("malformed hunk: hunks overlap or are out of order")
    return hunks


def _once_each(files: Iterator[FileDiff]) -> tuple[FileDiff, ...]:
    """One entry per path: a type change comes as deletion and addition; else a second one is of another commit."""
    found: dict[str, FileDiff] = {}
    for file in files:
        before = found.get(file.path)
        if before is None:
            found[file.path] = file
        elif (before.status, file.status) == ("deleted", "added"):
            found[file.path] = replace(
                file, status="typechange", old_mode=before.old_mode, hunks=(*before.hunks, *file.hunks)
            )
        else:
            problem = "the patch changes this file more than once: give one diff of two commits, not a series"
            found[file.path] = replace(before, hunks=(), problem=problem)
    return tuple(found.values())


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


class _Lines(Iterator[bytes]):
    """Lines by ``\\n`` with one to look ahead at."""

    def __init__(self, data: bytes) -> None:
        self._lines = iter(io.BytesIO(data if data.endswith(b"\n") else data + b"\n"))
        self._coming = [next(self._lines, b"")]
        self._last = b""

    def __next__(self) -> bytes:
        line = self._coming.pop()
        if not line:
            self._coming.append(line)
            raise StopIteration
        if not self._coming:
            self._coming.append(next(self._lines, b""))
        self._last = line
        return line

    def peek(self) -> bytes:
        return self._coming[-1]

    def back(self) -> None:
        self._coming.append(self._last)
