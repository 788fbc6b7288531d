"""Reviews consecutive releases of well-known backend packages by the rules alone, and holds the hits to the ledger.

Every archive becomes one commit of a bare repository in the cache; nothing of a package is ever built or run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from archives import fetch, files

HERE = Path(__file__).resolve().parent
BACKLINE = Path(sys.executable).parent / "backline"
LEDGER = HERE / "ledger.jsonl"
IDENTITY = ("package", "old", "new", "rule", "path", "fingerprint")
VERDICTS = ("true", "arguable", "false")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    registry: str
    package: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    pair: Pair
    lines: int
    """Added lines of the files that were reviewed."""
    files: int
    seconds: float
    hits: tuple[Row, ...]
    faults: tuple[str, ...]


def pairs(only: str) -> Iterator[Pair]:
    for line in (HERE / "packages.tsv").read_text().splitlines():
        registry, package, versions = line.split("\t")
        for old, new in pairwise(versions.split()):
            if only in package:
                yield Pair(registry=registry, package=package, old=old, new=new)


def build(pair: Pair, cache: Path) -> Path:
    """A bare repository with a branch ``old`` and, one commit later, a branch ``new``."""
    place = cache / "repositories" / f"{pair.package}-{pair.old}-{pair.new}".replace("/", "_").replace(":", "_")
    if (place / "built").exists():
        return place
    archives = [fetch(pair.registry, pair.package, version, cache) for version in (pair.old, pair.new)]
    subprocess.run(["git", "init", "--quiet", "--bare", str(place)], check=True)
    importer = subprocess.Popen(["git", "-C", str(place), "fast-import", "--quiet", "--force"], stdin=subprocess.PIPE)
    assert importer.stdin
    for number, (version, archive) in enumerate(zip((pair.old, pair.new), archives, strict=True), 1):
        importer.stdin.write(b"commit refs/heads/%b\nmark :%d\n" % ((b"old", b"new")[number - 1], number))
        importer.stdin.write(b"committer Release <release@example.invalid> 1700000000 +0000\n")
        importer.stdin.write(_data(f"{pair.package} {version}".encode()))
        importer.stdin.write(b"from :1\ndeleteall\n" if number == 2 else b"deleteall\n")
        for path, content in files(pair.registry, archive, version):
            importer.stdin.write(b"M 100644 inline " + _quoted(path) + b"\n" + _data(content))
    importer.stdin.close()
    if importer.wait():
        raise SystemExit(f"{pair.package}: git fast-import failed")
    (place / "built").touch()
    return place


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode()


def review(pair: Pair, cache: Path) -> Outcome:
    try:
        place = build(pair, cache)
    except SystemExit as error:
        return Outcome(pair=pair, lines=0, files=0, seconds=0.0, hits=(), faults=(str(error),))
    command = [str(BACKLINE), "review", "--repo", str(place), "--base", "old", "--head", "new", "--engine", "rules"]
    started = time.perf_counter()
    done = subprocess.run([*command, "--format", "json"], capture_output=True)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 3):
        fault = f"exit code {done.returncode}: {done.stderr.decode('utf-8', 'replace').strip()[-300:]}"
        return Outcome(pair=pair, lines=0, files=0, seconds=seconds, hits=(), faults=(fault,))
    report = json.loads(done.stdout)
    added = _added(place)
    reviewed = [row["path"] for row in report["coverage"] if row["disposition"] in ("reviewed", "rules-only")]
    return Outcome(
        pair=pair,
        lines=sum(added.get(path, 0) for path in reviewed),
        files=len(report["coverage"]),
        seconds=seconds,
        hits=tuple(_row(pair, finding) for finding in report["findings"]),
        faults=tuple(_faults(report, done.returncode, added)),
    )


def _faults(report: Row, code: int, added: dict[str, int]) -> Iterator[str]:
    """What must never happen: a file without a row, an incomplete review that does not say why."""
    covered = Counter(row["path"] for row in report["coverage"])
    for path in sorted(covered.keys() ^ added.keys())[:5]:
        yield f"{path}: {'no row in the receipt' if path in added else 'a row, but git lists no change'}"
    yield from (f"{path}: {count} rows in the receipt" for path, count in covered.items() if count > 1)
    failed = [row for row in report["coverage"] if row["disposition"] == "failed"]
    yield from (f"{row['path']}: failed without a reason" for row in failed if not row["reason"])
    if (code == 3) != (not report["complete"]) or (code == 3 and not failed):
        yield f"exit code {code}, complete {report['complete']}, {len(failed)} failed files"


def _added(place: Path) -> dict[str, int]:
    """Path → added lines for every changed file, as git counts them."""
    command = [
        "git",
        "-C",
        str(place),
        "diff",
        "--numstat",
        "-z",
        "--no-ext-diff",
        "--find-renames=50%",
        "-l1000",
        "old",
        "new",
    ]
    words = iter(subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0"))
    found = {}
    for word in words:
        if word:
            count, _, path = word.split("\t")
            if not path:
                next(words)
                path = next(words)
            found[path] = int(count) if count.isdigit() else 0
    return found


def _row(pair: Pair, finding: Row) -> Row:
    return {
        "package": pair.package, "old": pair.old, "new": pair.new, "rule": finding["rule"], "path": finding["path"],
        "line": finding["line"], "fingerprint": finding["fingerprint"], "severity": finding["severity"],
        "quote": " ".join(finding["quote"].split())[:160],
    }  # fmt: skip


def identity(row: Row) -> tuple[str, ...]:
    return tuple(row[key] for key in IDENTITY)


def judged() -> dict[tuple[str, ...], Row]:
    if not LEDGER.exists():
        return {}
    rows = [json.loads(line) for line in LEDGER.read_text("utf-8").splitlines()]
    return {identity(row): row for row in rows if row["verdict"] in VERDICTS and row["why"]}


def table(outcomes: Iterable[Outcome]) -> None:
    print(f"{'package':<50}{'files':>7}{'lines':>9}{'hits':>6}{'/1000':>7}{'s':>7}")
    lines = hits = 0
    for it in outcomes:
        name = f"{it.pair.package} {it.pair.old}..{it.pair.new}"
        rate = 1000 * len(it.hits) / it.lines if it.lines else 0
        print(f"{name:<50}{it.files:>7}{it.lines:>9}{len(it.hits):>6}{rate:>7.2f}{it.seconds:>7.2f}")
        for fault in it.faults:
            print(f"    FAULT {fault}")
        lines, hits = lines + it.lines, hits + len(it.hits)
    print(f"{'all':<50}{'':>7}{lines:>9}{hits:>6}{1000 * hits / max(1, lines):>7.2f}")


def verdicts(hits: Iterable[Row], known: dict[tuple[str, ...], Row]) -> None:
    """Counts by the severity that the hits have now."""
    counts = Counter((hit["severity"], known[identity(hit)]["verdict"]) for hit in hits if identity(hit) in known)
    for severity in ("critical", "high", "medium", "low"):
        of = {verdict: counts[severity, verdict] for verdict in VERDICTS}
        if total := sum(of.values()):
            print(f"{severity:<10}" + "  ".join(f"{v} {n} ({n / total:.0%})" for v, n in of.items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "backline-releases")
    parser.add_argument("--only", default="", help="packages whose name holds this word")
    parser.add_argument("--check", action="store_true", help="fail when a hit that is not low has no verdict")
    parser.add_argument("--hits", type=Path, help="write every hit as a line of JSON, with the verdict that it has")
    options = parser.parse_args()
    outcomes = [review(pair, options.cache) for pair in pairs(options.only)]
    known = judged()
    hits = [hit for outcome in outcomes for hit in outcome.hits]
    table(outcomes)
    verdicts(hits, known)
    if options.hits:
        rows = [hit | {key: known.get(identity(hit), {}).get(key, "") for key in ("verdict", "why")} for hit in hits]
        options.hits.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    if not options.only and (stale := len(known.keys() - {identity(hit) for hit in hits})):
        print(f"{stale} verdicts on hits that are gone")
    open_ = [hit for hit in hits if hit["severity"] != "low" and identity(hit) not in known]
    for hit in open_:
        print(
            f"no verdict: {hit['package']} {hit['severity']} {hit['rule']} {hit['path']}:{hit['line']}  {hit['quote']}"
        )
    return int(any(outcome.faults for outcome in outcomes) or (options.check and bool(open_)))


if __name__ == "__main__":
    sys.exit(main())
