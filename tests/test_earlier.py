"""Earlier findings stand while their code does; gone is said by evidence, never by silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from changes import change
from reports import finding

from backline.finding import Category, Finding, Side, Source, Verification
from backline.findings import earlier
from backline.findings.earlier import settle
from backline.findings.quote import mark_of
from backline.findings.sources import Sources
from backline.intake.change import Change
from backline.intake.state import ALL, State
from backline.intake.threads import Standing, Thread

BASE = {"app/db.py": "def f():\n    pass\n", "b.py": "b\n"}
EVIL = "def f():\n    evil(1)\n"
OLD = finding(quote="    evil(1)", start_line=2, line=2)


def settled(
    head: dict[str, str],
    *fresh: Finding,
    old: Finding = OLD,
    threads: tuple[Thread, ...] = (),
    base: dict[str, str] = BASE,
    paths: tuple[str, ...] | None = None,
) -> earlier.Settled:
    return settle(fresh, Sources(change(head, base)), State(findings=(old,)), threads, paths)


def thread(standing: Standing, found: Finding = OLD) -> Thread:
    return Thread(
        id="T", comment=1, fingerprint=found.fingerprint, category=found.category, path=found.path, side=found.side,
        start_line=2, line=2, standing=standing, body="",
    )  # fmt: skip


def test_a_finding_moves_with_its_code() -> None:
    found = settled({"app/db.py": "import x\n\n\n" + EVIL})
    assert [(f.start_line, f.line, f.earlier) for f in found.findings] == [(5, 5, True)]
    assert found.addressed == ()


def test_re_indented_code_is_the_same_code() -> None:
    assert settled({"app/db.py": "def f():\n    if x:\n        evil(1)\n"}).findings


def test_code_that_is_gone_is_addressed() -> None:
    found = settled({"app/db.py": "def f():\n    fine(1)\n"})
    assert (found.findings, found.addressed, found.aside) == ((), (OLD.fingerprint,), ())


def test_a_file_that_is_gone_is_addressed_and_one_that_left_the_change_is_not() -> None:
    assert settled({"b.py": "c\n"}, paths=("b.py",), base={"b.py": "b\n"}).addressed == (OLD.fingerprint,)
    for paths in (None, ("b.py", "app/db.py")):
        found = settled({"b.py": "c\n"}, paths=paths, base={"b.py": "b\n"})
        assert (found.addressed, [why for _, why in found.aside]) == ((), [earlier.NOT_IN_CHANGE])


def test_a_deleted_file_is_addressed() -> None:
    made = change({"b.py": "c\n"}, BASE)
    gone = replace(made.files[0], status="deleted", new_oid=None, hunks=made.files[0].hunks)
    assert settle((), Sources(replace(made, files=(gone,))), State(findings=(OLD,)), ()).addressed == (OLD.fingerprint,)


def test_code_of_the_base_is_not_this_changes_business() -> None:
    base = {"app/db.py": EVIL + "\n\n\n\n\n\n\n\ndef g():\n    pass\n"}
    found = settled({"app/db.py": base["app/db.py"].replace("    pass", "    return 1")}, base=base)
    assert (found.findings, found.addressed, [why for _, why in found.aside]) == ((), (), [earlier.NOT_TOUCHED])


def test_without_the_file_there_is_no_evidence() -> None:
    made = change({"app/db.py": "fine\n"}, BASE)
    unread: Change = replace(made, blobs=type("Nothing", (), {"read": lambda self, oid: None})())
    found = settle((), Sources(unread), State(findings=(OLD,)), ())
    assert [f.fingerprint for f in found.findings] == [OLD.fingerprint]


def test_a_cut_quote_is_no_evidence() -> None:
    long = replace(OLD, quote="x" * 2_000)
    assert settled({"app/db.py": "fine\n"}, old=long).findings[0].earlier


def test_the_same_finding_raised_again_is_earlier_and_one() -> None:
    again = replace(OLD, title="in other words", suggestion=None)
    found = settled({"app/db.py": EVIL}, again)
    assert found.findings == (replace(again, earlier=True),)


def test_an_agents_words_stand_when_a_rule_raises_the_same_again() -> None:
    judged = replace(OLD, source=Source.CLAUDE, title="by the agent", verification=Verification.CONFIRMED)
    found = settled({"app/db.py": "\n" + EVIL}, replace(OLD, start_line=3, line=3), old=judged)
    assert found.findings == (replace(judged, start_line=3, line=3, earlier=True),)


def test_a_rewording_on_the_same_lines_takes_the_place_of_the_earlier_one() -> None:
    other = replace(OLD, fingerprint="e" * 16)
    assert [f.fingerprint for f in settled({"app/db.py": EVIL}, other).findings] == ["e" * 16]


def test_two_findings_on_one_line_both_stand() -> None:
    other = replace(OLD, fingerprint="e" * 16)
    made = Sources(change({"app/db.py": EVIL}, BASE))
    both = settle((OLD,), made, State(findings=(OLD, other)), ())
    assert {f.fingerprint for f in both.findings} == {OLD.fingerprint, "e" * 16}


def test_another_category_on_the_same_lines_is_another_finding() -> None:
    other = replace(OLD, fingerprint="e" * 16, category=Category.PERFORMANCE)
    assert [(f.fingerprint[0], f.earlier) for f in settled({"app/db.py": EVIL}, other).findings] == [
        ("e", False),
        ("0", True),
    ]


def test_what_people_silenced_is_neither_standing_nor_addressed() -> None:
    for standing in (Standing.RESOLVED, Standing.DISMISSED):
        found = settled({"app/db.py": EVIL}, OLD, threads=(thread(standing),))
        assert (found.findings, found.addressed, found.aside) == ((), (), ((OLD, earlier.SILENCED),))
        assert settled({"app/db.py": "fine\n"}, threads=(thread(standing),)).addressed == ()


def test_a_thread_without_state_makes_a_finding_earlier() -> None:
    made = Sources(change({"app/db.py": EVIL}, BASE))
    found = settle((OLD,), made, State(), (thread(Standing.OPEN),))
    assert found.findings[0].earlier
    assert not settle((OLD,), made, State(), (thread(Standing.ADDRESSED),)).findings[0].earlier


@pytest.mark.parametrize(("told", "earlier"), [((OLD.fingerprint,), True), ((ALL,), True), (("e" * 16,), False)])
def test_a_finding_of_which_only_the_fingerprint_was_kept_is_earlier(told: tuple[str, ...], earlier: bool) -> None:
    made = Sources(change({"app/db.py": EVIL}, BASE))
    assert [f.earlier for f in settle((OLD,), made, State(told=told), ()).findings] == [earlier]
    assert settle((), made, State(told=told), ()).findings == ()


@pytest.mark.parametrize(
    ("refuted", "stands"),
    [("rules:" + OLD.fingerprint, 0), ("claude:" + OLD.fingerprint, 1), (OLD.fingerprint, 1), ("rules:" + "e" * 16, 1)],
)
def test_an_earlier_finding_falls_to_a_refutation_of_its_own_claim(refuted: str, stands: int) -> None:
    made = Sources(change({"app/db.py": EVIL}, BASE))
    found = settle((), made, State(findings=(OLD,)), (), refuted=(refuted,))
    assert (len(found.findings), found.addressed) == (stands, ())


TWO = "def f():\n    evil(1)\n    worse(1)\n"


@pytest.mark.parametrize(
    ("head", "quote", "changed", "gone"),
    [
        ({"app/db.py": "def f():\n    fine(1)\n"}, OLD.quote, {}, True),
        ({"app/db.py": TWO.replace("worse", "fine")}, "    evil(1)\n    worse(1)", {}, True),
        ({"b.py": "c\n"}, OLD.quote, {}, True),
        ({"app/db.py": "def f():\n    run()\n"}, "    pass", {"side": Side.LEFT}, False),
        ({"app/db.py": "def f():\n    pass\n    run()\n"}, "    pass", {"side": Side.LEFT}, True),
        ({"app/db.py": EVIL}, OLD.quote, {}, False),
        ({"app/db.py": "if x:\n        evil(1)\n"}, OLD.quote, {}, False),
        ({"app/db.py": TWO}, "    evil(1)\n    worse(1)", {}, False),
        ({"app/db.py": "fine\n"}, "x" * 2_000, {}, False),
        ({"app/db.py": "fine\n"}, "    )", {}, False),
        ({"app/db.py": "fine\n"}, OLD.quote, {"code": "0-"}, False),
        ({"app/db.py": "fine\n"}, OLD.quote, {"standing": Standing.ANSWERED}, False),
        ({"app/db.py": "fine\n"}, OLD.quote, {"standing": Standing.ADDRESSED}, False),
        ({"b.py": "c\n", "app/db.py": BASE["app/db.py"]}, OLD.quote, {}, False),
    ],
)
def test_a_thread_that_no_state_knows_is_addressed_when_its_quoted_code_is_gone(
    head: dict[str, str], quote: str, changed: dict[str, object], gone: bool
) -> None:
    orphan = replace(replace(thread(Standing.OPEN), code=mark_of(quote)), **changed)  # type: ignore[arg-type]
    found = settle((), Sources(change(head, BASE)), State(), (orphan,), tuple(head))
    assert found.addressed == ((OLD.fingerprint,) if gone else ())


def test_removed_code_stands_while_it_stays_removed() -> None:
    base = {"app/db.py": "def f():\n    check()\n    run()\n"}
    old = replace(OLD, side=Side.LEFT, quote="    check()")
    assert settled({"app/db.py": "def f():\n    run()\n"}, old=old, base=base).findings[0].side is Side.LEFT
    back = settled({"app/db.py": "def f():\n    check()\n    walk()\n"}, old=old, base=base)
    assert (back.findings, back.addressed) == ((), (old.fingerprint,))


def test_code_that_is_on_both_sides_still_stands_on_its_own() -> None:
    base = {"app/db.py": "def f():\n    evil(1)\n    a\n    b\n"}
    found = settled({"app/db.py": "def f():\n    a\n    evil(1)\n    b\n"}, base=base)
    assert [(f.side, f.start_line) for f in found.findings] == [(Side.RIGHT, 3)]
