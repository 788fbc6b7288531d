"""The shape of the house: import directions, sizes, and what only one place may do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "backline"
MODULES = sorted(SOURCE.rglob("*.py"))

LEAVES = {
    "errors",
    "finding",
    "visible",
    "resources",
    "progress",
    "globs",
    "tokens",
    "prices",
    "strict_yaml",
    "wire",
} | {"strict_json", "service_url"}
BEFORE = {
    "options": LEAVES,
    "settings": LEAVES | {"options"},
    "config": LEAVES | {"options", "settings"},
}
ROOMS = ("intake", "leads", "reviewer", "findings", "report", "output", "publish")
HEAVY = {"anthropic", "github", "yaml", "ast_grep_py", "unidiff", "re2"}
MAX_LINES = 250
MAX_FUNCTION = 60


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def imported(tree: ast.AST) -> list[str]:
    """What is imported of backline, also inside a function or an `if`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "backline":
            tail = node.module.split(".")[1:]
            found += [".".join(tail)] if tail else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("backline.")]
    return found


def allowed(module: str) -> set[str] | None:
    """First parts that *module* may import; None: anything (the command line wires everything)."""
    first = module.split(".")[0]
    if first in LEAVES or first == "__init__":
        return LEAVES - {first}
    if first in BEFORE:
        return BEFORE[first]
    if first in ROOMS:
        return LEAVES | set(BEFORE) | set(ROOMS[: ROOMS.index(first) + 1])
    return None


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_imports_only_from_rooms_before_it(path: Path) -> None:
    module = name_of(path)
    may = allowed(module)
    if may is None:
        return
    for target in imported(ast.parse(path.read_text())):
        assert target == "__version__" or target.split(".")[0] in may, f"{module} imports {target}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_packages_are_imported_only_where_they_are_used(path: Path) -> None:
    for node in ast.parse(path.read_text()).body:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not HEAVY & {n.split(".")[0] for n in names}, f"{name_of(path)}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_has_one_job_and_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or 0) - node.lineno + 1
            assert size <= MAX_FUNCTION, f"{name_of(path)}.{node.name}: {size} lines"


def test_functions_stay_short_on_the_whole() -> None:
    sizes = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert sizes[len(sizes) // 2] <= 14
    assert sizes[len(sizes) * 9 // 10] <= 32


def test_records_are_frozen() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            for mark in getattr(node, "decorator_list", []) if isinstance(node, ast.ClassDef) else []:
                if "dataclass" in ast.unparse(mark):
                    assert "frozen=True" in ast.unparse(mark), f"{name_of(path)}.{node.name}"


@pytest.mark.parametrize("room", ["findings", "output"])
def test_pure_rooms_touch_nothing_outside(room: str) -> None:
    banned = {"subprocess", "socket", "urllib", "http", "requests", "tempfile"}
    for path in (SOURCE / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not banned & {n.split(".")[0] for n in names}, f"{room}/{path.name} imports {names}"


def test_no_catch_all_module_names() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "misc", "models", "types", "base", "core"}
    assert not banned & {path.stem for path in MODULES}
