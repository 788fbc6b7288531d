"""`backline collect -o DIR`: from the event to a folder that the review can read without a token."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from backline.errors import RequestError
from backline.intake import collected, fetch, marker, pull, state, steering
from backline.intake.collected import Collected
from backline.intake.event import Inputs, Nothing, Pull, Refs, decide, pull_of
from backline.intake.fetch import Commits, Remote
from backline.intake.git import Repository
from backline.intake.github import Client, GitHubError, server_for
from backline.options import CONFIG
from backline.settings import Settings
from backline.terminal import say
from backline.ways_out import INCOMPLETE, in_action

MAX_EVENT = 30_000_000


def collect(
    folder: Path, settings: Settings, environ: Mapping[str, str], sleep: Callable[[float], None] = time.sleep
) -> int:
    """Writes DIR/change.json and DIR/objects.git. 0, also when there is nothing to review; 3 when GitHub fails."""
    decision = decide(
        environ.get("GITHUB_EVENT_NAME", ""),
        _payload(environ),
        environ.get("GITHUB_REPOSITORY", ""),
        Inputs(pull_request=settings.pull_request, base=settings.base, head=settings.head),
    )
    if isinstance(decision, Nothing):
        return _nothing(folder, decision.sentence)
    client = Client(server_for(settings.pull_request or "", environ), token_of(environ), sleep)
    try:
        made = _pull(client, decision, environ) if isinstance(decision, Pull) else _refs(client, decision)
        if made.nothing:
            return _nothing(folder, made.nothing)
        made = _objects(client, folder, made, settings, environ)
        collected.save(folder, made)
    except GitHubError as error:
        say(f"incomplete: {error}")
        return INCOMPLETE
    except OSError as error:
        raise RequestError(f"-o {folder}: {error.strerror or 'cannot be written'}") from None
    finally:
        client.close()
    say(f"collected {made.repository} {made.merge_base[:10]} … {made.head[:10]} with {client.calls} calls to GitHub")
    return 0


def token_of(environ: Mapping[str, str]) -> str:
    """GH_TOKEN is what people have on a laptop; a runner has one token under one name."""
    names = ("GITHUB_TOKEN",) if in_action(environ) else ("GITHUB_TOKEN", "GH_TOKEN")
    for name in names:
        if environ.get(name):
            return environ[name]
    raise RequestError("no GITHUB_TOKEN: in the action the input github-token sets it")


def collect_pull(folder: Path, text: str, settings: Settings, environ: Mapping[str, str]) -> Collected:
    """`review --pr` from a laptop: as `collect` for the pull request that *text* names, with the person's own token."""
    server = server_for(text, environ)
    where, number = pull_of(text, environ.get("GITHUB_REPOSITORY"))
    client = Client(server, token_of(environ))
    try:
        made = _pull(client, Pull(repository=where, number=number), environ)
        made = made if made.nothing else _objects(client, folder, made, settings, environ)
    except GitHubError as error:
        raise RequestError(f"--pr {where}#{number}: {error}") from None
    finally:
        client.close()
    collected.save(folder, made)
    return made


def _payload(environ: Mapping[str, str]) -> Mapping[str, Any]:
    name = environ.get("GITHUB_EVENT_PATH")
    if not name:
        return {}
    try:
        data = Path(name).read_bytes()
        if len(data) > MAX_EVENT:
            raise ValueError
        found = json.loads(data)
    except (OSError, ValueError, RecursionError):
        raise RequestError("GITHUB_EVENT_PATH: no event there that can be read") from None
    return found if isinstance(found, dict) else {}


def _nothing(folder: Path, sentence: str) -> int:
    collected.save(folder, Collected(nothing=sentence))
    say(sentence)
    return 0


def _pull(client: Client, decision: Pull, environ: Mapping[str, str]) -> Collected:
    found = pull.pull(client, decision.repository, decision.number, marker.signature_of(environ))
    if found.state != "OPEN":
        return Collected(nothing=f"nothing to review: pull request #{decision.number} is {found.state.lower()}")
    head = decision.head or found.head
    compared = pull.compare(client, decision.repository, found.base, head, decision.number)
    notes = []
    if head != found.head:
        notes.append(f"reviewed {head[:12]}, the event's head; the pull request has moved on since")
    if found.partial:
        notes.append(pull.PARTIAL)
    return Collected(
        repository=decision.repository,
        pull_request=decision.number,
        base=found.base,
        merge_base=compared.merge_base,
        head=head,
        limited=decision.limited,
        anchors=compared.anchors,
        state=state.unpack(found.summary.body) if found.summary else state.State(),
        threads=found.threads,
        notes=tuple(notes),
        disk_kb=found.disk_kb,
    )


def _refs(client: Client, decision: Refs) -> Collected:
    base, head, disk_kb = pull.refs(client, decision.repository, decision.base, decision.head)
    compared = pull.compare(client, decision.repository, base, head, None)
    return Collected(
        repository=decision.repository, base=base, merge_base=compared.merge_base, head=head, disk_kb=disk_kb
    )


def _objects(
    client: Client, folder: Path, made: Collected, settings: Settings, environ: Mapping[str, str]
) -> Collected:
    commits = Commits(base=made.base, merge_base=made.merge_base, head=made.head)
    workspace = environ.get("GITHUB_WORKSPACE")
    if workspace and (found := _checkout(Path(workspace), commits)):
        return replace(made, objects=str(found))
    remote = Remote(url=f"{client.server.web}/{made.repository}", token=token_of(environ), sleep=client.sleep)
    with fetch.empty(folder / collected.OBJECTS) as objects:
        if 0 < made.disk_kb <= fetch.WHOLE_KB:
            fetch.everything(objects, remote, commits)
        else:
            trusted = [path.removeprefix("./") for path in (settings.config or CONFIG, *settings.agents)]
            fetch.changed(
                objects,
                remote,
                commits,
                sizes=lambda oids: pull.sizes(client, made.repository, oids),
                trusted=trusted,
                named=lambda found: _agents(found, made, settings),
            )
    return made


def _checkout(workspace: Path, commits: Commits) -> Path | None:
    """The git folder of a checkout that is there and complete."""
    try:
        with Repository.open(workspace) as repository:
            return repository.common_dir.resolve() if fetch.holds(repository, commits) else None
    except RequestError:
        return None


def _agents(objects: Repository, made: Collected, settings: Settings) -> list[str]:
    named = steering.configuration(objects, made.base, settings.config).get("agents", [])
    return [str(path).removeprefix("./") for path in (named if isinstance(named, list) else [named])]
