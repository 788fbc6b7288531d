"""Leads of a whole change: guards read every file, rules the selected ones, one process or several alike."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from repo import Repo

from backline.intake.change import Change, from_branch
from backline.intake.diff import FileDiff
from backline.intake.git import Repository
from backline.intake.selection import select
from backline.leads import fanout
from backline.leads.gather import Gathered, gather
from backline.leads.rule import read_rule
from backline.progress import silent

BAD = "import requests\n\n\ndef price(sku):\n    return requests.get(URL + sku).json()\n"
KEY = 'KEY = "ghp_' + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"[:36] + '"\n'
RULE = """\
id: team.no-print
languages: [python]
category: reliability
severity: low
confidence: high
title: "`print` in a service"
message: "It goes to standard output. Nobody reads that."
fix: "Use the logger."
literals: ["print("]
rule: {kind: call, pattern: print($$$)}
"""


@pytest.fixture
def repository(tmp_path: Path):
    made = Repo(tmp_path / "repo")
    made.write("README.md", "x\n")
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    for number in range(12):
        made.write(f"app/module_{number}.py", BAD + f"\n\ndef f{number}():\n    print({number})\n")
    made.write("docs/example.md", KEY)
    made.commit()
    with Repository.open(made.path) as opened:
        yield opened


def gathered(change: Change, team=()) -> Gathered:
    return gather(change, select(change), team, silent)


def test_rules_speak_of_selected_files_and_guards_of_every_file(repository: Repository) -> None:
    found = gathered(from_branch(repository))
    rules = sorted({(lead.rule, lead.path.split("/")[0]) for lead in found.leads})
    assert ("python.requests-without-timeout", "app") in rules
    assert any(rule.startswith("guard.") and place == "docs" for rule, place in rules)
    assert found.problems == {}


def test_a_teams_own_rules_speak_beside_ours(repository: Repository) -> None:
    found = gathered(from_branch(repository), (read_rule(RULE, "team.yml"),))
    assert sum(lead.rule == "team.no-print" for lead in found.leads) == 12


def test_several_processes_find_what_one_finds(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    change, team = from_branch(repository), (read_rule(RULE, "team.yml"),)
    alone = gathered(change, team)
    monkeypatch.setattr(fanout, "WORTH_LINES", 1)
    monkeypatch.setattr(fanout, "CHUNK_LINES", 30)
    monkeypatch.setattr(fanout.os, "cpu_count", lambda: 2)
    apart = gathered(change, team)
    assert sorted(map(repr, apart.leads)) == sorted(map(repr, alone.leads))


SLOW = "<?php\nfunction f() {\n" + "  $x = $_GET['a'];\n  redirect($x);\n" * 8_000 + "}\n"
"""One function that a rule looks through from each of its statements: minutes."""


def test_rules_that_do_not_come_to_an_end_are_stopped_and_their_file_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Repo(tmp_path / "repo")
    made.write("app/fast.py", "x = 1\n")
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    made.write("app/slow.php", SLOW)
    made.write("app/fast.py", BAD)
    made.commit()
    monkeypatch.setattr(fanout, "SECONDS", 12.0)
    with Repository.open(made.path) as repository:
        found = gathered(from_branch(repository))
    assert found.problems == {"app/slow.php": "the rules were stopped after 15 seconds"}
    assert {lead.path for lead in found.leads} == {"app/fast.py"}
    assert multiprocessing.active_children() == []


def dies(*given: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_dies_is_named_for_its_files(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    change = from_branch(repository)
    monkeypatch.setattr(fanout, "WORTH_LINES", 1)
    monkeypatch.setattr(fanout, "work", dies)
    monkeypatch.setattr(fanout.os, "cpu_count", lambda: 2)
    found = gathered(change)
    assert len(found.problems) == 12
    assert set(found.problems.values()) == {"the process that runs the rules died"}


def test_what_may_be_slow_stands_alone_and_last() -> None:
    def job(name: str, size: int) -> fanout.Job:
        return fanout.Job(FileDiff(path=name), "python", ((1, 10),), size)

    jobs = [job("slow", 40_000), job("a", 10), job("b", 99_000), job("c", 10)]
    assert [[each.file.path for each in chunk] for chunk in fanout._chunks(jobs)] == [["a", "c"], ["slow"], ["b"]]


@pytest.mark.parametrize(
    ("numbers", "ranges"),
    [([], []), ([3], [(3, 3)]), ([1, 2, 3], [(1, 3)]), ([1, 3, 4, 9], [(1, 1), (3, 4), (9, 9)])],
)
def test_added_lines_travel_as_ranges(numbers: list[int], ranges: list[tuple[int, int]]) -> None:
    assert list(fanout._ranges(numbers)) == ranges
