"""GitHub over HTTP: one way to call it, and every way in which it says no, as one error. PyGithub is the transport."""

from __future__ import annotations

import logging
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from backline.errors import BacklineError, RequestError
from backline.intake.answers import capped
from backline.intake.refs import shown
from backline.visible import mask, show_line

if TYPE_CHECKING:
    from github import Github

API_VERSION = "2022-11-28"
TIMEOUT = 30
CALL_SECONDS = 90
"""For one call as a whole: a server that sends a byte a second never meets ``TIMEOUT``."""
TRIES = 3
LONGEST_WAIT = 60.0
_ADDRESS = re.compile(
    r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9/_-]*)?|http://(?:127\.0\.0\.1|localhost)[:/].*"
)
_TOKEN = re.compile(r"[\x21-\x7e]{1,1000}")


class GitHubError(BacklineError):
    """GitHub did not do what was asked. ``status`` is None when there was no answer, or none that can be read."""

    def __init__(self, message: str, *, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait
        """Seconds after which GitHub wants to be asked again."""

    @property
    def doubtful(self) -> bool:
        """It may have been done all the same."""
        return self.status is None or self.status >= 500

    @property
    def limited(self) -> bool:
        return self.status == 429 or (self.status == 403 and "rate limit" in str(self).lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where one GitHub is: github.com, Enterprise Server, or a stand-in on this machine."""

    api: str = "https://api.github.com"
    graphql: str = "https://api.github.com/graphql"
    web: str = "https://github.com"


def server_of(environ: Mapping[str, str]) -> Server:
    """The addresses as the runner gives them."""
    names = {"api": "GITHUB_API_URL", "graphql": "GITHUB_GRAPHQL_URL", "web": "GITHUB_SERVER_URL"}
    given = {field: environ[name].rstrip("/") for field, name in names.items() if environ.get(name)}
    for field, url in given.items():
        if not _ADDRESS.fullmatch(url):
            raise RequestError(f"{names[field]}: wants https://host, or http:// on loopback")
    return Server(**given)


def server_for(address: str, environ: Mapping[str, str]) -> Server:
    """The server of a pull request's address. A token goes to no host that the environment does not name."""
    found = urlsplit(address)
    known = server_of(environ)
    host = found.netloc.lower()
    own = urlsplit(known.web).netloc
    if not found.scheme or host == own:
        return known
    if found.scheme != "https" or host != environ.get("GH_HOST", "").lower():
        raise RequestError(f"--pr: {shown(host)} is not {own}: GH_HOST={shown(host)} says that your token is its")
    return Server(api=f"https://{host}/api/v3", graphql=f"https://{host}/api/graphql", web=f"https://{host}")


class Client:
    """One server and one token. Reading is tried again after a pause; what writes is sent once."""

    def __init__(self, server: Server, token: str, sleep: Callable[[float], None] = time.sleep) -> None:
        if not _TOKEN.fullmatch(token):
            raise RequestError("github-token: wants printable characters without spaces")
        self.server = server
        self.calls = 0
        self.sleep = sleep
        self._github = _connect(server, token)

    def close(self) -> None:
        self._github.close()

    def read(self, path: str) -> Any:
        return self._again(lambda: self._call("GET", path, None))

    def query(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """GraphQL's ``data``. An answer with errors is an error, whatever else it holds."""
        data: Mapping[str, Any] = self._again(lambda: self._graphql(query, variables))
        return data

    def write(self, verb: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sent once. The answer must hold an ``id``: an HTML page with status 200 is no answer."""
        answer = self._call(verb, path, body)
        if not isinstance(answer, Mapping) or not isinstance(answer.get("id"), int):
            raise GitHubError(f"{verb} {path}: the answer is not GitHub's")
        return answer

    def mutate(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._graphql(query, variables)

    def _graphql(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._call("POST", self.server.graphql, {"query": query, "variables": dict(variables)})
        if not isinstance(answer, Mapping) or not ("data" in answer or "errors" in answer):
            raise GitHubError("GraphQL: the answer is not GitHub's")
        if answer.get("errors"):
            raise _graphql_error(answer["errors"])
        if not isinstance(answer["data"], Mapping):
            raise GitHubError("GraphQL: the answer is not GitHub's")
        return answer["data"]

    def _again(self, call: Callable[[], Any]) -> Any:
        for left in range(TRIES - 1, -1, -1):
            try:
                return call()
            except GitHubError as error:
                if not left or not (error.doubtful or error.limited) or (error.wait or 0) > LONGEST_WAIT:
                    raise
                self.sleep(error.wait if error.wait is not None else float(TRIES - left))
        raise AssertionError("unreachable")

    def _call(self, verb: str, url: str, body: Mapping[str, Any] | None) -> Any:
        from github import GithubException
        from requests import RequestException

        self.calls += 1
        what = f"{verb} {url.split('?')[0]}"
        try:
            with _at_most(CALL_SECONDS):
                _, answer = self._github.requester.requestJsonAndCheck(verb, url, input=body)
            return answer
        except GithubException as error:
            raise _refused(what, error.status, error.data, error.headers or {}) from None
        except (RequestException, TimeoutError, ValueError, TypeError, AttributeError, LookupError) as error:
            # The last four: JSON that PyGithub did not expect.
            # Not the error's own text: it can hold the request with its headers.
            raise GitHubError(f"{what}: no answer that can be read ({type(error).__name__})") from None
        except (RuntimeError, AssertionError):
            raise GitHubError(f"{what}: GitHub redirects to another server; refused", status=301) from None


def _connect(server: Server, token: str) -> Github:
    from github import Auth, Github

    logging.getLogger("github").setLevel(logging.CRITICAL)  # it prints redirects, and with DEBUG bodies
    # retry=None: its own retries repeat a POST and wait without limit; `Client` decides both.
    with capped():
        return Github(
            auth=Auth.Token(token), base_url=server.api, user_agent="backline", timeout=TIMEOUT, retry=None, lazy=True,
            per_page=100, api_version=API_VERSION, seconds_between_requests=0, seconds_between_writes=0,
        )  # fmt: skip


def _refused(what: str, status: int, data: Any, headers: Mapping[str, Any]) -> GitHubError:
    if 300 <= status < 400:
        return GitHubError(f"{what}: GitHub redirects to another address; refused", status=status)
    words = data.get("message") if isinstance(data, Mapping) else None
    errors = data.get("errors") if isinstance(data, Mapping) else None
    listed = errors if isinstance(errors, list) else ()
    more = [str(e.get("message", e)) if isinstance(e, Mapping) else str(e) for e in listed if e][:5]
    text = show_line(mask(" ".join([str(words or "no message"), *more]).replace("\n", " ")))[:400]
    return GitHubError(f"{what}: {status} {text}", status=status, wait=_wait(headers))


def _wait(headers: Mapping[str, Any]) -> float | None:
    after = str(headers.get("retry-after", ""))
    if after.isdecimal() and after.isascii():
        return float(after[:9])
    reset = str(headers.get("x-ratelimit-reset", ""))
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal() and reset.isascii():
        return max(0.0, float(reset[:12]) - time.time())
    return None


_TYPES = {"FORBIDDEN": 403, "NOT_FOUND": 404, "RATE_LIMITED": 429, "INSUFFICIENT_SCOPES": 403}


def _graphql_error(errors: Any) -> GitHubError:
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    text = show_line(mask(str(first.get("message", "no message"))))[:300]
    # Without a type it is "Something went wrong while executing your query", a time-out.
    return GitHubError(f"GraphQL: {text}", status=_TYPES.get(str(first.get("type")), 502))


@contextmanager
def shaped(what: str) -> Iterator[None]:
    """Around reading an answer: one of another shape than GitHub describes is a GitHubError."""
    try:
        yield
    except (AttributeError, TypeError, ValueError):
        raise GitHubError(f"{what}: the answer has another shape than GitHub's schema says") from None


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """TimeoutError after so long. Signals reach the main thread alone; elsewhere the socket's own time-out counts."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
