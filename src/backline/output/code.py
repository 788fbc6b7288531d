"""Markdown code that nothing inside can end early."""

from __future__ import annotations

import re


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
