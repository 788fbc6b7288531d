"""The guards of the review itself, and what each says. Nobody can refute such a lead."""

from __future__ import annotations

from typing import NamedTuple

from backline.finding import Category, Confidence, Severity, Side
from backline.leads.lead import Lead

_HIGH, _MEDIUM = Severity.HIGH, Severity.MEDIUM


class Guard(NamedTuple):
    severity: Severity
    cwe: str | None
    title: str
    body: str
    """Why it matters and what to do; what was found stands before it."""


GUARDS = {
    "guard.bidi": Guard(
        _HIGH, "CWE-1007", "Bidirectional control reorders what the reader sees",
        'The compiler reads these lines in another order than a person does ("Trojan Source"). Remove the control.'),
    "guard.invisible": Guard(
        _HIGH, "CWE-1007", "Invisible character in code",
        "Two names or strings that look the same are different with it. Remove it, or write it as an escape."),
    "guard.hidden-text": Guard(
        _HIGH, "CWE-506", "Text hidden in invisible code points",
        "Tags and variation selectors in a row carry bytes that no editor shows. Remove them."),
    "guard.line-separator": Guard(
        _MEDIUM, "CWE-1007", "Unusual line separator in code",
        "Some languages and tools end a line here, others do not: code can hide behind a comment. Write an escape."),
    "guard.lone-cr": Guard(
        _HIGH, "CWE-506", "Lone carriage return starts a hidden line",
        "Compilers end the line at it, diffs and many editors do not: what follows runs although it looks like part of "
        "a comment. Use one kind of line end."),
    "guard.nul": Guard(
        _MEDIUM, "CWE-506", "NUL in source",
        "Tools take the file for binary and show no diff of it. Remove the NUL."),
    "guard.control": Guard(
        _MEDIUM, "CWE-150", "Raw control character in code",
        "A terminal that shows this line obeys it. Write it as an escape."),
    "guard.source-encoding": Guard(
        _HIGH, "CWE-506", "Source encoding hides code",
        "With this encoding an escape in a comment or string becomes code when the file is read. Use UTF-8."),
    "guard.unicode-escape": Guard(
        _HIGH, "CWE-506", "Unicode escape changes the code around it",
        "Java translates it before it looks for comments and strings, so what follows is live code. Remove it."),
    "guard.folded-name": Guard(
        _HIGH, "CWE-1007", "Name in styled letters is another name",
        "Python folds such letters, so it means a name that neither search nor review finds. Write it in ASCII."),
    "guard.homoglyph": Guard(
        _HIGH, "CWE-1007", "Word mixes in letters of another script",
        "It looks like a word that it is not equal to. Write it in one script."),
    "guard.review-suppression": Guard(
        _HIGH, "CWE-506", "String that makes a model refuse to review",
        "Its only effect is that automated review of this file stops. Remove it, and review the file by hand."),
    "guard.reviewer-instructions": Guard(
        _MEDIUM, None, "Text speaks to the automated reviewer",
        "Code has no reason to tell its reviewer what to find. Read this change by hand."),
    "guard.secret": Guard(
        _HIGH, "CWE-798", "Committed secret",
        "Whoever can read the repository or its history, now or later, can use it. Revoke it first (a deleted line "
        "stays in the history), then read the new one from the environment or a secret store."),
    "guard.agent-instructions": Guard(
        Severity.LOW, None, "Agent instructions changed",
        "Coding agents obey this file wherever the repository is cloned. Read it as code that runs."),
    "guard.review-configuration": Guard(
        _MEDIUM, None, "Configuration of this review changed",
        "This review used the version of the base commit; the next one will not. Check what it leaves out."),
    "guard.symlink": Guard(
        _HIGH, "CWE-59", "Symbolic link leaves the repository",
        "Whoever reads or writes this path in a checkout reads or writes that. Remove it."),
    "guard.submodule-url": Guard(
        _HIGH, "CWE-829", "Submodule runs a command or reads local files",
        "Whoever updates submodules runs or reads what stands here. Use an https or ssh URL."),
    "guard.lfs-url": Guard(
        _HIGH, "CWE-829", "Git LFS reads from another place",
        "Every clone sends its requests there and takes file contents from it. Keep the server of the remote."),
    "guard.lfs-pointer": Guard(
        _HIGH, "CWE-506", "Source replaced by a Git LFS pointer",
        "The code now comes from an LFS server and no review can see it. Commit the source itself."),
    "guard.git-attributes": Guard(
        _MEDIUM, None, "Attribute changes what people see of a file",
        "What a diff or a checkout shows is not what is stored. The stored contents were reviewed."),
    "guard.file-name": Guard(
        _MEDIUM, "CWE-1007", "File name is not what it looks like",
        "Tools and readers take it for another file. Rename it."),
}  # fmt: skip


def guard_lead(
    rule: str, path: str, lines: tuple[int, int], found: str, *, side: Side = Side.RIGHT, more: int = 0
) -> Lead:
    """*found*: what stands there, in a few words; *more*: so many further places of the file are not listed."""
    guard = GUARDS[rule]
    rest = f" {more} more places in this file are like it." if more > 0 else ""
    return Lead(
        rule=rule, path=path, start_line=lines[0], line=lines[1], side=side, severity=guard.severity,
        confidence=Confidence.HIGH if guard.cwe else Confidence.MEDIUM, category=Category.SECURITY, cwe=guard.cwe,
        title=guard.title, body=f"Found: {found}. {guard.body}{rest}", guard=True,
    )  # fmt: skip
