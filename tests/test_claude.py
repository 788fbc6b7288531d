"""The adapter against the wire: what it sends, and what every kind of answer becomes."""

from __future__ import annotations

import gzip
import json
import logging
import select
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from model_server import KEY, NOTHING, Fault, serving, stopped, text

from backline.errors import RequestError
from backline.reviewer import claude
from backline.reviewer.model import Failed, Reply

BODY = {
    "model": "claude-sonnet-5-5", "max_tokens": 100, "system": [{"type": "text", "text": "s"}],
    "messages": [{"role": "user", "content": [{"type": "text", "text": "PROMPT-CANARY"}]}],
}  # fmt: skip


@pytest.fixture
def ask():
    """Asks a server once and ends the client's connections."""

    def once(url: str, timeout: float = 20.0) -> Reply | Failed:
        model = claude.connect(KEY, url)
        try:
            return model.ask(BODY, timeout)
        finally:
            model.close()

    return once


def test_an_answer_is_a_reply_with_its_tokens(ask):
    with serving({"content": [text("x")], "usage": {"cache_read_input_tokens": 7}}) as server:
        reply = ask(server.url)
    assert isinstance(reply, Reply)
    assert (reply.content, reply.stop_reason) == (({"type": "text", "text": "x"},), "end_turn")
    assert reply.usage.cache_read_tokens == 7 and reply.usage.output_tokens > 0


def test_the_key_goes_into_one_header_and_nothing_else_of_the_machine_goes_out(ask):
    with serving(NOTHING) as server:
        ask(server.url)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    others = {k: v for k, v in server.headers[0].items() if k != "authorization"}
    assert KEY not in json.dumps([others, server.bodies])
    assert "anthropic-beta" not in others
    assert server.bodies == [BODY]


FAILURES = [
    (Fault(400, "invalid_request_error"), "not accepted", False),
    (Fault(413, "request_too_large"), "too large", False),
    (Fault(400, body=b'{"error":{"type":"invalid_request_error","message":"prompt is too long"}}'), "too large", False),
    (Fault(408), "timeout", True),
    (Fault(409), "service error", True),
    (Fault(422), "not accepted", False),
    (Fault(429, "rate_limit_error"), "rate limited", True),
    (Fault(500), "service error", True),
    (Fault(502, body=b"<html>bad gateway</html>"), "service error", True),
    (Fault(503), "service error", True),
    (Fault(504), "timeout", True),
    (Fault(529, "overloaded_error"), "overloaded", True),
    (Fault(500, "overloaded_error"), "overloaded", True),
    (Fault(cut=True, body=b'{"content": ['), "connection", True),
    (Fault(200, body=b"<html>Log in to the network</html>"), "malformed", True),
    (Fault(200, body=b'{"content": [{"type": "text"'), "malformed", True),
    (Fault(200, body=b""), "malformed", True),
    (Fault(200, body=b"\xff\xfe"), "malformed", True),
    (Fault(200, body=b"[]"), "malformed", True),
    (Fault(200, body=b'{"content": {}, "usage": {}, "stop_reason": "end_turn"}'), "malformed", True),
    (Fault(200, body=b'{"content": [1], "usage": {}, "stop_reason": "end_turn"}'), "malformed", True),
    (Fault(200, body=b"[" * 100_000), "malformed", True),
    (Fault(200, body=b" " * (claude.MOST_BYTES + 10)), "malformed", False),
    (Fault(200, body=b'{"content": [], "content": [], "usage": {}, "stop_reason": "end_turn"}'), "malformed", True),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "reason", "retry"), FAILURES)
def test_every_failure_is_a_value_with_its_reason(ask, fault: Fault, reason: str, retry: bool):
    with serving(fault) as server:
        failed = ask(server.url)
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.retry) == (reason, retry)
    assert server.calls == 1, "retries are not the SDK's"
    assert KEY not in repr(failed) and "PROMPT-CANARY" not in repr(failed) and "html" not in repr(failed)


