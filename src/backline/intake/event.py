"""What an event asks for, as a value: one pull request, two refs, or nothing with a sentence that says why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from backline.errors import RequestError
from backline.intake.refs import shown

_EVENTS = ("pull_request", "pull_request_target")
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9_.-]{1,100}"
"""Managed users of an enterprise have an underscore before its short name."""
_REPOSITORY = re.compile(_NAME)
_NUMBER = re.compile(r"#?([1-9][0-9]{0,8})")
_SHORT = re.compile(rf"({_NAME})#([1-9][0-9]{{0,8}})")
_PATH = re.compile(rf"/({_NAME})/pull/([1-9][0-9]{{0,8}})(?:/[a-z]*)?")
_REF = re.compile(r"(?!-)[^\x00-\x20\x7f~^:?*\[\\$`]{1,255}")
_NO_REF = re.compile(r"\.\.|@\{|//|^/|/$|\.$|(?:^|/)\.|\.lock(?:/|$)|^@$")
"""With `_REF` what `git check-ref-format` says, and no `$` or backtick, which only mischief has in a branch.

Names go to GitHub as values of a query, to git as commits alone.
"""
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """Review this pull request."""

    repository: str
    number: int
    head: str | None = None
    """The event's head, pinned; None: the head that GitHub names when it is asked."""
    limited: str | None = None
    """Why rules alone look at it: a draft, or written by a bot. Never when a person asked by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """Review what ``head`` changes since it left ``base``; there is nowhere to comment."""

    repository: str
    base: str
    head: str


@dataclass(frozen=True, slots=True)
class Nothing:
    sentence: str


Decision = Pull | Refs | Nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs with which a person names what to review; they go before the event."""

    pull_request: str | None = None
    base: str | None = None
    head: str | None = None


def decide(name: str, payload: Mapping[str, Any], repository: str, inputs: Inputs) -> Decision:
    """What to do about the event *name* in *repository*. RequestError when an input is wrong."""
    if not _REPOSITORY.fullmatch(repository):
        raise RequestError(f"GITHUB_REPOSITORY: wants OWNER/REPO, not {shown(repository)}")
    if inputs.pull_request and (inputs.base or inputs.head):
        raise RequestError("inputs pull-request and base, head: choose one of them")
    if inputs.pull_request:
        where, number = pull_of(inputs.pull_request, repository)
        return Pull(repository=where, number=number)
    if inputs.base or inputs.head:
        return _refs(repository, inputs)
    if name in _EVENTS:
        return _pull(payload, repository)
    if name == "workflow_dispatch":
        raise RequestError("workflow_dispatch: say what to review: input pull-request, or base and head")
    return Nothing(f"nothing to review: the event is {shown(name)}; pull_request and workflow_dispatch are reviewed")


def pull_of(text: str, repository: str | None) -> tuple[str, int]:
    """Repository and number that ``7``, ``#7``, ``OWNER/REPO#7`` or an address name."""
    text = text.strip()
    if (short := _NUMBER.fullmatch(text)) and repository:
        return repository, int(short[1])
    found = _SHORT.fullmatch(text)
    if found is None and text.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        found = _PATH.fullmatch(urlsplit(text).path.rstrip("/"))
    if found is None:
        number = "a number, " if repository else ""
        raise RequestError(f"pull-request: wants {number}OWNER/REPO#N or the pull request's address, not {shown(text)}")
    return found[1], int(found[2])


def _refs(repository: str, inputs: Inputs) -> Refs:
    for field in ("base", "head"):
        value = getattr(inputs, field)
        if not value:
            raise RequestError(f"input {field}: base and head belong together")
        if not _REF.fullmatch(value) or _NO_REF.search(value) or not value.isprintable():
            raise RequestError(f"input {field}: wants a branch, a tag or a commit, not {shown(value)}")
    return Refs(repository=repository, base=str(inputs.base), head=str(inputs.head))


def _pull(payload: Mapping[str, Any], repository: str) -> Decision:
    pull = payload.get("pull_request")
    head = _at(pull, "head", "sha")
    number = _at(pull, "number")
    if not isinstance(pull, Mapping) or not (head is None or (isinstance(head, str) and _SHA.fullmatch(head))):
        raise RequestError("the event names no head commit: GITHUB_EVENT_PATH holds another event than its name says")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise RequestError("the event names no pull request number")
    if _at(pull, "state") == "closed" or payload.get("action") == "closed":
        return Nothing(f"nothing to review: pull request #{number} is closed")
    if head is None:
        return Nothing(f"nothing to review: the event of pull request #{number} names no head commit")
    return Pull(repository=repository, number=number, head=head, limited=_limited(pull))


def _limited(pull: Mapping[str, Any]) -> str | None:
    if pull.get("draft") is True:
        return "a draft"
    login = _at(pull, "user", "login")
    if _at(pull, "user", "type") == "Bot" or (isinstance(login, str) and login.endswith("[bot]")):
        return "written by a bot"
    return None


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
