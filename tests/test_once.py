"""A pull request that was reviewed before, by the model: only what is new is asked about, what stands counts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from github_server import GitHub
from model_server import KEY, ModelServer, is_second_look, serving
from repo import branched
from running import Run
from test_agent_review import finder

from backline import cli

BASE = "def total(rows):\n    return 0\n"
CODE = "".join(f"def total{n}(rows):\n    return sum(row.load({n}) for row in rows)\n\n\n" for n in range(12))
FILES: dict[str, str | bytes | None] = {f"app/f{n}.py": CODE for n in range(4)}
FOUND = {
    "path": "app/f1.py", "quote": "    return sum(row.load(3) for row in rows)", "line": 14, "severity": "high",
    "confidence": "high", "category": "performance", "cwe": None, "kind": "problem", "title": "A load for each row",
    "body": "Each row is one query.", "evidence": [], "suggestion": None,
}  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHub]:
    with GitHub(branched(tmp_path / "repo", {"app/f0.py": BASE}, FILES)) as made:
        made.open(made.repo.head())
        yield made
        assert made.broken == []


def pull(server: GitHub, tmp_path: Path, answer: Any, **inputs: str) -> tuple[ModelServer, dict[str, Any]]:
    """One job with the model; the report."""
    run = Run(server, tmp_path)
    before = dict(os.environ)
    with serving(answer) as model:
        try:
            assert run.collect() == 0
            os.environ.update(run.environ | {"ANTHROPIC_API_KEY": KEY, "BACKLINE_BASE_URL": model.url} | inputs)
            code = cli.run(["review", "--change", str(run.change), "-o", str(run.report_file)])
        finally:
            os.environ.clear()
            os.environ.update(before)
        assert code == 0
        assert run.publish() == 0
    return model, json.loads(run.report_file.read_text())


def dispositions(report: dict[str, Any]) -> dict[str, str]:
    return {row["path"]: row["disposition"] for row in report["coverage"]}


def asked(model: ModelServer) -> str:
    return json.dumps([body["messages"] for body in model.bodies])


def test_after_a_rebase_nothing_is_asked_and_nothing_is_posted(server: GitHub, tmp_path: Path) -> None:
    model, _ = pull(server, tmp_path, finder(FOUND))
    assert model.calls
    assert [(t.path, t.line) for t in server.pull.threads] == [("app/f1.py", 14)]
    before = len(server.writes())
    server.repo.git("checkout", "-q", "main")
    server.repo.write("other.py", "x = 1\n")
    server.repo.commit()
    server.repo.git("checkout", "-q", "topic")
    server.repo.git("rebase", "-q", "main")
    server.push(server.repo.head(), forced=True)
    model, report = pull(server, tmp_path, finder(FOUND))
    assert model.calls == 0
    assert len(server.writes()) == before
    assert set(dispositions(report).values()) == {"unchanged"}
    assert [(f["title"], f["earlier"], f["verification"]) for f in report["findings"]] == [
        ("A load for each row", True, "confirmed")
    ]
    assert report["complete"]


def test_after_a_push_only_the_new_hunk_is_asked_about(server: GitHub, tmp_path: Path) -> None:
    pull(server, tmp_path, finder(FOUND))
    server.repo.write("app/f2.py", CODE.replace("row.load(7)", "row.fetch(7)"))
    server.push(server.repo.commit())
    model, report = pull(server, tmp_path, finder())
    tasks = {json.dumps(body["messages"][0]) for body in model.bodies if not is_second_look(body)}
    assert len(tasks) == 1
    assert "row.fetch(7)" in asked(model)
    assert dispositions(report) == {f"app/f{n}.py": "reviewed" if n == 2 else "unchanged" for n in range(4)}
    assert [f["earlier"] for f in report["findings"]] == [True]
    assert len(server.pull.threads) == 1


def test_full_asks_about_everything_again_and_says_nothing_twice(server: GitHub, tmp_path: Path) -> None:
    first, _ = pull(server, tmp_path, finder(FOUND))
    again, report = pull(server, tmp_path, finder(FOUND | {"title": "In other words"}), BACKLINE_FULL="true")
    assert again.calls == first.calls
    assert set(dispositions(report).values()) == {"reviewed"}
    assert len(server.pull.threads) == 1


def test_a_file_that_failed_is_asked_about_again(server: GitHub, tmp_path: Path) -> None:
    def broken(body: dict[str, Any], n: int) -> Any:
        return "no JSON"

    run, report = pull(server, tmp_path, finder(FOUND))
    server.pull.comments.clear()
    server.pull.threads.clear()
    failed = Run(server, tmp_path)
    with serving(broken) as model:
        failed.collect()
        before = dict(os.environ)
        os.environ.update(failed.environ | {"ANTHROPIC_API_KEY": KEY, "BACKLINE_BASE_URL": model.url})
        try:
            assert cli.run(["review", "--change", str(failed.change), "-o", str(failed.report_file)]) == 3
        finally:
            os.environ.clear()
            os.environ.update(before)
        failed.publish()
    assert "INCOMPLETE" in server.pull.comments[0].body
    model, report = pull(server, tmp_path, finder(FOUND))
    assert model.calls >= run.calls
    assert set(dispositions(report).values()) == {"reviewed"}
    assert len(server.pull.threads) == 1


def test_another_model_makes_everything_new(server: GitHub, tmp_path: Path) -> None:
    pull(server, tmp_path, finder(FOUND))
    other, _ = pull(server, tmp_path, finder(FOUND), BACKLINE_EFFORT="low")
    assert other.calls
    assert len(server.pull.threads) == 1
