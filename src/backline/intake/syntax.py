"""ast-grep's tree for one blob: the enclosing definition of a line, syntax errors, imports."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from backline.errors import FileProblem
from backline.intake.definitions import Definition, outline
from backline.intake.grammars import BY_LANGUAGE

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# Our language name → ast-grep's. A language that is not here has no tree (ast-grep panics on unknown names).
GRAMMARS = {
    "python": "python", "javascript": "javascript", "typescript": "typescript", "tsx": "tsx", "go": "go",
    "java": "java", "kotlin": "kotlin", "ruby": "ruby", "php": "php", "csharp": "csharp", "rust": "rust",
    "shell": "bash", "yaml": "yaml", "terraform": "hcl",
}  # fmt: skip


@dataclass(frozen=True)
class Tree:
    """The parsed text of one blob. ``root`` is ast-grep's node of the whole file (its lines are 0-based).

    ``root`` and every function below raise FileProblem where the parser gives up; no panic of ast-grep gets out.
    """

    language: str
    text: str

    @cached_property
    def root(self) -> SgNode:
        from ast_grep_py import SgRoot

        with no_panic(self.language):
            return SgRoot(self.text, GRAMMARS[self.language]).root()

    @cached_property
    def outline(self) -> tuple[tuple[Definition, int], ...]:
        """Every definition in order, with the index of the one around it or -1."""
        with no_panic(self.language):
            return tuple(outline(self.root, self.text, BY_LANGUAGE[self.language]))

    @cached_property
    def starts(self) -> list[int]:
        return [definition.start_line for definition, _ in self.outline]


def parse(text: str, language: str | None) -> Tree | None:
    """The tree of *text*, or None when the language has no grammar. Parsing happens on first use of ``root``."""
    return Tree(language, text) if language in GRAMMARS else None


def definitions(tree: Tree) -> tuple[Definition, ...]:
    """Every definition with a name, in the order of the text, an outer one before what it holds."""
    return tuple(definition for definition, _ in tree.outline)


def enclosing(tree: Tree, line: int) -> tuple[Definition, ...]:
    """The definitions around 1-based *line*, outermost first; () at module level."""
    found = []
    index = bisect_right(tree.starts, line) - 1
    while index >= 0:
        definition, index = tree.outline[index]
        if definition.line >= line:
            found.append(definition)
    return tuple(reversed(found))


def error_count(tree: Tree) -> int:
    """ERROR nodes and zero-width leaves (tree-sitter repairs with MISSING nodes); compare, do not test for zero."""
    root = tree.root
    with no_panic(tree.language):
        errors = len(root.find_all(kind="ERROR"))
        return errors + sum(node.is_leaf() and node.kind() != "ERROR" for node in root.find_all(regex="^$"))


def imports(tree: Tree) -> tuple[str, ...]:
    """The import statements, verbatim, in order, also those inside functions."""
    rules = BY_LANGUAGE[tree.language].imports
    if not rules:
        return ()
    root = tree.root
    with no_panic(tree.language):
        found = root.find_all({"rule": {"any": list(rules)}})  # type: ignore[call-overload]
        return tuple(node.text().strip() for node in found)


@contextmanager
def no_panic(language: str) -> Iterator[None]:
    """A panic in ast-grep's Rust code, a BaseException that ``except Exception`` lets through, is a FileProblem."""
    try:
        yield
    except BaseException as error:
        if not is_panic(error) and not isinstance(error, UnicodeError):
            raise
        raise FileProblem(f"the {language} parser gave up on this file") from None


def is_panic(error: BaseException) -> bool:
    """A panic in Rust is a BaseException of pyo3's own; it concerns one file or rule and no other."""
    return type(error).__name__ == "PanicException"