@pytest.mark.parametrize(
    ("status", "names"),
    [(401, "ANTHROPIC_API_KEY"), (403, "ANTHROPIC_API_KEY"), (402, "billing"), (404, "model"), (302, "base-url")],
)
def test_what_no_retry_can_mend_says_what_to_change(ask, status: int, names: str):
    with serving(Fault(status, headers={"location": "http://127.0.0.1:9/evil"})) as server:
        failed = ask(server.url)
    assert isinstance(failed, Failed) and names in failed.request_error and "\n" not in failed.request_error
    assert not failed.retry and server.calls == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("3600", 3600.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None), ("nan", None),
     ("9" * 400, None), ("1e9", None), ("", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_nothing(ask, header: str, seconds: float | None):
    with serving(Fault(429, headers={"retry-after": header})) as server:
        failed = ask(server.url)
    assert isinstance(failed, Failed) and failed.retry_after == seconds


def test_nobody_listens(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        failed = ask(f"http://127.0.0.1:{free.getsockname()[1]}")
    assert isinstance(failed, Failed) and failed.reason == "connection" and failed.retry


JSON = b"content-type: application/json\r\n"
LONG = b"%bcontent-length: 999999999\r\n" % JSON
BOMB = gzip.compress(b" " * (20 * claude.MOST_BYTES))
DRIPS = {
    "body": (b"HTTP/1.1 200 OK\r\n%b\r\n" % LONG, b" "),
    "body of an error": (b"HTTP/1.1 500 X\r\n%b\r\n" % LONG, b" "),
    "chunks of an error": (b"HTTP/1.1 429 X\r\n%btransfer-encoding: chunked\r\n\r\n" % JSON, b"1\r\n \r\n"),
    "page of a redirect": (b"HTTP/1.1 302 X\r\nlocation: /x\r\n%b\r\n" % LONG, b" "),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
    "one header": (b"HTTP/1.1 200 OK\r\nx: ", b"y"),
    "provisional answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "trailers": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n \r\n0\r\n", b"x: y\r\n"),
    "nothing": (b"", b""),
}
ENDLESS = [
    (b"HTTP/1.1 200 OK\r\n%b\r\n" % LONG, b" " * 2**20, "malformed", False),
    (b"HTTP/1.1 500 X\r\n%b\r\n" % LONG, b" " * 2**20, "service error", True),
    (b"HTTP/1.1 401 X\r\ntransfer-encoding: chunked\r\n\r\n", b"100000\r\n%b\r\n" % (b" " * 2**20),
     "not accepted", False),
    (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 2**16, "connection", True),
    (b"HTTP/1.1 200 OK\r\n%bcontent-encoding: gzip\r\n\r\n" % LONG, BOMB, "malformed", False),
    (b"HTTP/1.1 503 X\r\n%bcontent-encoding: gzip\r\n\r\n" % LONG, BOMB, "service error", True),
]  # fmt: skip


@contextmanager
def pouring(head: bytes, drop: bytes, pause: float, seconds: float = 4.0) -> Iterator[tuple[str, list[int]]]:
    """A server that answers with *head* and then *drop* for ever (in a test: for *seconds*); and what it sent."""
    sent: list[int] = []

    def pour(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        ends = time.monotonic() + seconds
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(head)
            while time.monotonic() < ends:
                connection.sendall(drop)
                sent.append(len(drop))
                if pause and select.select([connection], [], [], pause)[0] and not connection.recv(65536):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=pour, args=(listener,))
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", sent
        thread.join()


def left_over() -> list[str]:
    """Threads of exchanges that are still there after a moment."""
    for _ in range(100):
        found = [thread.name for thread in threading.enumerate() if thread.name == "exchange"]
        if not found:
            break
        time.sleep(0.02)
    return found


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("head", "drop"), DRIPS.values(), ids=DRIPS)
def test_whatever_drips_for_longer_than_the_limit_is_a_timeout(ask, head: bytes, drop: bytes, scheme: str):
    """A read time-out counts from byte to byte; ours counts the whole exchange. (Over TLS it is the handshake.)"""
    with pouring(head, drop, pause=0.02) as (address, _):
        started = time.monotonic()
        failed = ask(f"{scheme}://{address}", timeout=0.3)
        took = time.monotonic() - started
        assert not left_over(), "the connection is shut down, not only left"
    assert isinstance(failed, Failed)
    if scheme == "http":
        assert (failed.reason, failed.retry, failed.billed) == ("timeout", True, True)
    assert took < 2.0


