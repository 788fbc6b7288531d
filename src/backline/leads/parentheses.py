"""Parentheses that change nothing are blanked for the rules: `query((a + b))` is matched as `query( a + b )`.

No line and no column moves.
"""

from __future__ import annotations

import re

from backline.intake.syntax import GRAMMARS, Tree, error_count

_KIND = {"ruby": "parenthesized_statements"} | {
    language: "parenthesized_expression"
    for language in GRAMMARS
    if language not in ("ruby", "shell", "yaml", "terraform")
}
_IN_BRACKETS = frozenset({
    "arguments", "argument_list", "argument", "value_argument", "keyword_argument", "pair", "keyed_element", "array",
    "field_initializer", "array_element_initializer",
})  # fmt: skip
_ON_ONE_LINE = frozenset({
    "return_statement", "jump_expression", "return", "return_expression", "assignment", "assignment_expression",
    "variable_declarator", "let_declaration", "property_declaration", "expression_list", "augmented_assignment",
})  # fmt: skip
"""A line break would end the statement there."""
_OTHERWISE = re.compile(
    "^(named_expression|yield|assignment|assignment_expression|sequence_expression|comma_expression|arrow_function|"
    "lambda|generator_expression|range)$"
)
"""What means something else without its parentheses."""


def without_redundant(tree: Tree) -> Tree:
    """The same tree where there are none."""
    kind = _KIND.get(tree.language)
    if kind is None:
        return tree
    characters = list(tree.text)
    for node in tree.root.find_all(kind=kind):
        parent, inner = node.parent(), [child for child in node.children() if child.is_named()]
        if parent is None or len(inner) != 1 or _OTHERWISE.search(inner[0].kind()):
            continue
        span = node.range()
        one_line = span.start.line == span.end.line
        if parent.kind() in _IN_BRACKETS or (one_line and parent.kind() in _ON_ONE_LINE):
            characters[span.start.index] = characters[span.end.index - 1] = " "
    text = "".join(characters)
    plain = Tree(tree.language, text)
    return tree if text == tree.text or error_count(plain) > error_count(tree) else plain
