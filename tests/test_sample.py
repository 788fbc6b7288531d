"""The main job on the sample: eight defects found on their lines, none of the look-alikes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"

DEFECTS = {
    ("shop/app/orders.py", "SELECT id, total FROM orders WHERE status = '{status}'", "security"),
    ("shop/app/orders.py", "customer = session.query(User).filter(User.id == order.customer_id).one()", "performance"),
    ("shop/app/orders.py", "def delete_order(order_id: int, admin: User = Depends(require_admin)", "security"),
    ("shop/app/partner.py", "time.sleep(pause)", "performance"),
    ("shop/app/partner.py", "if x_signature == expected_signature:", "security"),
    ("shop/migrations/0002_orders_status.sql", "CREATE INDEX orders_status_placed_at", "performance"),
    ("shop/exporter/totals.go", "rows, err := db.QueryContext(ctx, totalsQuery)", "performance"),
    ("shop/hooks/src/server.ts", "exec(`render-invoice", "security"),
}


def review_sample(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / "review_sample.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def line_text(finding: dict) -> str:
    tree = "shop-before" if finding["side"] == "LEFT" else "shop"
    path = EXAMPLES / tree / Path(finding["path"]).relative_to("shop")
    return path.read_text().split("\n")[finding["start_line"] - 1]


def test_the_sample_shows_its_eight_defects_and_none_of_the_look_alikes() -> None:
    done = review_sample("--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    found = {(f["path"], line_text(f), f["category"]) for f in report["findings"]}
    assert len(report["findings"]) == len(DEFECTS), found
    for path, text, category in DEFECTS:
        assert any(path == p and text in t and category == c for p, t, c in found), (path, text, found)
    assert report["complete"] is True
    assert {row["disposition"] for row in report["coverage"]} == {"rules-only"}


def test_each_finding_is_one_clickable_place_in_the_text() -> None:
    done = review_sample()
    report = json.loads(review_sample("--format", "json").stdout)
    for finding in report["findings"]:
        assert done.stdout.count(f"{finding['path']}:{finding['start_line']}") >= 1


def test_fail_on_makes_the_sample_fail() -> None:
    assert review_sample("--fail-on", "high").returncode == 1
    assert review_sample("--fail-on", "critical").returncode == 0


def test_the_readme_shows_what_the_sample_says() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    blocks = [block for block in readme.split("```") if "Receipt  " in block or "shop/app/orders.py:27" in block]
    said = review_sample().stdout
    told = [line for block in blocks for line in block.splitlines() if line.startswith(("HIGH", "Receipt", "complete"))]
    assert len(told) == 3 and [line for line in told if line not in said.splitlines()] == []
