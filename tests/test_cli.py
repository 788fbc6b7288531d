"""The command line end to end, in process: what is shown, what is written, and each way out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from repo import Repo

from backline import cli

BAD = 'import requests\n\n\ndef price(sku):\n    return requests.get(f"https://prices.internal/{sku}").json()\n'
GOOD = BAD.replace('{sku}")', '{sku}", timeout=3)')
RULE = "python.requests-without-timeout"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    for name in ("ANTHROPIC_API_KEY", "GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    made = Repo(tmp_path / "repo")
    made.write("app/shop.py", "def nothing():\n    pass\n")
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    made.write("app/prices.py", BAD)
    made.commit()
    return made


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str) -> tuple[int, str, str]:
        code = cli.run(["review", "--repo", str(repo.path), *words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def test_a_branch_is_reviewed_and_the_receipt_comes_last(run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "app/prices.py:5" in out
    assert out.splitlines()[-1].startswith("complete: 1 changed file")
    assert "where it left main (the default branch; --base names another)" in out
    assert "\x1b" not in out


def test_json_goes_to_stdout_alone(run: Run) -> None:
    code, out, err = run("--format", "json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert [f["rule"] for f in report["findings"]] == [RULE]
    assert report["coverage"][0]["disposition"] == "rules-only"


def test_files_are_written_by_their_suffix(run: Run, tmp_path: Path) -> None:
    names = [str(tmp_path / f"r{suffix}") for suffix in (".json", ".sarif", ".md", ".txt")]
    code, _, _ = run(*(word for name in names for word in ("-o", name)))
    written = [Path(name).read_text() for name in names]
    assert code == 0
    assert json.loads(written[0])["schema"] == "backline.report/1"
    assert json.loads(written[1])["version"] == "2.1.0"
    assert written[2].startswith("## Backline")
    assert "app/prices.py:5" in written[3]


@pytest.mark.parametrize(("fail_on", "code"), [("medium", 1), ("low", 1), ("high", 0), ("never", 0)])
def test_fail_on_decides_the_exit_code(run: Run, fail_on: str, code: int) -> None:
    assert run("--fail-on", fail_on)[0] == code


def test_colour_only_when_it_is_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run()[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run()[1]


def test_uncommitted_work_is_left_out_and_counted_or_reviewed_on_request(run: Run, repo: Repo) -> None:
    repo.write("app/more.py", BAD)
    plain = run("--format", "json")[1]
    assert "app/more.py" not in [row["path"] for row in json.loads(plain)["coverage"]]
    assert any("1 uncommitted file" in note for note in json.loads(plain)["notes"])
    whole = json.loads(run("--worktree", "--base", "main", "--format", "json")[1])
    assert {f["path"] for f in whole["findings"]} == {"app/prices.py", "app/more.py"}


def test_staged_work_alone(run: Run, repo: Repo) -> None:
    repo.write("app/staged.py", BAD)
    repo.git("add", "app/staged.py")
    repo.write("app/unstaged.py", BAD)
    report = json.loads(run("--staged", "--format", "json")[1])
    assert {row["path"] for row in report["coverage"]} == {"app/staged.py"}


def test_a_patch_needs_no_repository(repo: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patch = tmp_path / "change.patch"
    patch.write_text(repo.git("diff", "main", "work") + "\n")
    assert cli.run(["review", "--diff", str(patch), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [f["rule"] for f in report["findings"]] == [RULE]
    assert report["change"]["head"] is None
    assert report["coverage"][0]["reason"] == "hunks only"


def test_the_configuration_of_the_repository_counts(run: Run, repo: Repo) -> None:
    repo.write(".github/backline.yml", f"ignore:\n  - {{rule: {RULE}, reason: the session sets it}}\n")
    code, out, _ = run("--format", "json")
    report = json.loads(out)
    assert (code, report["findings"]) == (0, [])
    assert [row["reason"] for row in report["set_aside"]] == ["ignored: the session sets it"]


def test_paths_choose_what_is_reviewed(run: Run, repo: Repo) -> None:
    repo.write("tools/prices.py", BAD)
    repo.commit()
    report = json.loads(run("--paths", "app/**", "--format", "json")[1])
    assert {row["path"]: row["disposition"] for row in report["coverage"]} == {
        "app/prices.py": "rules-only",
        "tools/prices.py": "skipped",
    }


def test_a_mended_file_is_quiet(run: Run, repo: Repo) -> None:
    repo.write("app/prices.py", GOOD)
    repo.commit()
    code, out, _ = run("--fail-on", "low")
    assert code == 0
    assert "no findings" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--base", "nowhere"], "unknown ref: nowhere"),
        (["--base", "--output=x"], "argument --base: expected one argument"),
        (["--base=--output=x"], "--output=x"),
        (["--head", "a..b"], "a..b"),
        (["--repo", "/nonexistent"], "/nonexistent"),
        (["--diff", "/nonexistent.patch"], "--diff /nonexistent.patch: No such file or directory"),
        (["-o", "report.pdf"], "-o report.pdf: wants a name that ends in .txt, .json, .sarif, .md"),
        (["-o", "/nonexistent/r.json"], "-o /nonexistent/r.json: No such file or directory"),
        (["--effort", "huge"], "--effort: wants one of low, medium, high, not 'huge'"),
        (["--efort", "low"], "unrecognized arguments: --efort low"),
        (["--engine", "claude"], "--engine claude needs ANTHROPIC_API_KEY"),
        (["--config", "/nonexistent.yml"], "--config /nonexistent.yml: No such file or directory"),
        (["--worktree", "--staged"], "--worktree and --staged: choose one of them"),
    ],
)
def test_a_wrong_request_is_one_line_and_exit_2(run: Run, words: list[str], says: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("backline: ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"), [((), ""), (("--agent", "nope.md"), "rules only: no API key"), (("--engine", "rules"), "")]
)
def test_who_names_an_agent_is_told_when_none_looks(run: Run, words: tuple[str, ...], says: str) -> None:
    code, out, _ = run(*words)
    assert code == 0 and says in out
    assert bool(says) == ("rules only: " in out)


def test_a_wrong_configuration_is_one_line(run: Run, repo: Repo) -> None:
    repo.write(".github/backline.yml", "efort: low\n")
    code, _, err = run()
    assert code == 2
    assert err == "backline: .github/backline.yml: unknown key 'efort' (did you mean effort?)\n"


def test_an_unknown_command_offers_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["reveiw"]) == 2
    assert "did you mean review?" in capsys.readouterr().err


def test_a_bug_shows_its_type_and_place_and_nothing_else(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "sk-ant-api03-" + "x" * 95

    def broken(*_: object) -> None:
        raise ValueError(secret)

    monkeypatch.setattr("backline.pipeline.select", broken)
    code, _, err = run()
    assert code == 70
    assert "ValueError at pipeline.py:" in err
    assert secret not in err
    assert "Traceback" not in err


def test_the_schemas_and_rules_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["schema", "report"]) == 0
    assert json.loads(capsys.readouterr().out)["additionalProperties"] is False
    assert cli.run(["schema", "config"]) == 0
    assert "fail-on" in json.loads(capsys.readouterr().out)["properties"]
    assert cli.run(["rules", "list"]) == 0
    assert RULE in capsys.readouterr().out
    for name in ("guard.bidi", "removed.owner", "ruff.B006", "squawk.ban-drop-database"):
        assert cli.run(["rules", "show", name]) == 0
        assert capsys.readouterr().out.startswith(name)
    assert cli.run(["rules", "show", RULE]) == 0
    assert "bad:" in capsys.readouterr().out
    assert cli.run(["rules", "show", RULE + "s"]) == 2
    assert f"did you mean {RULE}?" in capsys.readouterr().err


def test_every_rule_is_listed_by_the_id_that_a_report_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["rules", "list"]) == 0
    *rows, last = capsys.readouterr().out.splitlines()
    ids = [row.split("  ")[0] for row in rows]
    assert "removed.rate-limit" in ids and not any(" " in id_ for id_ in ids)
    assert last == f"{len(ids)} rules"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show"], "which rule?"),
        (["test", "/dev/null"], "no rule in /dev/null"),
        (["test", "/nonexistent"], "no rule in /nonexistent"),
        (["list", "python"], "rules list takes nothing more"),
    ],
)
def test_a_wrong_request_about_rules_is_one_line(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["rules", *words]) == 2
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1


@pytest.mark.parametrize("name", ["one.yml", "one.yaml", "python/one.yml"])
def test_one_rule_file_is_tested_too(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text((Path(__file__).parent.parent / "rules/python/requests-without-timeout.yml").read_text())
    for where in (file, tmp_path):
        assert cli.run(["rules", "test", str(where)]) == 0
        assert capsys.readouterr().out == "1 rule, 0 problems\n"


def test_a_rule_that_fails_its_examples_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parent.parent / "rules/python/requests-without-timeout.yml").read_text()
    (tmp_path / "broken.yml").write_text(text.replace("^timeout$", "^time$"))
    assert cli.run(["rules", "test", str(tmp_path)]) == 1
    assert f"{RULE}: good example" in capsys.readouterr().out


TEAM_RULE = """\
id: team.no-pass
languages: [python]
category: reliability
severity: low
confidence: high
title: "A function that does nothing"
message: "It is called and nothing happens. Nobody notices."
fix: "Remove it."
literals: ["pass"]
rule: {kind: pass_statement}
"""


def rules_of(report: str) -> set[str]:
    return {finding["rule"] for finding in json.loads(report)["findings"]}


def test_a_teams_own_rules_come_from_the_base_commit(run: Run, repo: Repo) -> None:
    repo.write(".github/backline/rules/no-pass.yml", TEAM_RULE)
    repo.write("app/empty.py", "def later():\n    pass\n")
    repo.commit()
    assert rules_of(run("--format", "json")[1]) == {RULE, "guard.review-configuration"}
    repo.git("checkout", "-q", "main")
    repo.write(".github/backline/rules/no-pass.yml", TEAM_RULE)
    repo.commit()
    repo.git("checkout", "-q", "work")
    assert "team.no-pass" in rules_of(run("--format", "json")[1])


@pytest.mark.parametrize(
    "text", [TEAM_RULE.replace("pass_statement", "no_such_kind"), "id: t\u00e9am\n".encode("latin-1")]
)
def test_a_teams_rule_that_cannot_work_is_one_line(run: Run, repo: Repo, text: str | bytes) -> None:
    repo.git("checkout", "-q", "main")
    repo.write(".github/backline/rules/broken.yml", text)
    repo.commit()
    repo.git("checkout", "-q", "work")
    code, _, err = run()
    assert code == 2
    assert err.startswith("backline: .github/backline/rules/broken.yml: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["no-pass.yml", "python/no-pass.yaml", "python/web/no-pass.yml"])
def test_a_teams_rule_may_stand_in_a_folder(run: Run, repo: Repo, name: str) -> None:
    repo.git("checkout", "-q", "main")
    repo.write(f".github/backline/rules/{name}", TEAM_RULE)
    repo.commit()
    repo.git("checkout", "-q", "work")
    repo.write("app/empty.py", "def later():\n    pass\n")
    repo.commit()
    assert "team.no-pass" in rules_of(run("--format", "json")[1])
