"""The bodies that we send, pinned: a change here is a change of cost, of behaviour or of what leaves the machine."""

from __future__ import annotations

import json

import pytest
from changes import change, choices
from model_server import KEY, NOTHING, FakeClock, Script, prefixes, serving, use
from test_run import ORDERS, run
from test_verify import raised, verify

from backline.reviewer import agent, claude
from backline.reviewer.budget import Options
from backline.reviewer.conversation import MAX_TOKENS
from backline.reviewer.reply import SCHEMA
from backline.reviewer.run import find
from backline.reviewer.tools import DEFINITIONS

MARK = {"type": "ephemeral"}
SMALL = {f"app/services/module_{n}.py": "" for n in range(250)}
"""The rest of a repository whose paths are listed."""
ANSWER = json.dumps({"verdicts": [{"id": "1", "verdict": "confirmed", "reason": "r", "path": None, "line": None}]})


def without_texts(body: dict) -> dict:
    """The body with each text replaced by its kind: its shape."""
    copy = json.loads(json.dumps(body))
    for block in [*copy["system"], *(b for m in copy["messages"] for b in m["content"])]:
        if "text" in block:
            block["text"] = "…"
    return copy


def test_the_first_request_of_a_finder():
    with serving(NOTHING) as server:
        run(server, change({"app/orders.py": ORDERS}), effort="medium")
    text = {"type": "text", "text": "…"}
    assert without_texts(server.bodies[0]) == {
        "model": "claude-sonnet-5-5",
        "max_tokens": MAX_TOKENS,
        "system": [text | {"cache_control": MARK}],
        "messages": [
            {"role": "user", "content": [text | {"cache_control": MARK}, text | {"cache_control": MARK}, text]}
        ],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}, "effort": "medium"},
        "tools": list(DEFINITIONS.values()),
    }
    assert MAX_TOKENS <= 16_000, "above, one answer is a stream for the SDK"


def test_a_later_request_marks_its_newest_message_and_keeps_what_came_before():
    answers = [[use("LS", {"path": ""}, "t1")], [use("LS", {"path": "app"}, "t2")], NOTHING]
    with serving(Script(*answers)) as server:
        run(server, change({"app/orders.py": ORDERS}), effort="low")
    for earlier, later in zip(server.bodies, server.bodies[1:], strict=False):
        marked = json.dumps(later["messages"][-1]["content"][-1])
        assert '"cache_control"' in marked and json.dumps(later).count("cache_control") == 4
        before, after = prefixes(earlier)[0], prefixes(later)[0]
        assert after[: len(before)] == before, "byte for byte, or nothing is read from the cache"
    assert [u["cache_read_input_tokens"] > 0 for u in server.usages] == [False, True, True]


def test_the_request_of_the_second_look():
    with serving(ANSWER) as server:
        verify(server, change({"app/orders.py": ORDERS}), [raised()])
    body = without_texts(server.bodies[0])
    assert body["output_config"]["format"]["schema"] == SCHEMA
    assert body["tools"] == list(DEFINITIONS.values()) and set(body) == {
        "model", "max_tokens", "system", "messages", "output_config", "tools",
    }  # fmt: skip


@pytest.mark.parametrize("effort", ["low", "medium", "high"])
def test_no_body_holds_what_the_service_refuses_or_what_we_do_not_want(effort: str):
    with serving(Script([use("LS", {"path": ""}, "t1")], "no json", NOTHING)) as server:
        run(server, change({"app/orders.py": ORDERS}), effort=effort)
    assert server.objections == []
    for body in server.bodies:
        assert (
            not {"temperature", "top_p", "top_k", "thread", "stream", "metadata", "betas", "tool_choice"} & body.keys()
        )


def test_all_passes_and_tasks_of_an_agent_share_one_prefix():
    files = {f"app/{n}/f{n}.py": f"x = {n}\n" * 4_000 for n in range(4)}
    with serving(NOTHING) as server:
        run(server, change(files, others=SMALL), effort="high")
    assert "All paths of the head:" in server.bodies[0]["messages"][0]["content"][0]["text"]
    assert len({json.dumps([b["tools"], b["system"], b["messages"][0]["content"][0]]) for b in server.bodies}) == 1
    read = sum(u["cache_read_input_tokens"] for u in server.usages)
    assert (
        read
        / sum(
            u["input_tokens"] + u["cache_creation_input_tokens"] + u["cache_read_input_tokens"] for u in server.usages
        )
        > 0.6
    )


