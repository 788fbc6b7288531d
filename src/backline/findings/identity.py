"""Identity: the fingerprint of a placed finding, the same on every push while its code stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from backline.finding import Category, Finding, Side, Source, fingerprint
from backline.findings.sources import Page

GUARD = "guard."
"""What the ids of rules that guard the review begin with."""


def is_guard(rule: str | None) -> bool:
    """Guards the review itself (hidden text, leaked secret): nobody can refute it, merge it away or filter it."""
    return rule is not None and rule.startswith(GUARD)


def identify(page: Page, category: Category, rule: str | None, start_line: int) -> str:
    """The fingerprint of a finding of *category* whose first line is *start_line*.

    Removed code has its own definitions, and guards, which may stand on the line of another finding, carry their rule.

    The occurrence counts all equal lines of the blob, not only those with findings: a later push looks at other hunks
    and raises others, and a look-alike that was never raised must not change the number of this one. What remains:
    when the first of two equal lines goes, the second takes its number, and with it its thread.
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
        occurrence=page.occurrence(start_line),
    )


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """No two share a fingerprint: of two weaknesses of one category at one line the second carries its CWE in it.

    What has been posted keeps its own, and a rule's finding, which comes back on each push, goes before a model's.
    """
    taken: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda f: (not f.earlier, f.source is not Source.RULES, f.cwe or "", repr(f))):
        own = finding.fingerprint
        while own in taken:
            own = hashlib.sha256(f"{own}\0{finding.cwe}".encode()).hexdigest()[:16]
        taken[own] = replace(finding, fingerprint=own)
    return list(taken.values())
