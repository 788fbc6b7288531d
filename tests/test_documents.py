"""What the documents say and what the options are cannot drift apart."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from backline.options import OPTIONS, Option

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.field)
def test_every_option_stands_in_the_readme_under_each_of_its_names(option: Option) -> None:
    table = README[README.index("| flag | action input") : README.index("The configuration is")]
    if option.flag:
        assert re.search(rf"`[^`]*{re.escape(option.flag)}\b", table)
    for name in filter(None, (option.input, option.key)):
        assert f"`{name}`" in table


def test_the_readme_says_the_two_commands_on_its_first_screen() -> None:
    first = "\n".join(README.splitlines()[:20])
    assert "make review" in first
    assert "make test" in first


def test_the_changelog_has_an_unreleased_section_and_the_licence_is_there() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert (ROOT / "LICENSE").read_text("utf-8").lstrip().startswith("Apache License")


def test_the_makefile_pins_the_uv_that_the_lock_was_made_for() -> None:
    assert re.search(r"^UV_VERSION := \d+\.\d+\.\d+$", (ROOT / "Makefile").read_text("utf-8"), re.M)


def test_every_module_stands_in_the_code_map() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    code_map = text[text.index("## Code map") : text.index("## Rooms and directions")]
    named = set(re.findall(r"(\w+)(?=\.py`|`)", code_map))
    whole = set(re.findall(r"`(\w+)/\*`", code_map))
    modules = [path for path in (ROOT / "src/backline").rglob("*.py") if not path.stem.startswith("__")]
    assert [p.name for p in modules if p.stem not in named and p.parent.name not in whole] == []
    assert {p.stem for p in modules} >= set(re.findall(r"(\w+)\.py`", code_map)), "what it names is there"


def test_the_documents_count_the_rules_that_there_are() -> None:
    files = [path.read_text("utf-8") for path in (ROOT / "rules").rglob("*.yml")]
    performance = sum(bool(re.search(r"^category: performance$", text, re.M)) for text in files)
    counted = f"{len(files)} rules, {performance} of them on performance"
    assert counted in " ".join((ROOT / "CHANGELOG.md").read_text("utf-8").split())
