"""Dollars, tries and deadlines."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
from changes import change, choices
from model_server import KEY, NOTHING, FakeClock, Fault, Script, serving
from test_run import ORDERS, run

from backline.errors import RequestError
from backline.prices import AS_OF, PRICES, Price, dollars
from backline.reviewer import agent, claude
from backline.reviewer.budget import Budget, Options
from backline.reviewer.finder import Finder, Pass
from backline.reviewer.lookup import Files
from backline.reviewer.material import Material
from backline.reviewer.model import Failed, Reply, Usage
from backline.reviewer.run import find
from backline.reviewer.sending import LONGEST_WAIT, TRIES, send
from backline.reviewer.tasks import plan

BODY = {"model": "claude-sonnet-5-5", "max_tokens": 1000, "messages": [{"role": "user", "content": "x" * 3000}]}
REQUEST = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}


def budget(clock: FakeClock | None = None, **options) -> Budget:
    return Budget(Options(**options), clock or FakeClock())


PRICED = [
    ("claude-sonnet-5-5", {"uncached": 1_000_000}, 2.0),
    ("claude-sonnet-5-5", {"output": 1_000_000}, 10.0),
    ("claude-sonnet-5-5", {"written": 1_000_000}, 2.5),
    ("claude-sonnet-5-5", {"read": 1_000_000}, 0.2),
    ("claude-opus-5-5", {"read": 1_000_000}, 0.2),
    ("claude-haiku-5-5", {"uncached": 100_000}, 0.01),
    ("claude-haiku-5-5", {"uncached": 100_001}, 0.0500005),
    ("claude-haiku-5-5", {"read": 200_000, "output": 1_000_000}, 0.01 + 2.5),
    ("claude-sonnet-5-5", {}, 0.0),
]


@pytest.mark.parametrize(("model", "tokens", "cost"), PRICED)
def test_a_request_costs_what_the_table_says(model: str, tokens: dict[str, int], cost: float):
    counts = {"uncached": 0, "written": 0, "read": 0, "output": 0} | tokens
    assert dollars(PRICES[model], **counts) == pytest.approx(cost)


def test_an_unpriced_model_under_a_limit_is_a_wrong_request():
    with pytest.raises(RequestError, match=f"max-cost: no price is known for model claude-next.*as of {AS_OF}"):
        budget(max_cost=1.0).check("claude-next")
    budget().check("claude-next")
    table = PRICES | {"claude-next": Price(input=1, output=1, cache_write=1, cache_read=1)}
    budget(max_cost=1.0, prices=table).check("claude-next")


def test_without_a_limit_an_unpriced_model_runs_and_the_receipt_says_so():
    with serving(NOTHING) as server:
        outcome = run(server, change({"app/a.py": "x = 1\n"}), model="claude-next")
    assert outcome.reviewed == ("app/a.py",) and outcome.usage.cost_usd == 0.0
    assert f"no price is known for model claude-next: its cost is not counted (prices as of {AS_OF})" in outcome.notes


def test_a_reservation_covers_the_input_at_write_price_and_all_of_the_output():
    own = budget(max_cost=1.0)
    reserved = own.reserve(BODY)
    assert reserved == pytest.approx(0.0126, abs=0.0005) and reserved > 1000 * 10 / 1e6
    own.settle(reserved, 0.001)
    assert own.committed == 0.001


def test_nothing_is_sent_that_could_cost_more_than_is_left():
    own = budget(max_cost=0.02)
    first = own.reserve(BODY)
    assert first is not None
    own.settle(first, first)
    assert own.reserve(BODY) is None


def test_a_request_waits_for_what_another_gives_back():
    own = budget(max_cost=0.02)
    first = own.reserve(BODY)
    assert first is not None
    got: list[float | None] = []
    waiting = threading.Thread(target=lambda: got.append(own.reserve(BODY)))
    waiting.start()
    own.settle(first, 0.001)
    waiting.join(10)
    assert got and got[0] is not None


class Answers:
    """A model without a socket: the values in their order; counts."""

    def __init__(self, *answers: Reply | Failed) -> None:
        self.answers, self.timeouts = list(answers), []

    def ask(self, body, timeout):
        self.timeouts.append(timeout)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


GOOD = Reply(content=(), stop_reason="end_turn", usage=Usage(input_tokens=100, output_tokens=10))
BUSY = Failed(reason="overloaded", retry=True)
LOST = Failed(reason="timeout", retry=True, billed=True)


def test_a_failure_that_passes_is_tried_again_with_growing_pauses():
    clock = FakeClock()
    sent = send(BODY, Answers(BUSY, BUSY, BUSY, GOOD), budget(clock))
    assert sent.answer is GOOD and sent.usage.calls == 4
    assert len(clock.slept) == 3 and clock.slept == sorted(clock.slept) and sum(clock.slept) < 4


def test_tries_are_counted_and_end():
    sent = send(BODY, Answers(BUSY), budget())
    assert sent.answer == BUSY and sent.usage.calls == TRIES


@pytest.mark.parametrize(
    "failed", [Failed(reason="refused"), Failed(reason="not accepted"), Failed(reason="too large")]
)
def test_what_stays_wrong_is_not_tried_again(failed: Failed):
    sent = send(BODY, Answers(failed), budget())
    assert sent.answer == failed and sent.usage.calls == 1


def test_retry_after_is_obeyed_up_to_a_limit():
    clock = FakeClock()
    patient = Failed(reason="rate limited", retry=True, retry_after=LONGEST_WAIT)
    assert isinstance(send(BODY, Answers(patient, GOOD), budget(clock)).answer, Reply)
    assert clock.slept == [LONGEST_WAIT]
    endless = Failed(reason="rate limited", retry=True, retry_after=3600.0)
    sent = send(BODY, Answers(endless, GOOD), budget(clock))
    assert sent.answer == endless and sent.usage.calls == 1 and len(clock.slept) == 1


def test_the_deadline_ends_waiting_and_asking():
    clock = FakeClock(now=0.0)
    model = Answers(Failed(reason="rate limited", retry=True, retry_after=20.0))
    sent = send(BODY, model, budget(clock, deadline=10.0))
    assert isinstance(sent.answer, Failed) and sent.answer.reason == "deadline" and clock.slept == []
    assert model.timeouts == [10.0], "one answer may not take longer than the run"
    clock.now = 11.0
    sent = send(BODY, model, budget(clock, deadline=10.0))
    assert isinstance(sent.answer, Failed) and sent.answer.reason == "deadline" and sent.usage.calls == 0


@pytest.mark.parametrize(("waited", "timeouts", "reason"), [(4.0, [6.0], None), (10.0, [], "deadline")])
def test_what_waits_for_money_has_less_time_left(waited: float, timeouts: list[float], reason: str | None):
    clock, model = FakeClock(now=0.0), Answers(GOOD)
    own = budget(clock, max_cost=0.02, deadline=10.0)
    first = own.reserve(BODY)
    assert first is not None
    sent = []
    waiting = threading.Thread(target=lambda: sent.append(send(BODY, model, own)))
    waiting.start()
    time.sleep(0.1)
    clock.now = waited
    own.settle(first, 0.0)
    waiting.join(10)
    assert model.timeouts == timeouts
    assert reason is None or (isinstance(sent[0].answer, Failed) and sent[0].answer.reason == reason)
    assert own.committed < 0.001, "what was not sent costs nothing"


def test_an_unanswered_request_keeps_its_reservation_and_a_refused_one_does_not():
    own = budget(max_cost=10.0)
    send(BODY, Answers(LOST, GOOD), own)
    assert own.committed > 0.012
    own = budget(max_cost=10.0)
    send(BODY, Answers(BUSY, GOOD), own)
    assert own.committed == pytest.approx(100 * 2 / 1e6 + 10 * 10 / 1e6)


def test_a_run_over_its_budget_fails_what_it_could_not_ask():
    files = {f"app/{n}/f{n}.py": "x = 1\n" * 6_000 for n in range(4)}
    with serving(NOTHING) as server:
        outcome = run(server, change(files), max_cost=0.30, effort="low", workers=1)
    assert outcome.failures and set(outcome.failures.values()) == {"budget"}
    assert set(outcome.reviewed) | set(outcome.failures) == set(files) and outcome.reviewed
    assert outcome.usage.cost_usd <= 0.30


def test_a_run_over_its_deadline_ends_with_what_there_is():
    files = {f"app/{n}/f{n}.py": "x = 1\n" * 6_000 for n in range(4)}
    clock = FakeClock(now=0.0)
    with serving(NOTHING, clock=clock, latency=60.0) as server:
        outcome = run(server, change(files), clock=clock, deadline=100.0, effort="low", workers=1)
    assert outcome.reviewed and set(outcome.failures.values()) == {"deadline"}
    assert set(outcome.reviewed) | set(outcome.failures) == set(files)


def test_a_key_that_is_not_accepted_is_a_wrong_request():
    with serving(Fault(401, "authentication_error")) as server, pytest.raises(RequestError, match="ANTHROPIC_API_KEY"):
        run(server, change({"app/orders.py": ORDERS}))
    assert server.calls == 1


def test_a_key_that_is_refused_in_the_middle_loses_no_answer():
    files = {f"app/{n}/f{n}.py": "x = 1\n" * 6_000 for n in range(3)}
    with serving(Script(NOTHING, Fault(403, "permission_error"))) as server:
        outcome = run(server, change(files), effort="low", workers=1)
    assert len(outcome.reviewed) == 1 and set(outcome.failures.values()) == {"not accepted"}


def test_when_the_money_is_gone_nothing_more_is_prepared():
    own = budget(max_cost=0.02)
    assert own.ended() is None
    own.settle(own.reserve(BODY), 0.015)
    assert own.ended() is None and own.reserve(BODY) is None and own.ended() == "budget"
    none = budget(max_cost=0.0)
    assert none.ended() is None and none.reserve(BODY) is None and none.ended() == "budget"
    clock = FakeClock(now=10.0)
    assert budget(clock, deadline=10.0).ended() == "deadline"


def test_one_request_that_is_too_dear_ends_nothing_for_smaller_ones():
    own = budget(max_cost=0.05)
    assert own.reserve({**BODY, "messages": "x" * 100_000}) is None
    assert own.ended() is None and own.reserve(BODY) is not None


def test_a_model_without_a_price_for_the_second_look_is_named_before_anything_is_paid():
    body = b"---\nname: cheap\ndescription: d\nmodel: haiku\n---\nReview."
    made, cheap = change({"app/orders.py": ORDERS}), agent.parse(body, "cheap.md")
    for effort, calls in (("low", 1), ("medium", 0)):
        with serving(NOTHING) as server:
            model = claude.connect(KEY, server.url)
            options = Options(model="gateway-model", max_cost=2.0, effort=effort)
            with suppress(RequestError):
                find(made, choices(made), [], [cheap], options, model, clock=FakeClock())
            model.close()
        assert server.calls == calls


def test_a_service_that_was_never_reached_costs_nothing_and_a_cut_answer_may_have():
    with serving(Fault(cut=True, body=b"{")) as server:
        model = claude.connect(KEY, server.url)
        cut = model.ask(REQUEST, 5.0)
        model.close()
    model = claude.connect(KEY, server.url)
    unreached = model.ask(REQUEST, 5.0)
    model.close()
    assert isinstance(cut, Failed) and isinstance(unreached, Failed)
    assert (cut.reason, cut.billed, unreached.reason, unreached.billed) == ("connection", True, "connection", False)


def test_a_finder_prepares_no_prompt_when_the_run_has_ended():
    def text(task):
        raise AssertionError("a prompt was made for nothing")

    made = change({"app/orders.py": ORDERS})
    finder = Finder(
        agent=agent.own(), model=Answers(GOOD), budget=budget(FakeClock(now=5.0), deadline=5.0),
        files=Files(made.blobs, made.blobs), paths={},
        material=Material(mark="m", preamble="p", tasks=(), text=text),
    )  # fmt: skip
    done = finder.review(plan(made.files, [])[0], Pass("all"), lambda: None)
    assert done.failures["app/orders.py"].reason == "deadline" and done.usage.calls == 0
