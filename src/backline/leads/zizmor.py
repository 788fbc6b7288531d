"""zizmor: GitHub workflows and actions. Its rows are 0-based, and a block ends at column 0 of the row behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backline.finding import Category, Confidence, Severity
from backline.leads.linter import Advice, Answer, Copy, Hit, Linter

_AUDITED = re.compile(rb"completed (?:\./)?(\S+)")
_NOTHING_TO_AUDIT = 3
_BY_ITS_OWN_RANK = {"template-injection"}
"""Of these only what zizmor itself ranks high and is sure of: values that somebody else writes."""
_NO_STRANGER = re.compile(r"(?:github\.event\.)?inputs\.|github\.(?:triggering_)?actor\b")
"""Who starts a workflow by hand may write to the repository, and a user's name has letters, digits and hyphens."""


def _place(number: int, path: str) -> str:
    return f".github/workflows/{number}.yml" if path.startswith(".github/workflows/") else f"{number}/action.yml"


def _arguments(names: Sequence[str]) -> list[str]:
    # Given by name, one file that is no YAML ends the whole run; in a folder it is left out with a warning.
    return [
        "--offline", "--no-config", "--no-ignores", "--no-exit-codes", "--no-progress", "--color=never",
        "--collect=all", "--format=json-v1", ".",
    ]  # fmt: skip


def _read(stdout: bytes, stderr: bytes, copies: Mapping[str, Copy]) -> Answer:
    audited = {name.decode("utf-8", "replace") for name in _AUDITED.findall(stderr)}
    hits = [hit for row in (json.loads(stdout) if stdout.strip() else ()) for hit in _hits(row)]
    return Answer(hits, len(copies.keys() - audited - {hit.name for hit in hits}))


def _hits(row: dict[str, Any]) -> Iterator[Hit]:
    rank = row["determinations"]
    if row["ident"] in _BY_ITS_OWN_RANK and (rank["severity"], rank["confidence"]) != ("High", "High"):
        return
    for location in row["locations"]:
        if location["symbolic"]["kind"] == "Primary" and not _known(row["ident"], location["symbolic"]):
            name = location["symbolic"]["key"]["Local"]["verbatim_path"].removeprefix("./")
            start, end = (location["concrete"]["location"][point] for point in ("start_point", "end_point"))
            last = end["row"] if end["column"] == 0 and end["row"] > start["row"] else end["row"] + 1
            yield Hit(name, row["ident"], start["row"] + 1, last)


def _known(code: str, symbolic: dict[str, Any]) -> bool:
    kind = symbolic.get("feature_kind")
    fragment = kind.get("Subfeature", {}).get("fragment", {}) if isinstance(kind, dict) else {}
    return code == "template-injection" and bool(_NO_STRANGER.match(str(fragment.get("Raw", ""))))


def _security(severity: Severity, confidence: Confidence, cwe: str, title: str, body: str) -> Advice:
    return Advice(
        severity=severity, confidence=confidence, category=Category.SECURITY, cwe=cwe, title=title, body=body
    )  # fmt: skip


ADVICE = {
    # What anybody on the internet can write (titles, branches of forks) is a rule of ours, and critical.
    "template-injection": _security(
        Severity.MEDIUM, Confidence.MEDIUM, "CWE-94", "A value from outside becomes part of the script",
        "The expression is pasted into the script before the shell reads it. A crafted value runs commands with this"
        " job's token and secrets. Pass it through `env:` and use `\"$NAME\"` in the script.",
    ),
    "dangerous-triggers": _security(
        Severity.LOW, Confidence.MEDIUM, "CWE-829", "The workflow runs with secrets for pull requests of strangers",
        "This trigger gives a job the repository's token and secrets although a stranger started it. Any step that"
        " touches the pull request's code or text hands them over. Use `pull_request`, or keep such code out.",
    ),
    "github-env": _security(
        Severity.HIGH, Confidence.MEDIUM, "CWE-94", "The environment of later steps is written from the outside",
        "In a privileged workflow, what goes into GITHUB_ENV or GITHUB_PATH decides which code later steps run. A"
        " crafted line such as `LD_PRELOAD=…` takes the job over. Use GITHUB_OUTPUT and quote it where it is used.",
    ),
    "insecure-commands": _security(
        Severity.HIGH, Confidence.HIGH, "CWE-74", "Printed text may set environment variables",
        "With ACTIONS_ALLOW_UNSECURE_COMMANDS any line that a step prints can set variables and PATH of the next. A"
        " test's output is enough to run code. Remove it and write to GITHUB_ENV.",
    ),
    "hardcoded-container-credentials": _security(
        Severity.HIGH, Confidence.HIGH, "CWE-798", "A registry password stands in the workflow",
        "Everybody who can read the repository can use these credentials. They stay in its history after removal."
        " Revoke them and take `${{ secrets.NAME }}`.",
    ),
    "overprovisioned-secrets": _security(
        Severity.MEDIUM, Confidence.HIGH, "CWE-522", "A step gets every secret of the repository",
        "The whole `secrets` object is handed to one step. Whatever that step runs can read keys that it has no use"
        " for. Pass the secrets that it needs by name.",
    ),
    "unredacted-secrets": _security(
        Severity.MEDIUM, Confidence.HIGH, "CWE-532", "A part of a secret is not masked in the log",
        "GitHub masks a secret as a whole, not the fields that are taken out of its JSON. They appear in the log as"
        " soon as something prints them. Store each value as its own secret.",
    ),
    "secrets-inherit": _security(
        Severity.LOW, Confidence.MEDIUM, "CWE-522", "The called workflow gets every secret",
        "`secrets: inherit` hands over all secrets, also those that are added later. A change of the called workflow"
        " can use them all. Pass the secrets that it needs by name.",
    ),
    "bot-conditions": _security(
        Severity.HIGH, Confidence.MEDIUM, "CWE-290", "A check for a bot can be passed by anybody",
        "`github.actor` is whoever caused the last event, not who wrote the pull request. A stranger lets the bot touch"
        " a pull request of his own and passes. Compare `github.event.pull_request.user.login`.",
    ),
    "unsound-contains": _security(
        Severity.MEDIUM, Confidence.HIGH, "CWE-697", "`contains` on a text accepts parts of names",
        "On a text `contains` looks for a part of it, so a branch named `mai` passes a check for `main`. Anybody who"
        " can name a branch passes the condition. Give it a list: `contains(fromJSON('[\"…\"]'), …)`.",
    ),
    "unsound-condition": _security(
        Severity.MEDIUM, Confidence.HIGH, "CWE-697", "The condition is always true",
        "A block text with an expression in it keeps its line break and is never empty. The step runs whatever the"
        " expression says. Write the condition on one line, or without `${{ }}`.",
    ),
    "obfuscation": _security(
        Severity.MEDIUM, Confidence.MEDIUM, "CWE-506", "The workflow hides what it does",
        "A path or expression is written in a roundabout way that means something simpler. Reviewers and tools that"
        " match names miss it. Write it plainly.",
    ),
}  # fmt: skip

LINTER = Linter(
    name="zizmor", place=_place, arguments=_arguments, fine=frozenset({0, _NOTHING_TO_AUDIT}), read=_read,
    advice=ADVICE,
)  # fmt: skip
