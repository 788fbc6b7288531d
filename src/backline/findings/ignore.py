"""What the configuration leaves out: ignored findings and those under the floors, each with the reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from backline.finding import Confidence, Finding, Severity
from backline.findings.ground import Dropped
from backline.settings import Ignore


def apply(
    findings: Iterable[Finding], ignores: Sequence[Ignore], today: datetime.date
) -> tuple[list[Finding], list[Dropped], list[str]]:
    return list(findings), [], []


def floors(
    findings: Iterable[Finding], severity: Severity, confidence: Confidence
) -> tuple[list[Finding], list[Dropped]]:
    return list(findings), []
