"""publish against a GitHub on a socket: what is posted, where, what happens when GitHub says no, and never twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from github_server import Fault, GitHub, Note
from repo import branched
from reports import finding, report
from running import Run

from backline import publishing
from backline.errors import RequestError
from backline.finding import Category, Finding, Severity
from backline.intake import marker, state
from backline.intake.github import GitHubError
from backline.output.saved import from_json, to_json
from backline.publish.outcome import Outcome, outcome
from backline.report import Report

BEFORE: dict[str, str | bytes] = {"app/db.py": "import requests\n\n\ndef ping(url):\n    return None\n"}
CALL = "    return requests.get(url, verify=False)\n"
AFTER: dict[str, str | bytes | None] = {"app/db.py": f"import requests\n\n\ndef ping(url):\n{CALL}"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHub]:
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as made:
        made.open(made.repo.head())
        yield made
        assert made.broken == []


def pushed(server: GitHub, text: str, path: str = "app/db.py", *, forced: bool = False) -> None:
    server.repo.write(path, text)
    server.push(server.repo.commit(), forced=forced)


def posted(server: GitHub, run: Run, made: Report, **flags: object) -> int:
    """Publishes *made* as if the review had written it."""
    if not (run.change / "change.json").exists():
        run.collect()
    usual = replace(
        made, repository=server.slug, pull_request=7, head=made.head if made.head != "d" * 40 else server.pull.head
    )
    run.report_file.write_text(to_json(usual))
    return run.publish(**flags)


def numbered(count: int, **changed: object) -> list[Finding]:
    return [
        finding(
            **{"fingerprint": f"{n:016x}", "start_line": 5, "line": 5, "category": list(Category)[n % 3], **changed}
        )
        for n in range(1, count + 1)
    ]


# -- what is posted --------------------------------------------------------------------------------------------------


def test_an_event_becomes_one_review_with_comments_on_the_line_and_one_summary(server: GitHub, tmp_path: Path) -> None:
    run = Run(server, tmp_path)
    assert run.all() == 0
    assert [(t.path, t.line, t.start_line, t.side) for t in server.pull.threads] == [
        ("app/db.py", 5, None, "RIGHT")
    ] * 2
    assert len(server.pull.reviews) == len(server.pull.comments) == 1
    assert len(server.requests) <= 6
    assert "complete: 1 changed file" in run.summary.read_text()
    assert "findings<<" in run.output.read_text()


def test_the_same_run_again_writes_nothing(server: GitHub, tmp_path: Path) -> None:
    assert Run(server, tmp_path).all() == 0
    before = len(server.writes())
    assert Run(server, tmp_path).all() == 0
    assert len(server.writes()) == before == 2


@pytest.mark.parametrize(("files", "calls"), [(14, 6), (62, 8)])
def test_few_calls_however_many_files(tmp_path: Path, files: int, calls: int) -> None:
    after: dict[str, str | bytes | None] = {f"src/f{n}.py": str(AFTER["app/db.py"]) for n in range(files)}
    for disk_kb in (100, 900_000):
        with GitHub(branched(tmp_path / f"repo{files}-{disk_kb}", {"a": "a\n"}, after), disk_kb=disk_kb) as server:
            server.open(server.repo.head())
            assert Run(server, tmp_path).all() == 0
            assert len(server.requests) <= calls
            assert len(server.pull.threads) == 10
            assert server.broken == []


def test_enterprise_server_works(tmp_path: Path) -> None:
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER), enterprise=True) as server:
        server.open(server.repo.head())
        assert Run(server, tmp_path).all() == 0
        assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)
        assert server.broken == []


def test_nothing_selected_is_quiet_and_nothing_found_is_one_line(tmp_path: Path) -> None:
    for name, after in (("docs", {"README.md": "x\n"}), ("code", {"app/x.py": "x = 1\n"})):
        with GitHub(branched(tmp_path / name, BEFORE, after)) as server:
            server.open(server.repo.head())
            assert Run(server, tmp_path).all() == 0
            assert len(server.pull.comments) == (name == "code")
            assert server.pull.reviews == []


def test_the_exit_code_is_the_reports_and_people_can_take_it_back(server: GitHub, tmp_path: Path) -> None:
    run = Run(server, tmp_path)
    run.collect()
    run.review()
    assert run.publish(fail_on="high") == 1
    assert run.publish(fail_on="critical") == 0
    for thread in server.pull.threads:
        thread.resolved_by = "dev"
    assert run.publish(fail_on="low") == 0


def test_the_limit_of_comments_comes_from_the_base(tmp_path: Path) -> None:
    before = {**BEFORE, ".github/backline.yml": "max-comments: 1\nfail-on: high\n"}
    after = {**AFTER, ".github/backline.yml": "max-comments: 30\nfail-on: never\n"}
    with GitHub(branched(tmp_path / "repo", before, after)) as server:
        server.open(server.repo.head())
        assert Run(server, tmp_path).all() == 1
        assert len(server.pull.threads) == 1


def test_a_suggestion_is_posted_on_the_lines_that_it_replaces(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    (body,) = [body for body in server.own_comments() if "```suggestion" in body]
    assert "    return requests.get(url, verify=False, timeout=10)" in body


# -- only once -------------------------------------------------------------------------------------------------------


def test_a_file_with_crlf_line_ends_gets_the_same_suggestion(tmp_path: Path) -> None:
    made = []
    for end in ("\n", "\r\n"):
        code = end.join(["import yaml", "", "", "def f(text):", "    return yaml.load(text)", ""])
        repo = branched(tmp_path / f"repo{len(made)}", {"app/y.py": f"x = 1{end}"}, {"app/y.py": code})
        with GitHub(repo) as server:
            server.open(server.repo.head())
            Run(server, tmp_path).all()
            made.append([body.split("\n", 1)[1] for body in server.own_comments()])
    assert "```suggestion\n    return yaml.safe_load(text)\n```" in made[0][0]
    assert made[0] == made[1]


def test_a_rebase_without_change_is_silent(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    before = len(server.writes())
    server.repo.git("checkout", "-q", "main")
    server.repo.write("other.py", "x = 1\n")
    server.repo.commit()
    server.repo.git("checkout", "-q", "topic")
    server.repo.git("rebase", "-q", "main")
    server.push(server.repo.head(), forced=True)
    run = Run(server, tmp_path)
    assert run.all() == 0
    assert run.fresh.change.files == ()
    assert len(server.writes()) == before


def test_one_changed_hunk_of_62_files_is_one_task(tmp_path: Path) -> None:
    text = "import requests\n\n\n" + "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(30))
    after: dict[str, str | bytes | None] = {f"src/f{n}.py": text for n in range(62)}
    with GitHub(branched(tmp_path / "repo", {"a": "a\n"}, after)) as server:
        server.open(server.repo.head())
        Run(server, tmp_path).all()
        pushed(server, text.replace("return 7", "return 70"), "src/f9.py")
        run = Run(server, tmp_path)
        run.all()
        assert [len(file.hunks) for file in run.fresh.change.files] == [1]
        assert len(run.fresh.unchanged) == 61


def test_a_second_push_with_a_new_problem_is_reviewed(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    pushed(server, "import yaml\n\n\ndef read(data):\n    return yaml.load(data, Loader=yaml.Loader)\n", "app/more.py")
    Run(server, tmp_path).all()
    assert [thread.path for thread in server.pull.threads] == ["app/db.py", "app/db.py", "app/more.py"]
    assert len(server.pull.comments) == 1
    assert "earlier, still stands" in server.pull.comments[0].body


def test_code_that_is_gone_is_marked_and_resolved(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    pushed(server, str(AFTER["app/db.py"]).replace("verify=False", "timeout=9"))
    Run(server, tmp_path).all()
    marks = [marker.first(body) for body in server.own_comments()]
    assert [mark.kind for mark in marks if mark] == [marker.ADDRESSED] * 2
    assert all(f"*Addressed in {server.pull.head[:12]}" in body for body in server.own_comments())
    assert [thread.resolved_by for thread in server.pull.threads] == ["github-actions"] * 2
    before = len(server.writes())
    assert Run(server, tmp_path).all() == 0
    assert len(server.writes()) == before


def test_a_token_that_may_not_resolve_is_asked_once_and_the_line_stands(server: GitHub, tmp_path: Path) -> None:
    server.resolvable = False
    Run(server, tmp_path).all()
    pushed(server, "x = 1\n")
    Run(server, tmp_path).all()
    assert [row[0] for row in server.requests].count("MUTATION") == 1
    assert all("*Addressed in " in body for body in server.own_comments())


def test_what_people_answered_is_left_to_them(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    server.person(server.pull.threads[0], "I will look")
    server.pull.threads[1].notes[0].down = 1
    pushed(server, "x = 1\n")
    before = server.own_comments()
    Run(server, tmp_path).all()
    assert server.own_comments() == before
    assert all(thread.resolved_by is None for thread in server.pull.threads)


def test_resolved_and_dismissed_findings_stay_quiet_on_every_push(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    server.pull.threads[0].resolved_by = "dev"
    server.person(server.pull.threads[1], "👎 by design")
    for n in range(3):
        pushed(server, f"# {n}\n{AFTER['app/db.py']}")
        assert Run(server, tmp_path, BACKLINE_FAIL_ON="low").all() == 0
    assert len(server.pull.threads) == 2
    assert "TLS" not in server.pull.comments[0].body


def test_with_a_personal_token_its_owner_can_dismiss_too(server: GitHub, tmp_path: Path) -> None:
    server.viewer = {"login": "dev"}
    Run(server, tmp_path).all()
    for thread in server.pull.threads:
        server.person(thread, "👎 by design")
        thread.notes[-1].author = server.viewer
    assert Run(server, tmp_path, BACKLINE_FAIL_ON="low").all() == 0


def test_code_that_comes_back_is_raised_again(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    pushed(server, "x = 1\n")
    Run(server, tmp_path).all()
    pushed(server, str(AFTER["app/db.py"]))
    Run(server, tmp_path).all()
    assert len(server.pull.threads) == 4


def test_another_workflow_or_job_has_its_own_comments(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    Run(server, tmp_path, GITHUB_JOB="second").all()
    assert (len(server.pull.threads), len(server.pull.comments)) == (4, 2)


def test_a_deleted_summary_costs_a_review_and_says_nothing_twice(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    server.pull.comments.clear()
    Run(server, tmp_path).all()
    assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)


def test_of_two_summaries_by_runs_at_once_one_stays_and_the_other_says_where(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    first = server.pull.comments[0]
    other = Note(2_000, server.viewer, marker.write("summary", by="0" * 12) + "\nanother job's")
    person = Note(2_001, {"login": "dev"}, first.body)
    spares = [Note(number, server.viewer, first.body) for number in (2_002, 2_003)]
    server.pull.comments += [spares[0], other, person, spares[1]]
    kept = [first.body, other.body, person.body]
    Run(server, tmp_path).all()
    assert [first.body, other.body, person.body] == kept
    said = f"Backline: its summary is [this comment]({server.url}/acme/shop/pull/7#issuecomment-{first.id})."
    for spare in spares:
        assert spare.body.split("\n", 1)[1].strip() == said
    before = len(server.writes())
    pushed(server, "x = 1\n")
    Run(server, tmp_path).all()
    written = [path for verb, path, _ in server.writes()[before:] if "/issues/" in path]
    assert written == [f"/repos/acme/shop/issues/comments/{first.id}"]


def test_a_second_summary_that_cannot_be_edited_is_said(
    server: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Run(server, tmp_path).all()
    server.pull.comments.append(Note(2_002, server.viewer, server.pull.comments[0].body))
    server.faults = [Fault("PATCH", "issues/comments/2002", 404)]
    assert Run(server, tmp_path).all() == 0
    assert "a second summary stays: PATCH" in capsys.readouterr().err


def test_more_gone_threads_than_one_run_marks_are_marked_by_the_next(tmp_path: Path) -> None:
    many = "".join(f"def f{n}(url):\n    return requests.get(url, params={n})\n\n\n" for n in range(24))
    with GitHub(branched(tmp_path / "repo", BEFORE, {"app/x.py": f"import requests\n\n\n{many}"})) as server:
        server.open(server.repo.head())
        Run(server, tmp_path, BACKLINE_MAX_COMMENTS="30").all()
        assert len(server.pull.threads) == 24
        pushed(server, "x = 1\n", "app/x.py")
        Run(server, tmp_path).all()
        assert sum("Addressed in" in body for body in server.own_comments()) == 20
        Run(server, tmp_path).all()
        assert sum("Addressed in" in body for body in server.own_comments()) == 24
        assert server.broken == []


@pytest.mark.parametrize(
    "fault", [None, Fault("POST", "/issues/7/comments", 500, times=9), Fault("PATCH", "/pulls/comments", 502, times=9)],
    ids=["the fix is pushed while the review runs", "no summary", "no edit"],
)  # fmt: skip
def test_threads_of_which_no_summary_tells_are_marked_once_their_code_is_gone(
    server: GitHub, tmp_path: Path, fault: Fault | None
) -> None:
    run = Run(server, tmp_path)
    run.collect()
    run.review()
    if fault:
        server.faults = [fault] if fault.verb == "POST" else []
        run.publish()
        server.faults = [fault] if fault.verb == "PATCH" else []
    pushed(server, "x = 1\n")
    if not fault:
        run.publish()
    Run(server, tmp_path).all()
    server.faults = []
    Run(server, tmp_path).all()
    assert ["Addressed in" in body for body in server.own_comments()] == [True, True]


def test_more_findings_than_the_state_can_carry_are_told_once(tmp_path: Path) -> None:
    def word(*parts: int) -> str:
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    call = "def f{0}(url):\n    return requests.get(url, params='{0}', verify=False)\n\n\n"
    after: dict[str, str | bytes | None] = {
        f"app/{word(k)}.py": "import requests\n\n\n" + "".join(call.format(word(k, n)) for n in range(10))
        for k in range(40)
    }
    with GitHub(branched(tmp_path / "repo", BEFORE, after)) as server:
        server.open(server.repo.head())
        Run(server, tmp_path).all()
        found = state.unpack(server.pull.comments[0].body)
        assert (len(found.told), len(found.findings), len(found.hunks)) == (800, 0, 40)
        writes = len(server.writes())
        Run(server, tmp_path).all()
        assert (len(server.pull.threads), len(server.writes())) == (10, writes)


# -- when GitHub says no ---------------------------------------------------------------------------------------------

REVIEWS = "/pulls/7/reviews"
SUMMARY = "/issues/7/comments"


@pytest.mark.parametrize(
    ("status", "text", "wait", "expected"),
    [
        (None, "timeout", None, Outcome.LOOK),
        (500, "", None, Outcome.LOOK),
        (502, "", None, Outcome.LOOK),
        (401, "Bad credentials", None, Outcome.NEVER),
        (403, "Resource not accessible by integration", None, Outcome.NEVER),
        (403, "You have exceeded a secondary rate limit", None, Outcome.WAIT),
        (403, "You have exceeded a secondary rate limit", 5.0, Outcome.WAIT),
        (403, "API rate limit exceeded", 3600.0, Outcome.STOP),
        (429, "", None, Outcome.WAIT),
        (429, "", 61.0, Outcome.STOP),
        (404, "Not Found", None, Outcome.STOP),
        (409, "", None, Outcome.STOP),
        (410, "", None, Outcome.STOP),
        (422, "line must be part of the diff", None, Outcome.APART),
        (422, "Start commit oid is not part of the pull request", None, Outcome.STOP),
        (422, "User can only have one pending review per pull request", None, Outcome.STOP),
        (451, "", None, Outcome.NEVER),
        (301, "", None, Outcome.NEVER),
        (418, "", None, Outcome.STOP),
    ],
)
def test_each_answer_has_one_meaning(status: int | None, text: str, wait: float | None, expected: Outcome) -> None:
    assert outcome(GitHubError(text, status=status, wait=wait)) is expected


LOST = [
    Fault("POST", REVIEWS, 502, after=True),
    Fault("POST", REVIEWS, None, after=True),
    Fault("POST", REVIEWS, 200, b"<html>Unicorn!</html>", after=True),
    Fault("POST", REVIEWS, 200, b'{"id": 1', after=True),
    Fault("POST", REVIEWS, 200, b"", after=True),
    Fault("POST", REVIEWS, 504, b"<html>", after=True),
]
NOT_DONE = [replace(fault, after=False) for fault in LOST] + [
    Fault("POST", REVIEWS, 429, headers={"Retry-After": "7"}), Fault("POST", REVIEWS, 429),
    Fault("POST", REVIEWS, 403, {"message": "You have exceeded a secondary rate limit. Please wait."}),
]  # fmt: skip


@pytest.mark.parametrize("fault", [*LOST, *NOT_DONE])
def test_a_review_is_posted_once_whether_its_answer_is_lost_or_it_was_not_done(
    server: GitHub, tmp_path: Path, fault: Fault
) -> None:
    server.faults = [replace(fault)]
    run = Run(server, tmp_path)
    assert run.all() == 0
    assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)
    assert sum(run.slept) <= 60
    before = len(server.writes())
    assert Run(server, tmp_path).all() == 0
    assert len(server.writes()) == before


@pytest.mark.parametrize("fault", [*LOST[:2], *NOT_DONE[:2]])
@pytest.mark.parametrize(("more", "count"), [("", 2), (f"\n\ndef two(url):\n{CALL}", 4)])
def test_threads_of_before_prove_no_arrival(
    server: GitHub, tmp_path: Path, fault: Fault, more: str, count: int
) -> None:
    """Code whose thread was addressed comes back, alone or beside new code; the answer is lost, or it was not done."""
    Run(server, tmp_path).all()
    pushed(server, "x = 1\n")
    Run(server, tmp_path).all()
    pushed(server, f"{AFTER['app/db.py']}{more}")
    server.faults = [replace(fault)]
    Run(server, tmp_path).all()
    Run(server, tmp_path).all()
    assert sum("Addressed in" not in body for body in server.own_comments()) == count


def test_a_review_that_is_there_before_its_threads_are_listed_is_not_posted_again(
    server: GitHub, tmp_path: Path
) -> None:
    server.faults, server.lagging = [Fault("POST", REVIEWS, 502, after=True)], True
    Run(server, tmp_path).all()
    assert len(server.pull.reviews) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", REVIEWS, 502, times=9),
        Fault("POST", REVIEWS, None, times=9),
        Fault("POST", REVIEWS, 404, times=9),
        Fault("POST", REVIEWS, 409, times=9),
        Fault("POST", REVIEWS, 410, times=9),
        Fault("POST", REVIEWS, 429, times=9),
        Fault("POST", REVIEWS, 403, {"message": "API rate limit exceeded"}, {"Retry-After": "3600"}, times=9),
        Fault(
            "POST",
            REVIEWS,
            422,
            {"message": "x", "errors": ["User can only have one pending review per pull request"]},
            times=9,
        ),
    ],
)
def test_findings_whose_review_fails_are_told_in_the_summary_and_posted_by_the_next_run(
    server: GitHub, tmp_path: Path, fault: Fault
) -> None:
    server.faults = [replace(fault)]
    run = Run(server, tmp_path)
    assert run.all() == 0
    assert server.pull.threads == []
    assert "GitHub did not take the comment" in server.pull.comments[0].body
    assert "TLS certificates are not checked" in server.pull.comments[0].body
    assert "TLS certificates are not checked" in run.summary.read_text()
    assert sum(row[0] == "POST" and row[1].endswith(REVIEWS) for row in server.requests) <= 2
    server.faults = []
    Run(server, tmp_path).all()
    assert len(server.pull.threads) == 2
    assert "did not take" not in server.pull.comments[0].body


def test_a_read_only_token_gets_one_refusal_and_everything_is_in_annotations_and_summary(
    server: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.writable = False
    run = Run(server, tmp_path)
    assert run.all() == 0
    assert len(server.writes()) == 1
    out = capsys.readouterr().out
    assert "::error file=app/db.py,line=5,endLine=5,title=high%3A TLS certificates are not checked::" in out
    assert out.count("::warning file=") == 1
    text = run.summary.read_text()
    assert "TLS certificates are not checked" in text
    assert "Resource not accessible by integration" in text
    assert run.publish(fail_on="high") == 1


@pytest.mark.parametrize("bad", [0, 3, 9])
def test_one_comment_that_github_refuses_is_isolated(server: GitHub, tmp_path: Path, bad: int) -> None:
    run = Run(server, tmp_path)
    run.collect()
    found = numbered(10)
    # GitHub's own hunks changed their mind: the local check lets it through.
    text = (run.change / "change.json").read_text()
    (run.change / "change.json").write_text(text.replace('"count": 4,', '"count": 400,'))
    found[bad] = replace(found[bad], start_line=300, line=300)
    assert posted(server, run, report(*found)) == 0
    posts = sum(row[0] == "POST" and row[1].endswith(REVIEWS) for row in server.requests)
    assert posts <= 12
    assert len(server.pull.threads) == 9
    assert "GitHub did not take the comment" in server.pull.comments[0].body
    assert state.unpack(server.pull.comments[0].body).due == ()


def test_comments_that_are_all_refused_end_after_a_few_requests(server: GitHub, tmp_path: Path) -> None:
    run = Run(server, tmp_path)
    run.collect()
    text = (run.change / "change.json").read_text()
    (run.change / "change.json").write_text(text.replace('"count": 4,', '"count": 400,'))
    found = [replace(each, start_line=100 + n, line=100 + n) for n, each in enumerate(numbered(30))]
    assert posted(server, run, report(*found), max_comments=30) == 0
    assert sum(row[1].endswith(REVIEWS) for row in server.requests) <= 12
    assert server.pull.threads == []
    assert server.pull.comments[0].body.count("| GitHub did not take the comment |") == 30


def test_a_force_push_between_the_steps_loses_nothing(server: GitHub, tmp_path: Path) -> None:
    run = Run(server, tmp_path)
    run.collect()
    run.review()
    pushed(server, f"# new\n{AFTER['app/db.py']}", forced=True)
    assert run.publish() == 0
    assert (server.pull.threads, server.pull.comments) == ([], [])
    assert "TLS certificates are not checked" in run.summary.read_text()
    Run(server, tmp_path).all()
    assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)


def test_a_push_between_the_steps_posts_lines_and_leaves_the_summary_to_the_next_run(
    server: GitHub, tmp_path: Path
) -> None:
    run = Run(server, tmp_path)
    run.collect()
    run.review()
    pushed(server, f"# new\n{AFTER['app/db.py']}")
    assert run.publish() == 0
    assert {thread.commit for thread in server.pull.threads} == {run.environ and server.repo.git("rev-parse", "HEAD~1")}
    assert server.pull.comments == []
    Run(server, tmp_path).all()
    assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)


def test_an_old_job_that_is_run_again_touches_nothing_of_the_newer_head(server: GitHub, tmp_path: Path) -> None:
    old = Run(server, tmp_path)
    assert old.all() == 0
    pushed(server, "import requests\n\n\ndef two(url):\n    return requests.get(url, cert=1, verify=False)\n")
    assert Run(server, tmp_path).all() == 0
    bodies, writes = server.own_comments(), len(server.writes())
    assert ["Addressed in" in body for body in bodies] == [True, True, False, False]
    again = Run(server, tmp_path, GITHUB_RUN_ATTEMPT="2")
    again.event.write_text(old.event.read_text())
    assert again.all() == 0
    assert "moved on" in again.summary.read_text()
    assert (server.own_comments(), len(server.writes())) == (bodies, writes)
    assert Run(server, tmp_path).all() == 0
    assert (server.own_comments(), len(server.writes())) == (bodies, writes)


@pytest.mark.parametrize("what", ["closed", "merged", "locked"])
def test_a_pull_request_that_closes_between_the_steps_gets_annotations(
    server: GitHub, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(server, tmp_path)
    run.collect()
    run.review()
    server.pull.locked = what == "locked"
    server.pull.state = "OPEN" if what == "locked" else what.upper()
    assert run.publish(fail_on="high") == 1
    assert server.writes() == []
    assert "::error file=app/db.py" in capsys.readouterr().out
    assert what in run.summary.read_text()


@pytest.mark.parametrize(
    "fault",
    [Fault("POST", SUMMARY, 502, after=True), Fault("POST", SUMMARY, None, after=True), Fault("POST", SUMMARY, 429),
     Fault("POST", SUMMARY, 200, b"<html>", after=True)],
)  # fmt: skip
def test_a_summary_whose_answer_is_lost_is_there_once(server: GitHub, tmp_path: Path, fault: Fault) -> None:
    server.faults = [fault]
    Run(server, tmp_path).all()
    assert len(server.pull.comments) == 1
    Run(server, tmp_path).all()
    assert len(server.pull.comments) == 1


@pytest.mark.parametrize("status", [403, 404, 410, 500, 503])
def test_a_summary_that_is_refused_is_in_annotations_and_step_summary(
    server: GitHub, tmp_path: Path, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    server.faults = [Fault("POST", SUMMARY, status, times=9)]
    run = Run(server, tmp_path)
    assert run.all() == 0
    assert "::error file=app/db.py" in capsys.readouterr().out
    assert "the summary was not posted" in run.summary.read_text()
    server.faults = []
    Run(server, tmp_path).all()
    assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"schema": "backline.report/1"}'])
@pytest.mark.parametrize(("code", "expected"), [(None, 3), ("0", 3), ("2", 2), ("70", 70), ("137", 137), ("x", 3)])
def test_without_a_report_the_job_is_incomplete(
    server: GitHub,
    tmp_path: Path,
    text: str | None,
    code: str | None,
    expected: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = Run(server, tmp_path)
    run.collect()
    if text is not None:
        run.report_file.write_text(text)
    if code is not None:
        (run.change / "code").write_text(f"{code}\n")
    assert run.publish() == expected
    assert server.writes() == []
    assert "INCOMPLETE" in capsys.readouterr().out
    assert "INCOMPLETE: the review left no report" in run.summary.read_text()
    assert "The log of the step Review says why" in run.summary.read_text()


def test_when_nothing_was_collected_the_step_that_failed_is_named(
    server: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.faults = [Fault("GET", "compare", 503, times=9)]
    run = Run(server, tmp_path)
    assert (run.collect(), run.publish()) == (3, 3)
    assert "::error title=Backline::INCOMPLETE: the change could not be collected" in capsys.readouterr().out
    assert "The log of the step Collect says why" in run.summary.read_text()
    assert "Review" not in run.summary.read_text()


def on_a_laptop(server: GitHub, tmp_path: Path) -> Run:
    """A saved report, without what `collect` wrote and without a runner's environment."""
    run = Run(server, tmp_path)
    run.collect()
    run.review()
    (run.change / "change.json").unlink()
    run.environ = {k: v for k, v in run.environ.items() if k.endswith("_URL")} | {"GH_TOKEN": server.token}
    return run


