"""The configuration file: what is read, and one clear line for everything else."""

from __future__ import annotations

import pytest

from backline import config
from backline.errors import RequestError
from backline.settings import Ignore, make

GOOD = b"""\
engine: rules
effort: low
paths: ["services/**", "!**/generated/**"]
severity: medium
ignore:
  - {rule: python.requests-without-timeout, reason: the session sets it, until: 2026-12-31}
  - path: legacy/**
    reason: going away
prices:
  my-model: {input: 1, output: 5, cache-write: 1.25, cache-read: 0.1}
"""


def test_a_whole_configuration() -> None:
    read = config.read(GOOD, "here")
    assert read["ignore"] == (
        Ignore(rule="python.requests-without-timeout", reason="the session sets it", until="2026-12-31"),
        Ignore(path="legacy/**", reason="going away"),
    )
    assert read["prices"]["my-model"]["cache-read"] == 0.1
    settings = make({}, {}, read)
    assert settings.paths == ("services/**", "!**/generated/**")
    assert len(settings.ignore) == 2


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"---\n"])
def test_an_empty_file_is_an_empty_configuration(data: bytes) -> None:
    assert config.read(data, "here") == {}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"efort: low", "unknown key 'efort' (did you mean effort?)"),
        (b"base_url: http://evil", "unknown key 'base_url'"),
        (b"base-url: http://evil", "unknown key 'base-url'"),
        (b"api_key: x", "unknown key 'api_key'"),
        (b"command: rm", "unknown key 'command'"),
        (b"prompt_file: ../../etc/passwd", "unknown key 'prompt_file'"),
        (b"effort: low\neffort: high", "key 'effort' stands twice (line 2)"),
        (b"ignore:\n - {rule: a, rule: b, reason: c}", "key 'rule' stands twice"),
        (b"a: &x [1]\nb: *x", "YAML aliases (`*name`) are not allowed"),
        (b"a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]", "YAML aliases (`*name`) are not allowed"),
        (b"x: !!python/object/apply:os.system [ls]", "not valid YAML: could not determine a constructor"),
        (b"x: !!python/name:os.system", "not valid YAML: could not determine a constructor"),
        (b"effort:\tlow: x\n\t- y", "not valid YAML"),
        (b"effort: lo\0w", "not valid YAML"),
        (b"\xff\xfe\x00", "not valid YAML"),
        (b"- just\n- a list", "wants `key: value` lines"),
        (b"text", "wants `key: value` lines"),
        (b"x" * 64_001, "64001 bytes; a configuration has at most 64000"),
        (b"[" * 30_000, "nested deeper than 60 levels"),
        (b"paths: " + b"[" * 30_000 + b"]" * 30_000, "nested deeper than 60 levels"),
        (b"{a: " * 10_000, "nested deeper than 60 levels"),
        (b"ignore: everything", "ignore wants a list"),
        (b"ignore: [{rule: x}]", "ignore row 1: wants a reason"),
        (b"ignore: [{reason: x}]", "ignore row 1: wants exactly one of rule, path, fingerprint"),
        (b"ignore: [{rule: x, path: y, reason: z}]", "ignore row 1: wants exactly one of"),
        (b"ignore: [{rule: x, reason: z, untill: 2026-01-01}]", "ignore row 1: unknown key 'untill' (did you mean"),
        (b"ignore: [{rule: x, reason: z, until: soon}]", "ignore row 1: until wants a date"),
        (b"prices: 3", "prices wants model:"),
        (b"prices: {m: {input: 1}}", "prices of 'm': wants numbers for"),
        (b"prices: {m: {input: -1, output: 1, cache-write: 1, cache-read: 1}}", "prices of 'm': wants numbers"),
    ],
)
def test_everything_else_is_one_line_that_names_the_file(data: bytes, says: str) -> None:
    with pytest.raises(RequestError) as error:
        config.read(data, ".github/backline.yml")
    assert str(error.value).startswith(".github/backline.yml: " + says), str(error.value)
    assert "\n" not in str(error.value)
