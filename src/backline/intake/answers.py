"""GitHub's answers up to a size: PyGithub reads every body whole, however long it is or small it was packed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response

MOST_BYTES = 100_000_000
"""Of one answer, unpacked, whatever its status: a page of threads can hold many long comments."""


@contextmanager
def capped() -> Iterator[None]:
    """A `Github` that is made inside raises requests' RequestException instead of reading more than `MOST_BYTES`."""
    from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

    Requester.injectConnectionClasses(_capped(HTTPRequestsConnectionClass), _capped(HTTPSRequestsConnectionClass))
    try:
        yield
    finally:
        # What was made keeps its class; as long as other classes are injected, every call connects anew.
        Requester.resetConnectionClasses()


def _capped(kind: Any) -> Any:
    class Connection(kind):  # type: ignore[misc]
        def __init__(self, *args: Any, **settings: Any) -> None:
            super().__init__(*args, **settings)
            self.session.hooks["response"].append(_read)

    return Connection


def _read(response: Response, **settings: Any) -> None:
    """A hook: requests calls it before it reads a body, a redirect's too."""
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    data = bytearray()
    try:
        for piece in response.raw.stream(65_536, decode_content=True):
            data += piece
            if len(data) > MOST_BYTES:
                response.close()
                raise RequestException(f"more than {MOST_BYTES} bytes")
    except HTTPError as error:
        raise RequestException("cut or broken") from error
    response.raw = BytesIO(data)
