from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from placed import Held, Sources, change_of, numbered, one
from reports import finding

from backline.finding import Finding, Side, Source, Suggestion
from backline.findings import parses, suggestion
from backline.findings.suggestion import apply, check, check_all
from backline.intake.syntax import parse

PATH = "app/db.py"
BEFORE = """\
import db
import os


def get(user, key):
    row = db.get(key)
    return row
"""
AFTER = BEFORE.replace(
    "    row = db.get(key)\n",
    '    row = db.run("SELECT * FROM t WHERE k=" + key)\n    log("http://log.local/a", row)\n',
)  # The query is line 6, the log line 7.


def of(start_line: int, line: int, replacement: str, /, **fields: Any) -> Finding:
    fix = Suggestion(start_line=start_line, line=line, replacement=replacement)
    place = {"start_line": start_line, "line": line} | fields
    return finding(**{"path": PATH, "suggestion": fix} | place)


def why(sources: Sources, raised: Finding) -> str | None:
    """The note's own part; a suggestion is gone exactly when there is a note."""
    checked, note = check(sources, raised)
    assert (checked.suggestion is None) is (note is not None)
    assert replace(checked, suggestion=None) == replace(raised, suggestion=None)
    if note is None:
        return None
    start = f"suggestion left out at {raised.path}:{raised.line}: "
    assert note.startswith(start)
    return note.removeprefix(start)


SAFE = '    row = db.run("SELECT * FROM t WHERE k=%s", [key])'


@pytest.mark.parametrize(
    "raised",
    [
        of(6, 6, SAFE),
        of(6, 7, f'{SAFE}\n    log("http://log.local/a", row)'),
        of(6, 7, SAFE),
        of(7, 7, '    log("http://log.local/a", row, key)'),
        of(6, 6, f"    import json\n    from . import escape\n{SAFE}"),
        of(6, 6, "    if key:\n        row = db.get(key)\n    else:\n        row = None"),
        of(6, 7, SAFE, start_line=7),
        of(8, 8, "    return [row]", start_line=7, line=8),
        of(6, 6, '    row = db.get("größe", "日本語")'),
        of(6, 6, "\n".join([SAFE] * 30)),
        of(6, 6, SAFE, source=Source.CLAUDE),
        of(6, 6, '    row = re.match("\\d+", key)'),
        of(6, 6, f"    row = {'-' * 80}1"),
        of(6, 6, "    row = evaluate(key) or db.executor.retrieval(key)"),
    ],
)
def test_a_suggestion_that_applies_and_parses_stays(raised: Finding) -> None:
    assert why(one(BEFORE, AFTER), raised) is None


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (of(6, 6, "    row = db.run("), "it does not parse"),
        (of(6, 6, "row = 1"), "it does not parse"),
        (of(6, 6, "      row = 1\n    row = 2"), "it does not parse"),
        (of(6, 6, "    print 'a'"), "it does not parse"),
        (of(6, 6, "    row = ${KEY}"), "it does not parse"),
        (of(6, 6, "    row = '\\ud800' + '\\x'"), "it does not parse"),
        (of(6, 6, AFTER.split("\n")[5]), "it changes nothing"),
        (of(6, 6, ""), "it only deletes lines"),
        (of(6, 7, "  \n"), "it only deletes lines"),
        (of(6, 6, SAFE, side=Side.LEFT), "removed lines cannot be replaced"),
        (of(0, 6, SAFE), "its lines are not in the file"),
        (of(7, 6, SAFE), "its lines are not in the file"),
        (of(6, 9, SAFE), "its lines are not in the file"),
        (of(6, 10**30, SAFE), "its lines are not in the file"),
        (of(6, 6, SAFE, start_line=7, line=8), "it replaces other lines than the finding is about"),
        (of(8, 8, "    return 1", start_line=6, line=7), "it replaces other lines than the finding is about"),
        (of(1, 6, SAFE), "its lines are not in one hunk"),
        (of(6, 6, f"    row = {'(' * 4000}1{')' * 900}"), "it does not parse"),
        (of(6, 6, "\n".join([SAFE] * 31)), "more than 30 lines or 5000 characters"),
        (of(6, 6, f"    row = '{'x' * 5000}'"), "more than 30 lines or 5000 characters"),
        (of(6, 6, "    row = 'a\u202eb'"), "it holds an invisible character"),
        (of(6, 6, "    row = 'a\u200bb'"), "it holds an invisible character"),
        (of(6, 6, "    row = 'a\rb'"), "it holds an invisible character"),
        (of(6, 6, "    row = 'a\U000e0041b'"), "it holds an invisible character"),
        (of(6, 6, "    row = 'a⟦U+202E RLO⟧b'"), "it holds a mark of ours instead of code"),
        (of(6, 6, f"    row = 'ghp_{'a1B2' * 9}'"), "a secret or an invisible character stands in its lines"),
        (of(6, 6, "    row = get('https://evil.example/x')"), "it holds a new URL"),
        (of(7, 7, '    log("http://log.local/a?k=" + key, row)'), "it holds a new URL"),
        (of(6, 6, "    row = eval(key)"), "it runs text as code"),
        (of(6, 6, "    exec(key)"), "it runs text as code"),
        (of(6, 6, "    row = __import__('os').system(key)"), "it runs text as code"),
        (of(6, 6, "    row = ｅｖａｌ(key)"), "it runs text as code"),
        (of(6, 6, f"    import evil_package\n{SAFE}"), "it adds an import"),
        (of(6, 6, f"    from evil.package import x\n{SAFE}"), "it adds an import"),
    ],
)
def test_any_other_goes_and_the_finding_stays(raised: Finding, reason: str) -> None:
    assert why(one(BEFORE, AFTER), raised) == reason


