"""Repositories of a chosen size for the benchmark: plausible Python, TypeScript and Go, a base and a head commit."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

PYTHON = '''\
@router.get("/{name}/{n}")
def {name}_{n}(limit: int = 50, session: Session = Depends(get_session)):
    """Lists {name} number {n}."""
    rows = session.query({cls}).filter({cls}.status == "open").limit(limit).all()
    total = sum(row.amount for row in rows)
    logger.info("%s rows, %s in all", len(rows), total)
    return {{"rows": [row.id for row in rows], "total": total}}


'''
TYPESCRIPT = """\
export async function {name}{n}(db: Pool, limit: number): Promise<Row[]> {{
  // {name} number {n}
  const found = await db.query("SELECT id, total FROM {name} WHERE status = $1 LIMIT $2", ["open", limit]);
  const rows = found.rows.map((row) => ({{ id: row.id, total: Number(row.total) }}));
  return rows.filter((row) => row.total > {n});
}}

"""
GO = """\
// {cls}{n} returns the open {name}.
func {cls}{n}(ctx context.Context, db *sql.DB) (int, error) {{
	var count int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM {name} WHERE status = $1", {n}).Scan(&count)
	if err != nil {{
		return 0, fmt.Errorf("count {name}: %w", err)
	}}
	return count, nil
}}

"""
HEADS = {
    ".py": "import logging\n\nfrom fastapi import APIRouter, Depends\n\nfrom shop.db import Session, get_session\n"
    "from shop.models import Customers, Invoices, Orders, Parcels, Prices, Refunds\n\n"
    "router = APIRouter()\nlogger = logging.getLogger(__name__)\n\n\n",
    ".ts": 'import { Pool } from "pg";\n\ntype Row = { id: number; total: number };\n\n',
    ".go": 'package orders\n\nimport (\n\t"context"\n\t"database/sql"\n\t"fmt"\n)\n\n',
}
BODIES = {".py": PYTHON, ".ts": TYPESCRIPT, ".go": GO}
NAMES = ("orders", "invoices", "refunds", "customers", "parcels", "prices")


def content(ending: str, blocks: int, seed: int) -> str:
    pick = random.Random(seed)
    made = []
    for n in range(blocks):
        name = pick.choice(NAMES)
        made.append(BODIES[ending].format(name=name, cls=name.title(), n=n * 7 + seed))
    return HEADS[ending] + "".join(made)


def files(count: int, lines: int, changed: float) -> Iterator[tuple[str, str, str]]:
    """(path, base text, head text): *count* files of about *lines* lines, the last *changed* part new in the head."""
    for number in range(count):
        ending = (".py", ".py", ".ts", ".go")[number % 4]
        blocks = max(1, lines // BODIES[ending].count("\n"))
        text = content(ending, blocks, number)
        keep = int(len(text) * (1 - changed))
        cut = text.find("\n\n", keep) + 2 if changed < 1 else 0
        yield f"services/api_{number // 100}/module_{number}{ending}", text[:cut], text


def build(folder: Path, count: int, lines: int, changed: float) -> None:
    """A repository in *folder* with `main` and a branch `work`, through fast-import: thousands of files in a moment."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True, env=environ)
    made = list(files(count, lines, changed))
    stream = b"".join(
        [
            *commit("main", "", ((p, old) for p, old, _ in made if old)),
            *commit("work", "from refs/heads/main\n", ((p, new) for p, _, new in made)),
        ]
    )
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=stream, check=True, env=environ)
    subprocess.run(["git", "symbolic-ref", "HEAD", "refs/heads/work"], cwd=folder, check=True, env=environ)
    subprocess.run(["git", "read-tree", "HEAD"], cwd=folder, check=True, env=environ)


def commit(branch: str, parent: str, rows: Iterator[tuple[str, str]]) -> Iterator[bytes]:
    yield f"commit refs/heads/{branch}\ncommitter b <b@example.com> 1767225600 +0000\ndata 1\nx\n{parent}".encode()
    for path, text in rows:
        data = text.encode()
        yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
    yield b"\n"
