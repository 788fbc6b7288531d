"""`backline review` with a key, over a socket: what the agent says stands on proven lines, or is set aside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from model_server import KEY, Fault, ModelServer, is_second_look, serving, stopped
from repo import Repo

from backline import cli

CODE = """\
import requests


def price(sku):
    return requests.get(f"https://prices.internal/{sku}").json()


def refund(order, amount):
    order.balance -= amount
    order.save()
"""
FINDING = {
    "path": "app/prices.py", "quote": "    order.balance -= amount", "line": 99, "severity": "high",
    "confidence": "high", "category": "reliability", "cwe": "CWE-362", "kind": "problem",
    "title": "Two refunds at once lose one of them",
    "body": "`refund` reads and writes the balance in two steps; two requests at once both start from the old value.",
    "evidence": [{"path": "app/prices.py", "line": 9}], "suggestion": None,
}  # fmt: skip

Answer = Callable[[dict[str, Any], int], Any]
Review = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    for name in ("GITHUB_ACTIONS", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    made = Repo(tmp_path / "repo")
    made.write("app/shop.py", "def nothing():\n    pass\n")
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    made.write("app/prices.py", CODE)
    made.commit()
    return made


@pytest.fixture
def review(repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Review:
    def call(server: ModelServer, *words: str) -> tuple[int, dict[str, Any]]:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        place = ["--repo", str(repo.path), "--base-url", server.url, "--format", "json"]
        code = cli.run(["review", *place, *words])
        shown = capsys.readouterr()
        assert KEY not in shown.out + shown.err
        return code, json.loads(shown.out) if shown.out else {"error": shown.err}

    return call


def claims(body: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = [block for message in body["messages"] for block in message["content"]]
    shown = next(block["text"] for block in blocks if "=== claims\n" in block.get("text", ""))
    return json.JSONDecoder().raw_decode(shown.split("=== claims\n")[1])[0]


def finder(*findings: dict[str, Any], verdict: str = "confirmed", reason: str = "read") -> Answer:
    """Says *findings* once; its second look gives every claim the same verdict."""

    def answer(body: dict[str, Any], n: int) -> Any:
        if is_second_look(body):
            place = {"path": "app/prices.py", "line": 1} if verdict == "refuted" else {"path": None, "line": None}
            rows = [{"id": str(c["id"]), "verdict": verdict, "reason": reason, **place} for c in claims(body)]
            return json.dumps({"verdicts": rows})
        first = len([m for m in body["messages"] if m["role"] == "assistant"]) == 0
        return json.dumps({"findings": list(findings) if first else []})

    return answer


def by_source(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f["source"]: f for f in report["findings"]}


def test_a_finding_is_placed_by_its_quote_and_confirmed(review: Review) -> None:
    with serving(finder(FINDING)) as server:
        code, report = review(server)
    found = by_source(report)["claude"]
    assert (code, report["engine"], report["complete"]) == (0, "claude", True)
    assert (found["path"], found["line"], found["verification"]) == ("app/prices.py", 9, "confirmed")
    assert report["coverage"][0]["disposition"] == "reviewed"
    assert report["usage"]["calls"] == server.calls > 1
    assert report["usage"]["cost_usd"] > 0
    assert by_source(report)["rules"]["rule"] == "python.requests-without-timeout"


def test_what_is_refuted_is_set_aside_with_the_reason(review: Review) -> None:
    with serving(finder(FINDING, verdict="refuted")) as server:
        code, report = review(server)
    assert (code, report["findings"]) == (0, [])
    assert {row["reason"] for row in report["set_aside"]} == {"refuted: read (app/prices.py:1)"}
    assert {row["source"] for row in report["set_aside"]} == {"rules", "claude"}


def test_the_second_look_is_told_where_the_evidence_is(review: Review) -> None:
    named = [
        {"path": "app/prices.py", "line": 4},
        {"path": "app/shop.py", "line": 1},
        {"path": "/etc/hosts", "line": 1},
    ]
    with serving(finder(FINDING | {"evidence": named})) as server:
        review(server)
    by_title = {c["title"]: c["evidence"] for c in claims(next(b for b in server.bodies if is_second_look(b)))}
    assert by_title.pop(FINDING["title"]) == ["app/prices.py:4", "app/shop.py:1"]
    assert set(map(tuple, by_title.values())) == {()}, "a rule names none"


def test_a_suggestion_that_fails_goes_and_its_finding_stays(review: Review) -> None:
    fix = FINDING | {"suggestion": "    order.balance -= abs(amount)"}
    for reason, kept in [("Suggestion fails: the race is still there.", False), ("It races.", True)]:
        with serving(finder(fix, reason=reason)) as server:
            _, report = review(server)
        found = by_source(report)["claude"]
        assert found["verification"] == "confirmed" and (found["suggestion"] is not None) == kept
        assert any("app/prices.py:9: Suggestion fails: the race" in note for note in report["notes"]) != kept


def test_what_is_unsure_loses_confidence_and_a_rule_stands(review: Review) -> None:
    with serving(finder(FINDING, verdict="unsure")) as server:
        _, report = review(server)
    assert by_source(report)["claude"]["confidence"] == "medium"
    assert by_source(report)["claude"]["verification"] == "unverified"
    assert by_source(report)["rules"]["verification"] == "deterministic"


def test_what_the_second_look_says_of_a_finding_that_stands_is_on_record(review: Review) -> None:
    for verdict in ("confirmed", "unsure"):
        with serving(finder(FINDING, verdict=verdict, reason="Both read first.")) as server:
            _, report = review(server)
        assert f"second look: {verdict} at app/prices.py:9: Both read first." in report["notes"]


@pytest.mark.parametrize(
    ("reason", "severity"),
    [
        ("Severity medium: it needs two at once.", "medium"),
        ("Severity critical: anybody can.", "high"),
        ("It happens. Severity low: no.", "high"),
        ("Severity none: no.", "high"),
    ],
)
def test_a_claim_may_be_found_less_severe_and_a_rules_may_not(review: Review, reason: str, severity: str) -> None:
    with serving(finder(FINDING, reason=reason)) as server:
        _, report = review(server)
    assert by_source(report)["claude"]["severity"] == severity
    assert by_source(report)["rules"]["severity"] == "medium"


AT_THE_RULES_LINE = FINDING | {
    "quote": '    return requests.get(f"https://prices.internal/{sku}").json()', "category": "performance",
    "cwe": "CWE-862", "severity": "critical", "title": "Anybody reads every price", "body": "Anybody does.",
}  # fmt: skip
SAME = {"cwe": "CWE-400", "title": "A slow partner holds every worker"}


def about(title: str, word: str) -> Callable[..., Answer]:
    """The second look says *word* of the claim of this title, and confirms every other one."""

    def make(*findings: dict[str, Any]) -> Answer:
        def answer(body: dict[str, Any], n: int) -> Any:
            if not is_second_look(body):
                return finder(*findings)(body, n)
            said = [(c["id"], word if c["title"] == title else "confirmed") for c in claims(body)]
            place = {"reason": "read", "path": "app/prices.py", "line": 1}
            return json.dumps({"verdicts": [{"id": id_, "verdict": verdict, **place} for id_, verdict in said]})

        return answer

    return make


@pytest.mark.parametrize("word", ["refuted", "unsure", "failed"])
@pytest.mark.parametrize("other", [{}, SAME, {"cwe": None}])
@pytest.mark.parametrize("confidence", ["high", "low"])
def test_a_claim_at_a_rules_line_that_does_not_hold_takes_nothing_from_the_rule(
    review: Review, other: dict[str, Any], word: str, confidence: str
) -> None:
    claim = AT_THE_RULES_LINE | other | {"confidence": confidence}
    made = about(claim["title"], word)(claim)

    def answer(body: dict[str, Any], n: int) -> Any:
        return Fault(400) if word == "failed" and is_second_look(body) else made(body, n)

    with serving(answer) as server:
        _, report = review(server)
    found = by_source(report)["rules"]
    assert (found["rule"], found["severity"]) == ("python.requests-without-timeout", "medium")
    assert found["verification"] == ("deterministic" if word == "failed" else "confirmed")
    assert "Anybody" not in found["title"] + found["body"]
    claude = by_source(report).get("claude")
    assert claude is None or (
        claude["verification"] == "unverified" and word != "refuted" and claim["cwe"] == "CWE-862"
    )


def test_a_rules_finding_that_is_refuted_takes_nothing_from_a_claim_at_its_line(review: Review) -> None:
    title = "`requests.get` can wait forever"
    with serving(about(title, "refuted")(AT_THE_RULES_LINE | SAME)) as server:
        _, report = review(server)
    assert [f["rule"] for f in report["findings"]] == [None]
    assert [f["verification"] for f in report["findings"]] == ["confirmed"]


def test_two_weaknesses_at_one_line_are_two_findings_with_two_fingerprints(review: Review) -> None:
    with serving(finder(AT_THE_RULES_LINE)) as server:
        _, report = review(server)
    assert {f["source"] for f in report["findings"]} == {"rules", "claude"}
    assert len({f["fingerprint"] for f in report["findings"]}) == 2
    assert {f["line"] for f in report["findings"]} == {5}


def test_a_confirmed_claim_and_a_rule_about_the_same_are_one_finding(review: Review) -> None:
    with serving(finder(AT_THE_RULES_LINE | SAME)) as server:
        _, report = review(server)
    [found] = report["findings"]
    assert (found["source"], found["rule"]) == ("claude", "python.requests-without-timeout")
    assert (found["title"], found["verification"]) == (SAME["title"], "confirmed")


def test_a_quote_that_is_nowhere_is_set_aside(review: Review) -> None:
    with serving(finder(FINDING | {"quote": "order.balance = 0"})) as server:
        _, report = review(server)
    assert "claude" not in by_source(report)
    assert any("quote" in row["reason"] for row in report["set_aside"] if row["source"] == "claude")


def test_the_receipt_names_every_model_that_was_asked_and_what_each_stage_took(review: Review, repo: Repo) -> None:
    cheap = repo.path.parent / "cheap.md"
    cheap.write_text("---\nname: cheap\ndescription: d\nmodel: haiku\n---\nReview.")
    with serving(finder(FINDING)) as server:
        _, report = review(server, "--agent", str(cheap))
    assert report["usage"]["model"] == "claude-haiku-5-5, claude-sonnet-5-5"
    stages = [note for note in report["notes"] if " of waiting, $" in note]
    assert [note.partition(")")[0] for note in stages] == [
        "finder cheap (claude-haiku-5-5", "second look (claude-sonnet-5-5",
    ]  # fmt: skip
    assert all(word in note for note in stages for word in (" call", " tokens in (", " cached), ", " out, "))


SHAPELESS = [
    ({"path": "app/shop.py"}, ("app/shop.py", FINDING["title"], "path: not a file of this change")),
    ({"path": "../x\u202e"}, ("../x⟦U+202E RLO⟧", FINDING["title"], "path: not a file of this change")),
    ({"line": 0}, ("app/prices.py", FINDING["title"], "line: not a line number")),
    ({"severity": "HIGH"}, ("app/prices.py", FINDING["title"], "severity: not one of the words")),
]


@pytest.mark.parametrize(("other", "row"), SHAPELESS)
def test_a_claim_that_cannot_be_read_is_set_aside_by_path_and_title(
    review: Review, other: dict[str, Any], row: tuple[str, str, str]
) -> None:
    with serving(finder(FINDING | other)) as server:
        _, report = review(server, "--effort", "low")
    assert [(r["path"], r["title"], r["reason"]) for r in report["set_aside"] if r["source"] == "claude"] == [row]
    assert not [note for note in report["notes"] if note.startswith("rejected")]


@pytest.mark.parametrize("other", [{"path": None}, {"path": ""}, {"title": None}])
def test_a_claim_without_path_or_title_is_a_note(review: Review, other: dict[str, Any]) -> None:
    with serving(finder(FINDING | other)) as server:
        _, report = review(server, "--effort", "low")
    assert not [row for row in report["set_aside"] if row["source"] == "claude"]
    assert len([note for note in report["notes"] if note.startswith("rejected: ")]) == 1


@pytest.mark.parametrize(("paths", "raised"), [(["--paths", "**"], 1), (["--paths", "**", "--paths", "!app/pr*"], 0)])
def test_a_claim_on_a_file_that_nobody_was_asked_to_review_is_set_aside(
    review: Review, repo: Repo, paths: list[str], raised: int
) -> None:
    repo.write("app/new.py", "def f():\n    return 1\n")
    repo.commit()
    with serving(finder(FINDING)) as server:
        _, report = review(server, *paths)
    rows = [row["reason"] for row in report["set_aside"] if row["source"] == "claude"]
    assert len([f for f in report["findings"] if f["source"] == "claude"]) == raised
    assert rows == [] if raised else ["its file is not reviewed: excluded by `paths`"]


def test_with_low_effort_nothing_is_verified(review: Review) -> None:
    with serving(finder(FINDING)) as server:
        _, report = review(server, "--effort", "low")
    assert by_source(report)["claude"]["verification"] == "unverified"
    assert report["usage"]["calls"] == 1


def test_a_refusal_is_never_nothing_found(review: Review) -> None:
    with serving(lambda body, n: stopped("refusal")) as server:
        code, report = review(server)
    assert (code, report["complete"]) == (3, False)
    assert report["coverage"][0] == {
        "path": "app/prices.py", "status": "added", "language": "python", "disposition": "failed", "reason": "refused",
    }  # fmt: skip
    assert by_source(report)["rules"]["rule"] == "python.requests-without-timeout"


def test_a_file_of_which_no_line_changed_is_not_called_reviewed(
    review: Review, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.move("app/shop.py", "app/store.py")
    repo.write("app/empty.py", "")
    repo.commit()
    rows = {}
    for answer in (finder(), lambda body, n: Fault(400)):
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        with serving(answer) as server:
            code, report = review(server)
        rows[code] = {row["path"]: (row["disposition"], row["reason"]) for row in report["coverage"]}
    same = {
        "app/store.py": ("skipped", "no line changed: renamed"),
        "app/empty.py": ("skipped", "no line changed: an empty file"),
    }
    assert rows[0] == {"app/prices.py": ("reviewed", None)} | same
    assert rows[3] == {"app/prices.py": ("failed", "not accepted")} | same


def test_a_failed_second_look_confirms_nothing(review: Review) -> None:
    def answer(body: dict[str, Any], n: int) -> Any:
        return Fault(400, "invalid_request_error") if is_second_look(body) else finder(FINDING)(body, n)

    with serving(answer) as server:
        code, report = review(server)
    assert (code, report["complete"]) == (0, True)
    assert by_source(report)["claude"]["verification"] == "unverified"
    assert any("second look failed" in note for note in report["notes"])


def test_a_failed_second_look_drops_what_is_not_sure(review: Review) -> None:
    def answer(body: dict[str, Any], n: int) -> Any:
        return Fault(400) if is_second_look(body) else finder(FINDING | {"confidence": "medium"})(body, n)

    with serving(answer) as server:
        _, report = review(server)
    assert "claude" not in by_source(report)
    assert any(row["reason"].startswith("not verified") for row in report["set_aside"])


def test_a_wrong_key_is_one_line_and_exit_2(review: Review) -> None:
    with serving(lambda body, n: Fault(401, "authentication_error")) as server:
        code, shown = review(server)
    assert code == 2
    assert "ANTHROPIC_API_KEY" in shown["error"]
    assert shown["error"].count("\n") == 1


def test_too_little_money_is_incomplete_and_costs_nothing(review: Review) -> None:
    with serving(finder(FINDING)) as server:
        code, report = review(server, "--max-cost", "0")
    assert (code, report["complete"], server.calls) == (3, False, 0)
    assert report["coverage"][0]["reason"] == "budget"


def test_the_agent_comes_from_the_base_commit_and_its_tools_are_withheld(review: Review, repo: Repo) -> None:
    agent = "---\nname: ours\ndescription: Reviews: everything\ntools: Read, Bash, WebFetch\n---\n\nSay BASE WORDS.\n"
    repo.git("checkout", "-q", "main")
    repo.write(".claude/agents/ours.md", agent)
    repo.commit()
    repo.git("checkout", "-q", "work")
    repo.git("merge", "-q", "main")
    repo.write(".claude/agents/ours.md", agent.replace("BASE", "HEAD"))
    repo.commit()
    with serving(finder(FINDING)) as server:
        _, report = review(server, "--agent", ".claude/agents/ours.md")
        system = json.dumps(server.bodies[0]["system"])
    assert report["tools_withheld"] == ["Bash", "WebFetch"]
    assert "Say BASE WORDS" in system
    assert "Say HEAD WORDS" not in system


LINKS = [
    (".a/r.md", "../../outside/r.md"), (".a/r.md", "other.md"), (".a", "../outside"), (".a", "b"), (".a/r.md", "gone"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["./x/../.a/r.md", "{tmp}/door/.a/r.md"])
@pytest.mark.parametrize(("link", "target"), LINKS)
def test_a_link_of_the_head_does_not_lead_to_another_agent(
    review: Review, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, link: str, target: str
) -> None:
    agent = "---\nname: ours\ndescription: d\n---\n\nSay BASE WORDS.\n"
    repo.git("checkout", "-q", "main")
    repo.write(".a/r.md", agent)
    repo.commit()
    repo.git("checkout", "-q", "work")
    repo.git("merge", "-q", "main")
    repo.git("rm", "-q", "-r", ".a")
    for place in (tmp_path / "outside", repo.path / "b", repo.path / ".a"):
        place.mkdir(exist_ok=True)
        (place / "r.md").write_text(agent.replace("BASE", "OTHER"))
        (place / "other.md").write_text(agent.replace("BASE", "OTHER"))
    shutil.rmtree(repo.path / ".a") if link == ".a" else (repo.path / link).unlink()
    repo.symlink(link, target)
    repo.commit()
    (tmp_path / "door").symlink_to(repo.path)
    monkeypatch.chdir(repo.path)
    with serving(finder(FINDING)) as server:
        code, _ = review(server, "--agent", name.format(root=repo.path, tmp=tmp_path))
        systems = [json.dumps(body["system"]) for body in server.bodies]
    assert code == 0
    assert "Say BASE WORDS" in systems[0]
    assert "OTHER WORDS" not in "".join(systems)


def test_an_agent_outside_the_repository_is_read_from_disk(
    review: Review, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "r.md").write_text("---\nname: ours\ndescription: d\n---\n\nSay OWN WORDS.\n")
    (tmp_path / "link.md").symlink_to(tmp_path / "outside" / "r.md")
    monkeypatch.chdir(repo.path)
    for name in ("../outside/r.md", str(tmp_path / "outside" / "r.md"), "../link.md"):
        with serving(finder(FINDING)) as server:
            review(server, "--agent", name)
            assert "Say OWN WORDS" in json.dumps(server.bodies[0]["system"])


def test_a_broken_agent_is_one_line(review: Review, tmp_path: Path) -> None:
    (tmp_path / "agent.md").write_text("just text\n")
    with serving(finder()) as server:
        code, shown = review(server, "--agent", str(tmp_path / "agent.md"))
    assert code == 2
    assert "front matter" in shown["error"]
    assert server.calls == 0


def test_a_second_look_has_an_end(review: Review, repo: Repo) -> None:
    lines = "".join(f"def f{n}(sku):\n    return requests.get(URL + sku)\n\n\n" for n in range(90))
    repo.write("app/many.py", f'import requests\n\nURL = "https://x.example/"\n\n\n{lines}')
    repo.commit()
    with serving(finder(FINDING)) as server:
        _, report = review(server)
        asked = sum(len(claims(body)) for body in server.bodies if is_second_look(body))
    assert asked == 60
    assert by_source(report)["claude"]["verification"] == "confirmed"
    assert len(report["findings"]) > 90
    assert any("more findings than a second look takes" in note for note in report["notes"])
