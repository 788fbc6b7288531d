"""`make bench`: one table of ratios, taken in one run on one machine. Absolute times are shown for orientation alone.

Every figure is the minimum of several cold processes. The columns compare with a bare interpreter start, with
`git diff` of the same change, and with a plain unidiff parse of that diff.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from changes import build

BACKLINE = Path(sys.executable).parent / "backline"
# name, files, lines a file, share of each file that is new, runs
CHANGES = (
    ("5 files", 5, 120, 0.3, 7),
    ("14 files, 50 kB", 14, 120, 0.7, 7),
    ("300 files, 20,000 lines", 300, 200, 0.34, 3),
    ("3,000 files, 40 MB", 3000, 330, 1.0, 1),
)
PARSE = "import sys, unidiff; unidiff.PatchSet(sys.stdin.buffer.read().decode('utf-8', 'surrogateescape'))"


def seconds(command: list[str], runs: int, folder: Path, stdin: bytes = b"") -> tuple[float, int, bytes]:
    """Least wall time of *runs*, the largest resident set in MB, and the last output."""
    best, output, peak = float("inf"), b"", 0
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "GITHUB_", "BACKLINE_"))}
    for _ in range(runs):
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        output = process.communicate(stdin)[0]
        best = min(best, time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return best, peak, output


def row(name: str, took: float, bare: float, diff: float | None, parse: float | None, note: str) -> None:
    ratios = [f"{took / other:8.1f} x" if other else f"{'':>10}" for other in (bare, diff, parse)]
    print(f"{name:<26}{took:8.3f} s{''.join(ratios)}  {note}", flush=True)


def measure(name: str, count: int, lines: int, changed: float, runs: int, bare: float) -> None:
    with tempfile.TemporaryDirectory(prefix="backline-bench-") as folder:
        place = Path(folder)
        build(place, count, lines, changed)
        diff, _, patch = seconds(["git", "diff", "main", "work"], runs, place)
        parse, _, _ = seconds([sys.executable, "-c", PARSE], runs, place, patch)
        command = [str(BACKLINE), "review", "--base", "main", "--format", "json"]
        took, peak, report = seconds(command, runs, place)
        added = sum(1 for line in patch.split(b"\n") if line.startswith(b"+") and not line.startswith(b"+++"))
        note = f"{added} added lines, {len(patch) / 1e6:.2f} MB diff, peak {peak} MB, {looked_at(report)}"
        row(name, took, bare, diff, parse, note)


def looked_at(report: bytes) -> str:
    import json

    rows = json.loads(report)["coverage"]
    by = {r["disposition"] for r in rows}
    return f"{len(rows)} files: {', '.join(sorted(by))}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the largest change")
    quick = parser.parse_args().quick
    here = Path.cwd()
    print(f"{'':<26}{'least':>10}{'/ python':>10}{'/ git diff':>10}{'/ unidiff':>10}")
    bare, _, _ = seconds([sys.executable, "-I", "-c", "pass"], 15, here)
    row("bare interpreter", bare, bare, None, None, "")
    start, _, _ = seconds([str(BACKLINE), "--version"], 15, here)
    row("backline --version", start, bare, None, None, "")
    for name, count, lines, changed, runs in CHANGES[: -1 if quick else None]:
        measure(name, count, lines, changed, runs, bare)


if __name__ == "__main__":
    main()
