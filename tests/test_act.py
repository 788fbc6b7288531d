"""The documented examples, run as workflows by `act` in host mode, against stand-ins for GitHub and the model.

`go install github.com/nektos/act@v0.2.82` brings it; where it is missing these tests are skipped. Each installs the
action anew, as a runner does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from composite import ROOT
from github_server import GitHub
from model_server import KEY, serving
from repo import Repo, branched
from running import Run
from test_agent_review import finder
from test_publish import AFTER, BEFORE

ACT = os.environ.get("BACKLINE_ACT") or shutil.which("act")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "action.md").read_text(), re.S)
USED = re.findall(r"OWNER/backline@[0-9a-f]{40}", EXAMPLES[0])[0]
ADDRESSES = ("GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY")

pytestmark = pytest.mark.skipif(ACT is None, reason="act is not installed")


@pytest.fixture
def action(tmp_path: Path) -> Path:
    """The action alone: act copies all of the folder."""
    folder = tmp_path / "action"
    for name in ("src", "rules", "prompts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("action.yml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def act(
    server: GitHub, folder: Path, door: Path, event: str, example: str, *options: str, **payload: Any
) -> subprocess.CompletedProcess[str]:
    """One run of *example*; the workspace is an empty repository, as it is without a checkout."""
    run = Run(server, folder)
    run.event.write_text(json.dumps(server.event() | payload))
    workspace = Repo(run.folder / "workspace")
    workspace.write(".github/workflows/review.yml", example)
    workspace.commit()
    addresses = [word for name in ADDRESSES for word in ("--env", f"{name}={server.environ[name]}")]
    return subprocess.run(
        [str(ACT), event, "--eventpath", str(run.event), "--platform", "ubuntu-24.04=-self-hosted", "--no-cache-server",
         "--local-repository", f"{USED}={door}", "--secret", f"GITHUB_TOKEN={server.token}", *addresses, *options],
        cwd=workspace.path, capture_output=True, text=True, timeout=400,
        env={"PATH": os.environ["PATH"], "HOME": str(run.folder), "XDG_CACHE_HOME": str(run.folder / "cache"),
             "PIP_CACHE_DIR": str(folder / "pip")},
    )  # fmt: skip


def test_a_pull_request_a_fork_and_a_dispatch(tmp_path: Path, action: Path) -> None:
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as server:
        server.open(server.repo.head())
        server.writable = False
        fork = act(server, tmp_path, action, "pull_request", EXAMPLES[0])
        assert fork.returncode == 0, fork.stdout[-3000:]
        assert "TLS certificates are not checked" in fork.stdout
        assert (server.pull.threads, server.pull.comments, len(server.writes())) == ([], [], 1)
        server.writable = True
        found = act(server, tmp_path, action, "pull_request", EXAMPLES[0])
        assert found.returncode == 0, found.stdout[-3000:]
        assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)
        before = len(server.writes())
        again = act(server, tmp_path, action, "workflow_dispatch", EXAMPLES[0], inputs={"pull-request": "7"})
        assert again.returncode == 0, again.stdout[-3000:]
        assert (server.writes()[before:], len(server.pull.threads), len(server.pull.comments)) == ([], 2, 1)
        assert server.broken == []
        assert server.token not in fork.stdout + found.stdout + again.stdout


def test_a_labelled_fork_is_reviewed_by_the_model(tmp_path: Path, action: Path) -> None:
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as server, serving(finder()) as model:
        server.open(server.repo.head())
        example = EXAMPLES[1].replace("max-cost: 1.00", f"max-cost: 1.00\n          base-url: {model.url}")
        key = ("--secret", f"ANTHROPIC_API_KEY={KEY}")
        label = {"name": "safe-to-review"}
        done = act(server, tmp_path, action, "pull_request_target", example, *key, action="labeled", label=label)
        assert done.returncode == 0, done.stdout[-3000:]
        assert model.calls >= 1
        assert len(server.pull.comments) == 1
        assert "claude" in server.pull.comments[0].body
        assert server.broken == []
        assert KEY not in done.stdout
        calls = len(server.requests)
        other = {"action": "labeled", "label": {"name": "bug"}}
        assert act(server, tmp_path, action, "pull_request_target", example, *key, **other).returncode == 0
        assert len(server.requests) == calls
