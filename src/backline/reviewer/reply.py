"""What the model answered, read strictly: bounds, enums, unknown keys, sizes. A bad reply is never an empty list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backline.finding import Category, Confidence, Kind, Severity, normalised
from backline.strict_json import NotStrict, loads
from backline.visible import show_line


@dataclass(frozen=True, slots=True)
class Evidence:
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A finding as the model gave it: placed by ``quote`` (verbatim code as shown to it); ``line`` is a hint only."""

    path: str
    quote: str
    line: int
    severity: Severity
    confidence: Confidence
    category: Category
    cwe: str | None
    kind: Kind
    title: str
    body: str
    evidence: tuple[Evidence, ...] = ()
    suggestion: str | None = None
    """Replacement for the quoted lines, or None."""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One candidate that the strict reading refused. ``path`` and ``title`` are "" where none can be read."""

    path: str
    """The changed file; of another one the name that was given, as shown."""
    title: str
    reason: str


MOST_TEXT = 4_000_000
MOST_FINDINGS = 100
MOST_LINE = 10_000_000
MOST_EVIDENCE = 20
MOST_NAME = 200
"""Characters of a path that is none of the change's."""


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _enum(words: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [w.value for w in words]}


_TEXT, _LINE = {"type": "string"}, {"type": "integer"}
_OPTIONAL = {"anyOf": [{"type": "string"}, {"type": "null"}]}
_PLACE = _object({"path": _TEXT, "line": _LINE})

# No lengths and no bounds: the service does not enforce them, and one bad value must not lose the others.
_FINDING = _object({
    "path": _TEXT, "quote": _TEXT, "line": _LINE, "severity": _enum(Severity), "confidence": _enum(Confidence),
    "category": _enum(Category), "cwe": _OPTIONAL, "kind": _enum(Kind), "title": _TEXT, "body": _TEXT,
    "evidence": {"type": "array", "items": _PLACE}, "suggestion": _OPTIONAL,
})  # fmt: skip
CONFIRMED, REFUTED, UNSURE = "confirmed", "refuted", "unsure"
_VERDICT = _object({
    "id": _TEXT, "verdict": {"type": "string", "enum": [CONFIRMED, REFUTED, UNSURE]}, "reason": _TEXT,
    "path": _OPTIONAL, "line": {"anyOf": [_LINE, {"type": "null"}]},
})  # fmt: skip
_LISTS = {"findings": {"type": "array", "items": _FINDING}, "verdicts": {"type": "array", "items": _VERDICT}}
SCHEMA = _object(_LISTS) | {"required": []}
"""Of finders and of the second look: the schema is part of the cache's key, and with two of them the second look would
pay once more for all that the finders have read."""
_KEYS, VERDICT_KEYS = frozenset(_FINDING["required"]), frozenset(_VERDICT["required"])


class Malformed(ValueError):
    """The whole reply cannot be used; ``str(error)`` tells the model (and the ledger) why, quoting nothing of it."""


@dataclass(frozen=True, slots=True)
class Read:
    """A reply that could be read. Nothing in both: the model says that there is nothing."""

    candidates: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...]


def rows(text: str, key: str) -> list[Any]:
    """The list under *key* of the one JSON object in *text*, which says nothing else. Malformed otherwise."""
    if not text.strip():
        raise Malformed("the reply is empty")
    if len(text) > MOST_TEXT:
        raise Malformed(f"the reply has more than {MOST_TEXT} characters")
    try:
        value = loads(text)
    except NotStrict as error:
        raise Malformed(str(error)) from None
    if not isinstance(value, dict) or any(value[k] != [] or k not in _LISTS for k in value.keys() - {key}):
        raise Malformed(f'not an object with the one key "{key}"')
    if not isinstance(value.get(key), list):
        raise Malformed(f'"{key}" is not a list')
    return list(value[key])


