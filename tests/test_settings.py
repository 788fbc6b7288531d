"""Settings from flags, inputs and configuration: who wins, and one clear line for each wrong value."""

from __future__ import annotations

import pytest

from backline.errors import RequestError
from backline.options import OPTIONS
from backline.settings import Settings, flag_of, make, nearest


def test_nothing_given_gives_the_defaults() -> None:
    assert make({}, {}, {}) == Settings()


def test_a_flag_beats_an_input_and_an_input_beats_the_configuration() -> None:
    config = {"model": "from-config", "effort": "low", "fail-on": "high"}
    environ = {"BACKLINE_MODEL": "from-input", "BACKLINE_EFFORT": "high"}
    made = make({"model": ["from-flag"]}, environ, config)
    assert (made.model, made.effort, made.fail_on) == ("from-flag", "high", "high")


def test_an_empty_input_is_no_input() -> None:
    assert make({}, {"BACKLINE_MODEL": "  "}, {"model": "x"}).model == "x"


@pytest.mark.parametrize(
    ("flags", "field", "value"),
    [
        ({"paths": ["app/**", "!app/gen/**"]}, "paths", ("app/**", "!app/gen/**")),
        ({"max_cost": ["0.5"]}, "max_cost", 0.5),
        ({"max_comments": ["0"]}, "max_comments", 0),
        ({"deadline": ["350"]}, "deadline", 350),
        ({"worktree": ["true"]}, "worktree", True),
        ({"base_url": ["https://gateway.example.com/anthropic"]}, "base_url", "https://gateway.example.com/anthropic"),
        ({"base_url": ["http://127.0.0.1:8788"]}, "base_url", "http://127.0.0.1:8788"),
        ({"base_url": ["http://localhost:1"]}, "base_url", "http://localhost:1"),
    ],
)
def test_good_values(flags: dict, field: str, value: object) -> None:
    assert getattr(make(flags, {}, {}), field) == value


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"effort": ["huge"]}, "--effort: wants one of low, medium, high, not 'huge'"),
        ({"fail_on": ["CRITICAL"]}, "--fail-on: wants one of critical"),
        ({"max_cost": ["-1"]}, "--max-cost: wants a number from 0 to 1000"),
        ({"max_cost": ["1e9"]}, "--max-cost: wants a number"),
        ({"max_cost": ["nan"]}, "--max-cost: wants a number"),
        ({"max_cost": ["１２"]}, "--max-cost: wants a number"),
        ({"max_comments": ["31"]}, "--max-comments: wants a number from 0 to 30"),
        ({"max_comments": ["1.5"]}, "--max-comments: wants a number"),
        ({"deadline": ["0"]}, "--deadline: wants a number from 0.1"),
        ({"model": ["https://evil"]}, "--model: wants a model id"),
        ({"model": [""]}, "--model: wants a model id"),
        ({"base_url": ["http://x.example"]}, "--base-url: "),
        ({"base_url": ["https://user:p@h.example"]}, "--base-url: "),
        ({"base_url": ["file:///etc/passwd"]}, "--base-url: "),
        ({"base_url": ["https://h.example\nx"]}, "--base-url: "),
        ({"base_url": ["https://"]}, "--base-url: "),
        ({"base_url": ["https://169.254.169.254/"]}, "--base-url: "),
        ({"base_url": ["https://2852039166/"]}, "--base-url: "),
        ({"base_url": ["https://localhost.evil@x.example"]}, "--base-url: "),
        ({"base": ["a\nb"]}, "--base: wants one line of text"),
        ({"worktree": ["true"], "diff": ["x"]}, "--worktree and --diff: choose one of them"),
        ({"diff": ["x"], "base": ["main"]}, "--diff and --base: "),
        ({"diff": ["x"], "head": ["work"]}, "--diff and --head: "),
        ({"staged": ["true"], "head": ["main"]}, "--staged and --head: "),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_flag(flags: dict, says: str) -> None:
    with pytest.raises(RequestError) as error:
        make(flags, {}, {})
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("environ", "config", "says"),
    [
        ({"BACKLINE_MAX_COST": "much"}, {}, "input max-cost: wants a number"),
        ({"BACKLINE_DRAFTS": "yes"}, {}, "input drafts: wants true or false"),
        ({}, {"max-cost": "much"}, "configuration key max-cost: wants a number"),
        ({}, {"severity": "bad"}, "configuration key severity: wants one of critical"),
        ({}, {"model": {"a": 1}}, "configuration key model: wants a single value"),
        ({}, {"drafts": "maybe"}, "configuration key drafts: wants true or false"),
    ],
)
def test_a_wrong_value_names_where_it_came_from(environ: dict, config: dict, says: str) -> None:
    with pytest.raises(RequestError, match="^" + says):
        make({}, environ, config)


def test_the_configuration_cannot_set_an_address_a_key_or_a_command() -> None:
    keys = {option.key for option in OPTIONS if option.key}
    assert not keys & {"base-url", "api-key", "command", "repo", "base", "head", "config", "diff", "full"}


def test_every_option_is_a_field_and_every_name_is_used_once() -> None:
    fields = set(Settings.__dataclass_fields__)
    assert {option.field for option in OPTIONS} <= fields
    for kind in ("flag", "input", "key"):
        names = [getattr(o, kind) for o in OPTIONS if getattr(o, kind)]
        assert len(names) == len(set(names))


def test_the_nearest_name_is_offered_only_when_it_is_near() -> None:
    assert nearest("effrt", ["effort", "model"]) == " (did you mean effort?)"
    assert nearest("zzz", ["effort", "model"]) == ""
    assert flag_of("pull_request") == "--pr"


def test_what_a_flag_names_goes_before_a_pull_request_of_the_environment() -> None:
    environ = {"BACKLINE_PULL_REQUEST": "7"}
    assert make({}, environ, {}).pull_request == "7"
    assert make({"pull_request": ["8"]}, environ, {}).pull_request == "8"
    for field, value in (("change", "folder"), ("diff", "x"), ("staged", "true"), ("worktree", "true")):
        made = make({field: [value]}, environ, {})
        assert (made.pull_request, bool(getattr(made, field))) == (None, True)
