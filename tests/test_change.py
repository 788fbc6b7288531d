"""What a branch, uncommitted work and a supplied patch change: the right files and lines, or one clear line."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from repo import Repo, branched

from backline.errors import RequestError
from backline.finding import Side
from backline.intake.change import Change, from_branch, from_worktree, text_of
from backline.intake.diff import FileDiff, added, removed
from backline.intake.git import Repository
from backline.intake.patch import from_patch


def of(change: Change, path: str) -> FileDiff:
    (file,) = (file for file in change.files if file.path == path)
    return file


def branch(repo: Repo, base: str | None = None, head: str | None = None) -> Change:
    with Repository.open(repo.path) as opened:
        return from_branch(opened, base, head)


def texts(repo: Repo, path: str) -> tuple[str | None, str | None]:
    with Repository.open(repo.path) as opened:
        change = from_branch(opened)
        sides = (text_of(change, of(change, path), side) for side in (Side.LEFT, Side.RIGHT))
        left, right = (text and text.text for text in sides)
        return left, right


def test_a_branch_is_compared_with_where_it_left_the_default_branch_and_says_so(tmp_path: Path) -> None:
    repo = branched(tmp_path, {"a.py": "1\n2\n3\n"}, {"a.py": "1\n2\n3\n4\n", "b.py": "new\n"})
    fork = repo.git("rev-parse", "main")
    repo.git("checkout", "-q", "main")
    repo.write("a.py", "0\n1\n2\n3\n")
    repo.commit("the base goes on")
    repo.git("checkout", "-q", "topic")
    change = branch(repo)
    assert (change.base, change.merge_base, change.head) == (repo.git("rev-parse", "main"), fork, repo.head())
    assert added(of(change, "a.py")) == {4: "4"}
    assert [file.path for file in change.files] == ["a.py", "b.py"]
    assert "where it left main" in change.notes[0] and "--base" in change.notes[0]


def test_base_and_head_can_be_named(tmp_path: Path) -> None:
    repo = branched(tmp_path, {"a": "1\n"}, {"a": "2\n"})
    topic = repo.head()
    repo.git("checkout", "-q", "--detach", "main")
    assert [file.path for file in branch(repo, "main", "topic").files] == ["a"]
    assert branch(repo, topic + "~1", topic).files == branch(repo, "main", "topic").files


def test_on_the_default_branch_itself_there_is_nothing_and_a_way_to_go_on(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.write("a", "1\n")
    repo.commit()
    change = branch(repo)
    assert change.files == ()
    assert "nothing between main and HEAD" in change.notes[0] and "--base HEAD~1" in change.notes[0]


def test_a_repository_without_a_commit_says_so(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    with pytest.raises(RequestError, match="no commit that can be read"):
        branch(repo)


def test_a_detached_head_a_bare_repository_and_a_subfolder_give_the_same_change(tmp_path: Path) -> None:
    repo = branched(tmp_path / "repo", {"app/a.py": "1\n"}, {"app/a.py": "2\n"})
    expected = branch(repo).files
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    repo.git("checkout", "-q", "--detach")
    assert branch(repo).files == expected
    for place in (tmp_path / "bare", tmp_path / "repo/app"):
        with Repository.open(place) as opened:
            assert from_branch(opened, "main", "topic").files == expected


def test_a_shallow_clone_is_compared_where_its_history_suffices(tmp_path: Path) -> None:
    repo = branched(tmp_path / "repo", {"a": "1\n"}, {"a": "2\n"})
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.path}", str(tmp_path / "one"))
    repo.git("clone", "-q", "--depth=2", "--no-single-branch", f"file://{repo.path}", str(tmp_path / "two"))
    with Repository.open(tmp_path / "one") as opened, pytest.raises(RequestError, match="git fetch --unshallow"):
        from_branch(opened, "origin/main")
    with Repository.open(tmp_path / "two") as opened:
        assert [file.path for file in from_branch(opened, "origin/main").files] == ["a"]


def test_a_merge_commit_and_an_empty_branch(tmp_path: Path) -> None:
    repo = branched(tmp_path, {"a": "1\n"}, {"a": "2\n"})
    repo.git("checkout", "-q", "main")
    repo.write("b", "main's\n")
    repo.commit()
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "main")
    assert [file.path for file in branch(repo).files] == ["a"], "what came from the base is not the branch's"
    repo.git("checkout", "-q", "-b", "empty", "main")
    repo.commit("nothing in it")
    assert branch(repo).files == ()


def test_renames_copies_and_deletions(tmp_path: Path) -> None:
    body = "".join(f"line {number}\n" for number in range(20))
    repo = branched(tmp_path, {"old.py": body, "gone.py": "x\n", "kept.py": body * 2}, {"gone.py": None})
    repo.move("old.py", "new b/new.py")
    repo.write("new b/new.py", body.replace("line 7\n", "os.system(x)\n"))
    repo.write("copy.py", body * 2)
    repo.commit()
    change = branch(repo)
    renamed, gone, copy = of(change, "new b/new.py"), of(change, "gone.py"), of(change, "copy.py")
    assert (renamed.status, renamed.old_path, added(renamed)) == ("renamed", "old.py", {8: "os.system(x)"})
    assert (gone.status, gone.new_oid, removed(gone)) == ("deleted", None, {1: "x"})
    assert copy.status == "added" and len(added(copy)) == 40, "a copy is reviewed whole, as GitHub shows it"
    assert texts(repo, "gone.py") == ("x\n", None)
    assert texts(repo, "copy.py") == (None, body * 2)
    left, right = texts(repo, "new b/new.py")
    assert (left, right and right.count("os.system")) == (body, 1)


def test_modes_types_and_submodules(tmp_path: Path) -> None:
    repo = branched(tmp_path, {"mode.sh": "x\n", "file": "x\n", "gone": "y\n"}, {})
    repo.write("mode.sh", "x\n", mode=0o755)
    repo.symlink("file", "../../etc/passwd")
    repo.symlink("link", "mode.sh")
    repo.delete("gone")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},sub")
    repo.git("add", "mode.sh", "file", "link", "gone")
    repo.git("commit", "-q", "-m", "types")
    change = branch(repo)
    mode, file, link, sub = (of(change, path) for path in ("mode.sh", "file", "link", "sub"))
    assert (mode.old_mode, mode.new_mode, mode.hunks, mode.problem) == ("100644", "100755", (), None)
    assert (file.status, file.new_mode) == ("typechange", "120000")
    assert (removed(file), added(file)) == ({1: "x"}, {1: "../../etc/passwd"})
    assert (link.new_mode, added(link)) == ("120000", {1: "mode.sh"})
    assert (sub.new_mode, added(sub)) == ("160000", {1: f"Subproject commit {repo.git('rev-parse', 'HEAD~1')}"})
    assert text_of(change, sub, Side.RIGHT) is None


def test_content_of_every_kind(tmp_path: Path) -> None:
    lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 9\n"
    repo = branched(
        tmp_path,
        {
            "crlf.py": b"a\r\nb\r\n",
            "end.py": "a",
            "bin": b"\x89\0\1",
            "lat.py": b"caf\xe9\n",
            "u16.py": "a\nb\n".encode("utf-16"),
        },
        {
            "crlf.py": b"a\r\nc\r\n",
            "end.py": "a\n",
            "bin": b"\0\2",
            "lat.py": b"caf\xe9\nna\xefve\n",
            "u16.py": "a\nc\n".encode("utf-16"),
            "empty.py": "",
            "lone.py": "x=1 # c\rimport os;os.system(y)\nz\n",
            "lfs.bin": lfs,
            "nul.py": b"x = '\0'\n",
        },
    )
    change = branch(repo)
    assert added(of(change, "crlf.py")) == {2: "c\r"}
    assert (removed(of(change, "end.py")), added(of(change, "end.py"))) == ({1: "a"}, {1: "a"})
    assert (of(change, "bin").problem, of(change, "bin").hunks) == ("binary file", ())
    assert added(of(change, "lat.py")) == {2: "naïve"}
    assert (removed(of(change, "u16.py")), added(of(change, "u16.py"))) == ({2: "b"}, {2: "c"})
    assert (of(change, "empty.py").status, of(change, "empty.py").hunks) == ("added", ())
    assert added(of(change, "lone.py")) == {1: "x=1 # c\rimport os;os.system(y)", 2: "z"}
    assert added(of(change, "lfs.bin"))[1].startswith("version https://git-lfs")
    assert added(of(change, "nul.py")) == {1: "x = '\0'"}
    assert texts(repo, "u16.py") == ("a\nb\n", "a\nc\n")


def test_a_missing_object_stops_with_one_line(tmp_path: Path) -> None:
    repo = branched(tmp_path, {"a": "1\n"}, {"a": "2\n"})
    oid = repo.git("rev-parse", "HEAD:a")
    (tmp_path / f".git/objects/{oid[:2]}/{oid[2:]}").unlink()
    with pytest.raises(RequestError, match="git diff failed") as caught:
        branch(repo)
    assert "\n" not in str(caught.value)


def test_the_repositorys_name_comes_from_origin_without_its_credentials(tmp_path: Path) -> None:
    repo = branched(tmp_path, {}, {"a": "1\n"})
    assert branch(repo).repository is None
    repo.git("remote", "add", "origin", "https://x-access-token:ghs_secret@github.com/acme/shop.git")
    change = branch(repo)
    assert change.repository == "acme/shop"
    assert "secret" not in repr(change)


def test_a_plain_review_says_how_many_uncommitted_files_it_left_out(tmp_path: Path) -> None:
    repo = branched(tmp_path / "repo", {"a": "1\n", ".gitignore": "*.log\n"}, {"a": "2\n"})
    assert len(branch(repo).notes) == 1
    os.utime(repo.path / "a", (1, 1))
    assert len(branch(repo).notes) == 1, "touched, not changed"
    repo.write("x.log", "ignored\n")
    repo.write("a", "3\n")
    assert branch(repo).notes[1].startswith("1 uncommitted file left out")
    repo.write("b", "new\n")
    assert branch(repo).notes[1].startswith("2 uncommitted files left out")
    assert len(branch(repo, head="topic").notes) == 1, "a named head has no work tree"


def worktree(repo: Repo, base: str | None = None, *, staged: bool = False) -> dict[str, tuple[str, dict[int, str]]]:
    with Repository.open(repo.path) as opened:
        change = from_worktree(opened, base, staged)
        for file in change.files:
            text = text_of(change, file, Side.RIGHT)
            assert file.problem or text is None or set(added(file).values()) <= set(text.text.split("\n"))
        return {file.path: (file.problem or file.status, added(file)) for file in change.files}


@pytest.fixture
def dirty(tmp_path: Path) -> Repo:
    """Committed: kept, edited, gone. Staged: one new file. Then edits, a deletion, and files that nobody added."""
    repo = branched(tmp_path / "repo", {"kept": "k\n", "edited": "1\n2\n", "gone": "g\n"}, {"branch": "b\n"})
    repo.write("staged", "s\n")
    repo.git("add", "staged")
    repo.write("staged", "s\nand more\n")
    repo.write("edited", "1\n2\n3\n")
    repo.write("new", "n\n")
    repo.delete("gone")
    return repo


def test_uncommitted_work_is_what_differs_from_head(dirty: Repo) -> None:
    before = dirty.git("status", "--porcelain=v2"), dirty.git("count-objects", "-v")
    assert worktree(dirty) == {
        "edited": ("modified", {3: "3"}), "gone": ("deleted", {}), "new": ("added", {1: "n"}),
        "staged": ("added", {1: "s", 2: "and more"}),
    }  # fmt: skip
    assert (dirty.git("status", "--porcelain=v2"), dirty.git("count-objects", "-v")) == before, "nothing is written"


def test_staged_work_is_the_index_alone(dirty: Repo) -> None:
    assert worktree(dirty, staged=True) == {"staged": ("added", {1: "s"})}


def test_a_base_adds_the_branchs_commits_to_uncommitted_work(dirty: Repo) -> None:
    assert set(worktree(dirty, "main")) == {"branch", "edited", "gone", "new", "staged"}


def test_temporary_folders_end_with_the_repository(
    dirty: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with Repository.open(dirty.path) as opened:
        change = from_worktree(opened)
        assert change.head is None
        (folder,) = (tmp_path / "temporary").iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list((tmp_path / "temporary").iterdir()) == []


def test_ignored_and_env_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = branched(tmp_path / "repo", {".gitignore": "*.json\nnode_modules/\n", "sub/.gitignore": "local\n"}, {})
    (tmp_path / "home/.config/git").mkdir(parents=True)
    (tmp_path / "home/.config/git/ignore").write_text("mine\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (repo.path / ".git/info/exclude").write_text("excluded\n")
    for path in (
        "s.json",
        "node_modules/x.js",
        "sub/local",
        "mine",
        "excluded",
        ".env",
        "sub/.env.prod",
        ".env.d/x",
        "ok.py",
    ):
        repo.write(path, "K=1\n")
    with Repository.open(repo.path) as opened:
        change = from_worktree(opened)
    assert [file.path for file in change.files] == ["ok.py"]
    assert "3 untracked .env file(s) not read" in change.notes


def test_line_ends_are_those_of_a_commit(tmp_path: Path) -> None:
    repo = branched(
        tmp_path, {"lf": "a\nb\n", "crlf": "a\r\nb\r\n", ".gitattributes": "attr text\nkept -text\n", "attr": "a\n"}, {}
    )
    for path in ("lf", "attr", "kept"):
        repo.write(path, "a\r\nb\r\nc\r\n")
    repo.write("crlf", "a\r\nb\r\nc\r\n")
    assert worktree(repo)["lf"][1] == {1: "a\r", 2: "b\r", 3: "c\r"}, "nobody asked git to change them"
    assert worktree(repo)["attr"][1] == {2: "b", 3: "c"}
    repo.git("config", "core.autocrlf", "true")
    assert worktree(repo) == {
        "attr": ("modified", {2: "b", 3: "c"}), "crlf": ("modified", {3: "c\r"}),
        "kept": ("added", {1: "a\r", 2: "b\r", 3: "c\r"}), "lf": ("modified", {3: "c"}),
    }  # fmt: skip


def test_an_unresolved_merge_is_reviewed_with_its_markers_and_cannot_be_staged(tmp_path: Path) -> None:
    repo = branched(tmp_path, {"a": "1\n"}, {"a": "2\n"})
    repo.git("checkout", "-q", "main")
    repo.write("a", "3\n")
    repo.commit()
    with pytest.raises(AssertionError, match="merge"):
        repo.git("merge", "topic")
    assert any(line.startswith("<<<<<<<") for line in worktree(repo)["a"][1].values())
    with pytest.raises(RequestError, match="unmerged"):
        worktree(repo, staged=True)


def test_a_folder_that_became_a_file_and_a_file_that_became_a_folder(tmp_path: Path) -> None:
    repo = branched(tmp_path, {"folder/x": "x\n", "file": "f\n"}, {})
    repo.delete("folder/x")
    (tmp_path / "folder").rmdir()
    repo.write("folder", "now a file\n")
    repo.delete("file")
    repo.write("file/y", "y\n")
    assert worktree(repo) == {
        "file": ("deleted", {}), "file/y": ("added", {1: "y"}), "folder": ("added", {1: "now a file"}),
        "folder/x": ("deleted", {}),
    }  # fmt: skip


def test_repositories_of_unusual_make_are_read_as_git_reads_them(tmp_path: Path) -> None:
    plain = branched(tmp_path / "plain", {"a": "1\n", "d/x": "1\n", "e/x": "1\n"}, {"a": "1\n2\n"})
    (tmp_path / "sha256").mkdir()
    Repo(tmp_path / "sha256", init=False).git("init", "-q", "-b", "main", "--object-format=sha256")
    sha256 = Repo(tmp_path / "sha256", init=False)
    sha256.write("a", "1\n2\n")
    sha256.write("gone", "1\n")
    sha256.commit()
    sha256.delete("gone")
    plain.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    plain.git("clone", "-q", "--shared", ".", str(tmp_path / "borrowed"))
    plain.git("clone", "-q", ".", str(tmp_path / "sparse"))
    sparse = Repo(tmp_path / "sparse", init=False)
    sparse.git("sparse-checkout", "set", "--cone", "--sparse-index", "d")
    plain.git("update-index", "--split-index")
    for name in ("plain", "sha256", "linked", "borrowed", "sparse"):
        repo = Repo(tmp_path / name, init=False)
        repo.write("a", "1\n2\n3\n")
        repo.write("staged", "s\n")
        repo.git("add", "staged")
        expected = {"a": ("modified", {3: "3"}), "staged": ("added", {1: "s"})}
        if name == "sha256":
            expected["gone"] = ("deleted", {})
        assert worktree(repo) == expected, name
        assert worktree(repo, staged=True) == {"staged": ("added", {1: "s"})}, name


def test_without_room_for_temporary_files_commits_are_reviewed_and_uncommitted_work_says_why(
    dirty: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    dirty.write("u16.py", "a\n".encode("utf-16"))
    dirty.git("add", "u16.py")
    dirty.git("commit", "-q", "-m", "UTF-16", "u16.py")
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    change = branch(dirty)
    assert added(of(change, "branch")) == {1: "b"}
    assert (of(change, "u16.py").problem or "").startswith("encoding: UTF-16")
    assert change.notes[1] == "uncommitted files were not looked for"
    with pytest.raises(RequestError, match="TMPDIR"):
        worktree(dirty)


def test_a_bare_repository_has_no_uncommitted_work(tmp_path: Path) -> None:
    repo = branched(tmp_path / "repo", {}, {"a": "1\n"})
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    with Repository.open(tmp_path / "bare") as opened, pytest.raises(RequestError, match="bare repository"):
        from_worktree(opened)


def test_a_submodules_work_is_left_out_and_said(tmp_path: Path) -> None:
    inner = Repo(tmp_path / "repo/inner")
    inner.write("a", "1\n")
    inner.commit()
    repo = Repo(tmp_path / "repo")
    repo.write("x", "1\n")
    repo.commit()
    inner.write("a", "2\n")
    inner.commit()
    with Repository.open(repo.path) as opened:
        change = from_worktree(opened)
    assert change.files == ()
    assert "1 changed submodule(s) or nested repositories left out" in change.notes


HUNK = b"@@ -1 +1 @@\n-a\n+b\n"
PATCHES = [
    (b"--- a/x.py\n+++ b/x.py\n" + HUNK, "x.py", None, "modified", {1: "b"}),
    (b"--- a/x y.py\t\n+++ b/x y.py\t\n" + HUNK, "x y.py", None, "modified", {1: "b"}),
    (b"--- x.py\t2026-01-01 00:00:00\n+++ x.py\t2026-01-02\n" + HUNK, "x.py", None, "modified", {1: "b"}),
    (b"--- /dev/null\n+++ b/x.py\n@@ -0,0 +1 @@\n+b\n", "x.py", None, "added", {1: "b"}),
    (b"--- a/x.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n", "x.py", None, "deleted", {}),
    (b'--- "a/na\\303\\257ve\\n.py"\n+++ "b/na\\303\\257ve\\n.py"\n' + HUNK, "naïve\n.py", None, "modified", {1: "b"}),
    (b"diff --git a/x b/y b/x b/y\nold mode 100644\nnew mode 100755\n", "x b/y", None, "modified", {}),
    (b"diff --git a/o b/n\nsimilarity index 90%\nrename from o\nrename to n\n--- a/o\n+++ b/n\n" + HUNK,
     "n", "o", "renamed", {1: "b"}),
    (b"diff --git a/o b/n\nsimilarity index 100%\ncopy from o\ncopy to n\n", "n", "o", "copied", {}),
    (b'diff --git a/o "b/\\351"\nsimilarity index 100%\nrename from o\nrename to "\\351"\n',
     "\udce9", "o", "renamed", {}),
    (b"diff --git a/x b/x\nnew file mode 100644\nindex 000..e69\n", "x", None, "added", {}),
    (b"diff --git i/x w/x\nindex 1..2 100644\n--- i/x\n+++ w/x\n" + HUNK, "x", None, "modified", {1: "b"}),
    (b"diff --git a/x a/x\nindex 1..2 100644\n--- a/x\n+++ a/x\n" + HUNK, "a/x", None, "modified", {1: "b"}),
    (b"commit abc\nAuthor: x\n\n    words\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n" + HUNK + b"-- \n2.39\n",
     "x", None, "modified", {1: "b"}),
    ("--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+é\n".encode("utf-16"), "x.py", None, "modified", {1: "é"}),
    (b"--- a/x.py\r\n+++ b/x.py\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n", "x.py", None, "modified", {1: "b\r"}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "path", "old_path", "status", "lines"), PATCHES)
def test_a_patch_of_any_form_is_a_change(
    data: bytes, path: str, old_path: str | None, status: str, lines: dict[int, str]
) -> None:
    (file,) = from_patch(data, "x.patch").files
    assert (file.path, file.old_path, file.status, file.problem) == (path, old_path, status, None)
    assert added(file) == lines


def test_a_patch_of_git_is_the_change_that_the_commits_are(tmp_path: Path) -> None:
    repo = branched(
        tmp_path,
        {"a b/c.py": "1\n2\n3\n", "gone": "-- x\n", "naïve.py": "a\n"},
        {"a b/c.py": "1\n++ b/evil\n3\n", "gone": None, "naïve.py": "b", "new": "diff --git a/x b/x\n"},
    )
    repo.symlink("naïve.py", "target")
    repo.commit()
    ours = from_patch((repo.git("diff", "main", "topic") + "\n").encode(), "-")
    theirs = branch(repo)
    assert {file.path: (file.status, file.hunks, file.new_mode) for file in ours.files} == {
        file.path: (file.status, file.hunks, file.new_mode) for file in theirs.files
    }
    assert text_of(ours, ours.files[0], Side.RIGHT) is None


def test_two_versions_of_one_file_in_a_patch_are_not_mixed() -> None:
    part = b"diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n" + HUNK
    (file,) = from_patch(part + part, "x.patch").files
    assert file.hunks == () and "more than once" in (file.problem or "")


def test_an_empty_patch_changes_nothing_and_other_text_is_no_patch() -> None:
    assert from_patch(b"\n", "-").files == ()
    for data in (b"hello\n", b"\x1b[1mdiff --git a/x b/x\x1b[m\n", b"*** a\n--- b\n***************\n"):
        with pytest.raises(RequestError, match="no unified diff"):
            from_patch(data, "x.patch")
