"""argv → command → exit code. The only place that catches what is expected and what is not."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from backline import __version__
from backline.errors import BacklineError, RequestError
from backline.options import OPTIONS, Option
from backline.settings import nearest
from backline.visible import mask, show_line, withholding

_PACKAGE = Path(__file__).parent
REQUEST_WRONG = 2
INTERRUPTED = 130
BUG = 70

COMMANDS = ("review", "collect", "publish", "rules", "schema")


class _Parser(argparse.ArgumentParser):
    """argparse, but an error is one line, and exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise RequestError(f"{message}; `{self.prog} --help` lists what there is")


def run(argv: Sequence[str]) -> int:
    """The exit code for *argv*; never raises. Nothing that goes out meanwhile holds the key."""
    with withholding(os.environ.get("ANTHROPIC_API_KEY", "").strip()):
        return _run(argv)


def _run(argv: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or log that is not UTF-8 gets escapes instead of an error.
            stream.reconfigure(errors="backslashreplace")
    try:
        return _dispatch(argv)
    except BacklineError as error:
        sys.stderr.write(f"backline: {_one_line(str(error))}\n")
        return REQUEST_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return 0
    except Exception as error:
        # Neither message nor traceback: both may carry code, headers or a key.
        where = _last_own_frame(error)
        sys.stderr.write(
            f"backline: bug: {type(error).__name__} at {where}; please report it (backline {__version__})\n"
        )
        return BUG


def _dispatch(argv: Sequence[str]) -> int:
    if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
        raise RequestError(f"unknown command {argv[0]!r}{nearest(argv[0], COMMANDS)}; there are {', '.join(COMMANDS)}")
    arguments = _parser().parse_args(argv)
    from backline import commands

    action: str = arguments.command
    return int(getattr(commands, action)(arguments))


def flags(arguments: argparse.Namespace) -> dict[str, list[str]]:
    """Field → values as typed, for settings.make."""
    given = {option.field: getattr(arguments, option.field, None) for option in OPTIONS if option.flag}
    return {
        field: [str(v).lower() if v is True else str(v) for v in values] for field, values in given.items() if values
    }


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="backline", description="Reviews the backend part of a change.", allow_abbrev=False)
    parser.add_argument("--version", "-V", action="version", version=f"backline {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    review = commands.add_parser("review", help="review a branch, patch or pull request", allow_abbrev=False)
    for option in OPTIONS:
        _add(review, option)
    collect = commands.add_parser("collect", help="in CI: the event's commits and threads into a folder")
    collect.add_argument("-o", dest="folder", required=True, metavar="DIR")
    publish = commands.add_parser("publish", help="post one review for a saved report", allow_abbrev=False)
    publish.add_argument("report", metavar="REPORT.json")
    for option in OPTIONS:
        if option.field in ("change", "pull_request", "max_comments", "fail_on", "on_incomplete"):
            _add(publish, option)
    rules = commands.add_parser("rules", help="list, show or test the rules")
    rules.add_argument("what", choices=("list", "show", "test"))
    rules.add_argument("argument", nargs="?", metavar="ID|DIR")
    schema = commands.add_parser("schema", help="print a JSON schema")
    schema.add_argument("what", choices=("report", "config"))
    return parser


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.flag is None:
        return
    names = [option.flag, "--output"] if option.flag == "-o" else [option.flag]
    if option.switch:
        parser.add_argument(*names, dest=option.field, action="append_const", const=True, help=option.help)
    else:
        parser.add_argument(*names, dest=option.field, action="append", metavar=option.metavar, help=option.help)


def _one_line(text: str) -> str:
    return show_line(mask(" ".join(text.split("\n"))))


def _last_own_frame(error: BaseException) -> str:
    place, trace = "?", error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        if (file := Path(code.co_filename)).is_relative_to(_PACKAGE):
            place = f"{file.relative_to(_PACKAGE).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _close_stdout() -> None:
    """A reader such as `head` went away: keep the interpreter from saying so on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
