"""The receipt in rows and words; text and Markdown only set it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from backline.finding import Finding, Severity
from backline.report import FAILED, REVIEWED, RULES_ONLY, SKIPPED, UNCHANGED, Report

_ORDER = (FAILED, REVIEWED, RULES_ONLY, UNCHANGED, SKIPPED)


class Row(NamedTuple):
    """Files with one disposition and one reason; failed files have a row each."""

    disposition: str
    files: int
    reason: str
    paths: tuple[str, ...]


def rows(report: Report) -> tuple[Row, ...]:
    """All of the coverage, what failed first, then by disposition, the largest group first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for entry in report.coverage:
        alone = entry.path if entry.disposition == FAILED else ""
        groups.setdefault((entry.disposition, entry.reason or "", alone), []).append(entry.path)
    made = [Row(key[0], len(paths), key[1], tuple(paths)) for key, paths in groups.items()]
    return tuple(sorted(made, key=lambda row: (_ORDER.index(row.disposition), -row.files, row.reason, row.paths[0])))


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def tally(findings: Sequence[Finding]) -> str:
    """``3 findings: 1 critical, 2 low``."""
    counts = Counter(finding.severity for finding in findings)
    parts = ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])
    return f"{plural(len(findings), 'finding')}: {parts}" if findings else "no findings"


def verdict(report: Report) -> str:
    """``complete`` or ``INCOMPLETE: …``, in words. Nobody says "no findings" without it."""
    total = plural(len(report.coverage), "changed file")
    if report.complete:
        return f"complete: {total}, all accounted for"
    failed = sum(entry.disposition == FAILED for entry in report.coverage)
    if failed:
        return f"INCOMPLETE: {failed:,} of {total} could not be reviewed in full"
    return f"INCOMPLETE: the review of {total} did not come to its end"


def headline(report: Report) -> str:
    so_far = "" if report.complete or report.findings else " so far"
    return f"{verdict(report)}; {tally(report.findings)}{so_far}"


def set_aside(report: Report) -> tuple[tuple[int, str], ...]:
    """(count, reason), the most frequent first."""
    return tuple((count, reason) for reason, count in Counter(e.reason for e in report.set_aside).most_common())


def engine(report: Report) -> str:
    """Who looked, and what it cost."""
    usage = report.usage
    if not usage.calls:
        return f"{report.engine}, no model call, {usage.seconds:.2f} s"
    read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    return (
        f"{report.engine}, {usage.model or 'unknown model'}, {plural(usage.calls, 'call')}, "
        f"{read:,} tokens in ({usage.cache_read_tokens:,} cached), {usage.output_tokens:,} out, "
        f"${usage.cost_usd:.2f}, {usage.seconds:.1f} s"
    )


def commits(report: Report) -> str:
    """``acme/shop #7: 1a2b3c4 … 9f8e7d6``; empty for a patch alone."""
    start = report.merge_base or report.base
    place = " ".join([report.repository or "", f"#{report.pull_request}" if report.pull_request else ""]).strip()
    shas = f"{start[:10]} … {report.head[:10]}" if start and report.head else ""
    return ": ".join(part for part in (place, shas) if part)


def notes(report: Report) -> tuple[str, ...]:
    """The report's notes, and what its other fields say to people."""
    gone = f"{plural(len(report.addressed), 'earlier finding')} no longer there" if report.addressed else ""
    withheld = f"not granted to the reviewer: {', '.join(report.tools_withheld)}" if report.tools_withheld else ""
    return (*report.notes, *(note for note in (gone, withheld) if note))
