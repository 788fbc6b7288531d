"""A GitHub over a socket: REST, GraphQL and git, with the rules that the real one applies to what is posted.

Every request and answer of the REST part is checked against GitHub's own OpenAPI description, every query against its
GraphQL schema (cut to what is used, in github_data/). What those leave open (anchors, one pending review, locked
conversations …) is written out here.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import graphql
import jsonschema
from repo import ENVIRONMENT, Repo

DATA = Path(__file__).parent / "github_data"
BOT = {"login": "github-actions", "bot": True}
TIME = "2026-01-01T00:00:00Z"


@cache
def operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    found = json.loads((DATA / "openapi.json").read_text())
    made = []
    for each in found["operations"]:
        pattern = re.compile(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(each["path"])) + r"\Z")
        for part in ("request", "response"):
            if part in each:
                each[part] = jsonschema.Draft202012Validator({"$defs": found["$defs"], **each[part]})
        made.append((each["verb"], pattern, each))
    return made


@cache
def schema() -> graphql.GraphQLSchema:
    return graphql.build_schema((DATA / "schema.graphql").read_text())


@dataclass
class Note:
    """A comment of any kind."""

    id: int
    author: dict[str, Any]
    body: str
    editor: dict[str, Any] | None = None
    down: int = 0
    """Thumbs-down reactions."""


@dataclass
class Thread:
    id: str
    path: str
    side: str
    line: int | None
    start_line: int | None
    commit: str
    notes: list[Note]
    resolved_by: str | None = None


@dataclass
class Fault:
    """What happens instead of the next request that matches (verb ``GIT``: one of git's own).

    ``after``: it is done all the same, the answer is lost.
    """

    verb: str
    path: str
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    times: int = 1
    holds: str = ""
    """What the request's body holds, as JSON."""


@dataclass
class Pull:
    number: int = 7
    head: str = ""
    state: str = "OPEN"
    draft: bool = False
    locked: bool = False
    author: dict[str, Any] = field(default_factory=lambda: {"login": "dev"})
    threads: list[Thread] = field(default_factory=list)
    comments: list[Note] = field(default_factory=list)
    reviews: list[Note] = field(default_factory=list)
    pending: bool = False
    commits: set[str] = field(default_factory=set)
    """Commits that are or were in the pull request, without what a force-push took out."""


class Refused(Exception):
    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body


class GitHub:
    """``with GitHub(repo) as server``. *enterprise*: the API under /api/v3, GraphQL under /api/graphql."""

    def __init__(self, repo: Repo, *, slug: str = "acme/shop", enterprise: bool = False, disk_kb: int = 100) -> None:
        self.repo, self.slug, self.disk_kb, self.enterprise = repo, slug, disk_kb, enterprise
        repo.git("config", "uploadpack.allowFilter", "true")
        repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.pull = Pull()
        self.viewer: dict[str, Any] = BOT
        self.writable = self.resolvable = True
        self.requests: list[tuple[str, str, Any]] = []
        """Verb, path, body of each call of the API, in order (GraphQL: ``QUERY`` or ``MUTATION``)."""
        self.fetches: list[dict[str, str]] = []
        self.broken: list[str] = []
        """What was against the description: tests end with it empty."""
        self.faults: list[Fault] = []
        self.kill: tuple[int, bool, Callable[[], None]] | None = None
        """At which request, before or after it is done, what to call instead of answering."""
        self.lagging = False
        """Threads are not listed yet, although their review is."""
        self.redirect = ""
        """Where git's requests are sent on to."""
        self.failing_after: int | None = None
        """Every request after so many gets a 502."""
        self.token = "ghs_" + "t" * 36
        self._ids = 1000
        self._listed: dict[tuple[str, str], list[Any]] = {}
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"github": self}))
        self._http.socket.settimeout(1)  # A client that is gone before it is accepted would stop the server for ever.
        self._http.daemon_threads = False
        self.connections: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> GitHub:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._http.server_close()  # waits for the threads, so that no socket is left to the garbage collector

    @property
    def environ(self) -> dict[str, str]:
        """What the runner would give."""
        api = f"{self.url}/api/v3" if self.enterprise else self.url
        return {
            "GITHUB_API_URL": api,
            "GITHUB_GRAPHQL_URL": f"{self.url}/api/graphql" if self.enterprise else f"{self.url}/graphql",
            "GITHUB_SERVER_URL": self.url,
            "GITHUB_REPOSITORY": self.slug,
            "GITHUB_TOKEN": self.token,
            "GITHUB_WORKFLOW": "review",
            "GITHUB_JOB": "backline",
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1",
        }

    def open(self, head: str, base: str = "main") -> None:
        self.base = base
        self.opened_at = self.repo.git("rev-parse", base)
        self.push(head)

    def push(self, head: str, *, forced: bool = False) -> None:
        """The head moves; lines of threads follow as GitHub lets them: gone from the diff means outdated."""
        self.pull.head = head
        self.pull.commits = {head} if forced else self.pull.commits | {head}
        for thread in self.pull.threads:
            thread.line = thread.start_line = None

    def event(self, action: str = "synchronize") -> dict[str, Any]:
        return {
            "action": action,
            "number": self.pull.number,
            "pull_request": {
                "number": self.pull.number,
                "state": "open",
                "draft": self.pull.draft,
                "user": {"login": self.pull.author["login"], "type": "Bot" if self.pull.author.get("bot") else "User"},
                "head": {"sha": self.pull.head, "repo": {"full_name": self.slug}},
                "base": {"sha": self.repo.git("rev-parse", self.base), "repo": {"full_name": self.slug}},
            },
            "repository": {"full_name": self.slug},
        }

    def writes(self) -> list[tuple[str, str, Any]]:
        return [row for row in self.requests if row[0] not in ("GET", "QUERY")]

    def person(self, thread: Thread, body: str, login: str = "dev") -> None:
        thread.notes.append(Note(self._id(), {"login": login}, body))

    def own_comments(self) -> list[str]:
        return [thread.notes[0].body for thread in self.pull.threads]

    def _id(self) -> int:
        self._ids += 1
        return self._ids

    # -- REST ------------------------------------------------------------------------------------------------------

    def rest(self, verb: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        operation = next((e for v, p, e in operations() if v == verb and p.match(path)), None)
        if operation is None:
            self.broken.append(f"not on the list: {verb} {path}")
            raise Refused(404, {"message": "Not Found", "status": "404"})
        if "request" in operation and (problem := _problem(operation["request"], body)):
            self.broken.append(f"{verb} {path}: {problem}")
            raise Refused(422, {"message": f"Invalid request.\n\n{problem}", "status": "422"})
        if verb != "GET" and not self.writable:
            raise Refused(403, {"message": "Resource not accessible by integration", "status": "403"})
        answer = self._answer(verb, path.removeprefix(f"/repos/{self.slug}"), query, body)
        if problem := _problem(operation["response"], answer):
            self.broken.append(f"answer of {verb} {path}: {problem}")
        return operation["status"], answer

    def _answer(self, verb: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        match path.strip("/").split("/"):
            case ["compare", span]:
                return self._compare(unquote(span))
            case ["pulls", number, "files"] if int(number) == self.pull.number:
                page, size = int(query["page"][0]), int(query["per_page"][0])
                return self._files(self._merge_base(self.pull.head), self.pull.head)[(page - 1) * size : page * size]
            case ["pulls", number, "reviews"] if int(number) == self.pull.number:
                return self._review(body)
            case ["pulls", "comments", number]:
                note = next((t.notes[0] for t in self.pull.threads if t.notes[0].id == int(number)), None)
                return self._review_comment(self._edited(note, body))
            case ["issues", "comments", number]:
                note = next((n for n in self.pull.comments if n.id == int(number)), None)
                return self._issue_comment(self._edited(note, body))
            case ["issues", number, "comments"] if int(number) == self.pull.number:
                self._open_for_comments()
                self._length(body["body"])
                self.pull.comments.append(Note(self._id(), self.viewer, body["body"]))
                return self._issue_comment(self.pull.comments[-1])
        raise Refused(404, {"message": "Not Found", "status": "404"})

    def _open_for_comments(self) -> None:
        if self.pull.locked:
            raise Refused(403, {"message": "Unable to create comment because issue is locked.", "status": "403"})

    def _length(self, body: str) -> None:
        if len(body.encode("utf-16-le")) // 2 > 65536:
            raise Refused(
                422, {"message": "Validation Failed", "errors": ["Body is too long (maximum is 65536 characters)"]}
            )

    def _edited(self, note: Note | None, body: Any) -> Note:
        if note is None or note.author is not self.viewer:
            raise Refused(404 if note is None else 403, {"message": "Not Found", "status": "404"})
        self._length(body["body"])
        note.body, note.editor = body["body"], self.viewer
        return note

    def _merge_base(self, head: str, base: str = "") -> str:
        return self.repo.git("merge-base", base or self.base, head)

    def _compare(self, span: str) -> Any:
        base, _, head = span.partition("...")
        try:
            start = self._merge_base(head, base)
        except AssertionError:
            raise Refused(404, {"message": "No common ancestor between them.", "status": "404"}) from None
        url = f"{self.url}/x"
        commit = {
            "url": url,
            "sha": start,
            "node_id": "C",
            "html_url": url,
            "comments_url": url,
            "parents": [],
            "author": None,
            "committer": None,
            "commit": {
                "url": url,
                "author": None,
                "committer": None,
                "message": "m",
                "comment_count": 0,
                "tree": {"sha": start, "url": url},
            },
        }
        return {
            "url": url, "html_url": url, "permalink_url": url, "diff_url": url, "patch_url": url, "status": "ahead",
            "ahead_by": 1, "behind_by": 0, "total_commits": 1, "commits": [], "base_commit": commit,
            "merge_base_commit": commit, "files": self._files(start, head)[:300],
        }  # fmt: skip

    def _files(self, start: str, head: str) -> list[Any]:
        if (start, head) not in self._listed:
            self._listed[start, head] = self._differing(start, head)
        return self._listed[start, head]

    def _differing(self, start: str, head: str) -> list[Any]:
        names = self.repo.git("diff", "--name-status", "-z", "-M", start, head).split("\0")
        words, found = iter(names), []
        for status in words:
            if not status:
                continue
            old = next(words)
            path = next(words) if status[0] in "RC" else old
            found.append(self._file(start, head, status[0], old, path))
        return found

    def _file(self, start: str, head: str, status: str, old: str, path: str) -> Any:
        url = f"{self.url}/x"
        names = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}
        made = {
            "sha": "0" * 40, "filename": path, "status": names[status], "additions": 0, "deletions": 0, "changes": 0,
            "blob_url": url, "raw_url": url, "contents_url": url,
        }  # fmt: skip
        text = self.repo.git("diff", "-M", start, head, "--", old, path)
        at = text.find("\n@@ ")
        if at >= 0 and len(text) < 400_000:
            made["patch"] = text[at + 1 :].encode("utf-8", "replace").decode()
        return made | ({"previous_filename": old} if status in "RC" else {})

    def _review(self, body: Any) -> Any:
        if self.pull.pending:
            raise Refused(422, _sentence("User can only have one pending review per pull request"))
        self._open_for_comments()
        event, comments = body.get("event"), body.get("comments", [])
        if event is None:
            self.broken.append("a review without event stays pending and blocks all others")
        if event != "COMMENT":
            raise Refused(422, _sentence("GitHub Actions is not permitted to approve pull requests."))
        commit = body.get("commit_id", self.pull.head)
        if commit not in self.pull.commits:
            raise Refused(422, _sentence("Start commit oid is not part of the pull request"))
        if len(comments) > 30:
            raise Refused(422, _sentence("was submitted too quickly"))
        faults = [fault for each in comments if (fault := self._misplaced(commit, each))]
        if faults:
            raise Refused(422, _sentence(", ".join(dict.fromkeys(faults))))
        for each in comments:
            self._length(each["body"])
        review = Note(self._id(), self.viewer, body.get("body", ""))
        self.pull.reviews.append(review)
        for each in comments:
            self.pull.threads.append(Thread(
                id=f"PRRT_{self._id()}", path=each["path"], side=each.get("side", "RIGHT"), line=each["line"],
                start_line=each.get("start_line"), commit=commit, notes=[Note(self._id(), self.viewer, each["body"])],
            ))  # fmt: skip
        url = f"{self.url}/x"
        return {
            "id": review.id, "node_id": "R", "user": None, "body": review.body, "state": "COMMENTED", "html_url": url,
            "pull_request_url": url, "_links": {"html": {"href": url}, "pull_request": {"href": url}},
            "commit_id": commit, "author_association": "NONE",
        }  # fmt: skip

    def _misplaced(self, commit: str, each: Any) -> str | None:
        thread, blank = "Pull request review thread", "Pull request review thread diff hunk can't be blank"
        files = {f["filename"]: f for f in self._files(self._merge_base(commit), commit)}
        if each["path"] not in files:
            return f"{thread} path is invalid and {blank}"
        if "start_line" in each and each["start_line"] >= each["line"]:
            return f"{thread} start line must precede the end line."
        hunks = _hunks(files[each["path"]].get("patch", ""), each.get("side", "RIGHT"))
        holding = [hunk for hunk in hunks if each["line"] in hunk]
        if not holding:
            return f"{thread} line must be part of the diff and {blank}"
        if "start_line" in each and each["start_line"] not in holding[0]:
            return f"{thread} start line must be part of the same hunk as the line. and {blank}"
        return None

    def _issue_comment(self, note: Note) -> Any:
        url = f"{self.url}/x"
        return {"id": note.id, "node_id": "I", "html_url": url, "issue_url": url, "url": url, "user": None,
                "created_at": TIME, "updated_at": TIME, "body": note.body, "author_association": "NONE"}  # fmt: skip

    def _review_comment(self, note: Note) -> Any:
        url = f"{self.url}/x"
        links = {name: {"href": url} for name in ("self", "html", "pull_request")}
        return {"url": url, "id": note.id, "node_id": "P", "pull_request_review_id": 1, "diff_hunk": "@@", "path": "x",
                "commit_id": "0", "original_commit_id": "0", "user": _user(), "body": note.body, "created_at": TIME,
                "updated_at": TIME, "html_url": url, "pull_request_url": url, "author_association": "NONE",
                "_links": links}  # fmt: skip

    # -- GraphQL ---------------------------------------------------------------------------------------------------

    def query(self, body: Any) -> Any:
        document = graphql.parse(body["query"])
        if problems := graphql.validate(schema(), document):
            self.broken.append(f"GraphQL: {problems[0].message}")
        if "mutation" in body["query"].split("(")[0] and not (self.writable and self.resolvable):
            return {"data": {"resolveReviewThread": None}, "errors": [
                {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]}  # fmt: skip
        root = {"repository": self._repository, "resolveReviewThread": self._resolve}
        done = graphql.execute_sync(schema(), document, root, variable_values=body["variables"], type_resolver=_type)
        made: dict[str, Any] = {"data": done.data}
        if done.errors:
            made["errors"] = [{"message": error.message} for error in done.errors]
        if done.data and done.data.get("repository", 0) is None:
            made["errors"] = [{"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}]
        return made

    def _repository(self, _: Any, owner: str, name: str) -> Any:
        if f"{owner}/{name}" != self.slug:
            return None
        return {"diskUsage": self.disk_kb, "pullRequest": self._pull, "object": self._object}

    def _object(self, _: Any, expression: str | None = None, oid: str | None = None) -> Any:
        done = subprocess.run(
            ["git", "cat-file", "--batch-check"], cwd=self.repo.path, env=ENVIRONMENT, capture_output=True, text=True,
            input=f"{oid or expression}\n",
        ).stdout.split()  # fmt: skip
        if len(done) != 3:
            return None
        kind = {"commit": "Commit", "blob": "Blob", "tree": "Tree", "tag": "Tag"}[done[1]]
        target = self.repo.git("rev-parse", f"{done[0]}^{{}}") if kind == "Tag" else None
        return {"type": kind, "oid": done[0], "byteSize": int(done[2]),
                "target": {"type": "Commit", "oid": target} if target else None}  # fmt: skip

    def _pull(self, _: Any, number: int) -> Any:
        if number != self.pull.number:
            return None
        pull = self.pull
        return {
            "state": pull.state, "isDraft": pull.draft, "locked": pull.locked, "headRefOid": pull.head,
            "baseRefOid": self.opened_at, "author": _actor(pull.author),
            "baseRef": {"target": {"type": "Commit", "oid": self.repo.git("rev-parse", self.base)}},
            "reviews": lambda _, last: {"nodes": [self._note(n) for n in pull.reviews[-last:]]},
            "comments": lambda _, first, after=None: _paged([self._note(n) for n in pull.comments], first, after),
            "reviewThreads": lambda _, first, after=None: _paged(self._threads(), first, after),
        }  # fmt: skip

    def _threads(self) -> list[Any]:
        return [] if self.lagging else [self._thread(thread) for thread in self.pull.threads]

    def _thread(self, thread: Thread) -> Any:
        return {
            "id": thread.id, "isResolved": thread.resolved_by is not None, "path": thread.path, "line": thread.line,
            "resolvedBy": {"login": thread.resolved_by} if thread.resolved_by else None, "diffSide": thread.side,
            "startLine": thread.start_line,
            "comments": lambda _, first: {"nodes": [self._note(n) for n in thread.notes[:first]]},
        }  # fmt: skip

    def _note(self, note: Note) -> Any:
        return {
            "databaseId": note.id, "author": _actor(note.author), "body": note.body,
            "editor": _actor(note.editor) if note.editor else None, "viewerDidAuthor": note.author is self.viewer,
            "reactions": lambda _, content, first: {"totalCount": note.down if content == "THUMBS_DOWN" else 0},
        }  # fmt: skip

    def _resolve(self, _: Any, input: Any) -> Any:
        thread = next(t for t in self.pull.threads if t.id == input["threadId"])
        thread.resolved_by = "github-actions"
        return {"thread": self._thread(thread)}


def _problem(validator: Any, body: Any) -> str | None:
    found = next(iter(validator.iter_errors(body)), None)
    return f"{found.json_path}: {found.message[:200]}" if found else None


def _sentence(text: str) -> Any:
    return {"message": "Unprocessable Entity", "errors": [text], "documentation_url": "x", "status": "422"}


def _hunks(patch: str, side: str) -> list[set[int]]:
    found: list[set[int]] = []
    old = new = 0
    for line in patch.split("\n"):
        if header := re.match(r"@@ -(\d+)(?:,\d+)? \+(\d+)", line):
            old, new = int(header[1]), int(header[2])
            found.append(set())
        elif line.startswith("+"):
            found[-1] |= {new} if side == "RIGHT" else set()
            new += 1
        elif line.startswith("-"):
            found[-1] |= {old} if side == "LEFT" else set()
            old += 1
        elif line.startswith(" "):
            found[-1] |= {new} if side == "RIGHT" else set()
            old, new = old + 1, new + 1
    return found


def _paged(nodes: list[Any], first: int, after: str | None) -> Any:
    start = int(after or 0)
    end = start + first
    return {"nodes": nodes[start:end], "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(end)}}


def _actor(who: dict[str, Any]) -> Any:
    return {"type": "Bot" if who.get("bot") else "User", "login": who["login"]}


def _type(value: Any, *_: Any) -> str:
    return str(value["type"])


def _user() -> Any:
    url = "https://example.com/x"
    names = (
        "avatar_url",
        "url",
        "html_url",
        "followers_url",
        "following_url",
        "gists_url",
        "starred_url",
        "events_url",
        "subscriptions_url",
        "organizations_url",
        "repos_url",
        "received_events_url",
    )
    return {"login": "github-actions[bot]", "id": 1, "node_id": "U", "gravatar_id": "", "type": "Bot",
            "site_admin": False} | dict.fromkeys(names, url)  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    github: GitHub
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.github.connections.add(self.connection)

    def finish(self) -> None:
        self.github.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._any()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length) if length else self._chunks()
        parts = urlsplit(self.path)
        if parts.path.startswith(f"/{self.github.slug}") and ("git-upload-pack" in self.path):
            self.github.fetches.append(dict(self.headers))
            if self.github.redirect:
                self._send(302, b"", {"Location": self.github.redirect + self.path})
                return
            if fault := self._fault("GIT", self.path, None):
                fault.times -= 1
                self._fail(fault)
                return
            _git(self, self.github, parts, data)
            return
        with self.github._lock:
            self._api(parts, data)

    def _chunks(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return b""
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _api(self, parts: Any, data: bytes) -> None:
        prefix = "/api/v3" if self.github.enterprise else ""
        is_query = parts.path == ("/api/graphql" if self.github.enterprise else "/graphql")
        body = json.loads(data) if data else None
        verb, path = self.command, parts.path
        if is_query:
            verb = "MUTATION" if body["query"].startswith("mutation") else "QUERY"
        elif not path.startswith(prefix + "/"):
            self.github.broken.append(f"outside of the API: {path}")
        path = "graphql" if is_query else unquote(path.removeprefix(prefix))
        self.github.requests.append((verb, path, body))
        if self.headers.get("Authorization") != f"token {self.github.token}":
            self._send(401, {"message": "Bad credentials", "status": "401"})
            return
        if self.github.failing_after is not None and len(self.github.requests) > self.github.failing_after:
            self._send(502, {"message": "Bad Gateway"})
            return
        fault = self._fault(verb, path, body)
        if fault:
            fault.times -= 1
            if fault.after:
                self._do(is_query, verb, path, parts, body)
            self._fail(fault)
            return
        if self.github.kill and len(self.github.requests) == self.github.kill[0]:
            if self.github.kill[1]:
                self._do(is_query, verb, path, parts, body)
            self.github.kill[2]()
            self.close_connection = True
            return
        status, answer = self._do(is_query, verb, path, parts, body)
        self._send(status, answer)

    def _fault(self, verb: str, path: str, body: Any) -> Fault | None:
        for fault in self.github.faults:
            if (
                fault.verb == verb
                and re.search(fault.path, path)
                and fault.times > 0
                and fault.holds in json.dumps(body)
            ):
                return fault
        return None

    def _do(self, is_query: bool, verb: str, path: str, parts: Any, body: Any) -> tuple[int, Any]:
        try:
            if is_query:
                return 200, self.github.query(body)
            return self.github.rest(verb, path, parse_qs(parts.query), body)
        except Refused as error:
            return error.status, error.body

    def _fail(self, fault: Fault) -> None:
        if fault.status is None:
            self.close_connection = True
            self.connection.close()
            return
        self._send(fault.status, fault.body if fault.body is not None else {"message": "fault"}, fault.headers)

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        kind = "text/html" if isinstance(body, bytes) else "application/json; charset=utf-8"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _git(handler: Any, server: GitHub, parts: Any, data: bytes) -> None:
    """git's own smart HTTP server, as a CGI program."""
    path = parts.path.removeprefix(f"/{server.slug}").removeprefix(".git")
    git_dir = server.repo.path / ".git"
    done = subprocess.run(
        ["git", "http-backend"],
        input=data,
        capture_output=True,
        env=ENVIRONMENT
        | {
            "GIT_PROJECT_ROOT": str(git_dir if git_dir.is_dir() else server.repo.path),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": handler.command,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": handler.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": handler.headers.get("Git-Protocol") or "",
        },
    )
    if done.returncode or not done.stdout:
        server.broken.append(f"git http-backend ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
    handler.send_response(int(fields.pop("Status", "200").split()[0]))
    for name, value in fields.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
