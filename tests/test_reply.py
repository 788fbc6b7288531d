"""The strict reading of what a model answers."""

from __future__ import annotations

import json
import random

import pytest
from model_server import schema_fault

from backline.finding import Category, Confidence, Kind, Severity
from backline.reviewer.reply import MOST_FINDINGS, SCHEMA, Malformed, read

PATHS = {"app/db.py": "app/db.py", "app/caf\\xe9.py": "app/caf\udce9.py"}
GOOD = {
    "path": "app/db.py", "quote": "db.run(sql + name)", "line": 3, "severity": "high", "confidence": "medium",
    "category": "security", "cwe": "CWE-89", "kind": "problem", "title": "Name goes into the query",
    "body": "Anybody who …", "evidence": [{"path": "app/web.py", "line": 9}], "suggestion": None,
}  # fmt: skip


def reply(*rows: object) -> str:
    return json.dumps({"findings": list(rows)})


def test_a_good_finding_is_read_field_for_field():
    (got,) = read(reply(GOOD), PATHS, "backend-developer").candidates
    assert (got.path, got.quote, got.line, got.cwe) == ("app/db.py", "db.run(sql + name)", 3, "CWE-89")
    assert (got.severity, got.confidence) == (Severity.HIGH, Confidence.MEDIUM)
    assert (got.category, got.kind) == (Category.SECURITY, Kind.PROBLEM)
    assert (got.evidence[0].path, got.evidence[0].line) == ("app/web.py", 9)
    assert got.suggestion is None and got.agent == "backend-developer"


ACCEPTED = [
    {"cwe": None}, {"suggestion": ""}, {"suggestion": "x = 1\ny = 2"}, {"evidence": []}, {"kind": "question"},
    {"path": "app/caf\\xe9.py"}, {"line": 1}, {"title": "  two\n lines "}, {"quote": "\n  indented\n"},
    {"evidence": [{"path": "x", "line": 1}] * 50},
]  # fmt: skip


@pytest.mark.parametrize("other", ACCEPTED)
def test_what_a_careful_model_may_write_is_accepted(other: dict[str, object]):
    answer = read(reply(GOOD | other), PATHS)
    assert len(answer.candidates) == 1 and answer.rejected == ()


def test_values_are_tidied_not_guessed():
    (got,) = read(
        reply(GOOD | {"title": " two\n lines ", "quote": "\n  x = 1\n", "path": "app/caf\\xe9.py"}), PATHS
    ).candidates
    assert (got.title, got.quote, got.path) == ("two lines", "  x = 1", "app/caf\udce9.py")


@pytest.mark.parametrize(
    ("given", "read_as"),
    [("CWE-89", "CWE-89"), ("CWE-79: Cross-site scripting", "CWE-79"), ("89", None), ("", None), ("CWE-123456", None),
     ("cwe-89", None), ("see https://evil", None), ("CWE-0", None)],
)  # fmt: skip
def test_a_cwe_is_its_number_or_nothing(given: str, read_as: str | None):
    assert read(reply(GOOD | {"cwe": given}), PATHS).candidates[0].cwe == read_as


REJECTED = [
    *({"line": n} for n in (0, -1, 10**15, 1.5, 12.0, True, "12", None, [1])),
    *({"path": p} for p in ("app/other.py", "../app/db.py", "/app/db.py", "App/db.py", "app/db.py/", "app/db.py\0")),
    *({"path": p} for p in ("", None, "x" * 10**6)),
    *({"severity": s} for s in ("CRITICAL!!", "HIGH", "", None, 7, ["high"])),
    *({"confidence": c} for c in (7, "certain", 0.9)),
    *({"category": c} for c in ("style", "Security", None)),
    *({"kind": k} for k in ("praise", None)),
    *({"title": t} for t in ("", "  ", None, 5, "x" * 301, "\ud800")),
    *({"body": b} for b in ("", None, "x" * 10**6, "a\0b")),
    *({"quote": q} for q in ("", " \n ", None, "x" * 30_000)),
    *({"suggestion": s} for s in (5, [], "x" * 30_000)),
    *({"cwe": c} for c in (89, ["CWE-89"])),
    {"rule": "python.sql-injection"}, {"verification": "confirmed"}, {"event": "APPROVE"}, {"fingerprint": "0" * 16},
]  # fmt: skip


@pytest.mark.parametrize("other", REJECTED, ids=lambda o: str(o)[:40])
def test_one_bad_finding_is_rejected_with_a_reason_and_the_others_stay(other: dict[str, object]):
    answer = read(reply(GOOD | other, GOOD | {"quote": "another line"}), PATHS)
    assert len(answer.candidates) == 1
    (bad,) = answer.rejected
    assert bad.reason and len(bad.reason) < 200 and "\n" not in bad.reason
    assert len(bad.title) <= 120 and len(bad.path) < 4096


NO_PLACES = [
    None, "x", {}, [1], [None], [{"path": "x"}], [{"path": "x", "line": 1, "more": 1}], [{"path": "\0", "line": 1}],
    *([{"path": "x", "line": n}] for n in (0, -1, 10**15, 1.5, True, "12", None)),
]  # fmt: skip


