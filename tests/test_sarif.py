"""SARIF 2.1.0: valid by the official schema, placed in the head's files, honest about what failed."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from reports import busy, finding, report

from backline.finding import Category, Confidence, Kind, Severity, Side, Source, Suggestion
from backline.output import sarif
from backline.report import Report

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = Path(os.environ.get("BACKLINE_SARIF_SCHEMA") or ROOT.parent / "shared/reference/sarif-schema-2.1.0.json")


@cache
def validator() -> jsonschema.protocols.Validator:
    schema = json.loads(SCHEMA.read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def run(made: Report) -> dict[str, Any]:
    log = json.loads(sarif.render(made))
    assert log["version"] == "2.1.0" and len(log["runs"]) == 1
    return log["runs"][0]


REPORTS = (
    report(),
    report(finding()),
    busy(),
    Report(complete=False, engine="rules", notes=("",)),
    report(finding(title="", body="", quote="", rule="", cwe="")),
    report(finding(path="a \udcff%#?:\n.py", suggestion=Suggestion(start_line=12, line=12, replacement=""))),
)


@pytest.mark.skipif(not SCHEMA.is_file(), reason="official SARIF schema missing: set BACKLINE_SARIF_SCHEMA to its path")
@pytest.mark.parametrize("made", REPORTS)
def test_every_report_is_valid_by_the_official_schema(made: Report) -> None:
    validator().validate(json.loads(sarif.render(made)))


@pytest.mark.skipif(not SCHEMA.is_file(), reason="official SARIF schema missing: set BACKLINE_SARIF_SCHEMA to its path")
def test_the_schema_bites() -> None:
    log = json.loads(sarif.render(report(finding())))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator().is_valid(log)


def test_a_result_carries_place_message_fingerprint_and_rule() -> None:
    made = run(report(finding(start_line=10, line=12)))
    result = made["results"][0]
    assert result["ruleId"] == "python.sql-injection" == made["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
    assert result["message"]["text"].startswith("SQL built from request data\n\nThe name comes from")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "app/db.py", "uriBaseId": "SRCROOT"}
    assert (place["region"]["startLine"], place["region"]["endLine"]) == (10, 12)
    assert result["partialFingerprints"] == {"backline/v1": "0123456789abcdef"}
    assert made["columnKind"] == "utf16CodeUnits"


@pytest.mark.parametrize(
    ("severity", "level", "number"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
    ],
)
def test_severities_map_to_levels_and_to_security_severity(severity: Severity, level: str, number: str) -> None:
    made = run(report(finding(severity=severity)))
    rule = made["tool"]["driver"]["rules"][0]
    assert made["results"][0]["level"] == rule["defaultConfiguration"]["level"] == level
    assert rule["properties"]["security-severity"] == number


def test_security_severity_is_for_security_alone() -> None:
    rule = run(report(finding(category=Category.PERFORMANCE)))["tool"]["driver"]["rules"][0]
    assert "security-severity" not in rule["properties"]
    assert rule["properties"]["tags"] == ["performance", "external/cwe/cwe-89"]


def test_a_rule_stands_once_with_its_gravest_level_and_all_its_cwes() -> None:
    low = finding(severity=Severity.LOW, cwe="CWE-1", confidence=Confidence.LOW)
    rules = run(report(low, finding(), finding(rule=None, source=Source.CLAUDE)))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["claude.security", "python.sql-injection"]
    assert rules[1]["defaultConfiguration"]["level"] == "error"
    assert rules[1]["properties"]["tags"] == ["security", "external/cwe/cwe-1", "external/cwe/cwe-89"]


def test_removed_lines_are_on_the_file_and_named_in_words() -> None:
    result = run(report(finding(side=Side.LEFT, start_line=3, line=5)))["results"][0]
    assert "region" not in result["locations"][0]["physicalLocation"]
    assert "(removed lines 3 to 5 of the base)" in result["message"]["text"]
    assert result["properties"]["removedLines"] == [3, 5]
    result = run(report(finding()))["results"][0]
    assert "removed" not in result["message"]["text"] and "removedLines" not in result["properties"]


@pytest.mark.parametrize("replacement", ["", "one", "two\nlines"])
def test_a_suggestion_replaces_whole_lines(replacement: str) -> None:
    fix = Suggestion(start_line=10, line=12, replacement=replacement)
    change = run(report(finding(suggestion=fix)))["results"][0]["fixes"][0]["artifactChanges"][0]
    region = change["replacements"][0]["deletedRegion"]
    assert region == {"startLine": 10, "startColumn": 1, "endLine": 13, "endColumn": 1}
    inserted = change["replacements"][0]["insertedContent"]["text"]
    assert inserted == (replacement + "\n" if replacement else "")


SECRET = Suggestion(start_line=10, line=12, replacement="ghp_" + "a1B2c3D4e5" * 4)


@pytest.mark.parametrize("changed", [{"suggestion": None}, {"side": Side.LEFT}, {"suggestion": SECRET}])
def test_without_a_place_for_it_there_is_no_fix(changed: dict[str, object]) -> None:
    fix = Suggestion(start_line=10, line=12, replacement="x")
    assert "fixes" not in run(report(finding(**{"suggestion": fix} | changed)))["results"][0]


@pytest.mark.parametrize(
    "path", ["a b.py", "a%20b.py", "größe.py", "\udcff\udc80.py", "a\n?#:@&.py", "-_.~/x", "c:\\d.py"]
)
def test_any_byte_of_a_path_is_percent_encoded(path: str) -> None:
    uri = run(report(finding(path=path)))["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii() and not set(uri) & set(' \n?#:\\<>"')
    assert unquote_to_bytes(uri) == path.encode("utf-8", "surrogateescape")


def test_a_run_succeeds_only_when_complete_and_names_what_failed() -> None:
    invocation = run(busy())["invocations"][0]
    assert invocation["executionSuccessful"] is False
    errors = [note for note in invocation["toolExecutionNotifications"] if note["level"] == "error"]
    assert [note["message"]["text"] for note in errors] == [
        "not fully reviewed: larger than 1 MB",
        "not fully reviewed: deadline",
    ]
    assert run(report())["invocations"][0] == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_what_was_set_aside_is_no_result_and_a_question_is_for_review() -> None:
    assert len(run(busy())["results"]) == 8
    assert run(report(finding(kind=Kind.QUESTION)))["results"][0]["kind"] == "review"
    assert run(report(finding()))["results"][0]["kind"] == "fail"
