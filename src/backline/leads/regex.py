"""Regular expressions of rules in the form that compiles fastest.

Rust's ``\\w``, ``\\d``, ``\\s`` and ``\\b`` know all of Unicode, and ast-grep compiles them anew for each file.
Code needs less: here every character beyond ASCII counts as a letter, so that no name escapes by its script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_WORD = r"0-9A-Za-z_\x{80}-\x{10FFFF}"
_ANY_CASE = "(?-i:"
"""Before a class of words, which has both cases already: `(?i)` would fold each of its million characters (2.5 ms)."""
_SPACE = r" \t\r\n\f\v"
_OUTSIDE = {
    r"\w": f"{_ANY_CASE}[{_WORD}])",
    r"\W": f"{_ANY_CASE}[^{_WORD}])",
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
    made: list[str] = []
    bracket: list[str] = []
    for token in _TOKEN.findall(pattern):
        if bracket or (token[0] == "[" and token not in (r"[\s\S]", r"[\S\s]")):
            bracket.append(token)
            if token == "]":  # noqa: S105 - a bracket
                made.append(_bracketed(bracket))
                bracket = []
        else:
            made.append("(?s:.)" if token[0] == "[" else _OUTSIDE.get(token, token))
    return "".join((*made, *bracket))


def _bracketed(tokens: list[str]) -> str:
    text = "".join(_INSIDE.get(token, token) for token in tokens)
    return f"{_ANY_CASE}{text})" if r"\w" in tokens else text
