"""What a suggestion must not bring into the code: one click commits it, and few read every character."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from backline.finding import Suggestion
from backline.findings.sources import Page
from backline.visible import mask, show

_MARK = re.compile("⟦[^⟦⟧]{0,80}⟧")
_URL = re.compile(r"://([^\s\"'`<>()]+)")
_RUNS_TEXT = re.compile(r"\b(?:eval|exec|execfile|__import__)\b")


def objection(page: Page, suggestion: Suggestion) -> str | None:
    """Why the replacement is not harmless, compared with the lines that it replaces."""
    numbers = range(suggestion.start_line, suggestion.line + 1)
    old = "\n".join(page.lines[n].removesuffix("\r") for n in numbers)
    new = suggestion.replacement.replace("\r\n", "\n").removesuffix("\r")
    if old != "\n".join(page.shown[n] for n in numbers) or mask(new) != new:
        return "a secret or an invisible character stands in its lines"
    if show(new) != new:
        return "it holds an invisible character"
    if _MARK.findall(new) != _MARK.findall(old):
        return "it holds a mark of ours instead of code"
    if set(_URL.findall(new)) - set(_URL.findall(old)):
        return "it holds a new URL"
    if _runs_text(new) - _runs_text(old):
        return "it runs text as code"
    return None


def _runs_text(code: str) -> Counter[str]:
    """Python reads ``ｅｖａｌ`` as ``eval``, hence NFKC."""
    return Counter(_RUNS_TEXT.findall(unicodedata.normalize("NFKC", code)))
