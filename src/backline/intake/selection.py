"""Which changed files are backend code, and in words a user accepts, why or why not."""

from __future__ import annotations

from dataclasses import dataclass

from backline.globs import matches
from backline.intake.candidate import Candidate, Verdict
from backline.intake.change import Change


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
    """One choice per file of *change*, in its order. *paths*: globs, ``!`` excludes; they override our own judgement."""
    return tuple(_choose(Candidate(change, file), paths) for file in change.files)


def _choose(it: Candidate, paths: tuple[str, ...]) -> Choice:
    verdict = _no_text(it) or _asked_for(it, paths) or _judged(it)
    return Choice(path=it.file.path, language=it.language, selected=verdict.selected, reason=verdict.reason)


def _no_text(it: Candidate) -> Verdict | None:
    mode = it.file.old_mode if it.file.status == "deleted" else it.file.new_mode
    what = {"120000": "symlink", "160000": "submodule"}.get(mode)
    return Verdict(False, what) if what else None


def _asked_for(it: Candidate, paths: tuple[str, ...]) -> Verdict | None:
    """With only ``!`` patterns the files that none of them names are judged as usual."""
    asked = matches(it.file.path, paths) if paths else None
    if asked is not None:
        return Verdict(asked, "asked for by `paths`" if asked else "excluded by `paths`")
    return Verdict(False, "outside `paths`") if any(not p.startswith("!") for p in paths) else None


def _judged(it: Candidate) -> Verdict:
    if any(part in ("test", "tests", "__tests__", "spec") for part in it.parts) or "test" in it.name.split("_"):
        return Verdict(False, "test")
    if it.language in ("markdown", "html", "css", "json", "xml", "toml", None):
        return Verdict(False, "documentation" if it.language == "markdown" else "not backend code")
    return Verdict(True, f"backend: {it.language} code")
