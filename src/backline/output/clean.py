"""Text made harmless for a terminal, Markdown and a runner's log. Nothing goes out except through here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backline.output.code import code_span, fence
from backline.output.cut import calm, cut, head
from backline.output.defang import harmless_code, is_advice, prose
from backline.visible import mask, show, show_line

__all__ = (
    "code_span",
    "cut",
    "fence",
    "for_log",
    "for_markdown",
    "for_terminal",
    "one_line",
    "path_text",
    "workflow_data",
    "workflow_property",
)


def for_terminal(text: str) -> str:
    """No control code but ``\\n`` and ``\\t``, no bidirectional or invisible code point, no secret."""
    return calm(show(mask(text)))


def one_line(text: str, limit: int = 120) -> str:
    """A title: one line, single spaces, at most *limit* UTF-16 units."""
    flat = " ".join(for_terminal(text.replace("\u2028", " ").replace("\u2029", " ")).split())
    short = head(flat, limit)
    return flat if short == flat else head(flat, limit - 1).rstrip() + "…"


def path_text(path: str) -> str:
    """A path as people see it: one line, undecodable bytes as ``\\xNN``."""
    return show_line(mask(path))


def for_log(text: str) -> str:
    """A whole page for standard output, where a runner obeys ``::command`` at a line's start and ``##[`` anywhere."""
    text = text.replace("##[", "# #[")
    return "\n".join(_unobeyed(line) for line in text.split("\n")) if "::" in text else text


def _unobeyed(line: str) -> str:
    bare = line.lstrip()
    return line[: len(line) - len(bare)] + ": :" + bare[2:] if bare.startswith("::") else line


def workflow_data(text: str) -> str:
    """The message of a workflow command: one line that says nothing but itself (escaping as the runner undoes it)."""
    return for_terminal(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "# #[")


def workflow_property(text: str) -> str:
    """A property of a workflow command (``file``, ``title``)."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


_FENCE = re.compile(r"^\s*(`{3,}|~{3,})([^`]*)$")
_MARKER = re.compile(r"^(\s*)([-*+]|\d{1,9}[.)])\s+(?=\S)")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LANGUAGES = (
    " bash c console cpp cs csharp diff docker dockerfile go graphql hcl http ini java javascript js json kotlin kt "
    "makefile php proto python py rb ruby rust rs scala sh shell sql swift terraform text toml ts tsx typescript xml "
    "yaml yml "
)
_LABEL = "⟦not advice: do not run⟧"


def for_markdown(text: str, links: tuple[str, ...] = ()) -> str:
    """A body that a rule or a model wrote, as Markdown that shows it and does nothing else.

    Paragraphs, lists, bold, code spans and fences stay. All else is shown literally: headings, tables, quotes, HTML,
    images, links. Mentions, issue references and commands to bots become code; addresses lose their scheme except
    under *links* (https prefixes, each ending in ``/``) and cwe.mitre.org.
    """
    return "\n".join(_blocks(for_terminal(text), links)).strip("\n")


def _blocks(text: str, links: tuple[str, ...]) -> Iterator[str]:
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
    block = fence("\n".join(harmless_code(line) for line in lines), name if f" {name} " in _LANGUAGES else "")
    label = f"\n\n{_LABEL}" if any(is_advice(line) for line in lines) else ""
    return f"\n{block}{label}\n"


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
        made = _joined(made, code_span(harmless_code(span[2])))
        end = span.end()
    return _joined(made, prose(line[end:], links, first=end == 0))


def _joined(left: str, right: str) -> str:
    """Two code spans side by side would be one with other ends; ``$`` beside one would be maths."""
    return f"{left} {right}" if left[-1:] in ("`", "$") and right[:1] in ("`", "$", "\\") else left + right
