"""Whether a changed file still parses: no syntax error and no foreign import that was not there before."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable

from backline.errors import FileProblem
from backline.intake.syntax import Tree, error_count, imports, parse


def objection(before: Tree, text: str) -> str | None:
    """Why *text* must not take the place of *before*. A file with errors may keep them."""
    after = parse(text, before.language)
    try:
        if after is None or error_count(after) > error_count(before):
            return "it does not parse"
        if before.language == "python" and not _module(text) and _module(before.text):
            return "it does not parse"  # The grammar accepts what no version of Python does.
        return "it adds an import" if _foreign(imports(before), imports(after), before.language) else None
    except FileProblem as problem:
        return str(problem)


def _foreign(before: Iterable[str], after: Iterable[str], language: str) -> bool:
    """Python's own library, the reviewed package itself and what the file imports from anyway are not foreign."""
    added = set(after) - set(before)
    if language != "python":
        return bool(added)
    return bool(_packages(added) - _packages(before) - sys.stdlib_module_names)


def _packages(statements: Iterable[str]) -> set[str]:
    found = []
    for statement in statements:
        for node in ast.walk(_module(statement) or ast.Module([], [])):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.append(node.module or "")
    return {name.partition(".")[0] for name in found}


def _module(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Invalid escapes in the reviewed code are not our warnings.
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
