"""What is raised is placed on code of the change, or set aside with the reason; a line number alone proves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backline.finding import Finding, Source, Verification
from backline.findings.anchor import clamp, in_hunk, quoted, touched
from backline.findings.identity import identify
from backline.findings.sources import Page, Sources
from backline.leads.lead import Lead

__all__ = ["Dropped", "Sources", "from_leads", "in_hunk"]

NOT_IN_CHANGE = "path is not in the change"
NO_SUCH_LINE = "its lines are not in the file"
OLD_CODE = "old code: not touched by this change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was raised and does not stand. ``finding`` is None when it could not be placed."""

    path: str
    source: Source
    title: str
    reason: str
    finding: Finding | None = None


def from_leads(sources: Sources, leads: Iterable[Lead]) -> tuple[list[Finding], list[Dropped]]:
    """Leads as findings of the rules, as they stand when no model judges them."""
    findings: list[Finding] = []
    dropped: list[Dropped] = []
    for lead in leads:
        placed = _from_lead(sources, lead)
        if isinstance(placed, Finding):
            findings.append(placed)
        else:
            dropped.append(Dropped(path=lead.path, source=Source.RULES, title=lead.title, reason=placed))
    return findings, dropped


def _from_lead(sources: Sources, lead: Lead) -> Finding | str:
    if lead.path not in sources.files:
        return NOT_IN_CHANGE
    page = sources.page(lead.path, lead.side)
    if not (lead.start_line <= lead.line and lead.start_line in page.lines and lead.line in page.lines):
        return NO_SUCH_LINE
    body = lead.body
    if touched(page, lead.start_line, lead.line):
        start, end = clamp(page, lead.start_line, lead.line)
    elif lead.tied_line in page.changed:
        start, end, body = _tied(page, lead.start_line, lead.line, lead.tied_line, body)
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
    if changed is None or in_hunk(page.file, page.side, start_line, line):
        return start_line, line, body
    where = f"line {start_line}" if start_line == line else f"lines {start_line}–{line}"
    return changed, changed, f"{body} It is about {where}."
