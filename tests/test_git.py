"""Where a repository is, what git gets to see, what names stand for, and blobs by name."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from repo import Repo, branched

from backline.errors import RequestError
from backline.intake.git import Repository, environment, program
from backline.intake.objects import MAX_BLOB
from backline.intake.refs import Base, commit_of, default_base, merge_base, shown, slug


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.write("app/db.py", "x = 1\n")
    made.commit()
    return made


@pytest.mark.parametrize("inside", ["", "app", ".git", ".git/refs"])
def test_a_repository_is_found_from_any_of_its_folders(repo: Repo, inside: str) -> None:
    with Repository.open(repo.path / inside) as opened:
        assert opened.git_dir == repo.path / ".git"
        assert commit_of(opened, "HEAD") == repo.head()


def test_a_bare_repository_and_a_linked_work_tree_are_found(repo: Repo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    for place, work_tree in (("bare.git", None), ("linked", tmp_path / "linked")):
        with Repository.open(tmp_path / place) as opened:
            assert opened.work_tree == work_tree
            assert commit_of(opened, "HEAD") == repo.head()


def test_a_folder_without_a_repository_and_no_folder_at_all_are_said_in_one_line(tmp_path: Path) -> None:
    for place, message in ((tmp_path, "not a git repository"), (tmp_path / "absent", "no such folder")):
        with pytest.raises(RequestError, match=message) as caught:
            Repository.open(place)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["gitdir: /nowhere\n", "gitdir: .\n", "\0", "x" * 10_000, "gitdir: " + "a/" * 5000])
def test_a_broken_git_file_is_no_repository(tmp_path: Path, content: str) -> None:
    (tmp_path / ".git").write_text(content)
    with pytest.raises(RequestError, match="not a git repository"):
        Repository.open(tmp_path)


def test_git_sees_a_short_list_of_variables_and_none_of_its_own() -> None:
    seen = environment({"PATH": "/bin", "GIT_DIR": "/x", "LD_PRELOAD": "/x.so", "GIT_SSH_COMMAND": "x", "HOME": "/me"})
    assert seen["PATH"] == "/bin"
    assert seen["HOME"] == os.devnull
    assert not {"GIT_DIR", "LD_PRELOAD", "GIT_SSH_COMMAND"} & set(seen)


def test_git_is_never_taken_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join((".", "", os.environ["PATH"])))
    assert Path(program()).is_absolute()
    assert Path(program()).parent != tmp_path
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(RequestError, match="install git"):
        program()


def test_a_failing_command_is_one_line_that_names_it(repo: Repo) -> None:
    with Repository.open(repo.path) as opened, pytest.raises(RequestError, match="git rev-list failed") as caught:
        opened.run("rev-list", "--no-such-option")
    assert "\n" not in str(caught.value)


def test_a_stream_that_fails_is_an_error_and_one_that_is_left_early_is_not(repo: Repo) -> None:
    with Repository.open(repo.path) as opened:
        with (
            pytest.raises(RequestError, match="git cat-file failed"),
            opened.stream("cat-file", "-p", "0" * 40) as lines,
        ):
            assert list(lines) == []
        with opened.stream("log", "-p") as lines:
            assert next(iter(lines)).startswith(b"commit ")


def test_blobs_are_read_by_name_and_nothing_else_is_one(repo: Repo) -> None:
    repo.write("big", b"\0" * (MAX_BLOB + 1))
    repo.write("full", b"\0" * MAX_BLOB)
    repo.commit()
    small, big, full, tree = (repo.git("rev-parse", f"HEAD:{path}") for path in ("app/db.py", "big", "full", "app"))
    with Repository.open(repo.path) as opened:
        assert opened.read(small) == b"x = 1\n"
        for other in (
            big,
            tree,
            repo.head(),
            "0" * 40,
            "",
            "HEAD",
            small + "\n" + small,
            small[:10],
            small.upper() + " ",
        ):
            assert opened.read(other) is None, other
        assert opened.read(small) == b"x = 1\n"
        assert len(opened.read(full) or b"") == MAX_BLOB


def test_blobs_are_read_from_many_threads(repo: Repo) -> None:
    for number in range(50):
        repo.write(f"f{number}", f"{number}\n" * 1000)
    repo.commit()
    wanted = {repo.git("rev-parse", f"HEAD:f{number}"): f"{number}\n".encode() * 1000 for number in range(50)}
    wrong: list[str] = []

    def read_all() -> None:
        wrong.extend(oid for oid, content in wanted.items() if opened.read(oid) != content)

    with Repository.open(repo.path) as opened:
        threads = [threading.Thread(target=read_all) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_closing_ends_the_process_and_a_later_read_starts_another(repo: Repo) -> None:
    oid = repo.git("rev-parse", "HEAD:app/db.py")
    opened = Repository.open(repo.path)
    assert opened.read(oid)
    process = opened.objects._process
    assert process is not None and process.poll() is None
    opened.close()
    assert process.returncode is not None
    opened.close()


@pytest.mark.parametrize(
    "name", ["HEAD", "main", "refs/heads/main", "HEAD~0", "main^0", "v1.0", "ünï/côde", "a;b", "$(id)"]
)
def test_names_of_commits_are_resolved(repo: Repo, name: str) -> None:
    for branch in ("ünï/côde", "a;b", "$(id)"):
        repo.git("branch", branch)
    repo.git("tag", "-a", "v1.0", "-m", "annotated")
    with Repository.open(repo.path) as opened:
        assert commit_of(opened, name) == repo.head()


def test_an_unborn_ref_a_blob_and_a_tree_are_unknown(repo: Repo) -> None:
    repo.git("tag", "blob", repo.git("rev-parse", "HEAD:app/db.py"))
    repo.git("tag", "tree", repo.git("rev-parse", "HEAD:app"))
    with Repository.open(repo.path) as opened:
        for name in ("absent", "blob", "tree", "HEAD~5", "deadbeef" * 5):
            with pytest.raises(RequestError, match="unknown ref"):
                commit_of(opened, name)


DEFAULTS = [
    # refs beside HEAD → the one that is taken
    (["refs/heads/main"], "main"),
    (["refs/heads/master"], "master"),
    (["refs/heads/develop", "refs/heads/main"], "main"),
    (["refs/heads/main", "refs/remotes/origin/master"], "origin/master"),
    (["refs/remotes/origin/main", "refs/remotes/origin/develop"], "origin/main"),
    (["refs/heads/trunk"], "trunk"),
]


@pytest.mark.parametrize(("refs", "taken"), DEFAULTS)
def test_the_default_base_is_the_remotes_default_else_a_usual_name(repo: Repo, refs: list[str], taken: str) -> None:
    sha = repo.head()
    repo.git("checkout", "-q", "--detach")
    repo.git("branch", "-D", "main")
    for ref in refs:
        repo.git("update-ref", ref, sha)
    with Repository.open(repo.path) as opened:
        assert default_base(opened) == Base(taken, sha)


def test_origins_head_beats_every_name(repo: Repo) -> None:
    repo.git("update-ref", "refs/remotes/origin/release", repo.head())
    repo.git("update-ref", "refs/remotes/origin/main", repo.head())
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release")
    with Repository.open(repo.path) as opened:
        assert default_base(opened).name == "origin/HEAD"
    repo.git("update-ref", "-d", "refs/remotes/origin/release")
    with Repository.open(repo.path) as opened:
        assert default_base(opened).name == "origin/main"


def test_without_any_usual_branch_the_base_must_be_named(repo: Repo) -> None:
    repo.git("branch", "-m", "main", "topic")
    with Repository.open(repo.path) as opened, pytest.raises(RequestError, match="--base"):
        default_base(opened)


def test_histories_without_a_common_commit_are_an_error_and_a_shallow_one_says_how_to_deepen(tmp_path: Path) -> None:
    repo = branched(tmp_path / "repo", {"a": "1\n"}, {"a": "2\n"})
    repo.git("checkout", "-q", "--orphan", "island")
    repo.commit()
    with Repository.open(repo.path) as opened:
        main, island = (Base(name, commit_of(opened, name)) for name in ("main", "island"))
        with pytest.raises(RequestError, match="unrelated histories: main and island"):
            merge_base(opened, main, island)
    (repo.path / ".git/shallow").write_text(island.commit + "\n")
    with Repository.open(repo.path) as opened, pytest.raises(RequestError, match="git fetch --unshallow"):
        merge_base(opened, main, island)


REMOTES = [
    ("https://github.com/acme/shop.git", "acme/shop"),
    ("https://github.com/acme/shop", "acme/shop"),
    ("https://user:secret@github.com/acme/shop.git", "acme/shop"),
    ("git@github.com:acme/shop.git", "acme/shop"),
    ("ssh://git@github.com:22/acme/my.shop.git", "acme/my.shop"),
    ("ssh://git@ssh.github.com:443/acme/shop/", "acme/shop"),
    ("https://github.example.com/acme/shop", "acme/shop"),
    ("https://gitlab.com/acme/shop.git", None),
    ("https://gitlab.com/github/acme/shop.git", None),
    ("https://github.com/acme", None),
    ("https://github.com/acme/shop/extra", None),
    ("/srv/github/acme/shop", None),
    ("ext::sh -c x% github.com/acme/shop", None),
    ("https://github.com/a\nb/shop", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "found"), REMOTES)
def test_owner_and_name_are_read_from_a_remote_on_github_and_nothing_else(url: str, found: str | None) -> None:
    assert slug(url) == found


def test_a_name_is_shown_on_one_line() -> None:
    assert shown("a\nb\x1b[31m\u202e") == "a?b?[31m?"
    assert len(shown("x" * 10_000)) == 81
    assert shown("") == '""'
