"""Rules see what code does, not how it is spelled: bad Python examples still speak when they are rewritten."""

from __future__ import annotations

import mutations
import pytest

from backline.leads import examples, rules
from backline.leads.examples import Example
from backline.leads.rule import read_rule
from backline.resources import folder

CASES = [
    pytest.param(path, number, id=f"{path.stem}-{number}")
    for path in rules.rule_files(folder("rules"), "python")
    for number in range(len(examples.examples(path).bad))
]


@pytest.mark.parametrize(("path", "number"), CASES)
def test_a_rewritten_bad_example_still_speaks(path, number):
    rule = read_rule(path.read_text("utf-8"), path.name)
    example = examples.examples(path).bad[number]
    silent = [
        f"{name}:\n{text}"
        for name, text in mutations.mutants(example.text)
        if not examples.speak(rule, Example(text=text, path=example.path), "python")
    ]
    assert silent == []


def test_the_rewritings_do_what_they_say():
    code = "for row in f(a, b):\n    x = g(row.a)\n    return x\n"
    deep = "\n" + 20 * " "
    assert dict(mutations.mutants(code.replace("return x", "print(x)"))) == {
        "line_breaks": f"for row in f({deep}a, b):\n    x = g({deep}row.a)\n    print({deep}x)\n",
        "spaces": "for row in f(a,  b):\n    x =  g(row.a)\n    print(x)\n",
        "comments": "for row in f(a, b):  # checked\n    x = g(row.a)  # checked\n    print(x)  # checked\n",
        "renamed_loop_variables": "for row_1 in f(a, b):\n    x = g(row_1.a)\n    print(x)\n",
    }
    assert mutations.parenthesised_returns("def f():\n    return x + 1\n") == "def f():\n    return (x + 1)\n"
