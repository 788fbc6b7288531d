"""Files that move into the backend: git calls few of their lines changed or none, and to the review all are new."""

from __future__ import annotations

from dataclasses import replace

from backline.errors import FileProblem
from backline.finding import Side
from backline.intake.change import Change, text_of
from backline.intake.diff import Body, FileDiff, Hunk, parse_hunks
from backline.intake.listing import MAX_CHANGE_LINES, TOO_LARGE_CHANGE
from backline.intake.selection import select
from backline.intake.text import is_binary


def read_as_added(change: Change, paths: tuple[str, ...] = ()) -> Change:
    """*change* where a file that was renamed from a place that nobody reviews has all of its lines as added ones.

    *paths* as `select` takes them. GitHub shows no such hunk, so its findings are told in the summary.
    """
    total = sum(len(hunk.lines) for file in change.files for hunk in file.hunks)
    files = []
    for file in change.files:
        if _arrives(change, file, paths):
            file = _as_added(change, file, total)
            total += sum(len(hunk.lines) for hunk in file.hunks)
        files.append(file)
    return replace(change, files=tuple(files))


def _arrives(change: Change, file: FileDiff, paths: tuple[str, ...]) -> bool:
    if file.status != "renamed" or not file.old_path or file.problem:
        return False
    before = FileDiff(path=file.old_path, status="deleted", old_mode=file.old_mode, old_oid=file.old_oid)
    was, now = select(replace(change, files=(before, file)), paths)
    return now.selected and not was.selected


def _as_added(change: Change, file: FileDiff, total: int) -> FileDiff:
    """*total*: lines of all hunks so far."""
    text = text_of(change, file, Side.RIGHT)
    if text is None or not text.text or is_binary(file.path, text.text.encode("utf-8", "replace")):
        return file
    try:
        hunks = _whole(text.text)
    except FileProblem as problem:
        return replace(file, hunks=(), problem=str(problem))
    if total + len(hunks[0].lines) > MAX_CHANGE_LINES:
        return replace(file, hunks=(), problem=TOO_LARGE_CHANGE)
    return replace(file, hunks=hunks)


def _whole(text: str) -> tuple[Hunk, ...]:
    lines = text.removesuffix("\n").encode("utf-8", "replace").split(b"\n")
    body = Body()
    body.add([b"@@ -0,0 +1,%d @@\n" % len(lines), *(b"+" + line + b"\n" for line in lines)])
    return parse_hunks(body)
