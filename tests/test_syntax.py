"""The tree of a blob: what stands around a line, syntax errors, imports; the lines are in syntax_examples.txt."""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

import ast_grep_py  # noqa: F401 - the panic tests put a stand-in into it
import pytest

from backline.errors import FileProblem
from backline.intake.grammars import BY_LANGUAGE
from backline.intake.syntax import GRAMMARS, Definition, Tree, definitions, enclosing, error_count, imports, parse


def _examples() -> dict[str, list[tuple[str, str]]]:
    """Language → (source line, dotted name of the innermost definition)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in Path(__file__).with_name("syntax_examples.txt").read_text("utf-8").split("\n"):
        if line.startswith("== "):
            rows = found.setdefault(line[3:], [])
        elif "┆" in line:
            source, _, name = line.partition("┆")
            rows.append((source.rstrip(), name.strip()))
        elif line and not line.startswith("#"):
            raise ValueError(line)
    return found


EXAMPLES = _examples()


def tree(language: str, text: str) -> Tree:
    found = parse(text, language)
    assert found
    return found


def test_every_grammar_has_examples() -> None:
    assert set(EXAMPLES) == set(GRAMMARS) == set(BY_LANGUAGE)


@pytest.mark.parametrize("language", EXAMPLES)
def test_every_line_knows_what_stands_around_it(language: str) -> None:
    rows = EXAMPLES[language]
    parsed = tree(language, "\n".join(source for source, _ in rows) + "\n")
    found = [enclosing(parsed, number) for number in range(1, len(rows) + 1)]
    shown = [f"{number}: {rows[number - 1][0]} ┆ {a[-1].name if a else ''}" for number, a in enumerate(found, 1)]
    assert shown == [f"{number}: {source} ┆ {name}" for number, (source, name) in enumerate(rows, 1)]


@pytest.mark.parametrize("language", EXAMPLES)
def test_definitions_come_outermost_first_and_hold_each_other(language: str) -> None:
    parsed = tree(language, "\n".join(source for source, _ in EXAMPLES[language]))
    for number in range(1, len(EXAMPLES[language]) + 1):
        around = enclosing(parsed, number)
        for outer, inner in pairwise(around):
            assert inner.name.startswith(outer.name + ".")
            assert outer.start_line <= inner.start_line <= number <= inner.line <= outer.line
    assert [d.start_line for d in definitions(parsed)] == sorted(d.start_line for d in definitions(parsed))


def test_a_definition_tells_its_kind_and_its_line() -> None:
    text = "@app.get('/')\nasync def  list(\n    page,\n):\n    pass\n\n\nclass A(B):\n    x = 1\n"
    assert definitions(tree("python", text)) == (
        Definition("list", 1, 5, "function", "async def  list("),
        Definition("A", 8, 9, "class", "class A(B):"),
    )
    assert definitions(tree("java", "@A\npublic class C {}\n")) == (
        Definition("C", 1, 2, "class", "public class C {}"),
    )


def test_lines_outside_the_file_have_nothing_around_them() -> None:
    parsed = tree("python", "def f():\n    pass\n")
    assert [enclosing(parsed, line) for line in (-1, 0, 3, 10**9)] == [()] * 4
    assert enclosing(tree("go", ""), 1) == ()


def test_lines_count_newlines_alone_and_columns_may_be_wide() -> None:
    text = "# \u2028 \x0c \x85 🎉\ndef naïve():\r\n    return '🎉'\n\ndef b():\n    pass\n"
    assert [(d.name, d.start_line, d.line) for d in definitions(tree("python", text))] == [("naïve", 2, 3), ("b", 5, 6)]


def test_broken_code_still_has_definitions() -> None:
    parsed = tree("python", "def a():\n    x = = 1\n\n\ndef b():\n    pass\n")
    assert "b" in [d.name.rpartition(".")[2] for d in definitions(parsed)]


@pytest.mark.parametrize("language", ["markdown", "sql", "css", "vue", "Python", "", None])
def test_a_language_without_a_grammar_has_no_tree(language: str | None) -> None:
    assert parse("x", language) is None


BROKEN = (
    ("python", "x = (1,\n"), ("python", "def f(:\n    pass\n"), ("python", "class\n"), ("javascript", "const x = ;\n"),
    ("javascript", "f(1\n"), ("typescript", "const x: = 1;\n"), ("tsx", "const x = <a>;\n"), ("go", "func f( {\n}\n"),
    ("go", "package a\nx := := 1\n"), ("java", "class A { void f( {} }\n"), ("java", "class A { int x = 1 }\n"),
    ("ruby", "def f\n  1\n"), ("php", "<?php $x = ;\n"), ("csharp", "class A { void F( {} }\n"),
    ("rust", "fn f() { let x = ; }\n"), ("shell", "if true; then\n"), ("kotlin", "fun f( {}\n"), ("yaml", "a: [1\n"),
    ("terraform", "resource {{\n"),
)  # fmt: skip


@pytest.mark.parametrize(("language", "text"), BROKEN)
def test_broken_code_has_errors(language: str, text: str) -> None:
    assert error_count(tree(language, text)) > 0


@pytest.mark.parametrize("language", EXAMPLES)
def test_sound_code_has_no_errors(language: str) -> None:
    assert error_count(tree(language, "\n".join(source for source, _ in EXAMPLES[language]) + "\n")) == 0


def test_one_more_error_counts_one_more() -> None:
    text = "x = (1,\n\ny = 2\n"
    assert error_count(tree("python", text + "def f(:\n    pass\n")) > error_count(tree("python", text))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "import os\nfrom a import (\n  b,\n)\nfrom __future__ import c\nx = 1\ndef f():\n    import d\n",
         ("import os", "from a import (\n  b,\n)", "from __future__ import c", "import d")),
        ("javascript", "import x from 'y';\nconst a = require('b'), c = 1;\nexport * from 'k';\nrequire('q');\n",
         ("import x from 'y';", "const a = require('b'), c = 1;", "export * from 'k';")),
        ("typescript", "import type { A } from 'a';\nimport z = require('q');\n",
         ("import type { A } from 'a';", "import z = require('q');")),
        ("tsx", "import a from 'a'\nconst x = <a/>\n", ("import a from 'a'",)),
        ("go", 'package a\nimport "x"\nimport (\n\t"y"\n)\n', ('import "x"', 'import (\n\t"y"\n)')),
        ("java", "import a.b;\nimport static a.c.*;\nclass X {}\n", ("import a.b;", "import static a.c.*;")),
        ("kotlin", "package a\nimport a.b\nimport a.c as d\n\nclass X\n", ("import a.b", "import a.c as d")),
        ("ruby", "require 'a'\nrequire_relative 'b'\nx.require(1)\nputs 'require'\n",
         ("require 'a'", "require_relative 'b'", "x.require(1)")),
        ("php", "<?php\nuse A\\B;\nrequire_once 'a.php';\n", ("use A\\B;", "require_once 'a.php'")),
        ("csharp", "using System;\nusing X = A.B;\nclass C {}\n", ("using System;", "using X = A.B;")),
        ("rust", "use a::b;\nextern crate c;\nfn f() {}\n", ("use a::b;", "extern crate c;")),
        ("shell", "source a.sh\n. ./b.sh\necho source\n", ("source a.sh", ". ./b.sh")),
        ("terraform", "locals {}\n", ()),
        ("yaml", "import: 1\n", ()),
    ],
)  # fmt: skip
def test_imports_come_verbatim_and_in_order(language: str, text: str, expected: tuple[str, ...]) -> None:
    assert imports(tree(language, text)) == expected


NESTED = (
    ("javascript", "function a(){" * 5_000 + "}" * 5_000),
    ("javascript", "(" * 50_000 + ")" * 50_000),
    ("typescript", "const a = {b: " * 5_000 + "1" + "}" * 5_000),
    ("python", "x = " + "[" * 20_000 + "]" * 20_000 + "\n"),
    ("python", "\n".join(" " * i + f"def f{i}():" for i in range(600)) + "\n" + " " * 600 + "pass\n"),
    ("go", "package a\nfunc f() {" + "{" * 20_000 + "}" * 20_000 + "}\n"),
    ("java", "class A {" * 5_000 + "}" * 5_000),
    ("ruby", "module A\n" * 5_000 + "end\n" * 5_000),
    ("rust", "mod a {" * 5_000 + "}" * 5_000),
    ("yaml", "[" * 5_000 + "]" * 5_000),
    ("tsx", "<a>" * 5_000 + "</a>" * 5_000),
    ("shell", "$(" * 5_000 + ")" * 5_000),
    ("javascript", "function a(){}" * 70_000),
)


@pytest.mark.parametrize(("language", "text"), NESTED)
def test_deep_nesting_is_walked_without_recursion(language: str, text: str) -> None:
    started = time.perf_counter()
    parsed = tree(language, text)
    definitions(parsed)
    imports(parsed)
    error_count(parsed)
    last = text.count("\n") + 1
    assert len(enclosing(parsed, last // 2 + 1)) <= 64
    assert time.perf_counter() - started < 2


def test_a_megabyte_is_fast_and_a_line_costs_one_look() -> None:
    parsed = tree("python", "".join(f"@dec\ndef f{i}(a):\n    # c é\n    return a\n\n" for i in range(25_000)))
    started = time.perf_counter()
    assert [d.name for d in enclosing(parsed, 62_502)] == ["f12500"]
    assert [d.name for d in enclosing(parsed, 62_505)] == []
    first = time.perf_counter() - started
    assert len([enclosing(parsed, line) for line in range(1, 50_000)]) == 49_999
    assert first < 2
    assert time.perf_counter() - started < 3


class PanicException(BaseException):
    """What ast-grep's Rust code raises; the real class cannot be imported."""


def test_a_panic_becomes_a_problem_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panics:
        def __init__(self, text: str, language: str) -> None:
            raise PanicException("index out of bounds")

    monkeypatch.setattr(sys.modules["ast_grep_py"], "SgRoot", Panics)
    for ask in (definitions, error_count, imports, lambda parsed: enclosing(parsed, 1)):
        with pytest.raises(FileProblem, match="the python parser gave up on this file"):
            ask(tree("python", "x = 1\n"))


def test_a_surrogate_is_a_problem_of_the_file() -> None:
    with pytest.raises(FileProblem):
        definitions(tree("python", "x = '\ud800'\n"))


def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def __init__(self, text: str, language: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["ast_grep_py"], "SgRoot", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        definitions(tree("python", "x = 1\n"))
