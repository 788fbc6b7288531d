"""From settings to agents: which ones, and how to reach the model."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

from backline.agents import Asked
from backline.errors import RequestError
from backline.intake import steering
from backline.intake.change import Change
from backline.intake.git import Repository
from backline.intake.tree import Trees
from backline.prices import PRICES, Price
from backline.reviewer import access
from backline.reviewer.agent import Agent, own, parse
from backline.reviewer.budget import Options
from backline.reviewer.lookup import ChangedOnly, Tree
from backline.reviewer.model import Model
from backline.settings import Settings

MOST_AGENTS = 8


def asked(settings: Settings, change: Change, repository: Repository | None, key: str, base_url: str | None) -> Asked:
    """Everything that `pipeline.review` needs to ask agents. The key's shape and the URL are checked here."""
    access.checked_key(key)
    tree: Tree = Trees(repository, change) if repository else ChangedOnly(change)
    agents = [_agent(name, change, repository) for name in settings.agents] or [own()]
    if len(agents) > MOST_AGENTS:
        raise RequestError(f"--agent: {len(agents)} agents; at most {MOST_AGENTS} review side by side")
    return Asked(
        model=_connect(key, base_url),
        agents=agents,
        options=_options(settings),
        tree=tree,
        clock=time,
    )


def _connect(key: str, base_url: str | None) -> Callable[[], AbstractContextManager[Model]]:
    def connect() -> AbstractContextManager[Model]:
        from backline.reviewer import claude

        return closing(claude.connect(key, base_url))

    return connect


def _options(settings: Settings) -> Options:
    own_prices = {
        name: Price(
            input=row["input"], output=row["output"], cache_write=row["cache-write"], cache_read=row["cache-read"]
        )
        for name, row in (settings.prices or {}).items()
    }
    return Options(
        model=settings.model, effort=settings.effort, max_cost=settings.max_cost,
        deadline=time.monotonic() + settings.deadline * 60, prices=PRICES | own_prices,
        fallback=settings.fallback_model,
    )  # fmt: skip


def _agent(name: str, change: Change, repository: Repository | None) -> Agent:
    """Inside the repository an agent is read from the base commit: the change under review must not direct it."""
    inside = _inside(name, repository)
    if inside is None or repository is None or change.base is None:
        return parse(_from_disk(name), name)
    data = steering.file(repository, change.base, inside)
    if data is None:
        raise RequestError(f"--agent {name}: not in the base commit; commit it there, or name a file outside")
    return parse(data, name)


def _inside(name: str, repository: Repository | None) -> str | None:
    if repository is None:
        return None
    path = Path(name)
    root = repository.work_tree
    if not path.is_absolute() and root is not None:
        path = Path.cwd() / path if (Path.cwd() / path).is_file() else root / path
    if root is None or not path.is_absolute():
        return path.as_posix()
    return _below(root.resolve(), Path(os.path.normpath(path)))


def _below(top: Path, path: Path) -> str | None:
    """*path* from *top* on, None where it leads elsewhere. By its words first: a link inside *top* is the head's, and
    must not decide where the agent is read."""
    outermost = next((folder for folder in reversed(path.parents) if folder.resolve() == top), None)
    if outermost:
        return path.relative_to(outermost).as_posix()
    found = path.resolve()
    return found.relative_to(top).as_posix() if found.is_relative_to(top) else None


def _from_disk(name: str) -> bytes:
    try:
        return Path(os.path.normpath(name)).read_bytes()
    except OSError as error:
        raise RequestError(f"--agent {name}: {error.strerror}") from None
