"""What earlier runs reviewed: digests of hunks, not of commits, so that a rebase without change is no change."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backline import wire
from backline.errors import RequestError
from backline.finding import Finding, Source
from backline.intake import marker
from backline.intake.change import Change
from backline.intake.diff import FileDiff

DIGEST = 16
"""Hex digits of one hunk's digest."""
MAX_HUNKS = 20_000
MAX_STATE = 4_000_000
"""Bytes of a state that is unpacked at all: a small comment can hold a huge one."""
ALL = "*"
_AROUND = len(marker.write(marker.STATE, data="-"))
_LEFT_OUT = {"suggestion": None, "earlier": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the summary comment carries from one run to the next."""

    hunks: tuple[str, ...] = ()
    depends: str = ""
    """What the review of those hunks depended on besides the code, as one digest behind the engine's name."""
    findings: tuple[Finding, ...] = ()
    """What stood at the end of that run, or was silenced by people."""
    told: tuple[str, ...] = ()
    """Fingerprints of findings that were told, but are too many to be carried whole; `ALL` when even these are."""
    due: tuple[str, ...] = ()
    """Fingerprints that belong on a line, but GitHub did not take them then."""
    refuted: tuple[str, ...] = ()
    """Claims (source and fingerprint) that the second look refuted: they stay so while their hunks are as they were."""
    shown: str = ""
    """Digest of what the summary says, to tell whether it must be written again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A change in two: what nobody has reviewed yet, and what is as it was."""

    change: Change
    """The same change; files keep only their new hunks, files without one are not in it."""
    unchanged: frozenset[str]
    """Paths of the files all of whose hunks were reviewed before."""
    depends: str
    digests: Mapping[str, tuple[str, ...]]
    """Path → digests of all of its hunks, in order."""


def depends(engine: str, parts: Sequence[str]) -> str:
    """One digest of what a review depends on besides the code (agents, rules, settings, version), behind the engine."""
    return f"{engine} " + hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:DIGEST]


def digests(file: FileDiff, depends: str) -> tuple[str, ...]:
    """One digest per hunk; a file without hunks (renamed, binary, mode) has one of its own.

    Line numbers are no part of it. Equal hunks of a file are counted: a reviewed one, pasted once more, is new.
    """
    name = file.path.encode("utf-8", "surrogateescape")
    if not file.hunks:
        whole = (file.old_path, file.status, file.old_mode, file.new_mode, file.new_oid, file.problem)
        return (_digest(depends, name, repr(whole).encode()),)
    seen: Counter[bytes] = Counter()
    made = []
    for hunk in file.hunks:
        text = "".join(f"{line.kind}{line.text}\n" for line in hunk.lines).encode("utf-8", "surrogateescape")
        made.append(_digest(depends, name, text, str(seen[text]).encode()))
        seen[text] += 1
    return tuple(made)


def _digest(depends: str, *parts: bytes) -> str:
    made = hashlib.sha256(depends.encode())
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()[:DIGEST]


def split(change: Change, earlier: Collection[str], depends: str) -> Split:
    """*change* without the hunks whose digests are among *earlier*."""
    known = frozenset(earlier)
    made = {file.path: digests(file, depends) for file in change.files}
    kept, unchanged = [], set()
    for file in change.files:
        fresh = [digest not in known for digest in made[file.path]]
        if not any(fresh):
            unchanged.add(file.path)
        elif file.hunks:
            hunks = tuple(hunk for hunk, new in zip(file.hunks, fresh, strict=True) if new)
            kept.append(replace(file, hunks=hunks))
        else:
            kept.append(file)
    return Split(
        change=replace(change, files=tuple(kept)), unchanged=frozenset(unchanged), depends=depends, digests=made
    )


def remembered(digests: Mapping[str, Sequence[str]], failed: Collection[str]) -> tuple[str, ...]:
    """The digests that the next run may skip: of every file but those without a full answer."""
    return tuple(sorted({digest for path, made in digests.items() if path not in failed for digest in made}))


def pack(state: State, room: int) -> str:
    """The marker line that carries *state* in at most *room* characters.

    Too much of it gives way in this order: the prose of findings; the rules' findings but for their fingerprints,
    because rules raise them again by themselves; at last the hunks. Without hunks the next run reviews all again: that
    costs money, but loses nothing, and nothing is posted twice.
    """
    for smaller in _smaller(state):
        data = _packed(smaller)
        if len(data) <= min(room - _AROUND, marker.LONGEST_VALUE):
            return marker.write(marker.STATE, data=data)
    return marker.write(marker.STATE)


def _smaller(state: State) -> Iterator[State]:
    yield state
    brief = replace(state, findings=tuple(replace(each, body=each.title) for each in state.findings))
    yield brief
    told = tuple(each.fingerprint for each in state.findings)
    of_agents = tuple(each for each in brief.findings if each.source is not Source.RULES)
    yield replace(brief, findings=of_agents, told=told)
    yield State(told=told, due=state.due, shown=state.shown)
    yield State(told=(ALL,), shown=state.shown)


def _packed(state: State) -> str:
    findings = [{k: v for k, v in wire.plain(each).items() if k not in _LEFT_OUT} for each in state.findings]
    told, due, refuted = " ".join(state.told), list(state.due), list(state.refuted)
    data = {"v": 1, "shown": state.shown, "depends": state.depends, "told": told, "due": due, "refuted": refuted}
    data["findings"] = findings
    text = json.dumps(data, separators=(",", ":")).encode()
    hunks = b"".join(bytes.fromhex(digest) for digest in sorted(set(state.hunks))[:MAX_HUNKS])
    packed = zlib.compress(len(text).to_bytes(4, "big") + text + hunks, 9)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def unpack(body: str) -> State:
    """The state that a summary comment carries in its last line; an empty one when it carries none that is whole."""
    found = marker.last(body)
    if found is None or found.kind != marker.STATE:
        return State()
    try:
        return _read(_unpacked(found.values.get("data", "")))
    except (ValueError, RequestError, KeyError, TypeError, zlib.error, binascii.Error):
        return State()


def _unpacked(text: str) -> bytes:
    stream = zlib.decompressobj()
    data = stream.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), MAX_STATE)
    if not stream.eof:
        raise ValueError("larger than a state can be")
    return data


def _read(data: bytes) -> State:
    end = 4 + int.from_bytes(data[:4], "big")
    values = wire.parse(data[4:end].decode(), "state", MAX_STATE)
    if values["v"] != 1 or (len(data) - end) % (DIGEST // 2):
        raise ValueError("another version's state")
    half = DIGEST // 2
    return State(
        hunks=tuple(data[at : at + half].hex() for at in range(end, len(data), half)),
        findings=tuple(_finding(each) for each in values["findings"]),
        depends=wire.read(str, values.get("depends", ""), "state.depends"),
        told=tuple(wire.read(str, values.get("told", ""), "state.told").split()),
        due=wire.read(tuple[str, ...], values["due"], "state.due"),
        refuted=wire.read(tuple[str, ...], values["refuted"], "state.refuted"),
        shown=wire.read(str, values["shown"], "state.shown"),
    )


def _finding(values: dict[str, Any]) -> Finding:
    found: Finding = wire.read(Finding, {**values, **_LEFT_OUT}, "state.findings")
    if found.start_line > found.line:
        raise ValueError("start_line stands after line")
    return found
