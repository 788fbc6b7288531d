"""Section D of the catalogue: what a model under somebody's influence tries with Read, Grep, Glob and LS."""

from __future__ import annotations

import builtins
import json
import os
import time

import pytest
import re2  # noqa: F401 - here, because an import opens files
from changes import change
from model_server import DictTree, FakeClock, serving, stopped, text, use
from test_run import ORDERS, run
from test_tools import found

from backline.finding import Side
from backline.reviewer.lookup import Files
from backline.reviewer.tools import DEFINITIONS, MOST_CALLS_AT_ONCE, Result, Toolbox

TREE = {
    "app/db.py": "def run(sql):\n    return sql\n",
    "app/settings.py": "/proc/self/environ",
    "app/etc": "../../../../../etc",
    "a": "b",
    "b": "a",
    "inside": "app/db.py",
}
LINKS = dict.fromkeys(("app/settings.py", "app/etc", "a", "b", "inside"), "120000")


def alarm(*args: object, **kwargs: object) -> None:
    raise AssertionError(f"opened {args[:1]}")


class Sealed(Toolbox):
    """I5: whatever is asked, no file of the machine is opened and no folder listed."""

    def run(self, name: object, value: object, order: int) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            for place, verb in [(builtins, "open"), (os, "open"), (os, "listdir"), (os, "scandir"), (os, "readlink")]:
                patch.setattr(place, verb, alarm)
            result = super().run(name, value, order)
        assert result.text != "the tool failed"
        return result


def box(head=None, modes=None) -> Toolbox:
    tree = DictTree(TREE if head is None else head, None, LINKS if modes is None else modes)
    return Sealed(Files(tree, tree), tuple(DEFINITIONS), FakeClock())


