"""Text made harmless for a terminal, Markdown and a runner's log. Nothing goes out except through here."""

from __future__ import annotations

from backline.output.code import code_span, fence
from backline.output.cut import calm, cut, head
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


def for_markdown(text: str, links: tuple[str, ...] = ()) -> str:
    """A body that a rule or a model wrote, as Markdown that shows it and does nothing else.

    Paragraphs, lists, bold, code spans and fences stay. All else is shown literally: headings, tables, quotes, HTML,
    images, links. Mentions, issue references and commands to bots become code; addresses lose their scheme except
    under *links* (https prefixes, each ending in ``/``) and cwe.mitre.org.
    """
    from backline.output.body import blocks  # its patterns take time to compile and a terminal needs none of them

    return "\n".join(blocks(for_terminal(text), links)).strip("\n")
