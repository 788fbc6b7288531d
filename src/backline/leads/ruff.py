"""ruff: what its type and scope analysis knows about Python beyond our own rules. Its lines and columns are 1-based."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from backline.leads.hit import MOST_HITS
from backline.leads.linter import Answer, Copy, Hit, Linter
from backline.leads.ruff_codes import ADVICE, FORMAT_ERRORS

_SYNTAX, _DEFAULT = "invalid-syntax", "B006"
_NAME = re.compile(r"`([^`]+)`")
_PARAMETER = re.compile(r"(\w+)\s*(?::[^=]*)?=\s*$")
_CHANGES = (
    r"\.(?:append|add|extend|insert|update|setdefault|pop|popitem|remove|discard|clear|sort|reverse)\("
    r"|\[[^\]=]*\] *[+|-]?=(?!=)| *[+|]="
)
_WORD_STRIPPED = re.compile(r"strip\([bru]?[\"'][^\"']{0,20}[A-Za-z]{3}")
_LONGEST_LINE = 500
_BODY = 60
"""Lines behind a parameter in which its function may change it."""


def _place(number: int, path: str) -> str:
    """`__init__.py` keeps its name: there `__path__` is defined."""
    return f"{number}/__init__.py" if path.endswith("/__init__.py") else f"{number}/module.py"


def _arguments(names: Sequence[str]) -> list[str]:
    codes = ",".join([*(ADVICE.keys() - {"format"}), *FORMAT_ERRORS])
    return [
        "check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--quiet",
        "--no-preview", "--no-fix", "--target-version=py313", "--output-format=json", f"--select={codes}", "--", *names,
    ]  # fmt: skip


def _read(stdout: bytes, stderr: bytes, copies: Mapping[str, Copy]) -> Answer:
    rows = [("/".join(PurePath(row["filename"]).parts[-2:]), row) for row in json.loads(stdout)]
    lines = {name: copies[name].text.split("\n") for name in {name for name, _ in rows}}
    unread = {name for name, row in rows if row["code"] in (None, _SYNTAX)}
    hits = [_hit(name, lines[name], row) for name, row in rows if _worth(lines[name], row)]
    defaults = Counter(hit.name for hit in hits if hit.rule == _DEFAULT)
    kept = [hit for hit in hits if defaults[hit.name] > MOST_HITS or _does_harm(lines[hit.name], hit)]
    return Answer(kept, len(unread))


def _worth(lines: Sequence[str], row: dict[str, Any]) -> bool:
    """Not the name that gettext installs; of a debugger the call alone; no single letters that are stripped."""
    code, message = row["code"], row["message"]
    if code == "B005":
        return bool(_WORD_STRIPPED.search(lines[row["end_location"]["row"] - 1][:_LONGEST_LINE]))
    return message != "Undefined name `_`" and not (code == "T100" and message.startswith("Import"))


def _hit(name: str, lines: Sequence[str], row: dict[str, Any]) -> Hit:
    rule, start, end = row["code"], row["location"], row["end_location"]
    about = _NAME.search(row["message"])
    found = _PARAMETER.search(lines[start["row"] - 1][: start["column"] - 1][-_LONGEST_LINE:])
    return Hit(
        name,
        "format" if rule in FORMAT_ERRORS else str(rule),
        start["row"],
        end["row"],
        found[1] if found and rule == _DEFAULT else about[1] if about else "",
        _replacement(lines[start["row"] - 1], row["fix"], start["row"]),
    )


def _does_harm(lines: Sequence[str], hit: Hit) -> bool:
    """A default value that is only read does none, and most are only read."""
    if hit.rule != _DEFAULT or not hit.about:
        return True
    changes = re.compile(rf"\b{re.escape(hit.about)}(?:{_CHANGES})")
    return any(changes.search(line[:_LONGEST_LINE]) for line in lines[hit.start_line - 1 : hit.line + _BODY])


def _replacement(line: str, fix: dict[str, Any] | None, row: int) -> str | None:
    """The whole *line* after ruff's fix, when the fix is safe and stays within it."""
    if not fix or fix["applicability"] != "safe":
        return None
    for edit in sorted(fix["edits"], key=lambda edit: int(edit["location"]["column"]), reverse=True):
        start, end = edit["location"], edit["end_location"]
        if not start["row"] == end["row"] == row or "\n" in edit["content"]:
            return None
        line = line[: start["column"] - 1] + edit["content"] + line[end["column"] - 1 :]
    return line


LINTER = Linter(name="ruff", place=_place, arguments=_arguments, fine=frozenset({0}), read=_read, advice=ADVICE)
