"""Rewritings that cannot change what code means, for every language that has a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import declared
from ast_grep_py import SgNode

from backline.intake.syntax import Tree, error_count
from backline.leads import aliases

LANGUAGES = frozenset(declared.DECLARING)
_STRINGS = re.compile(r"string|heredoc|regex|comment|char|template|rune_literal|symbol_array|subshell|^text$")
_OPERATORS = frozenset({
    "=", ":=", "+", "-", "*", "/", "%", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||", "??", "+=", ".=",
    "=>",
})  # fmt: skip
_DOTS = frozenset({".", "?.", "->", "&."})
_HASH_COMMENTS = frozenset({"ruby"})
_ONE_WORD = frozenset({"variable_name", "php_tag"})
_GO_MODULES = {path: path.rpartition("/")[2] for path in sorted(aliases.GO_PACKAGES) if not path.endswith(("v2", "is"))}
Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    kind: str
    text: str
    start: int
    end: int
    node: SgNode
    quoted: bool
    """Part of a string, also where code is embedded in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    language: str
    text: str
    root: SgNode
    tokens: tuple[Token, ...]


@lru_cache(maxsize=8)
def code_of(text: str, language: str) -> Code:
    root = Tree(language, text).root
    return Code(language=language, text=text, root=root, tokens=tuple(_tokens(root, quoted=False)))


def _tokens(node: SgNode, *, quoted: bool) -> Iterator[Token]:
    quoted = quoted or bool(_STRINGS.search(node.kind()) and node.is_named())
    children = node.children()
    if children and node.kind() not in _ONE_WORD:
        for child in children:
            yield from _tokens(child, quoted=quoted)
    elif node.text():
        span = node.range()
        yield Token(
            kind=node.kind(), text=node.text(), start=span.start.index, end=span.end.index, node=node, quoted=quoted
        )


def line_breaks(code: Code) -> str:
    """A line break behind every `(`, `,` and operator of two sides."""
    places = {"(", ",", *_OPERATORS}
    return _edited(code, [(t.end, t.end, "\n" + 8 * " ") for t in _plain(code) if t.text in places and _splits(t)])


def chain_breaks(code: Code) -> str:
    """A method stands on a line of its own where it is called on more than a name, or more is called on its result."""
    edits, tokens = [], code.tokens
    for number in range(1, len(tokens) - 2):
        before, dot, name, after = tokens[number - 1 : number + 3]
        called = after.text == "(" or (code.language == "ruby" and name.kind == "identifier")
        if dot.text not in _DOTS or not called or dot.quoted or before.quoted:
            continue
        if _follows_more(before, code) or (code.language != "go" and _goes_on(tokens, number + 2)):
            here = name.start if code.language == "go" else dot.start
            edits.append((here, here, "\n" + 8 * " "))
    return _edited(code, edits)


def _goes_on(tokens: tuple[Token, ...], number: int) -> bool:
    """Whether a dot follows the arguments that open at *number*."""
    depth = 0
    for token in tokens[number:]:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth <= 0 and token.text not in (")", "]", "}"):
            return depth == 0 and token.text in _DOTS
    return False


def spaces(code: Code) -> str:
    """A second blank behind commas and operators, one inside parentheses."""
    edits = [
        (token.end, token.end, " ")
        for token, after in zip(code.tokens, code.tokens[1:], strict=False)
        if not token.quoted and after.start - token.end == 1 and token.text in (",", *_OPERATORS)
    ]
    pairs = [(a, b) for a, b in zip(code.tokens, code.tokens[1:], strict=False) if not a.quoted or not b.quoted]
    edits += [(a.end, a.end, " ") for a, b in pairs if a.text == "(" and a.end == b.start and b.text != ")"]
    edits += [(b.start, b.start, " ") for a, b in pairs if b.text == ")" and a.end == b.start and a.text != "("]
    return _edited(code, edits)


def comments(code: Code) -> str:
    """A comment at the end of every line that does not end inside a string."""
    mark = "#" if code.language in _HASH_COMMENTS else "//"
    inside = {n for t in code.tokens if t.quoted for n in range(t.start, t.end + ("comment" in t.kind))}
    ends = [found.start() for found in re.finditer(r"(?<=[^\s\\])\n", code.text)]
    return _edited(
        code, [(end, end, f" {mark} checked") for end in ends if end not in inside and _code_ends(code, end)]
    )


