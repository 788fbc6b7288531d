"""Names that read as one thing and are another: styled letters that Python folds, letters of a foreign script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Letters drawn like a Latin one (Unicode's confusables.txt): Cyrillic, Greek, Armenian, Latin Extended. Greek small
# letters that formulas use (α, ν, ρ, σ, τ) are left out.
_TWINS = str.maketrans(
    "аеорсухѕіјԁԛԝһӏАВЕКМНОРСТУХЅІЈҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧοօսհոɡɑ",
    "aeopcyxsijdqwhlABEKMHOPCTYXSIJYABEZHIKMNOPTYXoouhnga",
)
_WORD = re.compile(r"\w+")
_HASH = re.compile(
    r"(?i)(?:\.(?:pyi?|rb|rake|sh|bash|ya?ml|tf|hcl|toml|pl|r|ex|exs|nix|cfg|ini|env)|(?:^|/)\w*(?:file|rc)[^/.]*)$"
)
_LITERAL = r'''"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`'''
_PARTS = {
    True: re.compile(rf"(?P<comment>#[^\n]*)|(?P<string>{_LITERAL})"),
    False: re.compile(rf"(?P<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))|(?P<string>{_LITERAL})"),
}


class Lookalike(NamedTuple):
    line: int
    rule: str
    """``guard.folded-name`` or ``guard.homoglyph``."""
    word: str
    reads_as: str


def suspicious(text: str) -> bool:
    """Some word of *text* may be a lookalike: cheap, so that only such files are looked at as a whole."""
    return not text.isascii() and any(_folded(word[0]) or _twin(word[0]) for word in _words(text))


def lookalikes(path: str, text: str, before: str) -> Iterator[Lookalike]:
    """The deceptive words of *text* that *before* does not hold."""
    known = {word[0] for word in _words(before)}
    code, strings = _split(text, hashes=bool(_HASH.search(path)))
    plain = {word for word in _WORD.findall(code) if word.isascii()}
    for line, word in _numbered(code):
        twin = _twin(word)
        if word in known:
            continue
        if folded := _folded(word):
            yield Lookalike(line, "guard.folded-name", word, folded)
        elif twin and (_mixed(word) or twin in plain):
            yield Lookalike(line, "guard.homoglyph", word, twin)
    for line, word in _numbered(strings):
        if word not in known and _mixed(word) and (twin := _twin(word)):
            yield Lookalike(line, "guard.homoglyph", word, twin)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    line, counted = 1, 0
    for word in _words(text):
        line += text.count("\n", counted, word.start())
        counted = word.start()
        yield line, word[0]


def _words(text: str) -> Iterator[re.Match[str]]:
    return (word for word in _WORD.finditer(text) if not word[0].isascii())


def _split(text: str, *, hashes: bool) -> tuple[str, str]:
    """*text* without its comments and strings, and its strings alone; blanks stand for the rest."""
    code, strings, end = [], [], 0
    for part in _PARTS[hashes].finditer(text):
        between, blank = text[end : part.start()], _blank(part[0])
        literal = part["string"] is not None
        runs = literal and (text[max(0, part.start() - 1) : part.start()] in ("f", "F") or "${" in part[0])
        code += [between, part[0] if runs else blank]
        strings += [_blank(between), part[0] if literal else blank]
        end = part.end()
    return "".join([*code, text[end:]]), "".join([*strings, _blank(text[end:])])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


@lru_cache(maxsize=4096)
def _folded(word: str) -> str | None:
    """The ASCII name that Python's own normalisation (NFKC) makes of *word*; ``Nº`` and ``x²`` are plain writing."""
    folded = unicodedata.normalize("NFKC", word.rstrip("ªº¹²³"))
    return (
        folded if folded.isascii() and folded.isidentifier() and len(folded) > 1 and not word[:-1].isascii() else None
    )


def reads_as(suffix: str) -> str | None:
    """The ASCII that *suffix*, the end of a file name, is drawn like; None when it is ASCII or nobody's double."""
    twin = unicodedata.normalize("NFKC", suffix).translate(_TWINS)
    return twin if twin.isascii() and not suffix.isascii() else None


@lru_cache(maxsize=4096)
def _twin(word: str) -> str | None:
    """The ASCII word that *word* is drawn like."""
    twin = word.translate(_TWINS)
    return twin if twin.isascii() and len(twin) > 2 else None


def _mixed(word: str) -> bool:
    return re.search("[A-Za-z]", word) is not None
