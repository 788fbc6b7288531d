"""Section H: GitHub's protocol, who is who, and what happens when things end in the middle."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from github_server import Fault, GitHub, Note, Thread
from repo import branched
from running import Run
from test_publish import AFTER, BEFORE, pushed

from backline.errors import RequestError
from backline.intake import answers, github, marker, pull
from backline.intake.event import Inputs, Pull, decide
from backline.intake.github import Client, GitHubError, Server, server_of

BY = marker.signature("review", "backline")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHub]:
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as made:
        made.open(made.repo.head())
        yield made
        assert made.broken == []


def quiet(server: GitHub) -> Client:
    return Client(server_of(server.environ), server.token, sleep=lambda seconds: None)


def test_148_a_label_is_for_the_commit_it_was_set_on(server: GitHub, tmp_path: Path) -> None:
    """The event pins the head: what is pushed after the label is not what this run reviews."""
    labelled = server.pull.head
    run = Run(server, tmp_path, GITHUB_EVENT_NAME="pull_request_target")
    pushed(server, "evil = 1\n", "app/later.py")
    assert run.collect() == 0
    made = run.review()
    assert made is not None
    assert made.head == labelled
    assert [row.path for row in made.coverage] == ["app/db.py"]


def test_148_a_title_or_base_edit_is_reviewed_at_the_events_head() -> None:
    event = {"action": "edited", "pull_request": {"number": 7, "state": "open", "head": {"sha": "a" * 40}}}
    assert decide("pull_request_target", event, "acme/shop", Inputs()) == Pull(
        repository="acme/shop", number=7, head="a" * 40
    )


def test_149_comments_that_are_there_do_not_end_the_review(server: GitHub, tmp_path: Path) -> None:
    server.pull.comments = [Note(n, server.viewer, "Backline: reviewed, all fine") for n in range(1, 60)]
    Run(server, tmp_path).all()
    pushed(server, "import requests\n\n\ndef f(u):\n    return requests.get(u)\n", "app/more.py")
    Run(server, tmp_path).all()
    assert {thread.path for thread in server.pull.threads} == {"app/db.py", "app/more.py"}


@pytest.mark.parametrize(
    "who", [{"login": "mallory"}, {"login": "other-app", "bot": True}, {"login": "github-actions"}]
)
def test_150_a_copied_marker_silences_nothing(server: GitHub, tmp_path: Path, who: dict[str, object]) -> None:
    """Also of somebody who has our very name but is not the token's own author."""
    Run(server, tmp_path).all()
    for thread in server.pull.threads:
        thread.notes[0].author = dict(who)
        thread.resolved_by = "mallory"
    server.pull.comments[0].author = dict(who)
    Run(server, tmp_path).all()
    assert len([t for t in server.pull.threads if t.notes[0].author is server.viewer]) == 2
    assert len([n for n in server.pull.comments if n.author is server.viewer]) == 1


def test_150_text_that_our_identity_was_made_to_echo_is_no_marker(server: GitHub, tmp_path: Path) -> None:
    """Another workflow posts under the same name; what it quotes of a pull request is never its first line."""
    Run(server, tmp_path).all()
    stolen, told = server.own_comments(), server.pull.comments[0].body
    server.pull.threads.clear()
    server.pull.comments[:] = [Note(1, server.viewer, f"Coverage report for {told}")]
    for body in stolen:
        note = Note(2, server.viewer, f"lint says:\n{body}")
        server.pull.threads.append(Thread("T", "app/db.py", "RIGHT", 5, None, "x", [note], resolved_by="mallory"))
    Run(server, tmp_path).all()
    assert len(server.pull.threads) == 4
    assert len(server.pull.comments) == 2


def test_151_pages_without_end_are_bounded_and_said(server: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "PAGES", 5)
    text = marker.write("finding", id="0" * 16, category="security", by=BY)
    server.pull.threads = [
        Thread(f"T{n}", "a.py", "RIGHT", 1, None, "x", [Note(n, server.viewer, text)]) for n in range(800)
    ]
    found = pull.pull(quiet(server), "acme/shop", 7, BY)
    assert found.partial
    assert len(server.requests) <= pull.PAGES + 1
    assert len(found.threads) >= 500


def test_151_a_failing_page_never_stops_the_posting(server: GitHub, tmp_path: Path) -> None:
    server.pull.comments = [Note(n, {"login": "dev"}, "hello") for n in range(1, 150)]
    server.faults = [Fault("QUERY", "graphql", 502, times=99, holds='"comments": "100"')]
    run = Run(server, tmp_path)
    assert run.all() == 0
    assert len(server.pull.threads) == 2
    assert "something may be said twice" in run.summary.read_text()


@contextmanager
def answering(chunks: list[bytes], pause: float = 0.0) -> Iterator[str]:
    """A server that sends *chunks* to whoever connects, slowly."""
    ended = threading.Event()

    def serve(listener: socket.socket) -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65_536)
                    for chunk in chunks:
                        connection.sendall(chunk)
                        ended.wait(pause)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)


def client_of(url: str) -> Client:
    return Client(Server(api=url, graphql=f"{url}/graphql", web=url), "token", sleep=lambda seconds: None)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "


DRIPS = {
    "body": (HEAD + b"1000\r\n\r\n", b" "),
    "body of an error": (HEAD.replace(b"200 OK", b"500 X") + b"1000\r\n\r\n", b" "),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
    "one header": (b"HTTP/1.1 200 OK\r\nx: ", b"y"),
    "provisional answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "page of a redirect": (HEAD.replace(b"200 OK", b"301 X\r\nLocation: /y") + b"1000\r\n\r\n", b" "),
}


