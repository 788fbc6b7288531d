"""`backline rules list|show ID|test [DIR]`: the rules as people look at them."""

from __future__ import annotations

import sys
from pathlib import Path

from backline.errors import RequestError
from backline.leads import examples, rules
from backline.leads.rule import read_rule
from backline.leads.shelf import rule_files
from backline.resources import folder
from backline.settings import nearest


def list_all() -> int:
    """One row per rule, then their number."""
    found = rules.load_all()
    wide = max(len(rule.id) for rule in found)
    for rule in found:
        print(f"{rule.id:<{wide}}  {rule.severity.value:<8}  {rule.category.value:<11}  {rule.title}")
    print(f"{len(found)} rules")
    return 0


def show(name: str | None) -> int:
    """The file of one rule: what it matches, why, and its examples."""
    files = {read_rule(file.read_text("utf-8"), file.name).id: file for file in rule_files(folder("rules"))}
    if name not in files:
        raise RequestError(f"rules show: no rule {name!r}{nearest(name or '', list(files))}")
    sys.stdout.write(files[name].read_text("utf-8"))
    return 0


def test(where: str | None) -> int:
    """Runs the examples of the rules below *where* (default: our own); 1 when one of them does not hold."""
    root = Path(where) if where else folder("rules")
    if not root.exists():
        raise RequestError(f"rules test: no folder {where}")
    problems = examples.check_folder(root)
    for problem in problems:
        print(problem)
    print(f"{len(list(root.rglob('*.yml')))} rules, {len(problems)} problems")
    return 1 if problems else 0
