"""`backline rules list|show ID|test [DIR]`: the rules as people look at them, those in YAML and those in code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from backline.errors import RequestError
from backline.leads import examples, rules
from backline.leads.rule import read_rule
from backline.leads.shelf import rule_files
from backline.output.receipt import plural
from backline.resources import folder
from backline.settings import nearest


class Entry(NamedTuple):
    """One rule that stands in code: a guard of the review, a family of protections, a linter's rule."""

    id: str
    severity: str
    category: str
    title: str
    text: str


def list_all() -> int:
    """One row per rule, then their number."""
    rows = [(rule.id, rule.severity.value, rule.category.value, rule.title) for rule in rules.load_all()]
    rows += [entry[:4] for entry in in_code()]
    wide = max(len(row[0]) for row in rows)
    for name, severity, category, title in sorted(rows):
        print(f"{name:<{wide}}  {severity:<8}  {category:<11}  {title}")
    print(plural(len(rows), "rule"))
    return 0


def show(name: str | None) -> int:
    """One rule whole: what it matches, why, and its examples; of one that stands in code, what it says."""
    files = {read_rule(file.read_text("utf-8"), file.name).id: file for file in rule_files(folder("rules"))}
    entries = {entry.id: entry for entry in in_code()}
    if name in files:
        sys.stdout.write(files[name].read_text("utf-8"))
    elif name in entries:
        found = entries[name]
        print(f"{found.id}  {found.severity}  {found.category}\n\n{found.title}\n{found.text}")
    else:
        if not name:
            raise RequestError("rules show: which rule? `backline rules list` names all")
        raise RequestError(f"rules show: no rule {name!r}{nearest(name or '', [*files, *entries])}")
    return 0


def in_code() -> Iterator[Entry]:
    """What no YAML file holds."""
    from backline.leads import ruff, siblings, squawk, zizmor
    from backline.leads.guard import GUARDS
    from backline.leads.protection import FAMILIES, rule_id

    for name, guard in GUARDS.items():
        yield Entry(name, guard.severity.value, "security", guard.title, guard.body)
    for name, family in FAMILIES.items():
        title = f"Removed: {family.words}"
        text = f"A deletion takes it away and nothing of its kind takes its place: {family.consequence}."
        yield Entry(rule_id(name), family.severity.value, family.category.value, title, text)
    yield Entry(siblings.RULE, "high", "security", siblings.TITLE.format(name="A new entry point"), siblings.MEANING)
    for linter in (ruff.LINTER, squawk.LINTER, zizmor.LINTER):
        for name, advice in linter.advice.items():
            words = advice.severity.value, advice.category.value, advice.title, advice.body
            yield Entry(f"{linter.name}.{name}", *words)


def test(where: str | None) -> int:
    """Runs the examples of the rules in and below *where* (default: our own); 1 when one of them does not hold."""
    root = Path(where) if where else folder("rules")
    files = examples.files(root)
    if not files:
        wanted = " or ".join(examples.SUFFIXES)
        raise RequestError(f"rules test: no rule in {root}; a rule is a file that ends in {wanted}")
    problems = [problem for file in files for problem in examples.check_file(file)]
    for problem in problems:
        print(problem)
    print(f"{plural(len(files), 'rule')}, {plural(len(problems), 'problem')}")
    return 1 if problems else 0
