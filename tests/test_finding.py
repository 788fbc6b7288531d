from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from backline.finding import Category, Confidence, Severity, fingerprint, normalised

USUAL: dict[str, Any] = {
    "category": Category.SECURITY, "path": "app/db.py", "definition": "Orders.get", "anchor": "run(user)",
    "occurrence": 0,
}  # fmt: skip


@pytest.mark.parametrize("kind", [Severity, Confidence])
def test_members_stand_from_the_greatest_to_the_least(kind: Any) -> None:
    for greater, less in pairwise(kind):
        assert greater > less and less < greater and greater >= less and less <= greater
        assert not greater < less and not less > greater and greater != less
        assert greater.lower() is less
    least = list(kind)[-1]
    assert least.lower() is least and least >= least and not least > least
    assert max(kind) is next(iter(kind))


def test_two_scales_are_not_compared() -> None:
    with pytest.raises(TypeError):
        assert Severity.HIGH < Confidence.LOW


def test_members_are_written_as_their_words() -> None:
    assert f"{Severity.CRITICAL} {Confidence.LOW} {Category.SECURITY}" == "critical low security"


@pytest.mark.parametrize("anchor", ["run(user)", "    run(user)", "\trun(user)  ", "run(user)\r"])
def test_the_fingerprint_does_not_see_indentation(anchor: str) -> None:
    assert fingerprint(**USUAL | {"anchor": anchor}) == fingerprint(**USUAL)


@pytest.mark.parametrize(
    "other",
    [
        {"category": Category.PERFORMANCE},
        {"path": "app/DB.py"},
        {"path": "app/db\udce9.py"},
        {"definition": "Orders"},
        {"anchor": "run( user)"},
        {"anchor": "Run(user)"},
        {"occurrence": 1},
        {"path": "app/db.py\0Orders.get", "definition": ""},
    ],
)
def test_the_fingerprint_sees_everything_else(other: dict[str, Any]) -> None:
    assert fingerprint(**USUAL | other) != fingerprint(**USUAL)


def test_the_fingerprint_is_the_same_on_every_machine_and_in_every_release() -> None:
    """Threads on pull requests are found again by it: a change here posts every open finding a second time."""
    assert fingerprint(**USUAL) == "1231b6fbd752b031"


def test_spaces_between_words_count_as_one() -> None:
    assert normalised("  a\t =  1 \r") == "a = 1"
