"""What the action costs: the install and its size, then collect, review and publish, cold and warm, in seconds.

The real steps of action.yml, in bash, against the tests' GitHub on a socket and a venv of their own. The install wants
the package index. Run by hand (`.venv/bin/python bench/action.py`); no test asserts a time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from composite import Job  # noqa: E402
from github_server import GitHub  # noqa: E402
from repo import branched  # noqa: E402
from running import Run  # noqa: E402

BEFORE: dict[str, str | bytes] = {f"app/m{n}.py": "import requests\n" for n in range(14)}
AFTER: dict[str, str | bytes | None] = {
    name: f"import requests\n\n\ndef ping(url):\n    return requests.get(url, timeout={n})\n"
    for n, name in enumerate(BEFORE)
}


class Timed(Job):
    """A job that notes how long each step took."""

    def _step(self, step: dict[str, object]) -> None:
        started = time.perf_counter()
        super()._step(step)
        print(f"  {step['id']:<10}{time.perf_counter() - started:8.2f} s", flush=True)


def job(server: GitHub, folder: Path, home: str) -> str:
    """One run of the action; the folder of its venv."""
    run = Run(server, folder)
    environ = {k: v for k, v in run.environ.items() if k.startswith("GITHUB_") and k != "GITHUB_TOKEN"}
    workspace = run.folder / "workspace"
    workspace.mkdir()
    made = Timed(run.folder, workspace, environ, {}, server.token)
    code = made.run(skip={"install": {"home": home}} if home else {})
    assert code == 0, made.log
    return made.outputs["install"]["home"]


def megabytes(folder: Path) -> float:
    """As `du` counts: blocks on disk."""
    return sum(os.lstat(Path(at, name)).st_blocks * 512 for at, _, names in os.walk(folder) for name in names) / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="backline-bench-") as name:
        folder = Path(name)
        with GitHub(branched(folder / "repo", BEFORE, AFTER)) as server:
            server.open(server.repo.head())
            print("cold: a new runner")
            home = job(server, folder, "")
            packages, bytecode = megabytes(Path(home) / "venv"), megabytes(Path(home) / "pyc")
            print(f"  on disk   {packages:8.0f} MB of packages, {bytecode:.0f} MB of bytecode")
            for _ in range(2):
                server.pull.threads.clear()
                server.pull.comments.clear()
                print("warm: the venv is made")
                job(server, folder, home)
            assert server.broken == []


if __name__ == "__main__":
    main()
