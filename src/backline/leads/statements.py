"""SQL and Dockerfiles, for which ast-grep has no grammar: cut into statements, matched by RE2 expressions.

A rule's `statement.regex` is searched, without regard to case, in one statement at a time, whose comments, and unless
``strings: keep`` the contents of its strings, are blanked. ``kind`` is what the statement begins with; ``has`` must and
``not`` must not occur in it; ``after`` occurs in an earlier statement of the stage; ``file_lacks`` and ``stage_lacks``
occur nowhere in the file or build stage; ``stage: last`` means the final stage. In ``has`` and both ``lacks``, what
``regex`` (or else ``kind``) caught stands in place of ``{NAME}``; a group ``NAME2`` catches for it too, because RE2
allows each name once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from typing import Any

from backline.leads.hit import MOST_HITS, in_order, lead_of, touches
from backline.leads.lead import Lead
from backline.leads.literals import applicable
from backline.leads.reach import reach_of
from backline.leads.rule import Rule
from backline.leads.shelf import Shelved


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    start: int
    """Offset of its first character in the file."""
    code: str
    """Comments and contents of strings are spaces; newlines stay."""
    full: str
    """Comments alone are spaces."""
    stage: int = 0
    """Dockerfile: the number of its build stage (0 = before the first FROM)."""


# Strings end where standard SQL ends them ('' is a quote inside); only E'…' knows backslashes.
_SQL_TOKEN = re.compile(
    r"--[^\n]*|/\*|\b[eE]'(?:[^'\\]|\\.|'')*'?|'(?:[^']|'')*'?|\"[^\"]*\"?|`[^`]*`?|\$(?:[A-Za-z_]\w*)?\$|;", re.S
)


def sql_statements(text: str) -> list[Statement]:
    """The statements of an SQL text; what a dollar quote holds counts as a string."""
    code, full, ends = list(text), list(text), [0]
    position = 0
    while found := _SQL_TOKEN.search(text, position):
        word, start, position = found[0], found.start(), found.end()
        if word == ";":
            ends.append(position)
        elif word == "/*" or word.startswith("--"):
            position = _end_of_comment(text, start) if word == "/*" else position
            _blank(text, start, position, code, full)
        elif word.startswith("$"):
            position = _after(text, word, position)
            _blank(text, start + len(word), position - len(word), code)
        elif word[0] in "'eE":
            closed = word.count("'") > 1 and word.endswith("'")
            _blank(text, start + word.index("'") + 1, position - closed, code)
    ends.append(len(text))
    code_text, full_text = "".join(code), "".join(full)
    return [_cut(code_text, full_text, a, b) for a, b in pairwise(ends) if code_text[a:b].strip()]


def _after(text: str, mark: str, position: int) -> int:
    end = text.find(mark, position)
    return len(text) if end < 0 else end + len(mark)


def _end_of_comment(text: str, start: int) -> int:
    """Postgres nests block comments."""
    depth = 0
    for found in re.finditer(r"/\*|\*/", text[start:]):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return start + found.end()
    return len(text)


def _blank(text: str, start: int, end: int, *into: list[str]) -> None:
    for n in range(start, end):
        if text[n] != "\n":
            for characters in into:
                characters[n] = " "


def _cut(code: str, full: str, start: int, end: int) -> Statement:
    start += len(code[start:end]) - len(code[start:end].lstrip())
    return Statement(start=start, code=code[start:end], full=full[start:end])


def docker_instructions(text: str) -> list[Statement]:
    """The instructions of a Dockerfile with their continuation lines and here-documents; strings are kept."""
    found: list[Statement] = []
    escape = "`" if re.match(r"\s*#\s*escape\s*=\s*`", text) else "\\"
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    number = offset = stage = 0
    while number < len(lines):
        first, start = number, offset
        number = _end_of_instruction(lines, number, escape)
        offset += sum(len(line) for line in lines[first:number])
        code = "".join(_without_comment(line) for line in lines[first:number])
        if code.strip():
            stage += bool(re.match(r"\s*from\s", code, re.I))
            found.append(Statement(start=start, code=code, full=code, stage=stage))
    return found


def _end_of_instruction(lines: list[str], number: int, escape: str) -> int:
    """The number of the line after the instruction that starts at line *number*."""
    waiting: list[str] = []
    goes_on = False
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if goes_on and (not line or line.startswith("#")):
            continue
        if line.startswith("#"):
            return number
        waiting += re.findall(r"<<-?[\"']?(\w+)", line)
        goes_on = line.endswith(escape)
        if not goes_on:
            break
    for mark in waiting:
        while number < len(lines) and lines[number].strip() != mark:
            number += 1
        number += 1
    return min(number, len(lines))


def _without_comment(line: str) -> str:
    if line.lstrip().startswith("#"):
        return " " * (len(line) - 1) + "\n" if line.endswith("\n") else " " * len(line)
    return line


_EXPRESSIONS = ("regex", "not", "kind", "after", "has", "file_lacks", "stage_lacks")
Names = Mapping[str, str]
CUTTERS = {"sql": sql_statements, "dockerfile": docker_instructions}


def leads(text: str, language: str, path: str, changed: Iterable[int], rules: Iterable[Shelved | Rule]) -> list[Lead]:
    """The hits that touch a changed line (1-based), in the order of the lines."""
    lines = frozenset(changed)
    wanted = applicable(rules, text.lower(), path) if lines else []
    statements = CUTTERS[language](text) if wanted else []
    if not statements:
        return []
    breaks = [n for n, character in enumerate(text) if character == "\n"]
    return in_order((lead for rule in wanted for lead in _hits(rule, statements, path, lines, breaks)), wanted)


def _hits(
    rule: Rule, statements: list[Statement], path: str, changed: frozenset[int], breaks: list[int]
) -> Iterator[Lead]:
    def touched() -> Iterator[tuple[Statement, Names, tuple[int, int]]]:
        for statement in statements:
            for found, names in _matches(rule.statement, statement, statements):
                lines = _lines(statement.start + found.start(), statement.start + found.end(), breaks)
                if touches(lines, changed):
                    yield statement, names, lines

    reach = reach_of(path)
    for statement, names, lines in islice(touched(), MOST_HITS):
        if not _occurs_elsewhere(rule.statement, names, statement, statements):
            yield lead_of(rule, path, lines, reach, names.get)


def _lines(start: int, end: int, breaks: list[int]) -> tuple[int, int]:
    return bisect_right(breaks, start - 1) + 1, bisect_right(breaks, max(start, end - 1) - 1) + 1


def _matches(
    matcher: Mapping[str, str], statement: Statement, statements: list[Statement]
) -> Iterator[tuple[Any, Names]]:
    """Each match with the names that it, or else the statement's beginning, caught."""
    text = statement.full if matcher.get("strings") == "keep" else statement.code
    if matcher.get("stage") == "last" and statement.stage != statements[-1].stage:
        return
    head = _regex(rf"^\s*(?:{matcher['kind']})\b" if "kind" in matcher else "").search(text)
    if head is None or ("not" in matcher and _regex(matcher["not"]).search(text)):
        return
    if "after" in matcher and not _occurs_before(matcher["after"], statement, statements):
        return
    for found in _regex(matcher["regex"]).finditer(text):
        caught = (item for match in (head, found) for item in match.groupdict().items())
        names = {name.rstrip("0123456789"): word for name, word in caught if word}
        if "has" not in matcher or _filled(matcher["has"], names).search(text):
            yield found, names


