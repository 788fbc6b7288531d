"""The four tools of a reviewer: definitions, the strict reading of their input, the limits of a conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from backline.finding import Side
from backline.reviewer import lookup
from backline.reviewer.lookup import Files, NoAnswer
from backline.reviewer.model import Block, Clock
from backline.visible import mask, show_line

MOST_CALLS_AT_ONCE = 16
MOST_CALLS = 48
MOST_CHARS = 160_000
"""Of all results of one conversation: about 40,000 tokens."""
MOST_UNKNOWN = 3

_SIDES = {"head": Side.RIGHT, "base": Side.LEFT}
_SIDE = {"type": "string", "enum": list(_SIDES), "description": "head (default): after the change; base: before it"}
_PATH = {"type": "string", "description": "relative to the root of the repository, as listed"}


def _tool(name: str, description: str, required: tuple[str, ...], **properties: Mapping[str, Any]) -> Block:
    schema = {
        "type": "object",
        "properties": {**properties, "side": _SIDE},
        "required": list(required),
        "additionalProperties": False,
    }
    return {"name": name, "description": description, "input_schema": schema}


DEFINITIONS: Mapping[str, Block] = {
    "Read": _tool(
        "Read", f"Lines of one file, as NUMBER|TEXT; at most {lookup.MOST_LINES} at a time.", ("path",), path=_PATH,
        offset={"type": "integer", "description": "first line, from 1"},
        limit={"type": "integer", "description": "how many lines"},
    ),
    "Grep": _tool(
        "Grep", f"Lines that match an RE2 pattern, as PATH:NUMBER|TEXT; at most {lookup.MOST_HITS}.", ("pattern",),
        pattern={"type": "string"}, path={"type": "string", "description": "only in this file or folder"},
        glob={"type": "string", "description": "only files whose path matches, such as **/*.py"},
        ignore_case={"type": "boolean"},
    ),
    "Glob": _tool("Glob", "Paths that match a pattern with *, ** and ?.", ("pattern",), pattern={"type": "string"}),
    "LS": _tool("LS", "What one folder holds. The root is an empty path.", ("path",), path=_PATH),
}  # fmt: skip


_INVALID = re.compile("[\0\ud800-\udfff]")


class Result(NamedTuple):
    text: str
    is_error: bool = False


class Toolbox:
    """One conversation's tools with what they have used up. Not shared between threads; ``files`` is."""

    def __init__(self, files: Files, granted: tuple[str, ...], clock: Clock) -> None:
        self.definitions = [DEFINITIONS[name] for name in DEFINITIONS if name in granted]
        self._files, self._granted, self._clock = files, granted, clock
        self._calls = self._chars = self._unknown = 0

    @property
    def calls(self) -> int:
        return self._calls

    @property
    def spent(self) -> bool:
        return not self.definitions or self._calls >= MOST_CALLS or self._chars >= MOST_CHARS

    @property
    def misused(self) -> bool:
        """It keeps asking for tools that it was not given."""
        return self._unknown >= MOST_UNKNOWN

    def run(self, name: object, value: object, order: int) -> Result:
        """The *order*-th call (from 0) of one reply. No exception and nothing of this machine gets out."""
        self._calls += 1
        if name not in self._granted or name not in RUN:
            self._unknown += 1
            return Result("no such tool", True)
        if order >= MOST_CALLS_AT_ONCE:
            return Result(f"not run: more than {MOST_CALLS_AT_ONCE} calls at once", True)
        if self._chars >= MOST_CHARS or self._calls > MOST_CALLS:
            return Result("not run: the limit on looking things up is reached; answer now", True)
        result = self._answer(str(name), value)
        self._chars += len(result.text)
        return result

    def _answer(self, name: str, value: object) -> Result:
        try:
            given = _Input(name, value)
            found = RUN[name](self._files, given, self._clock)
            return Result(f"{_heading(name, given)}\n{found}")
        except NoAnswer as error:
            return Result(str(error), True)
        except Exception:
            return Result("the tool failed", True)


class _Input:
    """A tool's input, each value taken by its type; anything unexpected is a NoAnswer."""

    def __init__(self, name: str, value: object) -> None:
        known = DEFINITIONS[name]["input_schema"]["properties"]
        if not isinstance(value, dict):
            raise NoAnswer("the input is not an object")
        if any(key not in known for key in value):
            raise NoAnswer(f"unknown key; {name} takes {', '.join(known)}")
        if missing := [key for key in DEFINITIONS[name]["input_schema"]["required"] if key not in value]:
            raise NoAnswer(f"{missing[0]} is missing")
        self._value = value

    def text(self, key: str, most: int = 4096) -> str:
        value = self._value.get(key, "")
        if not isinstance(value, str) or len(value) > most or _INVALID.search(value):
            raise NoAnswer(f"{key}: not valid text")
        return value

    def path(self) -> str:
        """Names are looked up, never resolved: ``..``, ``~`` or a drive letter is a name that no tree has."""
        return self.text("path").removeprefix("./").removesuffix("/") if self._value.get("path") != "." else ""

    def number(self, key: str, default: int) -> int:
        value = self._value.get(key, default)
        if type(value) is not int or not 1 <= value <= 10**9:
            raise NoAnswer(f"{key}: not a whole number from 1")
        return value

    def flag(self, key: str) -> bool:
        value = self._value.get(key, False)
        if not isinstance(value, bool):
            raise NoAnswer(f"{key}: not true or false")
        return value

    def side(self) -> Side:
        value = self._value.get("side", "head")
        if not isinstance(value, str) or value not in _SIDES:
            raise NoAnswer("side: head or base")
        return _SIDES[value]


def _heading(name: str, given: _Input) -> str:
    """What was asked, of which side: results of one turn are told apart by it."""
    asked = [given.text(key) for key in ("pattern", "path", "glob")]
    words = " ".join([name, *(word for word in asked if word)])
    return f"=== {lookup.cut(show_line(mask(words)))} ({lookup.WORDS[given.side()]})"


def _read(files: Files, given: _Input, clock: Clock) -> str:
    path, offset, limit = given.path(), given.number("offset", 1), given.number("limit", lookup.MOST_LINES)
    return lookup.read_file(files, path, given.side(), offset, limit)


def _grep(files: Files, given: _Input, clock: Clock) -> str:
    pattern = given.text("pattern", 10**7)
    return lookup.grep(files, pattern, given.side(), given.path(), given.text("glob"), given.flag("ignore_case"), clock)


def _glob(files: Files, given: _Input, clock: Clock) -> str:
    return lookup.glob_names(files, given.text("pattern"), given.side())


def _ls(files: Files, given: _Input, clock: Clock) -> str:
    return lookup.list_folder(files, given.path(), given.side())


RUN: Mapping[str, Callable[[Files, _Input, Clock], str]] = {"Read": _read, "Grep": _grep, "Glob": _glob, "LS": _ls}
