"""On a whole branch: each claim of a scripted model ends as a finding on a line of the diff, or is set aside with why.

The model quotes what it was shown: an added line and a bogus one of every file, and a file that is not there.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from model_server import KEY, serving

from backline import cli
from backline.finding import Side
from backline.findings.ground import in_hunk
from backline.intake.change import from_branch
from backline.intake.git import Repository

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
from review_sample import build

FILE = re.compile(r"^=== (.+?) \((?:added|modified|renamed)[^)]*\)$", re.M)
ADDED = re.compile(r"^\+(\d+)\|(.*\S.*)$", re.M)


def claim(path: str, quote: str, line: int, title: str) -> dict[str, Any]:
    return {
        "path": path, "quote": quote, "line": line, "severity": "medium", "confidence": "high",
        "category": "reliability", "cwe": None, "kind": "problem", "title": title, "body": "Trigger. Consequence. Fix.",
        "evidence": [{"path": path, "line": line}], "suggestion": None,
    }  # fmt: skip


class Claims:
    """Remembers what it said, so that nothing can get lost unseen."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any], n: int) -> str:
        if any(message["role"] == "assistant" for message in body["messages"]):
            return '{"findings": []}'
        text = "\n".join(block["text"] for m in body["messages"] for block in m["content"] if block["type"] == "text")
        parts = FILE.split(text)[1:]
        made = [claim("no/such/file.py", "x = 1", 1, f"no file {n}")]
        for path, part in zip(parts[::2], parts[1::2], strict=True):
            added = ADDED.findall(part)
            if added:
                line, quote = added[len(added) // 2]
                made.append(claim(path, quote, int(line) + 40, f"true {path}"))
            made.append(claim(path, "this line was never written", 3, f"bogus {path}"))
        self.made += made
        return json.dumps({"findings": made})


def repositories() -> list[str]:
    """The sample; any other branch by BACKLINE_GROUNDING=DIR:BASE:HEAD, several with a comma."""
    return ["sample", *filter(None, os.environ.get("BACKLINE_GROUNDING", "").split(","))]


@pytest.mark.parametrize("place", repositories())
def test_every_claim_is_a_finding_on_the_diff_or_set_aside_with_its_reason(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, base, head = str(tmp_path), "main", "HEAD"
    if place == "sample":
        build(tmp_path)
    else:
        folder, base, head = place.split(":")
    said = Claims()
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    with serving(said) as server:
        words = ["--repo", folder, "--base", base, "--head", head, "--base-url", server.url, "--effort", "low"]
        code = cli.run(["review", *words, "--max-cost", "900", "--deadline", "300", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert code in (0, 3)

    titles = [row["title"] for row in (*report["findings"], *report["set_aside"])]
    merged = "\n".join(row["body"] or "" for row in report["findings"])
    lost = [c["title"] for c in said.made if c["title"] not in titles and c["title"] not in merged]
    assert lost == []
    assert all(row["reason"] for row in report["set_aside"])
    unknown = [row for row in report["set_aside"] if row["title"].startswith("no file ")]
    assert {(row["path"], row["source"], row["reason"]) for row in unknown} == {
        ("no/such/file.py", "claude", "path: not a file of this change")
    }
    assert not [note for note in report["notes"] if note.startswith("rejected")]
    found = [row for row in report["findings"] if row["source"] == "claude"]
    assert found
    assert all(row["title"].startswith("true ") for row in found)
    with Repository.open(folder) as repository:
        files = {file.path: file for file in from_branch(repository, base, head).files}
    for row in found:
        assert in_hunk(files[row["path"]], Side(row["side"]), row["start_line"], row["line"])
