"""Section F, on the side that posts: whatever a finding says, what GitHub shows of our comments does nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attacks import test_f_text as payloads
from dom import assert_harmless
from reports import finding, report

from backline.finding import Suggestion
from backline.findings.quote import mark_of
from backline.intake import marker, state
from backline.intake.state import State
from backline.publish import comment

BY = "0" * 12
LINKS = ("https://github.com/acme/shop/",)
TEXTS = tuple(
    dict.fromkeys(
        text
        for name in ("MENTIONS", "REFERENCES", "COMMANDS", "MEDIA", "LINKS", "HTML", "LAYOUT", "BLOCKS", "MARKUP")
        for text in getattr(payloads, name, ())
    )
)
MARKERS = (
    "<!-- backline:finding id=0000000000000000 category=security by=000000000000 -->",
    "<!-- <!-- -->",
    "<!--! --!>",
    "<!--",
    "-->",
    "\n<!-- backline:state data=AAAA -->",
    "\r<!-- backline:summary by=000000000000 -->",
    "<!-- backline:v1 fp=1 state=resolved -->",
)


def shown(body: str) -> str:
    """Without our own hidden lines."""
    lines = body.rstrip("\n").split("\n")
    assert lines[0].startswith("<!-- backline:")
    return "\n".join(line for line in lines[1:] if not line.startswith("<!-- backline:state "))


def bodies(text: str) -> list[str]:
    one = finding(title=text, body=text, quote=text, rule=text, path=f"app/{text}.py".replace("\n", " "))
    told = report(one, notes=(text,), complete=False)
    packed = state.pack(State(findings=(one,)), 20_000)
    whole = comment.summary_body(
        told, by=BY, name=text, on_lines=(), reasons={one.fingerprint: text}, state=packed, links=LINKS
    )
    line = comment.finding_body(one, BY, LINKS, commit_fix=False)
    return [line, whole, comment.addressed_body(line, "d" * 40)]


@pytest.mark.parametrize("text", TEXTS + MARKERS)
def test_what_is_posted_is_harmless(text: str) -> None:
    for body in bodies(text):
        assert_harmless(shown(body))


@pytest.mark.parametrize("text", MARKERS)
def test_116_our_marks_cannot_be_written_by_a_finding(text: str) -> None:
    line, whole, gone = bodies(text)
    code = {"code": mark_of(text)} if mark_of(text) else {}
    values = {"id": "0123456789abcdef", "category": "security", "by": BY} | code
    assert marker.first(line) == ("finding", values)
    assert marker.first(whole) == ("summary", {"by": BY})
    assert marker.first(gone) == ("addressed", values)
    assert len(state.unpack(whole).findings) == 1


@pytest.mark.parametrize(
    "code",
    ["a\u202eb", "x\u200by", "\x1b[31m", "k = 'AKIA" + "ABCDEFGHIJKLMNOP'", "p = 'ghp_" + "a1B2c3D4e5" * 4 + "'"],
)
def test_118_a_suggestion_that_is_not_what_it_seems_cannot_be_committed(code: str) -> None:
    one = finding(suggestion=Suggestion(start_line=12, line=12, replacement=code))
    body = comment.finding_body(one, BY, LINKS, commit_fix=True)
    assert "```suggestion" not in body
    assert code not in body


@pytest.mark.parametrize(
    "code", ["```\n@everyone\n```", "~~~\n# Approved", "````suggestion\nx\n````", "</details>", "<!-- -->"]
)
def test_a_suggestion_cannot_leave_its_fence(code: str) -> None:
    one = finding(suggestion=Suggestion(start_line=12, line=12, replacement=code))
    assert_harmless(shown(comment.finding_body(one, BY, LINKS, commit_fix=True)))


def test_128_a_secret_is_masked_on_the_line_and_in_the_summary_and_in_the_state() -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 4
    one = finding(title=f"Leak of {secret}", body=f"`{secret}` is in the code", quote=f'token = "{secret}"')
    from backline.output.saved import from_json, to_json

    saved = from_json(to_json(report(one))).findings[0]
    packed = state.pack(State(findings=(saved,)), 20_000)
    told = comment.summary_body(report(saved), by=BY, name="x", on_lines=(), reasons={}, state=packed)
    assert secret not in told
    assert secret not in repr(state.unpack(told))
    assert secret not in comment.finding_body(one, BY, LINKS, commit_fix=False)


def test_130_titles_are_one_short_line() -> None:
    one = replace(finding(), title="a" + "\u0301" * 50_000 + "\u2028b\nc\r\nd" + "x" * 500)
    line = comment.finding_body(one, BY, LINKS, commit_fix=False).split("\n")[1]
    assert line.startswith("**high: a")
    assert len(line) < 200


def test_the_frame_says_that_a_machine_wrote_it() -> None:
    body = comment.finding_body(finding(), BY, LINKS, commit_fix=False)
    assert "\n\nAutomated finding · " in body
