"""SQL and Dockerfiles are cut into statements at the right places, and their rules see only code."""

from __future__ import annotations

import pytest

from backline.errors import RequestError
from backline.leads import examples, rules, statements
from backline.leads.rule import read_rule
from backline.resources import folder


def cut(text, language="sql"):
    return [" ".join(statement.code.split()) for statement in statements.CUTTERS[language](text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1;", "SELECT 2"]),
        ("SELECT 'a;b'; SELECT 2;", ["SELECT ' ';", "SELECT 2;"]),
        ("SELECT 'it''s;'; x", ["SELECT ' ';", "x"]),
        (r"SELECT E'a\';b'; x", ["SELECT E' ';", "x"]),
        (r"SELECT 'C:\'; x", ["SELECT ' ';", "x"]),
        ('SELECT ";"; x', ['SELECT ";";', "x"]),
        ("SELECT `;`; x", ["SELECT `;`;", "x"]),
        ("-- a; b\nSELECT 1; -- c;\nx", ["SELECT 1;", "x"]),
        ("/* a; /* b; */ c; */ SELECT 1;", ["SELECT 1;"]),
        ("/* never closed; SELECT 1;", []),
        ("DO $$ BEGIN a; b; END $$; x", ["DO $$ $$;", "x"]),
        ("DO $f$ a; $$ b; $f$; x", ["DO $f$ $f$;", "x"]),
        ("SELECT $1; SELECT $2;", ["SELECT $1;", "SELECT $2;"]),
        ("SELECT 'never closed; x", ["SELECT '"]),
        ("", []),
        (" ;; ", [";", ";"]),
    ],
)
def test_sql_is_cut_at_semicolons_that_are_code(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN b", ["FROM a", "RUN b"]),
        ("RUN a \\\n  b\nRUN c", ["RUN a \\ b", "RUN c"]),
        ("RUN a \\\n# note\n  b\nRUN c", ["RUN a \\ b", "RUN c"]),
        ("# note\nFROM a", ["FROM a"]),
        ("# escape=`\nRUN a `\n b\nRUN c\\\nRUN d", ["RUN a ` b", "RUN c\\", "RUN d"]),
        ("RUN <<EOF\na\nFROM b\nEOF\nRUN c", ["RUN <<EOF a FROM b EOF", "RUN c"]),
        ("RUN <<A <<-'B'\nx\nA\ny\nB\nRUN c", ["RUN <<A <<-'B' x A y B", "RUN c"]),
        ("RUN <<EOF\nnever closed", ["RUN <<EOF never closed"]),
        ("RUN a\r\nRUN b\r\n", ["RUN a", "RUN b"]),
        ("RUN a \\", ["RUN a \\"]),
        ("", []),
    ],
)
def test_a_dockerfile_is_cut_at_instructions(text, expected):
    assert cut(text, "dockerfile") == expected


def test_stages_are_counted():
    found = statements.docker_instructions("ARG A\nFROM a AS x\nRUN b\nfrom c\nRUN d\n")
    assert [statement.stage for statement in found] == [0, 1, 1, 2, 2]


RULE = """\
id: sql.drop
languages: [sql]
category: reliability
severity: high
confidence: high
title: "{TABLE} is dropped"
message: "a"
fix: "b"
literals: [drop]
statement:
  regex: drop\\s+table\\s+(?P<TABLE>\\w+)
  file_lacks: create\\s+table\\s+{TABLE}\\b
"""


def find(text, changed=range(1, 100), rule=RULE):
    return statements.leads(text, "sql", "a.sql", changed, [read_rule(rule, "drop.yml")])


def test_a_hit_has_the_lines_of_its_match_and_the_name_it_caught():
    (lead,) = find("SELECT 1;\n/* x\n */ SELECT 2;\nDROP\n  TABLE orders;\n")
    assert (lead.start_line, lead.line, lead.title) == (4, 5, "orders is dropped")


def test_only_hits_on_changed_lines_count():
    text = "DROP TABLE a;\nDROP TABLE b;\n"
    assert [lead.start_line for lead in find(text, [2])] == [2]
    assert find(text, []) == []


@pytest.mark.parametrize(
    "text",
    [
        "-- DROP TABLE a;", "/* DROP TABLE a; */", "SELECT 'DROP TABLE a';", "DO $$ DROP TABLE a; $$;",
        "DROP TABLE a; CREATE TABLE a (b int);", "DROP INDEX a;", "",
    ],
)  # fmt: skip
def test_what_is_no_statement_stays_silent(text):
    assert find(text) == []


