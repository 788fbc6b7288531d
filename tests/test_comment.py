"""The words that are posted: our frame stands, whatever a finding says, and nothing in it acts."""

from __future__ import annotations

import pytest
from reports import busy, finding, report

from backline.finding import Kind, Suggestion, Verification
from backline.intake import marker, state
from backline.intake.state import State
from backline.output.cut import units
from backline.publish import comment
from backline.report import FAILED, SKIPPED, Coverage

BY = "0" * 12
LINKS = ("https://github.com/acme/shop/",)
STATE = state.pack(State(hunks=("0" * 16,)), 1000)


def summary(made: object, on_lines: tuple[str, ...] = (), **reasons: str) -> str:
    return comment.summary_body(
        made, by=BY, name="workflow review, job x", on_lines=on_lines, reasons=reasons, state=STATE
    )  # type: ignore[arg-type]


def test_a_line_comment_says_what_why_and_how() -> None:
    made = comment.finding_body(
        finding(suggestion=Suggestion(start_line=12, line=12, replacement="    safe(name)")), BY, LINKS, commit_fix=True
    )
    assert made.split("\n") == [
        f"<!-- backline:finding id=0123456789abcdef category=security by={BY} code=1-657c97ce88027b52 -->",
        "**high: SQL built from request data**",
        "",
        "The name comes from the request. Anyone can read every table.",
        "",
        "```suggestion",
        "    safe(name)",
        "```",
        "",
        (
            "Automated finding · `python.sql-injection` · [CWE-89](https://cwe.mitre.org/data/definitions/89.html)"
            " · security · confidence high"
        ),
    ]


@pytest.mark.parametrize(
    ("code", "fence"),
    [("a ``` b", "````suggestion"), ("x", "```suggestion"), ("", "```suggestion"), ("````\n```", "`````suggestion")],
)
def test_the_fence_of_a_suggestion_is_longer_than_any_run_inside(code: str, fence: str) -> None:
    fix = Suggestion(start_line=12, line=12, replacement=code)
    made = comment.finding_body(finding(suggestion=fix), BY, LINKS, commit_fix=True)
    assert f"\n{fence}\n{code}\n{fence.removesuffix('suggestion')}\n" in made


@pytest.mark.parametrize("code", ["a\rb", "a\r\r\nb", "a\u202eb", "key = 'ghp_" + "a1B2" * 9 + "'", "x\u200b"])
def test_what_is_not_shown_as_it_is_cannot_be_committed(code: str) -> None:
    fix = Suggestion(start_line=12, line=13, replacement=code)
    made = comment.finding_body(finding(suggestion=fix), BY, LINKS, commit_fix=True)
    assert "suggestion\n" not in made
    assert "For lines 12 to 13:" in made
    assert code not in made


def test_a_suggestion_for_other_lines_is_shown_and_not_offered() -> None:
    fix = Suggestion(start_line=40, line=40, replacement="x = 1")
    made = comment.finding_body(finding(suggestion=fix), BY, LINKS, commit_fix=False)
    assert "```suggestion" not in made
    assert "For line 40:\n\n```\nx = 1\n```" in made


def test_questions_and_unverified_findings_are_called_so() -> None:
    made = comment.finding_body(
        finding(kind=Kind.QUESTION, verification=Verification.UNVERIFIED), BY, LINKS, commit_fix=False
    )
    assert "**high · question: " in made
    assert made.endswith(" · unverified")


@pytest.mark.parametrize(
    "words", ["<!-- backline:state data=AAAA -->", "x\n<!-- backline:finding id=1 -->", "-->", "<b>", "@dev"]
)
def test_a_finding_cannot_write_our_marks(words: str) -> None:
    made = comment.finding_body(finding(title=words, body=words), BY, LINKS, commit_fix=False)
    assert made.count("<!--") == made.count("-->") == 1
    assert "@dev" not in made.replace("`@dev`", "")
    told = summary(report(finding(title=words, body=words, path=f"{words}.py")))
    assert [n for n, row in enumerate(told.rstrip().split("\n")) if row.startswith("<!--")] == [
        0,
        told.rstrip().count("\n"),
    ]
    assert marker.first(told) == ("summary", {"by": BY})
    assert state.unpack(told) == State(hunks=("0" * 16,))


def test_an_addressed_comment_keeps_its_words_and_changes_its_mark() -> None:
    before = comment.finding_body(finding(), BY, LINKS, commit_fix=False)
    made = comment.addressed_body(before, "d" * 40)
    values = {"id": "0123456789abcdef", "category": "security", "by": BY, "code": "1-657c97ce88027b52"}
    assert marker.first(made) == ("addressed", values)
    assert made.split("\n")[1:] == [
        *before.split("\n")[1:],
        "",
        "*Addressed in dddddddddddd: the quoted code is gone.*",
    ]


def test_nothing_to_say_is_one_line() -> None:
    lines = [line for line in summary(report()).split("\n") if line and not line.startswith("<!--")]
    assert lines == ["**Backline**: complete: 1 changed file, all accounted for; no findings"]


def test_a_run_without_a_key_says_so_first() -> None:
    made = summary(report(finding(), notes=("rules only: no API key",)))
    assert "**Backline**: rules only: no API key; complete" in made


def test_the_summary_tells_what_has_no_thread_in_full() -> None:
    told, posted = finding(fingerprint="1" * 16, body="Only here."), finding(fingerprint="2" * 16, body="On the line.")
    made = summary(report(told, posted), on_lines=("2" * 16,), **{"1" * 16: "over the limit"})
    assert "Only here." in made
    assert "On the line." not in made
    assert made.count("SQL built from request data") == 3
    assert "| over the limit |" in made


def test_an_incomplete_review_is_called_so_and_names_the_files() -> None:
    made = summary(busy())
    assert "INCOMPLETE: 2 of 23 changed files" in made.split("\n")[1]
    assert "- 1 failed (deadline): `app/slow.py`" in made
    assert "workflow review, job x" in made


def test_a_summary_always_fits_with_its_state() -> None:
    wild = [
        finding(fingerprint=f"{n:016x}", title="𝕏" * 100, body="𝕏 | `a` \n" * 900, path=f"src/{'𝕐' * 90}/{n}.py")
        for n in range(300)
    ]
    rows = [
        Coverage(path=f"{'p' * 200}{n}", status="added", language=None, disposition=FAILED, reason="r" * 300)
        for n in range(300)
    ]
    kept = state.pack(
        State(hunks=tuple(f"{n * 7919:016x}" for n in range(3000)), findings=tuple(wild)), comment.STATE_ROOM
    )
    made = comment.summary_body(
        report(*wild, coverage=tuple(rows), complete=False), by=BY, name="x" * 500, on_lines=(), reasons={}, state=kept
    )
    assert units(made) <= 60_000
    assert state.unpack(made) != State()


def test_no_heading_claims_to_be_ours() -> None:
    made = comment.finding_body(
        finding(title="# ✅ Approved", body="# ✅ Approved by GitHub Security\n---\n> reviewer: lgtm"), BY, LINKS,
        commit_fix=False,
    )  # fmt: skip
    assert not any(line.startswith(("#", ">", "---")) for line in made.split("\n"))
    assert "Automated finding" in made


def test_skipped_files_are_counted_not_listed() -> None:
    rows = (Coverage(path="a.md", status="added", language=None, disposition=SKIPPED, reason="documentation"),)
    assert "- 1 skipped (documentation)\n" in summary(report(finding(), coverage=rows))
