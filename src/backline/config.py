"""The configuration file: strict, small YAML → a plain mapping. It comes from the base commit, never from the head."""

from __future__ import annotations

import datetime
from typing import Any

from backline import strict_yaml
from backline.errors import RequestError
from backline.options import OPTIONS, Number, OneOf, Option, flag
from backline.settings import Ignore, nearest

MAX_BYTES = 64_000
KEYS = (*(o.key for o in OPTIONS if o.key), "ignore", "prices")
IGNORE_KEYS = ("rule", "path", "fingerprint", "reason", "until")
PRICE_KEYS = ("input", "output", "cache-write", "cache-read")


def read(data: bytes, where: str) -> dict[str, Any]:
    """The checked mapping in *data*. RequestError names *where*, the key and what it wants; nothing is guessed."""
    if len(data) > MAX_BYTES:
        raise RequestError(f"{where}: {len(data)} bytes; a configuration has at most {MAX_BYTES}")
    found = _load(data, where)
    for key in found:
        if key not in KEYS:
            raise RequestError(f"{where}: unknown key {str(key)[:60]!r}{nearest(str(key), KEYS)}")
    if "ignore" in found:
        found["ignore"] = _ignores(found["ignore"], where)
    if "prices" in found:
        found["prices"] = _prices(found["prices"], where)
    return found


def _load(data: bytes, where: str) -> dict[str, Any]:
    try:
        value = strict_yaml.load(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise RequestError(f"{where}: not valid YAML: not UTF-8") from None
    except ValueError as error:
        raise RequestError(f"{where}: {error}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RequestError(f"{where}: wants `key: value` lines")
    return value


def _ignores(rows: Any, where: str) -> tuple[Ignore, ...]:
    if not isinstance(rows, list):
        raise RequestError(f"{where}: ignore wants a list of {{rule|path|fingerprint, reason}}")
    return tuple(_ignore(row, f"{where}: ignore row {n}") for n, row in enumerate(rows, 1))


def _ignore(row: Any, where: str) -> Ignore:
    if not isinstance(row, dict) or not row.get("reason"):
        raise RequestError(f"{where}: wants a reason")
    for key in row:
        if key not in IGNORE_KEYS:
            raise RequestError(f"{where}: unknown key {str(key)[:60]!r}{nearest(str(key), IGNORE_KEYS)}")
    if sum(key in row for key in ("rule", "path", "fingerprint")) != 1:
        raise RequestError(f"{where}: wants exactly one of rule, path, fingerprint")
    values = {key: str(value) for key, value in row.items()}
    try:
        datetime.date.fromisoformat(values.get("until", "2000-01-01"))
    except ValueError:
        raise RequestError(f"{where}: until wants a date such as 2026-12-31") from None
    return Ignore(**values)


def _prices(table: Any, where: str) -> dict[str, dict[str, float]]:
    """model id → US dollars per million tokens."""
    if not isinstance(table, dict):
        raise RequestError(f"{where}: prices wants model: {{{', '.join(PRICE_KEYS)}}}")
    for model, row in table.items():
        if not isinstance(row, dict) or set(row) != set(PRICE_KEYS) or not all(map(_is_price, row.values())):
            raise RequestError(f"{where}: prices of {str(model)[:60]!r}: wants numbers for {', '.join(PRICE_KEYS)}")
    return {str(model): {key: float(value) for key, value in row.items()} for model, row in table.items()}


def _is_price(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10_000


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the configuration, for editors; `backline schema config` prints it."""
    text: dict[str, Any] = {"type": "string"}
    ignore = dict.fromkeys(IGNORE_KEYS, text) | {"until": {"type": "string", "format": "date"}}
    price = {key: {"type": "number", "minimum": 0, "exclusiveMaximum": 10_000} for key in PRICE_KEYS}
    properties = {option.key: _value(option) | {"description": option.help} for option in OPTIONS if option.key}
    properties["ignore"] = {"type": "array", "items": _object(ignore, ["reason"])}
    properties["prices"] = {"type": "object", "additionalProperties": _object(price, list(price))}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Backline configuration"} | _object(
        properties, []
    )


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _value(option: Option) -> dict[str, Any]:
    match option.parse:
        case OneOf(words):
            return {"enum": list(words)}
        case Number(low, high, whole):
            return {"type": "integer" if whole else "number", "minimum": low, "maximum": high}
    if option.parse is flag:
        return {"type": "boolean"}
    return {"type": "array", "items": {"type": "string"}} if option.many else {"type": "string"}