def test_a_saved_report_is_published_from_a_laptop(
    server: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert on_a_laptop(server, tmp_path).publish() == 0
    assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)
    said = capsys.readouterr()
    assert (said.out, said.err.splitlines()[-1]) == ("", "backline: 2 new line comments on acme/shop#7")


BRANCH: dict[str, Any] = {"repository": None, "pull_request": None}
"""What the report of a branch says in place of a pull request."""


@pytest.mark.parametrize(
    ("changed", "name", "posted"),
    [
        (BRANCH, "acme/shop#7", "2 new line comments on acme/shop#7"),
        ({}, "Acme/Shop#7", "2 new line comments on acme/shop#7"),
        (BRANCH, None, "nothing was posted: the report names no pull request; --pr names one"),
        (BRANCH | {"head": None}, "acme/shop#7", "nothing was posted: the report is of work that is not committed"),
        (BRANCH, "https://example.org/acme/shop/pull/7", "nothing was posted: --pr: example.org is not "),
    ],
)
def test_a_report_goes_to_the_pull_request_that_is_named(
    server: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    changed: dict[str, Any], name: str | None, posted: str,
) -> None:  # fmt: skip
    run = on_a_laptop(server, tmp_path)
    run.report_file.write_text(to_json(replace(from_json(run.report_file.read_text()), **changed)))
    publishing.publish(str(run.report_file), {"pull_request": [name]} if name else {}, run.environ)
    assert posted in capsys.readouterr().err
    assert len(server.pull.threads) == (2 if "comments" in posted else 0)


