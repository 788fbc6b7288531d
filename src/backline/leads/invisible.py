"""Which invisible code points of a line deceive, and which are how people write: emoji, Persian, Hindi, page breaks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from backline.visible import ODD, kind

_OVERRIDES = "\u202d\u202e"
_MARKS = "\u200e\u200f\u061c"
_NEAR = 200
_JOINERS = "\u200c\u200d"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINING = re.compile("[\u0600-\u06ff\u0700-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff]")
_FAMILY = {
    "\u2800": "[\u2801-\u28ff]",
    "\u180e": "[\u1800-\u180a\u1810-\u18af]",
    "\u115f": "[\u1100-\u115e\u1161-\u11ff]",
    "\u1160": "[\u1100-\u115e\u1161-\u11ff]",
}
"""A blank between braille patterns, Mongolian or Hangul letters is their writing."""
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")


def deceptive(line: str, *, prose: bool, first: bool) -> Iterator[tuple[str, str]]:
    """(rule, code point) for each code point of *line* that a reader should know of.

    *prose*: documentation or translations, where only reordered and hidden text matters. *first*: line 1.
    """
    line = _FLAG.sub("\U0001f3f4", line)
    for run in ODD.finditer(line):
        for at in range(run.start(), run.end()):
            rule = None if first and at == 0 and line[0] == "\ufeff" else _JUDGES[kind(line[at])](line, at, prose)
            if rule:
                yield rule, line[at]


def _before(line: str, at: int) -> str:
    return line[at - 1] if at else ""


def _bidi(line: str, at: int, prose: bool) -> str | None:
    if line[at] in _OVERRIDES:
        return "guard.bidi"
    if prose:
        return None
    if line[at] not in _MARKS:
        return "guard.bidi"
    return None if _RIGHT_TO_LEFT.search(line, max(0, at - _NEAR), at + _NEAR) else "guard.invisible"


def _tag(line: str, at: int, prose: bool) -> str | None:
    return "guard.hidden-text"


def _selector(line: str, at: int, prose: bool) -> str | None:
    """One selector behind a symbol, a digit (keycap) or a letter of a script that has variants is ordinary writing."""
    before, after = _before(line, at), line[at + 1 : at + 2]
    if any(char and kind(char) == "variation selector" for char in (before, after)):
        return "guard.hidden-text"
    ordinary = prose or before > "\x7f" or (before and before in "0123456789#*")
    return None if ordinary else "guard.invisible"


def _separator(line: str, at: int, prose: bool) -> str | None:
    page_break = line[at] == "\x0c" and not line[:at].strip()
    return None if prose or page_break else "guard.line-separator"


def _control(line: str, at: int, prose: bool) -> str | None:
    """C1 controls are silent: they are the quotation marks of a file in Windows-1252."""
    if prose or line[at] >= "\x80":
        return None
    return {"\0": "guard.nul", "\r": "guard.lone-cr"}.get(line[at], "guard.control")


def _invisible(line: str, at: int, prose: bool) -> str | None:
    char, before, after = line[at], _before(line, at), line[at + 1 : at + 2]
    ordinary = (
        prose
        or (char in _JOINERS and _JOINING.match(before))
        or (char == "\u200d" and _emoji(before) and _emoji(after))
        or (char == "\u200b" and _NO_SPACES.match(before) and _NO_SPACES.match(after))
        or (char in _FAMILY and re.search(_FAMILY[char], line[max(0, at - _NEAR) : at + _NEAR]))
    )
    return None if ordinary else "guard.invisible"


def _emoji(char: str) -> bool:
    return char == "\ufe0f" or (char > "\u2000" and unicodedata.category(char).startswith("S"))


def _silent(line: str, at: int, prose: bool) -> str | None:
    """Icon fonts live in private use; surrogates are bytes that were not text, as file names have."""
    return None


_JUDGES = {
    "bidirectional control": _bidi,
    "tag": _tag,
    "variation selector": _selector,
    "line separator": _separator,
    "control character": _control,
    "invisible character": _invisible,
    "private use character": _silent,
    "noncharacter": _invisible,
    "surrogate": _silent,
}
