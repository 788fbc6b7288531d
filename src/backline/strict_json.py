"""JSON as the standard says it, and nothing that Python's reader forgives."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

MOST_DIGITS = 20
DEEPEST = 64
"""Nesting that we take: what is read here is also written again, and both recurse."""


class NotStrict(ValueError):
    """``str(error)`` is short and never quotes the text."""


def loads(text: str) -> Any:
    """The one JSON value in *text*. Refused: duplicate keys, NaN, huge integers, a BOM, anything behind it."""
    if text.startswith("\ufeff"):
        raise NotStrict("starts with a byte order mark")
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer)
    except NotStrict:
        raise
    except RecursionError:
        raise NotStrict("nested too deeply") from None
    except ValueError as error:
        raise NotStrict(f"not JSON: {getattr(error, 'msg', 'bad number')}") from None
    if _deeper(value):
        raise NotStrict("nested too deeply")
    return value


def _deeper(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    got = dict(pairs)
    if len(got) != len(pairs):
        raise NotStrict("a key occurs twice in one object")
    return got


def _constant(word: str) -> NoReturn:
    raise NotStrict(f"{word} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise NotStrict("a number has too many digits")
    return int(digits)
