"""What every linter has in common: our copy of a text, the hits that it reports, and our words for them as leads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backline.finding import Category, Confidence, Severity, Suggestion
from backline.globs import one_of
from backline.intake.diff import FileDiff, added
from backline.intake.language import extension
from backline.leads.hit import MOST_HITS, touches
from backline.leads.lead import Lead
from backline.leads.reach import confidence_in, reach_of, severity_in

_LONGEST_NAME = 30
_LONGEST_HIT = 10
"""Lines. What spans more (a whole job, a class) is about its first line: else every change inside would raise it."""


_MIGRATIONS = (
    "**/migrat*/**", "**/*migration*", "**/db/**", "**/versions/**", "**/sql/**", "**/flyway/**", "**/V*__*.sql",
)  # fmt: skip
_OTHER_ENGINES = "{h2,hsql,hsqldb,derby,db2,oracle,mssql,sqlserver,sqlite,sqlite3,mysql,mariadb}"
_NOT_POSTGRES = (f"**/{_OTHER_ENGINES}/**", f"**/*.{_OTHER_ENGINES}.*")
_WAY_BACK = ("**/down.sql", "**/*.down.sql", "**/*_down.sql", "**/undo.sql", "**/rollback.sql")
_WORKFLOWS = (
    ".github/workflows/*.yml", ".github/workflows/*.yaml", "**/action.yml", "**/action.yaml",
)  # fmt: skip
_DEFINES = ("alter ", "create ", "drop ", "truncate ", "reindex ", "begin")


class Copy(NamedTuple):
    """One file as a linter gets to see it, under a name of ours."""

    file: FileDiff
    name: str
    text: str
    numbers: Sequence[int]
    """The copy's lines (0-based) → the file's line as git counts."""


class Hit(NamedTuple):
    """What a linter says of one copy. Lines are the copy's, 1-based."""

    name: str
    rule: str
    start_line: int
    line: int
    about: str = ""
    """The name in the code that it is about; fills ``{NAME}`` of a title."""
    replacement: str | None = None
    """What its one line becomes."""


class Answer(NamedTuple):
    hits: Sequence[Hit]
    unread: int
    """How many copies it could not parse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Our judgement and words for one of a linter's rules."""

    severity: Severity
    confidence: Confidence
    category: Category
    cwe: str | None
    title: str
    body: str
    """Two sentences, trigger and consequence, and one with the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linter:
    """One program: how it is called and read."""

    name: str
    place: Callable[[int, str], str]
    """The name of copy number n, from the file's path."""
    arguments: Callable[[Sequence[str]], Sequence[str]]
    """From the names of the copies. Every name is ours, so none is an option."""
    fine: frozenset[int]
    """Exit codes of a run that went well."""
    read: Callable[[bytes, bytes, Mapping[str, Copy]], Answer]
    """Standard output and error → hits. ValueError, KeyError, TypeError for what it cannot have said."""
    advice: Mapping[str, Advice]
    """Rules that are not here are not reported."""
    prepare: Callable[[str], str] = str
    """Takes the power from the tool's ignore comments where no option does, line for line."""
    most: int = MOST_HITS
    """Hits of one rule in one file."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What else it finds in its folder: an empty configuration."""


def linter_for(file: FileDiff, language: str | None) -> str | None:
    """Which one has something to say about such a file."""
    if language == "python":
        # Tiltfile, SConstruct and the like are Python with other built-in names.
        return "ruff" if extension(file.path) in ("py", "pyw") else None
    if language == "sql":
        postgres = one_of(_MIGRATIONS, file.path) and not one_of((*_NOT_POSTGRES, *_WAY_BACK), file.path)
        return "squawk" if postgres and _defines(file) else None
    return "zizmor" if language == "yaml" and one_of(_WORKFLOWS, file.path) else None


def _defines(file: FileDiff) -> bool:
    texts = (line.text.lower() for hunk in file.hunks for line in hunk.lines if line.kind == "+")
    return any(word in f"{text} " for text in texts for word in _DEFINES)


def copy_of(file: FileDiff, name: str, text: str, prepare: Callable[[str], str] = str) -> Copy:
    """Linters break lines at ``\\r`` too, git does not: in the copy all are ``\\n``, and counted."""
    lines, numbers, number = [], [], 1
    for line in text.replace("\r\n", "\n").split("\n"):
        for part in line.split("\r"):
            lines.append(part)
            numbers.append(number)
        number += 1
    return Copy(file, name, prepare("\n".join(lines)), numbers)


def leads_of(linter: Linter, hits: Iterable[Hit], copies: Mapping[str, Copy]) -> list[Lead]:
    """The hits worth having that touch an added line: one for a rule and line, a few for a rule and file."""
    found: dict[tuple[str, str, int], Lead] = {}
    counts: dict[tuple[str, str], int] = {}
    for hit, advice, lines in _on_added_lines(linter, hits, copies):
        path = copies[hit.name].file.path
        if (path, hit.rule, lines[0]) in found or counts.get((path, hit.rule), 0) >= linter.most:
            continue
        counts[path, hit.rule] = counts.get((path, hit.rule), 0) + 1
        found[path, hit.rule, lines[0]] = _lead(linter, path, hit, advice, lines)
    return list(found.values())


def _on_added_lines(
    linter: Linter, hits: Iterable[Hit], copies: Mapping[str, Copy]
) -> Iterator[tuple[Hit, Advice, tuple[int, int]]]:
    changed = {name: frozenset(added(copy.file)) for name, copy in copies.items()}
    for hit in hits:
        advice = linter.advice.get(hit.rule)
        if advice is None:
            continue
        lines = _lines(copies[hit.name], hit)
        if touches(lines, changed[hit.name]):
            yield hit, advice, lines


def _lines(copy: Copy, hit: Hit) -> tuple[int, int]:
    """As git counts. ValueError for lines that the copy does not have."""
    if not 1 <= hit.start_line <= hit.line <= len(copy.numbers):
        raise ValueError(f"no lines {hit.start_line} to {hit.line}")
    start, end = copy.numbers[hit.start_line - 1], copy.numbers[hit.line - 1]
    return start, end if end - start < _LONGEST_HIT else start


def _lead(linter: Linter, path: str, hit: Hit, advice: Advice, lines: tuple[int, int]) -> Lead:
    reach = reach_of(path)
    suggestion = None
    if hit.replacement is not None and lines[0] == lines[1]:
        suggestion = Suggestion(start_line=lines[0], line=lines[0], replacement=hit.replacement)
    return Lead(
        rule=f"{linter.name}.{hit.rule}", path=path, start_line=lines[0], line=lines[1],
        severity=severity_in(reach, advice.severity), confidence=confidence_in(reach, advice.confidence),
        category=advice.category, cwe=advice.cwe,
        title=advice.title.replace("{NAME}", _short(hit.about)), body=advice.body, suggestion=suggestion,
    )  # fmt: skip


def _short(name: str) -> str:
    words = re.sub(r"[\s`]+", " ", name).strip() or "…"
    return words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME - 1] + "…"
