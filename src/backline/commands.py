"""The commands: each builds the adapters it needs, calls the pipeline and says what came out."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backline import config, credential, pipeline, terminal
from backline.agents import Asked
from backline.cli import flags
from backline.errors import RequestError
from backline.finding import Side
from backline.findings.around import source_of
from backline.intake import arrival, collected, git, patch, steering
from backline.intake.change import Change, from_branch, from_worktree
from backline.intake.tree import Trees
from backline.leads.rules import read_team_rules
from backline.options import CONFIG
from backline.output.render import form_of, rendered
from backline.report import LIMITED, Report
from backline.settings import Settings, make
from backline.ways_out import exit_code, in_action


def review(arguments: argparse.Namespace) -> int:
    """`backline review`."""
    first = make(flags(arguments), os.environ, {})
    if first.pull_request:
        return _review_pull(arguments, first.pull_request, first)
    forms = {name: form_of(name) for name in first.output}
    key, base_url = credential.key_of(os.environ), credential.address(os.environ)
    if credential.wanted(first, key):
        _warm()
    if first.change and (sentence := collected.load(Path(first.change)).nothing):
        terminal.say(sentence)
        return 0
    with _changed(first) as (change, repository):
        settings = make(flags(arguments), os.environ, _configuration(first, repository))
        change = arrival.read_as_added(change, settings.paths)
        asked = _asked(settings, change, repository, key, base_url)
        if settings.change and repository:
            report = _again(change, repository, settings, asked)
        else:
            texts = steering.rules(repository, change.base) if repository and change.base else {}
            report = _reviewed(change, settings, asked, texts)
        if asked is None and (why := _rules_only(settings)):
            report = replace(report, notes=(f"{LIMITED}: {why}", *report.notes))
        around = source_of(change)
        for name, form in forms.items():
            _write(name, rendered(report, form, around))
        colour, width = terminal.wants_colour(sys.stdout, os.environ), terminal.width(sys.stdout)
        terminal.show(rendered(report, settings.format, around, colour=colour, width=width))
    return exit_code(report, settings, action=in_action(os.environ))


def _review_pull(arguments: argparse.Namespace, name: str, settings: Settings) -> int:
    """`--pr`: what `collect` would write goes into a temporary folder, and is reviewed from there."""
    from backline import collecting

    with TemporaryDirectory(prefix="backline-") as folder:
        collecting.collect_pull(Path(folder), name, settings, os.environ)
        arguments.pull_request, arguments.change = None, [folder]
        return review(arguments)


def _warm() -> None:
    """Starts to import what takes long while the change is read; it removes ANTHROPIC_* from the environment."""
    from backline.reviewer import claude

    claude.warm()


def _asked(
    settings: Settings, change: Change, repository: git.Repository | None, key: str, base_url: str | None
) -> Asked | None:
    if not credential.wanted(settings, key) or _limited(settings):
        return None
    from backline import asking

    return asking.asked(settings, change, repository, key, settings.base_url or base_url)


def _reviewed(change: Change, settings: Settings, asked: Asked | None, rule_texts: Mapping[str, str]) -> Report:
    """*rule_texts*: a team's own rules, by path."""
    team_rules = read_team_rules(rule_texts)
    progress = terminal.Line(sys.stderr)
    today = datetime.datetime.now(datetime.UTC).date()
    try:
        return pipeline.review(
            change, settings, asked=asked, team_rules=team_rules, clock=time.monotonic, today=today, progress=progress
        )
    finally:
        progress.clear()


def _limited(settings: Settings) -> str | None:
    """Why rules alone look at a pull request although there may be a key."""
    made = collected.load(Path(settings.change)) if settings.change else None
    return made.limited if made and not settings.drafts else None


def _rules_only(settings: Settings) -> str | None:
    """Why no agent looked, where somebody expects one: on a pull request, or because agents are named."""
    if settings.engine == "rules" or not (settings.change or settings.agents):
        return None
    return _limited(settings) or "no API key"


def _again(change: Change, repository: git.Repository, settings: Settings, asked: Asked | None) -> Report:
    """Beside what earlier runs said of the same pull request; the team's own rules are the base commit's."""
    from backline import once

    made = collected.load(Path(settings.change or ""))
    texts = steering.rules(repository, made.base)
    agents = [repr(agent) for agent in asked.agents] if asked else []
    on = once.depends(settings, "claude" if asked else "rules", [*agents, *map(str, texts.items())])
    split = once.fresh(change, made, settings, on)
    if asked:
        asked = replace(asked, fresh=split.change, refuted=frozenset(made.state.refuted))
    report = _reviewed(change, settings, asked, texts)
    return once.settled(report, change, split, made, Trees(repository, change).paths(Side.RIGHT))


def _write(name: str, text: str) -> None:
    try:
        Path(name).write_text(text, "utf-8")
    except OSError as error:
        raise RequestError(f"-o {name}: {error.strerror}") from None


@contextlib.contextmanager
def _changed(settings: Settings) -> Iterator[tuple[Change, git.Repository | None]]:
    """The change that was asked for, and the repository it came from."""
    if settings.diff:
        yield patch.from_patch(_patch_bytes(settings.diff), settings.diff), None
        return
    if settings.change:
        folder = Path(settings.change)
        made = collected.load(folder)
        with collected.repository(folder, made) as repo:
            yield collected.change(repo, made), repo
        return
    with git.Repository.open(Path(settings.repo)) as repo:
        if settings.worktree or settings.staged:
            yield from_worktree(repo, settings.base, staged=settings.staged), repo
        else:
            yield from_branch(repo, settings.base, settings.head), repo


def _patch_bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise RequestError(f"--diff {name}: {error.strerror}") from None


def _configuration(settings: Settings, repo: git.Repository | None) -> Mapping[str, Any]:
    """Locally the file as it stands: it is the author's own. In CI it comes from the base commit."""
    if settings.change and repo:
        return steering.configuration(repo, collected.load(Path(settings.change)).base, settings.config)
    path = Path(settings.config) if settings.config else (repo.work_tree / CONFIG if repo and repo.work_tree else None)
    try:
        if path is None or (not settings.config and not path.is_file()):
            return {}
        return config.read(path.read_bytes(), settings.config or CONFIG)
    except OSError as error:
        raise RequestError(f"{f'--config {path}' if settings.config else CONFIG}: {error.strerror}") from None


def collect(arguments: argparse.Namespace) -> int:
    """`backline collect -o DIR`."""
    from backline import collecting

    return collecting.collect(Path(arguments.folder), make({}, os.environ, {}), os.environ)


def publish(arguments: argparse.Namespace) -> int:
    """`backline publish REPORT.json`."""
    from backline import publishing

    return publishing.publish(arguments.report, flags(arguments), os.environ)


def rules(arguments: argparse.Namespace) -> int:
    """`backline rules list|show ID|test [DIR]`."""
    from backline import catalogue

    if arguments.what == "list":
        if arguments.argument:
            raise RequestError("rules list takes nothing more; `backline rules show ID` shows one")
        return catalogue.list_all()
    return catalogue.show(arguments.argument) if arguments.what == "show" else catalogue.test(arguments.argument)


def schema(arguments: argparse.Namespace) -> int:
    """`backline schema report|config`."""
    from backline.output.saved import schema as report_schema

    made = report_schema() if arguments.what == "report" else config.schema()
    terminal.show(json.dumps(made, indent=2) + "\n")
    return 0
