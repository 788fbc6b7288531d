"""What was raised on earlier pushes: what still stands, what is gone from the code, what people have silenced."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from backline.finding import Finding, Side, Source, claim
from backline.findings.anchor import QUOTE_LIMIT
from backline.findings.quote import MARK, OLD_CODE, Place, locate, stands, trimmed
from backline.findings.sources import Page, Sources
from backline.findings.weakness import family
from backline.intake.state import ALL, State
from backline.intake.threads import SILENT, Standing, Thread, said

SILENCED = "resolved or dismissed on the pull request"
NOT_IN_CHANGE = "raised earlier; its file is not in the change any more"
NOT_TOUCHED = "raised earlier; the change does not touch this code any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    findings: tuple[Finding, ...]
    """Fresh ones and earlier ones that still stand (``earlier``), each identity once."""
    addressed: tuple[str, ...]
    """Fingerprints of earlier findings whose quoted code is gone from the head."""
    aside: tuple[tuple[Finding, str], ...]
    """What does not count, with the reason."""


def settle(
    fresh: Sequence[Finding],
    sources: Sources,
    state: State,
    threads: Sequence[Thread],
    head_paths: Collection[str] | None = None,
    refuted: Collection[str] = (),
) -> Settled:
    """*fresh* findings beside those of earlier runs. *sources* knows the whole change, not only its new hunks.

    *head_paths*: every path of the head. A file that is neither there nor in the change has gone with its findings.
    *refuted*: claims that the second look has refuted by now; they do not stand because they stood before.
    """
    known = {old.fingerprint: old for old in state.findings}
    raised, told = {new.fingerprint for new in fresh}, frozenset(state.told)
    silent = [new for new in fresh if said(new, threads) in SILENT]
    kept = [_marked(new, known, _was_told(new, told, threads)) for new in fresh if new not in silent]
    reworded = [new for new in kept if new.fingerprint not in known]
    addressed: list[str] = []
    aside = [(new, SILENCED) for new in silent]
    for old in state.findings:
        if old.fingerprint in raised or claim(old) in refuted or said(old, threads) in SILENT:
            continue
        found = still(old, sources, head_paths)
        if found is None:
            addressed.append(old.fingerprint)
        elif isinstance(found, str):
            aside.append((old, found))
        elif not any(_overlaps(found, new) for new in reworded):
            kept.append(found)
    known_to_be = raised | known.keys()
    orphans = [t for t in threads if t.standing is Standing.OPEN and t.fingerprint not in known_to_be]
    addressed += [thread.fingerprint for thread in orphans if _is_gone(thread, sources, head_paths)]
    return Settled(findings=tuple(kept), addressed=tuple(dict.fromkeys(addressed)), aside=tuple(aside))


def _was_told(new: Finding, told: Collection[str], threads: Sequence[Thread]) -> bool:
    return said(new, threads) is not None or new.fingerprint in told or ALL in told


def _marked(new: Finding, known: Mapping[str, Finding], told: bool) -> Finding:
    """A rule raises again what an agent has judged: the agent's words and its second look stand."""
    old = known.get(new.fingerprint)
    if old and old.source is Source.CLAUDE and new.source is Source.RULES:
        return replace(old, start_line=new.start_line, line=new.line, quote=new.quote, suggestion=None, earlier=True)
    return replace(new, earlier=True) if old or told else new


def still(old: Finding, sources: Sources, head_paths: Collection[str] | None = None) -> Finding | str | None:
    """*old* where its quote stands now; None when it is gone; a reason when it is no longer this change's business.

    Gone is said by evidence alone: the file is gone, or was read and does not hold the quote.
    """
    if old.path not in sources.files:
        return None if head_paths is not None and old.path not in head_paths else NOT_IN_CHANGE
    standing = replace(old, earlier=True, suggestion=None)
    page = sources.page(old.path, old.side)
    if len(old.quote) >= QUOTE_LIMIT or _unread(page):
        return standing  # The quote was cut, or there is nothing to look in: no evidence.
    place = locate(sources, old.path, old.quote, old.start_line)
    if isinstance(place, Place) and place.page.side is old.side:
        return replace(standing, start_line=place.start_line, line=place.line)
    if place == OLD_CODE and old.side is Side.RIGHT:
        return NOT_TOUCHED
    start = _start(page, trimmed(old.quote))
    return replace(standing, start_line=start, line=start + old.line - old.start_line) if start else None


def _is_gone(thread: Thread, sources: Sources, head_paths: Collection[str] | None) -> bool:
    """For a thread of which the state says nothing: the summary was not written then, or the edit failed since."""
    if thread.path not in sources.files:
        return head_paths is not None and thread.path not in head_paths
    page = sources.page(thread.path, thread.side)
    return bool(MARK.fullmatch(thread.code)) and not _unread(page) and not stands(page, thread.code)


def _unread(page: Page) -> bool:
    oid = page.file.new_oid if page.side is Side.RIGHT else page.file.old_oid
    return page.text is None and oid is not None


def _start(page: Page, wanted: Sequence[str]) -> int | None:
    """The first place of the quote on its own side; on the LEFT one that is still removed."""
    for number in page.places.get(wanted[0], ()):
        if page.side is Side.LEFT and number not in page.changed:
            continue
        if all(page.shown.get(number + i, "").strip() == line for i, line in enumerate(wanted)):
            return number
    return None


def _overlaps(old: Finding, new: Finding) -> bool:
    alike = (old.path, old.category, old.side) == (new.path, new.category, new.side)
    same = family(old.cwe) == family(new.cwe) or not (old.cwe and new.cwe)
    return alike and same and old.start_line <= new.line and new.start_line <= old.line
