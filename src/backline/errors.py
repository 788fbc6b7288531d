"""The error tree. Every expected way to fail is one of these; anything else is a bug (exit 70).

BacklineError            expected, one line for people
├── RequestError         the request is wrong: flag, config, ref, event, token      exit 2
└── FileProblem          one file cannot be read or parsed: recorded, the others go on
"""

from __future__ import annotations


class BacklineError(Exception):
    """An expected failure. ``str(error)`` is one line: what was wrong, where, what to do."""


class RequestError(BacklineError):
    """The run cannot start or go on because what was asked for is wrong (exit code 2)."""


class FileProblem(BacklineError):
    """One file is left out for this reason; the reason goes into the coverage ledger."""
