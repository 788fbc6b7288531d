"""collect: from an event to a folder that the review reads without a token or a network."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from github_server import Fault, GitHub, Note
from repo import ENVIRONMENT, Repo, branched
from running import Run

from backline import collecting
from backline.errors import RequestError
from backline.finding import Side
from backline.intake import collected, fetch, marker, pull, steering
from backline.intake.change import text_of
from backline.intake.github import Client, GitHubError, Server, server_for, server_of
from backline.intake.state import State
from backline.settings import Settings

BEFORE = {"app/db.py": "def f():\n    pass\n", "lib/util.py": "x = 1\n", ".github/backline.yml": "severity: high\n"}
AFTER: dict[str, str | bytes | None] = {
    "app/db.py": "def f():\n    return 1\n",
    ".github/backline.yml": "severity: low\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return branched(tmp_path / "repo", BEFORE, AFTER)


def opened(run: Run) -> Any:
    made = collected.load(run.change)
    return made, collected.repository(run.change, made)


@pytest.mark.parametrize("enterprise", [False, True])
@pytest.mark.parametrize("disk_kb", [100, 0, 900_000], ids=["small", "unknown", "large"])
def test_the_change_is_the_branchs_and_needs_nothing_more(
    repo: Repo, tmp_path: Path, enterprise: bool, disk_kb: int
) -> None:
    with GitHub(repo, enterprise=enterprise, disk_kb=disk_kb) as server:
        server.open(repo.head())
        run = Run(server, tmp_path)
        assert run.collect() == 0
        assert server.broken == []
    made, objects = opened(run)
    with objects:
        change = collected.change(objects, made)
        assert [file.path for file in change.files] == [".github/backline.yml", "app/db.py"]
        assert text_of(change, change.files[1], Side.RIGHT).text == AFTER["app/db.py"]  # type: ignore[union-attr]
        assert text_of(change, change.files[1], Side.LEFT).text == BEFORE["app/db.py"]  # type: ignore[union-attr]
        assert steering.file(objects, made.base, ".github/backline.yml") == b"severity: high\n"
        unchanged = objects.check([f"{made.head}:lib/util.py"])[0]
        assert (unchanged is not None) is (disk_kb == 100)
    assert (made.repository, made.pull_request, made.head) == ("acme/shop", 7, repo.head())
    assert made.merge_base == repo.git("rev-parse", "main")


def test_no_token_and_no_remote_is_left_behind(repo: Repo, tmp_path: Path) -> None:
    with GitHub(repo, disk_kb=0) as server:
        server.open(repo.head())
        run = Run(server, tmp_path)
        run.collect()
        assert all(h["Authorization"].startswith("basic ") for h in server.fetches)
        for file in run.change.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                assert server.token.encode() not in data
                assert file.suffix != ".promisor"
    config = (run.change / "objects.git" / "config").read_text()
    assert "remote" not in config
    assert "partial" not in config.lower()


def test_the_token_is_in_no_argument_of_a_process(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    real = subprocess.run

    def watched(command: list[str], *args: Any, **kwargs: Any) -> Any:
        seen.append(command)
        return real(command, *args, **kwargs)

    with GitHub(repo) as server:
        server.open(repo.head())
        monkeypatch.setattr(subprocess, "run", watched)
        Run(server, tmp_path).collect()
        assert any("fetch" in command for command in seen)
        assert not any(server.token in str(word) or "basic " in str(word) for command in seen for word in command)


def test_large_blobs_are_named_and_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BLOB", 20_000)
    big = {"data.py": "x\n" * 20_000, "old.py": "y\n" * 20_000, "moved.py": "z = 1\n" * 9}
    repo = branched(tmp_path / "repo", big, {"data.py": "x\n" * 20_001, "small.py": "s\n", "old.py": None})
    for disk_kb in (0, 100):
        with GitHub(repo, disk_kb=disk_kb) as server:
            server.open(repo.head())
            run = Run(server, tmp_path)
            assert run.collect() == 0
        made, objects = opened(run)
        with objects:
            files = {file.path: file for file in collected.change(objects, made).files}
        assert sorted(files) == ["data.py", "old.py", "small.py"]
        assert "too large" in (files["data.py"].problem or "")
        assert "too large" in (files["old.py"].problem or "")
        assert files["small.py"].problem is None


def test_a_checkout_that_is_there_is_used(repo: Repo, tmp_path: Path) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        run = Run(server, tmp_path, GITHUB_WORKSPACE=str(repo.path))
        assert run.collect() == 0
        assert server.fetches == []
    made, objects = opened(run)
    with objects:
        assert len(collected.change(objects, made).files) == 2


def test_a_checkout_without_the_commits_is_not_used(repo: Repo, tmp_path: Path) -> None:
    shallow = tmp_path / "work"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", "-b", "main", f"file://{repo.path}", str(shallow)],
        check=True,
        env=ENVIRONMENT,
    )
    with GitHub(repo) as server:
        server.open(repo.head())
        assert Run(server, tmp_path, GITHUB_WORKSPACE=str(shallow)).collect() == 0
        assert server.fetches


def test_the_head_is_the_events_and_the_base_is_where_its_branch_is_now(repo: Repo, tmp_path: Path) -> None:
    head = repo.head()
    with GitHub(repo) as server:
        server.open(head)
        run = Run(server, tmp_path)
        repo.write("later.py", "x\n")
        server.push(repo.commit())
        repo.git("checkout", "-q", "main")
        repo.write(".github/backline.yml", "severity: critical\n")
        base = repo.commit()
        assert run.collect() == 0
    made, objects = opened(run)
    assert (made.head, made.base) == (head, base)
    assert any("moved on" in note for note in made.notes)
    with objects:
        assert [file.path for file in collected.change(objects, made).files] == [".github/backline.yml", "app/db.py"]
        assert steering.file(objects, made.base, ".github/backline.yml") == b"severity: critical\n"


def test_team_rules_and_agents_come_from_the_base(tmp_path: Path) -> None:
    files = {
        ".github/backline/rules/one.yml": "id: a\n",
        ".github/backline/rules/x.txt": "no",
        "a.py": "x\n",
        ".claude/agents/dev.md": "agent",
        "tools/own.md": "own agent",
        ".github/backline.yml": "agents: [tools/own.md]\n",
    }
    repo = branched(tmp_path / "repo", files, {".github/backline/rules/two.yml": "id: evil\n", "a.py": "y\n"})
    for disk_kb in (0, 100):
        with GitHub(repo, disk_kb=disk_kb) as server:
            server.open(repo.head())
            run = Run(server, tmp_path)
            assert run.collect() == 0
        made, objects = opened(run)
        with objects:
            assert steering.rules(objects, made.base) == {".github/backline/rules/one.yml": "id: a\n"}
            assert steering.file(objects, made.base, ".claude/agents/dev.md") == b"agent"
            assert steering.file(objects, made.base, "tools/own.md") == b"own agent"
            for path in ("", "/etc/passwd", "../x", "a.py\nb", "nothing.md", ".github"):
                assert steering.file(objects, made.base, path) is None


def test_two_refs_are_compared_and_have_no_pull_request(repo: Repo, tmp_path: Path) -> None:
    repo.git("tag", "-a", "v1", "-m", "tag", "main")
    with GitHub(repo) as server:
        server.open(repo.head())
        run = Run(server, tmp_path, GITHUB_EVENT_NAME="workflow_dispatch", BACKLINE_BASE="v1", BACKLINE_HEAD="topic")
        assert run.collect() == 0
        assert server.broken == []
        made = collected.load(run.change)
        assert (made.pull_request, made.base, made.head) == (None, repo.git("rev-parse", "main"), repo.head())
        assert run.review()
        assert run.publish() == 0
        assert server.writes() == []
        gone = Run(server, tmp_path, GITHUB_EVENT_NAME="workflow_dispatch", BACKLINE_BASE="main", BACKLINE_HEAD="nope")
        with pytest.raises(RequestError, match="input head: acme/shop has no branch, tag or commit nope"):
            gone.collect()


def test_a_dispatch_with_a_number_takes_the_head_that_is_there(repo: Repo, tmp_path: Path) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        server.pull.draft = True
        run = Run(server, tmp_path, GITHUB_EVENT_NAME="workflow_dispatch", BACKLINE_PULL_REQUEST="7")
        assert run.collect() == 0
    made = collected.load(run.change)
    assert (made.head, made.limited) == (repo.head(), None)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"GITHUB_EVENT_NAME": "push"}, "the event is push"),
        ({"GITHUB_EVENT_NAME": "merge_group"}, "the event is merge_group"),
    ],
)
def test_an_event_that_is_not_reviewed_ends_well(
    repo: Repo, tmp_path: Path, environ: dict[str, str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        run = Run(server, tmp_path, **environ)
        assert run.collect() == 0
        assert run.review() is None
        assert run.publish() == 0
        assert server.requests == []
    assert sentence in capsys.readouterr().err
    assert sentence in run.summary.read_text()


def test_a_closed_pull_request_ends_well(repo: Repo, tmp_path: Path) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        server.pull.state = "MERGED"
        run = Run(server, tmp_path)
        assert run.collect() == 0
        assert collected.load(run.change).nothing == "nothing to review: pull request #7 is merged"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"GITHUB_TOKEN": ""}, "no GITHUB_TOKEN"),
        ({"GITHUB_TOKEN": "a b"}, "github-token: wants printable"),
        ({"GITHUB_TOKEN": "wrong"}, "github-token: GitHub does not know this token"),
        ({"GITHUB_EVENT_PATH": "/nonexistent"}, "GITHUB_EVENT_PATH"),
        ({"GITHUB_EVENT_NAME": "workflow_dispatch"}, "say what to review"),
        ({"BACKLINE_PULL_REQUEST": "8"}, "acme/shop#8: no such pull request"),
        ({"BACKLINE_PULL_REQUEST": "evil/other#7"}, "evil/other#7: no such pull request"),
        ({"GITHUB_REPOSITORY": "../.."}, "GITHUB_REPOSITORY"),
        ({"GITHUB_API_URL": "http://api.example.com"}, "GITHUB_API_URL: wants https"),
        ({"GITHUB_SERVER_URL": "file:///etc"}, "GITHUB_SERVER_URL: wants https"),
        ({"GITHUB_GRAPHQL_URL": "https://user:pw@example.com/graphql"}, "GITHUB_GRAPHQL_URL: wants https"),
    ],
)
def test_what_is_wrong_is_named(repo: Repo, tmp_path: Path, environ: dict[str, str], message: str) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        with pytest.raises(RequestError, match=message):
            Run(server, tmp_path, **environ).collect()


def quiet(server: GitHub) -> Client:
    environ = server.environ
    return Client(server_of(environ), environ["GITHUB_TOKEN"], sleep=lambda seconds: None)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("QUERY", "graphql", 502),
        Fault("QUERY", "graphql", None),
        Fault("QUERY", "graphql", 200, b"<html>no</html>"),
        Fault("QUERY", "graphql", 200, b'{"data": {'),
        Fault("QUERY", "graphql", 403, {"message": "API rate limit exceeded"}),
        Fault("QUERY", "graphql", 429, headers={"Retry-After": "3"}),
        Fault("QUERY", "graphql", 429),
        Fault("QUERY", "graphql", 200, {"errors": [{"message": "Something went wrong while executing your query."}]}),
        Fault("QUERY", "graphql", 200, {"data": None}),
        Fault("QUERY", "graphql", 200, []),
        Fault("QUERY", "graphql", 200, b""),
    ],
)
def test_reading_is_tried_again(repo: Repo, fault: Fault) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        server.faults = [replace(fault)]
        assert pull.pull(quiet(server), "acme/shop", 7, "x" * 12).head == repo.head()
        assert len(server.requests) == 2
        server.faults = [replace(fault, times=9)]
        with pytest.raises(GitHubError):
            pull.pull(quiet(server), "acme/shop", 7, "x" * 12)
        assert len(server.requests) == 5


ODD = (
    *((status, body) for status in (403, 422, 500) for body in (b'"x"', b"5", b"[]", b"null", b'{"message": 5}')),
    (422, b'{"errors": 7}'), (422, b'{"errors": {"a": 1}}'), (422, b'{"errors": [1, null, [2]], "message": ["x"]}'),
    (404, b""), (500, b"\xff\xfe"), (202, b"{}"), (204, b""), (418, b"{}"), (200, b'"x"'), (200, b"5"), (200, b"null"),
)  # fmt: skip
ODD_GRAPHQL = (
    b'{"data": []}', b'{"data": {"repository": {"pullRequest": {"reviewThreads": [1]}}}}', b'{"errors": 7}',
    b'{"data": {"repository": {"pullRequest": {"comments": {"pageInfo": [1]}}}}}', b'{"errors": [{"message": [1]}]}',
    b'{"data": {"repository": {"b0": 5}}}',
)  # fmt: skip
ODD_COMPARE = (
    b'{"files": 5, "merge_base_commit": {"sha": "x"}}', b'{"files": {"a": 1}, "merge_base_commit": [1]}',
    b'{"files": [1], "merge_base_commit": {"sha": "x"}}', b'{"files": [{"filename": 5}], "merge_base_commit": 5}',
)  # fmt: skip


def test_an_odd_answer_is_githubs_failure_at_every_call(repo: Repo) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        client, ask = quiet(server), collecting.pull
        calls: tuple[tuple[str, Callable[[], object], tuple[bytes, ...]], ...] = (
            ("QUERY", lambda: ask.pull(client, "acme/shop", 7, "x" * 12), ODD_GRAPHQL),
            ("QUERY", lambda: ask.sizes(client, "acme/shop", ["0" * 40]), ODD_GRAPHQL),
            ("QUERY", lambda: ask.refs(client, "acme/shop", "main", "topic"), ODD_GRAPHQL),
            ("GET", lambda: ask.compare(client, "acme/shop", "main", repo.head(), 7), ODD_COMPARE),
            ("POST", lambda: client.write("POST", "/repos/acme/shop/issues/7/comments", {"body": "x"}), ()),
            ("MUTATION", lambda: client.mutate("mutation { x }", {}), ()),
        )
        for verb, call, more in calls:
            for status, body in (*ODD, *((200, body) for body in more)):
                server.faults = [Fault(verb, ".", status, body, times=9)]
                try:
                    call()
                except (GitHubError, RequestError):
                    continue
                except Exception as error:
                    pytest.fail(f"{verb} {status} {body!r}: {error!r}")


def test_github_that_does_not_answer_makes_the_run_incomplete(
    repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        server.faults = [Fault("GET", "compare", 503, times=9)]
        run = Run(server, tmp_path)
        assert run.collect() == 3
        assert run.publish() == 3
        assert server.writes() == []
    out = capsys.readouterr()
    assert "incomplete: GET /repos/acme/shop/compare/" in out.err
    assert "::error title=Backline::INCOMPLETE" in out.out
    assert "INCOMPLETE" in run.summary.read_text()


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (Fault("GIT", "info/refs", 502), [1.0]),
        (Fault("GIT", "info/refs", 500, times=2), [1.0, 2.0]),
        (Fault("GIT", "info/refs", 429), [1.0]),
        (Fault("GIT", "info/refs", None), [1.0]),
        (Fault("GIT", "/git-upload-pack$", 503), [1.0]),
        (Fault("GIT", "/git-upload-pack$", 200, b"<html>no</html>"), [1.0]),
    ],
)
def test_a_fetch_that_fails_for_now_is_tried_again(
    repo: Repo, tmp_path: Path, fault: Fault, waits: list[float]
) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        server.faults = [fault]
        run = Run(server, tmp_path)
        assert run.collect() == 0
        assert run.slept == waits
    made, objects = opened(run)
    with objects:
        assert len(collected.change(objects, made).files) == 2


def test_git_that_does_not_answer_makes_the_run_incomplete(
    repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        server.faults = [Fault("GIT", ".", 502, times=9)]
        run = Run(server, tmp_path)
        assert (run.collect(), run.slept) == (3, [1.0, 2.0])
        assert run.publish() == 3
    assert "incomplete: git fetch failed" in capsys.readouterr().err


def test_git_that_takes_too_long_makes_the_run_incomplete_at_once(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backline.intake.git.TIMEOUT", 0.001)
    with GitHub(repo) as server:
        server.open(repo.head())
        run = Run(server, tmp_path)
        assert (run.collect(), run.slept) == (3, [])


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_a_fetch_that_is_refused_is_the_requests_fault_and_sent_once(repo: Repo, tmp_path: Path, status: int) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        server.faults = [Fault("GIT", ".", status, times=9)]
        run = Run(server, tmp_path)
        with pytest.raises(RequestError, match="git fetch failed"):
            run.collect()
        assert (run.slept, len(server.fetches)) == ([], 1)


def test_a_long_wait_is_not_waited_for(repo: Repo) -> None:
    waited: list[float] = []
    with GitHub(repo) as server:
        server.open(repo.head())
        server.faults = [Fault("QUERY", "graphql", 403, {"message": "You have exceeded a secondary rate limit"},
                               headers={"Retry-After": "3600"}, times=9)]  # fmt: skip
        client = Client(server_of(server.environ), server.token, sleep=waited.append)
        with pytest.raises(GitHubError):
            pull.pull(client, "acme/shop", 7, "x" * 12)
    assert waited == []


def test_a_redirect_to_another_server_gets_no_token(repo: Repo) -> None:
    with GitHub(repo) as server, GitHub(repo) as other:
        server.open(repo.head())
        away = other.url.replace("127.0.0.1", "localhost") + "/repos/x"
        for status in (301, 302, 307, 308):
            server.faults = [Fault("GET", "compare", status, headers={"Location": away}, times=9)]
            with pytest.raises(GitHubError, match=r"refused|not GitHub"):
                pull.compare(quiet(server), "acme/shop", "main", repo.head(), 7)
        assert other.requests == []


def test_every_page_of_threads_is_read_and_a_failing_one_is_said(repo: Repo) -> None:
    by = marker.signature("review", "backline")
    with GitHub(repo) as server:
        server.open(repo.head())
        for n in range(350):
            text = marker.write("finding", id=f"{n:016x}", category="security", by=by)
            server.pull.threads += [_thread(n, text, server)] if n < 120 else []
            server.pull.comments.append(Note(90_000 + n, {"login": "dev"}, "hello"))
        server.pull.comments.append(Note(99_999, server.viewer, marker.write("summary", by=by) + "\nx"))
        found = pull.pull(quiet(server), "acme/shop", 7, by)
        assert (len(found.threads), found.partial) == (120, False)
        assert found.summary and found.summary.id == 99_999
        assert len(server.requests) == 4
        client = quiet(server)
        client.sleep = lambda seconds: server.faults.append(Fault("QUERY", "graphql", 502, times=1))
        server.faults = [Fault("QUERY", "graphql", 502, times=1)]
        with pytest.raises(GitHubError):
            pull.pull(client, "acme/shop", 7, by)
        server.requests.clear()
        server.failing_after = 1
        found = pull.pull(quiet(server), "acme/shop", 7, by)
        assert (len(found.threads), found.partial) == (100, True)


def _thread(n: int, text: str, server: GitHub) -> Any:
    from github_server import Thread

    return Thread(id=f"T{n}", path="app/db.py", side="RIGHT", line=2, start_line=None, commit="x",
                  notes=[Note(n, server.viewer, text)])  # fmt: skip


def test_more_files_than_compare_lists_come_by_pages(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {f"src/f{n:03}.py": f"x = {n}\n" for n in range(330)}
    repo = branched(tmp_path / "repo", {"a": "a\n"}, files)
    with GitHub(repo) as server:
        server.open(repo.head())
        found = pull.compare(quiet(server), "acme/shop", "main", repo.head(), 7)
        assert len(found.anchors) == 330
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": "backline.change/2"}', "not json", '{"schema": "backline.change/1"}'],
)
def test_a_folder_that_collect_did_not_write_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RequestError, match=r"change\.json"):
        collected.load(tmp_path)
    (tmp_path / "change.json").write_text(text)
    with pytest.raises(RequestError, match=r"change\.json"):
        collected.load(tmp_path)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    made = collected.Collected(repository="a/b", pull_request=1, base="b", head="h", state=State(hunks=("0" * 16,)))
    collected.save(tmp_path, made)
    assert collected.load(tmp_path) == made
    assert json.loads((tmp_path / "change.json").read_text())["schema"] == "backline.change/1"


def test_a_laptop_collects_by_address_with_its_own_token(repo: Repo, tmp_path: Path) -> None:
    with GitHub(repo) as server:
        server.open(repo.head())
        environ = {name: value for name, value in server.environ.items() if name.endswith("_URL")} | {
            "GH_TOKEN": server.token
        }
        made = collecting.collect_pull(tmp_path / "c", f"{server.url}/acme/shop/pull/7", Settings(), environ)
        assert made.head == repo.head()


def test_a_pull_request_is_reviewed_from_a_laptop_and_its_report_published(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from backline import cli

    repo.write("app/net.py", "import requests\n\n\ndef ping(url):\n    return requests.get(url, verify=False)\n")
    repo.commit()
    with GitHub(repo) as server:
        server.open(repo.head())
        for name, value in server.environ.items():
            if name.endswith("_URL"):
                monkeypatch.setenv(name, value)
        monkeypatch.setenv("GH_TOKEN", server.token)
        file = tmp_path / "report.json"
        address = f"{server.url}/acme/shop/pull/7"
        for name in (address, "acme/shop#7"):
            assert cli.run(["review", "--engine", "rules", "--pr", name, "-o", str(file)]) == 0
        assert "TLS certificates are not checked" in capsys.readouterr().out
        assert json.loads(file.read_text())["change"]["pull_request"] == 7
        assert server.writes() == []
        assert cli.run(["publish", str(file)]) == 0
        assert len(server.pull.threads) == 2
        assert cli.run(["review", "--pr", "acme/shop#8"]) == 2
        assert cli.run(["review", "--pr", address, "--staged"]) == 2
        assert server.broken == []
    assert "acme/shop#8: no such pull request" in capsys.readouterr().err


def test_a_token_goes_to_no_host_that_nobody_named() -> None:
    assert server_for("https://github.com/a/b/pull/1", {}) == Server()
    assert server_for("a/b#1", {}) == Server()
    with pytest.raises(RequestError, match=r"GH_HOST=evil\.example"):
        server_for("https://evil.example/a/b/pull/1", {})
    assert server_for("https://ghe.example/a/b/pull/1", {"GH_HOST": "ghe.example"}).api == "https://ghe.example/api/v3"
