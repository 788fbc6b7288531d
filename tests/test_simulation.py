"""Seeded random histories of a pull request (pushes, rebases, people, faults): no finding is lost, none is
posted twice, nothing is written but what is on the list, and a run in peace and quiet writes nothing."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from github_server import Fault, GitHub, Pull, Thread
from repo import Repo, branched
from running import Run

from backline import finding
from backline.errors import RequestError
from backline.finding import Category
from backline.intake import marker, state

SOAK = bool(os.environ.get("BACKLINE_SOAK"))
RUNS = 1_000 if SOAK else 100
STEPS = 5
TOP = "import requests\n\n\n"
GOOD = "def f{n}(url):\n    return requests.get(url, timeout={n})\n\n\n"
BAD = "def f{n}(url):\n    return requests.get(url, params={n})\n\n\n"
REVIEWS, SUMMARY = "/pulls/7/reviews", "comments$"


def fault(dice: random.Random) -> Fault:
    verb, path = dice.choice(
        [
            ("POST", REVIEWS),
            ("POST", "issues/7/comments"),
            ("PATCH", SUMMARY),
            ("QUERY", "graphql"),
            ("GET", "compare"),
            ("MUTATION", "graphql"),
        ]
    )
    kind = dice.randrange(8)
    after = kind in (0, 1, 2) and dice.random() < 0.5
    body = b"<html>Unicorn!</html>" if kind == 2 else None
    status = [502, None, 200, 429, 403, 500, 404, 409][kind]
    headers = {"Retry-After": str(dice.choice([1, 5, 3600]))} if kind in (3, 4) else {}
    text = {"message": "You have exceeded a secondary rate limit."} if kind == 4 else body
    return Fault(verb, path, status, text, headers, after, times=dice.choice([1, 1, 1, 2, 9]))


@dataclass
class World:
    """The pull request as its author sees it: which function of which file is bad now."""

    server: GitHub
    repo: Repo
    dice: random.Random
    files: dict[str, list[bool]] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    """Of the jobs so far: any of them can be run again."""

    def write(self) -> None:
        for name, bad in self.files.items():
            text = TOP + "".join((BAD if each else GOOD).format(n=n + 1) for n, each in enumerate(bad))
            self.repo.write(name, text)

    def bad(self) -> set[tuple[str, int]]:
        return {(name, n) for name, flags in self.files.items() for n, each in enumerate(flags) if each}

    def step(self) -> None:
        what = self.dice.choice(["edit", "edit", "edit", "rebase", "amend", "people", "nothing", "add"])
        getattr(self, f"_{what}")()

    def _edit(self) -> None:
        for _ in range(self.dice.randint(1, 3)):
            flags = self.dice.choice(list(self.files.values()))
            at = self.dice.randrange(len(flags))
            flags[at] = not flags[at]
        self.write()
        self.server.push(self.repo.commit())

    def _add(self) -> None:
        self.files[f"app/n{len(self.files)}.py"] = [self.dice.random() < 0.5 for _ in range(3)]
        self.write()
        self.server.push(self.repo.commit())

    def _amend(self) -> None:
        self._edit()
        self.repo.git("reset", "-q", "--soft", "main")
        self.server.push(self.repo.commit(), forced=True)

    def _rebase(self) -> None:
        self.repo.git("checkout", "-q", "main")
        self.repo.write(f"other{self.dice.randrange(10**9)}.txt", "x\n")
        self.repo.commit()
        self.repo.git("checkout", "-q", "topic")
        self.repo.git("rebase", "-q", "main")
        self.server.push(self.repo.head(), forced=True)

    def _nothing(self) -> None:
        pass

    def _people(self) -> None:
        for thread in self.server.pull.threads:
            match self.dice.randrange(8):
                case 0:
                    thread.resolved_by = thread.resolved_by or "dev"
                case 1:
                    self.server.person(thread, "👎 by design")
                case 2:
                    self.server.person(thread, "I will look")


def fingerprint(thread: Thread) -> str:
    found = marker.first(thread.notes[0].body)
    assert found is not None
    return found.values["id"]


def identity(name: str, n: int) -> str:
    """The fingerprint of the one finding of a bad function."""
    return finding.fingerprint(
        category=Category.PERFORMANCE, path=name, definition=f"f{n + 1}",
        anchor=f"return requests.get(url, params={n + 1})", occurrence=0,
    )  # fmt: skip


def live(server: GitHub) -> Counter[str]:
    """Threads that say a finding stands, by finding: two of one would be saying it twice."""
    return Counter(
        fingerprint(t)
        for t in server.pull.threads
        if marker.first(t.notes[0].body).kind == marker.FINDING  # type: ignore[union-attr]
    )


def check_verbs(server: GitHub) -> None:
    for verb, path, body in server.writes():
        known = (
            path.endswith((REVIEWS, "/issues/7/comments"))
            if verb == "POST"
            else "comments/" in path or verb == "MUTATION"
        )
        assert known, (verb, path)
        assert verb in ("POST", "PATCH", "MUTATION")
        assert not path.endswith(REVIEWS) or body["event"] == "COMMENT"


def run(world: World, folder: Path, again: str | None = None, meanwhile: Callable[[], None] | None = None) -> None:
    """One job; whatever GitHub does, each finding is in the step summary unless there is no review at all.

    *again*: an old event, whose job is run once more. *meanwhile*: what happens between review and publish.
    """
    job = Run(world.server, folder, BACKLINE_MAX_COMMENTS="30")
    if again:
        job.event.write_text(again)
    world.events.append(job.event.read_text())
    try:
        code = job.collect()
    except RequestError:
        code = 2
    if code:
        assert job.publish() == 3
        return
    made = job.review()
    if meanwhile:
        meanwhile()
    assert job.publish() == 0
    text = job.summary.read_text()
    assert made is None or all(f"{each.path}:{each.start_line}" in text for each in made.findings)


def silenced(thread: Thread) -> bool:
    return thread.resolved_by == "dev" or any(note.body.startswith("👎") for note in thread.notes[1:])


def check_told(world: World) -> None:
    """After runs in peace every bad function is in the summary and on a line, unless people silenced this very one;
    no good one is, and no thread says that it stands unless somebody has answered there."""
    server = world.server
    silent = {fingerprint(thread) for thread in server.pull.threads if silenced(thread)}
    standing = {identity(*place): place for place in world.bad() if identity(*place) not in silent}
    rows = [row for comment in server.pull.comments for row in comment.body.split("\n") if row.startswith("| medium")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(f"{name}:{5 + 4 * n}" for name, n in standing.values())
    carried = [row for comment in server.pull.comments for row in state.unpack(comment.body).findings]
    assert standing.keys() <= {row.fingerprint for row in carried} <= standing.keys() | silent
    assert standing.keys() <= live(server).keys()
    unanswered = {fingerprint(thread) for thread in server.pull.threads if not thread.notes[1:]}
    assert (live(server).keys() & unanswered) - silent <= standing.keys()


@pytest.fixture(scope="module")
def seed_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seed") / "repo"
    branched(folder, {"README.md": "x\n"}, {"app/n0.py": TOP + "".join(BAD.format(n=n + 1) for n in range(3))})
    return folder


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(RUNS))
def test_no_finding_is_lost_and_none_is_posted_twice(seed_repo: Path, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    shutil.copytree(seed_repo, tmp_path / "repo")
    repo = Repo(tmp_path / "repo", init=False)
    with GitHub(repo) as server:
        server.pull = Pull()
        server.resolvable = dice.random() < 0.5
        server.open(repo.head())
        world = World(server, repo, dice, {"app/n0.py": [True] * 3})
        for _ in range(STEPS):
            world.step()
            server.faults = [fault(dice) for _ in range(dice.choice([0, 0, 1, 2]))]
            old = dice.choice(world.events) if world.events and dice.random() < 0.15 else None
            run(world, tmp_path, old, world.step if dice.random() < 0.15 else None)
            assert all(count == 1 for count in live(server).values())
        server.faults = []
        run(world, tmp_path)
        run(world, tmp_path)
        check_told(world)
        assert all(count == 1 for count in live(server).values())
        before = len(server.writes())
        run(world, tmp_path)
        assert len(server.writes()) == before
        check_verbs(server)
        assert server.broken == []
    shutil.rmtree(tmp_path)
