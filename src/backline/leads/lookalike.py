"""Names that read as one thing and are another: styled letters that Python folds, letters of a foreign script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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
    for word in _words(code):
        folded, twin = _folded(word[0]), _twin(word[0])
        if folded and word[0] not in known:
            yield Lookalike(code.count("\n", 0, word.start()) + 1, "guard.folded-name", word[0], folded)
        elif twin and word[0] not in known and (_mixed(word[0]) or _occurs(twin, code)):
            yield Lookalike(code.count("\n", 0, word.start()) + 1, "guard.homoglyph", word[0], twin)
    for word in _words(strings):
        if word[0] not in known and _mixed(word[0]) and (twin := _twin(word[0])):
            yield Lookalike(strings.count("\n", 0, word.start()) + 1, "guard.homoglyph", word[0], twin)


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


def _twin(word: str) -> str | None:
    """The ASCII word that *word* is drawn like."""
    twin = word.translate(_TWINS)
    return twin if twin.isascii() and len(twin) > 2 else None


def _mixed(word: str) -> bool:
    return re.search("[A-Za-z]", word) is not None


def _occurs(twin: str, code: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(twin)}(?!\w)", code) is not None
