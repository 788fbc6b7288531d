"""The hidden line that says: Backline wrote this comment, in this workflow and job, about this finding."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

LONGEST_VALUE = 60_000
_MARKER = re.compile(rf"<!-- backline:([a-z]{{1,20}})((?: [a-z]{{1,20}}=[A-Za-z0-9_-]{{0,{LONGEST_VALUE}}})*) -->")
_VALUE = re.compile(rf"[A-Za-z0-9_-]{{0,{LONGEST_VALUE}}}")
LONGEST = 62_000
FINDING, ADDRESSED, REVIEW, SUMMARY, STATE = "finding", "addressed", "review", "summary", "state"
"""The kinds. They stand in comments of earlier versions: a new word would not find its own."""
MOVED = "moved"
"""A summary beside the first one: it only says where that is."""


class Marker(NamedTuple):
    kind: str
    values: Mapping[str, str]


def write(kind: str, **values: str) -> str:
    """One line that GitHub does not show."""
    assert all(_VALUE.fullmatch(value) for value in values.values())
    words = "".join(f" {name}={value}" for name, value in values.items() if value)
    return f"<!-- backline:{kind}{words} -->"


def first(body: str) -> Marker | None:
    """The marker of a comment: its first line, and nothing else in it, whatever the text below quotes."""
    return _read(body.partition("\n")[0])


def last(body: str) -> Marker | None:
    return _read(body.rstrip("\r\n").rpartition("\n")[2])


def _read(line: str) -> Marker | None:
    found = _MARKER.fullmatch(line.rstrip("\r")) if len(line) <= LONGEST else None
    if found is None:
        return None
    return Marker(found[1], dict(word.split("=", 1) for word in found[2].split()))


def signature(workflow: str, job: str) -> str:
    """Who speaks: two reviewers can share a pull request when their workflow or job differs."""
    return hashlib.sha256(f"{workflow}\0{job}".encode("utf-8", "replace")).hexdigest()[:12]


def signature_of(environ: Mapping[str, str]) -> str:
    """The signature of the workflow and job that run."""
    return signature(environ.get("GITHUB_WORKFLOW", ""), environ.get("GITHUB_JOB", ""))
