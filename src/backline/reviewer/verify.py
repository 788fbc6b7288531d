"""The second look: a fresh conversation tries to refute each finding. It adds none, and its failure confirms none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from backline.finding import Finding, Side
from backline.intake.change import Change
from backline.intake.selection import Choice
from backline.progress import Progress, silent
from backline.reviewer import prompt
from backline.reviewer.budget import SYSTEM_CLOCK, Budget, Options, fallback
from backline.reviewer.claims import Claims, places
from backline.reviewer.context import manifest
from backline.reviewer.conversation import Conversation, Setting
from backline.reviewer.finder import TOO_MUCH
from backline.reviewer.lookup import ChangedOnly, Files, Tree
from backline.reviewer.model import Block, Clock, Failed, Model, Usage
from backline.reviewer.parallel import Began, Job, run_all
from backline.reviewer.reply import Evidence, Malformed, line_of, rows, schema_object
from backline.reviewer.tools import DEFINITIONS, Toolbox
from backline.visible import mask, show, show_line

MOST_AT_ONCE = 6
"""Findings in one conversation: more of them get less attention each."""
MOST_REASON = 1_000

NO_EVIDENCE: Mapping[str, Sequence[Evidence]] = MappingProxyType({})

CONFIRMED, REFUTED, UNSURE = "confirmed", "refuted", "unsure"
_OPTIONAL = {"anyOf": [{"type": "string"}, {"type": "null"}]}
VERDICTS_SCHEMA = schema_object({"verdicts": {"type": "array", "items": schema_object({
    "id": {"type": "string"}, "verdict": {"type": "string", "enum": [CONFIRMED, REFUTED, UNSURE]},
    "reason": {"type": "string"}, "path": _OPTIONAL, "line": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
})}})  # fmt: skip
_KEYS = frozenset(VERDICTS_SCHEMA["properties"]["verdicts"]["items"]["required"])


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: str
    """confirmed | refuted | unsure; refuted always has a place that exists."""
    reason: str
    path: str | None = None
    line: int | None = None

    @property
    def suggestion_fails(self) -> bool:
        """Its reason says so in the words that the prompt asks for: the claim may stand without its fix."""
        return self.reason.lower().startswith("suggestion fails:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Each finding is in ``verdicts`` or in ``failures``, by fingerprint."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()

    def __add__(self, other: Verdicts) -> Verdicts:
        return Verdicts(
            verdicts={**self.verdicts, **other.verdicts},
            failures={**self.failures, **other.failures},
            usage=self.usage + other.usage,
            notes=tuple(dict.fromkeys(self.notes + other.notes)),
        )


def second_look(
    change: Change,
    findings: Sequence[Finding],
    options: Options,
    model: Model,
    *,
    choices: Sequence[Choice] = (),
    evidence: Mapping[str, Sequence[Evidence]] = NO_EVIDENCE,
    progress: Progress = silent,
    clock: Clock = SYSTEM_CLOCK,
    tree: Tree | None = None,
    budget: Budget | None = None,
) -> Verdicts:
    """A verdict or a failure for each of *findings*. Leave out what nobody may refute (leads that guard the review).

    *evidence*, by fingerprint, is what the finder named and nobody has looked at yet.
    """
    budget = budget or Budget(options, clock)
    budget.check(options.model)
    files = Files(tree or ChangedOnly(change), change.blobs)
    exist = {f.fingerprint: places(evidence.get(f.fingerprint, ()), files) for f in findings}
    text = Claims(change=change, choices=choices, places=exist, files=files).text
    batches = _batches(findings)
    head = manifest(change, choices)
    mark = prompt.mark_for([*map(text, batches), head])
    preamble = prompt.preamble(mark, head)
    look = Look(model=model, budget=budget, files=files, mark=mark, preamble=preamble, text=text)
    progress("second look", 0, len(findings))
    jobs = [Job(partial(look.judge, batch), 0 if number else None) for number, batch in enumerate(batches)]
    total = sum(run_all(jobs, options.workers), Verdicts())
    progress("second look", len(findings), len(findings))
    return total


def _batches(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings of one file together, not too many at once."""
    batches: list[list[Finding]] = []
    for finding in sorted(findings, key=lambda f: (f.path, f.line)):
        if not batches or len(batches[-1]) >= MOST_AT_ONCE:
            batches.append([])
        batches[-1].append(finding)
    return batches


