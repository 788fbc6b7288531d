"""Section B, what intake answers for: diffs of every shape give git's lines, or say why not."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest
from repo import Repo, branched

from backline.errors import FileProblem, RequestError
from backline.finding import Side
from backline.intake import arrival
from backline.intake.change import Change, from_branch, from_worktree, text_of
from backline.intake.diff import FileDiff, added
from backline.intake.disk import Folder
from backline.intake.git import Repository
from backline.intake.objects import MAX_BLOB
from backline.intake.patch import from_patch


def branch(folder: Path) -> Change:
    with Repository.open(folder) as opened:
        return from_branch(opened)


def of(change: Change, path: str) -> FileDiff:
    (file,) = (file for file in change.files if file.path == path)
    return file


def used() -> float:
    return sum(os.times()[:4])


def test_19_one_line_of_a_million_characters_is_one_line(tmp_path: Path) -> None:
    line = "x" * 900_000 + "os.system(x)" + "y" * 99_988
    branched(tmp_path, {"a.py": "1\n"}, {"a.py": "1\n" + line + "\n"})
    started = used()
    assert added(of(branch(tmp_path), "a.py")) == {2: line}
    assert used() - started < 2


@pytest.mark.parametrize("line", ["x = 1\n", "\n"])
def test_20_a_million_added_lines_are_too_large_and_the_other_files_whole(tmp_path: Path, line: str) -> None:
    branched(tmp_path, {}, {"a.py": "1\n", "big.py": line * 1_000_000, "z.py": "2\n"})
    started = used()
    change = branch(tmp_path)
    assert (of(change, "big.py").problem or "").startswith("file too large: ")
    assert of(change, "big.py").hunks == ()
    assert (added(of(change, "a.py")), added(of(change, "z.py"))) == ({1: "1"}, {1: "2"})
    assert used() - started < 10


def test_21_two_hundred_thousand_hunks_are_bounded(tmp_path: Path) -> None:
    before = "".join(f"{number}\n" for number in range(1_600_000))[: MAX_BLOB - 10]
    lines = before.split("\n")
    lines[::8] = ["x"] * len(lines[::8])
    branched(tmp_path, {"a.sql": before, "b.py": "1\n"}, {"a.sql": "\n".join(lines)[:MAX_BLOB], "b.py": "2\n"})
    started = used()
    change = branch(tmp_path)
    assert "file too large" in (of(change, "a.sql").problem or "")
    assert added(of(change, "b.py")) == {1: "2"}
    assert used() - started < 10


MALFORMED = {
    "22 fewer": b"@@ -1 +1 @@\n+a\n+b\n+c\n",
    "22 fewer, one removed": b"@@ -1 +1 @@\n-x\n+a\n+b\n+c\n",
    "22 context": b"@@ -1 +1 @@\n x\n y\n",
    "23 more": b"@@ -1,5 +1,5 @@\n x\n+a\n",
    "23 overflow": b"@@ -1 +9" + b"9" * 25 + b" @@\n+a\n",
    "23 negative": b"@@ -1,1 +-1,1 @@\n+a\n",
    "23 nothing": b"@@ -0,0 +0,0 @@\n+a\n",
    "23 huge": b"@@ -1,9999999999 +1,9999999999 @@\n x\n",
    "out of order": b"@@ -9 +9 @@\n-x\n+a\n@@ -1 +1 @@\n-x\n+a\n",
    "one over another": b"@@ -1,2 +1,2 @@\n x\n-y\n+a\n@@ -2 +2 @@\n-x\n+a\n",
}


@pytest.mark.parametrize("case", MALFORMED)
def test_22_23_a_hunk_whose_counts_do_not_hold_is_an_error_of_its_file(case: str) -> None:
    head = b"diff --git a/%b b/%b\nindex 1..2 100644\n--- a/%b\n+++ b/%b\n"
    good = b"@@ -1 +1 @@\n-x\n+a\n"
    data = b"".join(
        head.replace(b"%b", name) + hunks for name, hunks in ((b"a", good), (b"bad", MALFORMED[case]), (b"z", good))
    )
    change = from_patch(data, "x.patch")
    assert [file.path for file in change.files] == ["a", "bad", "z"]
    assert (of(change, "bad").problem or "").startswith("malformed hunk")
    assert of(change, "bad").hunks == (), "never a part of it"
    assert added(of(change, "a")) == added(of(change, "z")) == {1: "a"}


def test_23_a_hunk_that_is_too_short_does_not_swallow_the_next_file() -> None:
    after = b"diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n"
    change = from_patch(b"--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n x\n" + after, "x.patch")
    assert [(file.path, file.old_path) for file in change.files] == [("x", None), ("new", "old")]
    assert change.files[0].problem


def test_23_a_patch_cut_anywhere_never_loses_lines_silently() -> None:
    whole = b"diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+b\n+c\n d\n"
    for end in range(whole.index(b"@@"), len(whole) - 2):
        (file,) = from_patch(whole[:end], "x.patch").files
        assert file.problem or end < whole.index(b"@@") + 2, whole[:end]


@pytest.mark.parametrize("form", ["--cc", "-c"])
def test_24_a_combined_diff_is_said_and_never_zero_lines(tmp_path: Path, form: str) -> None:
    repo = branched(tmp_path, {"a": "1\n"}, {"a": "2\n"})
    repo.git("checkout", "-q", "main")
    repo.write("a", "3\n")
    repo.commit()
    repo.git("merge", "-q", "-s", "ours", "topic")
    repo.write("a", "4\n")
    repo.git("commit", "-q", "-a", "--amend", "-m", "evil merge")
    data = repo.git("show", form, "HEAD").encode()
    assert b"@@@" in data
    (file,) = from_patch(data, "x.patch").files
    assert (file.path, file.hunks) == ("a", ()) and "combined diff" in (file.problem or "")


def test_25_added_lines_that_look_like_headers_stay_in_their_file(tmp_path: Path) -> None:
    lines = ["diff --git a/evil b/evil", "++ b/x", "-- a/x", "@@ -1 +1 @@", "--- a/x", "+++ b/x", "rename to evil"]
    body = "\n".join(["-- old comment", *lines]) + "\n"
    branched(tmp_path, {"q.sql": "-- old comment\n-- a/gone\n"}, {"q.sql": body})
    change = branch(tmp_path)
    assert [file.path for file in change.files] == ["q.sql"]
    assert added(change.files[0]) == dict(enumerate(lines, 2))


SETTINGS = [
    ("color.ui", "always"), ("diff.external", "true"), ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"),
    ("diff.orderFile", "order"), ("diff.renames", "copies"), ("diff.context", "0"), ("diff.interHunkContext", "9"),
    ("diff.suppressBlankEmpty", "true"), ("diff.wordRegex", "."), ("diff.algorithm", "histogram"),
    ("diff.submodule", "log"), ("diff.relative", "true"), ("diff.colorMoved", "zebra"), ("core.quotePath", "false"),
    ("core.bigFileThreshold", "1"), ("diff.py.textconv", "true"), ("diff.py.binary", "true"), ("core.abbrev", "4"),
    ("diff.ignoreSubmodules", "all"), ("core.attributesFile", "attributes"), ("diff.renameLimit", "1"),
    ("core.worktree", "/nowhere"), ("diff.py.xfuncname", "("), ("diff.indentHeuristic", "false"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_26_no_setting_of_the_repository_changes_the_diff(tmp_path: Path, name: str, value: str) -> None:
    body = "".join(f"line {number}\n\n" for number in range(20))
    repo = branched(tmp_path, {"o.py": body, "a.py": body, ".gitattributes": "*.py diff=py\n"}, {"a.py": body + "x\n"})
    repo.move("o.py", "naïve n.py")
    repo.write("copy.py", body)
    repo.commit()
    expected = branch(tmp_path).files
    assert len(expected) == 3
    repo.write(".git/order", "*\n")
    repo.write(".git/attributes", "*.py -diff\n")
    repo.git("config", name, value)
    assert branch(tmp_path).files == expected


ATTRIBUTES = ["-diff", "binary", "-text", "diff=x", "eol=crlf", "working-tree-encoding=UTF-16"]


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_26_no_attribute_hides_or_changes_lines(tmp_path: Path, attribute: str) -> None:
    repo = branched(tmp_path, {"a.py": "1\n"}, {"a.py": "1\nos.system(x)\n"})
    for place in (".gitattributes", ".git/info/attributes"):
        repo.write(place, f"*.py {attribute}\n")
    assert added(of(branch(tmp_path), "a.py")) == {2: "os.system(x)"}
    repo.write("a.py", "1\nos.system(x)\neval(y)\n")
    with Repository.open(tmp_path) as opened:
        assert added(of(from_worktree(opened), "a.py")) == {3: "eval(y)"}


def test_28_a_nul_does_not_hide_source_code(tmp_path: Path) -> None:
    branched(tmp_path, {"app/db.py": "1\n"}, {"app/db.py": b"1\nx = '\0'\nos.system(x)\n"})
    file = of(branch(tmp_path), "app/db.py")
    assert (file.problem, added(file)) == (None, {2: "x = '\0'", 3: "os.system(x)"})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_29_utf_16_is_decoded_with_the_numbers_of_its_text(tmp_path: Path, encoding: str) -> None:
    before, after = "import os\nx = 1\n", "import os\n# ünï\nos.system(x)\nx = 1\n"
    branched(tmp_path, {"a.py": before.encode(encoding)}, {"a.py": after.encode(encoding)})
    with Repository.open(tmp_path) as opened:
        change = from_branch(opened)
        text = text_of(change, change.files[0], Side.RIGHT)
    assert text and text.text == after
    assert added(change.files[0]) == {2: "# ünï", 3: "os.system(x)"}


@pytest.mark.parametrize("separator", ["\r", "\x0c", "\x0b", "\x85", "\u2028", "\u2029", "\x1c", "\x1d", "\x1e"])
def test_31_32_lines_are_counted_by_newline_alone(tmp_path: Path, separator: str) -> None:
    before = f"a{separator}b\nc\nd\n"
    branched(tmp_path, {"a.py": before}, {"a.py": before + f"x=1 # c{separator}import os;os.system(y)\nlast\n"})
    change = branch(tmp_path)
    assert added(change.files[0]) == {4: f"x=1 # c{separator}import os;os.system(y)", 5: "last"}


@pytest.mark.parametrize("url", ["ext::sh -c 'touch MARKER'", "file:///etc", "-u./x"])
def test_42_a_submodule_is_never_fetched(tmp_path: Path, url: str) -> None:
    modules = f'[submodule "sub"]\n\tpath = sub\n\turl = {url}\n'.replace("MARKER", str(tmp_path / "marker"))
    repo = branched(tmp_path / "repo", {".gitmodules": ""}, {".gitmodules": modules})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    repo.git("commit", "-q", "-m", "bump")
    repo.git("config", "-f", ".git/config", "submodule.recurse", "true")
    with Repository.open(repo.path) as opened:
        change = from_branch(opened)
        sub = of(change, "sub")
        assert (sub.new_mode, sub.hunks[0].lines[0].text) == ("160000", "Subproject commit " + "1" * 40)
        assert text_of(change, sub, Side.RIGHT) is None
    assert not (tmp_path / "marker").exists()


def test_43_an_lfs_pointer_is_shown_as_the_pointer_that_it_is(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1\n"
    attributes = {".gitattributes": "*.py filter=lfs\n", ".lfsconfig": "[lfs]\n\turl = https://evil\n"}
    repo = branched(tmp_path / "repo", {"a.py": "x = 1\n"}, {"a.py": pointer, **attributes})
    marker = tmp_path / "marker"
    for way in ("smudge", "clean", "process"):
        repo.git("config", f"filter.lfs.{way}", f"touch {marker}")
    assert added(of(branch(repo.path), "a.py"))[1].startswith("version https://git-lfs")
    (repo.path / "a.py").write_text("x = 1\n")
    with Repository.open(repo.path) as opened:
        assert (of(from_worktree(opened), "a.py").problem or "").startswith("LFS content")
    assert not marker.exists()


def test_44_renamed_and_copied_content_is_that_of_the_new_path(tmp_path: Path) -> None:
    body = "".join(f"line {number}\n" for number in range(40))
    repo = branched(tmp_path, {"tests/x.py": body, "tests/y.py": body.replace("line", "row"), "c.py": "z" + body}, {})
    repo.move("tests/x.py", "app/x.py")
    repo.move("tests/y.py", "app/y.py")
    changed = body.replace("line", "row").split("\n")
    changed[20:30] = ["os.system(x)"] * 10
    repo.write("app/y.py", "\n".join(changed))
    repo.write("app/c.py", "z" + body)
    repo.commit()
    with Repository.open(repo.path) as opened:
        change = from_branch(opened)
        whole, part, copy = (of(change, path) for path in ("app/x.py", "app/y.py", "app/c.py"))
        assert (whole.status, whole.old_path, whole.hunks) == ("renamed", "tests/x.py", ())
        assert getattr(text_of(change, whole, Side.RIGHT), "text", None) == body
        assert (part.status, list(added(part).values())) == ("renamed", ["os.system(x)"] * 10)
        assert len(added(copy)) == 40
        reviewed = arrival.read_as_added(change)
        assert [len(added(of(reviewed, path))) for path in ("app/x.py", "app/y.py", "app/c.py")] == [40, 40, 40]


def test_46_the_base_moved_on_and_histories_cross(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.write("a", "0\n")
    repo.commit()
    who = b"committer T <t@e> 0 +0000\ndata 0\n"
    base = b"".join(
        b"commit refs/heads/main\n%b%bM 100644 inline base\ndata 5\n%05d\n"
        % (who, b"from refs/heads/main^0\n" if number == 0 else b"", number)
        for number in range(10_000)
    )
    repo.branch("topic")
    repo.write("a", "1\n")
    repo.commit()
    repo.git("fast-import", "--quiet", stdin=base)
    assert [file.path for file in branch(tmp_path).files] == ["a"]
    repo.git("checkout", "-q", "-b", "cross", "main")
    repo.git("merge", "-q", "topic~0")
    repo.git("checkout", "-q", "topic")
    repo.git("merge", "-q", "main")
    repo.write("b", "1\n")
    repo.commit()
    repo.git("update-ref", "refs/heads/main", "cross")
    change = branch(tmp_path)
    assert change.merge_base and {file.path for file in change.files} <= {"a", "b", "base"}
    repo.git("checkout", "-q", "--orphan", "island")
    repo.commit()
    with pytest.raises(RequestError, match="unrelated histories"):
        branch(tmp_path)


def race(folder: Path, outside: Path, stop: list[bool]) -> None:
    """Swap a file with a link and a folder with a link, again and again, until told to stop."""
    while not stop:
        os.replace(folder / "sub", folder / "aside")
        os.symlink(outside, folder / "sub")
        os.unlink(folder / "sub")
        os.replace(folder / "aside", folder / "sub")
        os.symlink(outside / "secret", folder / "new")
        os.replace(folder / "new", folder / "file")
        (folder / "plain").write_bytes(b"mine")
        os.replace(folder / "plain", folder / "file")


def test_72_a_path_that_is_swapped_for_a_link_while_it_is_read_never_leads_outside(tmp_path: Path) -> None:
    folder, outside = tmp_path / "repo", tmp_path / "outside"
    (folder / "sub").mkdir(parents=True)
    outside.mkdir()
    (folder / "sub/secret").write_bytes(b"mine")
    (folder / "file").write_bytes(b"mine")
    (outside / "secret").write_bytes(b"theirs")
    stop: list[bool] = []
    thread = threading.Thread(target=race, args=(folder, outside, stop))
    thread.start()
    seen: set[bytes] = set()
    with Folder.open(folder) as opened:
        for _ in range(5_000):
            for path in ("sub/secret", "file"):
                try:
                    mode, data = opened.read(path)
                    seen.add(data if mode != "120000" else b"link")
                except FileProblem:
                    seen.add(b"problem")
    stop.append(True)
    thread.join()
    assert seen <= {b"mine", b"link", b"problem"}
    assert b"mine" in seen


def test_73_what_is_not_a_plain_file_is_a_problem_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("fifo.py", "socket.py", "sparse.py", "folder.py", "secret.py", "ok.py")
    repo = branched(tmp_path / "repo", dict.fromkeys(names, "1\n"), {})
    for name in names:
        repo.delete(name)
    os.mkfifo(repo.path / "fifo.py")
    (repo.path / "folder.py").mkdir()
    repo.write("secret.py", "2\n", mode=0o000)
    repo.write("ok.py", "2\n")
    repo.write("sparse.py", "")
    os.truncate(repo.path / "sparse.py", 100_000_000_000)
    monkeypatch.chdir(repo.path)  # a socket's name must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.py")
        with Repository.open(repo.path) as opened:
            change = from_worktree(opened)
    problems = {file.path: file.problem for file in change.files}
    assert problems["fifo.py"] == problems["socket.py"] == "not a regular file"
    assert problems["sparse.py"] == "file too large: 100,000,000,000 bytes"
    assert of(change, "folder.py").status == "deleted"
    assert problems["ok.py"] is None and added(of(change, "ok.py")) == {1: "2"}
    assert os.geteuid() == 0 or (problems["secret.py"] or "").startswith("unreadable")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../b", "", ".", "a//b"])
def test_73_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with Folder.open(tmp_path) as opened, pytest.raises(FileProblem, match="not a path inside"):
        opened.read(path)
