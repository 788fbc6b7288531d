"""How wide text is and where it may be cut: columns of a terminal, and units of the 16 bits that GitHub counts."""

from __future__ import annotations

import re
import unicodedata

_ZWJ = "\u200d"
_MARKS = 4
"""Combining marks that one letter of any living script needs at most."""


def width(text: str) -> int:
    """Columns that *text* takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if char < "\u0300":
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """*text* in at most *columns* columns; ``…`` at the end where something is missing."""
    if len(text) <= columns and (text.isascii() or width(text) <= columns):
        return text
    taken, used = [], 0
    for part in graphemes(text[: 8 * columns + 8]):
        used += width(part)
        if used > columns - 1:
            break
        taken.append(part)
    return "".join(taken) + "…"


def wrap(text: str, columns: int) -> list[str]:
    """The words of *text* in lines of at most *columns* columns; a longer word is cut."""
    lines, used = [""], 0
    for word in text.split():
        for part in _parts(word, columns):
            wide = width(part)
            if used and used + 1 + wide > columns:
                lines.append("")
                used = 0
            lines[-1] += f" {part}" if used else part
            used += wide + (used > 0)
    return lines


def _parts(word: str, columns: int) -> list[str]:
    if width(word) <= columns:
        return [word]
    parts, used = [""], 0
    for piece in graphemes(word):
        used += width(piece)
        if used > columns:
            parts.append("")
            used = width(piece)
        parts[-1] += piece
    return parts


def units(text: str) -> int:
    """Length in UTF-16 units: what GitHub counts at the most."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> list[str]:
    """*text* in pieces that a reader takes for one character (marks, joined and flag emoji, CR LF stay whole)."""
    if text.isascii() and "\r" not in text:
        return list(text)
    pieces: list[str] = []
    for char in text:
        if pieces and _continues(pieces[-1], char):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _continues(piece: str, char: str) -> bool:
    if char == "\n" and piece == "\r":
        return True
    if len(piece) >= 32 or piece[-1] in "\r\n":
        return False
    if (
        char == _ZWJ
        or piece[-1] == _ZWJ
        or unicodedata.category(char)[0] == "M"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    ):
        return True
    return len(piece) == 1 and _flag_half(piece) and _flag_half(char)


def _flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def head(text: str, limit: int) -> str:
    """The longest start of *text* of at most *limit* UTF-16 units that ends between two graphemes."""
    if units(text) <= limit:
        return text
    taken, used = [], 0
    for part in graphemes(text[: limit + 64]):
        used += units(part)
        if used > limit:
            break
        taken.append(part)
    return "".join(taken)


def calm(text: str) -> str:
    """*text* with at most four combining marks on one letter; the others are counted (``⟦46 marks⟧``)."""
    if text.isascii():
        return text
    made: list[str] = []
    run = 0
    for char in text:
        marked = unicodedata.category(char) in ("Mn", "Me")
        if not marked and run > _MARKS:
            made.append(f"⟦{run - _MARKS} marks⟧")
        run = run + 1 if marked else 0
        if run <= _MARKS:
            made.append(char)
    return "".join(made) + (f"⟦{run - _MARKS} marks⟧" if run > _MARKS else "")


_NOTICE = "\n\n… (cut here: {} more characters)"
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")


def cut(text: str, limit: int) -> str:
    """Markdown of at most *limit* UTF-16 units: whole graphemes, an open fence closed, a notice where it was cut."""
    if units(text) <= limit:
        return text
    room = limit - units(_NOTICE.format(len(text)))
    kept = head(text, room)
    closer = _open_fence(kept)
    if closer:
        kept = head(text, room - len(closer) - 1)
        kept = kept.rstrip("\r\n") + "\n" + (_open_fence(kept) or "")
    return kept.rstrip("\r\n") + _NOTICE.format(len(text) - len(kept))


def _open_fence(text: str) -> str | None:
    """The line that closes the fence that is open at the end of *text*."""
    fence = None
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not found:
            continue
        marks, rest = found[1], found[2]
        if fence is None:
            fence = marks if marks[0] == "~" or "`" not in rest else None
        elif marks[0] == fence[0] and len(marks) >= len(fence) and not rest.strip():
            fence = None
    return fence
