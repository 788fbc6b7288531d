"""One rule: its record, and the reader of its file with one clear line for every mistake.

A rule file holds two YAML documents: the rule, and behind ``---`` its examples. A run reads the first alone; the second
is the rule's tests (`backline rules test`, examples.py). A team's own rules come from its repository, so the reader
stands any text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backline import strict_yaml
from backline.errors import RequestError
from backline.finding import Category, Confidence, Severity

LANGUAGES = frozenset({
    "python", "javascript", "typescript", "tsx", "go", "java", "kotlin", "ruby", "php", "csharp", "rust", "shell",
    "yaml", "terraform", "sql", "dockerfile",
})  # fmt: skip
STATEMENT_LANGUAGES = frozenset({"sql", "dockerfile"})
"""ast-grep has no grammar for these: statements.py cuts them and their rules are regular expressions."""

MAX_SIZE = 64 * 1024
MOST_NAMED = 10
"""Unknown keys of one rule that are named."""
_MATCHER = ("rule", "constraints", "utils", "transform")
_TEXTS = ("id", "title", "message", "fix", "why", "cwe", "replace")
_LISTS = ("languages", "references", "literals", "needs", "lacks", "paths", "not_paths")
_FLAGS = ("once",)
_ENUMS = {"category": Category, "severity": Severity, "confidence": Confidence}
_REQUIRED = ("id", "languages", "category", "severity", "confidence", "title", "message", "fix", "literals")
_STATEMENT = ("regex", "not", "kind", "after", "has", "file_lacks", "stage_lacks", "strings", "stage")
_KEYS = frozenset({*_MATCHER, *_TEXTS, *_LISTS, *_FLAGS, *_ENUMS, "statement"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # equal by identity: rules are keys of hot caches
class Rule:
    """One rule as its file says; CONTRIBUTING.md explains every key."""

    id: str
    languages: tuple[str, ...]
    category: Category
    severity: Severity
    confidence: Confidence
    cwe: str | None = None
    title: str
    """≤ 80 characters; ``{NAME}`` stands for the text of metavariable ``$NAME`` (or of the regex group NAME)."""
    message: str
    """Two sentences: trigger, consequence. Metavariables as in the title."""
    fix: str
    """One sentence: the simplest repair."""
    why: str = ""
    references: tuple[str, ...] = ()
    literals: tuple[str, ...]
    """Any of these occurs in a file that the rule can match: others do not pay for it."""
    needs: tuple[str, ...] = ()
    """All of these occur in the file (``["django"]``); for statement languages without regard to case."""
    lacks: tuple[str, ...] = ()
    """None of these occurs in the file."""
    paths: tuple[str, ...] = ()
    """Globs: only files that match one of them."""
    not_paths: tuple[str, ...] = ()
    once: bool = False
    """The first hit of a file is enough (steps of one migration)."""
    matcher: Mapping[str, Any] = field(default_factory=dict)
    """ast-grep's own words: rule, constraints, utils, transform."""
    statement: Mapping[str, str] = field(default_factory=dict)
    """For SQL and Dockerfiles, instead of a matcher; statements.py explains its keys."""
    replace: str | None = None
    """ast-grep style replacement (``$NAME``, ``$$$NAME``) of the matched node: becomes a suggestion."""


def read_rule(text: str, where: str) -> Rule:
    """The rule in the first document of *text*. RequestError names the file and each key that is wrong."""
    try:
        return _rule(read_mapping(split(text)[0]))
    except ValueError as error:
        raise RequestError(f"{where}: {'; '.join(map(str, error.args))}") from None


def problems(text: str) -> list[str]:
    """All that keeps the first document of *text* from being a rule, one line each."""
    try:
        _rule(read_mapping(split(text)[0]))
    except ValueError as error:
        return [str(problem) for problem in error.args]
    return []


def split(text: str) -> tuple[str, str]:
    """The rule's document and the examples' document."""
    first, _, second = text.partition("\n---\n")
    return first, second


