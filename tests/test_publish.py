"""collect and publish against a GitHub on a socket: what is posted, where, and never twice."""

from __future__ import annotations

from pathlib import Path

from github_server import GitHub
from repo import branched
from running import Run

BEFORE = {"app/db.py": "import requests\n\n\ndef ping(url):\n    return None\n"}
AFTER = {"app/db.py": "import requests\n\n\ndef ping(url):\n    return requests.get(url, verify=False)\n"}


def test_an_event_becomes_one_review_with_comments_on_the_line_and_one_summary(tmp_path: Path) -> None:
    repo = branched(tmp_path / "repo", BEFORE, AFTER)
    with GitHub(repo) as server:
        server.open(repo.head())
        run = Run(server, tmp_path)
        assert run.all() == 0
        assert server.broken == []
        assert [(t.path, t.line, t.start_line, t.side) for t in server.pull.threads] == [
            ("app/db.py", 5, None, "RIGHT"),
            ("app/db.py", 5, None, "RIGHT"),
        ]
        assert len(server.pull.reviews) == len(server.pull.comments) == 1
        assert len(server.requests) <= 6


def test_the_same_run_again_writes_nothing(tmp_path: Path) -> None:
    repo = branched(tmp_path / "repo", BEFORE, AFTER)
    with GitHub(repo) as server:
        server.open(repo.head())
        assert Run(server, tmp_path).all() == 0
        before = len(server.writes())
        assert Run(server, tmp_path).all() == 0
        assert len(server.writes()) == before == 2
        assert server.broken == []