def test_four_tasks_with_nothing_found_read_most_of_their_input_from_the_cache():
    files = {f"app/{n}/f{n}.py": "".join(f"value_{line} = compute({line})\n" for line in range(900)) for n in range(4)}
    with serving(NOTHING) as server:
        outcome = run(server, change(files))
    used = outcome.usage
    assert used.calls == 8
    assert used.cache_read_tokens >= 0.6 * (used.cache_read_tokens + used.cache_write_tokens + used.input_tokens)


def test_the_finders_pay_for_little_more_than_the_diff():
    """Fourteen files, about 50 kB of diff: uncached input, and even with what is written to the cache, stays small."""
    head, base = {}, {}
    for n in range(14):
        old = [
            f"def step_{k}(order, user):\n    total = order.total + {k}\n    return total * {n}\n" for k in range(60)
        ]
        new = [d.replace("order.total", "order.sum") if k % 2 else d for k, d in enumerate(old)]
        base[f"app/m{n}.py"], head[f"app/m{n}.py"] = "\n".join(old), "\n".join(new)
    made = change(head, base, others=SMALL)
    raw = sum(len(line.text) + 2 for f in made.files for h in f.hunks for line in h.lines)
    assert 45_000 < raw < 80_000
    with serving(NOTHING) as server:
        outcome = run(server, made)
    assert outcome.usage.input_tokens <= 0.05 * raw / 4
    assert outcome.usage.input_tokens + outcome.usage.cache_write_tokens <= 2.0 * raw / 4


def test_sixty_two_files_in_eight_tasks_take_sixteen_requests():
    with serving(NOTHING) as server:
        outcome = run(server, change({f"app/f{n:02}.py": f"x = {n}\n" for n in range(62)}))
    assert len(outcome.reviewed) == 62 and server.calls == 16 <= 24


def test_an_agent_brings_its_model_tools_and_instructions():
    other = agent.parse(b"---\nname: x\ndescription: d\ntools: Read, Bash\nmodel: haiku\n---\nONLY-MINE", "x.md")
    none = agent.parse(b"---\nname: y\ndescription: d\ntools: Bash\nmodel: claude-haiku-4-5\n---\nMINE-TOO", "y.md")
    made = change({"app/orders.py": ORDERS})
    with serving(NOTHING) as server:
        model = claude.connect(KEY, server.url)
        options = Options(effort="low")
        outcome = find(made, choices(made), [], [agent.own(), other, none], options, model, clock=FakeClock())
        model.close()
    by_model = {body["model"]: body for body in server.bodies}
    assert set(by_model) == {"claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-4-5"}
    assert [t["name"] for t in by_model["claude-haiku-5-5"]["tools"]] == ["Read"]
    assert by_model["claude-haiku-5-5"]["system"][0]["text"].startswith("ONLY-MINE\n")
    assert "tools" not in by_model["claude-haiku-4-5"] and "effort" not in by_model["claude-haiku-4-5"]["output_config"]
    assert outcome.tools_withheld == ("Bash",) and server.objections == []
    assert set(outcome.stages) == {"finder backend-developer", "finder x", "finder y"}
    assert sum(u.calls for u in outcome.stages.values()) == outcome.usage.calls == 3
    assert set(outcome.usage.models) == set(by_model) and outcome.stages["finder x"].models == ("claude-haiku-5-5",)


def test_two_agents_of_one_name_are_two_stages_of_the_receipt():
    made = change({"app/orders.py": ORDERS})
    with serving(NOTHING) as server:
        model = claude.connect(KEY, server.url)
        twins = [agent.own(), agent.own()]
        outcome = find(made, choices(made), [], twins, Options(effort="low"), model, clock=FakeClock())
        model.close()
    assert set(outcome.stages) == {"finder backend-developer", "finder backend-developer 2"}
