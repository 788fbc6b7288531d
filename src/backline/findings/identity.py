"""Identity: the fingerprint of a placed finding, the same on every push while its code stands."""

from __future__ import annotations

from backline.finding import Category, Side, fingerprint, normalised
from backline.findings.sources import Page

GUARD = "guard."
"""What the ids of rules that guard the review begin with."""


def is_guard(rule: str | None) -> bool:
    """Guards the review itself (hidden text, leaked secret): nobody can refute it, merge it away or filter it."""
    return rule is not None and rule.startswith(GUARD)


def identify(page: Page, category: Category, rule: str | None, start_line: int) -> str:
    """The fingerprint of a finding of *category* whose first line is *start_line*.

    No two findings that `merge` keeps apart share one: removed code has its own definitions, and guards, which may
    stand on the line of another finding, carry their rule.
    """
    place = page.definition(start_line)
    name = place[0] if place else ""
    side = "" if page.side is Side.RIGHT else "removed:"
    guard = f"{rule}:" if is_guard(rule) else ""
    return fingerprint(
        category=category,
        path=page.file.old_path or page.file.path,
        definition=f"{guard}{side}{name}",
        anchor=page.lines.get(start_line, ""),
        occurrence=_occurrence(page, start_line, name),
    )


def _occurrence(page: Page, start_line: int, name: str) -> int:
    """How many equal lines stand before it in definitions of the same name.

    All lines of the blob count, not only those with findings: a later push looks at other hunks and raises others, and
    a look-alike that was never raised must not give its number to this one. What remains: when the first of two
    equal lines goes, the second takes its number, and thus its thread; the count of what stands is right.
    """
    anchor = normalised(page.lines.get(start_line, ""))
    equal = [n for n, line in page.lines.items() if n < start_line and normalised(line) == anchor]
    return sum((found[0] if (found := page.definition(n)) else "") == name for n in equal)
