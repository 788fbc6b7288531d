"""Which form a report takes: by the name of the format, and for a file by its suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from backline.errors import RequestError
from backline.output import markdown, sarif, text
from backline.output.saved import to_json
from backline.output.text import Source
from backline.report import Report

FILE_WIDTH = 100
SUFFIXES = {".txt": "text", ".json": "json", ".sarif": "sarif", ".md": "markdown"}
_FORMS: dict[str, Callable[[Report], str]] = {"json": to_json, "sarif": sarif.render, "markdown": markdown.render}


def rendered(report: Report, form: str, source: Source, *, colour: bool = False, width: int = FILE_WIDTH) -> str:
    """*report* as ``text``, ``json``, ``sarif`` or ``markdown``; colour and width count for text alone."""
    if form in _FORMS:
        return _FORMS[form](report)
    return text.render(report, source, colour=colour, width=width)


def form_of(name: str) -> str:
    """The format that a file of this name gets. RequestError when its suffix is none of ours."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise RequestError(f"-o {name}: wants a name that ends in {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]
