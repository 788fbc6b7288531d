"""One exchange with the service, in a thread of its own, so that its time limit holds whatever the server does.

A socket's time-out begins anew with every byte, so headers or an answer that drip never meet it; a look-up of a name
and a list of addresses have none as a whole. The caller waits for so long and no longer; then the connection is shut
down, which wakes and ends the thread.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Connection:
    """The connection of one exchange, as the ``trace`` extension of the HTTP library reports it.

    That happens when it is made: a connection that is kept for a later exchange would be nobody's.
    """

    def __init__(self) -> None:
        self._stream: Any = None
        self._ended = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._stream = info["return_value"]
            if self._ended:
                self._stream.close()

    def end(self) -> None:
        """From another thread; nothing is sent or received after it. What is only being made ends when it is there."""
        self._ended = True
        if self._stream is not None:
            # NOTE: not close(), which wakes nobody and frees the number for another file while it is read here; and not
            # SSLSocket.shutdown(), which takes the encryption away first.
            with suppress(OSError):
                socket.socket.shutdown(self._stream.get_extra_info("socket"), socket.SHUT_RDWR)


_current: ContextVar[Connection] = ContextVar("connection")


def follow(request: Any) -> None:
    """A hook for every request of the HTTP client: its connection becomes that of the exchange."""
    request.extensions["trace"] = _current.get().trace


def within(seconds: float, work: Callable[[], T]) -> T:
    """What *work* returns or raises; TimeoutError after *seconds*. Its one request must go through `follow`."""
    connection, results = Connection(), SimpleQueue[tuple[T | None, Exception | None]]()

    def run() -> None:
        _current.set(connection)
        try:
            results.put((work(), None))
        except Exception as error:
            results.put((None, error))

    # A daemon: a look-up of a name cannot be interrupted, and must not keep the process from ending.
    Thread(target=run, name="exchange", daemon=True).start()
    try:
        result, error = results.get(timeout=max(0.0, seconds))
    except Empty:
        raise TimeoutError from None
    finally:
        connection.end()
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