def read(text: str, paths: Mapping[str, str], agent: str = "") -> Read:
    """The findings in *text*. *paths*: changed paths as shown to the model → the real ones."""
    good: list[Candidate] = []
    bad: list[Rejected] = []
    seen: set[tuple[str, ...]] = set()
    for index, row in enumerate(rows(text, "findings")):
        if index >= MOST_FINDINGS:
            bad.append(_rejected(row, paths, f"beyond the first {MOST_FINDINGS} findings of one reply"))
            continue
        try:
            candidate = _candidate(row, paths, agent)
        except _Bad as error:
            bad.append(_rejected(row, paths, str(error)))
            continue
        identity = (candidate.path, normalised(candidate.quote), candidate.category.value, normalised(candidate.title))
        if identity in seen:
            bad.append(Rejected(candidate.path, candidate.title, "said twice in one reply"))
            continue
        seen.add(identity)
        good.append(candidate)
    return Read(tuple(good), tuple(bad))


class _Bad(ValueError):
    """This one finding cannot be used."""


def _candidate(row: Any, paths: Mapping[str, str], agent: str) -> Candidate:
    if not isinstance(row, dict):
        raise _Bad("not an object")
    if extra := row.keys() - _KEYS:
        raise _Bad(f"{len(extra)} unknown key(s)")
    if missing := _KEYS - row.keys():
        raise _Bad(f"without {', '.join(sorted(missing))}")
    path = _text(row, "path", 4096)
    if path not in paths:
        raise _Bad("path: not a file of this change")
    return Candidate(
        path=paths[path],
        quote=_text(row, "quote", 20_000).strip("\n"),
        line=line_of(row),
        severity=_word(row, "severity", Severity),
        confidence=_word(row, "confidence", Confidence),
        category=_word(row, "category", Category),
        cwe=_cwe(row),
        kind=_word(row, "kind", Kind),
        title=" ".join(_text(row, "title", 300).split()),
        body=_text(row, "body", 8_000).strip(),
        evidence=_evidence(row["evidence"]),
        suggestion=None if row["suggestion"] is None else _text(row, "suggestion", 20_000, empty=True),
        agent=agent,
    )


def _text(row: Mapping[str, Any], key: str, most: int, *, empty: bool = False) -> str:
    value = row[key]
    if not isinstance(value, str):
        raise _Bad(f"{key}: not text")
    if len(value) > most:
        raise _Bad(f"{key}: more than {most} characters")
    if not empty and not value.strip():
        raise _Bad(f"{key}: empty")
    if any("\ud800" <= c <= "\udfff" or c == "\0" for c in value):
        raise _Bad(f"{key}: not valid text")
    return value


def line_of(row: Mapping[str, Any]) -> int:
    value = row["line"]
    if type(value) is not int or not 1 <= value <= MOST_LINE:  # bool is an int to isinstance
        raise _Bad("line: not a line number")
    return value


def _word(row: Mapping[str, Any], key: str, words: Callable[[str], Any]) -> Any:
    try:
        return words(_text(row, key, 40))
    except _Bad:
        raise
    except ValueError:
        raise _Bad(f"{key}: not one of the words") from None


def _cwe(row: Mapping[str, Any]) -> str | None:
    """The number alone; a name behind it is dropped, anything else counts as none."""
    value = None if row["cwe"] is None else _text(row, "cwe", 200, empty=True)
    found = re.match(r"CWE-[1-9][0-9]{0,4}(?![0-9])", value or "")
    return found[0] if found else None


def _evidence(value: Any) -> tuple[Evidence, ...]:
    """Places in any file; the code that uses them looks whether they exist. What is no place is left out: evidence
    only helps the second look, and of code that is gone no line of the head can be named."""
    given = value[:MOST_EVIDENCE] if isinstance(value, list) else []
    return tuple(place for row in given if (place := _place(row)))


def _place(row: Any) -> Evidence | None:
    if not isinstance(row, dict) or row.keys() != {"path", "line"}:
        return None
    try:
        return Evidence(_text(row, "path", 4096), line_of(row))
    except _Bad:
        return None


def _rejected(row: Any, paths: Mapping[str, str], why: str) -> Rejected:
    path = row.get("path") if isinstance(row, dict) else None
    named = (paths.get(path) or show_line(path[:MOST_NAME])) if isinstance(path, str) else ""
    return Rejected(named, _short(row, "title"), why)


def _short(row: Any, key: str) -> str:
    """Enough of the title to recognise it in the receipt; cleaned by whoever prints it."""
    value = row.get(key) if isinstance(row, dict) else None
    text = value[:120] if isinstance(value, str) else ""
    return " ".join("".join(c for c in text if c.isprintable()).split())
