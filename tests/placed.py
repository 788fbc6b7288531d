"""Changes with their blobs as values, and the leads and candidates that are placed on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from changes import changed, new

from backline.finding import Category, Confidence, Kind, Severity
from backline.findings.ground import Sources
from backline.intake.change import Change
from backline.intake.diff import FileDiff
from backline.leads.lead import Lead
from backline.reviewer.reply import Candidate

Texts = dict[str, tuple[str | None, str | None]]


class Held(dict[str, bytes]):
    """Blobs by name."""

    def read(self, oid: str) -> bytes | None:
        return self.get(oid)


def change_of(texts: Texts, *, blobs: bool = True, renamed: dict[str, str] | None = None) -> Change:
    """*texts*: path → (before, after), None where there is no file. ``blobs=False``: what a patch alone shows."""
    held = Held()
    files = []
    for path, (before, after) in texts.items():
        file = _diff(path, before, after)
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


def _diff(path: str, before: str | None, after: str | None) -> FileDiff:
    if before is None:
        return new(path, (after or "").removesuffix("\n"))
    if after is None:
        return changed(path, before.removesuffix("\n"), "", status="deleted")
    return changed(path, before.removesuffix("\n"), after.removesuffix("\n"))


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
