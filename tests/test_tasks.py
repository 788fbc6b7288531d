"""Grouping, sizing and halving of what is reviewed together."""

from __future__ import annotations

import random

from changes import change
from model_server import NOTHING, said, serving
from test_run import run

from backline.finding import Category, Confidence, Severity
from backline.leads.lead import Lead
from backline.reviewer.tasks import MOST_FILES, MOST_HUNK, MOST_TOKENS, Part, Task, halves, plan


def files_of(**sizes: int):
    return change({path.replace("__", "/") + ".py": "x = 1\n" * size for path, size in sizes.items()}).files


def lead(path: str, severity: Severity) -> Lead:
    return Lead(
        rule="r", path=path, start_line=1, line=1, severity=severity, confidence=Confidence.HIGH,
        category=Category.SECURITY, title="t", body="b",
    )  # fmt: skip


def test_every_hunk_is_in_exactly_one_task():
    rng = random.Random(5)
    texts = {}
    for n in range(60):
        lines = (f"y{line} = 2\n" for line in range(rng.choice([1, 30, 2_000, 12_000])))
        texts[f"app/{rng.choice('abc')}/f{n}.py"] = "".join(lines)
    base = {path: text.replace("2", "1", 1) for path, text in texts.items() if rng.random() < 0.5}
    files = change(texts, base).files
    tasks = plan(files, [])
    parts = [part for task in tasks for part in task.parts]
    for file in files:
        hunks = [h for part in parts if part.file is file for h in part.hunks]
        assert [ln for h in hunks for ln in h.lines] == [ln for h in file.hunks for ln in h.lines]
    for task in tasks:
        assert 1 <= len(task.parts) <= MOST_FILES
        assert sum(p.tokens for p in task.parts) <= MOST_TOKENS or len(task.parts) == len(task.parts[0].hunks) == 1
        assert sum(p.tokens for p in task.parts) <= MOST_HUNK


def test_a_hunk_that_is_too_much_is_cut_with_its_numbers():
    old = "".join(f"a{n} = 1\n" for n in range(9_000))
    new = "".join(f"a{n} = {1 + n % 2}\n" for n in range(9_000))
    (file,) = change({"a.py": new}, {"a.py": old}).files
    assert len(file.hunks) == 1
    pieces = [hunk for task in plan([file], []) for part in task.parts for hunk in part.hunks]
    assert len(pieces) > 2
    for piece in pieces:
        olds, news = ([n for n in ns if n] for ns in zip(*((ln.old, ln.new) for ln in piece.lines), strict=True))
        assert (piece.old_start, piece.old_count) == (olds[0], len(olds))
        assert (piece.new_start, piece.new_count) == (news[0], len(news))


def test_a_file_that_nobody_could_read_is_too_large_and_the_others_are_reviewed():
    made = change({"app/big.py": "".join(f"value_{n} = {n}\n" for n in range(60_000)), "app/small.py": "x = 1\n"})
    with serving(NOTHING) as server:
        outcome = run(server, made, effort="low")
    assert outcome.failures == {"app/big.py": "too large"} and outcome.reviewed == ("app/small.py",)
    assert server.calls == 1 and len(said(server.bodies[0])) < 40_000


def test_sixty_two_small_files_are_eight_tasks():
    tasks = plan(files_of(**{f"app__f{n:02}": 20 for n in range(62)}), [])
    assert [len(task.parts) for task in tasks] == [8] * 7 + [6]


def test_a_test_is_reviewed_with_the_code_that_it_tests():
    names = ["app/orders.py", "app/zebra.py", "tests/test_orders.py", "web/orders.spec.ts"]
    names += [f"lib/a{n}.py" for n in range(7)]
    tasks = plan(change(dict.fromkeys(names, "x = 1\n")).files, [])
    (found,) = [task.paths for task in tasks if "app/orders.py" in task.paths]
    assert "tests/test_orders.py" in found


def test_a_folder_stays_together_when_it_fits():
    names = [f"{folder}/f{n}.py" for n in range(4) for folder in ("api", "zoo")]
    tasks = plan(change(dict.fromkeys(names, "x = 1\n")).files, [])
    assert len(tasks) == 1
    tasks = plan(change(dict.fromkeys(names, "x = 1\n" * 1500)).files, [])
    assert all(len({path.split("/")[0] for path in task.paths}) == 1 for task in tasks)


def test_the_highest_risk_comes_first():
    files = files_of(docs__a=5_000, app__auth__login=5_000, lib__b=5_000, tests__test_payments=5_000)
    assert plan(files, [])[0].paths == ("app/auth/login.py",)
    assert plan(files_of(tests__test_auth_login=5_000, lib__cache=5_000), [])[0].paths == ("lib/cache.py",)
    assert plan(files, [lead("lib/b.py", Severity.CRITICAL)])[0].paths == ("lib/b.py",)
    assert plan(files, [lead("gone.py", Severity.CRITICAL)])[0].paths == ("app/auth/login.py",)


def test_the_plan_does_not_depend_on_the_order_of_the_files():
    files = list(files_of(a__x=10, b__y=3_000, c__z=10, a__test_x=10, d__w=9_000))
    want = [task.paths for task in plan(files, [])]
    for seed in range(5):
        random.Random(seed).shuffle(files)
        assert [task.paths for task in plan(files, [])] == want


def test_halves_hold_what_the_whole_held_until_there_is_one_hunk():
    old = "".join(f"x{n} = 1\n" for n in range(200))
    new = old.replace("x20 = 1", "x20 = 2").replace("x100 = 1", "x100 = 2").replace("x180 = 1", "x180 = 2")
    file = change({"a.py": new}, {"a.py": old}).files[0]
    task = Task((Part(file, file.hunks), *[Part(f, f.hunks) for f in files_of(b=1)]))
    pieces, pending = [], [task]
    while pending:
        each = pending.pop(0)
        smaller = halves(each)
        pending += smaller
        if not smaller:
            pieces.append(each)
    assert [t.paths[0] for t in pieces] == ["b.py", "a.py", "a.py", "a.py"]
    assert {len(t.parts[0].hunks) for t in pieces} == {1}


def test_a_long_hunk_can_be_halved_and_a_short_one_not():
    (long,) = change({"a.py": "".join(f"x{n} = 1\n" for n in range(1_000))}).files
    first, second = halves(Task((Part(long, long.hunks),)))
    lines = [ln for task in (first, second) for hunk in task.parts[0].hunks for ln in hunk.lines]
    assert lines == list(long.hunks[0].lines) and first.paths == second.paths == ("a.py",)
    (short,) = files_of(a=150)
    assert halves(Task((Part(short, short.hunks),))) == ()


def test_nothing_to_plan():
    assert plan([], []) == ()
