"""A report for a terminal: findings by severity with their code, what was set aside, notes, and the receipt last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from backline.finding import Finding, Severity, Side, Verification
from backline.output import frame, receipt
from backline.output.clean import for_log, for_terminal, one_line, path_text
from backline.output.cut import fit, width, wrap
from backline.report import FAILED, Report

Source = Callable[[Finding], Sequence[tuple[int, str]]]
Paint = Callable[[str, str], str]

_INDENT = "  "
_WIDEST_PROSE = 100
_EXAMPLES = 3
_STYLES = {
    "critical": "1;97;41",
    "high": "1;31",
    "medium": "1;33",
    "low": "1;36",
    "place": "1",
    "title": "1",
    "dim": "2",
    ">": "1;31",
    "-": "31",
    "+": "32",
    "good": "1;32",
    "bad": "1;31",
}


def render(report: Report, source: Source, *, colour: bool, width: int) -> str:
    """The whole report. ``source(finding)`` gives (number, line) of the file around it, or nothing when unknown."""
    paint = _painted if colour else _plain
    columns = max(40, width)
    parts = [_finding(finding, source(finding), paint, columns) for finding in report.findings]
    parts += [_set_aside(report, paint), _notes(report, paint, columns), _receipt(report, paint, columns)]
    return for_log("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _painted(style: str, text: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if style in _STYLES and text else text


def _plain(style: str, text: str) -> str:
    return text


def _finding(finding: Finding, around: Sequence[tuple[int, str]], paint: Paint, columns: int) -> Iterator[str]:
    yield from _header(finding, paint, columns)
    rows = frame.code(finding, around)
    if rows:
        yield ""
        yield from _rows(rows, paint, columns)
    body = _wrapped(for_terminal(finding.body), columns)
    if body:
        yield ""
        yield from body
    fix = frame.suggestion(finding, around)
    if finding.suggestion:
        yield ""
        yield _INDENT + paint("dim", "suggestion:" if fix else "suggestion: take these lines out")
        yield from _rows(fix, paint, columns)
    yield ""
    yield _INDENT + paint("dim", fit(_origin(finding), columns - len(_INDENT)))


_BADGE = max(len(severity.value) for severity in Severity) + 1


def _header(finding: Finding, paint: Paint, columns: int) -> Iterator[str]:
    """Severity, place, title; the title goes on the next line where it does not fit beside them."""
    severity = finding.severity.value
    badge = paint(severity, severity.upper()) + " " * (_BADGE - len(severity))
    place = f"{path_text(finding.path)}:{finding.start_line}"
    mark = " (removed)" if finding.side is Side.LEFT else ""
    mark += " (question)" if finding.kind.value == "question" else ""
    title = one_line(finding.title)
    line = f"{badge}{paint('place', place)}{paint('dim', mark)}"
    if _BADGE + width(place + mark) + 2 + width(title) <= columns:
        yield f"{line}  {paint('title', title)}"
    else:
        yield line
        yield from (paint("title", part) for part in _wrapped(title, columns))


def _rows(rows: Sequence[frame.Row], paint: Paint, columns: int) -> Iterator[str]:
    for row, gutter in frame.aligned(rows):
        text = fit(row.text, columns - len(_INDENT) - len(gutter))
        if row.mark == ">":
            yield f"{_INDENT}{paint('>', row.mark)}{paint('place', gutter[1:])}{text}".rstrip()
        elif row.mark in "+-":
            yield _INDENT + paint(row.mark, f"{gutter}{text}".rstrip())
        else:
            yield f"{_INDENT}{paint('dim', gutter)}{text}".rstrip()


def _origin(finding: Finding) -> str:
    """Where the finding comes from: rule, CWE, confidence, how far it was checked."""
    checked = {Verification.CONFIRMED: "confirmed", Verification.UNVERIFIED: "unverified"}.get(finding.verification)
    earlier = "raised earlier, still stands" if finding.earlier else None
    parts = (finding.rule, finding.cwe, finding.category, f"confidence {finding.confidence}", checked, earlier)
    return " · ".join(one_line(str(part), 80) for part in parts if part)


def _wrapped(text: str, columns: int) -> list[str]:
    """Paragraphs wrapped; indented lines and fenced blocks keep their shape."""
    made: list[str] = []
    fenced = False
    for line in text.strip("\n").split("\n"):
        mark = line.lstrip().startswith("```")
        fenced ^= mark
        if mark or fenced or line.startswith("    ") or not line.strip():
            made.append(fit(_INDENT + line.expandtabs(4), columns).rstrip())
        else:
            room = min(columns, _WIDEST_PROSE) - len(_INDENT)
            made += [_INDENT + part for part in wrap(line, room)]
    return made if text.strip() else []


def _set_aside(report: Report, paint: Paint) -> Iterator[str]:
    reasons = receipt.set_aside(report)
    if reasons:
        yield paint("title", f"Set aside: {len(report.set_aside)}")
        yield from (f"{_INDENT}{count:>4}  {one_line(reason, 160)}" for count, reason in reasons)


def _notes(report: Report, paint: Paint, columns: int) -> Iterator[str]:
    notes = receipt.notes(report)
    if notes:
        yield paint("title", "Notes")
        yield from (line for note in notes for line in _wrapped(one_line(note, 400), columns))


def _receipt(report: Report, paint: Paint, columns: int) -> Iterator[str]:
    place = fit(one_line(receipt.commits(report)), columns - len("Receipt  "))
    yield paint("title", "Receipt") + (paint("dim", f"  {place}") if place else "")
    yield from _coverage(report, paint, columns)
    name = f"{_INDENT}{'engine':<10}  "
    for part in wrap(one_line(receipt.engine(report), 300), columns - len(name)):
        yield name + part
        name = " " * len(name)
    good = report.complete and not report.findings
    style = "good" if good else "title" if report.complete else "bad"
    yield ""
    yield paint(style, one_line(receipt.headline(report), 200))


def _coverage(report: Report, paint: Paint, columns: int) -> Iterator[str]:
    rows = receipt.rows(report)
    said = ""
    for row in rows:
        name = row.disposition if row.disposition != said else ""
        said = row.disposition
        style = "bad" if row.disposition == FAILED else ""
        start = f"{_INDENT}{name:<10} {row.files:>5}  "
        examples = ", ".join(path_text(path) for path in row.paths[:_EXAMPLES])
        more = ", …" if row.files > _EXAMPLES else ""
        words = one_line(row.reason, 200)
        rest = fit(f"{words}  {examples}{more}" if words else f"{examples}{more}", columns - len(start))
        yield paint(style, start) + (rest if style else _dimmed(rest, words, paint))


def _dimmed(rest: str, words: str, paint: Paint) -> str:
    """The reason plain, the example paths behind it dimmed."""
    return rest[: len(words)] + paint("dim", rest[len(words) :])
