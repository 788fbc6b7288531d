"""One thread through the whole house: event → objects → unidiff → model call → grounded finding → posted review.

And the next pushes: what nobody changed costs no call and says nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from github_server import GitHub
from model_server import KEY, ModelServer, serving
from repo import branched
from running import Run
from test_agent_review import finder

from backline import cli

BEFORE: dict[str, str | bytes] = {"app/orders.py": "def nothing():\n    return None\n", "README.md": "shop\n"}
CODE = "def refund(order, amount):\n    order.balance -= amount\n    order.save()\n"
AFTER: dict[str, str | bytes | None] = {"app/refunds.py": CODE}
FINDING = {
    "path": "app/refunds.py", "quote": "    order.balance -= amount", "line": 7, "severity": "high",
    "confidence": "high", "category": "reliability", "cwe": "CWE-362", "kind": "problem",
    "title": "Two refunds at once lose one of them",
    "body": "`refund` reads and writes the balance in two steps; two requests at once both start from the old value.",
    "evidence": [{"path": "app/refunds.py", "line": 2}], "suggestion": None,
}  # fmt: skip


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHub]:
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as made:
        made.open(made.repo.head())
        yield made
        assert made.broken == []


def reviewed(
    github: GitHub, model: ModelServer, folder: Path, monkeypatch: pytest.MonkeyPatch, key: str = KEY
) -> dict[str, Any]:
    """The action's three steps; the report."""
    run = Run(github, folder)
    assert run.collect() == 0
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    words = ["--change", str(run.change), "--base-url", model.url, "-o", str(run.report_file)]
    assert cli.run(["review", *words]) == 0
    assert run.publish() == 0
    report: dict[str, Any] = json.loads(run.report_file.read_text())
    return report


def test_a_pull_request_gets_one_review_and_the_next_runs_pay_only_for_what_is_new(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(finder(FINDING)) as model:
        first = reviewed(github, model, tmp_path, monkeypatch)
        assert [(f["path"], f["line"], f["verification"]) for f in first["findings"]] == [
            ("app/refunds.py", 2, "confirmed")
        ]
        assert [(t.path, t.line) for t in github.pull.threads] == [("app/refunds.py", 2)]
        assert len(github.pull.reviews) == len(github.pull.comments) == 1

        # The same head once more: no call to the model, nothing posted.
        calls, written = model.calls, len(github.pull.threads)
        again = reviewed(github, model, tmp_path, monkeypatch)
        assert (model.calls, len(github.pull.threads)) == (calls, written)
        assert [(f["fingerprint"], f["earlier"]) for f in again["findings"]] == [
            (first["findings"][0]["fingerprint"], True)
        ]
        assert [row["disposition"] for row in again["coverage"]] == ["unchanged"]

        # A push that touches another file: that file alone is asked about.
        github.repo.write("app/limits.py", "LIMIT = 100\n")
        github.push(github.repo.commit())
        reviewed(github, model, tmp_path, monkeypatch)
        asked = json.dumps(model.bodies[calls:])
        assert model.calls > calls
        assert "LIMIT = 100" in asked
        assert "order.save" not in asked
        assert len(github.pull.threads) == written

        # A rebase without change: nothing again.
        calls = model.calls
        github.push(github.repo.git("commit-tree", "HEAD^{tree}", "-p", "main", "-m", "squashed"), forced=True)
        reviewed(github, model, tmp_path, monkeypatch)
        assert (model.calls, len(github.pull.threads)) == (calls, written)
    assert KEY not in capsys.readouterr().out


PRICES = "import requests\n\n\ndef price(sku):\n    return requests.get(URL + sku).json()\n"


def test_what_rules_posted_on_a_draft_falls_when_the_second_look_refutes_it(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.repo.write("app/prices.py", PRICES)
    github.push(github.repo.commit())
    github.pull.draft = True
    with serving(finder(verdict="refuted")) as model:
        draft = reviewed(github, model, tmp_path, monkeypatch)
        assert (model.calls, len(github.pull.threads)) == (0, len(draft["findings"]))
        assert draft["findings"]
        github.pull.draft = False
        for _ in range(2):
            ready = reviewed(github, model, tmp_path, monkeypatch)
            assert (ready["findings"], ready["addressed"]) == ([], [])
            assert len(github.pull.threads) == len(draft["findings"])
    assert "requests-without-timeout" not in github.pull.comments[0].body


def test_what_was_refuted_once_stays_refuted_until_its_code_changes(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.repo.write("app/prices.py", PRICES)
    github.push(github.repo.commit())
    with serving(finder(verdict="refuted")) as model:
        first = reviewed(github, model, tmp_path, monkeypatch)
        assert first["findings"] == []
        calls = model.calls
        again = reviewed(github, model, tmp_path, monkeypatch)
    assert (model.calls, again["findings"]) == (calls, [])
    assert any(row["reason"].startswith("refuted") for row in again["set_aside"])


def test_a_run_without_a_key_keeps_what_agents_reviewed_and_refuted_until_its_code_changes(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.repo.write("app/prices.py", PRICES)
    github.push(github.repo.commit())
    with serving(finder(verdict="refuted")) as model:
        reviewed(github, model, tmp_path, monkeypatch)
        calls = model.calls
        for key in ("", KEY, ""):
            again = reviewed(github, model, tmp_path, monkeypatch, key)
            assert (again["findings"], model.calls, len(github.pull.threads)) == ([], calls, 0)

        # Another hunk, without a key: the refutation holds, and the agents look at that hunk alone afterwards.
        github.repo.write("app/limits.py", "LIMIT = 100\n")
        github.push(github.repo.commit())
        assert reviewed(github, model, tmp_path, monkeypatch, "")["findings"] == []
        reviewed(github, model, tmp_path, monkeypatch)
        assert "LIMIT = 100" in json.dumps(model.bodies[calls:])
        assert "URL + sku" not in json.dumps(model.bodies[calls:])

        # Its own hunk: what was refuted of the old one is raised of the new one.
        github.repo.write("app/prices.py", PRICES.replace("(sku)", "(sku, checked=False)"))
        github.push(github.repo.commit())
        assert len(reviewed(github, model, tmp_path, monkeypatch, "")["findings"]) == len(github.pull.threads) == 2
        assert reviewed(github, model, tmp_path, monkeypatch)["findings"] == []
