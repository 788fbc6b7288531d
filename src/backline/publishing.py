"""`backline publish REPORT.json`: what a report says goes where people see it; nothing is lost when GitHub says no."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from backline.collecting import token_of
from backline.errors import BacklineError, RequestError
from backline.intake import collected, steering
from backline.intake.collected import Collected
from backline.intake.event import pull_of
from backline.intake.github import Client, server_for
from backline.output import markdown, workflow
from backline.output.receipt import plural
from backline.output.saved import from_json
from backline.posting import Result, post
from backline.report import Report
from backline.settings import Settings, make
from backline.terminal import say
from backline.ways_out import INCOMPLETE, exit_code, in_action

CODE = "code"
"""The file beside change.json in which the review's step leaves its exit code."""
NO_REPORT = "INCOMPLETE: the review left no report"
NO_CHANGE = "INCOMPLETE: the change could not be collected"


def publish(
    name: str,
    flags: Mapping[str, Sequence[str]],
    environ: Mapping[str, str],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Posts one review for the report in *name*; the exit code is the review's."""
    settings = make(flags, environ, {})
    folder = Path(settings.change) if settings.change else None
    made = collected.load(folder) if folder and (folder / collected.FILE).is_file() else None
    if made and made.nothing:
        _summarise(environ, f"Backline: {made.nothing}\n")
        return 0
    report = _report(Path(name))
    if report is None:
        failed = (NO_CHANGE, "Collect") if folder and not made else (NO_REPORT, "Review")
        return _without_report(*failed, folder, environ)
    if folder and made:
        with collected.repository(folder, made) as objects:
            settings = make(flags, environ, steering.configuration(objects, made.base, settings.config))
    report = _named(report, settings, environ)
    _summarise(environ, markdown.render(report))
    _outputs(environ, report, Path(name))
    result = _posted(report, made, settings, environ, sleep)
    if not result.whole and in_action(environ):
        sys.stdout.write(workflow.annotate(result.report))
    if result.comments is not None:
        say(f"{plural(result.comments, 'new line comment')} on {report.repository}#{report.pull_request}")
    for note in result.notes:
        say(note)
        _summarise(environ, f"- {markdown.line(note, 400)}\n")
    return exit_code(result.report, settings, action=in_action(environ))


def _named(report: Report, settings: Settings, environ: Mapping[str, str]) -> Report:
    """With `--pr` the report of a branch goes to that pull request; one that has been of another goes nowhere."""
    if not settings.pull_request:
        return report
    repository, number = pull_of(settings.pull_request, environ.get("GITHUB_REPOSITORY") or report.repository)
    if not report.pull_request:
        return replace(report, repository=repository, pull_request=number)
    if (str(report.repository).lower(), report.pull_request) != (repository.lower(), number):
        raise RequestError(f"--pr {repository}#{number}: the report is of {report.repository}#{report.pull_request}")
    return report


def _report(file: Path) -> Report | None:
    try:
        return from_json(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, RequestError) as error:
        say(f"{file}: {error if isinstance(error, RequestError) else 'no report that can be read'}")
        return None


def _without_report(what: str, step: str, folder: Path | None, environ: Mapping[str, str]) -> int:
    """The review's own code, unless it says that all was well. *step*: its name in action.yml."""
    if in_action(environ):
        sys.stdout.write(f"::error title=Backline::{what}\n")
    _summarise(environ, f"## Backline: {what}\n\nThe log of the step {step} says why.\n")
    try:
        code = int((folder / CODE).read_text().strip()[:3]) if folder else 0
    except (OSError, ValueError):
        code = 0
    return code or INCOMPLETE


def _summarise(environ: Mapping[str, str], text: str) -> None:
    _append(environ, "GITHUB_STEP_SUMMARY", lambda used: workflow.summary_part(text, used))


def _outputs(environ: Mapping[str, str], report: Report, file: Path) -> None:
    if environ.get("GITHUB_OUTPUT"):
        sarif = file.with_suffix(".sarif")
        values = workflow.outputs(report, report_file=str(file), sarif_file=str(sarif) if sarif.is_file() else "")
        _append(environ, "GITHUB_OUTPUT", lambda _: workflow.heredocs(values))


def _append(environ: Mapping[str, str], variable: str, text: Callable[[int], str]) -> None:
    """To the file that *variable* names what *text* makes of its size; a runner's disk may be full."""
    if name := environ.get(variable):
        file = Path(name)
        try:
            made = text(file.stat().st_size if file.exists() else 0)
            with file.open("a", encoding="utf-8", newline="\n") as opened:
                opened.write(made)
        except OSError as error:
            say(f"{variable}: {error.strerror}")


def _posted(
    report: Report,
    made: Collected | None,
    settings: Settings,
    environ: Mapping[str, str],
    sleep: Callable[[float], None],
) -> Result:
    if not (report.repository and report.pull_request and report.head):
        return Result(report=report, whole=False, notes=() if in_action(environ) else (_nowhere(report),))
    try:
        client = Client(server_for(settings.pull_request or "", environ), token_of(environ), sleep)
    except RequestError as error:
        return Result(report=report, whole=False, notes=(f"nothing was posted: {error}",))
    try:
        return post(client, report, made, settings, environ)
    except BacklineError as error:
        return Result(report=report, whole=False, notes=(f"nothing was posted: {error}",))
    finally:
        client.close()


def _nowhere(report: Report) -> str:
    """In the action this is the review of two refs; on a laptop somebody wanted it posted."""
    if not report.pull_request:
        return "nothing was posted: the report names no pull request; --pr names one"
    return "nothing was posted: the report is of work that is not committed"
