"""Path globs as users know them from .gitignore, matched in linear time.

``*`` and ``?`` stay inside one part of the path; ``**`` as a whole part stands for any number of parts; ``[a-z]``,
``[!a-z]`` and ``{a,b}`` work as in a shell. A pattern without a slash is looked for at every depth (``*.py``,
``Makefile``), one with a slash from the root (``src/*.py``; a leading slash adds nothing more). A pattern whose last
part has no wildcard, and one that ends with a slash, also stands for everything beneath that folder. ``!`` excludes;
the last pattern that matches decides. Upper and lower case differ. ``\\`` takes the next character as it is. What is
not well-formed (``[`` or ``{`` without an end) stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

LONGEST = 1_000
"""Longer patterns match nothing: no path that a person names is longer."""
_NOTHING = r"[^\x00-\x{10FFFF}]"


def matches(path: str, patterns: Sequence[str]) -> bool | None:
    """True or False as the last pattern that matches says (False: it began with ``!``), None when none matches."""
    subject = path.encode("utf-8", "replace").decode("utf-8")
    for pattern in reversed(patterns):
        if _compiled((pattern.removeprefix("!"),)).fullmatch(subject):
            return not pattern.startswith("!")
    return None


def one_of(patterns: tuple[str, ...], path: str) -> bool:
    """Whether any of *patterns* (none of them with ``!``) matches: one look for the whole table."""
    return bool(_compiled(patterns).fullmatch(path.encode("utf-8", "replace").decode("utf-8")))


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    usable = [pattern for pattern in patterns if 0 < len(pattern) <= LONGEST]
    try:
        return re2.compile("|".join(map(_regex, usable)) if usable else _NOTHING, options)
    except re2.error:  # braces nested too deep, or too many patterns
        return re2.compile("|".join(map(re.escape, usable)), options)


def _regex(pattern: str) -> str:
    text = pattern.encode("utf-8", "replace").decode("utf-8").removeprefix("./")
    anchored, folder = "/" in text.rstrip("/"), text.endswith("/")
    text = text.strip("/")
    deep = folder or not any(mark in text.rpartition("/")[2] for mark in "*?[{")
    return ("" if anchored else "(?:.*/)?") + "".join(_pieces(text)) + ("/.*" if folder else "(?:/.*)?" if deep else "")


def _pieces(text: str) -> Iterator[str]:
    pairs, at = _braces(text), 0
    while at < len(text):
        piece, at = _piece(text, at, pairs)
        yield piece


def _piece(text: str, at: int, pairs: Mapping[int, str]) -> tuple[str, int]:
    """The regex for what stands at *at*, and where the next piece begins."""
    char = text[at]
    if at in pairs:
        return pairs[at], at + 1
    if char == "*":
        return _stars(text, at)
    if char == "?":
        return "[^/]", at + 1
    if char == "[":
        return _character_class(text, at)
    if char == "\\" and at + 1 < len(text):
        return re.escape(text[at + 1]), at + 2
    return re.escape(char), at + 1


def _stars(text: str, at: int) -> tuple[str, int]:
    end = at
    while text[end : end + 1] == "*":
        end += 1
    whole = end - at == 2 and text[at - 1 : at] in ("", "/", "{", ",") and text[end : end + 1] in ("", "/", "}", ",")
    if not whole:
        return "[^/]*", end
    return ("(?:.*/)?", end + 1) if text[end : end + 1] == "/" else (".*", end)


def _character_class(text: str, at: int) -> tuple[str, int]:
    """``[a-z]`` never stands for a slash; a range that runs backwards stands for its two ends."""
    negated = text[at + 1 : at + 2] in ("!", "^")
    first = at + 1 + negated
    end = text.find("]", first + 1)
    if end < 0 or "/" in text[at:end]:
        return re.escape("["), at + 1
    inside, out, i = text[first:end], "", 0
    while i < len(inside):
        span = inside[i : i + 3]
        is_range = len(span) == 3 and span[1] == "-" and span[0] <= span[2]
        out += f"{_code(span[0])}-{_code(span[2])}" if is_range else _code(span[0])
        i += 3 if is_range else 1
    return f"[^/{out}]" if negated else f"[{out}]", end + 1


def _code(char: str) -> str:
    return rf"\x{{{ord(char):X}}}"


def _braces(text: str) -> dict[int, str]:
    """Position → regex of every brace that has a partner and of the commas between."""
    found: dict[int, str] = {}
    open_: list[list[int]] = []
    escaped = False
    for at, char in enumerate(text):
        if escaped or char == "\\":
            escaped = not escaped
        elif char == "{":
            open_.append([at])
        elif char == "," and open_:
            open_[-1].append(at)
        elif char == "}" and open_:
            first, *commas = open_.pop()
            found |= {first: "(?:", at: ")"} | dict.fromkeys(commas, "|")
    return found