@pytest.mark.parametrize("name", ["garbage!!", "acme/shop#8", "acme/other#7"])
def test_a_report_goes_to_no_other_pull_request(server: GitHub, tmp_path: Path, name: str) -> None:
    run = on_a_laptop(server, tmp_path)
    with pytest.raises(RequestError, match=r"wants a number, OWNER/REPO#N|the report is of acme/shop#7"):
        publishing.publish(str(run.report_file), {"pull_request": [name]}, run.environ)
    assert server.writes() == []


# -- who speaks ------------------------------------------------------------------------------------------------------


def test_a_marker_of_somebody_else_counts_for_nothing(server: GitHub, tmp_path: Path) -> None:
    other = Run(server, tmp_path)
    other.all()
    stolen = server.own_comments()
    told = server.pull.comments[0].body
    server.pull.threads.clear()
    server.pull.comments[:] = [Note(1, {"login": "mallory"}, told)]
    for body in stolen:
        from github_server import Thread

        note = Note(2, {"login": "mallory"}, body)
        server.pull.threads.append(Thread("T", "app/db.py", "RIGHT", 5, None, "x", [note], resolved_by="mallory"))
    Run(server, tmp_path).all()
    assert len([t for t in server.pull.threads if t.notes[0].author is server.viewer]) == 2
    assert server.pull.comments[-1].author is server.viewer


