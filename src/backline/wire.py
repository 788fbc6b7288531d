"""Frozen records as JSON and back, strictly, and the JSON Schema of both: all three from the records' own type hints.

A leaf. Knows ``str int float bool``, enums, ``X | None``, ``tuple[X, ...]``, dataclasses of these, and
``Annotated[str, ("a", "b")]`` for a closed list of words.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from backline import strict_json
from backline.errors import RequestError
from backline.visible import escaped_byte

_FROM_ONE = frozenset({"line", "start_line", "pull_request"})
"""Whole numbers that count from 1; all others from 0."""


def printable(text: str) -> str:
    """*text* without surrogates: an undecodable byte is shown ``\\xNN``, so that any encoder can take the rest."""
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return "".join(_spelled(char) if "\ud800" <= char <= "\udfff" else char for char in text)


def _spelled(surrogate: str) -> str:
    return escaped_byte(surrogate) or f"\\u{ord(surrogate):04x}"


def plain(value: Any) -> Any:
    """*value* in JSON's own types, keys in the order of the record's fields."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        left_out = {name for name in _optional(type(value)) if not getattr(value, name)}
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.name not in left_out}
    return value


def parse(text: str, where: str, limit: int) -> Any:
    """JSON of at most *limit* characters; no duplicate key, no NaN, no lone surrogate. RequestError names *where*."""
    if len(text) > limit:
        raise RequestError(f"{where}: larger than {limit // 1_000_000} MB")
    try:
        data = strict_json.loads(text)
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise RequestError(f"{where}: not JSON: a lone surrogate") from None
    except strict_json.NotStrict as error:
        raise RequestError(f"{where}: not JSON: {str(error).removeprefix('not JSON: ')}") from None
    return data


@cache
def hints(kind: type) -> dict[str, Any]:
    """Field name → type of a record, in order."""
    known = get_type_hints(kind, include_extras=True)
    return {field.name: known[field.name] for field in fields(kind)}


def read(kind: Any, value: Any, where: str) -> Any:
    """*value* as *kind*. RequestError names the place and what was expected there."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        inner = next(arg for arg in args if arg is not NoneType)
        return None if value is None else read(inner, value, where)
    if origin is Annotated:
        return _word(value, args[1], where)
    if origin is tuple:
        items = _of(list, value, "a list", where)
        return tuple(read(args[0], item, f"{where}[{index}]") for index, item in enumerate(items))
    if is_dataclass(kind):
        return _record(kind, value, where)
    if issubclass(kind, Enum):
        return kind(_word(value, tuple(member.value for member in kind), where))
    return _scalar(kind, value, where)


def _record(kind: Any, value: Any, where: str) -> Any:
    known = hints(kind)
    _of(dict, value, "an object", where)
    _same_keys(value, known, _optional(kind), where)
    given = {name: hint for name, hint in known.items() if name in value}
    return kind(**{name: read(hint, value[name], f"{where}.{name}") for name, hint in given.items()})


def _optional(kind: Any) -> frozenset[str]:
    """Keys that need not be there: a record names them in ``OPTIONAL``, and gives them a default."""
    return frozenset(getattr(kind, "OPTIONAL", ()))


def _same_keys(value: Mapping[str, Any], known: Mapping[str, Any], optional: Set[str], where: str) -> None:
    missing = known.keys() - value.keys() - optional
    for word, names in (("unknown", value.keys() - known.keys()), ("missing", missing)):
        if names:
            raise RequestError(f"{where}: {word} key {_shown(min(names))}")


def _scalar(kind: type, value: Any, where: str) -> Any:
    if kind is float:
        number = _of((int, float), value, "a number", where)
        if not math.isfinite(number) or number < 0:
            raise RequestError(f"{where}: must be a number from 0, not {_shown(value)}")
        return float(number)
    if kind is int:
        least = 1 if where.rpartition(".")[2] in _FROM_ONE else 0
        if _of(int, value, "a whole number", where) < least:
            raise RequestError(f"{where}: must be a whole number from {least}, not {_shown(value)}")
        return value
    return _of(kind, value, {str: "a text", bool: "true or false"}[kind], where)


def _of(kind: Any, value: Any, words: str, where: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise RequestError(f"{where}: must be {words}, not {_shown(value)}")
    return value


def _word(value: Any, words: tuple[str, ...], where: str) -> str:
    if not isinstance(value, str) or value not in words:
        raise RequestError(f"{where}: must be one of {', '.join(words)}, not {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return ascii(value)[:60]


def schema(kind: Any, name: str = "") -> dict[str, Any]:
    """JSON Schema 2020-12 of *kind*; what :func:`read` takes and no more."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        inner = next(arg for arg in args if arg is not NoneType)
        return {"anyOf": [schema(inner, name), {"type": "null"}]}
    if origin is Annotated:
        return {"enum": list(args[1])}
    if origin is tuple:
        return {"type": "array", "items": schema(args[0])}
    if is_dataclass(kind):
        known = hints(kind)  # type: ignore[arg-type]  # a class, not an instance
        properties = {key: schema(hint, key) for key, hint in known.items()}
        required = [key for key in known if key not in _optional(kind)]
        return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
    if issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    words = {str: "string", bool: "boolean", int: "integer", float: "number"}
    least = {"minimum": 1 if name in _FROM_ONE else 0} if kind in (int, float) else {}
    return {"type": words[kind], **least}
