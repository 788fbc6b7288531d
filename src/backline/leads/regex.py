"""Regular expressions of rules in the form that compiles fastest.

Rust's ``\\w``, ``\\d``, ``\\s`` and ``\\b`` know all of Unicode, and ast-grep compiles them anew for each file.
Code needs less: here every character beyond ASCII counts as a letter, so that no name escapes by its script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_WORD = r"0-9A-Za-z_\x{80}-\x{10FFFF}"
_SPACE = r" \t\r\n\f\v"
_OUTSIDE = {
    r"\w": f"[{_WORD}]",
    r"\W": f"[^{_WORD}]",
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\s": f"[{_SPACE}]",
    r"\S": f"[^{_SPACE}]",
    r"\b": r"(?-u:\b)",
}
_INSIDE = {r"\w": _WORD, r"\d": "0-9", r"\s": _SPACE}
_TOKEN = re.compile(r"\[\\s\\S\]|\[\\S\\s\]|\\.|\[\^?\]?|\]|.", re.DOTALL)


def quick(matcher: Mapping[str, Any]) -> dict[str, Any]:
    """An ast-grep *matcher* with every ``regex`` in it in the quick form."""
    made: dict[str, Any] = _rewritten(matcher)
    return made


def _rewritten(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: ascii_classes(item) if key == "regex" and isinstance(item, str) else _rewritten(item)
            for key, item in value.items()
        }
    return [_rewritten(item) for item in value] if isinstance(value, list) else value


def ascii_classes(pattern: str) -> str:
    """*pattern* with its Unicode classes replaced. A class inside brackets that cannot be replaced stays as it is."""
    made, inside = [], False
    for token in _TOKEN.findall(pattern):
        if token in (r"[\s\S]", r"[\S\s]") and not inside:
            made.append("(?s:.)")
            continue
        made.append((_INSIDE if inside else _OUTSIDE).get(token, token))
        if token[0] == "[":
            inside = True
        elif token == "]":  # noqa: S105 - a bracket
            inside = False
    return "".join(made)
