"""Agent definitions in the format of Claude Code."""

from __future__ import annotations

import pytest

from backline.errors import RequestError
from backline.reviewer.agent import own, parse

ALL = ("Read", "Grep", "Glob", "LS")

# The form in which most such files are written: a description in plain text that no YAML reader takes.
LONG = """---
name: reviewer-of-apis
description: Use this agent when an API changes. Examples: <example>Context: A user adds a login. user: 'Is it safe?' \
assistant: 'I'll use the agent: it looks' <commentary>Since this is an API: use it.</commentary></example>
tools: Task, Bash, Glob, Grep, LS, Read, Edit, MultiEdit, Write, NotebookRead, NotebookEdit, WebFetch
---

You look at APIs.

- Principle: one
"""


def made(*front: str, body: str = "Look.") -> bytes:
    return "\n".join(["---", *front, "---", body]).encode()


def test_a_founding_file_is_run_as_it_stands():
    agent = parse(LONG.encode(), "x.md")
    assert agent.name == "reviewer-of-apis"
    assert agent.description.startswith("Use this agent when") and agent.description.endswith("</example>")
    assert agent.instructions == "You look at APIs.\n\n- Principle: one"
    assert agent.tools == ALL and agent.model is None
    assert agent.withheld == (
        "Task", "Bash", "Edit", "MultiEdit", "Write", "NotebookEdit", "WebFetch",
    )  # fmt: skip


def test_our_own_agent_parses_and_asks_for_nothing_that_is_withheld():
    agent = own()
    assert (agent.name, agent.tools, agent.withheld, agent.model) == ("backend-developer", ALL, (), None)
    assert "<example>" in agent.description and "tools:" not in agent.description
    assert len(agent.instructions) > 1000


TOOLS = [
    (["tools: Read, Grep"], ("Read", "Grep"), ()),
    (["tools: [Read, Bash]"], ("Read",), ("Bash",)),
    (['tools: ["Read", "LS"]'], ("Read", "LS"), ()),
    (["tools:", "  - Read", "  - Write"], ("Read",), ("Write",)),
    (["tools:", "- Read", "- Glob"], ("Read", "Glob"), ()),
    (["tools: NotebookRead"], ("Read",), ()),
    (["tools: Read, NotebookRead, Read"], ("Read",), ()),
    (["tools: Bash(git log:*), Read"], ("Read",), ("Bash(git log:*)",)),
    (["tools: mcp__github__create_issue"], (), ("mcp__github__create_issue",)),
    (["tools: read, GREP"], (), ("read", "GREP")),
    (["tools: []"], (), ()),
    (["tools: Task(worker, researcher), Read"], ("Read",), ("Task(worker, researcher)",)),
    (["tools: [Bash(git log:*), Task(a, b), Read]  # to look"], ("Read",), ("Bash(git log:*)", "Task(a, b)")),
    (["tools:", "  - Task(a, b)", "  - Read # to look"], ("Read",), ("Task(a, b)",)),
    (["tools: ~"], ALL, ()),
    (["tools: null  # all"], ALL, ()),
    (["disallowedTools: Grep"], ("Read", "Glob", "LS"), ("Grep",)),
    (["disallowedTools: [Grep, 'Bash', Write]"], ("Read", "Glob", "LS"), ("Grep",)),
    (["disallowedTools:", "  - NotebookRead", "  - LS"], ("Read", "Grep", "Glob"), ("LS",)),
    (["tools: Read, Grep, Bash", "disallowedTools: Grep"], ("Read",), ("Bash", "Grep")),
    (["tools: Read, Bash", "disallowedTools: Grep, Bash"], ("Read",), ("Bash",)),
    (["disallowedTools: Read(./secrets/**), Task(a, b)"], ("Grep", "Glob", "LS"), ("Read",)),
    (["disallowedTools: '*'"], (), ALL),
    (["disallowedTools:"], ALL, ()),
    (["disallowedTools: []"], ALL, ()),
    (["tools:"], ALL, ()),
    (['tools: "*"'], ALL, ()),
    ([], ALL, ()),
]


