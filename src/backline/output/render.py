"""Which form a report takes: by the name of the format, and for a file by its suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from backline.errors import RequestError
from backline.output import text
from backline.output.text import Source
from backline.report import Report

FILE_WIDTH = 100
SUFFIXES = {".txt": "text", ".json": "json", ".sarif": "sarif", ".md": "markdown"}


def rendered(report: Report, form: str, source: Source, *, colour: bool = False, width: int = FILE_WIDTH) -> str:
    """*report* as ``text``, ``json``, ``sarif`` or ``markdown``; colour and width count for text alone."""
    return _form(form)(report) if form != "text" else text.render(report, source, colour=colour, width=width)


def _form(name: str) -> Callable[[Report], str]:
    """Imported when asked for: a run for the terminal does not pay for the others."""
    if name == "json":
        from backline.output.saved import to_json

        return to_json
    if name == "sarif":
        from backline.output import sarif

        return sarif.render
    from backline.output import markdown

    return markdown.render


def form_of(name: str) -> str:
    """The format that a file of this name gets. RequestError when its suffix is none of ours."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise RequestError(f"-o {name}: wants a name that ends in {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]
