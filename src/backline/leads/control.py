"""Files that steer tools: agent instructions, our configuration, git's own files; links and names that deceive."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from backline.finding import Side
from backline.globs import matches
from backline.intake.change import Change
from backline.intake.diff import FileDiff, added, removed
from backline.intake.modes import SUBMODULE, SYMLINK
from backline.intake.text import SOURCE_SUFFIXES
from backline.leads.guard import guard_lead
from backline.leads.lead import Lead
from backline.leads.lookalike import reads_as
from backline.visible import ODD, kind, show_line

_AGENTS = re.compile(
    r"(?:^|/)(?:(?:claude(?:\.local)?|agents?|gemini)\.md|\.(?:cursor|windsurf|cline|roo)rules|\.?mcp\.json|\.aider\.conf\.yml)$"
    r"|(?:^|/)\.(?:claude|gemini|cursor|codex|continue|windsurf|clinerules|roo|kiro|junie|amazonq)/"
    r"|^\.github/(?:copilot-instructions\.md$|instructions/|prompts/|agents/|chatmodes/)"
)
_OURS = re.compile(r"^\.github/backline(?:\.ya?ml$|/)")
_NOTED = {
    "workflows and actions": r"^\.github/(?:workflows|actions)/|(?:^|/)(?:action\.ya?ml|jenkinsfile)$"
    r"|^\.gitlab-ci\.yml$|^\.circleci/",
    "code that runs on install, start or test": r"(?:^|/)(?:setup|conftest|sitecustomize|usercustomize|noxfile)\.py$"
    r"|\.pth$",
    "lock files": r"(?:^|/)(?:[^/]+\.lockb?|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum)$",
    "tool settings": r"(?:^|/)(?:\.npmrc|\.yarnrc(?:\.yml)?|pip\.conf|\.pre-commit-config\.yaml|codeowners)$"
    r"|^\.github/dependabot\.yml$",
    "git's own files": r"(?:^|/)\.(?:gitattributes|gitmodules|lfsconfig)$",
}
_MODULE_URL = re.compile(r"\s*(?:url\s*=\s*[\"']?\s*(?:ext::|fd::|file:|-)|path\s*=\s*[\"']?\s*-|update\s*=\s*!)", re.I)
_LFS = re.compile(r"\s*(?:(?:lfs|push)?url|path|args|standalonetransferagent)\s*=", re.I)
_ATTRIBUTE = re.compile(
    r"\s*(\S+)\s.*?(-diff|binary|linguist-(?:generated|vendored)(?!=false|=0)|filter=(?!lfs\b)\S+)(?!\S)"
)
_POINTER = "version https://git-lfs.github.com/spec/"
_ODD_IN_NAME = re.compile(rf"{ODD.pattern}|[\n\t]")
_CODE = SOURCE_SUFFIXES - {".json", ".html"}
_MOST_NAMES = 5


def control_files(change: Change) -> tuple[list[Lead], list[str]]:
    """Leads for what steers a reviewer or leaves the repository; notes for the receipt on the other control files."""
    leads = [lead for file in change.files for lead in _of_file(change, file)]
    notes = [f"changed {what}: {_names(found)}" for what, found in _noted(change).items() if found]
    moved = [file.path for file in change.files if SUBMODULE in (file.old_mode, file.new_mode)]
    return leads, [*notes, *([f"submodules changed, not fetched: {_names(moved)}"] if moved else [])]


def _noted(change: Change) -> dict[str, list[str]]:
    return {what: [f.path for f in change.files if re.search(rule, f.path.lower())] for what, rule in _NOTED.items()}


def _names(paths: list[str]) -> str:
    more = f" and {len(paths) - _MOST_NAMES} more" if len(paths) > _MOST_NAMES else ""
    return ", ".join(show_line(path) for path in paths[:_MOST_NAMES]) + more


def _of_file(change: Change, file: FileDiff) -> Iterator[Lead]:
    for rule, pattern in (("guard.agent-instructions", _AGENTS), ("guard.review-configuration", _OURS)):
        if any(pattern.search(path.lower()) for path in (file.path, file.old_path or "")):
            yield _lead(file, rule, f"a change of {show_line(file.path)}")
    name = posixpath.basename(file.path)
    if file.new_mode == SYMLINK:
        yield from _symlink(change, file)
    elif name == ".gitmodules":
        yield from _lines(file, _MODULE_URL, "guard.submodule-url")
    elif name == ".lfsconfig":
        yield from _lines(file, _LFS, "guard.lfs-url")
    elif name == ".gitattributes":
        yield from _attributes(change, file)
    elif added(file).get(1, "").startswith(_POINTER) and PurePosixPath(file.path).suffix.lower() in _CODE:
        yield _lead(file, "guard.lfs-pointer", "a pointer where the code was", 1)
    yield from _name(file)


def _symlink(change: Change, file: FileDiff) -> Iterator[Lead]:
    data = change.blobs.read(file.new_oid) if file.new_oid else None
    target = data.decode("utf-8", "surrogateescape") if data else next(iter(added(file).values()), "")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target.replace("\\", "/")))
    outside = path.startswith(("/", "../")) or path == ".." or target[1:2] == ":"
    if outside or ".git" in path.lower().split("/"):
        yield _lead(file, "guard.symlink", f"a link to {show_line(target[:200])}")


def _lines(file: FileDiff, pattern: re.Pattern[str], rule: str) -> Iterator[Lead]:
    for number, line in added(file).items():
        if pattern.match(line[:1000]):
            yield _lead(file, rule, show_line(line[:200].strip()), number)


def _attributes(change: Change, file: FileDiff) -> Iterator[Lead]:
    """Only what hides source of this very change, and filters: generated files are marked with good reason."""
    sources = [f.path for f in change.files if PurePosixPath(f.path).suffix.lower() in _CODE]
    for number, line in added(file).items():
        found = _ATTRIBUTE.match(line[:1000])
        if not found or found[1].startswith("#"):
            continue
        hidden = [path for path in sources if matches(path, [found[1]])]
        if hidden or found[2].startswith("filter="):
            where = _names(hidden) if hidden else show_line(found[1])
            yield _lead(file, "guard.git-attributes", f"{show_line(found[2])} applies to {where}", number)


def _name(file: FileDiff) -> Iterator[Lead]:
    twin = reads_as(PurePosixPath(file.path).suffix)
    if any(kind(char) != "surrogate" for run in _ODD_IN_NAME.findall(file.path) for char in run):
        why = "holds invisible or control characters"
    elif twin:
        why = f"ends in letters that only look like {twin}"
    else:
        return
    yield _lead(file, "guard.file-name", f"{show_line(file.path[-200:])} {why}")


def _lead(file: FileDiff, rule: str, found: str, line: int | None = None) -> Lead:
    """At *line*, else at the first changed line; a change without lines (mode, binary) counts as line 1."""
    new, old = added(file), removed(file)
    side = Side.LEFT if old and not new and not line else Side.RIGHT
    at = line or min(new or old or [1])
    return guard_lead(rule, file.path, (at, at), found, side=side)
