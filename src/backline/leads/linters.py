"""ruff, squawk and zizmor beside our own rules: as programs of this installation, on our copies of the changed texts.

Nothing that a repository says reaches them but these texts: they run in a private folder with names of ours, without
the caller's environment, without configuration, without ignore comments. What goes wrong with one is a note.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from backline.finding import Side
from backline.intake.change import Change, text_of
from backline.intake.diff import FileDiff
from backline.intake.selection import Choice
from backline.leads.lead import Lead
from backline.leads.linter import Copy, Linter, copy_of, leads_of, linter_for
from backline.progress import Progress, silent

TIMEOUT = 10.0
"""Seconds for one linter and all its files."""
MOST_FILES = 400
MOST_CHARACTERS = 20_000_000
MOST_OUTPUT = 20_000_000
"""Bytes."""
_READ_OF_ERRORS = 100_000
_ENVIRONMENT = {"LC_ALL": "C", "HOME": os.devnull, "XDG_CONFIG_HOME": os.devnull, "NO_COLOR": "1"}
_KEPT = ("SYSTEMROOT",)  # Windows starts nothing without it.

Linted = tuple[list[Lead], list[str]]


class _Output(NamedTuple):
    code: int
    stdout: bytes
    stderr: bytes


class _Failure(Exception):
    """This linter says nothing today, and why."""


class _Crash(_Failure):
    """A signal ended it."""


@contextmanager
def beside(
    change: Change, choices: Sequence[Choice], *, progress: Progress = silent, timeout: float = TIMEOUT,
    programs: Mapping[str, Path] | None = None,
) -> Iterator[Callable[[], Linted]]:  # fmt: skip
    """Leads of the linters on the added lines of selected files, and notes for the receipt.

    They run while the caller does something else; what is yielded waits for the end. *choices* stand in the order of
    ``change.files``; *programs* instead of those of this installation.
    """
    wanted = _wanted(change, choices)
    if not wanted:
        yield lambda: ([], [])
        return
    from concurrent.futures import ThreadPoolExecutor

    def one(linter: Linter) -> Linted:
        program = _installed(linter.name) if programs is None else programs.get(linter.name)
        return _lint(change, linter, wanted[linter.name], program, timeout)

    with ThreadPoolExecutor(len(wanted)) as pool:
        waiting = [(linter.name, pool.submit(one, linter)) for linter in _linters() if linter.name in wanted]

        def linted() -> Linted:
            leads, notes = list[Lead](), list[str]()
            for done, (name, future) in enumerate(waiting, 1):
                found, said = future.result()
                leads += found
                notes += said
                progress("linters", done, len(waiting), name)
            return leads, notes

        yield linted


def _linters() -> tuple[Linter, ...]:
    """Imported for a change that has something for them."""
    from backline.leads import ruff, squawk, zizmor

    return ruff.LINTER, squawk.LINTER, zizmor.LINTER


def _wanted(change: Change, choices: Sequence[Choice]) -> dict[str, list[FileDiff]]:
    wanted: dict[str, list[FileDiff]] = {}
    for file, choice in zip(change.files, choices, strict=True):
        name = linter_for(file, choice.language) if choice.selected and file.new_oid and file.hunks else None
        if name:
            wanted.setdefault(name, []).append(file)
    return wanted


def _installed(name: str) -> Path | None:
    """The program of the environment that we run in: never one of PATH or of the current folder."""
    folder = Path(sys.executable or ".").parent  # Not resolved: a virtual environment's python is a link.
    if not folder.is_absolute():
        return None
    places = (folder / name, folder / f"{name}.exe")
    return next((place for place in places if place.is_file() and os.access(place, os.X_OK)), None)


def _lint(change: Change, linter: Linter, files: Sequence[FileDiff], program: Path | None, timeout: float) -> Linted:
    if program is None:
        return [], [f"{linter.name} did not run: it is not installed beside Backline (extra `linters`)"]
    copies = {copy.name: copy for copy in _copies(change, linter, files)}
    notes = []
    if len(copies) < len(files):
        notes.append(f"{linter.name} read {len(copies)} of {len(files)} files: the others are absent or too large")
    leads, said = _heard(linter, copies, program, timeout)
    return sorted(leads, key=lambda lead: (lead.path, lead.start_line, lead.line, lead.rule)), [*notes, *said]


def _heard(linter: Linter, copies: Mapping[str, Copy], program: Path, timeout: float) -> Linted:
    """When a file ends the program, the others are read without it."""
    leads, unread, failures = list[Lead](), 0, list[str]()
    parts, until = [copies] if copies else list[Mapping[str, Copy]](), time.monotonic() + timeout
    while parts:
        part = parts.pop()
        try:
            output = _in_private_folder(linter, part, program, max(0.1, until - time.monotonic()))
            answer = linter.read(output.stdout, output.stderr, part)
            leads += leads_of(linter, answer.hits, part)
            unread += answer.unread
        except _Crash as crash:
            if len(part) > 1:
                names = list(part)
                parts += [{name: part[name] for name in half} for half in (names[::2], names[1::2])]
            else:
                failures.append(str(crash))
        except _Failure as failure:
            return leads, [f"{linter.name} did not finish: {failure}"]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return leads, [f"{linter.name} did not finish: its answer is not what that program says"]
    notes = []
    if failures:
        notes.append(f"{linter.name} did not finish: {len(failures)} of {len(copies)} files end it: {failures[0]}")
    if unread:
        notes.append(f"{linter.name} could not parse {unread} of {len(copies)} files; our own rules read them")
    return leads, notes


def _copies(change: Change, linter: Linter, files: Sequence[FileDiff]) -> Iterator[Copy]:
    room = MOST_CHARACTERS
    for number, file in enumerate(files[:MOST_FILES]):
        text = text_of(change, file, Side.RIGHT)
        if text and len(text.text) <= room:
            room -= len(text.text)
            yield copy_of(file, linter.place(number, file.path), text.text, linter.prepare)


def _in_private_folder(linter: Linter, copies: Mapping[str, Copy], program: Path, timeout: float) -> _Output:
    """Only we can enter the folder (mkdtemp: 0700); it goes when the program has ended."""
    try:
        with tempfile.TemporaryDirectory(prefix="backline-", ignore_cleanup_errors=True) as name:
            texts = {copy.name: copy.text for copy in copies.values()}
            for place, text in {**texts, **linter.files}.items():
                path = Path(name, place)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
            output = _output([str(program), *linter.arguments(list(texts))], name, timeout)
    except OSError as error:
        raise _Failure(error.strerror or "no room for its files") from None
    if output.code not in linter.fine:
        raise (_Crash if output.code < 0 else _Failure)(f"exit code {output.code}{_last_line(output.stderr)}")
    return output


def _output(command: Sequence[str], folder: str, timeout: float) -> _Output:
    """What a program says within *timeout* seconds and MOST_OUTPUT bytes."""
    environment = _ENVIRONMENT | {name: os.environ[name] for name in _KEPT if name in os.environ}
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, cwd=folder, env=environment,
            start_new_session=True,
        )  # fmt: skip
        expired = threading.Event()

        def stop() -> None:
            expired.set()
            _end(process)

        watch = threading.Timer(timeout, stop)
        watch.start()
        try:
            assert process.stdout is not None
            with process.stdout:
                output = process.stdout.read(MOST_OUTPUT + 1)
            if len(output) > MOST_OUTPUT:
                raise _Failure(f"it said more than {MOST_OUTPUT // 1_000_000} MB")
            code = process.wait()
        finally:
            watch.cancel()
            watch.join()
            if process.returncode is None:
                _end(process)
                process.wait()
        if expired.is_set():
            raise _Failure("it took too long")
        errors.seek(0)
        return _Output(code, output, errors.read(_READ_OF_ERRORS))


def _end(process: subprocess.Popen[bytes]) -> None:
    """With everything that it started: a child would keep its output open."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        else:
            process.kill()


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    text = "".join(character for character in lines[-1].strip() if character.isprintable())[:200] if lines else ""
    return f": {text}" if text else ""
