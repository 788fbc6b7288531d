"""SQL and Dockerfiles, for which ast-grep has no grammar: cut into statements, matched by RE2 expressions.

A rule's `statement.regex` is searched, without regard to case, in one statement at a time, whose comments, and unless
``strings: keep`` the contents of its strings, are blanked. ``kind`` is what the statement begins with; ``not`` must not
occur in it; ``after`` occurs in an earlier statement of the stage; ``file_lacks`` and ``stage_lacks`` occur nowhere in
the file or build stage, with what the match caught in place of ``{NAME}``; ``stage: last`` means the final stage.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from typing import Any

from backline.leads.hit import lead_of, touching
from backline.leads.lead import Lead
from backline.leads.literals import applicable
from backline.leads.reach import Reach, reach_of
from backline.leads.rule import Rule


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
        code = "".join(_without_comment(line, escape) for line in lines[first:number])
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


def _without_comment(line: str, escape: str) -> str:
    if line.lstrip().startswith("#"):
        return " " * (len(line) - 1) + "\n" if line.endswith("\n") else " " * len(line)
    return line


_MOST_HITS = 300
"""Of one rule in one file: nobody reads more, and ``file_lacks`` costs the whole file for each."""
_EXPRESSIONS = ("regex", "not", "kind", "after", "file_lacks", "stage_lacks")
CUTTERS = {"sql": sql_statements, "dockerfile": docker_instructions}


def leads(text: str, language: str, path: str, changed: Iterable[int], rules: Iterable[Rule]) -> list[Lead]:
    """The hits that touch a changed line (1-based), in the order of the lines."""
    lines = frozenset(changed)
    wanted = applicable(rules, text.lower(), path) if lines else []
    if not wanted:
        return []
    statements, reach = CUTTERS[language](text), reach_of(path)
    if not statements:
        return []
    breaks = [n for n, character in enumerate(text) if character == "\n"]
    found = [lead for rule in wanted for lead in _hits(rule, statements, path, reach, breaks)]
    return touching(found, lines, frozenset(rule.id for rule in wanted if rule.once))


def _hits(rule: Rule, statements: list[Statement], path: str, reach: Reach, breaks: list[int]) -> Iterator[Lead]:
    last = statements[-1].stage
    wanted = (s for s in statements if s.stage == last or rule.statement.get("stage") != "last")
    pairs = ((s, found) for s in wanted for found in _matches(rule.statement, s, statements))
    for statement, found in islice(pairs, _MOST_HITS):
        first, end = statement.start + found.start(), statement.start + max(found.start(), found.end() - 1)
        lines = bisect_right(breaks, first - 1) + 1, bisect_right(breaks, end - 1) + 1
        yield lead_of(rule, path, lines, reach, found.groupdict().get)


def _matches(matcher: Mapping[str, str], statement: Statement, statements: list[Statement]) -> Iterator[Any]:
    text = statement.full if matcher.get("strings") == "keep" else statement.code
    if "kind" in matcher and not _regex(rf"^\s*(?:{matcher['kind']})\b").search(text):
        return
    if "not" in matcher and _regex(matcher["not"]).search(text):
        return
    stage = [other for other in statements if other.stage == statement.stage]
    earlier = (other for other in stage if other.start < statement.start)
    if "after" in matcher and not any(_regex(matcher["after"]).search(other.code) for other in earlier):
        return
    for found in _regex(matcher["regex"]).finditer(text):
        inside_file = _in_any(matcher.get("file_lacks"), found, statements)
        if not inside_file and not _in_any(matcher.get("stage_lacks"), found, stage):
            yield found


def _in_any(pattern: str | None, found: Any, statements: list[Statement]) -> bool:
    """Whether *pattern*, with what the match caught in place of ``{NAME}``, occurs in one of the statements."""
    if pattern is None:
        return False
    import re2  # type: ignore[import-untyped]

    groups = found.groupdict()
    filled = re.sub(r"\{([A-Z_]+)\}", lambda m: re2.escape(groups.get(m[1]) or ""), pattern)
    search = re2.compile(f"(?is){filled}").search
    return any(search(other.code) for other in statements)


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
