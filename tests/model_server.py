"""A stand-in for the Messages API on a real socket: scripted answers, faults, recorded bodies, a prompt cache.

It refuses with 400 what the documented service refuses, so a body that passes here has the shape that is wanted there.
Nothing sleeps: latency is added to an injected clock.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from backline.finding import Side

KEY = "sk-test-0123456789abcdefghijklmnopqrstuvwxyz"
NOTHING = '{"findings": []}'
NO_FORCED_TOOLS = ("opus-5-5", "sonnet-5-5", "haiku-5-5", "fable-5-1")
NUMERIC = {
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "maxItems",
}


class FakeClock:
    """Time that moves only when somebody sleeps or the server says that it worked."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now, self.slept = now, []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds

    def forward(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds


class Fault:
    """Instead of an answer: an HTTP status with headers and a body, or a cut connection."""

    def __init__(self, status: int = 0, kind: str = "api_error", headers: dict[str, str] | None = None,
                 body: bytes | None = None, cut: bool = False) -> None:  # fmt: skip
        self.status, self.headers, self.cut = status, headers or {}, cut
        error = {"type": "error", "error": {"type": kind, "message": f"{kind} by request"}}
        self.body = json.dumps(error).encode() if body is None else body


Answer = Any
"""A text; a list of content blocks; a dict with any fields of a message; or a Fault."""


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def use(name: str, value: Any, id_: str = "toolu_1") -> dict[str, Any]:
    return {"type": "tool_use", "id": id_, "name": name, "input": value}


def stopped(reason: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    return {"content": list(blocks), "stop_reason": reason}


class ModelServer:
    """``answer(body, n)`` decides each answer (n from 1); ``bodies`` and ``headers`` hold what came in."""

    def __init__(self, answer: Callable[[dict[str, Any], int], Answer], *, clock: FakeClock | None = None,
                 latency: float = 0.0) -> None:  # fmt: skip
        self.answer, self.clock, self.latency = answer, clock, latency
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.objections: list[str] = []
        self.usages: list[dict[str, int]] = []
        self.peak = self._inside = 0
        self._cache: set[str] = set()
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                self.close_connection = True
                with suppress(BrokenPipeError, ConnectionResetError):
                    server._serve(self, raw)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.socket.settimeout(1)  # A client that is gone before it is accepted would stop the server for ever.
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def calls(self) -> int:
        return len(self.headers)

    def _serve(self, handler: BaseHTTPRequestHandler, raw: bytes) -> None:
        with self._lock:
            self.headers.append({k.lower(): v for k, v in handler.headers.items()})
            n = len(self.headers)
            self._inside += 1
            self.peak = max(self.peak, self._inside)
        try:
            status, headers, body = self._reply(handler, raw, n)
        finally:
            with self._lock:
                self._inside -= 1
        if status == 0:  # the connection ends in the middle
            handler.send_response(200)
            handler.send_header("content-length", str(len(body) + 100))
            handler.end_headers()
            handler.wfile.write(body)
            return
        handler.send_response(status)
        for name, value in {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
            **headers,
        }.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _reply(self, handler: BaseHTTPRequestHandler, raw: bytes, n: int) -> tuple[int, dict[str, str], bytes]:
        if not handler.headers.get("authorization") and not handler.headers.get("x-api-key"):
            return _error(401, "authentication_error", "no key")
        try:
            body = json.loads(raw)
        except ValueError:
            return _error(400, "invalid_request_error", "not JSON")
        with self._lock:
            self.bodies.append(body)
        if wrong := objection(body):
            self.objections.append(wrong)
            return _error(400, "invalid_request_error", wrong)
        answer = self.answer(body, n)
        if isinstance(answer, Fault):
            return (0 if answer.cut else answer.status), answer.headers, answer.body
        message = _message(answer, body, n)
        message["usage"] = self._used(body, message) | message.get("usage", {})
        with self._lock:
            self.usages.append(message["usage"])
        if self.clock:
            self.clock.forward(self.latency)
        return 200, {"request-id": f"req_{n}"}, json.dumps(message).encode("utf-8", "surrogatepass")

    def _used(self, body: dict[str, Any], message: dict[str, Any]) -> dict[str, int]:
        """As the service counts: a mark reads the longest prefix that was written before, and writes its own."""
        bounds, marks = prefixes(body)
        total = bounds[-1][1]
        with self._lock:
            near = {i for m in marks for i in range(max(0, m - 20), m + 1)}
            hit = max((bounds[i][1] for i in near if bounds[i][0] in self._cache), default=0)
            self._cache |= {bounds[m][0] for m in marks}
        written = max((bounds[m][1] for m in marks), default=0)
        return {
            "input_tokens": total - max(written, hit), "cache_read_input_tokens": hit,
            "cache_creation_input_tokens": max(0, written - hit), "output_tokens": tokens(message["content"]),
        }  # fmt: skip


def _error(status: int, kind: str, why: str) -> tuple[int, dict[str, str], bytes]:
    return status, {}, json.dumps({"type": "error", "error": {"type": kind, "message": why}}).encode()


def _message(answer: Answer, body: dict[str, Any], n: int) -> dict[str, Any]:
    if isinstance(answer, str):
        answer = [text(answer)]
    message = dict(answer) if isinstance(answer, dict) else {"content": answer}
    message.setdefault("content", [])
    uses = any(isinstance(b, dict) and b.get("type") == "tool_use" for b in message["content"])
    message.setdefault("stop_reason", "tool_use" if uses else "end_turn")
    return {
        "id": f"msg_{n}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "stop_sequence": None,
    } | message


def tokens(value: Any) -> int:
    value = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return max(1, len(value.encode("utf-8", "surrogatepass")) // 4)


def prefixes(body: dict[str, Any]) -> tuple[list[tuple[str, int]], list[int]]:
    """(digest, tokens) of the prefix at every block boundary, and the indices of the marked ones."""
    digest, total, bounds, marks = hashlib.sha256(body["model"].encode()), 0, [], []
    blocks = [("", b) for b in [*body.get("tools", []), *body.get("system", [])]]
    blocks += [(m["role"], b) for m in body["messages"] for b in m["content"]]
    for role, block in blocks:
        plain = {k: v for k, v in block.items() if k != "cache_control"}
        digest.update(role.encode() + json.dumps(plain, sort_keys=True).encode())
        total += tokens(plain)
        bounds.append((digest.copy().hexdigest(), total))
        if "cache_control" in block:
            marks.append(len(bounds) - 1)
    return bounds, marks


def objection(body: dict[str, Any]) -> str | None:
    """What the documented service answers with 400."""
    for key in ("model", "max_tokens", "messages"):
        if not body.get(key):
            return f"{key}: required"
    if known := {"temperature", "top_p", "top_k", "thread", "stream"} & body.keys():
        return f"{known}: not for this API version, or not ours to send"
    if (body.get("tool_choice") or {}).get("type") in ("any", "tool") and any(
        m in body["model"] for m in NO_FORCED_TOOLS
    ):
        return "tool_choice: forced tool use is not supported by this model"
    if body.get("tool_choice") and not body.get("tools"):
        return "tool_choice: only with tools"
    if json.dumps(body).count('"cache_control"') > 4:
        return "cache_control: more than 4 marks"
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    return (schema_fault(schema) if schema else None) or _messages_fault(body["messages"])


def schema_fault(schema: Any) -> str | None:
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return "schema: objects need additionalProperties false"
    if NUMERIC & schema.keys():
        return "schema: bounds are not supported"
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", []), schema.get("items")]
    return next((fault for sub in inner if (fault := schema_fault(sub))), None)


def _messages_fault(messages: list[dict[str, Any]]) -> str | None:
    pending: list[str] = []
    for i, message in enumerate(messages):
        blocks = message["content"]
        if not blocks:
            return f"messages.{i}: empty"
        if any(b["type"] == "text" and not b["text"].strip() for b in blocks):
            return f"messages.{i}: empty text"
        results = [b["tool_use_id"] for b in blocks if b["type"] == "tool_result"]
        if sorted(results) != sorted(pending):
            return f"messages.{i}: results {results} for uses {pending}"
        pending = [b["id"] for b in blocks if b["type"] == "tool_use"]
        if len(set(pending)) != len(pending):
            return f"messages.{i}: a tool_use id occurs twice"
        if (message["role"] == "assistant") != bool(i % 2):
            return f"messages.{i}: roles do not alternate"
    return "messages: the last one is not the user's" if pending else None


@contextmanager
def serving(answer: Callable[[dict[str, Any], int], Answer] | Answer, **options: Any) -> Iterator[ModelServer]:
    """A running server; anything that is no function is the answer to everything."""
    with ModelServer(answer if callable(answer) else lambda body, n: answer, **options) as server:
        yield server


class Script:
    """The answers in their order; the last one stays."""

    def __init__(self, *answers: Answer) -> None:
        self._answers, self._lock = list(answers), threading.Lock()

    def __call__(self, body: dict[str, Any], n: int) -> Answer:
        with self._lock:
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def said(body: dict[str, Any]) -> str:
    """All text of a request, for tests that look for something in it."""
    return json.dumps(body, ensure_ascii=False)


def is_second_look(body: dict[str, Any]) -> bool:
    return any("=== claims\n" in block.get("text", "") for block in body["messages"][0]["content"])


class DictTree:
    """A `lookup.Tree` and `Blobs` of texts: ``{"head": {path: text}, "base": …}``; modes by path where not plain."""

    def __init__(self, head: dict[str, str | bytes], base: dict[str, str | bytes] | None = None,
                 modes: dict[str, str] | None = None) -> None:  # fmt: skip
        self._texts = {Side.RIGHT: head, Side.LEFT: head if base is None else base}
        self._modes = modes or {}
        self.reads = 0

    def paths(self, side: Side) -> dict[str, tuple[str, str]]:
        return {p: (self._modes.get(p, "100644"), f"{side.value}:{p}") for p in self._texts[side]}

    def read(self, oid: str) -> bytes | None:
        self.reads += 1
        side, _, path = oid.partition(":")
        content = self._texts[Side(side)].get(path)
        return content.encode() if isinstance(content, str) else content
