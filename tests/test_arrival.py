"""Code that moves into the backend is new to the review, though git calls none of its lines changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from model_server import KEY, NOTHING, said, serving
from repo import Repo, branched

from backline import cli
from backline.intake import arrival, diff
from backline.intake.change import Change, from_branch
from backline.intake.diff import FileDiff, added
from backline.intake.git import Repository

BODY = """\
from flask import request


def run(db):
    email = request.args["email"]
    return db.execute(f"SELECT * FROM t WHERE n = '{email}'")
"""
LINES = BODY.removesuffix("\n").split("\n")


def moved(folder: Path, old: str, new: str, before: str | bytes = BODY, after: str | bytes | None = None) -> Repo:
    repo = branched(folder, {old: before, "app/other.py": "x = 1\n"}, {})
    repo.move(old, new)
    if after is not None:
        repo.write(new, after)
    repo.commit()
    return repo


def seen(repo: Repo, path: str, *paths: str) -> tuple[FileDiff, FileDiff]:
    """The file as git shows it, and as it is reviewed."""
    with Repository.open(repo.path) as opened:
        change = from_branch(opened)
        found = arrival.read_as_added(change, paths)
        return tuple(next(f for f in each.files if f.path == path) for each in (change, found))  # type: ignore[return-value]


ARRIVE = [
    ("tests/h.py", "app/h.py", ()), ("vendor/h.py", "app/h.py", ()), ("docs/h.py", "app/h.py", ()),
    ("app/h.txt", "app/h.py", ()), ("app/test_h.py", "app/h.py", ()), ("old/h.py", "app/h.py", ("app/**",)),
    ("old/h.py", "app/h.py", ("!old/**",)), ("app/h.py", "tests/h.py", ("tests/**",)),
]  # fmt: skip
STAY = [
    ("app/g.py", "app/h.py", ()), ("app/h.py", "tests/h.py", ()), ("tests/g.py", "tests/h.py", ()),
    ("tests/g.py", "app/h.py", ("!app/**",)), ("tests/g.py", "app/h.py", ("**",)), ("docs/a.md", "docs/b.md", ()),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "paths"), ARRIVE)
def test_all_lines_of_a_file_that_moves_into_the_backend_are_added(
    tmp_path: Path, old: str, new: str, paths: tuple[str, ...]
) -> None:
    git, file = seen(moved(tmp_path, old, new), new, *paths)
    assert git.hunks == ()
    assert added(file) == dict(enumerate(LINES, 1))
    assert (file.status, file.old_path, file.problem) == ("renamed", old, None)


@pytest.mark.parametrize(("old", "new", "paths"), STAY)
def test_a_file_that_stays_in_or_out_is_as_git_shows_it(
    tmp_path: Path, old: str, new: str, paths: tuple[str, ...]
) -> None:
    git, file = seen(moved(tmp_path, old, new), new, *paths)
    assert file == git


def test_a_move_with_a_change_is_new_as_a_whole(tmp_path: Path) -> None:
    git, file = seen(moved(tmp_path, "tests/h.py", "app/h.py", after=BODY.replace("FROM t", "FROM u")), "app/h.py")
    assert len(added(git)) == 1
    assert len(added(file)) == 6 and {line.kind for hunk in file.hunks for line in hunk.lines} == {"+"}


CONTENTS = [
    b"\xef\xbb\xbfx = 1\r\ny = '\xe9'\r\n", "x = 'naïve'".encode("utf-16"),
    b"x = 1\n--- a\n+++ b\n@@ -1 +1 @@\n", b"a\n\n\nb",
]  # fmt: skip


@pytest.mark.parametrize("content", CONTENTS)
def test_its_lines_are_those_of_an_added_file(tmp_path: Path, content: bytes) -> None:
    _, file = seen(moved(tmp_path / "a", "tests/h.py", "app/h.py", content), "app/h.py")
    _, as_added = seen(branched(tmp_path / "b", {"x.md": "x\n"}, {"app/h.py": content}), "app/h.py")
    assert file.hunks == as_added.hunks != ()


def test_what_is_empty_binary_or_not_there_stays_without_lines(tmp_path: Path) -> None:
    for n, content in enumerate([b"", b"\0" * 100]):
        git, file = seen(moved(tmp_path / str(n), "tests/h.x", "app/h.x", content), "app/h.x", "app/**")
        assert file == git
    gone = FileDiff(path="app/h.py", old_path="tests/h.py", status="renamed", old_oid="a", new_oid="a")
    change = Change(files=(gone,))
    assert arrival.read_as_added(change, ()) == change


def test_one_that_is_too_large_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = moved(tmp_path, "tests/h.py", "app/h.py")
    monkeypatch.setattr(diff, "MAX_FILE_LINES", 5)
    assert "file too large" in (seen(repo, "app/h.py")[1].problem or "")
    monkeypatch.undo()
    monkeypatch.setattr(arrival, "MAX_CHANGE_LINES", 5)
    assert "change too large" in (seen(repo, "app/h.py")[1].problem or "")


@pytest.mark.parametrize("engine", ["rules", "claude"])
def test_rules_and_agents_see_it(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = moved(tmp_path, "tests/h.py", "app/h.py")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    with serving(NOTHING) as server:
        place = ["--repo", str(repo.path), "--base-url", server.url, "--format", "json", "--effort", "low"]
        code = cli.run(["review", *place, "--engine", engine])
    report = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [row["disposition"] for row in report["coverage"]] == ["rules-only" if engine == "rules" else "reviewed"]
    assert [(f["rule"], f["line"]) for f in report["findings"]] == [("python.sql-from-request", 6)]
    assert ["+6|" in said(body) for body in server.bodies] == ([] if engine == "rules" else [True])
