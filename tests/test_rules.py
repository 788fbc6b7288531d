"""The rules engine: reading a rule, matching it, judging it by its place, and every rule's own examples."""

from __future__ import annotations

import pytest

from backline.errors import FileProblem, RequestError
from backline.finding import Confidence, Severity
from backline.leads import examples, rules
from backline.leads.reach import Reach, reach_of
from backline.leads.rule import read_rule
from backline.resources import folder

RULE_FILES = rules.rule_files(folder("rules"))


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_a_rule_speaks_on_its_bad_examples_and_is_silent_on_its_good_ones(path):
    assert examples.check_file(path) == []


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_a_rule_file_is_named_after_its_rule(path):
    rule = read_rule(path.read_text("utf-8"), path.name)
    family, _, name = rule.id.partition(".")
    assert path.stem in (name, f"{family}-{name}")


def test_no_two_rules_share_an_id():
    ids = [rule.id for rule in rules.load_all()]
    assert sorted(set(ids)) == ids


RULE = """\
id: python.eval
languages: [python]
category: security
severity: high
confidence: high
title: "`eval` runs {CODE}"
message: "A caller runs code."
fix: "Do not."
literals: [eval]
rule: {kind: call, pattern: eval($CODE)}
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RULE.replace("fix:", "fixx:"), "unknown key 'fixx' (did you mean fix?)"),
        (RULE.replace("title:", "why:"), "title: missing"),
        (RULE.replace("high", "huge", 1), "severity: must be one of critical, high, medium, low"),
        (RULE.replace("[python]", "[pyton]"), "languages: 'pyton' is not known (did you mean python?)"),
        (RULE.replace("[eval]", "eval"), "literals: must be a list of texts"),
        (RULE + "once: 1\n", "once: must be true or false"),
        (RULE.replace('"Do not."', "2"), "fix: must be text"),
        (RULE.replace("[python]", "[sql]"), "statement: missing"),
        (RULE.replace("{kind: call, pattern: eval($CODE)}", "call"), "rule: must be a mapping"),
        (RULE.replace("A caller", "&a A caller").replace('"Do not."', "*a"), "YAML aliases"),
        ("a: &a [1]\nb: [*a, *a]\n", "YAML aliases"),
        ("[" * 60_000, "nested deeper"),
        ("- " * 30_000, "nested deeper"),
        ("- 1\n", "not a mapping"),
        ("", "not a mapping"),
        ("a: !!python/object/apply:os.system [ls]\n", "not valid YAML"),
        ("\x00", "not valid YAML"),
        ("x: " + "y" * 70_000, "larger than 64 kB"),
    ],
)
def test_a_wrong_rule_is_one_line_that_names_file_and_key(text, words):
    with pytest.raises(RequestError) as caught:
        read_rule(text, "python/eval.yml")
    assert str(caught.value).startswith("python/eval.yml: ") and words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("matcher", ["{kind: no_such_kind}", "{kind: call, regex: '('}", "{knd: call}", "{has: 3}"])
def test_a_team_rule_that_ast_grep_refuses_ends_the_run_with_its_name(matcher):
    text = RULE.replace("{kind: call, pattern: eval($CODE)}", matcher)
    with pytest.raises(RequestError, match=r"^rules/own\.yml: rule: ast-grep \(python\) says: "):
        rules.read_team_rules({"rules/own.yml": text})


def test_a_team_rule_speaks_beside_our_own():
    team = rules.read_team_rules({"own.yml": RULE})
    assert [
        lead.title for lead in rules.find("eval(a)\n", "python", "a.py", [1], team=team) if lead.rule == "python.eval"
    ]


def test_only_hits_on_changed_lines_count_and_one_per_line():
    rule = read_rule(RULE, "x")
    tree = rules.parse("eval(a)\neval(b); eval(c)\neval(\n  d)\n", "python")
    assert tree
    assert [lead.title for lead in rules.leads(tree, "a.py", [2, 4], [rule])] == ["`eval` runs b", "`eval` runs d"]
    assert rules.leads(tree, "a.py", [], [rule]) == []


@pytest.mark.parametrize(
    ("path", "reach"),
    [
        ("shop/views.py", Reach.RAISED), ("shop/auth/tokens.py", Reach.RAISED),
        ("db/migrations/0001_init.py", Reach.PLAIN),
        ("shop/price.py", Reach.PLAIN), ("shop/contest.py", Reach.PLAIN),
        ("tests/test_views.py", Reach.LOWERED), ("shop/management/commands/load.py", Reach.LOWERED),
        ("scripts/run.py", Reach.LOWERED),
        ("migrations/2/down.sql", Reach.LOWERED), ("migrations/2.down.sql", Reach.LOWERED),
        ("src/main/java/com/example/shop/Orders.java", Reach.PLAIN), ("examples/com/example/A.java", Reach.LOWERED),
        ("com/example/controller/A.java", Reach.RAISED), ("app/example/a.py", Reach.LOWERED),
        ("db/shutdown.sql", Reach.PLAIN), ("shop/drop_down.py", Reach.PLAIN), ("api/conftest.py", Reach.LOWERED),
    ],
)  # fmt: skip
def test_the_place_of_a_file_says_how_far_it_reaches(path, reach):
    assert reach_of(path) is reach


def test_a_script_lowers_and_a_handler_raises_what_is_low():
    rule = read_rule(RULE.replace("severity: high", "severity: low"), "x")
    tree = rules.parse("eval(a)\n", "python")
    assert tree
    found = {path: rules.leads(tree, path, [1], [rule])[0] for path in ("scripts/a.py", "a.py", "views.py")}
    assert [(lead.severity, lead.confidence) for lead in found.values()] == [
        (Severity.LOW, Confidence.MEDIUM),
        (Severity.LOW, Confidence.HIGH),
        (Severity.MEDIUM, Confidence.HIGH),
    ]


def test_one_hit_is_enough_where_the_rule_says_so():
    tree = rules.parse("eval(a)\neval(b)\neval(c)\n", "python")
    assert tree
    found = rules.leads(tree, "a.py", [2, 3], [read_rule(RULE + "once: true\n", "x")])
    assert [lead.start_line for lead in found] == [2]


def test_a_replacement_becomes_a_suggestion_of_whole_lines():
    text = RULE + "replace: literal_eval($CODE)\n"
    tree = rules.parse("if x:\n    y = eval(a) + 1\n", "python")
    assert tree
    (lead,) = rules.leads(tree, "a.py", [2], [read_rule(text, "x")])
    assert lead.suggestion
    assert (lead.suggestion.start_line, lead.suggestion.replacement) == (2, "    y = literal_eval(a) + 1")


@pytest.mark.parametrize("top", ["", "\n", "\n\n\n", "  \n\n", "# é\n\n"])
def test_a_suggestion_is_of_its_own_lines_whatever_stands_above(top: str):
    text = f"{top}import requests\n\n\ndef ping(url):\n    return requests.get(url, verify=True)\n"
    changed = top.count("\n") + 5
    (lead,) = rules.find(text, "python", "a.py", [changed])
    assert lead.suggestion
    assert (lead.suggestion.line, lead.suggestion.replacement) == (
        changed, "    return requests.get(url, verify=True, timeout=10)",
    )  # fmt: skip


def test_a_language_without_rules_or_grammar_gives_nothing():
    assert rules.find("x", "cobol", "a.cob", [1]) == []
    assert rules.find("x", "csharp", "a.cs", [1], root=folder("rules") / "none") == []


@pytest.mark.parametrize(
    "text",
    ["cur.execute('SELECT a' " + "+ b " * 20_000 + ")\n", "requests.get(a)" + ".a" * 20_000 + "\n"],
    ids=["sum", "chain"],
)
def test_a_tree_that_would_end_the_process_is_a_problem_of_its_file(text):
    with pytest.raises(FileProblem, match="nested deeper than"):
        rules.find(text, "python", "a.py", [1])


@pytest.mark.parametrize(
    "text",
    ["x = [" + "requests.get(a)," * 2_000 + "]\n", "x = " + "(" * 300 + "requests.get(a)" + ")" * 300 + "\n"],
    ids=["wide", "deep as people write"],
)
def test_a_wide_or_ordinary_tree_is_matched(text):
    assert [lead.rule for lead in rules.find(text, "python", "a.py", [1])] == ["python.requests-without-timeout"]


def test_a_place_among_a_rules_paths_decides():
    rule = read_rule(RULE + "paths: ['shop/**']\nnot_paths: ['**/dev*']\n", "x")
    tree = rules.parse("eval(a)\n", "python")
    assert tree
    found = [path for path in ("shop/a.py", "a.py", "shop/dev.py") if rules.leads(tree, path, [1], [rule])]
    assert found == ["shop/a.py"]


def test_words_that_a_file_must_have_or_must_not_have_decide():
    rule = read_rule(RULE + "needs: [import ast]\nlacks: [safe]\n", "x")
    texts = ["eval(a)\n", "import ast\neval(a)\n", "import  ast\neval(a)\n", "import ast\neval(a)  # safe\n"]
    trees = [tree for text in texts if (tree := rules.parse(text, "python"))]
    assert [len(rules.leads(tree, "a.py", [1, 2], [rule])) for tree in trees] == [0, 1, 1, 0]


def test_what_stands_on_the_shelf_is_what_the_rule_says() -> None:
    from backline.leads.shelf import opened, rule_files, shelved
    from backline.resources import folder

    for file in rule_files(folder("rules")):
        row = shelved(f"{file.parent.name}/{file.name}", file.read_text("utf-8"))
        rule = opened(row)
        for key in ("languages", "literals", "needs", "lacks", "paths", "not_paths"):
            assert getattr(row, key) == getattr(rule, key), f"{row.where}: write {key} as one line `{key}: [a, b]`"


EXAMPLES = """\
---
path: app/jobs.py
bad: [{text: "§(a)", each: [eval, "x = eval"]}, {text: "eval(b)", path: b.py}]
good: ["evil(a)", "a.eval(a)"]
"""


def test_one_text_of_an_example_stands_for_each_of_its_words(tmp_path):
    (tmp_path / "eval.yml").write_text(RULE + EXAMPLES, "utf-8")
    found = examples.examples(tmp_path / "eval.yml")
    assert [(one.text, one.path) for one in found.bad] == [
        ("eval(a)", "app/jobs.py"),
        ("x = eval(a)", "app/jobs.py"),
        ("eval(b)", "b.py"),
    ]
    assert examples.check_file(tmp_path / "eval.yml") == []


@pytest.mark.parametrize(
    "wrong", ['{text: "eval(a)", each: [a]}', '{text: "§(a)"}', '{txt: "eval(a)"}', "{text: [], each: 1}"]
)
def test_a_word_without_its_place_or_a_place_without_a_word_is_named(tmp_path, wrong):
    (tmp_path / "eval.yml").write_text(RULE + EXAMPLES.replace('"evil(a)"', wrong), "utf-8")
    assert len(examples.check_file(tmp_path / "eval.yml")) == 1
    assert "examples: " in examples.check_file(tmp_path / "eval.yml")[0]


def test_all_that_is_wrong_with_a_rule_is_named_at_once(tmp_path):
    text = (
        RULE.replace("confidence: high\n", "").replace("severity: high", "severity: severe") + "tittle: a\nneeds: 1\n"
    )
    path = tmp_path / "eval.yml"
    path.write_text(text + EXAMPLES, "utf-8")
    wrong = [
        "unknown key 'tittle' (did you mean title?)",
        "confidence: missing",
        "needs: must be a list of texts",
        "severity: must be one of critical, high, medium, low",
    ]
    assert examples.check_file(path) == [f"{path}: {words}" for words in wrong]
    with pytest.raises(RequestError) as caught:
        rules.read_team_rules({"own.yml": text})
    assert str(caught.value) == f"own.yml: {'; '.join(wrong)}"


def test_what_stands_in_the_tests_of_a_rust_file_weighs_less():
    function = "async fn load() {\n  std::fs::read(name);\n}\n"
    severities = [
        lead.severity
        for text in (function, f"mod tests {{\n{function}}}\n", f"mod users {{\n{function}}}\n")
        for lead in rules.find(text, "rust", "src/users.rs", range(1, 9))
    ]
    assert severities == [Severity.MEDIUM, Severity.LOW, Severity.MEDIUM]
