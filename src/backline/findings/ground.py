"""What is raised is placed on code of the change, or set aside with the reason; a line number alone proves nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from backline.finding import Finding, SetAside, Side, Source, Suggestion, Verification, lines_in_words
from backline.findings.anchor import clamp, in_hunk, quoted, touched
from backline.findings.identity import identify
from backline.findings.quote import OLD_CODE, Place, locate
from backline.findings.sources import Page, Sources
from backline.intake.selection import Choice
from backline.leads.lead import Lead
from backline.reviewer.reply import Candidate, Rejected
from backline.visible import show_line

__all__ = ["Sources", "from_candidates", "from_leads", "from_rejected", "in_hunk", "of_selected"]

NOT_IN_CHANGE = "path is not in the change"
NOT_REVIEWED = "its file is not reviewed: {}"
NO_SUCH_LINE = "its lines are not in the file"


def from_leads(sources: Sources, leads: Iterable[Lead]) -> tuple[list[Finding], list[SetAside]]:
    """Leads as findings of the rules, as they stand when no model judges them."""
    findings: list[Finding] = []
    dropped: list[SetAside] = []
    for lead in leads:
        placed = _from_lead(sources, lead)
        if isinstance(placed, Finding):
            findings.append(placed)
        else:
            dropped.append(SetAside(path=lead.path, source=Source.RULES, title=lead.title, reason=placed))
    return findings, dropped


def _from_lead(sources: Sources, lead: Lead) -> Finding | str:
    if lead.path not in sources.files:
        return NOT_IN_CHANGE
    page = sources.page(lead.path, lead.side)
    body = lead.body
    if not lead.guard and not (lead.start_line <= lead.line and {lead.start_line, lead.line} <= page.lines.keys()):
        return NO_SUCH_LINE
    if touched(page, lead.start_line, lead.line):
        start, end = clamp(page, lead.start_line, lead.line)
    elif lead.tied_line in page.changed:
        start, end, body = _tied(page, lead.start_line, lead.line, lead.tied_line, body)
    elif lead.guard and not page.changed:
        start, end = lead.start_line, lead.line  # A renamed or binary file, a mode: there is no line to touch.
    else:
        return OLD_CODE
    return Finding(
        fingerprint=identify(page, lead.category, lead.rule, start), path=lead.path, start_line=start, line=end,
        side=lead.side, severity=lead.severity, confidence=lead.confidence, category=lead.category, rule=lead.rule,
        cwe=lead.cwe, title=lead.title, body=body, quote=quoted(page, start, end), suggestion=lead.suggestion,
        source=Source.RULES, verification=Verification.DETERMINISTIC,
    )  # fmt: skip


def _tied(page: Page, start_line: int, line: int, changed: int | None, body: str) -> tuple[int, int, str]:
    """Its own lines when a comment can stand there, else the changed line it is tied to, and a word about where."""
    start_line, line = clamp(page, start_line, line)
    if changed is None or page.in_hunk(start_line, line):
        return start_line, line, body
    return changed, changed, f"{body} It is about {lines_in_words(start_line, line)}."


def of_selected(candidates: Iterable[Candidate], choices: Iterable[Choice]) -> tuple[list[Candidate], list[SetAside]]:
    """The candidates on files that are reviewed, and the others: the receipt calls their files skipped."""
    why = {show_line(choice.path): NOT_REVIEWED.format(choice.reason) for choice in choices if not choice.selected}
    kept, aside = [], []
    for candidate in candidates:
        if reason := why.get(show_line(candidate.path)):
            row = SetAside(path=candidate.path, source=Source.CLAUDE, title=candidate.title, reason=reason)
            aside.append(row)
        else:
            kept.append(candidate)
    return kept, aside


def from_candidates(
    sources: Sources, candidates: Iterable[Candidate], manifest: Collection[str]
) -> tuple[list[Finding], list[SetAside]]:
    """A model's candidates as unverified findings. *manifest*: the paths that it was told of."""
    findings: list[Finding] = []
    dropped: list[SetAside] = []
    names = _by_shown_name(manifest)
    for candidate in candidates:
        placed = _from_candidate(sources, candidate, names.get(show_line(candidate.path), ()))
        if isinstance(placed, Finding):
            findings.append(placed)
        else:
            row = SetAside(path=candidate.path, source=Source.CLAUDE, title=candidate.title, reason=placed)
            dropped.append(row)
    return findings, dropped


def from_rejected(rejected: Iterable[Rejected]) -> list[SetAside]:
    """What a model raised and nobody could read as a candidate, where its path and title say what it was."""
    named = (row for row in rejected if row.path and row.title)
    return [SetAside(path=row.path, source=Source.CLAUDE, title=row.title, reason=row.reason) for row in named]


def _by_shown_name(manifest: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Two names that are shown alike are no name at all: the model cannot tell them apart, and neither can we."""
    names: dict[str, list[str]] = {}
    for path in dict.fromkeys(manifest):
        names.setdefault(show_line(path), []).append(path)
    return names


def _from_candidate(sources: Sources, candidate: Candidate, paths: Sequence[str]) -> Finding | str:
    if len(paths) != 1 or paths[0] not in sources.files:
        return NOT_IN_CHANGE
    place = locate(sources, paths[0], candidate.quote, candidate.line)
    if isinstance(place, str):
        return place
    start, end, body = place.start_line, place.line, candidate.body
    if place.tie:
        start, end, body = _tied(place.page, start, end, place.tie, body)
    else:
        start, end = clamp(place.page, start, end)
    return Finding(
        fingerprint=identify(place.page, candidate.category, None, start), path=paths[0], start_line=start, line=end,
        side=place.page.side, kind=candidate.kind, severity=candidate.severity, confidence=candidate.confidence,
        category=candidate.category, cwe=candidate.cwe, title=candidate.title, body=body,
        quote=quoted(place.page, start, end), suggestion=_suggestion(candidate, place),
        source=Source.CLAUDE, verification=Verification.UNVERIFIED,
    )  # fmt: skip


def _suggestion(candidate: Candidate, place: Place) -> Suggestion | None:
    """For the lines that were quoted, all of them. A quote without its indentation comes with a fix without it."""
    if candidate.suggestion is None or place.page.side is Side.LEFT:
        return None
    fix, quote = candidate.suggestion.removesuffix("\n"), candidate.quote.lstrip("\n")
    indent, given = _indent(place.page.lines[place.start_line]), _indent(quote)
    if indent.endswith(given) and _indent(fix) == given:
        missing = indent.removesuffix(given)
        fix = "\n".join(missing + line if line.strip() else line for line in fix.split("\n"))
    return Suggestion(start_line=place.start_line, line=place.line, replacement=fix)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]
