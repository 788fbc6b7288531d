"""The model's service through the SDK: one request in, one reply or failure out. The only module that imports it.

We send through the SDK's client (authentication, proxies, certificates) and read the answer's bytes ourselves, whatever
its status: a cap on their number, one time limit for the whole exchange (`exchange.py`), and strict JSON. Retries are
`sending.py`'s: the SDK would obey a Retry-After of an hour.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from backline.reviewer.access import SERVICE, checked_key, checked_url, drop_environment
from backline.reviewer.exchange import follow, within
from backline.reviewer.model import Block, Body, Failed, Reply, Usage
from backline.strict_json import NotStrict, loads

if TYPE_CHECKING:
    import anthropic
    import httpx2

MOST_BYTES = 8_000_000
"""Of an answer, unpacked. An error with more is judged by its status alone."""
_QUIET = ("anthropic", "httpx2", "httpcore2")


def warm() -> tuple[str, ...]:
    """Starts importing the SDK (1.3 s) in the background. Removes ANTHROPIC_* first: read the key before.

    Returns the names that were removed, the key's among them.
    """
    names = drop_environment(os.environ)
    threading.Thread(target=_import, name="import-sdk", daemon=True).start()
    return names


def connect(key: str, base_url: str | None = None) -> Claude:
    """The model behind *base_url*. RequestError when the key or the URL has the wrong shape; sends nothing."""
    key, url = checked_key(key), checked_url(base_url or SERVICE)
    drop_environment(os.environ)
    return Claude(_import().Anthropic(api_key=key, base_url=url, max_retries=0, http_client=_client()))


def _client() -> httpx2.Client:
    """One connection for each exchange: a handshake is little beside an answer, and `exchange.py` knows whose it is."""
    import anthropic
    import httpx2

    return anthropic.DefaultHttpxClient(
        follow_redirects=False,
        limits=httpx2.Limits(max_keepalive_connections=0),
        event_hooks={"request": [follow], "response": [_refuse]},
    )


def _import() -> Any:
    """The SDK with its loggers off: at DEBUG they write whole prompts."""
    import anthropic

    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
    return anthropic


class Claude:
    def __init__(self, client: anthropic.Anthropic) -> None:
        self._client = client

    def __repr__(self) -> str:
        return "Claude(…)"

    def close(self) -> None:
        """Ends the connections that are kept open."""
        self._client.close()

    def ask(self, body: Body, timeout: float) -> Reply | Failed:
        started = time.monotonic()
        try:
            data = within(timeout, lambda: self._bytes(body, timeout))
        except Exception as error:
            return _failure(error)
        return _reply(data, time.monotonic() - started)

    def _bytes(self, body: Body, timeout: float) -> bytes:
        import httpx2

        limits = httpx2.Timeout(timeout, connect=min(10.0, timeout))
        with self._client.messages.with_streaming_response.create(**body, timeout=limits) as response:
            return _whole(response.iter_bytes())


def _whole(chunks: Iterable[bytes]) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            raise _TooLong
    return bytes(data)


def _refuse(response: httpx2.Response) -> None:
    """A hook before the SDK looks at the status: it would read an error's body without a limit."""
    if response.is_success:
        return
    try:
        data = _whole(response.iter_bytes())
    except _TooLong:
        data = b""
    raise _Refused(response.status_code, response.headers.get("retry-after", ""), data)


class _Refused(Exception):
    """An answer with another status than success."""

    def __init__(self, status: int, retry_after: str, data: bytes) -> None:
        super().__init__(status)
        self.status, self.retry_after, self.data = status, retry_after, data


class _TooLong(Exception):
    """More bytes than any answer has."""