OUTSIDE = [
    "../../etc/passwd", "..%2f..%2fetc/passwd", "....//etc/passwd", "app/../../x", "app/../app/db.py", "/etc/passwd",
    "//etc/passwd", "~/.netrc", "$HOME/.ssh/id_rsa", "file:///etc/passwd", "C:\\Windows\\win.ini", "\\\\?\\C:\\x",
    "\\\\host\\share", ".git/config", ".GIT/config", ".git/../.git/config", "git~1/config",
    ".git::$INDEX_ALLOCATION", "sub/.git/config", "app/etc/passwd", "app/settings.py/x", "APP/db.py", "app/db.py ",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("tool", ["Read", "LS"])
def test_65_to_68_and_70_what_is_not_in_the_tree_does_not_exist(tool: str, path: str):
    assert box().run(tool, {"path": path}, 0) == ("not in the tree", True)


@pytest.mark.parametrize("path", OUTSIDE)
def test_65_to_68_nor_is_it_found_by_searching(path: str):
    assert found(box(), "Grep", {"pattern": "root|AUTHORIZATION", "path": path}) == ("no line matches", False)


@pytest.mark.parametrize("name", ["app/settings.py", "app/etc", "a", "b", "inside"])
def test_69_and_71_a_symbolic_link_is_its_text_and_is_never_followed(name: str):
    result = found(box(), "Read", {"path": name})
    assert result.text == f"a symbolic link to {TREE[name]} (never followed)" and "def run" not in result.text
    assert found(box(), "Grep", {"pattern": "proc|etc|run"}).text == "app/db.py:1|def run(sql):"
    assert found(box(), "Glob", {"pattern": "app/**"}).text == "app/db.py\napp/etc\napp/settings.py"


BAD_PATHS = ["app/db.py\0", "\ud800", "x" * 10**6, ["app/db.py"], {"a": 1}, 7, None, True, 1.5]


@pytest.mark.parametrize("path", BAD_PATHS, ids=lambda p: repr(p)[:20])
def test_75_a_path_of_another_kind_is_an_error(path: object):
    assert box().run("Read", {"path": path}, 0) == ("path: not valid text", True)


def test_75_the_empty_path_is_no_file():
    assert box().run("Read", {"path": ""}, 0).is_error


@pytest.mark.parametrize("key", ["offset", "limit"])
@pytest.mark.parametrize("value", [-1, 0, 10**18, float("nan"), "0", True, None, 2.0, [1]])
def test_76_numbers_outside_their_bounds_are_errors(key: str, value: object):
    assert box().run("Read", {"path": "app/db.py", key: value}, 0) == (f"{key}: not a whole number from 1", True)


def test_76_a_huge_file_is_read_in_pieces():
    big = "\n".join(f"line {n} " + "x" * 500 for n in range(4_000))
    result = box({"big.py": big}, {}).run("Read", {"path": "big.py", "limit": 10**9}, 0)
    assert not result.is_error and len(result.text) <= 64_100 and "cut" in result.text


@pytest.mark.parametrize("pattern", ["(a+)+$", "(.*a){30}", "(?:x+x+)+y", "(a|a)*b", "([a-z]+)*1"])
def test_78_no_pattern_takes_long(pattern: str):
    tools = box({"a.py": "a" * 450_000 + "\n" + "x" * 40_000}, {})
    begin = time.monotonic()
    tools.run("Grep", {"pattern": pattern}, 0)
    assert time.monotonic() - begin < 2.0


UNKNOWN = [
    r"(a)\1", "(?=a)", "(?<!a)b", "(?#", "a{1000}{1000}", "(" * 10_000, "(" * 900 + ")" * 899, "x" * 10**6, "[", "*",
]  # fmt: skip


@pytest.mark.parametrize("pattern", UNKNOWN, ids=lambda p: p[:20])
def test_79_what_re2_does_not_know_is_refused_at_once(pattern: str):
    begin = time.monotonic()
    result = box().run("Grep", {"pattern": pattern}, 0)
    assert result.is_error and result.text.startswith("unsupported pattern") and len(result.text) < 100
    assert time.monotonic() - begin < 0.3


@pytest.mark.parametrize("pattern", ["-O", "--open-files-in-pager=touch x", "-f/etc/passwd", "--no-index", "--"])
def test_80_a_pattern_is_never_an_option(pattern: str):
    tools = box({"a.py": f"{pattern}\n"}, {})
    assert found(tools, "Grep", {"pattern": pattern}).text == f"a.py:1|{pattern}"


def test_81_many_and_long_matches_are_cut():
    tools = box({"a.py": "hit\n" * 100_000, "b.py": "x" * 400_000 + "hit"}, {})
    lines = found(tools, "Grep", {"pattern": "hit"}).text.split("\n")
    assert len(lines) == 201 and "narrow" in lines[-1]
    (line,) = found(tools, "Grep", {"pattern": "^x", "path": "b.py"}).text.split("\n")
    assert len(line) < 500 and "line of 400003 characters" in line


GLOBS = ["**/**/**/**/**/*", "{a,b}" * 30, "[" * 10_000, "../**", "/**", "*" * 900, "**/" * 300, "!**"]


@pytest.mark.parametrize("pattern", GLOBS, ids=lambda p: p[:20])
def test_82_no_glob_takes_long_or_leaves_the_tree(pattern: str):
    tools = box({f"app/{n}/x.py": "" for n in range(3_000)}, {})
    begin = time.monotonic()
    result = found(tools, "Glob", {"pattern": pattern})
    assert time.monotonic() - begin < 1.0
    names = [n for n in result.text.split("\n") if n.endswith(".py")]
    assert len(names) <= 1_000 and all(n.startswith("app/") for n in names)


def test_83_a_huge_or_deep_tree_is_cut():
    tools = box({**{f"f{n}.py": "" for n in range(20_000)}, "/".join(["d"] * 5_000) + "/x.py": ""}, {})
    assert len(found(tools, "LS", {"path": ""}).text.split("\n")) <= 1_001
    assert found(tools, "LS", {"path": "/".join(["d"] * 2_000)}).text == "d/"
    assert len(tools.run("Glob", {"pattern": "**/*.py"}, 0).text) <= 64_100


@pytest.mark.parametrize("name", ["Bash", "Write", "WebFetch", "read", "Read ", "__class__", "", None, 7, ["Read"]])
def test_84_unknown_tools_are_errors_and_three_of_them_end_the_conversation(name: object):
    tools = box()
    assert tools.run(name, {"path": "app/db.py"}, 0) == ("no such tool", True)
    assert not tools.misused
    tools.run(name, {}, 0), tools.run(name, {}, 0)
    assert tools.misused


SHAPES = [None, [], "x", 7, {}, {"path": "app/db.py", "x": 1}, {"path": "x" * 10_000_000}, {"path": "a", "": "b"}]


@pytest.mark.parametrize("value", SHAPES, ids=lambda v: repr(v)[:20])
def test_85_an_input_of_another_shape_is_an_error(value: object):
    result = box().run("Read", value, 0)
    assert result.is_error and len(result.text) < 100


def test_86_five_hundred_calls_at_once_are_each_answered_once_and_few_are_run():
    made = change({"app/orders.py": ORDERS})
    calls = [use("Read", {"path": "app/orders.py"}, f"t{n}") for n in range(500)]
    answers = [stopped("tool_use", *calls, calls[0], calls[7]), '{"findings": []}']
    with serving(lambda body, n: answers[min(n, 2) - 1]) as server:
        outcome = run(server, made, effort="low")
    assert server.objections == [] and outcome.reviewed == ("app/orders.py",)
    results = [b for b in server.bodies[1]["messages"][-1]["content"] if b["type"] == "tool_result"]
    assert [r["tool_use_id"] for r in results] == [f"t{n}" for n in range(500)]
    assert sum(not r["is_error"] for r in results) == MOST_CALLS_AT_ONCE


@pytest.mark.parametrize(
    "blocks",
    [
        [use("Read", {"path": "x"}, "t1"), text('{"findings": []}')],
        [use("Read", "not an object", "t1")],
        [use("Read", ["list"], "t1")],
        [use("x" * 500, {}, "t1")],
        [use("Read; rm", {}, "t1")],
        [{"type": "tool_use", "id": "t1"}],
    ],
    ids=lambda b: json.dumps(b)[:40],
)
def test_86_calls_of_odd_shape_leave_a_valid_conversation(blocks: list[dict[str, object]]):
    answers = [stopped("tool_use", *blocks), '{"findings": []}']
    with serving(lambda body, n: answers[min(n, 2) - 1]) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), effort="low")
    assert server.objections == [] and outcome.reviewed == ("app/orders.py",)


