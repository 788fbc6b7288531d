"""A report as Markdown, for `--format markdown` and the step summary. No raw HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backline.finding import Finding, Kind, Side, lines_in_words
from backline.output import receipt
from backline.output.body import code_block
from backline.output.clean import code_span, cut, for_log, for_markdown, for_terminal, one_line, path_text
from backline.output.cut import units
from backline.output.defang import prose
from backline.report import Report

SUMMARY = 1_000_000
COMMENT = 60_000
"""GitHub takes 65,536 of a comment; whether it counts code points or units is not documented."""
_BODY = 8_000
_EXAMPLES = 3
_MARGIN = 200
"""For what joins the parts, and the line that counts what was left out."""


def render(report: Report, limit: int = SUMMARY) -> str:
    """Headline, table of findings, a section each, what was set aside, notes, the receipt; at most *limit* units.

    Sections that do not fit are left out and counted: the receipt always stands.
    """
    links = (f"https://github.com/{report.repository}/",) if report.repository else ()
    above = [f"## Backline: {line(receipt.headline(report), 300)}", "\n".join(_table(report))]
    below = [
        "\n".join(_list("Set aside", (f"{count} × {line(why)}" for count, why in receipt.set_aside(report)))),
        "\n".join(_list("Notes", (line(note, 400) for note in receipt.notes(report)))),
        "\n".join(_receipt(report)),
    ]
    room = limit - units("".join(above + below)) - _MARGIN
    parts = above + list(_sections(report.findings, links, room)) + below
    return cut(for_log("\n\n".join(part for part in parts if part)), limit - 1) + "\n"


def _sections(findings: Sequence[Finding], links: tuple[str, ...], room: int) -> Iterator[str]:
    for index, finding in enumerate(findings):
        section = detail(finding, links)
        room -= units(section) + 2
        if room < 0:
            yield f"… (details of {receipt.plural(len(findings) - index, 'finding')} left out here: too long)"
            return
        yield section


def line(text: str, limit: int = 160) -> str:
    """One line of untrusted text within our own Markdown."""
    return prose(one_line(text, limit), first=True)


def cell(text: str) -> str:
    """Within a table a bar ends the cell, even in code."""
    return text.replace("\\|", "|").replace("|", "\\|")


def place(finding: Finding) -> str:
    lines = f"{finding.start_line}" if finding.start_line == finding.line else f"{finding.start_line}-{finding.line}"
    removed = " (removed)" if finding.side is Side.LEFT else ""
    return code_span(f"{path_text(finding.path)}:{lines}") + removed


def _table(report: Report) -> Iterator[str]:
    if report.findings:
        yield "| severity | place | finding |"
        yield "| --- | --- | --- |"
    for finding in report.findings:
        yield f"| {finding.severity} | {cell(place(finding))} | {cell(line(finding.title))} |"


def detail(finding: Finding, links: tuple[str, ...] = ()) -> str:
    """One finding as a section: title, place and code, why, the suggestion, where it comes from."""
    parts = [
        f"### {finding.severity}{' question' if finding.kind is Kind.QUESTION else ''}: {line(finding.title)}",
        place(finding),
        code_block(for_terminal(finding.quote)) if finding.quote else "",
        cut(for_markdown(finding.body, links), _BODY),
        _suggestion(finding),
        _origin(finding),
    ]
    return "\n\n".join(part for part in parts if part)


def _suggestion(finding: Finding) -> str:
    fix = finding.suggestion
    if fix is None:
        return ""
    lines = lines_in_words(fix.start_line, fix.line)
    if not fix.replacement:
        return f"Suggestion: take {lines} out."
    return f"Suggestion for {lines}:\n\n{code_block(for_terminal(fix.replacement))}"


def _origin(finding: Finding) -> str:
    earlier = "raised earlier, still stands" if finding.earlier else ""
    words = (
        code_span(one_line(finding.rule)) if finding.rule else "",
        cwe_link(finding.cwe),
        str(finding.category),
        f"confidence {finding.confidence}",
        str(finding.verification),
        earlier,
    )
    return " · ".join(word for word in words if word)


def cwe_link(cwe: str | None) -> str:
    number = (cwe or "").removeprefix("CWE-")
    if not cwe or not (number.isascii() and number.isdigit()):
        return ""
    return f"[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)"


def _list(title: str, items: Iterator[str]) -> Iterator[str]:
    rows = [f"- {item}" for item in items]
    if rows:
        yield f"### {title}\n"
        yield from rows


def _receipt(report: Report) -> Iterator[str]:
    yield "### Receipt\n"
    yield "| disposition | files | reason | for example |"
    yield "| --- | ---: | --- | --- |"
    for row in receipt.rows(report):
        paths = ", ".join(code_span(path_text(path)) for path in row.paths[:_EXAMPLES])
        more = ", …" if row.files > _EXAMPLES else ""
        yield f"| {row.disposition} | {row.files:,} | {cell(line(row.reason))} | {cell(paths)}{more} |"
    place_words = receipt.commits(report)
    yield (
        "\n"
        + ("Commits: " + code_span(one_line(place_words)) + ". " if place_words else "")
        + (f"Engine: {line(receipt.engine(report), 300)}.")
    )
