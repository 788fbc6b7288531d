"""Code points made visible and secrets masked: the form in which untrusted text is shown to a model or a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from backline.tokens import find

# What an editor or a browser shows as nothing, as something else or in another order. Sources: Unicode's
# Default_Ignorable_Code_Point and Bidi_Control, and the blanks that count as letters.
CLASSES = {
    "bidirectional control": "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
    "tag": "\U000e0000-\U000e007f",
    "variation selector": "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef",
    "line separator": "\x0b\x0c\x1c-\x1e\x85\u2028\u2029",
    "control character": "\x00-\x08\r\x0e-\x1b\x1f\x7f-\x84\x86-\x9f",
    "invisible character": "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0080-\U000e00ff\U000e01f0-\U000e0fff",
    "private use character": "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd",
    "noncharacter": "\ufdd0-\ufdef\ufffe\uffff\U000ffffe\U000fffff\U0010fffe\U0010ffff",
    "surrogate": "\ud800-\udfff",
}
_KINDS = tuple(CLASSES)
_NAMES = dict(zip(
    "\x07\x08\x0b\x0c\r\x1b\x7f\x85\x00\n\t",
    ["BEL", "BS", "VT", "FF", "CR", "ESC", "DEL", "NEL", "NUL", "LF", "TAB"],
    strict=True,
)) | {
    "\u061c": "ALM", "\u200e": "LRM", "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF",
    "\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
    "\u00ad": "SHY", "\u034f": "CGJ", "\u115f": "HANGUL FILLER", "\u1160": "HANGUL FILLER", "\u17b4": "KHMER VOWEL",
    "\u17b5": "KHMER VOWEL", "\u180e": "MVS", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u2028": "LS",
    "\u2029": "PS", "\u2060": "WJ", "\u2800": "BRAILLE BLANK", "\u3164": "HANGUL FILLER", "\ufeff": "BOM",
    "\uffa0": "HANGUL FILLER",
}  # fmt: skip
_SHORT = {"tag": "TAG", "variation selector": "VS", "private use character": "PUA", "control character": "CTRL"}

ODD = re.compile(f"[{''.join(CLASSES.values())}]+")
"""A run of code points that `show` spells out."""
_RUNS = re.compile("|".join(f"([{points}]+)" for points in CLASSES.values()))
_LONGEST_RUN = 3
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n\t"


@lru_cache(maxsize=4096)
def kind(char: str) -> str:
    """The class of a code point that `ODD` matches, in words: ``bidirectional control``, ``tag`` …"""
    found = _RUNS.match(char)
    return _KINDS[(found.lastindex or 1) - 1] if found else ""


def name(char: str) -> str:
    """``U+202E RLO``; control characters by their name alone: ``ESC``."""
    if char < "\x80" and char in _NAMES:
        return _NAMES[char]
    return f"U+{ord(char):04X} {_NAMES.get(char) or _SHORT.get(kind(char), '')}".rstrip()


def show(text: str) -> str:
    """*text* with every invisible, bidirectional or control code point spelled out (``⟦U+202E RLO⟧``).

    Keeps ``\\n`` and ``\\t``; a ``\\r`` that ends a line is left out. Line by line or all at once gives the same.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    return text if plain(text) else ODD.sub(_spell, text)


def plain(text: str) -> bool:
    """Nothing to spell out, found twenty times faster than by a regex: most source is ASCII."""
    return text.isascii() and not text.encode("ascii").translate(None, _PLAIN)


def show_line(text: str) -> str:
    """`show` for a name or title: line ends and tabs are spelled out too, and what is withheld is masked."""
    return ODD.sub(_spell, _without_withheld(text)).replace("\n", "⟦LF⟧").replace("\t", "⟦TAB⟧")


def _spell(odd: re.Match[str]) -> str:
    return _RUNS.sub(_spell_run, odd[0])


def _spell_run(run: re.Match[str]) -> str:
    """One class only. A long run is counted: thousands of them carry hidden bytes and would fill a prompt."""
    chars, what = run[0], _KINDS[(run.lastindex or 1) - 1]
    if what == "surrogate":
        return "".join(escaped_byte(char) or f"⟦{name(char)}⟧" for char in chars)
    if len(chars) > _LONGEST_RUN:
        return f"⟦{len(chars)} {what}s⟧"
    return "".join(f"⟦{name(char)}⟧" for char in chars)


def escaped_byte(surrogate: str) -> str:
    """``\\xNN`` for a byte that was not text, as Python's surrogateescape keeps it; "" for any other surrogate."""
    return f"\\x{ord(surrogate) - 0xDC00:02x}" if "\udc80" <= surrogate <= "\udcff" else ""


def mask(text: str) -> str:
    """*text* with provider tokens, private keys and URL passwords replaced by their first four characters and length.

    So is what is withheld (`withholding`). The number of lines stays. Not line by line: a private key spans lines.
    """
    text = _without_withheld(text)
    parts, end = [], 0
    for token in find(text):
        parts += [text[end : token.start], masked(text[token.start : token.end])]
        end = token.end
    return "".join([*parts, text[end:]]) if parts else text


def masked(secret: str) -> str:
    """``ghp_…⟦40 characters masked⟧``; of a short secret nothing is left, of a long one its line ends."""
    start = secret[:4] + "…" if len(secret) >= 16 and "\n" not in secret else ""
    return f"{start}⟦{len(secret)} characters masked⟧" + "\n" * secret.count("\n")


SHORTEST_WITHHELD = 8
"""Characters. A gateway that asks for no key is given a word (``none``), and code is full of words."""
_withheld: list[str] = []
# Of the process: whatever is sent, printed or written passes `mask` or `show_line`, and to give the key to everyone
# who calls them would be to hand it around.


@contextmanager
def withholding(secret: str) -> Iterator[None]:
    """Meanwhile *secret* is masked wherever it stands, whatever its form: a key of ours needs no provider's shape."""
    known = [secret] if len(secret) >= SHORTEST_WITHHELD else []
    _withheld.extend(known)
    try:
        yield
    finally:
        for each in known:
            _withheld.remove(each)


def _without_withheld(text: str) -> str:
    for secret in _withheld:
        if secret in text:
            text = text.replace(secret, masked(secret))
    return text
