"""What hides in plain sight on added lines: code points that deceive the eye, and words meant for the reviewer.

Reads every changed file. Nobody can refute these leads: they guard the review itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from backline.finding import Severity
from backline.intake.diff import FileDiff, added, as_text
from backline.leads.addressed import MAGIC_STRING, to_reviewer
from backline.leads.guard import guard_lead
from backline.leads.invisible import deceptive
from backline.leads.lead import Lead
from backline.leads.lookalike import lookalikes, suspicious
from backline.visible import name, plain, show_line


class _Hit(NamedTuple):
    line: int
    rule: str
    found: str


_MOST_PER_RULE = 20

_BINARY = re.compile(
    r"(?i)\.(?:png|jpe?g|gif|webp|ico|bmp|tiff?|pdf|zip|t?gz|bz2|xz|zst|7z|jar|war|class|pyc|so|a|o|dll|dylib|exe|wasm|bin"
    r"|dat|woff2?|ttf|otf|eot|mp[34]|wav|ogg|webm|mov|sqlite3?"
    r"|db|parquet|p12|pfx|jks|mo|pkl|np[yz]|onnx)$"
)
_GIT_OBJECT = re.compile(r"(?:^|/)objects/[0-9a-f]{2}/[0-9a-f]{38,62}$")
"""A repository kept as test data: packed bytes, in which git itself finds no NUL often enough to show them as text."""
_BUILT = re.compile(r"(?i)\.(?:[cm]?js|css|map)$")
_NOBODY_READS = 500
"""Characters: with such a line a script or style sheet is a bundle, where control characters stand as they are."""
_PROSE = re.compile(
    r"(?i)\.(?:d\.[cm]?ts|md|mdx|rst|adoc|txt|csv|tsv|po|pot|xliff?|ftl|arb|strings|srt|vtt|(?:x?html?)(?:\.erb)?|hbs|handlebars|mjml|mustache|svg|css|snap|ipynb|tex|log)$"
    r"|(?:^|/)(?:locales?|locali[sz]ations?|i18n|l10n|lang(?:uages?)?|translations?|msgs?)/"
)
_CODEC = re.compile(
    r"""[ \t\f]*(?:#|//|--|;|/\*|\"\"\").{0,200}?coding[:=][ \t]*["']?"""
    r"((?:raw[-_])?unicode[-_]escape|string[-_]escape|utf[-_]?7(?:[-_]imap)?|utf[-_]?(?:16|32)(?:[-_][bl]e)?|rot[-_]?13"
    r"|(?:hex|base64|zlib|bz2|uu|quopri)(?:[-_]codec)?|punycode|idna|undefined|hz|iso[-_]?2022[-_\w]{2,9}"
    r"|cp(?:037|1026|1140|273|424|500|875))\b",
    re.I,
)
_JAVA_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\u{1,9}00(?:0[aAdD]|22|2[aA]\\u{1,9}002[fF]))")
_JAVA = re.compile(r"\.(?:java|groovy|gradle|scala|jsp)$")


def find(file: FileDiff, text: str | None = None, base_text: str | None = None) -> list[Lead]:
    """One lead per rule and run of added lines. *text*, *base_text*: the whole file on either side, where it exists."""
    lines = {} if _BINARY.search(file.path) or _GIT_OBJECT.search(file.path) else added(file)
    joined = "\n".join(lines.values())
    hits = list(_ascii_hits(file.path, lines, joined))
    if not plain(joined):
        hits += _odd_hits(file.path, lines)
    if suspicious(joined) and not _PROSE.search(file.path):
        hits += _lookalike_hits(file.path, lines, text or as_text(lines), base_text)
    leads = _leads(file.path, hits)
    if hits and _BUILT.search(file.path) and max(map(len, lines.values())) > _NOBODY_READS:
        return [replace(lead, severity=Severity.LOW) for lead in leads]
    return list(leads)


def _lookalike_hits(path: str, lines: dict[int, str], text: str, base_text: str | None) -> Iterator[_Hit]:
    """A word that stands on an unchanged line or in the base is how this team writes."""
    unchanged = (line for number, line in enumerate(text.split("\n"), 1) if number not in lines)
    for found in lookalikes(path, text, "\n".join([base_text or "", *unchanged])):
        if found.line in lines:
            yield _Hit(found.line, found.rule, f"{found.word} is not {found.reads_as}")


def _ascii_hits(path: str, lines: dict[int, str], joined: str) -> Iterator[_Hit]:
    """What stands there in plain letters. Each line is looked at only when the whole holds a word that matters."""
    if "coding" in joined:
        first = ((n, match) for n in (1, 2) if (match := _CODEC.match(lines.get(n, ""))))
        yield from (_Hit(n, "guard.source-encoding", match[1]) for n, match in first)
    if "\\u" in joined and _JAVA.search(path):
        yield from (_Hit(n, "guard.unicode-escape", match[1]) for n, match in _search(_JAVA_ESCAPE, lines.items()))
    if MAGIC_STRING in joined:
        yield from (_Hit(n, "guard.review-suppression", MAGIC_STRING + "…") for n in lines if MAGIC_STRING in lines[n])
    yield from (_Hit(n, "guard.reviewer-instructions", f'"{words}"') for n, words in to_reviewer(lines, joined))


def _search(pattern: re.Pattern[str], lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, re.Match[str]]]:
    return ((n, match) for n, line in lines if (match := pattern.search(line)))


def _odd_hits(path: str, lines: dict[int, str]) -> Iterator[_Hit]:
    prose = bool(_PROSE.search(path))
    for number, line in lines.items():
        line = line.removesuffix("\r")
        if plain(line):
            continue
        found: dict[str, list[str]] = {}
        for rule, char in deceptive(line, prose=prose, first=number == 1):
            found.setdefault(rule, []).append(char)
        yield from (_Hit(number, rule, _named(chars)) for rule, chars in found.items())


def _named(chars: list[str]) -> str:
    """``U+200B ZWSP, U+2060 WJ``: each once, at most four."""
    names = list(dict.fromkeys(name(char) for char in chars))
    return (
        ", ".join(names[:4]) + (" …" if len(names) > 4 else "") + (f" ({len(chars)} times)" if len(chars) > 1 else "")
    )


def _leads(path: str, hits: list[_Hit]) -> Iterator[Lead]:
    """Neighbouring lines make one lead; of a file full of them the last lead counts the rest."""
    for rule in dict.fromkeys(hit.rule for hit in hits):
        runs = _runs(sorted((hit for hit in hits if hit.rule == rule), key=lambda hit: hit.line))
        for number, run in enumerate(runs[:_MOST_PER_RULE], 1):
            more = len(runs) - _MOST_PER_RULE if number == _MOST_PER_RULE else 0
            yield _lead(path, rule, run, more)


def _runs(hits: list[_Hit]) -> list[list[_Hit]]:
    runs: list[list[_Hit]] = []
    for hit in hits:
        if runs and hit.line <= runs[-1][-1].line + 1:
            runs[-1].append(hit)
        else:
            runs.append([hit])
    return runs


def _lead(path: str, rule: str, run: list[_Hit], more: int) -> Lead:
    found = "; ".join(dict.fromkeys(show_line(hit.found) for hit in run[:4]))
    return guard_lead(rule, path, (run[0].line, run[-1].line), found, more=more)
