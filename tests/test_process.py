"""The command as a process of its own: what a shell, a full disk and Ctrl-C do to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from repo import Repo

COMMAND = [sys.executable, "-m", "backline"]
ENVIRON = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "ANTHROPIC_", "BACKLINE_"))}


def one_line(text: str) -> str:
    assert text.startswith("backline: ") and text.count("\n") == 1 and "Traceback" not in text
    return text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_under_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "schema", "report"], stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRON
        )
    assert (done.returncode, one_line(done.stderr)) == (2, "backline: standard output: No space left on device\n")


def test_a_closed_standard_output_is_one_line() -> None:
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "schema", "report"]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, env=ENVIRON)
    assert done.returncode == 2
    assert "standard output is closed" in one_line(done.stderr)


def test_a_reader_that_goes_away_is_no_error() -> None:
    shell = ["sh", "-c", '"$@" | head -n 1', "sh", *COMMAND, "rules", "list"]
    done = subprocess.run(shell, capture_output=True, text=True, env=ENVIRON)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A change that several processes look at."""
    made = Repo(tmp_path_factory.mktemp("large") / "repo")
    made.write("app/shop.py", "x = 1\n")
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    body = "".join(
        f"def f{n}(db, x):\n    return db.execute('SELECT {n} FROM t WHERE id = ' + x)\n" for n in range(700)
    )
    for n in range(30):
        made.write(f"app/m{n}.py", body)
    made.commit()
    return made


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("with_workers", [False, True])
def test_a_run_that_is_ended_ends_with_its_workers_and_says_nothing(
    large: Repo, tmp_path: Path, number: int, code: int, with_workers: bool
) -> None:
    """As a terminal does it: the signal of Ctrl-C goes to the whole group."""
    environ = ENVIRON | {"TMPDIR": str(tmp_path)}
    command = [*COMMAND, "review", "--repo", str(large.path), "--base", "main"]
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ, start_new_session=True,
        preexec_fn=_hears_ctrl_c,
    )  # fmt: skip
    if with_workers:
        while run.poll() is None and not _workers(run.pid):
            time.sleep(0.005)
    if number == signal.SIGINT:
        os.killpg(run.pid, number)
    else:
        run.send_signal(number)
    out, err = run.communicate(timeout=30)
    # At the very first the interpreter itself is ended, before Backline is there.
    assert run.returncode in ((code,) if with_workers else (code, -number)), (run.returncode, err)
    assert "Traceback" not in err or not with_workers
    assert out == "" and list(tmp_path.iterdir()) == []
    for _ in range(50):
        if not _group_lives(run.pid):
            return
        time.sleep(0.1)
    raise AssertionError("a worker outlived the run")


def _hears_ctrl_c() -> None:
    """A shell's background job ignores it, and so would all that the job starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _workers(group: int) -> bool:
    """A process that the run has spawned for its rules is there."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            in_group = (folder / "stat").read_text().rpartition(")")[2].split()[2] == str(group)
            if in_group and b"spawn_main" in (folder / "cmdline").read_bytes():
                return True
    return False


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