def test_our_comment_changed_by_somebody_else_is_not_ours_any_more(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    server.pull.comments[0].editor = {"login": "mallory"}
    server.pull.comments[0].body = server.pull.comments[0].body.replace("2 findings", "no findings")
    Run(server, tmp_path).all()
    assert len(server.pull.comments) == 2
    assert state.unpack(server.pull.comments[1].body).hunks


def test_only_the_verbs_on_the_list_are_sent(server: GitHub, tmp_path: Path) -> None:
    Run(server, tmp_path).all()
    pushed(server, "x = 1\n")
    Run(server, tmp_path).all()
    for verb, path, body in server.writes():
        assert (verb, path.rstrip("0123456789")) in {
            ("POST", "/repos/acme/shop/pulls/7/reviews"), ("POST", "/repos/acme/shop/issues/7/comments"),
            ("PATCH", "/repos/acme/shop/issues/comments/"), ("PATCH", "/repos/acme/shop/pulls/comments/"),
            ("MUTATION", "graphql"),
        }  # fmt: skip
        if verb == "MUTATION":
            assert body["query"].startswith("mutation($id: ID!) { resolveReviewThread(")
        if path.endswith("/reviews"):
            assert body["event"] == "COMMENT"


def test_most_severe_first_when_there_are_too_many(server: GitHub, tmp_path: Path) -> None:
    found = sorted(numbered(12), key=lambda f: f.fingerprint)
    found[0] = replace(found[0], severity=Severity.CRITICAL)
    run = Run(server, tmp_path)
    assert posted(server, run, report(*found), max_comments=4) == 0
    assert len(server.pull.threads) == 4
    assert "over the limit of line comments" in server.pull.comments[0].body


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_file_of_the_runner_that_cannot_be_written_is_said_and_loses_nothing(
    server: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    run = Run(server, tmp_path, **{variable: str(tmp_path)})
    assert run.all() == 0
    assert f"backline: {variable}: Is a directory" in capsys.readouterr().err
    assert len(server.pull.threads) == 2
