"""The finders' room from change to outcome, over a real socket."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from changes import change, choices
from model_server import KEY, NOTHING, FakeClock, Fault, Script, said, serving, stopped, use

from backline.intake.diff import FileDiff
from backline.reviewer import agent, claude, prompt
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


@pytest.mark.parametrize(("looks", "calls"), [(1, 3), (2, 3), (3, 4)])
def test_nothing_found_is_believed_after_more_than_a_glance(looks: int, calls: int):
    turns = [[use("LS", {"path": ""}, f"t{n}")] for n in range(looks)]
    with serving(Script(*turns, NOTHING, NOTHING)) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}))
    assert server.calls == calls and outcome.reviewed == ("app/orders.py",)


@pytest.mark.parametrize(("count", "calls"), [(1, 2), (2, 2), (3, 1)])
def test_one_or_two_findings_are_asked_again_with_those_left_out(count: int, calls: int):
    rows = [finding(title=f"t{n}", quote=f"q{n}") for n in range(count)]
    with serving(Script(findings(*rows), findings(finding(title="late", quote="late")))) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}))
    assert server.calls == calls and len(outcome.candidates) == count + calls - 1
    if calls == 2:
        assert "Leave them out" in said(server.bodies[1])
        assert server.bodies[1]["messages"][:1] == server.bodies[0]["messages"], "the same conversation"


def test_few_is_one_for_each_file():
    files = {f"app/f{n}.py": f"x = {n}\n" for n in range(6)}
    rows = [finding(path=path, title=path) for path in files]
    for count, calls in ((6, 2), (7, 1)):
        more = [finding(path="app/f0.py", title="seven")] * (count - 6)
        with serving(Script(findings(*rows, *more), NOTHING)) as server:
            run(server, change(files))
        assert server.calls == calls


def asked(body: dict) -> str:
    """What a conversation was opened with: ``all``, ``security`` or ``performance``."""
    words = body["messages"][0]["content"][2]["text"]
    return next(name for name, text_ in prompt.FOCUS.items() if text_ == words)


def test_a_repeated_sample_that_fails_costs_nothing_and_a_first_one_costs_the_file():
    made = change({"app/orders.py": ORDERS})

    def answer(failing: set[int]):
        seen: Counter[str] = Counter()

        def reply(body, n):
            if len(body["messages"]) == 1:
                seen[asked(body)] += 1
                if seen["security"] in failing and asked(body) == "security":
                    return stopped("max_tokens")
            return NOTHING

        return reply

    with serving(answer({2})) as server:
        outcome = run(server, made, effort="high", workers=1)
    assert outcome.reviewed == ("app/orders.py",) and any("truncated" in note for note in outcome.notes)
    with serving(answer({1})) as server:
        outcome = run(server, made, effort="high", workers=1)
    assert outcome.failures == {"app/orders.py": "truncated"}


def test_the_samples_of_high_effort_are_united():
    titles = iter(f"finding {n}" for n in range(100))

    def reply(body, n):
        return findings(finding(title=next(titles))) if len(body["messages"]) == 1 else NOTHING

    with serving(reply) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), effort="high")
    assert len(outcome.candidates) == 4
    assert sorted(asked(b) for b in server.bodies if len(b["messages"]) == 1) == [
        *["performance"] * 2,
        *["security"] * 2,
    ]


def test_one_failed_task_never_loses_the_others():
    files = {f"app/{n}/f{n}.py": f"x = {n}\n" * 5_000 for n in range(4)}

    def reply(body, n):
        return Fault(400) if "=== app/2/f2.py" in said(body) else NOTHING

    with serving(reply) as server:
        outcome = run(server, change(files))
    assert outcome.failures == {"app/2/f2.py": "not accepted"}
    assert outcome.reviewed == ("app/0/f0.py", "app/1/f1.py", "app/3/f3.py")


def test_a_file_is_reviewed_when_every_agent_has_answered_for_it():
    other = agent.parse(b"---\nname: other\ndescription: d\n---\nOTHER-AGENT", "x.md")

    def reply(body, n):
        mine = "OTHER-AGENT" in body["system"][0]["text"]
        return stopped("refusal") if mine else findings(*[finding(title=f"t{k}", quote=f"q{k}") for k in range(3)])

    made = change({"app/orders.py": ORDERS})
    with serving(reply) as server:
        outcome = run(server, made, agents=[agent.own(), other])
    assert outcome.failures == {"app/orders.py": "refused"} and outcome.reviewed == ()
    assert {c.agent for c in outcome.candidates} == {"backend-developer"} and len(outcome.candidates) == 3


def test_an_agent_with_an_unknown_model_is_told_so_in_a_sentence():
    other = agent.parse(b"---\nname: other\ndescription: d\nmodel: claude-nobody\n---\nLook.", "x.md")

    def reply(body, n):
        return Fault(404, "not_found_error") if body["model"] == "claude-nobody" else NOTHING

    with serving(reply) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), agents=[agent.own(), other])
    assert outcome.failures == {"app/orders.py": "not accepted"}
    assert [note for note in outcome.notes if note.startswith("other: ")] == [
        "other: model: the service does not know this model (HTTP 404); check --model and the agent file's model"
    ]


def test_files_with_a_problem_fail_with_it_and_files_without_a_line_are_done():
    made = change({"app/orders.py": ORDERS})
    broken = FileDiff(path="app/broken.py", problem="malformed hunk")
    renamed = FileDiff(path="app/new.py", old_path="app/old.py", status="renamed")
    made = replace(made, files=(*made.files, broken, renamed))
    with serving(NOTHING) as server:
        outcome = run(server, made)
    assert outcome.failures == {"app/broken.py": "malformed hunk"}
    assert outcome.reviewed == ("app/orders.py", "app/new.py") and server.calls == 2


def test_nothing_selected_asks_nobody():
    made = change({"README.md": "x\n"})
    with serving(NOTHING) as server:
        model = claude.connect(KEY, server.url)
        outcome = find(made, (), [], [agent.own()], Options(), model, clock=FakeClock())
        model.close()
    assert replace(outcome, material=None) == Outcome() and server.calls == 0


def test_progress_counts_files_findings_and_dollars():
    heard: list[tuple[str, int, int, str]] = []

    def progress(stage: str, done: int, total: int, note: str = "") -> None:
        heard.append((stage, done, total, note))

    made = change({f"app/{n}/f{n}.py": f"x = {n}\n" * 5_000 for n in range(3)})
    with serving(NOTHING) as server:
        model = claude.connect(KEY, server.url)
        find(made, choices(made), [], [agent.own()], Options(), model, progress=progress, clock=FakeClock())
        model.close()
    assert [(stage, done, total) for stage, done, total, _ in heard] == [("agent", n, 3) for n in range(4)]
    assert heard[-1][3].startswith("0 found, $0.")


def test_the_other_tasks_begin_when_the_first_has_its_first_reply():
    """A prefix can be read from the cache only from then on."""
    files = {f"app/{n}/f{n}.py": f"x = {n}\n" * 5_000 for n in range(4)}
    with serving(NOTHING) as server:
        run(server, change(files), effort="low")
    assert [u["cache_read_input_tokens"] > 0 for u in server.usages] == [False, True, True, True]
