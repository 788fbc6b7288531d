"""Changes with their blobs as values, and the leads and candidates that are placed on them."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from backline.finding import Category, Confidence, Kind, Severity
from backline.findings.ground import Sources
from backline.intake.change import Change
from backline.intake.diff import FileDiff, Hunk, Line
from backline.leads.lead import Lead
from backline.reviewer.reply import Candidate

Texts = dict[str, tuple[str | None, str | None]]


class Held(dict[str, bytes]):
    """Blobs by name."""

    def read(self, oid: str) -> bytes | None:
        return self.get(oid)


def change_of(texts: Texts, *, blobs: bool = True, renamed: dict[str, str] | None = None, context: int = 3) -> Change:
    """*texts*: path → (before, after), None where there is no file. ``blobs=False``: what a patch alone shows."""
    held = Held()
    files = []
    for path, (before, after) in texts.items():
        file = _diff(path, before, after, context)
        if blobs:
            held |= {f"{side}:{path}": t.encode() for side, t in (("old", before), ("new", after)) if t is not None}
            file = replace(file, old_oid=f"old:{path}", new_oid=f"new:{path}")
            file = replace(file, **{f"{side}_oid": None for side in ("old", "new") if f"{side}:{path}" not in held})
        files.append(replace(file, old_path=(renamed or {}).get(path)))
    return Change(files=tuple(files), blobs=held)


def sources_of(texts: Texts, **options: Any) -> Sources:
    return Sources(change_of(texts, **options))


def one(before: str | None, after: str | None, path: str = "app/db.py", **options: Any) -> Sources:
    return sources_of({path: (before, after)}, **options)


def _diff(path: str, before: str | None, after: str | None, context: int) -> FileDiff:
    """As git shows it: removed lines before added ones, counts of ``\\n`` alone."""
    old, new = ((text.removesuffix("\n").split("\n") if text else []) for text in (before, after))
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context)
    status = "added" if before is None else "deleted" if after is None else "modified"
    return FileDiff(path=path, status=status, hunks=tuple(_hunk(old, new, group) for group in groups))


def _hunk(old: list[str], new: list[str], group: list[tuple[str, int, int, int, int]]) -> Hunk:
    lines: list[Line] = []
    for tag, i, j, k, m in group:
        if tag == "equal":
            lines += [Line(" ", i + n + 1, k + n + 1, old[i + n]) for n in range(j - i)]
            continue
        lines += [Line("-", n + 1, None, old[n]) for n in range(i, j)]
        lines += [Line("+", None, n + 1, new[n]) for n in range(k, m)]
    (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
    return Hunk(
        old_start=old_start + 1, old_count=old_end - old_start, new_start=new_start + 1, new_count=new_end - new_start,
        lines=tuple(lines),
    )  # fmt: skip


def lead(start_line: int, line: int | None = None, **fields: Any) -> Lead:
    usual: dict[str, Any] = {
        "rule": "python.sql-injection", "path": "app/db.py", "start_line": start_line, "line": line or start_line,
        "severity": Severity.HIGH, "confidence": Confidence.HIGH, "category": Category.SECURITY, "cwe": "CWE-89",
        "title": "SQL built from request data", "body": "The name comes from the request.",
    }  # fmt: skip
    return Lead(**usual | fields)


def candidate(quote: str, line: int = 1, **fields: Any) -> Candidate:
    usual: dict[str, Any] = {
        "path": "app/db.py", "quote": quote, "line": line, "severity": Severity.HIGH, "confidence": Confidence.HIGH,
        "category": Category.SECURITY, "cwe": None, "kind": Kind.PROBLEM, "title": "Anyone reads every order",
        "body": "The caller is never checked.",
    }  # fmt: skip
    return Candidate(**usual | fields)


def numbered(count: int, **changes: str) -> str:
    """``line_1 = 1`` … with ``L3="x"`` in place of the third."""
    return "".join(changes.get(f"L{n}", f"line_{n} = {n}") + "\n" for n in range(1, count + 1))
