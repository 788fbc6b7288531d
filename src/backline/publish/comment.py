"""The words of what is posted: a comment on lines, the review that carries them, the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backline.finding import Finding, Kind, lines_in_words
from backline.findings.quote import mark_of
from backline.intake import marker
from backline.output import receipt
from backline.output.body import code_block
from backline.output.clean import code_span, cut, fence, for_markdown, for_terminal, one_line, path_text
from backline.output.cut import units
from backline.output.markdown import COMMENT, cell, cwe_link, detail, line, place
from backline.report import LIMITED, SKIPPED, Report
from backline.visible import mask, show

_BODY = 6_000
_ROWS = 100
_DETAILS = 20_000
STATE_ROOM = 34_000
"""Of a summary's characters; the visible part keeps the rest."""
_EXAMPLES = 2


def finding_body(finding: Finding, by: str, links: tuple[str, ...], *, commit_fix: bool) -> str:
    """A line comment. *commit_fix*: it stands on exactly the lines that its suggestion replaces."""
    code = mark_of(finding.quote)
    mark = marker.write(marker.FINDING, id=finding.fingerprint, category=finding.category.value, by=by, code=code)
    question = " · question" if finding.kind is Kind.QUESTION else ""
    parts = [
        f"{mark}\n**{finding.severity}{question}: {line(finding.title)}**",
        cut(for_markdown(finding.body, links), _BODY),
        _fix(finding, commit_fix),
        _footer(finding),
    ]
    return cut("\n\n".join(part for part in parts if part), COMMENT)


def _fix(finding: Finding, commit_fix: bool) -> str:
    fix = finding.suggestion
    if fix is None:
        return ""
    code = fix.replacement.replace("\r\n", "\n").removesuffix("\r")  # A comment shows no line ends of a file's own.
    if commit_fix and clean_code(code):
        return fence(code, "suggestion")
    return f"For {lines_in_words(fix.start_line, fix.line)}:\n\n{code_block(for_terminal(fix.replacement))}"


def clean_code(code: str) -> bool:
    """What is committed is exactly what is shown: no secret in it, nothing invisible."""
    return mask(code) == code and show(code) == code


def _footer(finding: Finding) -> str:
    words = (
        "Automated finding",
        code_span(one_line(finding.rule)) if finding.rule else "",
        cwe_link(finding.cwe),
        str(finding.category),
        f"confidence {finding.confidence}",
        "unverified" if finding.verification == "unverified" else "",
    )
    return " · ".join(word for word in words if word)


def addressed_body(body: str, sha: str) -> str:
    """Our own comment, once its code is gone: the same words, another mark, one more line."""
    first, _, rest = body.partition("\n")
    found = marker.first(first)
    values = dict(found.values) if found else {}
    mark = marker.write(marker.ADDRESSED, **values)
    return cut(f"{mark}\n{rest.rstrip()}\n\n*Addressed in {sha[:12]}: the quoted code is gone.*", COMMENT)


def review_body(count: int, by: str, run: str) -> str:
    mark = marker.write(marker.REVIEW, run=run, by=by)
    return f"{mark}\nBackline: {receipt.plural(count, 'new finding')} on the lines below; its summary has the whole."


def summary_body(
    report: Report,
    *,
    by: str,
    name: str,
    on_lines: Sequence[str],
    reasons: dict[str, str],
    state: str,
    links: tuple[str, ...] = (),
) -> str:
    """*on_lines*: fingerprints that have a thread; *reasons*: why the others are told here; *state*: the last line."""
    mark = marker.write(marker.SUMMARY, by=by)
    room = COMMENT - units(state) - 200
    head = f"{mark}\n{_headline(report)}"
    if _is_quiet(report):
        return f"{head}\n\n{state}\n"
    parts = [
        head,
        _table(report, on_lines, reasons),
        _details(report, on_lines, links),
        _coverage(report),
        _notes(report),
        f"Backline, {code_span(one_line(name, 100))}. {line(receipt.engine(report), 300)}.",
    ]
    return cut("\n\n".join(part for part in parts if part), room) + f"\n\n{state}\n"


def moved_body(by: str, address: str) -> str:
    """In place of a summary beside the first one: where that is."""
    return f"{marker.write(marker.MOVED, by=by)}\nBackline: its summary is [this comment]({address}).\n"


def _headline(report: Report) -> str:
    """A run without a model that was meant to have one says so first."""
    limit = next((note for note in report.notes if note.startswith(LIMITED)), "")
    return f"**Backline**: {line(f'{limit}; {receipt.headline(report)}' if limit else receipt.headline(report), 400)}"


def _is_quiet(report: Report) -> bool:
    return report.complete and not report.findings and not report.addressed


def _table(report: Report, on_lines: Sequence[str], reasons: dict[str, str]) -> str:
    if not report.findings:
        return ""
    rows = ["| severity | place | finding | |", "| --- | --- | --- | --- |"]
    for each in report.findings[:_ROWS]:
        where = "earlier, still stands" if each.earlier else ""
        if each.fingerprint not in on_lines:
            where = reasons.get(each.fingerprint, "told here")
        rows.append(f"| {each.severity} | {cell(place(each))} | {cell(line(each.title))} | {cell(line(where))} |")
    if len(report.findings) > _ROWS:
        rows.append(f"\n… and {len(report.findings) - _ROWS} more: the report has them all")
    return "\n".join(rows)


def _details(report: Report, on_lines: Sequence[str], links: tuple[str, ...]) -> str:
    """Trigger and consequence of what has no thread of its own."""
    made: list[str] = []
    for each in report.findings:
        if each.fingerprint in on_lines:
            continue
        section = detail(each, links)
        if sum(map(units, made)) + units(section) > _DETAILS:
            made.append("… (more details in the step summary)")
            break
        made.append(section)
    return "\n\n".join(made)


def _coverage(report: Report) -> str:
    rows = [f"- {row}" for row in _covered(report)]
    return "\n".join(rows)


def _covered(report: Report) -> Iterator[str]:
    for row in receipt.rows(report)[:30]:
        paths = ", ".join(code_span(path_text(path)) for path in row.paths[:_EXAMPLES])
        more = ", …" if row.files > _EXAMPLES else ""
        reason = f" ({line(row.reason)})" if row.reason else ""
        named = f": {paths}{more}" if row.disposition != SKIPPED else ""
        yield f"{row.files:,} {row.disposition}{reason}{named}"


def _notes(report: Report) -> str:
    return "\n".join(f"- {line(note, 300)}" for note in receipt.notes(report)[:20])
