"""Whole runs against hostile transcripts and failing services: whatever is answered, the ledger tells the truth."""

from __future__ import annotations

import json
import os
import random

import pytest
from changes import change, choices
from model_server import KEY, FakeClock, ModelServer, said
from test_run import finding
from test_verify import raised
from transcripts import PATHS, failing, hostile

from backline.errors import RequestError
from backline.finding import Category, Confidence, Severity
from backline.reviewer import agent, claude
from backline.reviewer.budget import Budget, Options
from backline.reviewer.run import Outcome, find
from backline.reviewer.verify import second_look

SOAK = os.environ.get("BACKLINE_SOAK") == "1"
TEXTS = {path: f"def f{n}(order):\n    x = 1\n    return order\n" for n, path in enumerate(PATHS)}
REASONS = {
    "refused", "truncated", "overloaded", "rate limited", "timeout", "connection", "deadline", "budget", "malformed",
    "service error", "not accepted", "too large",
}  # fmt: skip


@pytest.fixture(scope="module")
def server():
    """One server for all seeds; each seed sets its answers."""
    with ModelServer(lambda body, n: "") as running:
        yield running


@pytest.fixture(scope="module")
def model(server):
    made = claude.connect(KEY, server.url)
    yield made
    made.close()


def begin(server: ModelServer, answer) -> None:
    server.answer = answer
    for seen in (server.bodies, server.headers, server.objections, server.usages):
        seen.clear()


def ledger_holds(outcome: Outcome, paths: set[str]) -> None:
    assert set(outcome.reviewed) | set(outcome.failures) == paths
    assert not set(outcome.reviewed) & set(outcome.failures)
    assert set(outcome.failures.values()) <= REASONS
    for got in outcome.candidates:
        assert got.path in paths and 1 <= got.line <= 10**7 and got.title.strip() and got.quote.strip()
        assert isinstance(got.severity, Severity) and isinstance(got.confidence, Confidence)
        assert isinstance(got.category, Category) and len(got.body) <= 8_000
    for bad in outcome.rejected:
        assert bad.reason and len(bad.title) <= 120 and "\n" not in bad.reason


def one_hostile_run(server: ModelServer, model, seed: int) -> None:
    rng = random.Random(seed)
    begin(server, hostile(seed))
    made, clock = change(TEXTS), FakeClock(0.0)
    options = Options(
        effort=rng.choice(["low", "medium", "high"]), max_cost=rng.choice([None, 0.25, 5.0]),
        deadline=rng.choice([None, 60.0]),
        workers=rng.choice([1, 4]), fallback=rng.choice([None, "claude-sonnet-5"]),
    )  # fmt: skip
    budget = Budget(options, clock)
    try:
        outcome = find(
            made, choices(made), [], [agent.own()], options, model, clock=clock, tree=made.blobs, budget=budget
        )
    except RequestError as error:
        assert "\n" not in str(error)
        return
    ledger_holds(outcome, set(PATHS))
    findings = [raised(n, path=rng.choice(PATHS)) for n in range(1, 4)]
    looked = second_look(made, findings, options, model, clock=clock, tree=made.blobs, budget=budget)
    assert set(looked.verdicts) | set(looked.failures) == set(findings) and not set(looked.verdicts) & set(
        looked.failures
    )
    assert all(v.verdict != "refuted" or v.path for v in looked.verdicts.values())
    assert server.objections == [], "every conversation that we send is valid"
    assert outcome.usage.calls + looked.usage.calls == server.calls <= 400
    if options.max_cost is not None:
        assert outcome.usage.cost_usd + looked.usage.cost_usd <= options.max_cost
    assert sum(clock.slept) < 60.0 or options.deadline is None
    sent = "".join(map(said, server.bodies))
    assert KEY not in sent and "/proc/" not in sent.replace("../../etc/passwd", "") and "root:" not in sent


@pytest.mark.soak
@pytest.mark.parametrize("start", range(0, 10_000 if SOAK else 1_000, 20))
def test_after_any_hostile_transcript_the_ledger_tells_the_truth(server, model, start: int):
    for seed in range(start, start + 20):
        one_hostile_run(server, model, seed)


def truthful(body, n):
    """Every changed file has one finding; nothing more when asked again; nothing else is ever said."""
    asked = body["messages"]
    if len(asked) > 1 and "in the same form" in json.dumps(asked[-1]):
        return '{"findings": []}'
    task = asked[0]["content"][1]["text"]
    paths = [path for path in FILES if f"=== {path} " in task]
    return json.dumps(
        {"findings": [finding(path=path, quote=f"x{FILES[path]} = 1", title=f"in {path}") for path in paths]}
    )


FILES = {f"app/{'abc'[n % 3]}/f{n}.py": n for n in range(20)}
LARGE = {path: f"x{n} = 1\n" + "".join(f"y{k} = {k}\n" for k in range(600)) for path, n in FILES.items()}


@pytest.mark.soak
@pytest.mark.parametrize("start", range(0, 200 if SOAK else 20, 5))
def test_with_three_in_ten_calls_failing_nothing_is_lost_and_nothing_called_complete_that_is_not(
    server, model, start: int
):
    made = change(LARGE)
    for seed in range(start, start + 5):
        begin(server, failing(seed, 0.3, truthful))
        outcome = find(
            made, choices(made), [], [agent.own()], Options(), model, clock=FakeClock(), tree=made.blobs
        )  # fmt: skip
        ledger_holds(outcome, set(FILES))
        found = {candidate.path for candidate in outcome.candidates}
        assert set(outcome.reviewed) <= found, "a file that counts as reviewed has its finding"
        assert found | set(outcome.failures) == set(FILES)
        assert server.objections == [] and outcome.usage.calls == server.calls


def test_most_of_such_a_run_gets_through(server, model):
    made = change(LARGE)
    begin(server, failing(1, 0.3, truthful))
    outcome = find(made, choices(made), [], [agent.own()], Options(), model, clock=FakeClock(), tree=made.blobs)
    assert len(outcome.reviewed) >= 15


@pytest.mark.parametrize("status", [429, 529])
def test_a_storm_ends_in_the_ledger_within_few_calls(server, model, status: int):
    from model_server import Fault

    begin(server, lambda body, n: Fault(status, headers={"retry-after": "2"}))
    made, clock = change(LARGE), FakeClock(0.0)
    outcome = find(made, choices(made), [], [agent.own()], Options(deadline=600.0), model, clock=clock, tree=made.blobs)
    assert outcome.reviewed == () and set(outcome.failures) == set(FILES)
    assert set(outcome.failures.values()) == {"rate limited" if status == 429 else "overloaded"}
    assert server.calls <= 5 * 5 and clock.now <= 600.0
