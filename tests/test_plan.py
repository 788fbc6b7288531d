"""What should be posted: on which lines, what goes to the summary and why, what is marked as gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reports import finding, report

from backline.finding import Finding, SetAside, Severity, Side, Source, Suggestion
from backline.intake.anchors import Anchors, Span, fits, of_files
from backline.intake.state import State
from backline.intake.threads import Standing, Thread
from backline.publish import plan
from backline.report import RULES_ONLY, SKIPPED, Coverage, refuted

HUNKS = (
    Anchors(path="app/db.py", spans=(Span(first=5, count=10, removed=(4, 5)), Span(first=40, count=5, removed=(30,)))),
)


def fresh(number: int, **changed: object) -> Finding:
    return finding(**{"fingerprint": f"{number:016x}", "start_line": 5, "line": 5} | changed)


def thread(found: Finding, standing: Standing = Standing.OPEN) -> Thread:
    return Thread(
        id="T", comment=1, fingerprint=found.fingerprint, category=found.category, path=found.path, side=found.side,
        start_line=None, line=None, standing=standing, body="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({}, (5, 5, False)),
        ({"start_line": 6, "line": 9}, (6, 9, False)),
        ({"suggestion": Suggestion(start_line=6, line=7, replacement="x")}, (6, 7, True)),
        ({"suggestion": Suggestion(start_line=14, line=15, replacement="x")}, (5, 5, False)),
        ({"start_line": 12, "line": 20}, (12, 12, False)),
        ({"start_line": 40, "line": 44}, (40, 44, False)),
        ({"side": Side.LEFT, "start_line": 4, "line": 5}, (4, 5, False)),
        ({"side": Side.LEFT, "start_line": 4, "line": 30}, (4, 4, False)),
        ({"side": Side.LEFT, "start_line": 30, "line": 30,
          "suggestion": Suggestion(start_line=40, line=40, replacement="x")}, (30, 30, False)),
        ({"start_line": 15, "line": 15}, None),
        ({"start_line": 4, "line": 4}, None),
        ({"start_line": 45, "line": 45}, None),
        ({"side": Side.LEFT, "start_line": 6, "line": 6}, None),
        ({"path": "other.py"}, None),
    ],
)  # fmt: skip
def test_a_comment_stands_where_github_lets_it(changed: dict[str, object], place: tuple[int, int, bool] | None) -> None:
    made = plan.make(report(fresh(1, **changed)), (), HUNKS, State(), 10)
    assert [(c.start_line, c.line, c.commit_fix) for c in made.comments] == ([place] if place else [])
    assert dict(made.reasons) == ({} if place else {fresh(1).fingerprint: plan.NO_PLACE})


def test_over_the_limit_goes_to_the_summary() -> None:
    many = [fresh(n, start_line=5 + n, line=5 + n) for n in range(5)]
    made = plan.make(report(*many), (), HUNKS, State(), 3)
    assert len(made.comments) == 3
    assert list(made.reasons.values()) == [plan.OVER, plan.OVER]
    none = plan.make(report(*many), (), HUNKS, State(), 0)
    assert (none.comments, len(none.reasons)) == ((), 5)


@pytest.mark.parametrize("standing", [Standing.OPEN, Standing.ANSWERED, Standing.RESOLVED, Standing.DISMISSED])
def test_what_has_a_thread_is_not_posted_again(standing: Standing) -> None:
    made = plan.make(report(fresh(1)), [thread(fresh(1), standing)], HUNKS, State(), 10)
    assert made.comments == ()
    assert made.on_lines == (fresh(1).fingerprint,)


def test_code_that_came_back_is_posted_again() -> None:
    made = plan.make(report(fresh(1)), [thread(fresh(1), Standing.ADDRESSED)], HUNKS, State(), 10)
    assert len(made.comments) == 1


def test_an_earlier_finding_is_told_once_unless_github_did_not_take_it() -> None:
    old = replace(fresh(1), earlier=True)
    assert plan.make(report(old), (), HUNKS, State(), 10).reasons == {old.fingerprint: plan.OLD}
    due = State(due=(old.fingerprint,))
    assert len(plan.make(report(old), (), HUNKS, due, 10).comments) == 1


@pytest.mark.parametrize(
    ("standing", "marked"),
    [
        (Standing.OPEN, 1),
        (Standing.ANSWERED, 0),
        (Standing.RESOLVED, 0),
        (Standing.DISMISSED, 0),
        (Standing.ADDRESSED, 0),
    ],
)
def test_only_threads_that_nobody_answered_are_marked_as_gone(standing: Standing, marked: int) -> None:
    gone = thread(fresh(1), standing)
    made = plan.make(report(addressed=(fresh(1).fingerprint,)), [gone], HUNKS, State(), 10)
    assert len(made.addressed) == marked
    assert plan.make(report(), [gone], HUNKS, State(), 10).addressed == ()


def test_more_than_a_run_may_mark_waits() -> None:
    threads = [replace(thread(fresh(n)), id=str(n)) for n in range(30)]
    made = plan.make(report(addressed=tuple(t.fingerprint for t in threads)), threads, HUNKS, State(), 10)
    assert len(made.addressed) == plan.MOST_EDITS


def test_a_thread_that_speaks_for_a_standing_finding_is_not_marked_as_gone() -> None:
    gone, reworded = replace(thread(fresh(1)), start_line=5, line=7), fresh(2, start_line=6, line=6)
    other = fresh(2, start_line=8, line=8)
    for standing, marked in ((reworded, 0), (other, 1)):
        made = plan.make(report(standing, addressed=(fresh(1).fingerprint,)), [gone], HUNKS, State(), 10)
        assert (len(made.addressed), len(made.comments)) == (marked, marked)


@pytest.mark.parametrize(("disposition", "quiet"), [(SKIPPED, True), (RULES_ONLY, False)])
def test_nothing_selected_and_nothing_found_is_quiet(disposition: str, quiet: bool) -> None:
    row = Coverage(path="a.md", status="added", language=None, disposition=disposition)
    assert plan.make(report(coverage=(row,)), (), HUNKS, State(), 10).quiet is quiet
    assert plan.make(report(fresh(1), coverage=(row,)), (), HUNKS, State(), 10).quiet is False


def test_what_people_silenced_counts_no_more() -> None:
    both = report(fresh(1), fresh(2, start_line=9, line=9))
    assert plan.counted(both, [thread(fresh(1), Standing.RESOLVED)]) == both.findings[1:]
    assert plan.counted(both, [thread(fresh(1), Standing.ANSWERED)]) == both.findings


def test_the_digest_of_a_summary_changes_with_what_it_says_and_with_nothing_else() -> None:
    base = report(fresh(1), hunks=("a", "b"))
    same = [
        replace(base, head="e" * 40),
        replace(base, hunks=("b", "a")),
        replace(base, usage=replace(base.usage, seconds=9)),
    ]
    other = [
        report(hunks=("a", "b")), replace(base, complete=False), replace(base, hunks=("a",)),
        report(fresh(1, severity=Severity.LOW), hunks=("a", "b")), report(fresh(1, line=6), hunks=("a", "b")),
    ]  # fmt: skip
    assert {plan.digest(each, ()) for each in same} == {plan.digest(base, ())}
    assert len({plan.digest(each, ()) for each in (base, *other)}) == len(other) + 1
    assert plan.digest(base, ["x"]) != plan.digest(base, ())


def test_what_the_second_look_refuted_is_remembered() -> None:
    rows = (
        SetAside(path="a", source=Source.RULES, reason="refuted: a.py:3 checks it", finding=fresh(1)),
        SetAside(path="a", source=Source.CLAUDE, reason="refuted: so", finding=fresh(1, source=Source.CLAUDE)),
        SetAside(path="a", source=Source.RULES, reason="refuted on an earlier push", finding=fresh(2)),
        SetAside(path="a", source=Source.RULES, reason="ignored: by rule", finding=fresh(3)),
        SetAside(path="a", source=Source.CLAUDE, reason="refuted: never placed"),
    )
    assert refuted(report(set_aside=rows)) == (f"claude:{1:016x}", f"rules:{1:016x}", f"rules:{2:016x}")


def test_githubs_patches_are_read_by_their_counts() -> None:
    patch = "@@ -1,3 +1,4 @@ def f():\n a\n--- b/evil.py\n+++ b/evil.py\n+@@ -1 +1 @@\n c\n\\ No newline at end of file"
    files = [
        {"filename": "a.py", "patch": patch},
        {"filename": "b.png"},
        {"filename": "c.py", "patch": "@@ -1,9 +1,9 @@\n x"},
        {"filename": "d.py", "patch": "@@ -0,0 +1 @@\n+x"},
        {"filename": None, "patch": "x"},
    ]
    assert of_files(files) == (
        Anchors(path="a.py", spans=(Span(first=1, count=4, removed=(2,)),)),
        Anchors(path="c.py", spans=()),
        Anchors(path="d.py", spans=(Span(first=1, count=1),)),
    )


def test_a_range_turned_round_fits_nowhere() -> None:
    assert not fits(HUNKS[0].spans, Side.RIGHT, 9, 6)