def _occurs_before(pattern: str, statement: Statement, statements: list[Statement]) -> bool:
    search = _regex(pattern).search
    return any(search(s.code) for s in statements if s.stage == statement.stage and s.start < statement.start)


def _occurs_elsewhere(
    matcher: Mapping[str, str], names: Names, statement: Statement, statements: list[Statement]
) -> bool:
    """Whether `file_lacks` or `stage_lacks` occurs after all."""
    for key, scope in (
        ("file_lacks", statements),
        ("stage_lacks", [s for s in statements if s.stage == statement.stage]),
    ):
        if key in matcher:
            search = _filled(matcher[key], names).search
            if any(search(other.code) for other in scope):
                return True
    return False


def _filled(pattern: str, names: Names) -> Any:
    """*pattern* with what was caught in place of ``{NAME}``; what was not caught stands for nothing that occurs."""
    import re2

    text = re.sub(r"\{([A-Z_]+)\}", lambda m: re2.escape(names[m[1]]) if m[1] in names else r"\b\B", pattern)
    return re2.compile(f"(?is){text}")


@cache
def _regex(pattern: str) -> Any:
    import re2

    return re2.compile(f"(?is){pattern}")


def compile_rule(rule: Rule) -> None:
    """ValueError with one line when RE2 refuses one of the rule's expressions."""
    import re2

    for key in _EXPRESSIONS:
        try:
            re2.compile(re.sub(r"\{[A-Z_]+\}", "x", rule.statement.get(key, "")))
        except re2.error as error:
            raise ValueError(f"statement.{key}: RE2 says: {' '.join(str(error).split())[:200]}") from None
