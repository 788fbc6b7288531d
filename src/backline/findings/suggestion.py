"""Suggestions: kept only when they apply to the head blob and parse there; the finding stays in any case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from backline.finding import Finding, Side, Source, Suggestion
from backline.findings import harmless, parses
from backline.findings.ground import Sources
from backline.findings.sources import Page

LINES_LIMIT = 30
LENGTH_LIMIT = 5_000
FILE_LIMIT = 500_000
"""Characters of a file that is still parsed for one suggestion: about a second at worst."""
TOTAL_LIMIT = 3_000_000
"""Characters of all files parsed for the suggestions of one review."""

# What decides which code runs, or whose: a click on "commit suggestion" is no place to change that.
_PIPELINES = {
    "action.yml",
    "action.yaml",
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    "jenkinsfile",
    "bitbucket-pipelines.yml",
}
_DEPENDENCIES = {
    "package.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "package-lock.json", "pyproject.toml", "pipfile",
    "setup.py", "setup.cfg", "go.mod", "go.sum", "pom.xml", "build.gradle", "build.gradle.kts", "gemfile",
    "composer.json", "cargo.toml", "packages.lock.json", "packages.config", "bun.lockb",
}  # fmt: skip


def apply(lines: Sequence[str], suggestion: Suggestion) -> list[str]:
    """The file's *lines* with the suggestion in place of its range."""
    new = suggestion.replacement.split("\n")
    return [*lines[: suggestion.start_line - 1], *new, *lines[suggestion.line :]]


def check(sources: Sources, finding: Finding) -> tuple[Finding, str | None]:
    """*finding* with its suggestion as the file ends its lines, or without it and with a note that says why."""
    if finding.suggestion is None:
        return finding, None
    page = sources.page(finding.path, Side.RIGHT)
    if page.text is None and page.file.new_oid is None:
        return replace(finding, suggestion=None), None  # A patch alone: there never are suggestions.
    suggestion = _as_the_file_ends_lines(page, finding.suggestion)
    for objection in _OBJECTIONS:
        if why := objection(page, finding, suggestion):
            return without(finding, why)
    return replace(finding, suggestion=suggestion), None


def check_all(
    sources: Sources, findings: Iterable[Finding], limit: int = TOTAL_LIMIT
) -> list[tuple[Finding, str | None]]:
    """`check` for each, with a bound on what is parsed in all."""
    checked: list[tuple[Finding, str | None]] = []
    spent = 0
    for finding in findings:
        if finding.suggestion:
            spent += len(sources.page(finding.path, Side.RIGHT).text or "")
        if finding.suggestion and spent > limit:
            checked.append(without(finding, "too many suggestions in large files to check them all"))
        else:
            checked.append(check(sources, finding))
    return checked


def without(finding: Finding, why: str) -> tuple[Finding, str]:
    return replace(finding, suggestion=None), f"suggestion left out at {finding.path}:{finding.line}: {why}"


def _as_the_file_ends_lines(page: Page, suggestion: Suggestion) -> Suggestion:
    """CRLF where the replaced lines have it: a model is not shown line ends and cannot keep them."""
    bare = suggestion.replacement.replace("\r\n", "\n").removesuffix("\r")
    last = page.lines.get(suggestion.line, "").endswith("\r")
    inner = page.lines.get(suggestion.start_line, "").endswith("\r")
    if suggestion.start_line == suggestion.line == len(page.lines) > 1:
        inner = page.lines.get(suggestion.line - 1, "").endswith("\r")  # The last line may have no end of its own.
    text = bare.replace("\n", "\r\n") if inner else bare
    return replace(suggestion, replacement=f"{text}\r" if last else text)


def _range(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    start, line = suggestion.start_line, suggestion.line
    if page.text is None:
        return "the file is too large or missing"
    if finding.side is Side.LEFT:
        return "removed lines cannot be replaced"
    if not 1 <= start <= line <= len(page.lines):
        return "its lines are not in the file"
    if start > finding.line or line < finding.start_line:
        return "it replaces other lines than the finding is about"
    return None


def _hunk(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    start, line = suggestion.start_line, suggestion.line
    if not page.in_hunk(start, line):
        return "its lines are not in one hunk"
    between = False
    for hunk in page.file.hunks:
        for row in hunk.lines:
            between = start <= row.new < line if row.new else between
            if between and row.kind == "-":
                return "removed lines stand between those that it replaces"  # GitHub does not commit such a one.
    return None


def _size(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    new = suggestion.replacement
    if max(new.count("\n") + 1, suggestion.line - suggestion.start_line + 1) > LINES_LIMIT or len(new) > LENGTH_LIMIT:
        return f"more than {LINES_LIMIT} lines or {LENGTH_LIMIT} characters"
    return "the file is too large to check it" if len(page.text or "") > FILE_LIMIT else None


def _change(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    old = "\n".join(page.lines[n] for n in range(suggestion.start_line, suggestion.line + 1))
    if not suggestion.replacement.strip():
        return "it only deletes lines"  # Whether GitHub commits an empty block is not documented.
    return "it changes nothing" if old == suggestion.replacement else None


def _ends(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    numbers = range(suggestion.start_line, suggestion.line + 1)
    ends = {page.lines[n].endswith("\r") for n in numbers if n < len(page.lines) or (page.text or "").endswith("\n")}
    return "the lines that it replaces end in different ways" if len(ends) > 1 else None


def _place(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    path = page.file.path.casefold()
    name = PurePosixPath(path).name
    if path.startswith((".github/", ".circleci/")) or name in _PIPELINES:
        return "it edits a workflow"
    if (
        name in _DEPENDENCIES
        or name.endswith((".lock", ".csproj"))
        or (name.endswith(".txt") and "requirements" in name)
    ):
        return "it edits the list of dependencies"
    return "the file is not UTF-8" if page.encoding != "utf-8" else None


def _harm(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    return harmless.objection(page, suggestion)


def _syntax(page: Page, finding: Finding, suggestion: Suggestion) -> str | None:
    assert page.text is not None  # _range has looked.
    end = "\n" if page.text.endswith("\n") else ""
    after = "\n".join(apply(list(page.lines.values()), suggestion)) + end
    if page.tree is None:
        proven = finding.source is Source.RULES
        return None if proven else f"there is no grammar for {page.language or 'this file'} that could check it"
    return parses.objection(page.tree, after)


_OBJECTIONS: tuple[Callable[[Page, Finding, Suggestion], str | None], ...] = (
    _range, _hunk, _size, _change, _ends, _place, _harm, _syntax,
)  # fmt: skip
