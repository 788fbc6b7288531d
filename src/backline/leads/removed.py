"""Deletions that take a protection away: an authorisation check, validation, a rate limit, escaping, a lock, a timeout.

Silent when the protection moved, something of its kind took its place, or what it protected is gone as well.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate, islice

from backline.finding import Confidence, Side
from backline.intake.diff import FileDiff, as_text, hunk_lines, removed
from backline.intake.syntax import Tree, enclosing, parse
from backline.leads.aftermath import Aftermath, innermost
from backline.leads.lead import Lead
from backline.leads.protection import (
    CONDITION,
    FAMILIES,
    LONGEST,
    WAY_OUT,
    WEAKER,
    ProtectingLine,
    inert,
    rows,
    rule_id,
)

_MOST = 500
"""Guards of one file: who takes away more has rewritten it."""

MOST_QUOTED = 80
"""Characters of the removed line in a message."""


def find(file: FileDiff, base_tree: Tree | None, head_tree: Tree | None, language: str | None) -> list[Lead]:
    """Leads on side LEFT, on the removed lines. Trees of either whole file; without one the hunks must do."""
    if language is None or file.status in ("deleted", "added"):
        return []
    guards = list(islice(_guards(file, language), _MOST))
    if not guards:
        return []
    base, head = _tree(file, base_tree, language, Side.LEFT), _tree(file, head_tree, language, Side.RIGHT)
    if base is None or head is None:
        return []
    place = Aftermath(file, base, head)
    lost = [guard for guard in guards if place.lost(guard)]
    return [_lead(file.path, run, innermost(enclosing(base, run[0].line))) for run in _runs(lost)]


def _guards(file: FileDiff, language: str) -> Iterator[ProtectingLine]:
    """The removed lines that protected something, by the tables alone."""
    lines = removed(file)
    likely = _likely(lines)
    for number in sorted(likely):
        found = (_guard(lines, number, family, language) for family in FAMILIES if family in likely[number])
        yield from islice(filter(None, found), 1)


def _likely(lines: dict[int, str]) -> dict[int, set[str]]:
    """Line number → families of which it holds a stem: found in the whole text, for most lines hold none."""
    texts = [text[:LONGEST].lower() for text in lines.values()]
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    joined, numbers, found = "\n".join(texts), list(lines), defaultdict[int, set[str]](set)
    for name, family in FAMILIES.items():
        for stem in family.stems.split():
            at = joined.find(stem)
            while at >= 0:
                index = bisect_right(starts, at) - 1
                found[numbers[index]].add(name)
                at = joined.find(stem, starts[index + 1])
    return found


def _guard(lines: dict[int, str], number: int, family: str, language: str) -> ProtectingLine | None:
    text = lines[number][:LONGEST].strip()
    if inert(text) or WEAKER.search(text.lower()):
        return None
    if family == "authorisation" and CONDITION.match(text):
        following = " ".join(lines.get(n, "")[:LONGEST] for n in range(number, number + 4))
        return ProtectingLine(number, family, text, argument=False) if WAY_OUT.search(following) else None
    row = next((row for row, pattern in rows(language, family) if pattern.match(text)), None)
    return ProtectingLine(number, family, text, row.argument) if row else None


def _tree(file: FileDiff, tree: Tree | None, language: str, side: Side) -> Tree | None:
    """*tree*, or for a patch alone what the hunks show."""
    if tree is not None and tree.text:
        return tree
    return parse(as_text(hunk_lines(file, side)), language)


def _runs(guards: list[ProtectingLine]) -> list[list[ProtectingLine]]:
    """Neighbouring lines of one family are one protection."""
    runs: list[list[ProtectingLine]] = []
    for guard in guards:
        if runs and guard.family == runs[-1][-1].family and guard.line <= runs[-1][-1].line + 1:
            runs[-1].append(guard)
        else:
            runs.append([guard])
    return runs


def _lead(path: str, run: list[ProtectingLine], name: str) -> Lead:
    family, guard = FAMILIES[run[0].family], _short(run[0].text.rstrip(" {:,"))
    where = f" from {name}" if name else ""
    return Lead(
        rule=rule_id(run[0].family), path=path, start_line=run[0].line, line=run[-1].line,
        side=Side.LEFT, severity=family.severity, confidence=Confidence.MEDIUM, category=family.category,
        cwe=family.cwe, title=f"Removed{where}: {family.words}"[:120],
        body=f"`{guard}` is gone{where} and nothing of its kind takes its place there: {family.consequence}. "
        "Put it back, or show where this is ensured now.",
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= MOST_QUOTED else f"{text[: MOST_QUOTED - 1]}…"
