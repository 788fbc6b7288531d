"""Section A: names in a diff are bytes. Each file is listed once, under its own name, with its own lines."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from repo import ENVIRONMENT, Repo

from backline.intake.change import Change, from_branch, from_worktree
from backline.intake.diff import added
from backline.intake.git import Repository
from backline.intake.patch import from_patch

NAMES = {
    1: [b"app/x\n::error file=a::y.py"],
    2: [b"app/\r::set-output name=findings::0.py"],
    3: [b"app/##[add-mask]the.py"],
    4: [b"app/%0A::warning::x.py"],
    5: [b"app/\x1b[2J\x1b]8;;https:evil\x07x.py"],
    6: [b"app/`whoami`$(id)${IFS};rm -rf.py"],
    8: [b"foo b/bar.py", b"x b/y b/z.py", b"other.py"],
    9: ["app/naïve.py".encode()],
    10: [b'app/q"uote.py', b"app/tab\there.py", b"app/back\\slash.py"],
    11: [b"app/caf\xe9.py"],
    12: [b"/".join([b"d" * 200] * 15) + b"/" + b"f" * 200 + b".py"],
    13: [b"App.py", b"app.py"],
    14: [b":(exclude)*.py", b":!x.py", b":(top,literal)y.py"],
    15: [b"-Omarker", b"--output=x.py", b"-"],
    16: [b".PY", b"x.py ", "x.pу".encode()],
}


def content(number: int) -> bytes:
    return b"import os\nos.system(x)  # %d\n" % number


def committed(folder: Path, names: list[bytes]) -> Repo:
    repo = Repo(folder)
    repo.commit("before")
    repo.branch("topic")
    for number, name in enumerate(names):
        repo.write(name, content(number))
    repo.commit("after")
    return repo


def assert_exact(change: Change, names: list[bytes]) -> None:
    assert sorted(os.fsencode(file.path) for file in change.files) == sorted(names)
    lines = {os.fsencode(file.path): added(file) for file in change.files}
    for number, name in enumerate(names):
        assert lines[name] == {1: "import os", 2: f"os.system(x)  # {number}"}, name
    assert [file.problem for file in change.files] == [None] * len(names)


@pytest.mark.parametrize("case", NAMES)
def test_a_committed_file_is_reviewed_under_its_exact_bytes(tmp_path: Path, case: int) -> None:
    repo = committed(tmp_path / "repo", NAMES[case])
    with Repository.open(repo.path) as opened:
        assert_exact(from_branch(opened), NAMES[case])
    assert not (repo.path / "marker").exists() and not (repo.path / ".git/marker").exists()


@pytest.mark.parametrize("case", NAMES)
def test_an_uncommitted_file_is_reviewed_under_its_exact_bytes(tmp_path: Path, case: int) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit()
    for number, name in enumerate(NAMES[case]):
        repo.write(name, content(number))
    with Repository.open(repo.path) as opened:
        assert_exact(from_worktree(opened), NAMES[case])


@pytest.mark.parametrize("quoting", ["true", "false"])
@pytest.mark.parametrize("case", NAMES)
def test_a_file_of_a_supplied_patch_is_reviewed_under_its_exact_bytes(tmp_path: Path, case: int, quoting: str) -> None:
    repo = committed(tmp_path / "repo", NAMES[case])
    command = ["git", "-c", f"core.quotePath={quoting}", "diff", "main", "topic"]
    data = subprocess.run(command, cwd=repo.path, env=ENVIRONMENT, capture_output=True, check=True).stdout
    assert_exact(from_patch(data, "x.patch"), NAMES[case])


def test_all_of_them_at_once_keep_their_own_lines(tmp_path: Path) -> None:
    names = [name for some in NAMES.values() for name in some]
    repo = committed(tmp_path / "repo", names)
    with Repository.open(repo.path) as opened:
        assert_exact(from_branch(opened), names)


def test_renames_whose_headers_read_the_same_keep_their_own_lines(tmp_path: Path) -> None:
    """Both say ``diff --git a/x b/y b/z``: one is x → "y b/z", the other "x b/y" → z."""
    body = "".join(f"line {number}\n" for number in range(30))
    other = "".join(f"other {number}\n" for number in range(30))
    repo = Repo(tmp_path / "repo")
    repo.write("x", body)
    repo.write("x b/y", other)
    repo.commit("before")
    repo.branch("topic")
    repo.delete("x")
    repo.delete("x b/y")
    repo.write("y b/z", body + "first\n")
    repo.write("z", other + "second\n")
    repo.commit("after")
    with Repository.open(repo.path) as opened:
        first, second = from_branch(opened).files
    assert (first.old_path, first.path, added(first)) == ("x", "y b/z", {31: "first"})
    assert (second.old_path, second.path, added(second)) == ("x b/y", "z", {31: "second"})


def test_fifty_thousand_names_are_listed_in_seconds(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo", bare=True)
    files = b"".join(b"M 100644 :1 app/%d/%d.py\n" % (number % 100, number) for number in range(50_000))
    who = b"committer T <t@e> 0 +0000\ndata 0\n"
    before = b"blob\nmark :1\ndata 2\n1\n\ncommit refs/heads/main\n" + who
    after = b"\ncommit refs/heads/topic\n" + who + b"from refs/heads/main\n" + files
    repo.git("fast-import", "--quiet", stdin=before + after)
    started = sum(os.times()[:4])  # of processors, with those of git: other tests run beside this one
    with Repository.open(repo.path) as opened:
        change = from_branch(opened, "main", "topic")
    assert len(change.files) == 50_000
    assert all(added(file) == {1: "1"} for file in change.files)
    assert sum(os.times()[:4]) - started < 10
