"""Parentheses that change nothing are blanked for the rules: `query((a + b))` is matched as `query( a + b )`.

No line and no column moves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backline.intake.syntax import GRAMMARS, Tree, error_count

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_KIND = {"ruby": "parenthesized_statements"} | {
    language: "parenthesized_expression"
    for language in GRAMMARS
    if language not in ("ruby", "shell", "yaml", "terraform")
}
_IN_BRACKETS = frozenset({
    "arguments", "argument_list", "argument", "value_argument", "keyword_argument", "pair", "keyed_element", "array",
    "field_initializer", "array_element_initializer",
})  # fmt: skip
_ASSIGNED = frozenset({
    "assignment", "assignment_expression", "variable_declarator", "let_declaration", "property_declaration",
    "expression_list", "augmented_assignment",
})  # fmt: skip
_RETURNED = frozenset({"return_statement", "jump_expression", "return", "return_expression"})
_ENDS_WITH_THE_LINE = frozenset({"python", "go", "kotlin", "ruby"})
_OTHERWISE = re.compile(
    "^(named_expression|yield|assignment|assignment_expression|sequence_expression|comma_expression|arrow_function|"
    "lambda|generator_expression|range)$"
)
"""What means something else without its parentheses."""
_RUBY_WORDS = re.compile(r"\b(?:and|or|not|do|if|unless|while|until|rescue)\b")


def without_redundant(tree: Tree) -> Tree:
    """The same tree where there are none."""
    kind = _KIND.get(tree.language)
    if kind is None:
        return tree
    on_many = _IN_BRACKETS if tree.language in _ENDS_WITH_THE_LINE else _IN_BRACKETS | _ASSIGNED
    on_one_line = on_many | _ASSIGNED | _RETURNED
    characters = list(tree.text)
    for node in tree.root.find_all(kind=kind):
        parent, span = node.parent(), node.range()
        places = on_one_line if span.start.line == span.end.line else on_many
        if parent and parent.kind() in places and not _means_something(node, tree.language):
            characters[span.start.index] = characters[span.end.index - 1] = " "
    text = "".join(characters)
    plain = Tree(tree.language, text)
    return tree if text == tree.text or error_count(plain) > error_count(tree) else plain


def _means_something(node: SgNode, language: str) -> bool:
    inner = [child for child in node.children() if child.is_named()]
    if language == "ruby" and _RUBY_WORDS.search(node.text()):
        return True
    return len(inner) != 1 or bool(_OTHERWISE.search(inner[0].kind()))