def test_what_stood_there_before_is_not_new() -> None:
    sources = one(BEFORE, AFTER.replace("db.run(", "eval("))
    assert why(sources, of(6, 6, "    row = eval(key)")) is None
    assert why(sources, of(6, 6, "    row = eval(eval(key))")) == "it runs text as code"


def test_no_suggestion_is_no_note() -> None:
    raised = finding(path=PATH)
    assert check(one(BEFORE, AFTER), raised) == (raised, None)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (".github/workflows/ci.yml", "it edits a workflow"),
        (".GitHub/Workflows/ci.yml", "it edits a workflow"),
        (".github/actions/x/run.sh", "it edits a workflow"),
        ("tools/action.yml", "it edits a workflow"),
        ("uv.lock", "it edits the list of dependencies"),
        ("web/package-lock.json", "it edits the list of dependencies"),
        ("package.json", "it edits the list of dependencies"),
        ("requirements/dev-requirements.txt", "it edits the list of dependencies"),
        ("go.sum", "it edits the list of dependencies"),
        ("settings.yml", None),
        ("docs/github/workflows.yml", None),
    ],
)
def test_nobody_edits_workflows_or_dependencies_by_a_click(path: str, reason: str | None) -> None:
    sources = one("a: 1\nb: 2\n", "a: 1\nb: 3\n", path=path)
    assert why(sources, of(2, 2, "b: 4", path=path)) == reason


@pytest.mark.parametrize(
    ("path", "before", "good", "bad"),
    [
        ("a.js", "f(a)\n", "f(b)", "f(b"),
        ("a.ts", "const a: number = 1\n", "const a = 2", "const a: = 2"),
        ("a.go", "package a\n\nfunc f() int {\n\treturn 1\n}\n", "\treturn 2", "\treturn ("),
        ("A.java", "class A {\n  int f() {\n    return 1;\n  }\n}\n", "    return 2;", "    return 2"),
        ("a.rb", "def f\n  1\nend\n", "  2", "  if 2"),
        ("a.php", "<?php\n$a = 1;\n", "$a = 2;", "$a = (2;"),
        ("a.yaml", "a: 1\n", "a: [2]", "a: [2"),
        ("a.tf", 'a = "1"\n', 'a = "2"', 'a = "2'),
    ],
)
def test_every_grammar_notices_a_broken_suggestion(path: str, before: str, good: str, bad: str) -> None:
    lines = before.split("\n")
    line = {"a.go": 4, "A.java": 3, "a.rb": 2, "a.php": 2}.get(path, 1)
    sources = one(None, "\n".join(lines), path=path)
    assert why(sources, of(line, line, good, path=path)) is None
    assert why(sources, of(line, line, bad, path=path)) == "it does not parse"


def test_an_import_that_another_language_adds_is_refused() -> None:
    sources = one(None, "const a = require('fs')\nf(a)\n", path="a.js")
    assert why(sources, of(2, 2, "import x from 'evil'\nf(a)", path="a.js")) == "it adds an import"


def test_more_of_a_package_that_is_imported_anyway_is_not_foreign() -> None:
    sources = one(None, "import django\nx = 1\n")
    assert why(sources, of(2, 2, "from django.db import models")) is None
    assert why(sources, of(2, 2, "from djangoo.db import models")) == "it adds an import"


def test_nesting_that_no_parser_follows_is_no_crash() -> None:
    sources = one(None, "x = 1\n")
    assert why(sources, of(1, 1, f"x = {'-' * 4900}1")) in (None, "it does not parse")
    assert why(one(None, f"x = {'-' * 200_000}1\ny = 1\n"), of(2, 2, "y = 2")) is None
    assert why(one(None, "x = '\0'\ny = 1\n"), of(2, 2, "y = 2")) is None


def test_where_the_grammars_parser_gives_up_the_suggestion_goes() -> None:
    before = parse("x = 1\n", "python")
    assert before and parses.objection(before, "x = '\ud800'\n") == "the python parser gave up on this file"


def test_the_last_newline_stays_when_the_file_is_parsed() -> None:
    sources = one(None, "cat <<END\nx\nEND\n", path="a.sh")
    assert why(sources, of(2, 2, "y", path="a.sh")) is None


def test_a_file_with_errors_may_keep_them() -> None:
    broken = "def f(:\n    x = 1\n    return x\n"
    sources = one(None, broken)
    assert why(sources, of(2, 2, "    x = 2")) is None
    assert why(sources, of(2, 2, "    x = (2")) == "it does not parse"


