"""A tree without its comments, for questions that a comment must not answer; every line stays where it is."""

from __future__ import annotations

import re

from backline.intake.syntax import Tree

_KINDS = {
    "java": ("line_comment", "block_comment"), "kotlin": ("line_comment", "multiline_comment"),
    "rust": ("line_comment", "block_comment"),
}  # fmt: skip


def without_comments(tree: Tree) -> Tree:
    """Comments become blanks. FileProblem as `Tree` says."""
    pieces, end = [], 0
    comments = {"rule": {"any": [{"kind": kind} for kind in _KINDS.get(tree.language, ("comment",))]}}
    for node in tree.root.find_all(comments):  # type: ignore[call-overload]
        span = node.range()
        if span.start.index >= end:
            pieces += [tree.text[end : span.start.index], re.sub(r"[^\n]", " ", node.text())]
            end = span.end.index
    return Tree(tree.language, "".join([*pieces, tree.text[end:]])) if pieces else tree
