"""How far a file reaches: the same mistake weighs less in a script and more in a request handler."""

from __future__ import annotations

import re
from enum import Enum

from backline.finding import Confidence, Severity


class Reach(Enum):
    LOWERED = "lowered"
    """Tests, fixtures, examples, seeds, scripts, management commands: nobody's request waits for them."""
    PLAIN = "plain"
    RAISED = "raised"
    """Handlers, authentication, payments: every user meets what they do wrong. (Migrations have own rules.)"""


# The words of a path: folders, and the file's name without its suffix, cut at `_`, `-` and `.`.
_LOWERED = frozenset({
    "test", "tests", "testing", "spec", "specs", "fixture", "fixtures", "example", "examples", "sample", "samples",
    "demo", "demos", "seed", "seeds", "seeder", "seeders", "script", "scripts", "tool", "tools", "bench",
    "benchmark", "benchmarks", "commands", "conftest", "factories", "doc", "docs", "mock", "mocks", "fake",
})  # fmt: skip
_RAISED = frozenset({
    "view", "views", "viewset", "viewsets", "handler", "handlers", "controller", "controllers", "route", "routes",
    "router", "routers", "endpoint", "endpoints", "api", "auth", "authentication", "authorization", "login",
    "session", "sessions", "oauth", "payment", "payments", "billing", "checkout", "middleware",
    "graphql", "resolvers",
})  # fmt: skip


_WAY_BACK = re.compile(r"(?:^|[/._-])(?:down|undo|rollback)\.sql$")
"""A migration's way back: run by hand, when something else has gone wrong."""


_PACKAGE = re.compile(r"(?:^|/)(?:com|org|net|io|dev)/example(?=/)")
"""The package that Java's generators write: many a service kept it."""


def reach_of(path: str) -> Reach:
    if _WAY_BACK.search(path.lower()):
        return Reach.LOWERED
    words = set(re.split(r"[/_.\-]", _PACKAGE.sub("", path.lower())))
    if words & _LOWERED:
        return Reach.LOWERED
    return Reach.RAISED if words & _RAISED else Reach.PLAIN


def severity_in(reach: Reach, severity: Severity) -> Severity:
    if reach is Reach.RAISED and severity is Severity.LOW:
        return Severity.MEDIUM
    return severity.lower() if reach is Reach.LOWERED else severity


def confidence_in(reach: Reach, confidence: Confidence) -> Confidence:
    """A place never makes a match surer; in a test or script it is more often meant."""
    return confidence.lower() if reach is Reach.LOWERED else confidence
