"""Words on added lines that are meant for whoever reviews: orders to a model, comments that silence a tool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from backline.intake.diff import FileDiff, added

MAGIC_STRING = "ANTHROPIC_MAGIC_STRING_TRIGGER"
_LOOKED_AT = 2000
"""Characters of a line: nobody writes a comment behind them."""

_MACHINE = r"\b(?:ai|llm|automated|claude|copilot|coderabbit|gpt|backline)\b"
_TO_REVIEWER = re.compile(
    r"(?:ignore|disregard|forget) (?:all |any )?(?:of )?(?:the |your |my )?(?:previous|prior|above|earlier|preceding) "
    r"(?:instruction|prompt|rule)"
    rf"|(?:note|message|instructions?|attention|dear|hello|hi)[ :,]{{1,3}}(?:to |for )?(?:the |all |any )?{_MACHINE}"
    r"[\w -]{0,30}(?:review|assistant|agent|bot\b)"
    rf"|{_MACHINE}[ -](?:code )?review(?:er|ers|s)?[ :,]{{1,3}}"
    r"(?:please |you |must |should |do not |don't |never |ignore (?:this|the|all|any)|skip|approve"
    r"|this (?:file|code|change) (?:is|was))"
    r"|\bsystem ?: .{0,40}\breview\b|return .{0,12}findings[\"']? ?: ?\[ ?\]"
    r"|(?:approve|merge) (?:this|the) (?:pr|pull request|mr|merge request)\b.{0,20}(?:without|immediate|automatic)"
    r"|(?:do not|don't|never) (?:report|flag|mention) (?:this|any|these|the) .{0,30}(?:finding|issue|vuln|in review)"
)
_TO_REVIEWER_STEMS = (
    "instruction", "prompt", "rule", "review", "findings", "approve", "merge", "report", "flag", "mention",
)  # fmt: skip
_SUPPRESSION = re.compile(
    r"(?<![\w-])((?:nosec|noqa|nosemgrep|nolint|nosonar)\b|eslint-disable|suppresswarnings|ast-grep-ignore"
    r"|(?:backline|ai-review): ?ignore|rubocop: ?disable|phpcs:(?:ignore|disable)|ts-(?:ignore|nocheck|expect-error)"
    r"|type: ?ignore|pylint: ?disable|checkov:skip|t(?:fsec|rivy):ignore"
    r"|(?:squawk|hadolint|snyk|semgrep|psalm|phpstan|zizmor)[-: ]{1,2}ignore|shellcheck disable|gitleaks:allow"
    r"|allowlist secret|(?:lgtm|codeql) ?\[|pragma warning disable|@generated|do not edit)"
)
_SUPPRESSION_STEMS = (
    "nosec", "noqa", "nosem", "nolint", "nosonar", "disable", "suppress", "ignore", "ts-", "skip", "allow", "lgtm",
    "codeql", "generated", "edit",
)  # fmt: skip


class Words(NamedTuple):
    line: int
    words: str


def to_reviewer(lines: dict[int, str], joined: str) -> Iterator[Words]:
    """Orders to a model. *joined* are the *lines* as one text."""
    return _matches(_TO_REVIEWER, _TO_REVIEWER_STEMS, lines, joined)


def suppressions(file: FileDiff) -> tuple[Words, ...]:
    """Added lines that tell a tool to look away, ``@generated`` included; none of them is honoured here."""
    lines = added(file)
    return tuple(_matches(_SUPPRESSION, _SUPPRESSION_STEMS, lines, "\n".join(lines.values())))


def _matches(pattern: re.Pattern[str], stems: tuple[str, ...], lines: dict[int, str], joined: str) -> Iterator[Words]:
    """Each line is looked at only when it holds a stem: most texts hold none."""
    lowered = joined.lower()
    present = [stem for stem in stems if stem in lowered]
    if not present:
        return
    for number, line in lines.items():
        start = line[:_LOOKED_AT].lower()
        if any(stem in start for stem in present) and (match := pattern.search(start)):
            yield Words(number, match[0][:80])
