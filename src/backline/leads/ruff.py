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
_CHANGES = (
    r"\.(?:append|add|extend|insert|update|setdefault|pop|popitem|remove|discard|clear|sort|reverse)\("
    r"|\[[^\]=]*\] *[+|-]?=(?!=)| *[+|]="
)
_LONGEST_PARAMETER = 500
_BODY = 60
"""Lines behind a parameter in which its function may change it."""


def _place(number: int, path: str) -> str:
    """`__init__.py` keeps its name: there `__path__` is defined."""
    return f"{number}/__init__.py" if path.endswith("/__init__.py") else f"{number}/module.py"


def _arguments(names: Sequence[str]) -> list[str]:
    codes = ",".join([*(ADVICE.keys() - {"format"}), *FORMAT_ERRORS])
    return [
        "check", "--isolated", "--no-cache", "--ignore-noqa", "--no-respect-gitignore", "--exit-zero", "--quiet",
        "--no-preview", "--no-fix", "--target-version=py313", "--output-format=json", f"--select={codes}", "--", *names,
    ]  # fmt: skip


def _read(stdout: bytes, stderr: bytes, copies: Mapping[str, Copy]) -> Answer:
    rows = [("/".join(PurePath(row["filename"]).parts[-2:]), row) for row in json.loads(stdout)]
    unread = {name for name, row in rows if row["code"] in (None, _SYNTAX)}
    return Answer([_hit(copies[name], row) for name, row in rows if _worth(copies[name], row)], len(unread))


def _worth(copy: Copy, row: dict[str, Any]) -> bool:
    """Not the name that gettext installs; of a debugger the call alone, not also its import."""
    if row["code"] == "B006":
        return _changes_default(copy.text.split("\n"), row["location"]["row"], row["location"]["column"])
    message = row["message"]
    return message != "Undefined name `_`" and not (row["code"] == "T100" and message.startswith("Import"))


def _changes_default(lines: Sequence[str], row: int, column: int) -> bool:
    """A default that is only read does no harm, and most are only read."""
    name = re.search(r"(\w+)\s*(?::[^=]*)?=\s*$", lines[row - 1][: column - 1][-_LONGEST_PARAMETER:])
    if not name:
        return True
    changes = re.compile(rf"\b{name[1]}(?:{_CHANGES})")
    return any(changes.search(line[:_LONGEST_PARAMETER]) for line in lines[row - 1 : row + _BODY])


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
