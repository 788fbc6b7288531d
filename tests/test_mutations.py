"""The rewritings of bad examples do what they say, and nothing where that would change what the code means."""

from __future__ import annotations

import mutations
import pytest
import text_mutations
import tree_mutations


def of(language: str, name: str, text: str) -> str:
    """What the rewriting makes of *text*; the same where it leaves it out."""
    if language in text_mutations.MUTATIONS:
        found = dict(text_mutations.mutants(text, language)).get(name, text)
    else:
        found = tree_mutations.rewrite(name, text, language, lambda variable: variable == "req")
    return found.replace("\n        ", "⏎")


@pytest.mark.parametrize(
    ("language", "name", "text", "expected"),
    [
        ("javascript", "line_breaks", "f(a, b + 1);", "f(⏎a,⏎ b +⏎ 1);"),
        ("go", "line_breaks", "package a\nvar x = f(a, b)\n", "package a\nvar x =⏎ f(⏎a,⏎ b)\n"),
        ("ruby", "line_breaks", "x = f(a)\nf a, b\n", "x =⏎ f(⏎a)\nf a,⏎ b\n"),
        ("php", "line_breaks", "<?php f($a);\n", "<?php f(⏎$a);\n"),
        ("typescript", "chain_breaks", "a.b().c(d.e(x.y.z()));", "a⏎.b()⏎.c(d.e(x.y⏎.z()));"),
        ("go", "chain_breaks", "package a\nvar x = a.b.C().D()\n", "package a\nvar x = a.b.C().⏎D()\n"),
        ("javascript", "chain_breaks", "a.b(c.d(), [e]).f;", "a⏎.b(c.d(), [e]).f;"),
        ("ruby", "chain_breaks", "A.all.each { |b| c.d }\n", "A⏎.all⏎.each { |b| c.d }\n"),
        ("php", "chain_breaks", "<?php $this->a->b();", "<?php $this->a⏎->b();"),
        ("java", "spaces", "class A { int x = f(a, b); }", "class A { int x =  f( a,  b ); }"),
        ("ruby", "comments", "f(a)\n", "f(a) # checked\n"),
        ("rust", "comments", "fn a() {\n    b();\n}\n", "fn a() { // checked\n    b(); // checked\n} // checked\n"),
        ("javascript", "renamed_variables", "let a = b.a; f(`${a}`, {a: 1});", "let a_1 = b.a; f(`${a_1}`, {a: 1});"),
        ("go", "renamed_variables", "package a\nfunc f(x T) { x.x(T{x: x}) }\n", None),
        ("kotlin", "renamed_variables", 'fun f(a: A) = "$a"\n', 'fun f(a_1: A) = "$a_1"\n'),
        ("php", "renamed_variables", '<?php $a = $_GET["a"]; $b = "$a";', '<?php $a_1 = $_GET["a"]; $b_1 = "$a_1";'),
        ("ruby", "renamed_variables", "a.each { |b| b.c }\n", "a.each { |b_1| b_1.c }\n"),
        ("csharp", "renamed_variables", "foreach (var a in b) { F(a.a); }", None),
        ("python", "renamed_variables", 'a = 1\nf(f"{a}", b=a)\n', 'a_1 = 1\nf(f"{a_1}", b=a_1)\n'),
        ("javascript", "parentheses", "x = a + b; return c;", "x = (a + b); return (c);"),
        ("python", "parentheses", "x = f(a + b, 'c')\n", "x = (f((a + b), 'c'))\n"),
        ("python", "other_order", "f(a, b=1, c=2)\n", "f(a, c=2, b=1)\n"),
        ("javascript", "other_order", "f({a: 1, b: {c, d: 2}});", "f({b: {c, d: 2}, a: 1});"),
        ("ruby", "other_order", "f(a, b: 1, 'c' => 2)\n", "f(a, 'c' => 2, b: 1)\n"),
        ("csharp", "other_order", "F(b: 1, c: 2);", "F(c: 2, b: 1);"),
        ("go", "other_order", "package a\nvar x = T{A: 1, B: 2}\n", "package a\nvar x = T{B: 2, A: 1}\n"),
        ("go", "aliased_imports", "package a\nvar x = http.Get(a)\n",
         'package a\nimport http_1 "net/http"\nvar x = http_1.Get(a)\n'),
        ("javascript", "aliased_imports", "fs.rmSync(a.fs.b);", 'import * as fs_1 from "fs";\nfs_1.rmSync(a.fs.b);'),
        ("sql", "sql_upper_case", "select a from \"b\" where c = 'd'", "SELECT A FROM \"b\" WHERE C = 'd'"),
        ("sql", "sql_line_breaks", "select 'a b'", "select 'a b'"),
        ("dockerfile", "docker_lower_case", "FROM a\nRUN B \\\nRUN C", "from a\nrun B \\\nRUN C"),
        ("dockerfile", "docker_line_breaks", "RUN a && b", "RUN a \\\n    && b"),
        ("yaml", "yaml_quotes", "a: b\nc: true\n- d: 'e'\n", 'a: "b"\nc: true\n- d: "e"\n'),
        ("yaml", "yaml_indent", "a:\n  - b: 1\n    c: 2\n", "a:\n    -   b: 1⏎c: 2\n"),
        ("yaml", "yaml_flat_lists", "a:\n  - b: 1\n    c: 2\nd: 3\n", "a:\n- b: 1\n  c: 2\nd: 3\n"),
        ("yaml", "yaml_flow", "a:\n  - b\n  - c\nd: 3\n", "a: [b, c]\nd: 3\n"),
        ("terraform", "terraform_spaces", 'a {\n  b = "c"\n}\n', 'a {\n  b   =   "c"\n}\n'),
        ("terraform", "terraform_no_spaces", 'a {\n  b = "c"\n}\n', 'a {\n  b="c"\n}\n'),
    ],
)  # fmt: skip
def test_a_rewriting_does_what_it_says(language, name, text, expected):
    assert of(language, name, text) == (expected or text)


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("javascript", "line_breaks", "`a, (b)`;"),
        ("ruby", "line_breaks", "%w(a b)\n"),
        ("javascript", "renamed_variables", "const a = 1; f({a});"),
        ("javascript", "renamed_variables", "function f(req) {}"),
        ("rust", "renamed_variables", 'fn f(a: A) { g!("{a}") }\n'),
        ("csharp", "renamed_variables", "void F(int a) { G(a: a); }"),
        ("php", "renamed_variables", "<?php $this->a = 1;"),
        ("python", "renamed_variables", "a = 1\nf(a=a)\n"),
        ("javascript", "comments", "f(`a\nb`)"),
        ("javascript", "comments", "try {} catch (e) {\n}"),
        ("javascript", "other_order", "f({...a, b: 1, c: 2});"),
        ("php", "other_order", "<?php f($a, B, true);"),
        ("javascript", "aliased_imports", 'import fs from "fs"; fs.rmSync(a);'),
        ("javascript", "aliased_imports", "const fs = a; fs.rmSync(b);"),
        ("yaml", "yaml_quotes", "a: |\n  b: c\n"),
        ("yaml", "yaml_indent", "a: |\n  b\n    c\n"),
        ("dockerfile", "docker_comments", "# syntax=a\nFROM b\n"),
    ],
)
def test_a_rewriting_leaves_out_what_it_would_change(language, name, text):
    assert of(language, name, text).replace("⏎", "\n        ") == text


def test_the_rewritings_of_python_do_what_they_say():
    code = "for row in f(a, b):\n    x = g(row.a)\n    print(x)\n"
    deep = "\n" + 20 * " "
    assert {name: mutations.rewrite(name, code) for name in mutations.NAMES} == {
        "line_breaks": f"for row in f({deep}a, b):\n    x = g({deep}row.a)\n    print({deep}x)\n",
        "spaces": "for row in f(a,  b):\n    x =  g(row.a)\n    print(x)\n",
        "comments": "for row in f(a, b):  # checked\n    x = g(row.a)  # checked\n    print(x)  # checked\n",
        "renamed_loop_variables": "for row_1 in f(a, b):\n    x = g(row_1.a)\n    print(x)\n",
        "aliased_imports": code,
    }
    assert mutations.rewrite("line_breaks", "print 1, (2)\n") == "print 1, (2)\n"