@pytest.mark.parametrize(("lines", "granted", "withheld"), TOOLS, ids=lambda v: str(v)[:30])
def test_tools_are_granted_for_looking_only(lines: list[str], granted: tuple[str, ...], withheld: tuple[str, ...]):
    agent = parse(made("name: a", "description: d", *lines), "a.md")
    assert (agent.tools, agent.withheld) == (granted, withheld)


@pytest.mark.parametrize(
    ("value", "model"),
    [("inherit", None), ("", None), ("sonnet", "claude-sonnet-5-5"), ("opus", "claude-opus-5-5"),
     ("haiku", "claude-haiku-5-5"), ("claude-opus-5", "claude-opus-5"), ("'sonnet'", "claude-sonnet-5-5"),
     ("'sonnet' # quick", "claude-sonnet-5-5"), ('"opus"\t# slow', "claude-opus-5-5"),
     ("sonnet # quick", "claude-sonnet-5-5"), ("~", None), ("null", None), ("~ # the run's", None),
     ("# the run's", None)],
)  # fmt: skip
def test_a_model_is_an_alias_or_an_id(value: str, model: str | None):
    assert parse(made("name: a", "description: d", f"model: {value}"), "a.md").model == model


DESCRIPTIONS = [
    (["description: |", "  First: one.", "", "  Second."], "First: one.\n\nSecond."),
    (["description: >-", "  folded", "  text"], "folded\ntext"),
    (['description: "quoted: with \\"marks\\"\\nand lines"'], 'quoted: with "marks"\nand lines'),
    (["description: 'it''s quoted'"], "it's quoted"),
    (["description: plain", "Examples:", "<example>", "Context: x", "user: 'y'", "</example>"],
     "plain\nExamples:\n<example>\nContext: x\nuser: 'y'\n</example>"),
    (["description: plain", "<example>", "tools: none", "model: fails", "</example>", "more"],
     "plain\n<example>\ntools: none\nmodel: fails\n</example>\nmore"),
    (["description: one <example>a</example> two <example>", "name: x", "</example>"],
     "one <example>a</example> two <example>\nname: x\n</example>"),
    (["description: say <example> and go on"], "say <example> and go on"),
    (["description: 'quoted'  # said"], "quoted"),
    (["description: # not a comment: text"], "# not a comment: text"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "text"), DESCRIPTIONS)
def test_descriptions_in_every_style_are_read(lines: list[str], text: str):
    agent = parse(made("name: a # b", *lines, "tools: Read", "model: opus"), "a.md")
    assert (agent.name, agent.description, agent.tools) == ("a", text, ("Read",))
    assert agent.model == "claude-opus-5-5"


def test_keys_that_we_do_not_know_are_left_alone():
    agent = parse(
        made("name: a", "color: red", "hooks:", "  Stop: rm -rf /", "description: d", "permissionMode: plan"), "a.md"
    )
    assert (agent.name, agent.description) == ("a", "d")


def test_line_ends_and_a_byte_order_mark_do_not_matter():
    agent = parse(b"\xef\xbb\xbf" + made("name: a", "description: d").replace(b"\n", b"\r\n"), "a.md")
    assert agent.instructions == "Look."


BROKEN = [
    b"", b"just text", b"---\nname: a\n", b"---\n---\nLook.", made("name: a"), made("description: d"), b"\xff\xfe",
    made("name: a", "description: d", body="  \n"), made("name: two words", "description: d"),
    made("name: ../../x", "description: d"), made("name: a", "description: d", "model: gpt 4; rm"),
    made("name: a", "description: d", "tools: Read; Write"),
    made("name: a", "description: d", "disallowedTools: Read; Write"),
    made("name: a", "description: d", "tools: Task(a, Read"), made("name: a", "name: b", "description: d"),
    made("- a", "- b"), made("name: a", "description: d", body="x" * 70_000), made("name: a\0", "description: d"),
    made("name: " + "a" * 100, "description: d"), made("name: a", "description: d", "tools: {Read: true}"),
]  # fmt: skip


@pytest.mark.parametrize("data", BROKEN, ids=lambda d: repr(d[:40]))
def test_a_broken_file_is_one_clear_line_that_names_it(data: bytes):
    with pytest.raises(RequestError) as error:
        parse(data, "team/reviewer.md")
    line = str(error.value)
    assert line.startswith("agent team/reviewer.md: ") and "\n" not in line and len(line) < 200
