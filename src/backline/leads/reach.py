"""How far a file reaches: the same mistake weighs less in a script and is surer in a request handler."""

from __future__ import annotations

import re
from enum import Enum
from typing import TypeVar

from backline.finding import Confidence, Severity

_T = TypeVar("_T", Severity, Confidence)


class Reach(Enum):
    LOWERED = "lowered"
    """Tests, fixtures, examples, seeds, scripts, management commands: nobody's request waits for them."""
    PLAIN = "plain"
    RAISED = "raised"
    """Handlers, authentication, payments, migrations: what they do wrong, every user meets."""


# The words of a path: folders, and the file's name without its suffix, cut at `_`, `-` and `.`.
_LOWERED = frozenset({
    "test", "tests", "testing", "spec", "specs", "fixture", "fixtures", "example", "examples", "sample", "samples",
    "demo", "demos", "seed", "seeds", "seeder", "seeders", "script", "scripts", "tool", "tools", "bench",
    "benchmark", "benchmarks", "commands", "conftest", "factories", "doc", "docs", "mock", "mocks", "fake",
})  # fmt: skip
_RAISED = frozenset({
    "view", "views", "viewset", "viewsets", "handler", "handlers", "controller", "controllers", "route", "routes",
    "router", "routers", "endpoint", "endpoints", "api", "auth", "authentication", "authorization", "login",
    "session", "sessions", "oauth", "payment", "payments", "billing", "checkout", "middleware", "migration",
    "migrations", "migrate", "versions", "graphql", "resolvers",
})  # fmt: skip


def reach_of(path: str) -> Reach:
    words = set(re.split(r"[/_.\-]", path.lower()))
    if words & _LOWERED:
        return Reach.LOWERED
    return Reach.RAISED if words & _RAISED else Reach.PLAIN


def severity_in(reach: Reach, severity: Severity) -> Severity:
    """One lower where nobody waits; never higher: how bad it is, the rule knows."""
    return _shift(severity, 1) if reach is Reach.LOWERED else severity


def confidence_in(reach: Reach, confidence: Confidence) -> Confidence:
    return _shift(confidence, {Reach.LOWERED: 1, Reach.PLAIN: 0, Reach.RAISED: -1}[reach])


def _shift(value: _T, places: int) -> _T:
    members = list(type(value))
    return members[min(max(members.index(value) + places, 0), len(members) - 1)]