@pytest.mark.parametrize(
    "blocks",
    [[], [text("hm")], [use("Read", {"path": "x"}, "")], [use("Read", {"path": "x"}, "a b")], [use("Read", {}, None)],
     [use("Bash", {}, f"t{n}") for n in range(3)]],
    ids=lambda b: json.dumps(b)[:40],
)  # fmt: skip
def test_84_and_86_calls_that_cannot_be_answered_make_the_file_fail(blocks: list[dict[str, object]]):
    with serving(stopped("tool_use", *blocks)) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), effort="low")
    assert server.objections == []
    assert outcome.failures == {"app/orders.py": "malformed"} and outcome.reviewed == ()


def test_86_a_tool_call_after_the_end_is_ignored():
    ended = stopped("end_turn", text('{"findings": []}'), use("Read", {"path": "x"}, "t1"))
    with serving(ended) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}))
    assert server.objections == [] and outcome.reviewed == ("app/orders.py",)


def test_88_the_limit_of_tool_text_forces_the_answer():
    made = change({"app/orders.py": ORDERS}, others={"big.py": "y" * 300 + "\n" + ("x" * 300 + "\n") * 500})

    def answer(body, n):
        if (body.get("tool_choice") or {}).get("type") == "none":
            return '{"findings": []}'
        return [use("Read", {"path": "big.py"}, f"t{n}")]

    with serving(answer) as server:
        outcome = run(server, made, effort="low")
    assert server.objections == [] and outcome.reviewed == ("app/orders.py",)
    assert server.calls <= 8 and "No more tool calls" in json.dumps(server.bodies[-1]["messages"][-1])
    assert "tools" in server.bodies[-1], "the definitions stay: the cached prefix holds them"


def test_88_a_model_that_never_stops_looking_is_stopped():
    with serving(lambda body, n: [use("LS", {"path": ""}, f"t{n}")]) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), effort="low")
    assert outcome.failures == {"app/orders.py": "malformed"} and server.calls == 12


