"""Section H, 158: a linter's configuration, plug-ins and ignore files in the head neither run nor silence anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from linter_examples import ZIZMOR
from repo import Repo, branched

from backline.leads import linters

CODE = {
    "app/orders.py": "import subprocess\n\n\ndef f(name):\n    return missing(name)\n",
    "app/migrations/0001.sql": "DROP INDEX orders_at;\n",
    ".github/workflows/ci.yml": ZIZMOR["insecure-commands"],
}
EXPECTED = {
    ("ruff.F821", "app/orders.py", 5),
    ("squawk.require-concurrent-index-deletion", "app/migrations/0001.sql", 1),
    ("zizmor.insecure-commands", ".github/workflows/ci.yml", 2),
}
ROOT_OR_FOLDER = ("", "app/", "app/migrations/", ".github/", ".github/workflows/")
EXTEND = "extend = {evil!r}\nexclude = ['*']\n[lint]\nignore = ['ALL']\n[lint.per-file-ignores]\n'*' = ['ALL']\n"
HOSTILE = {
    "ruff.toml": EXTEND,
    ".ruff.toml": EXTEND,
    "pyproject.toml": "[tool.ruff]\nextend = {evil!r}\nexclude = ['*']\n[tool.ruff.lint]\nignore = ['ALL']\n"
    "[tool.mypy]\nplugins = [{evil!r}]\n[tool.pylint.main]\ninit-hook = 'import evil'\n",
    ".squawk.toml": "excluded_rules = ['require-concurrent-index-deletion']\nexcluded_paths = ['*']\n",
    "zizmor.yml": "rules:\n  insecure-commands:\n    disable: true\n    ignore: [ci.yml]\n",
    ".zizmor.yml": "rules:\n  insecure-commands:\n    disable: true\n",
    ".rubocop.yml": "require: ./evil.rb\n",
    ".semgrep.yml": "rules: [{{id: a, pattern: b, languages: [python]}}]\n",
    "bandit.yaml": "skips: [ALL]\n",
    ".bandit": "[bandit]\nplugins = {evil}\n",
    ".eslintrc.js": "require('child_process').execSync({evil!r})\n",
    ".pylintrc": "[MAIN]\ninit-hook='import evil'\n",
    "setup.cfg": "[flake8]\nenable-extensions = evil\n",
    ".gitignore": "*\n!app\n",
    ".ignore": "*\n",
    ".editorconfig": "root = true\n",
    "sitecustomize.py": "open({marker!r}, 'w')\n",
    "evil.py": "open({marker!r}, 'w')\n",
    "json.py": "open({marker!r}, 'w')\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A branch that adds the code, every hostile file in every folder where a tool looks, and programs by our names."""
    missing = [name for name in ("ruff", "squawk", "zizmor") if linters._installed(name) is None]
    if missing:
        pytest.skip(f"not installed beside this Python: {', '.join(missing)}")
    evil, marker = str(tmp_path / "evil.sh"), str(tmp_path / "marker")
    Path(evil).write_text(f"#!/bin/sh\ntouch {marker}\n")
    Path(evil).chmod(0o755)
    files = {
        folder + name: text.format(evil=evil, marker=marker)
        for folder in ROOT_OR_FOLDER
        for name, text in HOSTILE.items()
    }
    made = branched(tmp_path / "repo", {"README.md": "x\n"}, {**CODE, **files})
    for folder in ("", "bin/", ".venv/bin/", "node_modules/.bin/"):
        for name in ("ruff", "squawk", "zizmor"):
            made.write(folder + name, f"#!/bin/sh\ntouch {marker}\necho '[]'\n", mode=0o755)
    made.commit()
    return made


def review(repo: Repo, **environ: str) -> dict:
    command = [str(Path(sys.executable).parent / "backline"), "review", "--base", "main", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], "HOME": os.devnull, **environ}
    done = subprocess.run(command, cwd=repo.path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)


def heard(report: dict) -> set[tuple[str, str, int]]:
    return {
        (f["rule"], f["path"], f["start_line"])
        for f in report["findings"]
        if f["rule"].partition(".")[0] in ("ruff", "squawk", "zizmor") and f["path"] in CODE
    }


def test_158_no_configuration_of_the_head_reaches_a_linter(repo: Repo, tmp_path: Path) -> None:
    report = review(repo)
    assert heard(report) == EXPECTED
    assert not (tmp_path / "marker").exists()
    assert not [note for note in report["notes"] if "did not" in note]


def test_158_no_program_of_the_workspace_or_of_path_is_taken_for_a_linter(repo: Repo, tmp_path: Path) -> None:
    path = os.pathsep.join([".", "bin", str(repo.path), str(repo.path / ".venv/bin"), os.environ["PATH"]])
    report = review(
        repo, PATH=path, VIRTUAL_ENV=str(repo.path / ".venv"), PYTHONPATH="", RUFF_CONFIG=str(repo.path / "ruff.toml"),
        ZIZMOR_CONFIG=str(repo.path / "zizmor.yml"), XDG_CONFIG_HOME=str(repo.path), RUFF_OUTPUT_FORMAT="concise",
        RUFF_OUTPUT_FILE=str(tmp_path / "marker"),
    )  # fmt: skip
    assert heard(report) == EXPECTED
    assert not (tmp_path / "marker").exists()


def test_158_a_hostile_folder_for_temporary_files_changes_nothing(repo: Repo, tmp_path: Path) -> None:
    """The private folder may lie below somebody's settings: TMPDIR inside the repository itself."""
    inside = repo.path / "app"
    report = review(repo, TMPDIR=str(inside))
    assert heard(report) == EXPECTED
    assert not (tmp_path / "marker").exists()
    assert [entry for entry in inside.iterdir() if entry.name.startswith("backline-")] == []
