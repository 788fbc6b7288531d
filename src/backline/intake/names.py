"""File names as a patch writes them: quoted, prefixed, or followed by a date."""

from __future__ import annotations

import re

ABSENT = b"/dev/null"

_ESCAPES = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}
_QUOTED = re.compile(rb'"((?:[^"\\\n]|\\.)*)"')
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)
_LETTERS = {letter: bytes((byte,)) for byte, letter in _ESCAPES.items()}
_PREFIXES = frozenset({(b"a/", b"b/"), (b"c/", b"i/"), (b"c/", b"w/"), (b"i/", b"w/"), (b"o/", b"w/"), (b"1/", b"2/")})
"""git's own and those of ``diff.mnemonicPrefix``, sorted: ``git diff -R`` swaps them."""


def quoted(name: str) -> bytes:
    """*name* as git writes it under ``core.quotePath=true``: C-quoted when a byte of it is unusual."""
    data = name.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in (34, 92) for byte in data):
        return data
    return b'"' + b"".join(map(_escaped, data)) + b'"'


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return b"\\" + _ESCAPES[byte]
    return bytes((byte,)) if 32 <= byte < 127 else b"\\%03o" % byte


def header_names(rest: bytes) -> tuple[bytes, bytes]:
    """The two names of a ``diff --git`` line; unquoted they can be told apart only where they differ in the prefix."""
    if rest.startswith(b'"') and (match := _QUOTED.match(rest)):
        return unquoted(match.group()), unquoted(rest[match.end() + 1 :])
    if rest.endswith(b'"') and b' "' in rest:
        old, _, new = rest.partition(b' "')
        return old, unquoted(b'"' + new)
    middle = len(rest) // 2
    return rest[:middle], rest[middle + 1 :]


def without_prefixes(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    prefixes = tuple(sorted((old[:2], new[:2])))
    if old == ABSENT:
        return old, new[2:] if any(new[:2] in pair for pair in _PREFIXES) else new
    if new == ABSENT:
        return old[2:] if any(old[:2] in pair for pair in _PREFIXES) else old, new
    return (old[2:], new[2:]) if prefixes in _PREFIXES else (old, new)


def name_on(rest: bytes) -> bytes:
    """The name on a ``---`` or ``+++`` line: quoted, or up to the tab before its date."""
    rest = rest.rstrip(b"\r\n")
    return unquoted(rest) if rest.startswith(b'"') else rest.partition(b"\t")[0]


def unquoted(name: bytes) -> bytes:
    match = _QUOTED.match(name)
    return _ESCAPE.sub(_plain, match.group(1)) if match else name


def _plain(match: re.Match[bytes]) -> bytes:
    found = match.group(1)
    return bytes((int(found, 8),)) if len(found) == 3 else _LETTERS.get(found, found)
