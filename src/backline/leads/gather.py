"""All leads of a change, file by file: rules on selected files, guards of the review on every changed file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backline.errors import FileProblem
from backline.finding import Side
from backline.intake.change import Change, Text, text_of
from backline.intake.diff import FileDiff, added, as_text, hunk_lines
from backline.intake.selection import Choice
from backline.intake.syntax import parse
from backline.leads import addressed, control, hidden, linters, removed, rules, secrets
from backline.leads.fanout import fan_out
from backline.leads.lead import Lead
from backline.leads.rule import Rule
from backline.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    leads: tuple[Lead, ...]
    problems: dict[str, str]
    """Path → why its rules could not run."""
    notes: tuple[str, ...]


def gather(change: Change, choices: Sequence[Choice], team: Sequence[Rule], progress: Progress) -> Gathered:
    """*choices* stand in the order of ``change.files``; *team* are a team's own rules."""
    leads, notes = control.control_files(change)
    found, problems, suppressed = list(leads), {}, 0
    with fan_out(change, choices, team) as elsewhere, linters.beside(change, choices, progress=progress) as linted:
        for done, (file, choice) in enumerate(zip(change.files, choices, strict=True), 1):
            try:
                found.extend(_of_file(change, file, choice, None if elsewhere else team))
            except FileProblem as problem:
                problems[file.path] = str(problem)
            suppressed += len(addressed.suppressions(file))
            progress("rules", done, len(choices), file.path)
        for path, hits in (elsewhere.result() if elsewhere else {}).items():
            if isinstance(hits, FileProblem):
                problems[path] = str(hits)
            else:
                found.extend(hits)
        hits_of_linters, said = linted()
    if suppressed:
        notes = [*notes, f"suppression comments added by this change, none of them honoured here: {suppressed}"]
    return Gathered(leads=(*found, *hits_of_linters), problems=problems, notes=(*notes, *said))


def _of_file(change: Change, file: FileDiff, choice: Choice, team: Sequence[Rule] | None) -> Iterator[Lead]:
    """All leads of one file; without those of rules when *team* is None: other processes look for them."""
    head, base = text_of(change, file, Side.RIGHT), _base_text(change, file)
    yield from secrets.find(file, head.text if head else None)
    yield from hidden.find(file, head.text if head else None, base.text if base else None)
    if not choice.selected or not choice.language:
        return
    text = head.text if head else as_text(hunk_lines(file, Side.RIGHT))  # With a patch alone: its hunks.
    if text and team is not None:
        yield from rules.find(text, choice.language, file.path, added(file), team=team)
    if base or _removes(file):
        trees = [parse(side.text, choice.language) if side else None for side in (base, head)]
        yield from removed.find(file, trees[0], trees[1], choice.language)


def _base_text(change: Change, file: FileDiff) -> Text | None:
    """Needed only where something was taken away."""
    return text_of(change, file, Side.LEFT) if _removes(file) else None


def _removes(file: FileDiff) -> bool:
    return any(line.kind == "-" for hunk in file.hunks for line in hunk.lines)
