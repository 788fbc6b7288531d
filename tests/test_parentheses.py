"""Parentheses that change nothing hide nothing from a rule; the others stay."""

from __future__ import annotations

import pytest

from backline.intake.syntax import Tree
from backline.leads import rules
from backline.leads.parentheses import without_redundant


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "x = (a + b)\nf((a), b=(c))\nreturn (d)\n", "x =  a + b \nf( a , b= c )\nreturn  d \n"),
        ("python", "f((a +\n  b))\n", "f( a +\n  b )\n"),
        ("javascript", "const x = (await a); f((b), {c: (d)});", "const x =  await a ; f( b , {c:  d });"),
        ("typescript", "const x = (\n  a.b as C\n);", "const x =  \n  a.b as C\n ;"),
        ("go", "package a\nfunc f() { x := (a()); g((b)) }\n", "package a\nfunc f() { x :=  a() ; g( b ) }\n"),
        ("java", "class A { int f() { return (a); } }", "class A { int f() { return  a ; } }"),
        ("kotlin", "fun f() { val x = (a)\n g((b), k = (c)) }\n", "fun f() { val x =  a \n g( b , k =  c ) }\n"),
        ("csharp", "F((a), k: (b));", "F( a , k:  b );"),
        ("php", "<?php $x = ($a . $b); f((c));", "<?php $x =  $a . $b ; f( c );"),
        ("ruby", "x = (a)\nredirect_to (b || c)\n", "x =  a \nredirect_to  b || c \n"),
        ("python", "x = 'ü😀'; y = (a)\n", "x = 'ü😀'; y =  a \n"),
        ("rust", "fn f() { let x = (a); return (b); }", "fn f() { let x =  a ; return  b ; }"),
    ],
)
def test_parentheses_that_change_nothing_are_blanked(language, text, expected):
    assert without_redundant(Tree(language, text)).text == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "x = (a +\n  b)\n"),
        ("python", "x = (a, b)\nf((yield))\ny = (z := a)\nf((a for a in b))\n"),
        ("python", "x = (a + b) * c\n"),
        ("javascript", "return (\n  a\n);"),
        ("javascript", "f((a, b)); if (a) {} x = (a || b) + c; g((a) => b); (a)(b); h((a => b)(c));"),
        ("kotlin", "val x = (a\n  + b)\n"),
        ("ruby", "x = (a and b)\nx = (a; b)\nf (a.map do |b| end)\n"),
        ("go", "package a\nvar x = (*T)(y)\n"),
        ("java", "class A { int x = (int) y; }"),
        ("shell", "x=$((1))\n(a)\n"),
    ],
)
def test_parentheses_that_mean_something_stay(language, text):
    tree = Tree(language, text)
    assert without_redundant(tree) is tree


def test_a_suggestion_keeps_the_parentheses_of_the_file():
    text = "import yaml\nx = (yaml.unsafe_load(a))\n"
    found = rules.find(text, "python", "a.py", [2])
    assert [(lead.rule, lead.suggestion) for lead in found] == [("python.unsafe-yaml-load", None)]
