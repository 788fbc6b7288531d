"""The rules engine: YAML rules from `rules/<language>/`, matched by ast-grep in process, hits as leads.

A rule file holds two YAML documents: the rule, and behind ``---`` its examples. A run reads the first alone, and only
for the languages that changed; the second is the rule's tests (`backline rules test`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backline.errors import RequestError
from backline.finding import Category, Confidence, Severity, Suggestion
from backline.intake.syntax import Tree
from backline.leads.lead import Lead
from backline.resources import folder

if TYPE_CHECKING:
    from ast_grep_py import SgNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as its file says; CONTRIBUTING.md explains every key."""

    id: str
    languages: tuple[str, ...]
    category: Category
    severity: Severity
    confidence: Confidence
    cwe: str | None = None
    title: str
    """≤ 80 characters; ``{NAME}`` stands for the text of metavariable ``$NAME``."""
    message: str
    """Two sentences: trigger, consequence. Metavariables as in the title."""
    fix: str
    """One sentence: the simplest repair."""
    why: str = ""
    references: tuple[str, ...] = ()
    literals: tuple[str, ...]
    """Any of these occurs in a file that the rule can match: others do not pay for it."""
    matcher: Mapping[str, Any] = field(hash=False)
    """ast-grep's own words: rule, constraints, utils, transform."""
    replace: str | None = None
    """ast-grep style replacement (``$NAME``, ``$$$NAME``) of the matched node: becomes a suggestion."""


def read_rule(text: str, where: str) -> Rule:
    """The rule in the first document of *text*. RequestError names the file and the key."""
    import yaml

    head = re.split(r"^---\s*$", text, maxsplit=1, flags=re.M)[0]
    try:
        data = yaml.load(head, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
        return _rule(data)
    except (yaml.YAMLError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise RequestError(f"{where}: not a rule: {type(error).__name__} {str(error).splitlines()[0]}") from error


def _rule(data: dict[str, Any]) -> Rule:
    matcher = {key: data.pop(key) for key in ("rule", "constraints", "utils", "transform") if key in data}
    data |= {key: tuple(data.get(key) or ()) for key in ("languages", "references", "literals")}
    data |= {
        "category": Category(data["category"]),
        "severity": Severity(data["severity"]),
        "confidence": Confidence(data["confidence"]),
    }
    return Rule(matcher=matcher, **data)


@cache
def load(language: str, root: Path | None = None) -> tuple[Rule, ...]:
    """The rules for *language*, by id. ``root`` is a folder laid out like `rules/`."""
    files = sorted(((root or folder("rules")) / language).glob("*.yml"))
    return tuple(read_rule(f.read_text("utf-8"), f"{f.parent.name}/{f.name}") for f in files)


def hits(rule: Rule, tree: Tree, path: str) -> Iterator[Lead]:
    """Every match of *rule* in the tree, changed or not."""
    if not any(literal in tree.text for literal in rule.literals):
        return
    for node in tree.root.find_all(dict(rule.matcher)):  # type: ignore[arg-type]
        yield _lead(rule, node, path)


def leads(tree: Tree, path: str, changed: Iterable[int], rules: Iterable[Rule]) -> list[Lead]:
    """The hits that touch a changed line (1-based numbers of the head)."""
    lines = sorted(set(changed))
    return [hit for rule in rules for hit in hits(rule, tree, path) if _touches(hit, lines)]


def _touches(hit: Lead, lines: list[int]) -> bool:
    return any(hit.start_line <= n <= hit.line for n in lines)


def _lead(rule: Rule, node: SgNode, path: str) -> Lead:
    span = node.range()
    first, last = span.start.line + 1, span.end.line + 1
    return Lead(
        rule=rule.id, path=path, start_line=first, line=last, severity=rule.severity, confidence=rule.confidence,
        category=rule.category, cwe=rule.cwe, title=_fill(rule.title, node),
        body=f"{_fill(rule.message, node)} {_fill(rule.fix, node)}", suggestion=_suggestion(rule, node),
    )  # fmt: skip


def _fill(template: str, node: SgNode) -> str:
    def value(found: re.Match[str]) -> str:
        got = node.get_match(found[1])
        return " ".join(got.text().split())[:60] if got else found[0]

    return re.sub(r"\{([A-Z_][A-Z0-9_]*)\}", value, template).strip()


def _suggestion(rule: Rule, node: SgNode) -> Suggestion | None:
    """The whole lines of the node with the node replaced; None where the rule has no replacement."""
    if rule.replace is None:
        return None
    filled = re.sub(r"\$\$\$([A-Z_]+)|\$([A-Z_]+)", lambda m: _captured(node, m), rule.replace)
    span, lines = node.range(), node.get_root().root().text().split("\n")
    before, after = lines[span.start.line][: span.start.column], lines[span.end.line][span.end.column :]
    return Suggestion(start_line=span.start.line + 1, line=span.end.line + 1, replacement=before + filled + after)


def _captured(node: SgNode, found: re.Match[str]) -> str:
    if found[1]:
        return "".join(n.text() for n in node.get_multiple_matches(found[1]))
    got = node.get_match(found[2])
    return got.text() if got else ""