@dataclass(frozen=True, kw_only=True)
class Look:
    model: Model
    budget: Budget
    files: Files
    mark: str
    preamble: str
    text: Callable[[Sequence[Finding]], str]

    def judge(self, batch: Sequence[Finding], began: Began) -> Verdicts:
        return self._judge(batch, self.budget.options.model, began)

    def _judge(self, batch: Sequence[Finding], name: str, began: Began) -> Verdicts:
        """Refused or too much: half of it at a time; a single finding that is refused goes to the other model."""
        failed, looked = self._converse(batch, name, began)
        if failed is None:
            return looked
        other = fallback(self.budget.options, name)
        if failed.reason in ("refused", *TOO_MUCH) and len(batch) > 1:
            middle = len(batch) // 2
            return looked + self._judge(batch[:middle], name, began) + self._judge(batch[middle:], name, began)
        if failed.reason == "refused" and other:
            return looked + self._judge(batch, other, began)
        note = f"second look: {failed.reason}: {failed.detail}".rstrip(": ")
        return looked + Verdicts(failures={f.fingerprint: failed.reason for f in batch}, notes=(note,))

    def _converse(self, batch: Sequence[Finding], name: str, began: Began) -> tuple[Failed | None, Verdicts]:
        framed = prompt.framer(self.mark)
        if ended := self.budget.ended():
            return Failed(reason=ended), Verdicts()
        asked = f"Judge the {len(batch)} claim(s) above: one verdict for each id."
        toolbox = Toolbox(self.files, tuple(DEFINITIONS), self.budget.clock)
        opening: list[Block] = prompt.opening(self.preamble, framed(self.text(batch)), asked)
        talk = Conversation(self._setting(name), toolbox, opening, framed, began)
        ids = {str(number): finding.fingerprint for number, finding in enumerate(batch, 1)}
        answer = talk.answer(partial(_read, ids, self.files))
        if isinstance(answer, Failed):
            return answer, Verdicts(usage=talk.usage)
        missing = {print_: "no verdict" for print_ in ids.values() if print_ not in answer}
        return None, Verdicts(verdicts=answer, failures=missing, usage=talk.usage, notes=_failing_fixes(batch, answer))

    def _setting(self, name: str) -> Setting:
        options = self.budget.options
        return Setting(
            model=self.model, budget=self.budget, name=name, effort=options.effort,
            system=prompt.verifier_system(), schema=VERDICTS_SCHEMA,
        )  # fmt: skip


def _failing_fixes(batch: Sequence[Finding], answer: Mapping[str, Verdict]) -> tuple[str, ...]:
    """What `judge` takes away from a finding that stands is said."""
    judged = [(f, answer[f.fingerprint]) for f in batch if f.suggestion and f.fingerprint in answer]
    failing = [(f, verdict) for f, verdict in judged if verdict.suggestion_fails]
    return tuple(f"suggestion left out at {show_line(f.path)}:{f.line}: {verdict.reason}" for f, verdict in failing)


def _read(ids: Mapping[str, str], files: Files, text: str) -> dict[str, Verdict]:
    """Verdicts by fingerprint. An id that was not asked about is nothing; two verdicts on one that differ are none."""
    found: dict[str, Verdict] = {}
    for row in rows(text, "verdicts"):
        number = row.get("id") if isinstance(row, dict) else None
        if not isinstance(number, str) or number not in ids or row.keys() != _KEYS:
            continue
        verdict, print_ = _verdict(row, files), ids[number]
        if verdict is None:
            continue
        if print_ in found and found[print_].verdict != verdict.verdict:
            verdict = Verdict(UNSURE, "the second look contradicted itself")
        found[print_] = verdict
    if ids and not found:
        raise Malformed("no verdict on any of the ids")
    return found


def _verdict(row: Mapping[str, Any], files: Files) -> Verdict | None:
    word, reason = row["verdict"], row["reason"]
    if word not in (CONFIRMED, REFUTED, UNSURE) or not isinstance(reason, str) or not reason.strip():
        return None
    reason = " ".join(show(mask(reason[:MOST_REASON])).split())
    path, line = _place(row, files)
    if word == REFUTED and path is None:
        return Verdict(UNSURE, f"refuted without a place that exists: {reason}")
    return Verdict(word, reason, path, line)


def _place(row: Mapping[str, Any], files: Files) -> tuple[str, int] | tuple[None, None]:
    path = row["path"]
    try:
        line = line_of(row)
    except ValueError:
        return None, None
    exists = isinstance(path, str) and any(line <= files.line_count(path, side) for side in Side)
    return (path, line) if exists else (None, None)
