from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import finding

from backline.finding import Category, Confidence, Finding, Kind, Severity, Side, Source, Suggestion, Verification
from backline.findings.merge import merge, rank

CLAUDE = {"source": Source.CLAUDE, "rule": None, "verification": Verification.UNVERIFIED}


def at(start_line: int, line: int | None = None, **fields: Any) -> Finding:
    return finding(start_line=start_line, line=line or start_line, **fields)


def claude(start_line: int, line: int | None = None, **fields: Any) -> Finding:
    return at(start_line, line, **CLAUDE | {"title": "A model's title", "body": "A model's prose."} | fields)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at(10), at(10, rule="b.rule")),
        (at(10, 12), at(12, 14)),
        (at(10, 19), at(14)),
        (at(10), claude(10)),
        (at(10), claude(8, 15)),
        (claude(10), claude(10, 11, title="Other words")),
        (at(10, cwe="CWE-400"), at(10, cwe="CWE-400", category=Category.PERFORMANCE)),
        (at(10, rule="guard.secret"), at(10, rule="guard.secret", title="Another token on the line")),
        (at(10, rule="guard.secret", cwe="CWE-798"), at(9, 11, cwe="CWE-798")),
        (at(10, rule="guard.secret", cwe="CWE-798"), claude(10, cwe="CWE-798", category=Category.RELIABILITY)),
    ],
)
def test_one_defect_is_one_comment(one: Finding, other: Finding) -> None:
    standing, [gone] = merge([one, other])
    assert len(standing) == 1
    assert gone.finding in (one, other) and gone.reason.startswith("merged into ")
    assert (gone.path, gone.source, gone.title) == (gone.finding.path, gone.finding.source, gone.finding.title)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at(10), at(11)),
        (at(10, 12), at(13, 14)),
        (at(10), at(10, path="app/DB.py")),
        (at(10), at(10, side=Side.LEFT)),
        (at(10, cwe=None), at(10, cwe=None, category=Category.PERFORMANCE)),
        (at(10, cwe="CWE-400"), at(10, cwe="CWE-770", category=Category.PERFORMANCE)),
        (at(10, 12, cwe="CWE-400"), at(10, 11, cwe="CWE-400", category=Category.PERFORMANCE)),
        (at(10, rule="guard.secret"), at(10, rule="guard.hidden-text")),
        (at(10, rule="guard.secret", cwe="CWE-798"), at(10, cwe="CWE-89")),
        (at(10, rule="guard.secret", cwe=None), at(10, cwe=None)),
        (at(10, rule="guard.secret", cwe="CWE-798"), at(11, cwe="CWE-798")),
    ],
)
def test_two_defects_are_two_comments(one: Finding, other: Finding) -> None:
    standing, dropped = merge([one, other])
    assert len(standing) == 2 and not dropped


def test_a_models_prose_stands_with_the_rules_id_and_the_best_of_both() -> None:
    rule = at(10, severity=Severity.CRITICAL, suggestion=Suggestion(start_line=10, line=10, replacement="x"))
    model = claude(9, 12, severity=Severity.LOW, confidence=Confidence.LOW, cwe=None)
    [merged], [gone] = merge([rule, model])
    assert (merged.source, merged.rule, merged.cwe) == (Source.CLAUDE, rule.rule, "CWE-89")
    assert (merged.title, merged.body) == (model.title, model.body)
    assert (merged.start_line, merged.line, merged.fingerprint) == (9, 12, model.fingerprint)
    assert (merged.severity, merged.confidence) == (Severity.CRITICAL, Confidence.HIGH)
    assert (merged.verification, merged.suggestion) == (Verification.DETERMINISTIC, rule.suggestion)
    assert gone.finding == rule and gone.reason == "merged into “A model's title”"


def test_a_confirmed_finding_stays_confirmed() -> None:
    [merged], _ = merge([at(10), claude(10, verification=Verification.CONFIRMED)])
    assert merged.verification is Verification.CONFIRMED


def test_of_two_rules_the_more_severe_stands_and_the_other_is_still_named() -> None:
    weak = at(10, rule="python.b", severity=Severity.LOW, title="No time limit.", cwe="CWE-400")
    [merged], [gone] = merge([weak, at(10, rule="python.a")])
    assert (merged.rule, merged.severity, gone.reason) == ("python.a", Severity.HIGH, "merged into python.a")
    assert merged.body.endswith("Anyone can read every table. Also here: No time limit.")


