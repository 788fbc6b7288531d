"""Text made harmless for a terminal, Markdown and a runner's log. Nothing goes out except through here."""

from __future__ import annotations

import re

from backline.output.cut import calm, head
from backline.visible import mask, show, show_line


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


def code_span(text: str) -> str:
    """*text* in a code span longer than any run of backticks inside."""
    flat = " ".join(text.split("\n"))
    marks = "`" * (_longest_run(flat, "`") + 1)
    pad = " " if flat[:1] in "` " or flat[-1:] in "` " else ""
    return f"{marks}{pad}{flat}{pad}{marks}" if flat.strip() else "` `"


def fence(text: str, info: str = "") -> str:
    """*text* verbatim in a fenced block longer than any run of backticks inside."""
    marks = "`" * max(3, _longest_run(text, "`") + 1)
    return f"{marks}{info}\n{text}\n{marks}"


def _longest_run(text: str, char: str) -> int:
    return max((len(run) for run in re.findall(f"{char}+", text)), default=0)


def workflow_data(text: str) -> str:
    """The message of a workflow command: one line that says nothing but itself (escaping as the runner undoes it)."""
    return for_terminal(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "# #[")


def workflow_property(text: str) -> str:
    """A property of a workflow command (``file``, ``title``)."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")
