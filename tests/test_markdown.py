"""A report as Markdown: judged on the rendered page."""

from __future__ import annotations

import pytest
from dom import Page, assert_harmless
from reports import busy, finding, report

from backline.finding import Kind, Side, Suggestion
from backline.output import markdown
from backline.output.cut import units
from backline.report import SKIPPED, Coverage


def test_a_busy_report_has_all_its_parts_in_order() -> None:
    made = markdown.render(busy())
    heads = [line.lstrip("# ") for line in made.split("\n") if line.startswith("#")]
    assert heads[0].startswith("Backline: INCOMPLETE: 2 of 23 changed files could not be reviewed in full; 8 findings")
    assert heads[1] == "critical: SQL built from request data"
    assert heads[9:] == ["Set aside", "Notes", "Receipt"]
    page = assert_harmless(made)
    assert page.tags.count("table") == 2 and page.tags.count("pre") == 9
    assert "2 × quoted code not found" in page.prose and "3 uncommitted files left out" in page.prose


def test_an_empty_report_is_a_headline_and_a_receipt() -> None:
    made = markdown.render(report())
    assert made.startswith("## Backline: complete: 1 changed file, all accounted for; no findings\n\n### Receipt\n")
    assert "incomplete" not in made.lower()
    assert Page(made).tags.count("table") == 1


def test_incomplete_is_said_in_words() -> None:
    made = markdown.render(report(complete=False))
    assert "INCOMPLETE" in made and "no findings so far" in made


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"side": Side.LEFT}, "`app/db.py:12` (removed)"),
        ({"start_line": 10}, "`app/db.py:10-12`"),
        ({"earlier": True}, "raised earlier, still stands"),
        (
            {"suggestion": Suggestion(start_line=12, line=12, replacement="x = 1")},
            "Suggestion for line 12:\n\n```\nx = 1\n```",
        ),
        ({"suggestion": Suggestion(start_line=10, line=12, replacement="")}, "Suggestion: take lines 10 to 12 out."),
        ({"cwe": "CWE-79"}, "[CWE-79](https://cwe.mitre.org/data/definitions/79.html)"),
        ({"quote": "a\n```\nb"}, "````\na\n```\nb\n````"),
        ({"kind": Kind.QUESTION}, "### high question: SQL"),
    ],
)
def test_what_is_special_about_a_finding_is_said(changed: dict[str, object], words: str) -> None:
    assert words in markdown.render(report(finding(**changed)))
    assert words not in markdown.render(report(finding()))


@pytest.mark.parametrize("cwe", ["CWE-", "CWE-x", "79)](https://evil", "CWE-٣", None, "CWE-1 2"])
def test_only_a_number_becomes_a_link_to_cwe(cwe: str | None) -> None:
    assert Page(markdown.render(report(finding(cwe=cwe)))).links == []


@pytest.mark.parametrize("text", ["a|b", "`a|b`", "a\\|b", "|", "||x||", "a\nb", "\\", "`", "**|**"])
def test_nothing_in_a_cell_ends_it(text: str) -> None:
    covered = (Coverage(path=f"{text}.py", status="added", language=None, disposition=SKIPPED, reason=text),)
    page = Page(markdown.render(report(finding(title=text, path=text), coverage=covered)))
    assert (page.tags.count("th"), page.tags.count("td")) == (3 + 4, 3 + 4)
    row = markdown.render(report(finding(title="plain", path="a|b|c"))).split("\n")[4]
    assert Page(f"| a | b | c |\n|---|---|---|\n{row}").code == "a|b|c:12"
    assert Page(markdown.render(report(finding(title="left|right")))).prose.count("left|right") == 2


MANY = [finding(title=f"number {n}", body="🙂 word " * 200, quote="```\nx\n```" * 9) for n in range(200)]


@pytest.mark.parametrize("limit", [300, 1_000, 5_000, 60_000, 200_000])
def test_a_long_report_is_cut_to_the_limit_and_stays_harmless(limit: int) -> None:
    made = markdown.render(report(*MANY), limit)
    assert units(made) <= limit
    assert ("cut here" in made) == (limit < 60_000)
    if limit <= 60_000:
        assert_harmless(made)


def test_the_receipt_stands_even_where_details_are_left_out() -> None:
    made = markdown.render(report(*MANY, complete=False), 60_000)
    assert "### Receipt" in made and "INCOMPLETE" in made.split("\n")[0]
    assert all(f"| number {n} |" in made for n in range(200))
    assert "findings left out here: too long)" in made
    assert "left out" not in markdown.render(report(*MANY[:3]), 60_000)


def test_a_path_in_a_code_span_cannot_end_it() -> None:
    page = Page(markdown.render(report(finding(path="a`b``c.py"))))
    assert "a`b``c.py:12" in page.code