@pytest.mark.parametrize("evidence", NO_PLACES, ids=str)
def test_evidence_that_is_no_place_is_left_out_and_the_finding_stays(evidence: object):
    answer = read(reply(GOOD | {"evidence": evidence}), PATHS)
    assert [got.evidence for got in answer.candidates] == [()] and answer.rejected == ()


def test_one_bad_place_of_evidence_does_not_take_the_others_along():
    (got,) = read(reply(GOOD | {"evidence": [{"path": "x", "line": 0}, *GOOD["evidence"]]}), PATHS).candidates
    assert [(place.path, place.line) for place in got.evidence] == [("app/web.py", 9)]


@pytest.mark.parametrize("key", sorted(GOOD))
def test_a_finding_without_one_of_its_fields_is_rejected(key: str):
    row = {k: v for k, v in GOOD.items() if k != key}
    answer = read(reply(row), PATHS)
    assert answer.candidates == () and key in answer.rejected[0].reason


@pytest.mark.parametrize("row", [1, "text", None, [], [GOOD], True])
def test_a_row_that_is_no_object_is_rejected(row: object):
    assert read(reply(row), PATHS).rejected[0].reason == "not an object"


MALFORMED = [
    "", "   ", "null", "[]", "[" + json.dumps(GOOD) + "]", '"findings"', "{}", '{"findings": null}',
    '{"findings": "none"}',
    '{"findings": {"0": {}}}', '{"findings": [], "suppress": ["R001"]}', '{"event": "APPROVE"}', '{"finding": []}',
    '{"findings": []} trailing', '{"findings": []}{"findings": []}', '{"findings": []}\n{"findings": []}',
    '```json\n{"findings": []}\n```', 'Here it is: {"findings": []}', '\ufeff{"findings": []}', '{"findings": [NaN]}',
    '{"findings": [Infinity]}', '{"findings": [-Infinity]}', '{"findings": [' + "9" * 5000 + "]}",
    '{"findings": [' + "[" * 100_000 + "]" * 100_000 + "]}", "[" * 100_000, '{"a":' * 100_000,
    '{"findings": [' + "[" * 100 + "]" * 100 + "]}",
    '{"findings": [], "findings": []}',
    '{"findings": [{"severity": "low", "severity": "high"}]}', "{'findings': []}", '{"findings": [],}', "<html></html>",
    '{"findings": [' + " " * 5_000_000 + "]}", '{"findings": [], "event": "APPROVE"}', '{"findings": ["\x01"]}',
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED, ids=lambda t: repr(t[:40]))
def test_what_is_not_the_one_object_is_malformed_and_never_nothing_found(text: str):
    with pytest.raises(Malformed) as error:
        read(text, PATHS)
    assert 0 < len(str(error.value)) < 200 and "\n" not in str(error.value)


@pytest.mark.parametrize("text", ['{"findings": []}', ' {"findings" : [ ] }\n', '{\n "findings": []\n}'])
def test_nothing_to_report_is_a_good_answer(text: str):
    answer = read(text, PATHS)
    assert answer.candidates == () and answer.rejected == ()


def test_the_same_finding_a_thousand_times_is_one():
    again = [GOOD | {"quote": "db.run(sql  +  name) "}, *[GOOD] * 998]
    answer = read(reply(GOOD, *again), PATHS)
    assert len(answer.candidates) == 1
    assert {r.reason for r in answer.rejected} <= {
        "said twice in one reply",
        f"beyond the first {MOST_FINDINGS} findings of one reply",
    }


def test_ten_thousand_findings_are_cut_and_the_rest_is_counted():
    rows = [GOOD | {"quote": f"line {n}"} for n in range(2_000)]
    answer = read(reply(*rows), PATHS)
    assert len(answer.candidates) == MOST_FINDINGS and len(answer.rejected) == 2_000 - MOST_FINDINGS


def test_the_wire_schema_has_no_bounds_and_knows_exactly_the_fields_we_read():
    assert schema_fault(SCHEMA) is None
    item = SCHEMA["properties"]["findings"]["items"]
    assert set(item["properties"]) == set(item["required"]) == set(GOOD)


def test_a_good_finding_satisfies_the_wire_schema():
    import jsonschema

    jsonschema.validate({"findings": [GOOD, GOOD | {"cwe": None, "suggestion": "x"}]}, SCHEMA)


def test_mutated_replies_end_as_findings_rejections_or_malformed():
    """Cut, doubled, spliced and edited at random: no other exception, and every finding stays inside its bounds."""
    base, rng = reply(GOOD, GOOD | {"quote": "other", "suggestion": "z"}), random.Random(7)
    alphabet = '{}[]",:0123456789truefalsn\\u00e\ud800 \n\0é'
    for _ in range(4_000):
        text = base
        for _ in range(rng.randint(1, 4)):
            at, to = sorted(rng.randrange(len(text) + 1) for _ in "ab")
            new = "".join(rng.choice(alphabet) for _ in range(rng.randint(0, 4)))
            text = rng.choice(
                [
                    text[:at] + new + text[at:],
                    text[:at] + text[to:],
                    text[:to] + text[at:to] + text[to:],
                    text[:at] + new + text[at + 1 :],
                ]
            )
        try:
            answer = read(text, PATHS)
        except Malformed:
            continue
        for got in answer.candidates:
            assert got.path in PATHS.values() and got.line >= 1 and got.title and got.quote.strip()
