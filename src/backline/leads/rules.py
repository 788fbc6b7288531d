"""The rules engine: YAML rules from `rules/`, matched by ast-grep in process (SQL, Dockerfiles: statements.py).

What looks at several places of a file at once is written in code (siblings.py) and asked beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from backline.errors import FileProblem, RequestError
from backline.finding import Suggestion
from backline.intake.syntax import Tree, is_panic, no_panic, parse
from backline.leads import siblings, statements
from backline.leads.aliases import spelled_out
from backline.leads.depth import MOST_LEVELS, too_deep
from backline.leads.hit import MOST_HITS, in_order, lead_of, touches
from backline.leads.lead import Lead
from backline.leads.literals import applicable
from backline.leads.parentheses import without_redundant
from backline.leads.reach import Reach, reach_of
from backline.leads.regex import quick
from backline.leads.rule import LANGUAGES, STATEMENT_LANGUAGES, Rule, read_rule
from backline.leads.screen import screen_of
from backline.leads.shelf import Shelved, opened, rule_files, shelf
from backline.resources import folder

if TYPE_CHECKING:
    from ast_grep_py import Config, SgNode


def load(language: str, root: Path | None = None) -> tuple[Rule, ...]:
    """All rules for *language*. ``root`` is a folder laid out like `rules/`."""
    return tuple(opened(row) for row in shelf(language, root))


def load_all(root: Path | None = None) -> tuple[Rule, ...]:
    """Every rule, by id; for `rules list` and the tests."""
    files = rule_files(root or folder("rules"))
    found = (read_rule(file.read_text("utf-8"), f"{file.parent.name}/{file.name}") for file in files)
    return tuple(sorted(found, key=lambda rule: rule.id))


def read_team_rules(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """A team's own rules (name → text), each compiled once: a rule that cannot work ends the run with its name."""
    rules = tuple(read_rule(text, where) for where, text in sorted(texts.items()))
    for where, rule in zip(sorted(texts), rules, strict=True):
        try:
            compile_rule(rule)
        except ValueError as error:
            raise RequestError(f"{where}: {error}") from None
    return rules


def compile_rule(rule: Rule) -> None:
    """ValueError with one line when ast-grep (or RE2) refuses the rule."""
    for language in rule.languages:
        if language in STATEMENT_LANGUAGES:
            statements.compile_rule(rule)
        elif tree := parse("x", language):
            try:
                tree.root.find_all(cast("Config", _matchers(rule)[1]))
            except BaseException as error:  # pyo3 raises bare Exception too, and a panic in Rust is a BaseException
                if not isinstance(error, Exception) and not is_panic(error):
                    raise
                raise ValueError(f"rule: ast-grep ({language}) says: {' '.join(str(error).split())[:200]}") from None


def find(
    text: str, language: str, path: str, changed: Iterable[int], root: Path | None = None, team: Iterable[Rule] = ()
) -> list[Lead]:
    """The hits of all rules for *language* that touch a changed line (1-based). FileProblem when the parser fails."""
    if language not in LANGUAGES:
        return []
    rules: list[Shelved | Rule] = [*shelf(language, root), *(rule for rule in team if language in rule.languages)]
    if language in STATEMENT_LANGUAGES:
        return statements.leads(text, language, path, changed, rules)
    tree, lines = parse(text, language), frozenset(changed)
    if tree is None:
        return []
    with no_panic(language):
        return [*leads(tree, path, lines, rules), *siblings.find(tree, path, lines)]


def leads(tree: Tree, path: str, changed: Iterable[int], rules: Iterable[Shelved | Rule]) -> list[Lead]:
    """The hits that touch a changed line, in the order of the lines."""
    lines, reach, written = frozenset(changed), reach_of(path), tree
    tree = spelled_out(written)
    wanted = applicable(rules, tree.text, path) if lines else []
    if wanted and too_deep(tree.root):
        raise FileProblem(f"nested deeper than {MOST_LEVELS} levels")
    tree = without_redundant(tree) if wanted else tree
    found = [hit for rule in wanted for hit in islice(_hits(rule, tree, path, reach, lines), MOST_HITS)]
    return in_order(found if tree is written else map(partial(_as_written, written, tree), found), wanted)


def _as_written(written: Tree, matched: Tree, lead: Lead) -> Lead:
    """Without its suggestion where that would put a spelled-out name into the file."""
    if not lead.suggestion:
        return lead
    lines = slice(lead.suggestion.start_line - 1, lead.suggestion.line)
    same = written.text.split("\n")[lines] == matched.text.split("\n")[lines]
    return lead if same else replace(lead, suggestion=None)


def _hits(rule: Rule, tree: Tree, path: str, reach: Reach, changed: frozenset[int]) -> Iterator[Lead]:
    for node in _nodes(rule, tree):
        span = node.range()
        lines = span.start.line + 1, max(span.start.line + 1, span.end.line + (span.end.column > 0))
        if not touches(lines, changed):
            continue

        def value(name: str, node: SgNode = node) -> str | None:
            got = node.get_match(name)
            return got.text() if got else None

        place = Reach.LOWERED if tree.language == "rust" and _in_tests(node) else reach
        yield lead_of(rule, path, lines, place, value, _suggestion(rule, node, tree.text))


def _in_tests(node: SgNode) -> bool:
    """Rust keeps a module's tests in its file."""
    modules = (outer for outer in node.ancestors() if outer.kind() == "mod_item")
    return any((name := module.field("name")) and name.text().startswith("test") for module in modules)


def _nodes(rule: Rule, tree: Tree) -> list[SgNode]:
    screen, matcher = _matchers(rule)
    if screen and tree.root.find(cast("Config", screen)) is None:
        return []
    return tree.root.find_all(cast("Config", matcher))


@cache
def _matchers(rule: Rule) -> tuple[Mapping[str, Any] | None, dict[str, Any]]:
    """The cheap first question, if there is one, and the rule itself."""
    return screen_of(rule.matcher), quick(rule.matcher)


def _suggestion(rule: Rule, node: SgNode, text: str) -> Suggestion | None:
    """The whole lines of the node with the node replaced; None where the rule has no replacement.

    *text*: of the whole file. That of its root node lacks blank lines at the top, which all positions count.
    """
    if rule.replace is None:
        return None
    filled = re.sub(r"\$\$\$([A-Z_]+)|\$([A-Z_]+)", lambda m: _captured(node, m, text), rule.replace)
    span, lines = node.range(), text.split("\n")
    before, after = lines[span.start.line][: span.start.column], lines[span.end.line][span.end.column :]
    return Suggestion(start_line=span.start.line + 1, line=span.end.line + 1, replacement=before + filled + after)


def _captured(node: SgNode, found: re.Match[str], text: str) -> str:
    if found[1]:
        nodes = node.get_multiple_matches(found[1])
        whole = text[nodes[0].range().start.index : nodes[-1].range().end.index] if nodes else ""
        return whole.rstrip(", \n")
    got = node.get_match(found[2])
    return got.text() if got else ""
