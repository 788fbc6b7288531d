"""A real git repository in a temporary folder, built by plain calls: write, move, delete, commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


class Repo:
    """``Repo(folder)`` makes the repository (branch ``main``, no commit); ``init=False`` takes one that is there."""

    def __init__(self, path: Path | str, *, init: bool = True, bare: bool = False) -> None:
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        if init:
            self.git("init", "-q", "-b", "main", *(["--bare"] if bare else []))

    def git(self, *args: str | bytes, stdin: bytes = b"") -> str:
        """Run git here; its standard output as text (bytes as surrogate escapes), without the last newline."""
        done = subprocess.run(["git", *args], cwd=self.path, env=ENVIRONMENT, input=stdin, capture_output=True)
        assert done.returncode == 0, f"git {args}: {done.stderr.decode(errors='replace')}"
        return os.fsdecode(done.stdout).removesuffix("\n")

    def write(self, path: str | bytes, content: bytes | str, *, mode: int | None = None) -> None:
        """Write a file; *path* is relative, bytes for a name that is not UTF-8."""
        target = os.path.join(os.fsencode(self.path), os.fsencode(path))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        if mode is not None:
            os.chmod(target, mode)

    def symlink(self, path: str, target: str) -> None:
        link = self.path / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    def delete(self, path: str | bytes) -> None:
        os.unlink(os.path.join(os.fsencode(self.path), os.fsencode(path)))

    def move(self, old: str, new: str) -> None:
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        (self.path / old).rename(self.path / new)

    def commit(self, message: str = "change") -> str:
        """Commit everything there is, ignored files and nothing at all included; the commit's name."""
        self.git("add", "--all", "--force", ".")
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
        return self.head()

    def branch(self, name: str) -> None:
        """Make branch *name* here and stand on it."""
        self.git("checkout", "-q", "-b", name)

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


def branched(folder: Path | str, before: dict[str, str | bytes], after: dict[str, str | bytes | None]) -> Repo:
    """``main`` holds *before*; the branch ``topic``, on which it stands, changes it to *after* (None deletes)."""
    repo = Repo(folder)
    for path, content in before.items():
        repo.write(path, content)
    repo.commit("before")
    repo.branch("topic")
    for path, content in after.items():
        if content is None:
            repo.delete(path)
        else:
            repo.write(path, content)
    repo.commit("after")
    return repo
