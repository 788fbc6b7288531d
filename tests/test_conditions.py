"""Every single condition of a rule is there for one of its examples: without it, an example notices."""

from __future__ import annotations

import os

import pytest
import tool_conditions
from test_rules import RULE

from backline.leads import rules
from backline.resources import folder

FILES = rules.rule_files(folder("rules"))
TRIED = FILES if os.environ.get("BACKLINE_SOAK") else FILES[3::10]

MATCHER = """{all: [{pattern: eval($CODE)}, {not: {inside: {kind: class_definition}}}, {not: {pattern: eval("1")}}]}"""
EXAMPLES = """---
bad: ["eval(a)", "x = eval(b)"]
good: ['eval("1")', "evil(a)"]
"""


@pytest.mark.soak
@pytest.mark.parametrize("path", TRIED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_condition_of_a_rule_can_go_unnoticed(path):
    assert set(tool_conditions.survivors(path)) - tool_conditions.LEFT.keys() == set()


def test_a_condition_that_no_example_shows_is_told(tmp_path):
    made = tmp_path / "eval.yml"
    made.write_text(RULE.replace("{kind: call, pattern: eval($CODE)}", MATCHER) + EXAMPLES, "utf-8")
    assert tool_conditions.survivors(made) == ["python.eval: rule.all[1]"]
