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
    """The UTF-16 in which *data* is written, by its mark or because every other byte of its start is NUL."""
    if data.startswith(codecs.BOM_UTF32_LE):
        return None
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    start = data[:SNIFFED]
    first, second = start[::2], start[1::2]
    if len(data) % 2 or not second:
        return None
    low, high = second.count(0) / len(second), first.count(0) / len(first)
    if low > 0.6 and high < 0.05:
        return "utf-16-le"
    return "utf-16-be" if high > 0.6 and low < 0.05 else None


def is_binary(path: str, data: bytes) -> bool:
    """A NUL near the start of *data*, as for git; but never for a name that compilers and interpreters read."""
    return b"\0" in data[:SNIFFED] and PurePosixPath(path).suffix.lower() not in SOURCE_SUFFIXES
