"""An event is one decision: this pull request, two refs, or nothing with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backline.errors import RequestError
from backline.intake.event import Inputs, Nothing, Pull, Refs, decide, pull_of

SHA = "a" * 40
SAMPLES = json.loads((Path(__file__).parent / "github_data" / "events.json").read_text())["events"]


def event(**pull: Any) -> dict[str, Any]:
    usual = {
        "number": 7,
        "state": "open",
        "draft": False,
        "user": {"login": "dev", "type": "User"},
        "head": {"sha": SHA},
    }
    return {"action": "synchronize", "pull_request": usual | pull}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s['name']}-{s['payload'].get('action')}")
def test_githubs_own_samples_are_understood(sample: dict[str, Any]) -> None:
    name, payload = sample["name"], sample["payload"]
    repository = payload["repository"]["full_name"]
    if name != "pull_request":
        if name == "workflow_dispatch":
            with pytest.raises(RequestError, match="say what to review"):
                decide(name, payload, repository, Inputs())
        else:
            assert isinstance(decide(name, payload, repository, Inputs()), Nothing)
        return
    found = decide(name, payload, repository, Inputs())
    if payload["action"] == "closed":
        assert isinstance(found, Nothing)
        return
    assert isinstance(found, Pull)
    assert (found.number, found.head) == (payload["pull_request"]["number"], payload["pull_request"]["head"]["sha"])


@pytest.mark.parametrize(
    "action", ["opened", "synchronize", "reopened", "ready_for_review", "labeled", "edited", "new one"]
)
@pytest.mark.parametrize("name", ["pull_request", "pull_request_target"])
def test_any_action_with_a_head_is_reviewed_at_the_events_head(name: str, action: str) -> None:
    found = decide(name, event() | {"action": action}, "acme/shop", Inputs())
    assert found == Pull(repository="acme/shop", number=7, head=SHA)


@pytest.mark.parametrize(
    "name", ["push", "merge_group", "issue_comment", "schedule", "workflow_run", "release", "", "pull_request_review"]
)
def test_other_events_end_with_a_sentence(name: str) -> None:
    found = decide(name, {}, "acme/shop", Inputs())
    assert isinstance(found, Nothing)
    assert "nothing to review" in found.sentence


@pytest.mark.parametrize("head", [None, {}, {"sha": None}])
def test_a_pull_request_whose_event_has_no_head_ends_with_a_sentence(head: object) -> None:
    found = decide("pull_request", event(head=head), "acme/shop", Inputs())
    assert found == Nothing("nothing to review: the event of pull request #7 names no head commit")


def test_a_closed_pull_request_ends_with_a_sentence() -> None:
    assert isinstance(decide("pull_request", event(state="closed"), "acme/shop", Inputs()), Nothing)


@pytest.mark.parametrize(
    ("pull", "why"),
    [
        ({"draft": True}, "a draft"),
        ({"user": {"login": "dependabot[bot]", "type": "Bot"}}, "written by a bot"),
        ({"user": {"login": "renovate[bot]", "type": "User"}}, "written by a bot"),
        ({"user": None}, None),
        ({"user": {"login": "robot", "type": "User"}}, None),
        ({"draft": "yes"}, None),
    ],
)
def test_drafts_and_bots_are_looked_at_by_rules_alone(pull: dict[str, Any], why: str | None) -> None:
    found = decide("pull_request", event(**pull), "acme/shop", Inputs())
    assert isinstance(found, Pull)
    assert found.limited == why


def test_what_a_person_asks_for_goes_before_the_event_and_is_never_limited() -> None:
    found = decide("pull_request", event(draft=True), "acme/shop", Inputs(pull_request="12"))
    assert found == Pull(repository="acme/shop", number=12)
    found = decide("push", {}, "acme/shop", Inputs(base="main", head="topic/x"))
    assert found == Refs(repository="acme/shop", base="main", head="topic/x")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7", ("acme/shop", 7)),
        ("#7", ("acme/shop", 7)),
        (" 7 ", ("acme/shop", 7)),
        ("other/thing#9", ("other/thing", 9)),
        ("mona_octo/shop#9", ("mona_octo/shop", 9)),
        ("https://github.com/other/thing/pull/9", ("other/thing", 9)),
        ("https://github.com/other/thing/pull/9/files", ("other/thing", 9)),
        ("https://ghe.example.com/other/thing/pull/9/", ("other/thing", 9)),
    ],
)
def test_a_pull_request_has_four_names(text: str, found: tuple[str, int]) -> None:
    assert pull_of(text, "acme/shop") == found


@pytest.mark.parametrize(
    "text",
    ["1e3", "_x/y#1", "-1", "0", "0x10", "１２", "7; id", "$(id)", "7\n8", "a/b#", "a/b/c#1", "../x#1", "https://github.com/a/b/issues/1",
     "http://github.com/a/b/pull/1", "javascript://github.com/a/b/pull/1", "99999999999", "7 8", "a b/c#1"],
)  # fmt: skip
def test_what_is_no_pull_request_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="pull-request: wants"):
        pull_of(text, "acme/shop")


@pytest.mark.parametrize("repository", ["acme/shop", "mona_octo/shop", "a-b/.github", "o/r.git", "a" * 39 + "/r"])
def test_a_repository_has_an_owner_and_a_name(repository: str) -> None:
    assert decide("push", {}, repository, Inputs()) == decide("push", {}, "acme/shop", Inputs())


@pytest.mark.parametrize("repository", ["", "shop", "_x/shop", "../..", "a/b/c", "a b/c", "a/b?c", "a/é", "-a/b"])
def test_what_is_no_repository_is_refused(repository: str) -> None:
    with pytest.raises(RequestError, match="GITHUB_REPOSITORY: wants OWNER/REPO"):
        decide("push", {}, repository, Inputs())


@pytest.mark.parametrize(
    "ref",
    ["main", "v1.2", "feature/x_y-z", SHA, "a+b", "renovate/x@2", "issue-#12", "_x", "feature/ü", "fix(core)", "a,b",
     "x&y", "1%2", "a'b", "功能", "a.lock.b"],
)  # fmt: skip
def test_refs_may_be_branches_tags_and_commits(ref: str) -> None:
    assert decide("workflow_dispatch", {}, "acme/shop", Inputs(base=ref, head=ref)) == Refs(
        repository="acme/shop", base=ref, head=ref
    )


@pytest.mark.parametrize(
    "ref",
    ["-x", "--upload-pack=x", "a..b", "HEAD:x", "x^{}", "x~1", "@{u}", "a@{1}", "a//b", "/a", "a/", "a b", "a\nb",
     "a\\b", "a*", "a?", "[a]", ".a", "a/.b", "a.", "a.lock", "a.lock/b", "@", "a\x7fb", "a\u202eb", "x" * 256],
)  # fmt: skip
def test_what_no_branch_can_be_called_is_refused(ref: str) -> None:
    for inputs in (Inputs(base=ref, head="main"), Inputs(base="main", head=ref)):
        with pytest.raises(RequestError, match="wants a branch, a tag or a commit"):
            decide("workflow_dispatch", {}, "acme/shop", inputs)


@pytest.mark.parametrize(
    "inputs",
    [
        Inputs(base="main"),
        Inputs(head="main"),
        Inputs(pull_request="7", base="main", head="x"),
        Inputs(pull_request="7", head="x"),
    ],
)
def test_half_a_request_is_refused(inputs: Inputs) -> None:
    with pytest.raises(RequestError):
        decide("workflow_dispatch", {}, "acme/shop", inputs)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"pull_request": None},
        {"pull_request": []},
        event(head={"sha": "main"}),
        event(head={"sha": 7}),
        event(number="7"),
        event(number=True),
        event(number=0),
        event(head={"sha": "A" * 40}),
        {"pull_request": "x"},
    ],
)
def test_an_event_with_a_broken_head_is_no_event(payload: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="the event names no"):
        decide("pull_request", payload, "acme/shop", Inputs())
