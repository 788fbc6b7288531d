from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import finding

from backline.finding import Category, Confidence, Finding, Kind, Severity, Side, Source, Suggestion, Verification
from backline.findings.identity import is_guard
from backline.findings.merge import merge, once, rank

CLAUDE = {"source": Source.CLAUDE, "rule": None, "verification": Verification.UNVERIFIED}
CONFIRMED: dict[str, Any] = {"verification": Verification.CONFIRMED}


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
        (at(10, cwe="CWE-564"), claude(10)),
        (at(10, cwe="CWE-862"), claude(10, cwe=None)),
        (at(10, 12, cwe="CWE-862"), at(12, rule="b.rule")),
        (claude(10, 12, cwe="CWE-862"), claude(12, cwe="CWE-639")),
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
        (at(10, 12, cwe="CWE-306"), claude(12)),
        (claude(10, 12, cwe="CWE-306"), claude(12)),
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


def test_a_models_confirmed_prose_stands_with_the_rules_id_and_the_best_of_both() -> None:
    rule = at(10, severity=Severity.CRITICAL, suggestion=Suggestion(start_line=10, line=10, replacement="x"))
    model = claude(9, 12, severity=Severity.LOW, confidence=Confidence.LOW, **CONFIRMED)
    [merged], [gone] = merge([rule, model])
    assert (merged.source, merged.rule, merged.cwe) == (Source.CLAUDE, rule.rule, "CWE-89")
    assert (merged.title, merged.body) == (model.title, model.body)
    assert (merged.start_line, merged.line, merged.fingerprint) == (9, 12, model.fingerprint)
    assert (merged.severity, merged.confidence) == (Severity.CRITICAL, Confidence.HIGH)
    assert (merged.verification, merged.suggestion) == (Verification.CONFIRMED, rule.suggestion)
    assert gone.finding == rule and gone.reason == "merged into “A model's title”"


def test_what_nobody_has_verified_changes_nothing_of_a_rules_finding() -> None:
    rule = at(10)
    standing, [gone] = merge([rule, claude(9, 12, severity=Severity.CRITICAL, cwe=None)])
    assert standing == [rule] and gone.reason == f"merged into {rule.rule}"


def test_a_fix_of_another_weakness_is_no_fix() -> None:
    fix = Suggestion(start_line=10, line=10, replacement="x")
    [merged], _ = merge([at(10, suggestion=fix), claude(10, cwe=None, **CONFIRMED)])
    assert merged.suggestion is None
    assert merged.body == "A model's prose. Also here: SQL built from request data."


def test_a_question_makes_no_problem_worse() -> None:
    [merged], _ = merge([at(10), claude(10, kind=Kind.QUESTION, severity=Severity.CRITICAL, **CONFIRMED)])
    assert merged.severity is Severity.HIGH


def test_two_weaknesses_at_one_line_are_two_identities_and_a_rule_keeps_its_own() -> None:
    rule, model = at(10, fingerprint="one"), claude(10, cwe="CWE-862", fingerprint="one", **CONFIRMED)
    standing, _ = merge([model, rule])
    assert len({f.fingerprint for f in standing}) == 2
    assert [f.fingerprint for f in standing if f.source is Source.RULES] == ["one"]
    assert standing == merge([rule, model])[0]


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (claude(10), claude(10, 12, title="Other words"), 1),
        (claude(10, cwe="CWE-862"), claude(10, cwe="CWE-639"), 1),
        (claude(10, cwe=None), claude(10, cwe=None), 1),
        (at(10, rule="a"), at(10, 12, rule="b"), 1),
        (claude(10), claude(9, 10), 2),
        (claude(10), claude(10, cwe="CWE-862"), 2),
        (claude(10), claude(10, cwe=None), 2),
        (claude(10), claude(10, kind=Kind.QUESTION), 2),
        (claude(10), at(10), 2),
        (at(10, rule="a", cwe=None), at(10, rule="b", cwe=None), 2),
        (at(10, rule="guard.secret"), at(10), 2),
    ],
)
def test_what_is_still_to_be_judged_is_one_claim_only_where_it_is_the_same(
    one: Finding, other: Finding, kept: int
) -> None:
    claims, repeated = once([one, other])
    assert len(claims) == kept and len(claims) + len(repeated) == 2


def test_a_confirmed_finding_stays_confirmed() -> None:
    [merged], _ = merge([at(10), claude(10, verification=Verification.CONFIRMED)])
    assert merged.verification is Verification.CONFIRMED


def test_of_two_rules_the_more_severe_stands_and_the_other_is_still_named() -> None:
    weak = at(10, rule="python.b", severity=Severity.LOW, title="No time limit.", cwe="CWE-400")
    [merged], [gone] = merge([weak, at(10, rule="python.a")])
    assert (merged.rule, merged.severity, gone.reason) == ("python.a", Severity.HIGH, "merged into python.a")
    assert merged.body.endswith("Anyone can read every table. Also here: No time limit.")


def test_our_own_words_go_before_a_linters_that_is_not_worse() -> None:
    own = at(10, rule="sql.type-rewrite", confidence=Confidence.MEDIUM, title="The type of `total` changes")
    for severity, leads in ((Severity.HIGH, own.rule), (Severity.CRITICAL, "squawk.changing-column-type")):
        [merged], _ = merge([own, at(10, rule="squawk.changing-column-type", severity=severity)])
        assert (merged.rule, merged.severity) == (leads, severity)


def test_another_rules_fix_is_no_fix() -> None:
    blocking = at(10, rule="ruff.ASYNC210", cwe="CWE-1088", category=Category.PERFORMANCE)
    fix = Suggestion(start_line=10, line=10, replacement="get(url, timeout=10)")
    no_timeout = replace(blocking, rule="python.requests-without-timeout", severity=Severity.MEDIUM, suggestion=fix)
    [merged], _ = merge([blocking, no_timeout])
    assert (merged.rule, merged.suggestion) == ("ruff.ASYNC210", None)


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
REAL = FINDINGS.filter(lambda f: f.source is Source.CLAUDE or f.kind is Kind.PROBLEM).filter(
    lambda f: f.source is Source.RULES or not is_guard(f.rule)
)
WIDE = st.builds(lambda f, n: replace(f, line=f.start_line + n), REAL, st.integers(0, 9))


def worst(f: Finding) -> Severity:
    """What only a question or an unverified claim says does not count."""
    proven = f.source is Source.RULES or f.verification is not Verification.UNVERIFIED
    return f.severity if proven and f.kind is Kind.PROBLEM else Severity.LOW


@given(st.lists(WIDE, max_size=14).flatmap(lambda many: st.tuples(st.just(many), st.permutations(many))))
@settings(max_examples=400, deadline=None)
def test_merging_knows_no_order_loses_nothing_and_has_an_end(both: tuple[list[Finding], list[Finding]]) -> None:
    standing, dropped = merge(both[0])
    assert (standing, dropped) == merge(both[1])
    assert merge(standing) == (standing, [])
    assert len(standing) + len(dropped) == len(both[0])
    assert max(map(worst, both[0]), default=None) == max(map(worst, standing), default=None)
    assert {f.rule for f in both[0] if f.rule and f.rule.startswith("guard.")} <= {f.rule for f in standing}
    assert standing == rank(standing)
