"""From a match to a Lead: the rule's words with the code's names in them, judged by where the file stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from backline.finding import Suggestion
from backline.leads.lead import Lead
from backline.leads.reach import Reach, confidence_in, severity_in
from backline.leads.rule import Rule

_VALUE_LIMIT = 60
MOST_HITS = 300
"""Of one rule in one file: nobody reads more, and each has its price in a text that is written to have many."""


def lead_of(
    rule: Rule, path: str, lines: tuple[int, int], reach: Reach, value: Callable[[str], str | None],
    suggestion: Suggestion | None = None,
) -> Lead:  # fmt: skip
    """*value* gives the text that a metavariable (or regex group) caught; None leaves the placeholder out."""
    return Lead(
        rule=rule.id, path=path, start_line=lines[0], line=lines[1],
        severity=severity_in(reach, rule.severity), confidence=confidence_in(reach, rule.confidence),
        category=rule.category, cwe=rule.cwe, title=_fill(rule.title, value),
        body=f"{_fill(rule.message, value)} {_fill(rule.fix, value)}", suggestion=suggestion,
    )  # fmt: skip


def _fill(template: str, value: Callable[[str], str | None]) -> str:
    def text(found: re.Match[str]) -> str:
        words = " ".join((value(found[1]) or "…").split())
        return words if len(words) <= _VALUE_LIMIT else words[: _VALUE_LIMIT - 1] + "…"

    return re.sub(r"\{([A-Z_][A-Z0-9_]*)\}", text, template).strip()


def touches(lines: tuple[int, int], changed: frozenset[int]) -> bool:
    return any(n in changed for n in range(lines[0], lines[1] + 1))


def in_order(leads: Iterable[Lead], rules: Iterable[Rule]) -> list[Lead]:
    """In the order of the lines, one lead per rule and first line (per rule alone where it speaks once)."""
    once = {rule.id for rule in rules if rule.once}
    kept: dict[tuple[str, int], Lead] = {}
    for lead in sorted(leads, key=lambda lead: (lead.start_line, lead.line, lead.rule)):
        kept.setdefault((lead.rule, 0 if lead.rule in once else lead.start_line), lead)
    return list(kept.values())
