"""What each rule costs: over every source file of a folder, the files that ask for it and the time that it takes.

`python bench/rules.py [FOLDER] [--top N]`; without a folder over the benchmark's own generated files. A rule pays for
its files alone: one with many files has literals that are too common, one with a high time per file a costly matcher.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from changes import build

from backline.intake.language import by_name
from backline.intake.syntax import Tree, parse
from backline.leads import statements
from backline.leads.literals import applicable
from backline.leads.rule import STATEMENT_LANGUAGES, Rule
from backline.leads.rules import LANGUAGES, _nodes, load

LARGEST = 500_000


@dataclass
class Cost:
    files: int = 0
    seconds: float = 0.0
    worst: float = 0.0
    worst_file: str = ""

    def add(self, took: float, path: str) -> None:
        self.files, self.seconds = self.files + 1, self.seconds + took
        if took > self.worst:
            self.worst, self.worst_file = took, path


def sources(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Path, language and text of each file that has rules."""
    for file in sorted(folder.rglob("*")):
        language = by_name(file.name.lower())
        if language in LANGUAGES and file.is_file() and ".git" not in file.parts and file.stat().st_size <= LARGEST:
            yield str(file.relative_to(folder)), language, file.read_text("utf-8", "replace")


def measure(folder: Path) -> tuple[dict[str, Cost], int]:
    costs: dict[str, Cost] = {}
    count = 0
    for path, language, text in sources(folder):
        count += 1
        plain = language in STATEMENT_LANGUAGES
        tree = None if plain else parse(text, language)
        for rule in applicable(load(language), text.lower() if plain else text, path):
            started = time.perf_counter()
            _ask(rule, text, language, path, tree)
            costs.setdefault(rule.id, Cost()).add(time.perf_counter() - started, path)
    return costs, count


def _ask(rule: Rule, text: str, language: str, path: str, tree: Tree | None) -> None:
    if tree is not None:
        _nodes(rule, tree)
    else:
        statements.leads(text, language, path, range(1, text.count("\n") + 2), [rule])


def table(costs: dict[str, Cost], count: int, top: int) -> None:
    print(f"{'rule':<48}{'files':>7}{'of all':>8}{'ms':>9}{'ms/file':>9}{'worst':>8}")
    for name, cost in sorted(costs.items(), key=lambda row: -row[1].seconds)[:top]:
        ms = 1000 * cost.seconds
        print(
            f"{name:<48}{cost.files:>7}{cost.files / count:>8.0%}{ms:>9.1f}{ms / cost.files:>9.2f}"
            f"{1000 * cost.worst:>8.1f}  {cost.worst_file[-60:]}"
        )
    total = 1000 * sum(cost.seconds for cost in costs.values())
    print(f"{len(costs)} rules, {count} files, {total:.0f} ms, {total / max(1, count):.2f} ms a file")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--top", type=int, default=20)
    options = parser.parse_args()
    if options.folder:
        table(*measure(options.folder), options.top)
        return
    with tempfile.TemporaryDirectory(prefix="backline-bench-") as folder:
        build(Path(folder), 60, 150, 1.0)
        subprocess.run(["git", "-C", folder, "checkout", "--quiet", "--force", "work"], check=True)
        table(*measure(Path(folder)), options.top)


if __name__ == "__main__":
    main()
