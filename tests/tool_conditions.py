"""Takes single conditions out of rules and lists those that no example misses.

`python tests/tool_conditions.py [FOLDER | FOLDER/NAME.yml …]`. A surviving condition is superfluous, or an example is
missing that shows what it is for. Left alone: ``kind``, which is there for speed, and a bare metavariable, which gives
the message a name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from backline.leads import examples, rules
from backline.leads.rule import Rule, read_rule
from backline.resources import folder

_POSITIVE = ("kind", "all")
_CONDITIONS = ("pattern", "regex", "nthChild", "not", "has", "inside", "precedes", "follows", "matches", "any")

COST_ONLY = "the match implies the word; without it several times as many files are asked"
LEFT = {
    "kubernetes.no-memory-limit: rule.regex": "it says on which line of the container the rule speaks",
    "kubernetes.no-readiness-probe: rule.regex": "it says on which line of the container the rule speaks",
    **dict.fromkeys([
        "javascript.nosql-injection: needs", "javascript.open-redirect: needs", "javascript.path-traversal: needs",
        "javascript.query-in-loop: needs", "javascript.redis-keys: needs", "javascript.retry-without-pause: needs",
        "javascript.ssrf: needs", "javascript.swallowed-error: needs", "python.assert-as-guard: needs",
        "python.blocking-file-in-async: needs", "python.blocking-http-in-async: needs",
        "python.blocking-subprocess-in-async: needs", "python.django-sync-orm-in-async: needs",
        "python.sql-from-request: needs", "python.sql-from-request: rule.all[0]",
        "python.sql-from-request: rule.all[0].inside.any",
    ], COST_ONLY),
    **dict.fromkeys([
        "java.path-traversal: needs", "java.ssrf: needs", "java.unbounded-bean-map: needs",
        "kotlin.path-traversal: needs", "kotlin.ssrf: needs",
    ], COST_ONLY),
}  # fmt: skip
"""Conditions that no example can miss, and why they stay."""


def weaker(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule without one of its conditions, for each of them."""
    for place, matcher in _without_one(rule.matcher, ""):
        yield place, replace(rule, matcher=matcher)
    for key in sorted(rule.statement.keys() - {"regex", "kind"}):
        yield f"statement.{key}", replace(rule, statement={k: v for k, v in rule.statement.items() if k != key})
    for key in ("needs", "lacks", "paths", "not_paths"):
        if getattr(rule, key):
            yield key, replace(rule, **{key: ()})


def _without_one(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            here = f"{place}.{key}".strip(".")
            if _removable(value, key, place):
                yield here, {k: v for k, v in value.items() if k != key}
            if key not in ("pattern", "stopBy"):
                yield from ((where, value | {key: less}) for where, less in _without_one(item, here))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            here, rest = f"{place}[{number}]", value[:number] + value[number + 1 :]
            if rest:
                yield here, rest
            yield from (
                (where, [*value[:number], less, *value[number + 1 :]]) for where, less in _without_one(item, here)
            )


def _removable(value: dict[str, Any], key: str, place: str) -> bool:
    """A rule needs one positive condition; ``constraints`` may lose any of its entries, ``utils`` none."""
    if place == "constraints":
        return len(value) > 1
    others = [name for name in value if name in (*_CONDITIONS, *_POSITIVE) and name not in (key, "not")]
    named = key == "pattern" and re.fullmatch(r"\$\w+", str(value[key]))
    return place not in ("", "utils") and key in _CONDITIONS and not named and bool(others)


def survivors(path: Path) -> list[str]:
    """The conditions of the rule in the file at *path* that can go without an example noticing."""
    rule, found = read_rule(path.read_text("utf-8"), path.name), examples.examples(path)
    names = _missing_names(rule, found)
    return [
        f"{rule.id}: {place}"
        for place, less in weaker(rule)
        if _still_right(less, found) and _missing_names(less, found) <= names
    ]


def _missing_names(rule: Rule, found: examples.Examples) -> int:
    """How often the findings on the bad examples say `…` for a name: a condition may be there to find that name."""
    leads = (lead for one in found.bad for lead in examples.speak(rule, one, one.language or rule.languages[0]))
    return sum(f"{lead.title} {lead.body}".count("…") for lead in leads)


def _still_right(rule: Rule, found: examples.Examples) -> bool:
    try:
        rules.compile_rule(rule)
    except ValueError:
        return False
    return examples.check(rule, found) == []


def _files(root: Path, name: str) -> list[Path]:
    return [root / name] if name.endswith(".yml") else rules.rule_files(root, name)


if __name__ == "__main__":
    names = sys.argv[1:] or ["*"]
    files = [file for name in names for file in _files(folder("rules"), name)]
    conditions = sum(1 for file in files for _ in weaker(read_rule(file.read_text("utf-8"), file.name)))
    left = [line for file in files for line in survivors(file)]
    print("\n".join(left))
    print(f"{len(files)} rules, {conditions} conditions, {len(left)} that no example misses")
