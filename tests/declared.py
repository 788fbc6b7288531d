"""Where each language declares a variable, returns a value and names its arguments: for tree_mutations.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ast_grep_py import SgNode

KINDS = frozenset({"identifier", "simple_identifier", "interpolated_identifier", "implicit_parameter", "variable_name"})
_JAVASCRIPT = (
    ("variable_declarator", "name"), ("formal_parameters", ""), ("required_parameter", "pattern"),
    ("optional_parameter", "pattern"), ("arrow_function", "parameter"), ("for_in_statement", "left"),
    ("catch_clause", "parameter"), ("array_pattern", ""),
)  # fmt: skip
DECLARING = {
    "python": (("assignment", "left"), ("for_statement", "left"), ("for_in_clause", "left"), ("pattern_list", ""),
               ("parameters", ""), ("default_parameter", "name"), ("typed_parameter", ""), ("as_pattern_target", "")),
    "javascript": _JAVASCRIPT, "typescript": _JAVASCRIPT, "tsx": _JAVASCRIPT,
    "go": (("short_var_declaration", "left"), ("range_clause", "left"), ("parameter_declaration", ""),
           ("var_spec", "name")),
    "java": (("variable_declarator", "name"), ("enhanced_for_statement", "name"), ("formal_parameter", "name"),
             ("catch_formal_parameter", "name"), ("resource", "name"), ("inferred_parameters", ""),
             ("lambda_expression", "parameters")),
    "kotlin": (("variable_declaration", ""), ("parameter", "")),
    "csharp": (("variable_declarator", "name"), ("parameter", "name"), ("foreach_statement", "left"),
               ("catch_declaration", "name"), ("lambda_expression", "parameters")),
    "php": (("assignment_expression", "left"), ("simple_parameter", "name"), ("foreach_statement", ""), ("pair", "")),
    "ruby": (("assignment", "left"), ("left_assignment_list", ""), ("block_parameters", ""), ("method_parameters", ""),
             ("optional_parameter", "name")),
    "rust": (("let_declaration", "pattern"), ("parameter", "pattern"), ("for_expression", "pattern"),
             ("closure_parameters", ""), ("tuple_pattern", "")),
}  # fmt: skip
_NEVER = re.compile(r"_|this|self|it|\$this|\$_\w+|\$GLOBALS|[A-Z]\w*")


def names(root: SgNode, language: str) -> set[str]:
    """Of local variables, parameters and loop variables."""
    found = set()
    for kind, field in DECLARING[language]:
        for node in of_kind(root, kind):
            place = node.field(field) if field else node
            nodes = [place, *place.children()] if place else []
            found |= {n.text() for n in nodes if n.kind() in KINDS and (field or n is not node)}
    return {name for name in found if not _NEVER.fullmatch(name)}


def is_javascript(language: str) -> bool:
    return DECLARING[language] is _JAVASCRIPT


def is_other_name(before: str, node: SgNode, after: str) -> bool:
    """Whether this occurrence names a member, a key or a named argument, so that the variable must keep its name."""
    parent = node.parent()
    kind = parent.kind() if parent else ""
    return (
        before in (".", "?.", "->", "::", "&.", "@")
        or (after in (":", "=") and kind in ("argument", "value_argument", "literal_element", "attribute_argument"))
        or "shorthand" in node.kind()
        or kind in ("shorthand_field_initializer", "anonymous_object_creation_expression", "property_element")
        or (kind == "keyword_argument" and after == "=")
        or kind in ("property_promotion_parameter", "keyword_parameter", "method", "by_ref", "global_declaration")
        or (kind in ("call", "method_call") and after == "(")
        or (kind == "keyed_element" or (kind == "literal_element" and after == ":"))
    )


_RETURNS = {
    "kotlin": ("jump_expression",), "ruby": ("return",), "rust": ("return_expression",),
}  # fmt: skip
_ASSIGNED = (
    "variable_declarator", "assignment_expression", "assignment", "let_declaration", "short_var_declaration",
    "property_declaration",
)  # fmt: skip
_COMPUTED = re.compile(r"binary|additive|ternary|conditional|await|call|invocation|template_string")


def values(root: SgNode, language: str) -> Iterator[SgNode]:
    """What is returned; what is computed and then assigned or passed."""
    for kind in _RETURNS.get(language, ("return_statement",)):
        for node in of_kind(root, kind):
            children = [child for child in node.children() if child.is_named()]
            if children and node.children()[0].text() == "return":
                yield from _one(children[0])
    for node in of_kind(root, *_ASSIGNED):
        for sign, value in pairwise(node.children()):
            if sign.text() in ("=", ":="):
                yield from (one for one in _one(value) if _COMPUTED.search(one.kind()))
    for kind in ("arguments", "argument_list", "value_arguments"):
        for node in of_kind(root, kind):
            yield from (n for n in map(_bare, node.children()) if re.search("binary|additive", n.kind()))


def _one(node: SgNode) -> Iterator[SgNode]:
    """The one value of a list of values; nothing where there are more."""
    if node.kind() in ("expression_list", "argument_list"):
        children = [child for child in node.children() if child.is_named()]
        yield from children if len(children) == 1 else ()
    else:
        yield node


def _bare(argument: SgNode) -> SgNode:
    children = argument.children()
    return children[0] if argument.kind() in ("argument", "value_argument") and len(children) == 1 else argument


_NAMED = {
    "object": ("pair", "shorthand_property_identifier"), "literal_value": ("keyed_element",),
    "annotation_argument_list": ("element_value_pair",), "value_arguments": ("value_argument",),
    "argument_list": ("argument", "pair", "keyword_argument"), "arguments": ("argument", "pair"), "hash": ("pair",),
    "field_initializer_list": ("field_initializer", "shorthand_field_initializer"),
    "initializer_expression": ("assignment_expression",), "array_creation_expression": ("array_element_initializer",),
}  # fmt: skip


def named_members(root: SgNode) -> Iterator[list[SgNode]]:
    """The named members of each object or list of arguments, where there are two; none inside another."""
    ends = 0
    for node in of_kind(root, *_NAMED):
        members = [n for n in node.children() if n.kind() in _NAMED[node.kind()] and _has_name(n)]
        spread = any(re.match(r"\*|\.\.|&", child.text()) for child in node.children())
        if len(members) > 1 and not spread and node.range().start.index >= ends:
            ends = node.range().end.index
            yield members


def _has_name(node: SgNode) -> bool:
    return "shorthand" in node.kind() or bool(re.match(r"(?:\w+|[\"'][^\"']*[\"'])\s*(?::(?!:)|=)", node.text()))


def of_kind(root: SgNode, *kinds: str) -> Iterator[SgNode]:
    """ast-grep's own search refuses the kinds that a language does not have."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.kind() in kinds:
            yield node
        waiting += reversed(node.children())
