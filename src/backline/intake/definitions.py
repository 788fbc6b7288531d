"""The definitions of one tree: functions, methods and classes with dotted names, in the order of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from backline.intake.grammars import Grammar, Matcher

if TYPE_CHECKING:
    from ast_grep_py import SgNode

DEPTH = 64
"""Definitions nested deeper than this are not listed: no person writes them, and their names grow quadratically."""

_COLUMNS = 100_000_000


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, method or class. ``name`` is dotted from the outermost: ``Orders.list``."""

    name: str
    start_line: int
    """1-based; decorators, attributes and annotations belong to the definition."""
    line: int
    kind: str = "function"
    """function | class (also module, interface, trait, struct, Terraform block)."""
    header: str = ""
    """The source line with its name, stripped; at most 200 characters."""


class _Open(NamedTuple):
    """A definition whose end the walk has not reached."""

    end: int
    name: str
    number: int


def outline(root: SgNode, text: str, grammar: Grammar) -> Iterator[tuple[Definition, int]]:
    """Every definition with the index of the one around it or -1; an outer one before what it holds."""
    open_, count, before = [_Open(len(text) + 1, "", -1)], 0, _Before(text, grammar)
    for node in _candidates(root, text, grammar):
        kind, span = node.kind(), node.range()
        start, end = span.start.index, span.end.index
        while open_[-1].end <= start and len(open_) > 1:
            open_.pop()
        first = before.first_line(start, span.start.line)
        before.see(node, kind, first)
        found = _named(node, kind, grammar) if len(open_) <= DEPTH else None
        if found is None:
            continue
        name = f"{open_[-1].name}.{found[0]}".lstrip(".")
        yield Definition(name, first + 1, span.end.line + 1, found[1], _header(text, node)), open_[-1].number
        open_.append(_Open(end, name, count))
        count += 1