def test_89_each_side_is_its_own_tree():
    tree = DictTree({"new.py": "n\n"}, {"old.py": "o\n"})
    tools = Toolbox(Files(tree, tree), tuple(DEFINITIONS), FakeClock())
    assert tools.run("Read", {"path": "old.py"}, 0) == ("not in the head tree; it is in base", True)
    assert found(tools, "Read", {"path": "old.py", "side": "base"}).text == "1|o"
    assert tools.run("Read", {"path": "new.py", "side": "base"}, 0) == ("not in the base tree; it is in head", True)


def test_90_a_secret_in_the_repository_goes_masked_to_the_model():
    aws, pem = "AKIA" + "Q7WJ2RTX9UZPLD4M", "MIIEowIBAAKCAQEAx9Tq7bWc2Lr5Zp8Vn1Kd6Yh3Fj0Gs4Bu7Xe9Qa2Wi5Ro8Ct1M"
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{pem}\n-----END RSA PRIVATE KEY-----\n"
    made = change({"app/orders.py": f"AWS = '{aws}'\n"}, others={"k.py": f"AWS = '{aws}'\nK = '''{key}'''\n"})
    answers = [[use("Read", {"path": "k.py"}, "t1"), use("Grep", {"pattern": "AWS|MII"}, "t2")], '{"findings": []}']
    with serving(lambda body, n: answers[min(n, 2) - 1]) as server:
        run(server, made)
    sent = json.dumps(server.bodies)
    assert aws not in sent and pem not in sent and "AKIA" in sent


def test_91_an_exception_tells_the_model_nothing_of_the_machine():
    class Broken(DictTree):
        def read(self, oid: str) -> bytes | None:
            raise OSError("/home/runner/secret: ANTHROPIC_API_KEY=sk-ant")

    tree = Broken({"a.py": "x"})
    tools = Toolbox(Files(tree, tree), tuple(DEFINITIONS), FakeClock())
    assert tools.run("Read", {"path": "a.py"}, 0) == ("the tool failed", True)
    assert tools.run("Grep", {"pattern": "x"}, 0) == ("the tool failed", True)


def test_91_a_blob_that_was_not_fetched_is_said_to_be_missing():
    tree = DictTree({"a.py": "x"})
    absent = type("Absent", (), {"read": lambda self, oid: None})()
    tools = Toolbox(Files(tree, absent), tuple(DEFINITIONS), FakeClock())
    assert tools.run("Read", {"path": "a.py"}, 0) == ("not available: too large or not fetched", True)
    assert Files(tree, absent).line_count("a.py", Side.RIGHT) == 0


PARTIAL = '{"findings": [{"path": "app/orders.py", "li'


@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
@pytest.mark.parametrize("content", [PARTIAL, '{"findings": []}'])
def test_92_a_truncated_answer_is_never_read_as_fewer_findings(reason: str, content: str):
    with serving(stopped(reason, text(content))) as server:
        outcome = run(server, change({"app/orders.py": ORDERS, "app/x.py": "x = 1\n"}))
    assert outcome.failures == {"app/orders.py": "truncated", "app/x.py": "truncated"}
    assert outcome.candidates == () and server.calls == 3, "the task, then each half"


def test_92_a_pause_goes_on():
    answers = [stopped("pause_turn", text("thinking")), '{"findings": []}']
    with serving(lambda body, n: answers[min(n, 2) - 1]) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), effort="low")
    assert outcome.reviewed == ("app/orders.py",) and server.calls == 2
    assert server.bodies[1]["messages"][-1] == {"role": "assistant", "content": [text("thinking")]}


def test_92_pauses_and_tools_between_them_leave_one_turn_of_the_model():
    paused, looking = (
        stopped("pause_turn", text("one")),
        stopped("pause_turn", text("two"), use("LS", {"path": ""}, "t1")),
    )
    answers = [paused, paused, looking, paused, "not json", '{"findings": []}']
    with serving(lambda body, n: answers[min(n, 6) - 1]) as server:
        outcome = run(server, change({"app/orders.py": ORDERS}), effort="low")
    assert server.objections == [] and outcome.reviewed == ("app/orders.py",) and server.calls == 6
    assert [m["role"] for m in server.bodies[-1]["messages"]] == ["user", "assistant", "user", "assistant", "user"]