def test_a_name_in_the_file_is_text_and_no_expression():
    assert find("DROP TABLE a; CREATE TABLE aa (b int);")
    assert find('DROP TABLE x; CREATE TABLE "(" (b int);')


NAMED_BY_KIND = RULE.replace(
    "  regex: drop\\s+table\\s+(?P<TABLE>\\w+)\n",
    """\
  kind: alter\\s+table\\s+(?P<TABLE>\\w+)|drop\\s+table
  regex: \\bdrop\\s+(?:column\\s+(?P<COLUMN>\\w+)|table)
""",
)


def test_the_beginning_of_a_statement_names_what_each_of_its_hits_is_about():
    found = find("ALTER TABLE orders DROP COLUMN a,\nDROP COLUMN b;", rule=NAMED_BY_KIND)
    assert [(lead.line, lead.title) for lead in found] == [(1, "orders is dropped"), (2, "orders is dropped")]
    assert find("CREATE TABLE orders (a int); ALTER TABLE orders DROP COLUMN a;", rule=NAMED_BY_KIND) == []


def test_a_name_may_be_caught_at_two_places():
    rule = RULE.replace(
        "drop\\s+table\\s+(?P<TABLE>\\w+)", "drop\\s+table\\s+(?P<TABLE>\\w+)|drop\\s+view\\s+(?P<TABLE2>\\w+)"
    )
    assert [lead.title for lead in find("DROP TABLE a;\nDROP VIEW b;", rule=rule)] == ["a is dropped", "b is dropped"]


def test_a_name_that_nothing_caught_is_not_any_name():
    assert find("CREATE TABLE orders (a int); DROP TABLE x;", rule=NAMED_BY_KIND)


@pytest.mark.parametrize(("text", "count"), [("DROP TABLE a OF b /* OF a */", 0), ("DROP TABLE a OF A", 1)])
def test_what_a_statement_has_is_looked_for_with_the_name_that_was_caught(text, count):
    rule = RULE.replace("file_lacks: create\\s+table\\s+{TABLE}\\b", "has: \\bof\\s+{TABLE}\\b")
    assert len(find(text, rule=rule)) == count


@pytest.mark.parametrize("expression", ["(", "a(?=b)"])
def test_an_expression_that_re2_refuses_is_one_line(expression):
    text = RULE.replace("drop\\s+table\\s+(?P<TABLE>\\w+)", f"'{expression}'")
    with pytest.raises(RequestError, match=r"^own\.yml: statement\.regex: RE2 says: "):
        rules.read_team_rules({"own.yml": text})


@pytest.mark.parametrize(
    ("line", "words"),
    [("  regx: a\n", "statement.regx: unknown (did you mean regex?)"), ("  not: 1\n", "statement.not: must be text")],
)
def test_a_wrong_key_of_a_statement_is_named(line, words):
    with pytest.raises(RequestError, match="statement") as caught:
        read_rule(RULE + line, "own.yml")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "'" * 50_000, "/*" * 50_000, "$a" * 50_000, "$$" * 50_001, ";" * 50_000, "drop table " * 20_000,
        "".join(f"drop table t{n};" for n in range(20_000)),
    ],
    ids=["quotes", "comments", "dollars", "dollar quotes", "semicolons", "one statement", "statements"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(text):
    find(text)


@pytest.mark.parametrize(
    "text",
    ["RUN a \\\n" * 20_000, "#\n" * 20_000, "RUN <<A\n" * 20_000, "RUN " + "<<A " * 20_000],
    ids=["continued", "comments", "here-documents", "many marks"],
)
def test_a_hostile_dockerfile_takes_linear_time(text):
    statements.docker_instructions(text)


def test_line_numbers_count_newlines_alone():
    (lead,) = find("SELECT '\x0c\u2028\r';\nDROP TABLE a;\n")
    assert lead.start_line == 2
    first, second = statements.docker_instructions("RUN a\x0cb\u2028c\nRUN d\n")
    assert second.start == len(first.code)


@pytest.mark.parametrize("path", examples.files(folder("rules") / "sql"), ids=lambda path: path.stem)
def test_every_finding_on_sql_names_what_it_is_about(path):
    rule = read_rule(path.read_text("utf-8"), path.name)
    for example in examples.examples(path).bad:
        for lead in examples.speak(rule, example, "sql"):
            assert "`…`" not in f"{lead.title} {lead.body}"
