"""What a person sees in a terminal."""

from __future__ import annotations

import re

import pytest
from reports import busy, finding, report, source

from backline.finding import Finding, Kind, SetAside, Severity, Side, Source, Suggestion, Verification
from backline.output import text
from backline.output.cut import width
from backline.report import FAILED, SKIPPED, Coverage, Report


def shown(made: Report, *, columns: int = 100, colour: bool = False) -> str:
    return text.render(made, source, colour=colour, width=columns)


SIMPLE = """\
HIGH     app/db.py:12  SQL built from request data

    10 │ def find(name):
    11 │     cur = connect("shop.db").cursor()
  > 12 │     cur.execute(f"SELECT id FROM users WHERE name = '{name}'")
    13 │     return cur.fetchall()
    14 │

  The name comes from the request. Anyone can read every table.

  python.sql-injection · CWE-89 · security · confidence high

Receipt  acme/shop #7: cccccccccc … dddddddddd
  rules-only     1  app/db.py
  engine      rules, no model call, 0.21 s

complete: 1 changed file, all accounted for; 1 finding: 1 high
"""


def test_a_finding_is_severity_place_title_code_reason_origin_and_the_receipt_comes_last() -> None:
    assert shown(report(finding())) == SIMPLE


def test_a_suggestion_is_a_small_diff_with_the_same_gutter() -> None:
    page = shown(busy())
    assert (
        "  suggestion:\n"
        "  + 17 │     customers = Customer.objects.in_bulk({order.customer_id for order in orders})\n"
        "    18 │     for order in orders:\n"
        "  - 18 │         order.customer = Customer.objects.get(id=order.customer_id)\n"
        "  + 19 │         order.customer = customers[order.customer_id]\n"
    ) in page


@pytest.mark.parametrize(
    ("replacement", "rows"),
    [
        ("", ["- 12"]),
        ("    cur.execute(SQL, (name,))", ["- 12", "+ 12"]),
        ("    cur.execute(SQL,\n        (name,))", ["- 12", "+ 12", "+ 13"]),
    ],
)
def test_a_suggestion_shows_what_goes_and_what_comes(replacement: str, rows: list[str]) -> None:
    page = shown(report(finding(suggestion=Suggestion(start_line=12, line=12, replacement=replacement))))
    assert re.findall(r"^  ([-+] \d+) │", page, re.M) == rows
    assert ("take these lines out" in page) is False


def test_without_the_file_the_quote_stands_for_it() -> None:
    page = text.render(report(finding(start_line=8, line=9, quote="a\nb")), lambda _: (), colour=False, width=80)
    assert "  > 8 │ a\n  > 9 │ b\n" in page


def test_every_finding_has_its_place_once_at_the_start_of_its_own_block() -> None:
    made = busy()
    page = shown(made)
    for each in made.findings:
        assert len(re.findall(rf"(?<!\S){re.escape(each.path)}:{each.start_line}(?!\d)", page)) == 1
    assert len(re.findall(r"^(?:CRITICAL|HIGH|MEDIUM|LOW) +\S+:\d+", page, re.M)) == 8


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
def test_no_line_of_code_or_prose_is_wider_than_the_terminal(columns: int) -> None:
    """But a path, which must stay clickable, and the last line, which scripts look for."""
    long = finding(body="注文の" * 80 + " word" * 60, title="A title of many words " * 6, quote="x" * 500, path="y.py")
    for made in (busy(), report(long)):
        for line in shown(made, columns=columns).rstrip("\n").split("\n")[:-1]:
            assert width(line) <= columns or re.match(r"[A-Z]+ +\S+:\d+( \(\w+\))?$", line), line


def test_tabs_are_expanded_and_line_numbers_stay_aligned() -> None:
    page = text.render(
        report(finding(start_line=100, line=100)),
        lambda _: [(98, "a"), (99, "\tb"), (100, "\t\tc"), (101, "d\r")],
        colour=False,
        width=80,
    )
    assert "     98 │ a\n     99 │     b\n  > 100 │         c\n    101 │ d\n" in page


