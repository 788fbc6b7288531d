"""A report as JSON and back, strictly; the published schema is made from the same records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, make_dataclass, replace
from typing import Annotated, Any, ClassVar

from backline import __version__, wire
from backline.errors import RequestError
from backline.finding import Finding, SetAside
from backline.report import SCHEMA, Coverage, Report, Usage
from backline.visible import mask

LIMIT = 64_000_000
"""Characters of a saved report that are read at all."""


@dataclass(frozen=True)
class _Tool:
    name: Annotated[str, ("backline",)]
    version: str


@dataclass(frozen=True)
class _Change:
    repository: str | None
    pull_request: int | None
    base: str | None
    merge_base: str | None
    head: str | None


@dataclass(frozen=True)
class _State:
    OPTIONAL: ClassVar = ("depends",)
    """On a pull request alone: a report without it is read too."""
    hunks: tuple[str, ...]
    depends: str = ""


_ALWAYS = ("path", "source", "title")

# A whole finding whose keys may be null where nothing is known, and the reason.
_KNOWN = wire.hints(Finding)
_NULLABLE = [(name, hint if name in _ALWAYS else hint | None) for name, hint in _KNOWN.items()]
_Aside: Any = make_dataclass("_Aside", [*_NULLABLE, ("reason", str)])


@dataclass(frozen=True, kw_only=True)
class _Document:
    """The report's JSON, key for key."""

    schema: Annotated[str, (SCHEMA,)]
    tool: _Tool
    change: _Change
    complete: bool
    engine: Annotated[str, ("rules", "claude")]
    coverage: tuple[Coverage, ...]
    findings: tuple[Finding, ...]
    set_aside: tuple[_Aside, ...]
    addressed: tuple[str, ...]
    notes: tuple[str, ...]
    tools_withheld: tuple[str, ...]
    state: _State
    usage: Usage


_SAME = tuple({f.name for f in fields(_Document)} & {f.name for f in fields(Report)} - {"findings", "set_aside"})


def to_json(report: Report) -> str:
    """The report as ASCII JSON, secrets masked.

    A runner obeys ``##[command]`` anywhere in a line that reaches its log, so that never stands there as such.
    """
    document = _Document(
        schema=SCHEMA,
        tool=_Tool("backline", __version__),
        change=_Change(**{f.name: getattr(report, f.name) for f in fields(_Change)}),
        findings=tuple(_without_secret_fix(finding) for finding in report.findings),
        set_aside=tuple(_aside(entry) for entry in report.set_aside),
        state=_State(report.hunks, report.depends),
        **{name: getattr(report, name) for name in _SAME},
    )
    text = json.dumps(_masked(wire.plain(document)), indent=2)
    return text.replace("##[", "#\\u0023[") + "\n"


def _without_secret_fix(finding: Finding) -> Finding:
    """A masked replacement would be wrong code, so the suggestion goes."""
    fix = finding.suggestion
    return replace(finding, suggestion=None) if fix and mask(fix.replacement) != fix.replacement else finding


def _aside(entry: SetAside) -> Any:
    known: dict[str, Any] = dict.fromkeys(_KNOWN)
    if entry.finding:
        finding = _without_secret_fix(entry.finding)
        known = {name: getattr(finding, name) for name in known}
    title = known["title"] or entry.title
    return _Aside(**known | {"path": entry.path, "source": entry.source, "title": title, "reason": entry.reason})


def _masked(value: Any) -> Any:
    """Every text without its secrets. Looked for in all texts at once: thousands of files have none."""
    joined = "\n".join(_texts(value))
    return value if mask(joined) == joined else _each_masked(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value if isinstance(value, list) else value.values():
            yield from _texts(item)


def _each_masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_each_masked(item) for item in value]
    return {key: _each_masked(item) for key, item in value.items()} if isinstance(value, dict) else value


def from_json(text: str) -> Report:
    """The report that *text* holds. RequestError (one line) where it is not one."""
    document = wire.read(_Document, wire.parse(text, "report", LIMIT), "report")
    for index, finding in enumerate(document.findings):
        _check_lines(finding, f"report.findings[{index}]")
    return Report(
        **vars(document.change),
        findings=document.findings,
        set_aside=tuple(_entry(aside, f"report.set_aside[{index}]") for index, aside in enumerate(document.set_aside)),
        hunks=document.state.hunks,
        depends=document.state.depends,
        **{name: getattr(document, name) for name in _SAME},
    )


def _entry(aside: Any, where: str) -> SetAside:
    known = {name: getattr(aside, name) for name in _KNOWN}
    optional = [name for name in known if name not in (*_ALWAYS, "rule", "cwe", "suggestion")]
    unknown = [name for name in optional if known[name] is None]
    if unknown and len(unknown) < len(optional):
        raise RequestError(f"{where}.{unknown[0]}: is null although the finding is given")
    finding = None if unknown else Finding(**known)
    if finding:
        _check_lines(finding, where)
    return SetAside(path=aside.path, source=aside.source, reason=aside.reason, title=aside.title, finding=finding)


def _check_lines(finding: Finding, where: str) -> None:
    fix = finding.suggestion
    if finding.start_line > finding.line or (fix and fix.start_line > fix.line):
        raise RequestError(f"{where}: start_line stands after line")


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the report, made from the records."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:backline:report:1"}
    return {**head, "title": "Backline report, version 1", **wire.schema(_Document)}
