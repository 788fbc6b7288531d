"""git, run so that a repository's contents and settings can neither run a program nor change what a diff says."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from backline.errors import RequestError
from backline.intake.locate import locate
from backline.intake.objects import Entry, Objects, check, questions

TIMEOUT = 120
"""Seconds that one git command may take."""

# What could start a program, ask the network or change the form of a diff, whatever the repository's config says.
_SETTINGS = (
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", f"core.attributesFile={os.devnull}", "core.pager=cat",
    "core.quotePath=true", "core.sshCommand=false", "core.untrackedCache=false", "color.ui=false", "credential.helper=",
    "diff.suppressBlankEmpty=false", "diff.relative=false", "gc.auto=0", "maintenance.auto=false",
    "protocol.allow=never", "submodule.recurse=false",
)  # fmt: skip

# Tried against 28 hostile configuration keys: the output stays the same to the byte.
DIFF = (
    "diff", "--no-color", "-O/dev/null", "--no-ext-diff", "--no-textconv", "--text", "--src-prefix=a/",
    "--dst-prefix=b/", "--submodule=short", "--ignore-submodules=none", "--find-renames=50%", "-l1000",
    "--diff-algorithm=myers", "--inter-hunk-context=0", "--indent-heuristic", "--ws-error-highlight=none",
    "--full-index", "--no-abbrev",
)  # fmt: skip
PATCH = (*DIFF, "--patch", "--unified=3")
"""NOTE: ``--unified`` alone asks for a patch too; the environment variable GIT_DIFF_OPTS would beat it."""

_KEPT = ("PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PATHEXT")


class GitFailed(RequestError):
    """git ended with an error. ``said``: all that it wrote about it (None: it took too long); the message is short."""

    def __init__(self, message: str, said: str | None) -> None:
        super().__init__(message)
        self.said = said


def environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """What git gets to see: a short list, no GIT_* of the caller, nobody's configuration, no network, no prompt."""
    given = os.environ if given is None else given
    return {name: given[name] for name in _KEPT if name in given} | {
        "LC_ALL": "C",
        "HOME": os.devnull,
        "XDG_CONFIG_HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_PAGER": "cat",
    }


def program() -> str:
    """The git of the first absolute folder of PATH that has one: the current folder never supplies it."""
    folders = [name for name in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(name).is_absolute()]
    if (found := shutil.which("git", path=os.pathsep.join(folders))) is None:
        raise RequestError("git was not found on PATH: install git 2.20 or later")
    return found


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One repository's objects and refs. ``with Repository.open(path) as repository: …`` ends its processes."""

    git_dir: Path
    common_dir: Path
    """Differs from ``git_dir`` in a linked work tree."""
    work_tree: Path | None = None
    """The folder with the checked-out files; None for a bare repository."""
    checkout: Path | None = None
    """The work tree that git gets to see. None but for uncommitted work: git would read .gitattributes there."""
    stack: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)
    """What ends with this repository."""
    objects: Objects = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "objects", Objects(lambda mode: self._start("cat-file", mode)))
        self.stack.callback(self.objects.close)

    @classmethod
    def open(cls, path: str | Path) -> Repository:
        """The repository that *path* is in: a work tree, a folder of one, or a bare repository."""
        place = locate(Path(path))
        return cls(git_dir=place.git_dir, common_dir=place.common_dir, work_tree=place.work_tree)

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.stack.close()

    def read(self, oid: str) -> bytes | None:
        return self.objects.read(oid)

    def run(
        self, *args: str, stdin: bytes = b"", fine: tuple[int, ...] = (0,), env: dict[str, str] | None = None
    ) -> bytes:
        """Standard output of one git command that ends with a code in *fine*; any other is a RequestError."""
        try:
            done = subprocess.run(
                self._command(*args),
                input=stdin,
                capture_output=True,
                timeout=TIMEOUT,
                cwd=self._seen,
                env=env or environment(),
            )
        except subprocess.TimeoutExpired:
            raise GitFailed(f"git {args[0]} took more than {TIMEOUT} seconds in {self.git_dir}", None) from None
        if done.returncode not in fine:
            said = done.stderr.decode("utf-8", "replace")
            raise GitFailed(f"git {args[0]} failed in {self.git_dir}: {_first_line(said)}", said)
        return done.stdout

    @contextmanager
    def stream(self, *args: str) -> Iterator[IO[bytes]]:
        """Standard output of one git command while it runs. Leaving early ends the command; its failure is ours."""
        process = subprocess.Popen(
            self._command(*args), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            bufsize=1 << 20, cwd=self._seen, env=environment(),
        )  # fmt: skip
        assert process.stdout is not None
        watch = threading.Timer(TIMEOUT, process.kill)
        watch.start()
        try:
            yield process.stdout
            if process.stdout.read(1) == b"" and process.wait() != 0:
                raise RequestError(
                    f"git {args[0]} failed in {self.git_dir}: an object is missing or broken (`git fsck` names it), a"
                    f" partial clone lacks blobs, or it took more than {TIMEOUT} seconds"
                )
        finally:
            watch.cancel()
            process.kill()
            process.stdout.close()
            process.wait()

    def settings(self) -> dict[str, str]:
        """The configuration that the user's own git would use (lower-case names): read, never acted on by our git."""
        env = environment() | {name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in os.environ}
        for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"):
            del env[name]
        words = self.run("config", "--list", "-z", env=env).decode("utf-8", "surrogateescape").split("\0")
        return {name: value for name, _, value in (word.partition("\n") for word in words)}

    def check(self, names: Iterable[str]) -> tuple[Entry | None, ...]:
        """What each of *names* (no newline in them) stands for; they go in by standard input, so none is an option."""
        asked = list(names)
        return check(self.run("cat-file", "--batch-check", stdin=questions(asked)), len(asked)) if asked else ()

    def _start(self, *args: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(*args), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=self._seen, env=environment(),
        )  # fmt: skip

    def _command(self, *args: str) -> list[str]:
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        places = (f"--git-dir={self.git_dir}", f"--work-tree={self._seen}")
        return [program(), "--no-pager", *places, *settings, *args]

    @property
    def _seen(self) -> Path:
        return self.checkout or self.git_dir


def _first_line(said: str) -> str:
    lines = said.strip().splitlines() or ["no message"]
    return "".join(character for character in lines[0] if character.isprintable())[:300]
