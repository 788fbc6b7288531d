"""The one table of options: a row is a flag, an action input and a configuration key at once; they cannot drift.

A test holds this table, action.yml and README together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backline import service_url
from backline.finding import Confidence, Severity

ENGINES = ("auto", "rules", "claude")
EFFORTS = ("low", "medium", "high")
FORMATS = ("text", "json", "sarif", "markdown")
ON_INCOMPLETE = ("warn", "fail")
NEVER = "never"
CONFIG = ".github/backline.yml"
MAX_COMMENTS = 30
"""More line comments than this in one review are known to time out (502 after success)."""


def _text(value: str) -> str:
    if not value or any(ord(c) < 32 or ord(c) == 127 for c in value) or len(value) > 1000:
        raise ValueError("wants one line of text")
    return value


def flag(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("wants true or false")
    return value.lower() == "true"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Parses one of a few words."""

    words: tuple[str, ...]

    def __call__(self, value: str) -> str:
        if value not in self.words:
            raise ValueError(f"wants one of {', '.join(self.words)}")
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """Parses a plain decimal number within bounds, both included."""

    low: float
    high: float
    whole: bool = False

    def __call__(self, value: str) -> float:
        number = float(value) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", value, re.ASCII) else None
        if number is None or not self.low <= number <= self.high or (self.whole and number != int(number)):
            raise ValueError(f"wants a number from {self.low:g} to {self.high:g}")
        return int(number) if self.whole else number


def _model(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.:@_-]{0,99}", value):
        raise ValueError("wants a model id such as claude-sonnet-5-5")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting under its three names; None where it has no such name."""

    field: str
    flag: str | None
    input: str | None
    key: str | None
    parse: Callable[[str], Any] = _text
    metavar: str | None = None
    many: bool = False
    switch: bool = False
    help: str


SEVERITIES = tuple(s.value for s in Severity)
CONFIDENCES = tuple(c.value for c in Confidence)

OPTIONS = (
    Option(field="repo", flag="--repo", input=None, key=None, metavar="DIR", help="the repository (default: here)"),
    Option(field="base", flag="--base", input="base", key=None, metavar="REF",
           help="compare with this (default: merge base with the default branch)"),
    Option(field="head", flag="--head", input="head", key=None, metavar="REF", help="review this (default: HEAD)"),
    Option(field="worktree", flag="--worktree", input=None, key=None, parse=flag, switch=True,
           help="review what is not committed; with --base what is committed since too"),
    Option(field="staged", flag="--staged", input=None, key=None, parse=flag, switch=True,
           help="review what is staged"),
    Option(field="diff", flag="--diff", input=None, key=None, metavar="FILE",
           help="review a patch file; - is standard input"),
    Option(field="pull_request", flag="--pr", input="pull-request", key=None, metavar="URL|OWNER/REPO#N",
           help="review a pull request"),
    Option(field="change", flag="--change", input=None, key=None, metavar="DIR",
           help="review what `backline collect` wrote"),
    Option(field="engine", flag="--engine", input="engine", key="engine", parse=OneOf(ENGINES),
           metavar="|".join(ENGINES), help="auto: claude when ANTHROPIC_API_KEY is set, else rules"),
    Option(field="model", flag="--model", input="model", key="model", parse=_model, metavar="ID",
           help="the model that reviews"),
    Option(field="effort", flag="--effort", input="effort", key="effort", parse=OneOf(EFFORTS),
           metavar="|".join(EFFORTS), help="low: one look; medium: and a second look; high: two focuses, twice"),
    Option(field="agents", flag="--agent", input="agents", key="agents", metavar="FILE", many=True,
           help="an agent definition to run (repeatable)"),
    Option(field="base_url", flag="--base-url", input="base-url", key=None, parse=service_url.checked, metavar="URL",
           help="another address of the model service"),
    Option(field="paths", flag="--paths", input="paths", key="paths", metavar="GLOB", many=True,
           help="files to review; !GLOB leaves out (repeatable)"),
    Option(field="config", flag="--config", input="config", key=None, metavar="FILE",
           help=f"the configuration (default: {CONFIG})"),
    Option(field="format", flag="--format", input=None, key=None, parse=OneOf(FORMATS), metavar="|".join(FORMATS),
           help="what goes to standard output"),
    Option(field="output", flag="-o", input=None, key=None, metavar="FILE", many=True,
           help="also write FILE: .txt, .json, .sarif or .md (repeatable)"),
    Option(field="fail_on", flag="--fail-on", input="fail-on", key="fail-on", parse=OneOf((*SEVERITIES, NEVER)),
           metavar="SEVERITY|never", help="exit 1 when a finding is at least this severe"),
    Option(field="on_incomplete", flag="--on-incomplete", input="on-incomplete", key="on-incomplete",
           parse=OneOf(ON_INCOMPLETE), metavar="|".join(ON_INCOMPLETE), help="what an incomplete review does"),
    Option(field="max_comments", flag="--max-comments", input="max-comments", key="max-comments",
           parse=Number(0, MAX_COMMENTS, whole=True), metavar="N",
           help="line comments in one review; the report keeps all"),
    Option(field="max_cost", flag="--max-cost", input="max-cost", key="max-cost", parse=Number(0, 1000),
           metavar="USD", help="never spend more than this"),
    Option(field="deadline", flag="--deadline", input="deadline", key="deadline", parse=Number(0.1, 350),
           metavar="MINUTES", help="end with what there is after this long"),
    Option(field="drafts", flag=None, input="drafts", key="drafts", parse=flag,
           help="review drafts and bot authors fully too"),
    Option(field="full", flag="--full", input="full", key=None, parse=flag, switch=True,
           help="review everything again, not only what is new"),
    Option(field="severity", flag=None, input=None, key="severity", parse=OneOf(SEVERITIES),
           help="leave out what is less severe"),
    Option(field="confidence", flag=None, input=None, key="confidence", parse=OneOf(CONFIDENCES),
           help="leave out what is less sure"),
    Option(field="fallback_model", flag=None, input=None, key="fallback-model", parse=_model,
           help="asked when the model refuses"),
)  # fmt: skip