def test_a_proxy_that_drips_is_a_timeout(ask, monkeypatch: pytest.MonkeyPatch):
    with pouring(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", pause=0.02) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        failed = ask("https://service.invalid", timeout=0.3)
        assert not left_over()
    assert isinstance(failed, Failed) and failed.reason == "timeout"


def test_a_server_that_does_not_read_is_a_timeout(ask):
    """Its time-out would begin anew with every piece that the kernel takes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        model = claude.connect(KEY, f"http://127.0.0.1:{listener.getsockname()[1]}")
        failed = model.ask({**BODY, "system": [{"type": "text", "text": "s" * 20_000_000}]}, 1.0)
        assert not left_over()
        model.close()
    assert isinstance(failed, Failed) and failed.reason == "timeout"


def test_a_server_that_does_not_accept_is_a_timeout(ask):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        failed = ask(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.3)
        assert not left_over()
    assert isinstance(failed, Failed) and failed.reason == "timeout"


@pytest.mark.parametrize(("head", "drop", "reason", "retry"), ENDLESS)
def test_an_answer_without_end_is_cut_before_it_fills_the_memory(
    ask, head: bytes, drop: bytes, reason: str, retry: bool
):
    claude.connect(KEY).close()  # the SDK's own memory is not the answer's
    with pouring(head, drop, pause=0) as (address, sent):
        tracemalloc.start()
        failed = ask(f"http://{address}", timeout=20.0)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.retry) == (reason, retry)
    assert sum(sent) < 4 * claude.MOST_BYTES and peak < 5 * claude.MOST_BYTES


@pytest.mark.parametrize("body", ["\ud800", object()], ids=["lone surrogate", "not JSON"])
def test_a_body_that_cannot_be_sent_is_a_failure_too(body: object):
    model = claude.connect(KEY, "http://127.0.0.1:9")
    failed = model.ask({**BODY, "system": body}, 5.0)
    model.close()
    assert isinstance(failed, Failed) and failed.reason == "malformed"


def test_stop_reason_and_unknown_blocks_arrive_as_they_are(ask):
    with serving(stopped("something_new", {"type": "hologram", "data": 1})) as server:
        reply = ask(server.url)
    assert isinstance(reply, Reply) and reply.stop_reason == "something_new" and reply.content[0]["type"] == "hologram"


def test_numbers_that_are_no_token_counts_count_nothing(ask):
    usage = {
        "input_tokens": -5,
        "output_tokens": True,
        "cache_read_input_tokens": "9",
        "cache_creation_input_tokens": None,
    }
    with serving({"content": [text("x")], "usage": usage}) as server:
        reply = ask(server.url)
    assert isinstance(reply, Reply)
    used = reply.usage
    assert (used.input_tokens, used.output_tokens, used.cache_read_tokens, used.cache_write_tokens) == (0, 0, 0, 0)


def test_no_log_level_shows_the_prompt_or_the_key(ask, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(Fault(500)) as server:
        ask(server.url)
    with serving(NOTHING) as server:
        ask(server.url)
    assert "PROMPT-CANARY" not in caplog.text and KEY not in caplog.text


@pytest.mark.parametrize("key", ["", " ", "a b", "sk\n", "sk-\x00", "schlüssel", "sk-\u200b"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_without_repeating_it(key: str):
    with pytest.raises(RequestError) as error:
        claude.connect(key, "http://127.0.0.1:9")
    assert "ANTHROPIC_API_KEY" in str(error.value) and "\n" not in str(error.value)
    assert not key.strip() or key.strip() not in str(error.value)


def test_the_adapter_does_not_show_its_key():
    model = claude.connect(KEY)
    assert KEY not in repr(model) and KEY not in str(vars(model).keys())
    model.close()
