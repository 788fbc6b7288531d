"""ast-grep's tree for one blob: the enclosing definition of a line, syntax errors, imports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# Our language name → ast-grep's. A language that is not here has no tree (ast-grep panics on unknown names).
GRAMMARS = {
    "python": "python", "javascript": "javascript", "typescript": "typescript", "tsx": "tsx", "go": "go",
    "java": "java", "kotlin": "kotlin", "ruby": "ruby", "php": "php", "csharp": "csharp", "rust": "rust",
    "shell": "bash", "yaml": "yaml", "terraform": "hcl",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, method or class. ``name`` is dotted from the outermost: ``Orders.list``."""

    name: str
    start_line: int
    line: int


@dataclass(frozen=True)
class Tree:
    """The parsed text of one blob. ``root`` is ast-grep's node of the whole file (its lines are 0-based)."""

    language: str
    text: str

    @cached_property
    def root(self) -> SgNode:
        from ast_grep_py import SgRoot

        return SgRoot(self.text, GRAMMARS[self.language]).root()


def parse(text: str, language: str | None) -> Tree | None:
    """The tree of *text*, or None when the language has no grammar. Parsing happens on first use of ``root``."""
    return Tree(language, text) if language in GRAMMARS else None


def enclosing(tree: Tree, line: int) -> tuple[Definition, ...]:
    """The definitions around 1-based *line*, outermost first; () at module level."""
    raise NotImplementedError


def error_count(tree: Tree) -> int:
    """ERROR nodes and zero-width leaves (tree-sitter repairs with MISSING nodes); compare, do not test for zero."""
    raise NotImplementedError


def imports(tree: Tree) -> tuple[str, ...]:
    """The import statements, verbatim, in order."""
    raise NotImplementedError
