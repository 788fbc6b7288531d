"""Credentials on added lines. Reads every changed file, also those that no reviewer looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from backline.finding import Confidence, Severity
from backline.intake.diff import FileDiff, added
from backline.leads.guard import guard_lead
from backline.leads.lead import Lead
from backline.tokens import Provider, Token, placeholder
from backline.tokens import find as tokens_in
from backline.visible import masked

# Tests and documentation are full of keys that open nothing; there only what a provider's own prefix proves counts.
_UNPROVEN = {"private key", "JSON Web Token", "password in a URL", "hard-coded password or key", "AWS secret key"}
_FOR_READERS = re.compile(
    r"(?i)(?:^|/)(?:[\w.-]*tests?|specs?|__tests__|testdata|test-data|fixtures?|mocks?|examples?|samples?|docs?)/"
    r"|(?:^|/)(?:test_[^/]*|conftest\.py|[^/]*[._-](?:test|spec)s?\.\w+|[^/]*Tests?\.\w+|[^/]*\.(?:md|rst|adoc|txt|ipynb))$"
)
_FOR_DEVELOPERS = re.compile(
    r"(?i)(?:^|[/._-])(?:dev|development|local|e2e)(?:[._-](?!prod)[a-z0-9]{1,40}){0,4}\.(?:toml|ya?ml|json|ini|conf|sh)$"
)
_LOCK_OR_BUILT = re.compile(
    r"(?i)(?:^|/)[^/]*(?:[.-]lock(?:\.\w+)?|\.lockb|package-lock\.json|\.sum|\.min\.\w+|\.map|\.svg)$"
)
_OWN_MACHINE = re.compile(r"@(?:localhost|127\.0\.0\.1)(?![\w.-])")
_DEFAULT = re.compile(
    r"(?i)(?:[a-z]{1,20}[-_]){1,3}(?:admin|root|postgres|mysql|guest|pass|passwd|password|pwd|secret|token)\d{0,4}"
)
"""`shop-secret`, `root_secret_password`: masked like any other, but no news to anybody."""
_DOCUMENTED = re.compile(r"\s*//[/!]")
"""Rust's and C#'s documentation."""
_COMMENT = re.compile(r"\s*(?://|#|/?\*)")
_LONGEST_LINE = 2000
"""Longer lines are built or encoded, not written: what merely looks random there is no lead."""


class _Source(NamedTuple):
    """Text to scan, and for each of its lines the number in the head file if the line was added."""

    text: str
    numbers: list[int | None]


def find(file: FileDiff, text: str | None = None) -> list[Lead]:
    """One lead per added line and provider. *text*: the whole head file, where there is one."""
    source = _source(file, text)
    found: dict[tuple[int, str], Lead] = {}
    for line, token in _on_added_lines(source):
        if _counts(file.path, source.text, token):
            found.setdefault((line, token.provider.name), _lead(file.path, line, token, source.text))
    return [found[key] for key in sorted(found)]


def _source(file: FileDiff, text: str | None) -> _Source:
    """The head side of the hunks; the whole file where a private key may begin outside of them."""
    if text and "PRIVATE KEY-----" in text:
        lines = added(file)
        return _Source(text, [n if n in lines else None for n in range(1, text.count("\n") + 2)])
    head = [line for hunk in file.hunks for line in hunk.lines if line.kind != "-"]
    return _Source("\n".join(ln.text for ln in head), [ln.new if ln.kind == "+" else None for ln in head])


def _on_added_lines(source: _Source) -> Iterator[tuple[int, Token]]:
    """Each token with the first added line that it touches; tokens on unchanged lines are left out."""
    first, position = 0, 0
    for token in tokens_in(source.text):
        first += source.text.count("\n", position, token.start)
        position = token.start
        last = first + source.text.count("\n", token.start, token.end)
        number = next((n for n in source.numbers[first : last + 1] if n), None)
        if number:
            yield number, token


def _counts(path: str, text: str, token: Token) -> bool:
    value = text[token.start : token.end]
    if token.provider.name not in _UNPROVEN:
        return not placeholder(_body(token.provider, value))
    if _FOR_READERS.search(path) or _LOCK_OR_BUILT.search(path) or _documented(path, text, token):
        return False
    if token.provider.name == "private key":
        return len(set(value)) > 16
    if token.provider.name == "password in a URL" and (
        _OWN_MACHINE.match(text, token.end) or _DEFAULT.fullmatch(value)
    ):
        return False
    line = _line_of(text, token)
    return not placeholder(value) and len(line) <= _LONGEST_LINE and not _names_itself(line, value)


def _line_of(text: str, token: Token) -> str:
    start, end = text.rfind("\n", 0, token.start), text.find("\n", token.end)
    return text[start + 1 : end if end >= 0 else len(text)]


def _documented(path: str, text: str, token: Token) -> bool:
    return path.endswith((".rs", ".cs")) and bool(_DOCUMENTED.match(_line_of(text, token)))


def _names_itself(line: str, value: str) -> bool:
    """`'Dot1XConfigurationToken' => 'Dot1XConfigurationToken'`: a table of names."""
    key, _, rest = line.partition(value)
    return bool(re.match(r"""["']?\s*(?:=>|:)\s*["']?""" + re.escape(value), rest)) and not key.strip(" \t\"'{([,")


def _body(provider: Provider, value: str) -> str:
    """*value* without the provider's prefix, whose words (``sk_test_``) say nothing about the rest."""
    prefix = next((each for each in provider.literals.split() if value.startswith(each)), "")
    return value[len(prefix) :] if provider.severity != "low" else value


def _lead(path: str, line: int, token: Token, text: str) -> Lead:
    provider, what = token.provider, masked(text[token.start : token.end]).rstrip("\n")
    return replace(
        guard_lead("guard.secret", path, (line, line), f"{provider.name} {what} stands in the code"),
        severity=_severity(path, token, text),
        confidence=Confidence.MEDIUM if provider.name in _UNPROVEN else Confidence.HIGH,
        title=f"Committed secret: {provider.name}",
    )


def _severity(path: str, token: Token, text: str) -> Severity:
    """A comment shows most often a sample of an answer, a file for developers a key of their own machine; a provider's
    own prefix needs no guess."""
    if token.provider.name == "private key" and "localhost" in path:
        return Severity.MEDIUM
    commented = _COMMENT.match(text, text.rfind("\n", 0, token.start) + 1)
    if token.provider.name == "hard-coded password or key":
        if _FOR_DEVELOPERS.search(path):
            return Severity.LOW
        if commented:
            return Severity.MEDIUM
    return Severity(token.provider.severity)