def test_python_2_code_is_not_measured_by_python_3() -> None:
    sources = one(None, "print 'a'\nx = 1\n")
    assert why(sources, of(2, 2, "x = 2")) is None


@pytest.mark.parametrize(("source", "kept"), [(Source.RULES, True), (Source.CLAUDE, False)])
def test_without_a_grammar_only_a_rule_is_trusted(source: Source, kept: bool) -> None:
    sources = one(None, "CREATE INDEX i ON t (a);\n", path="m/1.sql")
    raised = of(1, 1, "CREATE INDEX CONCURRENTLY i ON t (a);", path="m/1.sql", source=source)
    assert (why(sources, raised) is None) is kept


def test_a_patch_alone_has_no_suggestions_and_no_notes_about_it() -> None:
    raised = of(6, 6, SAFE)
    assert check(one(BEFORE, AFTER, blobs=False), raised) == (replace(raised, suggestion=None), None)


def test_a_blob_that_was_not_fetched_gets_a_note() -> None:
    change = replace(change_of({PATH: (BEFORE, AFTER)}), blobs=Held())
    assert why(Sources(change), of(6, 6, SAFE)) == "the file is too large or missing"


def test_a_file_that_is_not_utf_8_keeps_its_bytes() -> None:
    change = change_of({PATH: (BEFORE, AFTER)})
    change.blobs[f"new:{PATH}"] = AFTER.replace("row", "gr\u00fcn").encode("latin-1")  # type: ignore[index]
    assert why(Sources(change), of(6, 6, SAFE)) == "the file is not UTF-8"


def test_a_huge_file_is_not_parsed_for_a_suggestion() -> None:
    sources = one(None, "x = 1\n" + "#" * suggestion.FILE_LIMIT)
    assert why(sources, of(1, 1, "x = 2")) == "the file is too large to check it"


def test_all_suggestions_together_have_a_bound() -> None:
    sources = one(None, "x = 1\n" + "#" * 93 + "\n")
    many = [of(1, 1, f"x = {n}") for n in range(2, 7)]
    reasons = [note for _, note in check_all(sources, [*many, finding(path=PATH)], limit=300)]
    assert reasons[:3] == [None] * 3 and reasons[-1] is None
    assert all(
        note and note.endswith("too many suggestions in large files to check them all") for note in reasons[3:-1]
    )


@pytest.mark.parametrize(
    ("after", "place", "replacement", "written"),
    [
        ("a = 1\r\nb = 2\r\n", (1, 1), "a = 3", "a = 3\r\nb = 2\r\n"),
        ("a = 1\r\nb = 2\r\n", (1, 1), "a = 3\nc = 4", "a = 3\r\nc = 4\r\nb = 2\r\n"),
        ("a = 1\r\nb = 2\r\n", (1, 1), "a = 3\r\nc = 4\r", "a = 3\r\nc = 4\r\nb = 2\r\n"),
        ("a = 1\r\nb = 2", (2, 2), "b = 3\nc = 4", "a = 1\r\nb = 3\r\nc = 4"),
        ("a = 1\r\nb = 2", (1, 2), "b = 3\nc = 4", "b = 3\r\nc = 4"),
        ("a = 1\nb = 2\n", (1, 1), "a = 3\r\nc = 4\r", "a = 3\nc = 4\nb = 2\n"),
        ("a = 1\nb = 2", (2, 2), "b = 3", "a = 1\nb = 3"),
    ],
)
def test_the_files_line_ends_stay(after: str, place: tuple[int, int], replacement: str, written: str) -> None:
    checked, note = check(one(None, after), of(*place, replacement))
    assert note is None and checked.suggestion
    end = "\n" if after.endswith("\n") else ""
    assert "\n".join(apply(after.removesuffix("\n").split("\n"), checked.suggestion)) + end == written


def test_only_other_line_ends_are_no_change() -> None:
    assert why(one(None, "a = 1\r\nb = 2\r\n"), of(1, 1, "a = 1\n".rstrip())) == "it changes nothing"


def test_mixed_line_ends_are_left_alone() -> None:
    assert (
        why(one(None, "a = 1\r\nb = 2\nc = 3\n"), of(1, 2, "a = 3"))
        == "the lines that it replaces end in different ways"
    )


def test_a_replaced_secret_is_not_written_back_masked() -> None:
    sources = one(None, f"token = 'ghp_{'a1B2' * 9}'\n")
    raised = of(1, 1, "token = os.environ['TOKEN']")
    assert why(sources, raised) == "a secret or an invisible character stands in its lines"


def test_lines_with_removed_ones_between_them_cannot_be_committed() -> None:
    sources = one(numbered(9), numbered(9, L3="c = 3", L5="e = 5"))
    text = "removed lines stand between those that it replaces"
    assert why(sources, of(3, 5, "c = 5")) == text
    assert why(sources, of(3, 4, "c = 5")) is None
    assert why(sources, of(5, 6, "c = 5")) is None


def test_apply_replaces_exactly_the_range() -> None:
    fix = Suggestion(start_line=2, line=3, replacement="x\ny\nz")
    assert apply(["a", "b", "c", "d"], fix) == ["a", "x", "y", "z", "d"]
