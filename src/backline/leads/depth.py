"""Trees that are too deep for the matcher.

ast-grep recurses in Rust where a rule's ``has`` stops by a rule: some 15,000 levels end the process, and no exception
can be caught. It also walks from every node to the root and back, so depth costs its square. Code that people write has
less than a hundred levels; a chain of ``+`` that a program writes has a level for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MOST_LEVELS = 1_500
_LEVELS_PER_CHARACTER = 3
"""A grammar wraps a single character in up to three nodes (YAML: flow_node, plain_scalar, string_scalar)."""


def too_deep(root: SgNode) -> bool:
    """Whether some leaf lies below more than ``MOST_LEVELS`` nodes. Looks only where enough text is left for that."""
    waiting = [(root, 0)]
    while waiting:
        node, level = waiting.pop()
        if level > MOST_LEVELS:
            return True
        waiting.extend((child, level + 1) for child in node.children() if _room(child) + level > MOST_LEVELS)
    return False


def _room(node: SgNode) -> int:
    """How many levels the text of *node* can hold at most. (Its range would cost the length of the file before it.)"""
    return _LEVELS_PER_CHARACTER * len(node.text())
