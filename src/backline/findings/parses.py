"""Whether a changed file still parses: no syntax error and no foreign import that was not there before."""

from __future__ import annotations

import ast
import sys
import warnings

from backline.errors import FileProblem
from backline.intake.syntax import Tree, error_count, imports, parse


def objection(before: Tree, text: str) -> str | None:
    """Why *text* must not take the place of *before*. A file with errors may keep them."""
    after = parse(text, before.language)
    try:
        if after is None or error_count(after) > error_count(before):
            return "it does not parse"
        if before.language == "python":
            return _python(before.text, text)
        return "it adds an import" if set(imports(after)) - set(imports(before)) else None
    except FileProblem as problem:
        return str(problem)


def _python(before: str, text: str) -> str | None:
    """Python's own parser too: the grammar accepts what no version of Python does."""
    old, new = _module(before), _module(text)
    if old is None:
        return None
    if new is None:
        return "it does not parse"
    return "it adds an import" if _roots(new) - _roots(old) - sys.stdlib_module_names else None


def _module(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Invalid escapes in the reviewed code are not our warnings.
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _roots(module: ast.Module) -> set[str]:
    """Packages that are imported by name; relative imports stay within the reviewed code."""
    found = [alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names]
    found += [node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in found}
