"""What the command line knows of its terminal: colour, width, and a progress line on stderr."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Mapping
from typing import TextIO

from backline.errors import RequestError

REPAINT_SECONDS = 0.1


def wants_colour(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """NO_COLOR and FORCE_COLOR as their conventions say; else a terminal that is not dumb."""
    if stream is None or environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def width(stream: TextIO | None) -> int:
    """Columns; 100 where nobody looks, so that files and logs come out the same everywhere."""
    return min(shutil.get_terminal_size((100, 24)).columns, 140) if stream and stream.isatty() else 100


class Line:
    """A Progress: one line that repaints itself on a terminal; elsewhere a plain line when a stage begins."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._lock = threading.Lock()
        self._painted = 0.0
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int, note: str = "") -> None:
        with self._lock:
            if self._live:
                self._paint(stage, done, total, note)
            elif stage != self._stage and os.environ.get("GITHUB_ACTIONS"):
                self._stream.write(f"backline: {stage}: {total} to do\n")
            self._stage = stage

    def _paint(self, stage: str, done: int, total: int, note: str) -> None:
        now = time.monotonic()
        if now - self._painted < REPAINT_SECONDS and done != total:
            return
        from backline.visible import show_line

        self._painted = now
        text = f"{stage} {done}/{total} {show_line(note)}"[: width(self._stream) - 1]
        self._stream.write(f"\r\x1b[K{text}")
        self._stream.flush()

    def clear(self) -> None:
        """Leaves the terminal as it was before the first line."""
        if self._live and self._painted:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def show(text: str) -> None:
    """*text* to standard output. RequestError when it takes none (closed, a full disk)."""
    if sys.stdout is None:
        raise RequestError("standard output is closed; -o FILE writes a report to a file")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise RequestError(f"standard output: {error.strerror}") from None


def say(message: str) -> None:
    """One note for people, on stderr."""
    sys.stderr.write(f"backline: {message}\n")
