"""ruff: what its type and scope analysis knows about Python beyond our own rules. Its lines and columns are 1-based."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from backline.leads.linter import Answer, Copy, Hit, Linter
from backline.leads.ruff_codes import ADVICE, FORMAT_ERRORS

_SYNTAX = "invalid-syntax"
_NAME = re.compile(r"`([^`]+)`")


def _place(number: int, path: str) -> str:
    return f"{number}.py"


def _arguments(names: Sequence[str]) -> list[str]:
    codes = ",".join([*(ADVICE.keys() - {"format"}), *FORMAT_ERRORS])
    return [
        "check", "--isolated", "--no-cache", "--ignore-noqa", "--no-respect-gitignore", "--exit-zero", "--quiet",
        "--no-preview", "--no-fix", "--target-version=py313", "--output-format=json", f"--select={codes}", "--", *names,
    ]  # fmt: skip


def _read(stdout: bytes, stderr: bytes, copies: Mapping[str, Copy]) -> Answer:
    rows = [(PurePath(row["filename"]).name, row) for row in json.loads(stdout)]
    unread = {name for name, row in rows if row["code"] in (None, _SYNTAX)}
    return Answer([_hit(copies[name], row) for name, row in rows if _worth(row)], len(unread))


def _worth(row: dict[str, Any]) -> bool:
    """Not the name that gettext installs, and of a debugger the call alone, not also its import."""
    message = row["message"]
    return message != "Undefined name `_`" and not (row["code"] == "T100" and message.startswith("Import"))


def _hit(copy: Copy, row: dict[str, Any]) -> Hit:
    rule, start, end = row["code"], row["location"], row["end_location"]
    about = _NAME.search(row["message"])
    return Hit(
        copy.name,
        "format" if rule in FORMAT_ERRORS else rule,
        start["row"],
        end["row"] - 1 if end["column"] == 1 and end["row"] > start["row"] else end["row"],
        about[1] if about else "",
        _replacement(copy, row["fix"], start["row"]),
    )


def _replacement(copy: Copy, fix: dict[str, Any] | None, row: int) -> str | None:
    """The whole line after ruff's fix, when the fix is safe and stays within it."""
    if not fix or fix["applicability"] != "safe":
        return None
    line = copy.text.split("\n")[row - 1]
    for edit in sorted(fix["edits"], key=lambda edit: int(edit["location"]["column"]), reverse=True):
        start, end = edit["location"], edit["end_location"]
        if not start["row"] == end["row"] == row or "\n" in edit["content"]:
            return None
        line = line[: start["column"] - 1] + edit["content"] + line[end["column"] - 1 :]
    return line


LINTER = Linter(name="ruff", place=_place, arguments=_arguments, fine=frozenset({0}), read=_read, advice=ADVICE)
