"""Which changed files are backend code, and in words a user accepts, why or why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from backline.globs import matches
from backline.intake import places
from backline.intake.asides import documentation, looks, test
from backline.intake.backend import backend_code
from backline.intake.candidate import Candidate, Verdict
from backline.intake.change import Change
from backline.intake.configuration import configuration, named
from backline.intake.language import strange_name
from backline.intake.modes import SUBMODULE, SYMLINK
from backline.intake.provenance import ignored_marker, not_by_hand
from backline.intake.web import web_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The decision about one changed file."""

    path: str
    language: str | None
    """Our name (``python``, ``typescript``, ``sql``, ``dockerfile`` …); None when we do not know it."""
    selected: bool
    reason: str
    """Selected: what makes it backend. Not selected: why not. Never empty."""


def select(change: Change, paths: tuple[str, ...] = ()) -> tuple[Choice, ...]:
    """One choice per file of *change*, in its order. *paths*: globs that override our judgement (``_asked_for``)."""
    return tuple(_choose(Candidate(change, file), paths) for file in change.files)


def _choose(it: Candidate, paths: tuple[str, ...]) -> Choice:
    verdict = _no_text(it) or _asked_for(it, paths) or _judged(it)
    return Choice(path=it.file.path, language=it.language, selected=verdict.selected, reason=verdict.reason)


def _no_text(it: Candidate) -> Verdict | None:
    mode = it.file.old_mode if it.file.status == "deleted" else it.file.new_mode
    what = {SYMLINK: "symlink", SUBMODULE: "submodule"}.get(mode)
    binary = it.extension in places.BINARY or (it.file.problem == "binary file" and it.language is None)
    return Verdict(False, what or "binary") if what or binary else None


def _asked_for(it: Candidate, paths: tuple[str, ...]) -> Verdict | None:
    """Patterns without ``!`` are the whole of what is reviewed; with only ``!`` the other files are judged as usual."""
    asked = matches(it.file.path, paths) if paths else None
    if asked is not None:
        return Verdict(asked, "asked for by `paths`" if asked else "excluded by `paths`")
    return Verdict(False, "outside `paths`") if any(not p.startswith("!") for p in paths) else None


def _strange(it: Candidate) -> Verdict | None:
    found = strange_name(it.file.path)
    return Verdict(False, f"not backend: {found}") if found else None


def _unknown(it: Candidate) -> Verdict:
    if not re.fullmatch(r"[a-z0-9_+-]{1,20}", it.extension):
        return Verdict(False, "not backend: no known kind of file")
    return Verdict(False, f"not backend: `.{it.extension}` is no kind of file that we know")


CHECKS: tuple[Callable[[Candidate], Verdict | None], ...] = (
    _strange, not_by_hand, test, named, documentation, looks, web_code, configuration, backend_code, _unknown,
)  # fmt: skip
"""The first that has a verdict decides; one that needs a file's content comes after those that do not."""


def _judged(it: Candidate) -> Verdict:
    verdict = next(found for check in CHECKS if (found := check(it)))
    if verdict.selected and ignored_marker(it):
        return Verdict(True, f"{verdict.reason}; the generated marker that the change brings does not count")
    return verdict