def renamed_variables(code: Code, kept: Callable[[str], bool]) -> str:
    """Every variable that the code declares gets another name, but not one that *kept* holds for."""
    names = {name for name in declared.names(code.root, code.language) if not kept(name)}
    around = (code.tokens[0], *code.tokens, code.tokens[-1])
    for before, token, after in zip(around, around[1:], around[2:], strict=False):
        renames = token.kind in declared.KINDS or "shorthand" in token.kind
        if renames and token.text in names and declared.is_other_name(before.text, token.node, after.text):
            names.discard(token.text)
    names = {n for n in names if not any(t.quoted and re.search(rf"{{{re.escape(n)}\b", t.text) for t in code.tokens)}
    return _edited(code, [(t.end, t.end, "_1") for t in code.tokens if t.text in names and t.kind in declared.KINDS])


def parentheses(code: Code) -> str:
    """Around what is returned, and around what is computed and assigned or passed."""
    return _edited(code, [edit for node in declared.values(code.root, code.language) for edit in _around(node)])


def other_order(code: Code) -> str:
    """Named arguments and named members of an object in their other order."""
    edits = []
    for members in declared.named_members(code.root):
        texts = [member.text() for member in members]
        for member, text in zip(members, reversed(texts), strict=True):
            edits.append((member.range().start.index, member.range().end.index, text))
    return _edited(code, edits)


def aliased_imports(code: Code) -> str:
    """Every module that the rules know gets an alias; code with imports is left out."""
    if code.language == "go":
        head, modules = re.search(r"^package \w+\n", code.text, re.M), _GO_MODULES
    else:
        head, modules = None, aliases.JS_MODULES if declared.is_javascript(code.language) else {}
    if not modules or re.search(r"\b(?:import|require)\b", code.text):
        return code.text
    text, lines = code.text, ""
    for path, name in modules.items():
        used = re.compile(rf"(?<![\w.$/\"'-]){name}(?=\.)")
        if used.search(text) and name not in declared.names(code.root, code.language):
            text = used.sub(f"{name}_1", text)
            lines += (
                f'import {name}_1 "{path}"\n' if code.language == "go" else f'import * as {name}_1 from "{path}";\n'
            )
    at = head.end() if head else 0
    return text[:at] + lines + text[at:]


MUTATIONS: tuple[Callable[[Code], str], ...] = (
    other_order, line_breaks, chain_breaks, spaces, comments, parentheses, aliased_imports,
)  # fmt: skip
_BY_NAME = {mutate.__name__: mutate for mutate in MUTATIONS}


def rewrite(name: str, text: str, language: str, kept: Callable[[str], bool]) -> str:
    """*text* rewritten; the same where that would make a syntax error that it had not."""
    code = code_of(text, language)
    mutant = renamed_variables(code, kept) if name == "renamed_variables" else _BY_NAME[name](code)
    return text if mutant != text and _errors(mutant, language) > _errors(text, language) else mutant


@lru_cache(maxsize=8)
def _errors(text: str, language: str) -> int:
    return error_count(Tree(language, text))


def _plain(code: Code) -> list[Token]:
    """Tokens outside strings that another token follows on the same line."""
    pairs = zip(code.tokens, code.tokens[1:], strict=False)
    return [a for a, b in pairs if not a.quoted and "\n" not in code.text[a.end : b.start] and b.text != ")"]


def _splits(token: Token) -> bool:
    """Whether a line may end behind the token: not behind a sign, a pointer, a type argument or a splat."""
    parent = token.node.parent()
    kind = parent.kind() if parent else ""
    return token.text in "(,=" or (
        bool(re.search(r"binary|assign|declar|expression$|pair", kind)) and "unary" not in kind
    )


def _follows_more(before: Token, code: Code) -> bool:
    parent = before.node.parent()
    member = parent is not None and code.language != "go" and _preceded_by_dot(before, code)
    return before.text in (")", "]") or member


def _preceded_by_dot(token: Token, code: Code) -> bool:
    return code.text[: token.start].rstrip().endswith((".", "->", "::"))


def _code_ends(code: Code, end: int) -> bool:
    line = code.text[code.text.rfind("\n", 0, end) + 1 : end]
    empty_block = line.endswith("{") and code.text[end:].lstrip().startswith("}")
    return not empty_block and not re.search(r"\.$|<<[~-]?['\"]?\w+|^\s*(?:#|//|\*|/\*)|^<\?php$|^\s*\.", line)


def _around(node: SgNode) -> tuple[Edit, Edit]:
    span = node.range()
    return (span.start.index, span.start.index, "("), (span.end.index, span.end.index, ")")


def _edited(code: Code, edits: list[Edit]) -> str:
    """*code* with the edits made from the last to the first, so that positions stay right."""
    text = code.text
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        text = text[:start] + new + text[end:]
    return text
