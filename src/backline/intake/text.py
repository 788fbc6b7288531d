"""Bytes as text, line by line as git counts: UTF-8, UTF-16, or Latin-1 where bytes are no UTF-8."""

from __future__ import annotations

import codecs
from pathlib import PurePosixPath
from typing import NamedTuple

SNIFFED = 8000
"""git looks for a NUL in so many bytes (``buffer_is_binary`` in xdiff-interface.c)."""

SOURCE_SUFFIXES = frozenset({
    ".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".go", ".java",
    ".kt", ".kts", ".rb", ".rake", ".php", ".phtml", ".cs", ".rs", ".scala", ".sql", ".sh", ".bash", ".zsh", ".pl",
    ".pm", ".ex", ".exs", ".c", ".h", ".cc", ".cpp", ".hpp", ".swift", ".groovy", ".gradle", ".tf", ".hcl", ".yml",
    ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".xml", ".proto", ".graphql", ".gql", ".properties", ".env",
    ".dockerfile", ".lua", ".ps1", ".html", ".erb", ".jinja", ".j2",
})  # fmt: skip

_LETTERS = b"\t\n\f\r" + bytes(range(0x20, 0x100))
_LATIN_1 = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}


class Text(NamedTuple):
    """A blob as text. Lines are what ``\\n`` separates."""

    text: str
    """Without a byte order mark; never holds a surrogate: undecodable bytes are read as Latin-1."""
    encoding: str
    """utf-8 | utf-16-le | utf-16-be | latin-1."""


def decode(data: bytes) -> Text:
    """*data* as text; a line decodes alone to what it is in the whole, except under UTF-16."""
    if encoding := utf_16(data):
        return Text(data.decode(encoding, "replace").removeprefix("\ufeff"), encoding)
    text, encoding = decode_lines(data)
    return Text(text.removeprefix("\ufeff"), encoding)


def decode_lines(data: bytes) -> tuple[str, str]:
    """Like ``decode`` for a part of a file that is not UTF-16; a byte order mark stays."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape").translate(_LATIN_1), "latin-1"


def utf_16(data: bytes) -> str | None:
    """The UTF-16 in which *data* is written, by its mark or because every other byte of its start is NUL.

    Half of its letters must be ASCII, and every line must hold a NUL (the newline's other byte is one): a mark alone
    would hide the code behind it from every rule. So a hunk without a NUL or a mark is never UTF-16.
    """
    order = _byte_order(data)
    if order is None or len(data) % 2:
        return None
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    high = data[2 * marked + (order == "utf-16-le") :: 2]
    lines = data.split(b"\n")[marked:]
    return order if 2 * high.count(0) >= len(high) and all(b"\0" in line for line in lines if line) else None


def _byte_order(data: bytes) -> str | None:
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    first, second = data[:SNIFFED:2], data[1:SNIFFED:2]
    if second.count(0) > 0.6 * len(second) and not first.translate(None, _LETTERS):
        return "utf-16-le"
    return "utf-16-be" if first.count(0) > 0.6 * len(first) and not second.translate(None, _LETTERS) else None


def is_binary(path: str, data: bytes) -> bool:
    """A NUL near the start of *data*, as for git; but never for a name that compilers and interpreters read."""
    return b"\0" in data[:SNIFFED] and PurePosixPath(path).suffix.lower() not in SOURCE_SUFFIXES