def _candidates(root: SgNode, text: str, grammar: Grammar) -> list[SgNode]:
    """All nodes that may matter, by one search in Rust: walking the tree from Python is fifty times slower."""
    kinds = (*grammar.functions, *grammar.classes, *grammar.before, *grammar.wrappers)
    nameless: list[Matcher] = [{"kind": kind} for kind in grammar.nameless]
    inside_call: list[Matcher] = [
        {"kind": k, "has": {"field": "arguments", "has": {"any": nameless}}} for k in grammar.calls
    ]
    value = {"any": [*nameless, *inside_call, *({"kind": k, "has": {"any": nameless}} for k in grammar.lists)]}
    holders = [{"kind": kind, "has": {"field": field, **value}} for kind, field in grammar.holders]
    rules: list[Matcher] = [*({"kind": kind} for kind in kinds), *holders]
    found: list[SgNode] = root.find_all({"rule": {"any": rules}}) if rules else []  # type: ignore[call-overload]
    # ast-grep counts columns from the start of the line: 100,000 functions on one line would take minutes.
    return found[: _COLUMNS // (max(map(len, text.split("\n"))) or 1)]


class _Before:
    """Decorators and attributes stand before a definition, or both stand in one node: the first line is theirs."""

    # NOTE: not by parent() and prev(), which walk from the root: quadratic with thousands of definitions.
    _GAP = re.compile(r"(?:\s|//[^\n]*\n|/\*[^*]*\*/)*")

    def __init__(self, text: str, grammar: Grammar) -> None:
        self._text, self._grammar = text, grammar
        self._line = self._end = -1
        self._wrapped: dict[int, int] = {}

    def see(self, node: SgNode, kind: str, first: int) -> None:
        if kind in self._grammar.before:
            self._line, self._end = first, node.range().end.index
        elif kind in self._grammar.wrappers:
            inner = node.field("definition") or node.field("declaration")
            if inner:
                self._wrapped[inner.range().start.index] = first

    def first_line(self, start: int, line: int) -> int:
        """0-based first line of the node at *start* together with what belongs to it."""
        if start in self._wrapped:
            return self._wrapped[start]
        gap = self._text[self._end : start] if 0 <= self._end <= start <= self._end + 2_000 else "x"
        return self._line if self._GAP.fullmatch(gap) else line


def _named(node: SgNode, kind: str, grammar: Grammar) -> tuple[str, str] | None:
    """Own name and ``function`` or ``class``; None for what has no name and for decorators."""
    if kind in grammar.functions or kind in grammar.classes:
        name = _NAMES.get(kind, _plain_name)(node)
        return (name, "class" if kind in grammar.classes else "function") if name else None
    for holder, field in grammar.holders:
        value = node.field(field) if kind == holder else None
        if value is not None:
            name = _holder_name(node, value, grammar)
            return (name, "class" if value.kind() == "class" else "function") if name else None
    return None


_KOTLIN_NAMES = ("type_identifier", "simple_identifier")
_UNNAMED = {"companion_object": "Companion", "secondary_constructor": "constructor"}


def _name_node(node: SgNode) -> SgNode | None:
    """The Kotlin grammar has no fields: there the first identifier is the name."""
    found = node.field("name")
    return found or next((child for child in node.children() if child.kind() in _KOTLIN_NAMES), None)


def _plain_name(node: SgNode) -> str:
    name = _name_node(node)
    return _clean(name.text()) if name else _UNNAMED.get(node.kind(), "")


def _go_method(node: SgNode) -> str:
    receiver = node.field("receiver")
    words = receiver.text().strip("()").split("[")[0].replace("*", " ").split() if receiver else []
    return ".".join([*words[-1:], _plain_name(node)])


def _rust_impl(node: SgNode) -> str:
    target = node.field("type")
    return _clean(target.text().split("<")[0].lstrip("&").split("::")[-1]) if target else ""


def _terraform_block(node: SgNode) -> str:
    words = [child.text() for child in node.children()[:4] if child.kind() in ("identifier", "string_lit")]
    return ".".join(_clean(word) for word in words)


_NAMES = {
    "method_declaration": lambda node: _go_method(node) if node.field("receiver") else _plain_name(node),
    "impl_item": _rust_impl,
    "block": _terraform_block,
}  # fmt: skip


def _holder_name(node: SgNode, value: SgNode, grammar: Grammar) -> str:
    """The name on the left of a function without one: ``const list = asyncHandler(async () => …)`` is ``list``."""
    if value.kind() in grammar.calls and not _wraps(value):
        return ""
    if node.kind() == "export_statement":
        return "default"
    left = (
        node.field("name") or node.field("left") or node.field("key") or node.field("property") or node.field("pattern")
    )
    return _clean(left.text()) if left else ""


# `rows.map(row => …)` names no function; `onRequest(async (req, res) => …)` and `asyncHandler(…)` do.
_WRAPPER = re.compile(
    r"[A-Za-z_$][\w$]*|.*\.(?:on[A-Z]\w*|memo|forwardRef|query|mutation|subscription|action|create\w*)"
)
_TIMERS = ("setTimeout", "setInterval", "setImmediate", "queueMicrotask", "require")


def _wraps(call: SgNode) -> bool:
    callee = call.field("function")
    text = callee.text()[:200].rsplit("\n", 1)[-1] if callee else ""
    return text not in _TIMERS and bool(_WRAPPER.fullmatch(text))


_PREFIX = re.compile(r"^(?:module\.exports\.|exports\.|this\.|self\.|module\.)")


def _clean(name: str) -> str:
    """A short dotted name or ""."""
    name = _PREFIX.sub("", name[:200].strip("'\"`[]$ ")).replace("::", ".").replace(".prototype.", ".")
    return name if re.fullmatch(r"[^\s(){}\[\],;]{1,100}", name) else ""


def _header(text: str, node: SgNode) -> str:
    start = (_name_node(node) or node).range().start.index
    begin, end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    return text[begin : end if end >= 0 else len(text)].strip()[:200]
