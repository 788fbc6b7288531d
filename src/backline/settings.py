"""Settings: one frozen record. Flags override action inputs, inputs override the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from backline.errors import RequestError
from backline.finding import Confidence, Severity
from backline.options import NEVER, OPTIONS, Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """One `ignore:` row of the configuration: exactly one of rule, path, fingerprint; ``until`` is an ISO date."""

    rule: str | None = None
    path: str | None = None
    fingerprint: str | None = None
    reason: str
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    repo: str = "."
    base: str | None = None
    head: str | None = None
    worktree: bool = False
    staged: bool = False
    diff: str | None = None
    pull_request: str | None = None
    change: str | None = None
    engine: str = "auto"
    model: str = "claude-sonnet-5-5"
    effort: str = "medium"
    agents: tuple[str, ...] = ()
    base_url: str | None = None
    paths: tuple[str, ...] = ()
    config: str | None = None
    format: str = "text"
    output: tuple[str, ...] = ()
    fail_on: str = NEVER
    on_incomplete: str | None = None
    max_comments: int = 10
    max_cost: float = 2.0
    deadline: float = 15.0
    drafts: bool = False
    full: bool = False
    ignore: tuple[Ignore, ...] = ()
    severity: Severity = Severity.LOW
    confidence: Confidence = Confidence.MEDIUM
    prices: Mapping[str, Mapping[str, float]] | None = None
    fallback_model: str | None = "claude-sonnet-5"


_FLOORS = {"severity": Severity, "confidence": Confidence}
_ALONE = {"diff": ("base", "head"), "worktree": ("head",), "staged": ("head",)}
"""A patch has no commits, and uncommitted work no other head."""
INPUT_PREFIX = "BACKLINE_"
"""action.yml hands its inputs over as BACKLINE_<INPUT>, upper case, `-` as `_`."""


_WHAT = ("worktree", "staged", "diff", "pull_request", "change")
"""Each names what to review."""


def make(flags: Mapping[str, Sequence[str]], environ: Mapping[str, str], config: Mapping[str, Any]) -> Settings:
    """Settings from the three sources. *flags*: field → values as typed. RequestError names source and value."""
    values: dict[str, Any] = {}
    for option in OPTIONS:
        given = _given(option, flags, environ, config)
        if given is None:
            continue
        name, texts = given
        parsed = [_parsed(option, name, text) for text in texts]
        values[option.field] = tuple(parsed) if option.many else parsed[-1]
    values |= {key: config[key] for key in ("ignore", "prices") if key in config}
    values |= {key: kind(values[key]) for key, kind in _FLOORS.items() if key in values}
    return _consistent(replace(Settings(), **values))


def _given(
    option: Option, flags: Mapping[str, Sequence[str]], environ: Mapping[str, str], config: Mapping[str, Any]
) -> tuple[str, Sequence[str]] | None:
    if flags.get(option.field):
        return option.flag or option.field, flags[option.field]
    if option.field in _WHAT and any(flags.get(field) for field in _WHAT):
        return None  # Typed is what to review: a variable that names something else does not contradict.
    variable = INPUT_PREFIX + (option.input or "").upper().replace("-", "_")
    if option.input and (text := environ.get(variable, "").strip()):
        return f"input {option.input}", text.splitlines() if option.many else [text]
    if option.key and option.key in config:
        value = config[option.key]
        texts = value if isinstance(value, list) else [value]
        return f"configuration key {option.key}", [_plain(option.key, v) for v in texts]
    return None


def _plain(key: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise RequestError(f"configuration key {key}: wants a single value, or a list of them")


def _parsed(option: Option, name: str, text: str) -> Any:
    try:
        return option.parse(text.strip())
    except ValueError as error:
        raise RequestError(f"{name}: {error}, not {text[:80]!r}") from None


def _consistent(settings: Settings) -> Settings:
    chosen = [n for n in _WHAT if getattr(settings, n)]
    if len(chosen) > 1:
        names = " and ".join(flag_of(n) for n in chosen)
        raise RequestError(f"{names}: choose one of them")
    for field, others in _ALONE.items():
        for other in others:
            if getattr(settings, field) and getattr(settings, other):
                raise RequestError(
                    f"{flag_of(field)} and {flag_of(other)}: the one leaves nothing for the other to say"
                )
    return settings


def flag_of(field: str) -> str:
    """The flag that sets *field*."""
    return next(option.flag or option.field for option in OPTIONS if option.field == field)


def nearest(word: str, words: Sequence[str]) -> str:
    """`` (did you mean X?)``, or "" when nothing is near."""
    found = get_close_matches(word, words, n=1)
    return f" (did you mean {found[0]}?)" if found else ""