def _reply(data: bytes, seconds: float) -> Reply | Failed:
    try:
        message = loads(data.decode("utf-8"))
        content, usage = message["content"], message["usage"]
        if not isinstance(content, list) or not all(map(_is_block, content)):
            raise NotStrict("content is not a list of blocks")
        return Reply(content=tuple(content), stop_reason=str(message["stop_reason"]), usage=_usage(usage, seconds))
    except (NotStrict, UnicodeDecodeError, KeyError, TypeError) as error:
        what = str(error) if isinstance(error, NotStrict) else "not a message of the API"
        return Failed(reason="malformed", detail=f"answer of the service: {what}", retry=True, billed=True)


def _is_block(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _usage(usage: Block, seconds: float) -> Usage:
    def count(name: str) -> int:
        value = usage.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0

    return Usage(
        input_tokens=count("input_tokens"), cache_read_tokens=count("cache_read_input_tokens"),
        cache_write_tokens=count("cache_creation_input_tokens"), output_tokens=count("output_tokens"), seconds=seconds,
    )  # fmt: skip


# Status → (reason, worth another try). Others: 4xx not accepted, 5xx service error.
_STATUS = {
    408: ("timeout", True), 409: ("service error", True), 413: ("too large", False), 429: ("rate limited", True),
    504: ("timeout", True), 529: ("overloaded", True),
}  # fmt: skip


def _failure(error: Exception) -> Failed:
    """Every class of exception that was seen to leave the SDK, as a value without the exception's own words."""
    import anthropic
    import httpx2

    match error:
        case anthropic.APIConnectionError(__cause__=_Refused() as refused):
            return _status(refused)
        case TimeoutError() | anthropic.APITimeoutError() | httpx2.TimeoutException():
            return Failed(reason="timeout", detail="no whole answer in time", retry=True, billed=True)
        case anthropic.APIConnectionError(__cause__=httpx2.ConnectError() | httpx2.ProxyError()):
            return Failed(reason="connection", detail="the service could not be reached", retry=True)
        case anthropic.APIConnectionError() | httpx2.HTTPError():
            return Failed(reason="connection", detail="the connection failed or was cut", retry=True, billed=True)
        case _TooLong():
            return Failed(reason="malformed", detail=f"answer larger than {MOST_BYTES} bytes", billed=True)
        case _:
            return Failed(reason="malformed", detail=f"request or answer: {type(error).__name__}", billed=True)


def _status(refused: _Refused) -> Failed:
    status, kind = refused.status, _kind(refused.data)
    if kind == "overloaded_error":
        return Failed(reason="overloaded", detail=f"HTTP {status}", retry=True)
    reason, retry = _STATUS.get(status, ("service error", True) if status >= 500 else ("not accepted", False))
    if status == 400 and b"too long" in refused.data[:2000]:
        reason = "too large"
    return Failed(
        reason=reason,
        detail=f"HTTP {status} {kind}".strip(),
        retry=retry,
        retry_after=_seconds(refused.retry_after),
        request_error=_wrong(status),
    )


def _wrong(status: int) -> str:
    if status in (401, 403):
        return f"ANTHROPIC_API_KEY: the service does not accept it (HTTP {status}); check the key and its workspace"
    if status == 402:
        return "ANTHROPIC_API_KEY: the account cannot pay (HTTP 402); check its billing"
    if status == 404:
        return "model: the service does not know this model (HTTP 404); check --model and the agent file's model"
    if 300 <= status < 400:
        return f"base-url: the service redirects (HTTP {status}), which is not followed; give the final URL"
    return ""


def _kind(data: bytes) -> str:
    """The error's type when it is one of the API's words; a proxy's page has none."""
    try:
        body = loads(data.decode("utf-8"))
    except (NotStrict, UnicodeDecodeError):
        return ""
    inner = body.get("error") if isinstance(body, dict) else None
    kind = inner.get("type") if isinstance(inner, dict) else None
    return kind if isinstance(kind, str) and kind.replace("_", "").isalpha() and len(kind) < 40 else ""


def _seconds(value: str) -> float | None:
    """Retry-After in seconds; a date or nonsense counts as absent (we have our own back-off)."""
    number = value.isascii() and value.replace(".", "", 1).isdigit() and len(value) < 12
    return float(value) if number else None
