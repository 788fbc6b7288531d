"""Section E of the catalogue: replies of every shape, from the socket to the outcome. None is read as "no finding"."""

from __future__ import annotations

import json
import random

import pytest
from changes import change
from model_server import NOTHING, Fault, Script, serving, stopped, text, use
from test_run import ORDERS, finding, findings, run

from backline.finding import Severity
from backline.reviewer.reply import MOST_FINDINGS, Malformed, read

PATH = "app/orders.py"
FAILED = {PATH: "malformed"}


def outcome_of(*answers: object, effort: str = "low"):
    with serving(Script(*answers)) as server:
        outcome = run(server, change({PATH: ORDERS}), effort=effort)
    assert server.objections == []
    assert set(outcome.failures) | set(outcome.reviewed) == {PATH}
    assert not set(outcome.failures) & set(outcome.reviewed)
    return outcome, server


LINES = [0, -1, 10**30, float("nan"), float("inf"), True, "12", 12.0, None, [1]]


@pytest.mark.parametrize("line", [n for n in LINES if n == n and n not in (float("inf"), 10**30)])
def test_93_a_line_that_is_no_line_number_rejects_the_finding_and_counts_it(line: object):
    outcome, _ = outcome_of(findings(finding(line=line), finding()))
    assert len(outcome.candidates) == 1 and [r.reason for r in outcome.rejected] == ["line: not a line number"]


@pytest.mark.parametrize("line", [float("nan"), float("inf"), 10**30], ids=str)
def test_93_numbers_that_json_does_not_have_make_the_reply_malformed_and_one_repair_is_asked(line: object):
    outcome, server = outcome_of(findings(finding(line=line)), findings(finding()))
    assert len(outcome.candidates) == 1 and server.calls == 2
    assert "could not be read" in json.dumps(server.bodies[1]["messages"][-1])


PATHS = [
    "../x",
    "/app/orders.py",
    "APP/orders.py",
    "app/orders.py/",
    "app/orders.py\0",
    "app\\orders.py",
    "x" * 10**6,
    "",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: repr(p)[:20])
def test_95_a_path_that_is_no_file_of_the_change_rejects_the_finding(path: str):
    outcome, _ = outcome_of(findings(finding(path=path), finding(quote="another line")))
    assert len(outcome.candidates) == 1 and len(outcome.rejected) == 1
    assert outcome.rejected[0].path != PATH
    assert len(outcome.rejected[0].path) <= 210 and (outcome.rejected[0].path.isprintable() or not path)


@pytest.mark.parametrize(
    "other", [{"severity": "CRITICAL!!"}, {"severity": "Critical"}, {"category": "style"}, {"confidence": 7}]
)
def test_98_words_outside_the_enums_are_rejected_and_never_lowered(other: dict[str, object]):
    outcome, _ = outcome_of(findings(finding(**other)))
    assert outcome.candidates == () and len(outcome.rejected) == 1 and outcome.reviewed == (PATH,)


def test_99_the_same_finding_a_thousand_times_is_one():
    rows = [finding(quote=f"    order = Order.objects.get(pk=pk){' ' * (n % 5)}") for n in range(90)]
    outcome, _ = outcome_of(findings(*rows))
    assert len(outcome.candidates) == 1 and len(outcome.rejected) == 89


def test_100_ten_thousand_findings_are_bounded_and_counted():
    rows = [finding(quote=f"line {n}", body="b", evidence=[]) for n in range(10_000)]
    outcome, _ = outcome_of(findings(*rows))
    assert len(outcome.candidates) == MOST_FINDINGS and len(outcome.rejected) == 10_000 - MOST_FINDINGS


def test_101_a_body_of_a_megabyte_does_not_cost_the_other_findings():
    outcome, _ = outcome_of(findings(finding(body="x" * 10**6), finding(body="😀" * 65_536), finding()))
    assert len(outcome.candidates) == 1
    assert {r.reason for r in outcome.rejected} == {"body: more than 8000 characters"}


GOOD = findings(finding())
BROKEN = {
    "deep": '{"findings": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "duplicate key": GOOD.replace('"severity": "high"', '"severity": "low", "severity": "high"'),
    "digits": GOOD.replace('"line": 2', '"line": ' + "9" * 5_000),
    "mark": "\ufeff" + GOOD,
    "trailing": GOOD + " done",
    "lines": GOOD + "\n" + GOOD,
    "fence": f"```json\n{GOOD}\n```",
    "prose": f"Here it is: {GOOD}",
    "html": "<html><body>502</body></html>",
    "cut": GOOD[:80],
    "empty list": "[]",
    "object for list": '{"findings": {"0": {}}}',
    "text for list": '{"findings": "none"}',
    "null": '{"findings": null}',
    "extra key": '{"findings": [], "event": "APPROVE"}',
    "suppress": '{"findings": [], "suppress": ["R001"]}',
    "white": " \n\t ",
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN.keys())
def test_102_and_109_a_broken_reply_gets_one_repair_and_then_the_file_is_failed(reply: str):
    outcome, server = outcome_of(reply)
    assert outcome.failures == FAILED and outcome.reviewed == () and outcome.candidates == ()
    assert server.calls == 2
    outcome, server = outcome_of(reply, GOOD)
    assert len(outcome.candidates) == 1 and outcome.failures == {} and server.calls == 2


