"""The finders' room from change to outcome, over a real socket."""

from __future__ import annotations

import json

import pytest
from changes import change, choices
from model_server import KEY, NOTHING, FakeClock, Script, serving

from backline.reviewer import agent, claude
from backline.reviewer.budget import Options
from backline.reviewer.run import Outcome, find

ORDERS = "def show(request, pk):\n    order = Order.objects.get(pk=pk)\n    return order\n"


def finding(**other: object) -> dict[str, object]:
    return {
        "path": "app/orders.py", "quote": "    order = Order.objects.get(pk=pk)", "line": 2, "severity": "high",
        "confidence": "high", "category": "security", "cwe": "CWE-639", "kind": "problem",
        "title": "show returns orders of other customers", "body": "Anyone who counts through pk reads every order.",
        "evidence": [{"path": "app/orders.py", "line": 2}], "suggestion": None,
    } | other  # fmt: skip


def findings(*rows: dict[str, object]) -> str:
    return json.dumps({"findings": list(rows)})


def run(server, made, *, effort: str = "medium", clock: FakeClock | None = None, agents=None, **options) -> Outcome:
    model = claude.connect(KEY, server.url)
    agents = [agent.own()] if agents is None else agents
    return find(
        made, choices(made), [], agents, Options(effort=effort, **options), model,
        clock=clock or FakeClock(), tree=made.blobs,
    )  # fmt: skip


def test_a_finding_of_the_model_becomes_a_candidate():
    with serving(Script(findings(finding()), NOTHING)) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}))
    assert [c.title for c in outcome.candidates] == ["show returns orders of other customers"]
    assert outcome.reviewed == ("app/orders.py",)
    assert outcome.failures == {} and server.objections == []
    assert outcome.usage.calls == server.calls == 2
    assert outcome.usage.cost_usd > 0


@pytest.mark.parametrize(("effort", "calls"), [("low", 1), ("medium", 2), ("high", 6)])
def test_nothing_found_is_asked_again_except_at_low_effort(effort: str, calls: int):
    with serving(NOTHING) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), effort=effort)
    assert outcome.candidates == () and outcome.reviewed == ("app/orders.py",)
    assert server.calls == calls and server.objections == []