def read_mapping(text: str) -> dict[str, Any]:
    """The YAML mapping in *text*; ValueError (one line) for anything else, whatever the text."""
    if len(text) > MAX_SIZE:
        raise ValueError(f"larger than {MAX_SIZE // 1024} kB")
    data = strict_yaml.load(text)
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise ValueError("not a mapping of keys to values")
    return data


def _rule(data: dict[str, Any]) -> Rule:
    """ValueError has one argument for each problem."""
    found, values = list(_wrong_keys(data)), {}
    for key, read in _READERS.items():
        if data.get(key) or (key in data and key not in _REQUIRED):
            try:
                values[key] = read(data, key)
            except ValueError as error:
                found.append(str(error))
    found += _wrong_languages(values.get("languages", ()), data, values.get("literals", ()))
    found += _wrong_statement(data["statement"]) if isinstance(data.get("statement"), dict) else []
    if len(values.get("title", "")) > 80:
        found.append(f"title: {len(values['title'])} characters, at most 80")
    if found:
        raise ValueError(*found)
    matcher = {key: data[key] for key in _MATCHER if key in data}
    return Rule(matcher=matcher, statement=dict(data.get("statement") or {}), **values)


def _wrong_keys(data: dict[str, Any]) -> Iterator[str]:
    for key in sorted(data.keys() - _KEYS)[:MOST_NAMED]:
        yield f"unknown key {key!r}{_nearest(key, _KEYS)}"
    for key in _REQUIRED:
        if not data.get(key):
            yield f"{key}: missing"
    for key in (*_MATCHER, "statement"):
        if key in data and not isinstance(data[key], dict):
            yield f"{key}: must be a mapping"


def _nearest(word: str, known: frozenset[str]) -> str:
    from backline.settings import nearest

    return nearest(word[:40], sorted(known))


def _text(data: dict[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise ValueError(f"{key}: must be text")
    return value


def _list(data: dict[str, Any], key: str) -> tuple[str, ...]:
    value = data[key]
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f"{key}: must be a list of texts")
    return tuple(value)


def _flag(data: dict[str, Any], key: str) -> bool:
    if not isinstance(data[key], bool):
        raise ValueError(f"{key}: must be true or false")
    return bool(data[key])


def _member(data: dict[str, Any], key: str) -> Any:
    try:
        return _ENUMS[key](data[key])
    except ValueError:
        words = ", ".join(str(member) for member in _ENUMS[key])
        raise ValueError(f"{key}: must be one of {words}") from None


_READERS = {
    **dict.fromkeys(_TEXTS, _text), **dict.fromkeys(_LISTS, _list), **dict.fromkeys(_FLAGS, _flag),
    **dict.fromkeys(_ENUMS, _member),
}  # fmt: skip


def _wrong_languages(languages: tuple[str, ...], data: dict[str, Any], literals: tuple[str, ...]) -> Iterator[str]:
    """Unknown ones, and what does not go together with them."""
    for language in languages:
        if language not in LANGUAGES:
            yield f"languages: {language!r} is not known{_nearest(language, LANGUAGES)}"
    if STATEMENT_LANGUAGES.intersection(languages) and not STATEMENT_LANGUAGES.issuperset(languages):
        yield "languages: sql and dockerfile do not go together with languages that have a grammar"
    wanted = "statement" if STATEMENT_LANGUAGES.intersection(languages[:1]) else "rule"
    if languages and wanted not in data:
        yield f"{wanted}: missing"
    if STATEMENT_LANGUAGES.intersection(languages) and any(literal != literal.lower() for literal in literals):
        yield "literals: in lower case for sql and dockerfile, which are matched without regard to case"


def _wrong_statement(statement: dict[Any, Any]) -> Iterator[str]:
    for key, value in statement.items():
        if key not in _STATEMENT:
            yield f"statement.{key}: unknown{_nearest(str(key), frozenset(_STATEMENT))}"
        elif not isinstance(value, str):
            yield f"statement.{key}: must be text"
    if "regex" not in statement:
        yield "statement.regex: missing"
