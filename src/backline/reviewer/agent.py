"""Agent definitions in the format of Claude Code: front matter between ``---`` lines, then the instructions.

The front matter is read line by line for the keys we know, not as YAML: descriptions in the wild hold ``: ``, quotes
and ``<example>`` blocks in plain text, which no YAML reader takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backline.errors import RequestError
from backline.resources import folder
from backline.reviewer.tools import DEFINITIONS

MOST_BYTES = 64_000
ALIASES = {"sonnet": "claude-sonnet-5-5", "opus": "claude-opus-5-5", "haiku": "claude-haiku-5-5"}
_SAME = {"NotebookRead": "Read"}
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,60}):(?:[ \t]+|$)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:@_-]{0,99}")
_TOOL = re.compile(r"[A-Za-z_][A-Za-z0-9_*:.-]{0,99}(?:\([^()]{0,200}\))?")
_COMMA = re.compile(r",(?![^()]*\))")
"""Between names, not inside ``Task(worker, researcher)``."""
_COMMENT = re.compile(r"(?:^|[ \t])#.*", re.M)
_AFTER_QUOTES = re.compile(r"""(?<=["'])[ \t]+#[^\n]*\Z""")
_NULL = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    name: str
    description: str
    instructions: str
    tools: tuple[str, ...] = tuple(DEFINITIONS)
    """Granted: of Read, Grep, Glob, LS those that the file asks for; all when it has no ``tools``."""
    withheld: tuple[str, ...] = ()
    """Asked for and not granted, or taken away by ``disallowedTools``."""
    model: str | None = None
    """An id; None takes the run's model."""


def own() -> Agent:
    """The agent that Backline brings along."""
    path = folder("prompts") / "agents" / "backend-developer.md"
    return parse(path.read_bytes(), path.name)


def parse(data: bytes, where: str) -> Agent:
    """The agent in a file's bytes. RequestError is one line that names *where* and what is wrong."""
    try:
        return _agent(_text(data))
    except ValueError as error:
        raise RequestError(f"agent {where}: {error}") from None


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text") from None
    if "\0" in text:
        raise ValueError("holds a NUL byte")
    return text


def _agent(text: str) -> Agent:
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise ValueError("does not begin with front matter (a line ---, then name: and description:, then ---)")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise ValueError("the front matter has no closing line ---")
    values = _front_matter(lines[1:end])
    instructions = "\n".join(lines[end + 1 :]).strip()
    if not instructions:
        raise ValueError("has no instructions below the front matter")
    granted, withheld = _tools(values)
    return Agent(
        name=_name(values), description=_required(values, "description"), instructions=instructions,
        tools=granted, withheld=withheld, model=_model(values),
    )  # fmt: skip


def _front_matter(lines: list[str]) -> Mapping[str, str]:
    """Key → its value with the lines below it; a description goes on until a key that we know, outside examples."""
    values: dict[str, list[str]] = {}
    current: list[str] | None = None
    for number, line in enumerate(lines):
        inside = values.get("description") is current and _in_example(current or [], lines[number:])
        key = None if inside else _KEY.match(line)
        if key and (key[1] in _KNOWN or current is None or values.get("description") is not current):
            if key[1] in values:
                raise ValueError(f"{key[1]} occurs twice in the front matter")
            current = values[key[1]] = [line[key.end() :]]
        elif current is not None:
            current.append(line)
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError("the front matter begins with a line that is no key")
    return {key: _value(rest) for key, rest in values.items()}


_KNOWN = {
    "name", "description", "tools", "disallowedTools", "model", "color", "permissionMode", "maxTurns", "mcpServers",
    "skills", "hooks", "memory",
}  # fmt: skip


def _in_example(before: list[str], rest: list[str]) -> bool:
    """What a person says in an example may look like a key. One that is never closed holds nothing."""
    text = "\n".join(before)
    return text.count("<example>") > text.count("</example>") and any("</example>" in line for line in rest)


def _value(lines: list[str]) -> str:
    first = lines[0].strip()
    if first in ("|", ">", "|-", ">-", "|+", ">+"):
        first = ""
    text = "\n".join([first, *(line.strip() for line in lines[1:])]).strip()
    if text[:1] in ("'", '"'):
        text = _AFTER_QUOTES.sub("", text)
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace("\\n", "\n").replace('\\"', '"')
    return text


def _required(values: Mapping[str, str], key: str) -> str:
    if not values.get(key):
        raise ValueError(f"has no {key}")
    return values[key]


def _name(values: Mapping[str, str]) -> str:
    name = _COMMENT.sub("", _required(values, "name")).strip()
    if not _NAME.fullmatch(name):
        raise ValueError("name: wants letters, digits, dots, hyphens and underscores, at most 80")
    return name


def _model(values: Mapping[str, str]) -> str | None:
    word = _COMMENT.sub("", values.get("model", "")).strip()
    if word in (*_NULL, "inherit"):
        return None
    if not _MODEL.fullmatch(word):
        raise ValueError("model: wants sonnet, opus, haiku, inherit or a model id")
    return ALIASES.get(word, word)


def _tools(values: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(granted, withheld): of ``tools``, or of all of ours without it, what ``disallowedTools`` leaves.

    A tool that is denied for some arguments alone is denied: we have no other way to keep to it.
    """
    asked = _tool_names(values.get("tools"), "tools", list(DEFINITIONS))
    denied = {word.partition("(")[0] for word in _tool_names(values.get("disallowedTools"), "disallowedTools", [])}
    wanted = {_SAME.get(word, word) for word in asked}
    granted = tuple(name for name in DEFINITIONS if name in wanted - denied)
    others = [word for word in asked if _SAME.get(word, word) not in DEFINITIONS]
    return granted, (*others, *(name for name in DEFINITIONS if name in wanted & denied))


def _tool_names(value: str | None, key: str, absent: list[str]) -> list[str]:
    """Of a comma string, a flow list or a block list; *absent* stands for no value, ``*`` for all of ours."""
    text = _COMMENT.sub("", value or "").strip()
    if text in (*_NULL, "*"):
        return list(DEFINITIONS) if text == "*" else absent
    words = [word.strip().strip("\"'").strip() for word in _list_items(text)]
    names = list(dict.fromkeys(word for word in words if word))
    if bad := [word for word in names if not _TOOL.fullmatch(word)]:
        raise ValueError(f"{key}: {len(bad)} of its names are no tool names; write Read, Grep, Glob, LS")
    return names


def _list_items(text: str) -> list[str]:
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    lines = [line.strip().removeprefix("- ") for line in text.split("\n")]
    return [item for line in lines if line != "-" for item in _COMMA.split(line)]
