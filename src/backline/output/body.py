"""Markdown that a rule or a model wrote, block by block: only paragraphs, lists and fences can begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backline.output.code import code_span, fence
from backline.output.defang import harmless_block, harmless_code, is_advice, prose

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})([^`]*)$")
_MARKER = re.compile(r"^(\s*)([-*+]|\d{1,9}[.)])\s+(?=\S)")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LANGUAGES = (
    " bash c console cpp cs csharp diff docker dockerfile go graphql hcl http ini java javascript js json kotlin kt "
    "makefile php proto python py rb ruby rust rs scala sh shell sql swift terraform text toml ts tsx typescript xml "
    "yaml yml "
)
_LABEL = "⟦not advice: do not run⟧"


def blocks(text: str, links: tuple[str, ...]) -> Iterator[str]:
    """One item per line of prose, one per fenced block."""
    opened: re.Match[str] | None = None
    inside: list[str] = []
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if opened is None:
            if found:
                opened, inside = found, []
            else:
                yield _line(line, links)
        elif found and found[1].startswith(opened[1]) and not found[2].strip():
            yield _fenced(inside, opened[2])
            opened = None
        else:
            inside.append(line)
    if opened:
        yield _fenced(inside, opened[2])


def _fenced(lines: list[str], info: str) -> str:
    """Known languages keep their name; others (diagrams, maths, suggestions) would be run or committed by the page."""
    name = info.strip().lower()
    block = code_block("\n".join(lines), name if f" {name} " in _LANGUAGES else "")
    label = f"\n\n{_LABEL}" if any(is_advice(line) for line in lines) else ""
    return f"\n{block}{label}\n"


def code_block(text: str, info: str = "") -> str:
    """Clean code in a fence, to be read, not to be committed."""
    return fence("\n".join(harmless_block(line) for line in text.split("\n")), info)


def _line(line: str, links: tuple[str, ...]) -> str:
    """A line of prose, perhaps an item of a list; no other block can begin here."""
    marker = _MARKER.match(line)
    start = ""
    if marker:
        start = ("  " if len(marker[1].expandtabs(4)) >= 2 else "") + marker[2] + " "
        line = line[marker.end() :]
    label = f" {_LABEL}" if is_advice(line) else ""
    return (start + _spans(line.strip(), links) + label).rstrip()


def _spans(line: str, links: tuple[str, ...]) -> str:
    made, end = "", 0
    for span in _SPAN.finditer(line):
        made = _joined(made, prose(line[end : span.start()], links, first=end == 0))
        made = _joined(made, code_span(harmless_code(_unpadded(span[2]))))
        end = span.end()
    return _joined(made, prose(line[end:], links, first=end == 0))


def _unpadded(code: str) -> str:
    """One blank on each side belongs to the marks."""
    return code[1:-1] if code[0] == code[-1] == " " and code.strip() else code


def _joined(left: str, right: str) -> str:
    """Two code spans side by side would be one with other ends; ``$`` beside one would be maths."""
    return f"{left} {right}" if left[-1:] in ("`", "$") and right[:1] in ("`", "$", "\\") else left + right
