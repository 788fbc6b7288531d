"""Changes made of texts, without git: head and base of each file, hunks by difflib."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from model_server import DictTree

from backline.intake.change import Change
from backline.intake.diff import FileDiff, Hunk, Line
from backline.intake.selection import Choice


def hunks(old: str, new: str, context: int = 3) -> tuple[Hunk, ...]:
    a, b = (text.removesuffix("\n").split("\n") if text else [] for text in (old, new))
    found = []
    for group in difflib.SequenceMatcher(None, a, b, autojunk=False).get_grouped_opcodes(context):
        lines = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [Line(" ", i + 1, j + 1, a[i]) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
            else:
                lines += [Line("-", i + 1, None, a[i]) for i in range(i1, i2)]
                lines += [Line("+", None, j + 1, b[j]) for j in range(j1, j2)]
        first, last = group[0], group[-1]
        old_count, new_count = last[2] - first[1], last[4] - first[3]
        found.append(Hunk(
            old_start=first[1] + bool(old_count), old_count=old_count,
            new_start=first[3] + bool(new_count), new_count=new_count, lines=tuple(lines),
        ))  # fmt: skip
    return tuple(found)


def change(
    head: Mapping[str, str], base: Mapping[str, str] | None = None, others: Mapping[str, str] | None = None
) -> Change:
    """What turns *base* into *head*; *others* stand unchanged in both trees. ``change.blobs`` is also its Tree."""
    before, same = dict(base or {}), dict(others or {})
    tree = DictTree({**same, **head}, {**same, **before})
    files = []
    for path in sorted({**before, **head}):
        old, new = before.get(path), head.get(path)
        if old == new:
            continue
        files.append(FileDiff(
            path=path, status="added" if old is None else "deleted" if new is None else "modified",
            old_oid=None if old is None else f"LEFT:{path}", new_oid=None if new is None else f"RIGHT:{path}",
            old_mode="000000" if old is None else "100644", new_mode="000000" if new is None else "100644",
            hunks=hunks(old or "", new or ""),
        ))  # fmt: skip
    return Change(base="b" * 40, merge_base="b" * 40, head="a" * 40, files=tuple(files), blobs=tree)


def choices(made: Change, language: str | None = "python") -> tuple[Choice, ...]:
    return tuple(Choice(path=f.path, language=language, selected=True, reason="test") for f in made.files)