@pytest.mark.parametrize(("head", "drop"), DRIPS.values(), ids=DRIPS)
def test_154_a_server_that_sends_a_byte_at_a_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(github, "CALL_SECONDS", 1)
    monkeypatch.setattr(github, "TRIES", 1)
    with answering([head, *([drop] * 80)], pause=0.05) as url:
        started = time.monotonic()
        with pytest.raises(GitHubError, match="no answer that can be read") as found:
            client_of(url).read("/x")
        assert 0.9 < time.monotonic() - started < 3 and found.value.doubtful


PIECE = b" " * 2**20
ENDLESS = {
    "answer": (HEAD + b"9999999999\r\n\r\n", PIECE),
    "error": (HEAD.replace(b"200 OK", b"500 X") + b"9999999999\r\n\r\n", PIECE),
    "redirect": (HEAD.replace(b"200 OK", b"302 X\r\nLocation: /y") + b"9999999999\r\n\r\n", PIECE),
    "chunks": (b"HTTP/1.1 401 X\r\nTransfer-Encoding: chunked\r\n\r\n", b"100000\r\n%b\r\n" % PIECE),
    "packed": (HEAD.replace(b"Content-Length", b"Content-Encoding: gzip\r\nContent-Length") + b"9999999\r\n\r\n",
               gzip.compress(PIECE * 60)),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 2**16),
}  # fmt: skip


@pytest.mark.parametrize(("head", "drop"), ENDLESS.values(), ids=ENDLESS)
def test_154_an_answer_without_end_is_cut_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 10_000_000)
    monkeypatch.setattr(github, "TRIES", 1)
    client_of("http://127.0.0.1:9").close()  # the library's own memory is not the answer's
    with answering([head, *([drop] * 100)]) as url:
        tracemalloc.start()
        started = time.monotonic()
        with pytest.raises(GitHubError, match=r"no answer that can be read \((RequestException|ConnectionError)\)"):
            client_of(url).read("/x")
        assert time.monotonic() - started < 20
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 50_000_000


@pytest.mark.parametrize(
    "chunks",
    [
        [b"not http at all\r\n\r\n"],
        [b""],
        [HEAD + b"50\r\n\r\n{"],
        [HEAD + b"1\r\n\r\n{"],
        [HEAD + b"7\r\n\r\n[1, 2,"],
        [HEAD + b"10\r\n\r\n<html></ht"],
        [HEAD + b"0\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
        [HEAD.replace(b"json", b"json\r\nContent-Encoding: gzip") + b"4\r\n\r\nabcd"],
        [HEAD + b"2\r\n\r\n\xff\xfe"],
        [HEAD + b"6\r\n\r\n[[[[[["],
        [HEAD + b"200000\r\n\r\n" + b"[" * 200_000],
    ],
)
def test_154_what_is_no_answer_is_one_error(chunks: list[bytes]) -> None:
    with answering(chunks) as url:
        with pytest.raises(GitHubError):
            client_of(url).query("query { x }", {})
        with pytest.raises(GitHubError):
            client_of(url).write("POST", "/x", {})


def test_154_a_large_answer_is_read_and_judged() -> None:
    size = 20_000_000
    with (
        answering([HEAD + str(size).encode() + b"\r\n\r\n", b'"' + b"x" * (size - 2) + b'"']) as url,
        pytest.raises(GitHubError),
    ):
        client_of(url).write("POST", "/x", {})


def test_154_nobody_listens() -> None:
    with pytest.raises(GitHubError) as found:
        client_of("http://127.0.0.1:9").query("query { x }", {})
    assert found.value.doubtful


def test_155_a_fork_without_secrets_gets_rules_summary_and_annotations(server: GitHub, tmp_path: Path) -> None:
    server.writable = False
    run = Run(server, tmp_path, ANTHROPIC_API_KEY="")
    assert run.all() == 0
    assert [row[0] for row in server.writes()] == ["POST"]
    assert "2 findings" in run.summary.read_text()


@pytest.mark.parametrize(
    "shape",
    [
        {"repository": []},
        {"repository": {"pullRequest": []}},
        {"repository": {"pullRequest": {"comments": []}}},
        {"repository": {"pullRequest": {"reviewThreads": {"nodes": {"x": 1}}}}},
        {"repository": {"pullRequest": {"baseRef": "main"}}},
        {"repository": {"pullRequest": {}, "diskUsage": "much"}},
    ],
)
def test_154_an_answer_of_another_shape_is_no_bug_of_ours(server: GitHub, shape: object) -> None:
    server.faults = [Fault("QUERY", "graphql", 200, {"data": shape}, times=9)]
    try:
        found = pull.pull(quiet(server), "acme/shop", 7, BY)
    except (GitHubError, RequestError):
        return
    assert found.threads == ()


# -- 160: the end can come anywhere ------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_160_a_run_that_is_killed_at_any_request_is_finished_by_the_next(
    server: GitHub, tmp_path: Path, at: int, after: bool
) -> None:
    run = Run(server, tmp_path)
    run.collect()
    run.review()
    server.requests.clear()
    code = (
        "import os, sys; from backline import publishing;"
        "print(os.getpid(), flush=True); sys.stdin.readline();"
        f"publishing.publish({str(run.report_file)!r}, {{'change': [{str(run.change)!r}]}}, os.environ)"
    )
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", code], env={"PATH": os.environ["PATH"], **run.environ}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin and process.stdout
    process.stdout.readline()
    server.kill = (at, after, lambda: os.kill(process.pid, signal.SIGKILL))
    process.stdin.write("\n")
    process.stdin.close()
    assert process.wait(60) == -signal.SIGKILL
    process.stdout.close()
    server.kill = None
    Run(server, tmp_path).all()
    assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)
    before = len(server.writes())
    Run(server, tmp_path).all()
    assert len(server.writes()) == before
