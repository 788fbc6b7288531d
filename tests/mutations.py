"""Rewritings of Python code that cannot change what it means: a rule that speaks on the one must speak on the other."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from tokenize import TokenInfo

from backline.leads import aliases

_BLANK = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def line_breaks(code: str) -> str:
    """A line break behind every opening bracket. Deep, since tree-sitter takes a smaller indent for a dedent."""
    return _inserted(
        code, lambda token, after: "\n" + 20 * " " if token.string in "([{" and token.type == tokenize.OP else ""
    )


def spaces(code: str) -> str:
    """A second blank behind every comma, `=` and operator inside a line."""
    wanted = {",", "=", "==", "!=", "%", "+", ">", "<"}
    return _inserted(code, lambda token, after: " " if token.string in wanted and after.type not in _BLANK else "")


def comments(code: str) -> str:
    """A comment at the end of every logical line."""
    ends = {token.start for token in _tokens(code) if token.type == tokenize.NEWLINE}
    out = []
    for number, line in enumerate(code.split("\n"), 1):
        out.append(f"{line}  # checked" if (number, len(line)) in ends else line)
    return "\n".join(out)


def renamed_loop_variables(code: str) -> str:
    """Every plain loop variable gets another name, but not one that an f-string or a keyword argument uses too."""
    targets = {
        name.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }
    tokens = _tokens(code)
    for token in tokens:
        if token.type == tokenize.STRING and "f" in token.string[:2].lower():
            targets = {name for name in targets if name not in token.string}
    for before, token, after in _neighbours(tokens):
        if token.string in targets and (before.string == "." or (after.string == "=" and before.string in "(,")):
            targets.discard(token.string)
    renamed = [token._replace(string=f"{token.string}_1") if token.string in targets else token for token in tokens]
    return _spelled(code, tokens, renamed)


def aliased_imports(code: str) -> str:
    """Every module that the rules know gets an alias; code with other forms of import is left out."""
    if re.search(r"^from |^import [^\n]*[., ]", code, re.M):
        return code
    tokens = _tokens(code)
    places = [n for n, (a, b, c) in enumerate(_neighbours(tokens), 1) if a.string != "." and c.string == "."]
    modules = sorted({tokens[n].string for n in places} & aliases.FUNCTIONS.keys())
    renamed = list(tokens)
    for n in places:
        if tokens[n].string in modules:
            renamed[n] = tokens[n]._replace(string=f"{tokens[n].string}_1")
    text = re.sub(r"^import \w+\n", "", _spelled(code, tokens, renamed), flags=re.M) if modules else code
    return "".join(f"import {module} as {module}_1\n" for module in modules) + text


MUTATIONS: tuple[Callable[[str], str], ...] = (line_breaks, spaces, comments, renamed_loop_variables, aliased_imports)
NAMES = {mutate.__name__: mutate for mutate in MUTATIONS}


def rewrite(name: str, code: str) -> str:
    """*code* rewritten; the same where it is no Python of today."""
    try:
        ast.parse(code)
    except SyntaxError:
        return code
    text = NAMES[name](code)
    ast.parse(text)
    return text


def _tokens(code: str) -> list[TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(code).readline))


def _neighbours(tokens: list[TokenInfo]) -> Iterator[tuple[TokenInfo, TokenInfo, TokenInfo]]:
    return zip(tokens, tokens[1:], tokens[2:], strict=False)


def _inserted(code: str, extra: Callable[[TokenInfo, TokenInfo], str]) -> str:
    tokens = _tokens(code)
    longer = [
        token._replace(string=token.string + extra(token, after))
        for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True)
    ]
    return _spelled(code, tokens, longer)


def _spelled(code: str, tokens: list[TokenInfo], changed: list[TokenInfo]) -> str:
    """*code* with each token's text replaced, from the last to the first so that positions stay right."""
    lines = code.split("\n")
    for old, new in reversed(list(zip(tokens, changed, strict=True))):
        if old.string != new.string and old.start[0] == old.end[0]:
            row, first, last = old.start[0] - 1, old.start[1], old.end[1]
            lines[row] = lines[row][:first] + new.string + lines[row][last:]
    return "\n".join(lines)