def test_a_long_range_shows_its_ends() -> None:
    made = report(finding(start_line=1, line=60))
    page = text.render(made, lambda _: [(n, f"line {n}") for n in range(1, 70)], colour=False, width=80)
    assert "│ line 1\n" in page and "│ line 62\n" in page and "… 48 lines …" in page and "line 30" not in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kind": Kind.QUESTION}, "app/db.py:12 (question)"),
        ({"side": Side.LEFT}, "app/db.py:12 (removed)"),
        ({"earlier": True}, "raised earlier, still stands"),
        ({"verification": Verification.UNVERIFIED}, "confidence high · unverified"),
        ({"severity": Severity.LOW}, "LOW      app/db.py:12"),
        ({"rule": None, "cwe": None, "source": Source.CLAUDE}, "\n  security · confidence high"),
        ({"path": "a b/ü\n.py"}, "a b/ü⟦LF⟧.py:12"),
    ],
)
def test_what_is_special_about_a_finding_is_said(changed: dict[str, object], words: str) -> None:
    assert words in shown(report(finding(**changed)))
    assert words not in shown(report(finding()))


def test_the_receipt_accounts_for_every_file_and_lists_each_that_failed() -> None:
    page = shown(busy())
    assert page[page.index("Receipt") :].split("\n")[1:9] == [
        "  failed         1  deadline  app/slow.py",
        "                 1  larger than 1 MB  app/big.py",
        "  reviewed       7  Dockerfile, app/db.py, app/files.py, …",
        "  unchanged      1  app/old.py",
        "  skipped       12  documentation  docs/page0.md, docs/page1.md, docs/page2.md, …",
        "                 1  style sheet  web/app.css",
        "  engine      claude, claude-sonnet-5-5, 9 calls, 161,200 tokens in (120,000 cached), 5,300 out,",
        "              $0.42, 73.4 s",
    ]


def test_files_that_failed_for_one_reason_are_still_listed_one_by_one() -> None:
    failed = tuple(
        Coverage(path=f"{name}.py", status="added", language="python", disposition=FAILED, reason="deadline")
        for name in "abcdef"
    )
    page = shown(report(coverage=failed, complete=False))
    assert all(re.search(rf" 1  deadline  {name}\.py$", page, re.M) for name in "abcdef")


def test_what_was_set_aside_and_every_note_is_shown() -> None:
    page = shown(busy())
    assert "Set aside: 3\n     2  quoted code not found\n     1  refuted: app/web.py:4 escapes it\n" in page
    assert "  3 uncommitted files left out\n  1 earlier finding no longer there\n" in page
    assert "  not granted to the reviewer: Bash, WebFetch\n" in page


FILE = Coverage(path="a.py", status="added", language="python", disposition=FAILED, reason="deadline")


@pytest.mark.parametrize(
    ("made", "last"),
    [
        (report(), "complete: 1 changed file, all accounted for; no findings"),
        (report(coverage=()), "complete: 0 changed files, all accounted for; no findings"),
        (
            report(complete=False),
            "INCOMPLETE: the review of 1 changed file did not come to its end; no findings so far",
        ),
        (
            report(complete=False, coverage=(FILE,)),
            "INCOMPLETE: 1 of 1 changed file could not be reviewed in full; no findings so far",
        ),
    ],
)
def test_nobody_reads_of_no_findings_without_complete_or_incomplete(made: Report, last: str) -> None:
    page = shown(made)
    assert page.endswith(f"\n{last}\n")
    assert not re.search(r"lgtm|approved|safe|no issues", page, re.I)


def test_colour_changes_nothing_but_colour() -> None:
    plain, painted = shown(busy()), shown(busy(), colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", painted).replace(" \n", "\n") == plain.replace(" \n", "\n")
    assert all(line.count("\x1b[") == 2 * line.count("\x1b[0m") for line in painted.split("\n"))


def test_a_thousand_files_and_reasons_stay_a_short_receipt() -> None:
    covered = tuple(
        Coverage(path=f"docs/{n}.md", status="added", language=None, disposition=SKIPPED, reason="documentation")
        for n in range(3_000)
    )
    aside = tuple(SetAside(path="x", source=Source.RULES, reason=f"because {n % 7}") for n in range(3_000))
    assert shown(report(coverage=covered, set_aside=aside)).count("\n") < 20


def test_findings_stand_in_the_order_of_the_report() -> None:
    made: list[Finding] = [finding(path=f"{name}.py") for name in "cab"]
    page = shown(report(*made))
    assert re.findall(r"(\w)\.py:12", page) == ["c", "a", "b"]
