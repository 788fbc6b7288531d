"""A saved report: key for key as published, read back as it was, refused with one line where it is not one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from reports import busy, finding, report

from backline.errors import RequestError
from backline.finding import SetAside, Source, Suggestion
from backline.output.saved import from_json, schema, to_json
from backline.report import SKIPPED, Coverage, Report

TOP = "schema tool change complete engine coverage findings set_aside addressed notes tools_withheld state usage"
FINDING = (
    "fingerprint path start_line line side kind severity confidence category rule cwe title body quote suggestion "
    "source verification earlier"
)
REPORTS = (report(complete=True), report(finding()), busy(), Report(complete=False, engine="rules"))


def test_the_keys_stand_in_the_published_order() -> None:
    data = json.loads(to_json(busy()))
    assert list(data) == TOP.split()
    assert list(data["findings"][0]) == FINDING.split()
    assert list(data["set_aside"][0]) == [*FINDING.split(), "reason"]
    assert list(data["change"]) == ["repository", "pull_request", "base", "merge_base", "head"]
    assert list(data["coverage"][0]) == ["path", "status", "language", "disposition", "reason"]
    assert list(data["usage"]) == (
        [
            "model",
            "calls",
            "input_tokens",
            "cache_read_tokens",
            "cache_write_tokens",
            "output_tokens",
            "cost_usd",
            "seconds",
        ]
    )
    assert data["schema"] == "backline.report/1" and data["tool"]["name"] == "backline"
    assert data["state"] == {"hunks": ["abc", "def"], "depends": "rules 0123"}


@pytest.mark.parametrize("made", REPORTS)
def test_what_was_saved_is_read_back_as_it_was(made: Report) -> None:
    assert from_json(to_json(made)) == made
    assert to_json(from_json(to_json(made))) == to_json(made)


@pytest.mark.parametrize("made", REPORTS)
def test_every_report_is_valid_by_the_published_schema(made: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(to_json(made)))


def test_something_set_aside_without_a_place_has_every_key_and_null_where_nothing_is_known() -> None:
    aside = SetAside(path="app/x.py", source=Source.CLAUDE, reason="quoted code not found", title="Leak")
    entry = json.loads(to_json(report(set_aside=(aside,))))["set_aside"][0]
    known = {"path": "app/x.py", "source": "claude", "title": "Leak", "reason": "quoted code not found"}
    assert {key: value for key, value in entry.items() if value is not None} == known
    assert from_json(to_json(report(set_aside=(aside,)))).set_aside == (aside,)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("app/\udcff\udc80.py", "app/\\xff\\x80.py"),
        ("app/größe.py", "app/größe.py"),
        ("a\nb\t.py", "a\nb\t.py"),
        ("\ud800.py", "\\ud800.py"),
        ("a\\xff.py", "a\\xff.py"),
    ],
)
def test_undecodable_bytes_of_a_path_are_shown_and_all_else_stays(path: str, shown: str) -> None:
    covered = (Coverage(path=path, status="added", language=None, disposition=SKIPPED, reason="documentation"),)
    made = report(finding(path=path), coverage=covered)
    text = to_json(made)
    assert text.isascii()
    assert json.loads(text)["coverage"][0]["path"] == shown
    assert from_json(text) == report(finding(path=shown), coverage=(replace(covered[0], path=shown),))


def test_a_suggestion_that_holds_a_secret_is_left_out_because_masked_it_would_be_wrong_code() -> None:
    token = "ghp_" + "a1B2c3D4e5" * 4
    fix = Suggestion(start_line=12, line=12, replacement=f'key = "{token}"')
    aside = SetAside(path="app/db.py", source=Source.RULES, reason="ignored", finding=finding(suggestion=fix))
    text = to_json(report(finding(suggestion=fix), set_aside=(aside,)))
    assert token not in text
    assert from_json(text).findings[0].suggestion is None
    plain = Suggestion(start_line=12, line=12, replacement="key = os.environ['KEY']")
    assert from_json(to_json(report(finding(suggestion=plain)))).findings[0].suggestion == plain


def changed(path: str, value: Any) -> str:
    """A good report with one thing changed: ``findings.0.line``; *value* ``...`` removes it."""
    data = json.loads(to_json(busy()))
    *way, last = path.split(".")
    spot = data
    for step in way:
        spot = spot[int(step)] if isinstance(spot, list) else spot[step]
    key = int(last) if isinstance(spot, list) else last
    if value is ...:
        del spot[key]
    else:
        spot[key] = value
    return json.dumps(data)


def test_a_report_says_what_its_state_depends_on_only_where_there_is_one() -> None:
    assert json.loads(to_json(report()))["state"] == {"hunks": []}
    assert from_json(changed("state.depends", ...)).depends == ""


WRONG = (
    ("schema", "backline.report/2", "report.schema: must be one of backline.report/1"),
    ("schema", ..., "report: missing key 'schema'"),
    ("extra", 1, "report: unknown key 'extra'"),
    ("complete", "yes", "report.complete: must be true or false"),
    ("complete", 1, "report.complete: must be true or false"),
    ("engine", "gpt", "report.engine: must be one of rules, claude"),
    ("coverage", {}, "report.coverage: must be a list, not an object"),
    ("coverage.0", 3, "report.coverage[0]: must be an object"),
    ("coverage.0.disposition", "fine", "report.coverage[0].disposition: must be one of"),
    ("findings.1.line", 0, "report.findings[1].line: must be a whole number from 1"),
    ("findings.1.line", True, "report.findings[1].line: must be a whole number"),
    ("findings.1.line", 3.0, "report.findings[1].line: must be a whole number"),
    ("findings.1.line", None, "report.findings[1].line: must be a whole number"),
    ("findings.1.start_line", 99, "report.findings[1]: start_line stands after line"),
    ("findings.1.suggestion.line", 1, "report.findings[1]: start_line stands after line"),
    ("findings.1.severity", "worst", "report.findings[1].severity: must be one of critical, high, medium, low"),
    ("findings.1.severity", ["low"], "report.findings[1].severity: must be one of"),
    ("findings.1.title", None, "report.findings[1].title: must be a text"),
    ("findings.1.rule", 7, "report.findings[1].rule: must be a text"),
    ("findings.1.x\x1b", 1, "report.findings[1]: unknown key 'x\\x1b'"),
    ("set_aside.0.reason", None, "report.set_aside[0].reason: must be a text"),
    ("set_aside.0.fingerprint", None, "report.set_aside[0].fingerprint: is null although the finding is given"),
    ("usage.calls", -1, "report.usage.calls: must be a whole number from 0"),
    ("usage.cost_usd", -0.1, "report.usage.cost_usd: must be a number from 0"),
    ("usage.seconds", "1", "report.usage.seconds: must be a number"),
    ("change.pull_request", 0, "report.change.pull_request: must be a whole number from 1"),
    ("state.hunks", [1], "report.state.hunks[0]: must be a text"),
    ("tool", None, "report.tool: must be an object"),
    ("notes", ["\ud800"], "report: not JSON: a lone surrogate"),
)


@pytest.mark.parametrize(("path", "value", "message"), WRONG)
def test_one_line_names_what_is_wrong_and_where(path: str, value: Any, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        from_json(changed(path, value))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value) and str(caught.value).isprintable() and len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("findings.0.rule", None),
        ("usage.cost_usd", 3),
        ("findings.1.suggestion", None),
        ("notes", []),
        ("set_aside", []),
    ],
)
def test_what_the_schema_allows_is_read(path: str, value: Any) -> None:
    from_json(changed(path, value))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "Expecting value"),
        ("[" * 100_000, "nested too deep"),
        ('{"a": 1, "a": 2}', "a key occurs twice"),
        ('{"usage": NaN}', "NaN is not JSON"),
        ("9" * 5_000, "too many digits"),
        ("{}x", "Extra data"),
    ],
)
def test_text_that_is_not_json_is_refused_with_the_cause(text: str, cause: str) -> None:
    with pytest.raises(RequestError, match=cause):
        from_json(text)


def test_a_file_too_large_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backline.output.saved.LIMIT", 1_000_000)
    with pytest.raises(RequestError, match="report: larger than 1 MB"):
        from_json(" " * 1_000_001)


@pytest.mark.parametrize(("path", "value", "message"), [case for case in WRONG if "start_line" not in case[2]])
def test_the_schema_refuses_what_the_reader_refuses(path: str, value: Any, message: str) -> None:
    if "surrogate" in message or "null although" in message or value == 3.0:
        return  # a schema cannot say these
    assert not jsonschema.Draft202012Validator(schema()).is_valid(json.loads(changed(path, value)))
