"""Builds the sample's repository in a temporary folder and reviews its branch: what `make review` does.

`examples/shop/` is the branch's tree; `examples/shop-before/` holds the files that were different on main, and ADDED
names those that main did not have. The paths in the output are the paths below this folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ADDED = ("migrations/0002_orders_status.sql", "migrations/0003_orders_total.sql", "exporter/totals.go")
SKIPPED = shutil.ignore_patterns("__pycache__", ".*")
WHO = {"GIT_AUTHOR_NAME": "sample", "GIT_AUTHOR_EMAIL": "sample@example.com"}
WHO |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in WHO.items()}
WHEN = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *words: str) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    subprocess.run(("git", *words), cwd=folder, env=kept | WHO | WHEN | ALONE, check=True, stdout=subprocess.DEVNULL)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", message)


def build(folder: Path) -> None:
    """A repository in *folder*: `main`, and `orders-export` checked out on top of it."""
    git(folder, "-c", "init.defaultBranch=main", "init", "--quiet")
    shutil.copytree(HERE / "shop", folder / "shop", ignore=SKIPPED)
    for path in ADDED:
        (folder / "shop" / path).unlink()
    shutil.copytree(HERE / "shop-before", folder / "shop", ignore=SKIPPED, dirs_exist_ok=True)
    commit(folder, "The shop as it is")
    git(folder, "checkout", "--quiet", "-b", "orders-export")
    shutil.copytree(HERE / "shop", folder / "shop", ignore=SKIPPED, dirs_exist_ok=True)
    commit(folder, "Order search, debtors, partner hooks and the export")


def main() -> int:
    backline = Path(sys.executable).parent / "backline"
    with tempfile.TemporaryDirectory(prefix="backline-sample-") as name:
        build(Path(name))
        command = (str(backline), "review", "--repo", name, "--base", "main", *sys.argv[1:])
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
