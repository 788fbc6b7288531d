"""The cheap forms of a rule: the screen finds at least what the rule finds, quick expressions mean the same."""

from __future__ import annotations

import pytest

from backline.intake.syntax import GRAMMARS, Tree
from backline.leads import rules
from backline.leads.examples import examples
from backline.leads.regex import ascii_classes, quick
from backline.leads.rule import read_rule
from backline.leads.screen import screen_of
from backline.resources import folder

FILES = rules.rule_files(folder("rules"))


def places(tree: Tree, matcher: dict) -> set[tuple[int, int, str]]:
    found = tree.root.find_all(matcher)
    return {(n.range().start.index, n.range().end.index, n.kind()) for n in found}


@pytest.mark.parametrize("folder_name", sorted({file.parent.name for file in FILES}))
def test_the_screen_finds_what_the_rule_finds_and_quick_expressions_find_the_same(folder_name: str) -> None:
    for file in (f for f in FILES if f.parent.name == folder_name):
        rule, found = read_rule(file.read_text("utf-8"), file.name), examples(file)
        for language in set(rule.languages) & set(GRAMMARS):
            screen = screen_of(rule.matcher)
            for example in (*found.bad, *found.good):
                tree = Tree(language, example.text)
                whole = places(tree, dict(rule.matcher))
                assert places(tree, quick(rule.matcher)) == whole, rule.id
                assert screen is None or whole <= places(tree, screen), rule.id


@pytest.mark.parametrize(
    ("matcher", "screen"),
    [
        ({"rule": {"kind": "call"}}, None),
        ({"rule": {"regex": "a.b"}}, None),
        ({"rule": {"kind": "call", "regex": "a.b"}}, {"rule": {"kind": "call"}}),
        ({"rule": {"kind": "id", "regex": "^(get|post)$"}}, {"rule": {"kind": "id", "regex": "^(get|post)$"}}),
        ({"rule": {"kind": "call", "not": {"regex": "a.b"}}}, {"rule": {"kind": "call"}}),
        ({"rule": {"kind": "call", "has": {"field": "f", "regex": "a.b"}}}, {"rule": {"kind": "call"}}),
        ({"rule": {"pattern": "$F($$$ARGS)", "regex": "a.b"}}, {"rule": {"pattern": "$_($$$)"}}),
        ({"rule": {"kind": "call", "any": [{"kind": "a"}, {"regex": "x.y"}]}}, {"rule": {"kind": "call"}}),
        (
            {"rule": {"kind": "call", "inside": {"kind": "f", "stopBy": {"regex": "a.b"}}}},
            {"rule": {"kind": "call", "inside": {"kind": "f", "stopBy": "end"}}},
        ),
        (
            {"rule": {"kind": "call", "matches": "u"}, "utils": {"u": {"regex": "a.b"}}},
            {"rule": {"kind": "call"}},
        ),
        (
            {"rule": {"kind": "call", "matches": "u"}, "utils": {"u": {"kind": "k", "regex": "a.b"}}},
            {"rule": {"kind": "call", "matches": "u"}, "utils": {"u": {"kind": "k"}}},
        ),
        (
            {"rule": {"kind": "c", "matches": "u"}, "utils": {"u": {"matches": "v"}, "v": {"regex": "a.b"}}},
            {"rule": {"kind": "c"}},
        ),
    ],
)
def test_what_a_screen_asks(matcher: dict, screen: dict | None) -> None:
    assert screen_of(matcher) == screen


@pytest.mark.parametrize(
    ("pattern", "quick_pattern"),
    [
        (r"^get$", r"^get$"),
        (r"\d+", r"[0-9]+"),
        (r"[\d.]", r"[0-9.]"),
        (r"\bx\b", r"(?-u:\b)x(?-u:\b)"),
        (r"[\s\S]*", r"(?s:.)*"),
        (r"\\d", r"\\d"),
        (r"[]\d]", r"[]0-9]"),
        (r"[^\S]", r"[^\S]"),
        (r"\[\d\]", r"\[[0-9]\]"),
        (r"\(\w", r"\((?-i:[0-9A-Za-z_\x{80}-\x{10FFFF}])"),
        (r"[\w.]+a", r"(?-i:[0-9A-Za-z_\x{80}-\x{10FFFF}.])+a"),
        (r"[^a][\s\S]", r"[^a](?s:.)"),
    ],
)
def test_quick_expressions(pattern: str, quick_pattern: str) -> None:
    assert ascii_classes(pattern) == quick_pattern


def test_a_name_in_another_script_is_still_a_name() -> None:
    matcher = {"rule": {"kind": "identifier", "regex": r"^\w+$"}}
    assert len(Tree("python", "größe = имя").root.find_all(quick(matcher))) == 2