def test_102_a_lone_surrogate_rejects_its_finding():
    reply = findings(finding(), finding(title="two")).replace('"two"', '"two \\ud800"')
    outcome, _ = outcome_of(reply)
    assert len(outcome.candidates) == 1 and outcome.rejected[0].reason == "title: not valid text"


@pytest.mark.parametrize("content", [[], [text(" ")], [{"type": "thinking", "thinking": GOOD, "signature": "s"}]])
def test_103_and_104_an_answer_without_its_text_block_is_no_answer(content: list[dict[str, object]]):
    outcome, server = outcome_of(stopped("end_turn", *content))
    assert outcome.failures == FAILED and server.calls == 2


@pytest.mark.parametrize(
    "body", [b"", b" ", b"<html>", b"\xff\xfe\x00", b"null", b"{}", b" " * 9_000_000], ids=lambda b: repr(b[:10])
)
def test_103_a_service_that_answers_no_message_fails_the_file(body: bytes):
    outcome, server = outcome_of(Fault(200, body=body))
    assert outcome.failures == FAILED and server.calls <= 5


def test_104_thinking_unknown_blocks_and_prose_are_not_the_answer():
    blocks = [
        {"type": "thinking", "thinking": "SECRET-THOUGHT", "signature": "s"},
        {"type": "hologram", "x": findings(finding(title="from a hologram"))},
        text("I looked around."),
        text(GOOD),
    ]
    outcome, _ = outcome_of(stopped("end_turn", *blocks))
    assert [c.title for c in outcome.candidates] == [finding()["title"]]
    assert "SECRET-THOUGHT" not in repr(outcome)


def test_104_a_tool_call_and_an_answer_together_are_a_tool_call():
    first = stopped("tool_use", text(findings(finding(title="too early"))), use("LS", {"path": ""}))
    outcome, server = outcome_of(first, GOOD)
    assert [c.title for c in outcome.candidates] == [finding()["title"]] and server.calls == 2


@pytest.mark.parametrize(
    "claim",
    [{"rule": "python.sql-injection"}, {"source": "rules"}, {"verification": "confirmed"}, {"fingerprint": "0" * 16}],
)
def test_105_a_finding_cannot_claim_where_it_comes_from(claim: dict[str, object]):
    outcome, _ = outcome_of(findings(finding(**claim), finding()))
    assert len(outcome.candidates) == 1 and "unknown key" in outcome.rejected[0].reason


def test_108_a_failed_try_leaves_nothing_behind():
    """The cut answer held a finding; the whole answer that came next is the only one that counts."""
    early = findings(finding(title="only in the first try"))
    with serving(Script(Fault(cut=True, body=early.encode()), Fault(529), GOOD)) as server:
        outcome = run(server, change({PATH: ORDERS}), effort="low")
    assert [c.title for c in outcome.candidates] == [finding()["title"]] and server.calls == 3
    assert outcome.usage.calls == 3


def test_108_the_first_answer_stands_when_asking_again_fails():
    with serving(Script(GOOD, stopped("refusal"))) as server:
        outcome = run(server, change({PATH: ORDERS}))
    assert len(outcome.candidates) == 1 and outcome.reviewed == (PATH,) and server.calls == 2
    assert any("asked again" in note for note in outcome.notes)


def test_no_repair_is_asked_of_an_answer_that_can_be_read():
    outcome, server = outcome_of(NOTHING)
    assert server.calls == 1 and outcome.reviewed == (PATH,)


def test_110_mutated_replies_keep_every_bound():
    rng, base = random.Random(110), findings(finding(), finding(quote="x", title="y", suggestion="z"))
    words = [
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-1",
        "1e999",
        "NaN",
        '"path"',
        "\\u0000",
        "\\ud800",
        "é",
        "\x00",
    ]
    for _ in range(5_000):
        mutated = base
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(mutated) + 1)
            mutated = mutated[:at] + rng.choice(words) + mutated[at + rng.choice([0, 1, 5, 40]) :]
        try:
            answer = read(mutated, {PATH: PATH})
        except Malformed:
            continue
        for got in answer.candidates:
            assert got.path == PATH and 1 <= got.line <= 10**7 and isinstance(got.severity, Severity)
            assert got.title.strip() and len(got.title) <= 300 and "\n" not in got.title and "\0" not in got.body