def test_the_same_weakness_is_not_named_twice() -> None:
    [merged], _ = merge([at(10, rule="python.b", title="Other words"), at(10, rule="python.a")])
    assert "Also here" not in merged.body


def test_a_question_does_not_swallow_a_problem() -> None:
    [merged], [gone] = merge([at(10), claude(8, 12, kind=Kind.QUESTION, severity=Severity.CRITICAL)])
    assert (merged.kind, merged.source, merged.start_line) == (Kind.PROBLEM, Source.RULES, 10)
    assert gone.finding is not None and gone.finding.kind is Kind.QUESTION


def test_a_guard_keeps_its_own_words_and_rule() -> None:
    guard = at(10, rule="guard.secret", cwe="CWE-798", title="Committed secret")
    [merged], _ = merge([claude(8, 12, cwe="CWE-798"), guard])
    assert (merged.rule, merged.title, merged.source) == ("guard.secret", "Committed secret", Source.RULES)


def test_an_earlier_finding_keeps_its_fingerprint_and_is_not_new() -> None:
    [merged], _ = merge([claude(10, fingerprint="new"), at(9, 11, fingerprint="posted", earlier=True)])
    assert merged.earlier and merged.fingerprint == "posted"


def test_a_wide_finding_does_not_tie_together_what_it_only_touches() -> None:
    """10–12 and 18–20 have nothing to do with each other; the weak 12–18 joins the stronger of them."""
    first, last = at(10, 12, rule="strong", severity=Severity.CRITICAL), at(18, 20)
    standing, [gone] = merge([at(12, 18, severity=Severity.LOW, rule="weak"), last, first])
    assert [f.start_line for f in standing] == [10, 18] and gone.reason == "merged into strong"


def test_a_thousand_times_the_same_is_one_comment() -> None:
    same = [claude(10, title="same" + " " * n, body="​" * (n % 7)) for n in range(1000)]
    standing, dropped = merge(same)
    assert len(standing) == 1 and len(dropped) == 999


def test_ten_thousand_findings_merge_in_a_moment() -> None:
    many = [at(n, n + 9, path=f"f{n % 3}.py", title=str(n)) for n in range(10_000)]
    began = time.process_time()
    standing, dropped = merge(many)
    assert len(standing) + len(dropped) == 10_000
    assert time.process_time() - began < 5


def test_the_rank_is_severity_then_confidence_then_problems_then_place() -> None:
    order = [
        at(90, severity=Severity.CRITICAL, confidence=Confidence.LOW),
        at(80, path="b.py"),
        at(10, confidence=Confidence.MEDIUM, path="a.py"),
        at(70, confidence=Confidence.MEDIUM, path="a.py"),
        at(1, confidence=Confidence.MEDIUM, path="b.py"),
        at(1, confidence=Confidence.MEDIUM, path="a.py", kind=Kind.QUESTION),
        at(1, severity=Severity.LOW),
    ]
    assert rank(reversed(order)) == order


FINDINGS = st.builds(
    at,
    st.integers(1, 12),
    side=st.sampled_from(Side),
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    category=st.sampled_from(Category),
    kind=st.sampled_from(Kind),
    source=st.sampled_from(Source),
    verification=st.sampled_from(Verification),
    rule=st.sampled_from([None, "python.a", "go.b", "guard.secret", "guard.hidden-text"]),
    cwe=st.sampled_from([None, "CWE-89", "CWE-798"]),
    path=st.sampled_from(["a.py", "b.py"]),
    title=st.sampled_from(["one", "two"]),
    earlier=st.booleans(),
    fingerprint=st.sampled_from(["1", "2", "3"]),
)
WIDE = st.builds(lambda f, n: replace(f, line=f.start_line + n), FINDINGS, st.integers(0, 9))


@given(st.lists(WIDE, max_size=14).flatmap(lambda many: st.tuples(st.just(many), st.permutations(many))))
@settings(max_examples=400, deadline=None)
def test_merging_knows_no_order_loses_nothing_and_has_an_end(both: tuple[list[Finding], list[Finding]]) -> None:
    standing, dropped = merge(both[0])
    assert (standing, dropped) == merge(both[1])
    assert merge(standing) == (standing, [])
    assert len(standing) + len(dropped) == len(both[0])
    worst = max((f.severity for f in both[0]), default=None)
    assert worst == max((f.severity for f in standing), default=None)
    assert {f.rule for f in both[0] if f.rule and f.rule.startswith("guard.")} <= {f.rule for f in standing}
    assert standing == rank(standing)
