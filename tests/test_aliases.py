"""Aliases of imports are spelled out for the rules, on the lines where they stand."""

from __future__ import annotations

import pytest

from backline.intake.syntax import Tree
from backline.leads import rules
from backline.leads.aliases import spelled_out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import requests as rq\nrq.get(a)\n", "import requests as rq\nrequests.get(a)\n"),
        ("from time import sleep\nsleep (1)\n", "from time import sleep\ntime.sleep (1)\n"),
        ("from time import sleep as nap\nnap(1)\n", "from time import sleep as nap\ntime.sleep(1)\n"),
        ("from os import path, system\nsystem(a)\n", "from os import path, system\nos.system(a)\n"),
        (
            "def f():\n    from time import sleep\n    sleep(1)\n",
            "def f():\n    from time import sleep\n    time.sleep(1)\n",
        ),
    ],
)
def test_an_alias_is_spelled_out(text, expected):
    assert spelled_out(Tree("python", text)).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "import requests\nrequests.get(a)\n",
        "from requests import get\ncache.get(a)\n",
        "from requests import get\n\n\ndef get(a): ...\n",
        "from requests import get\ntarget(a)\n",
        "from shop import sleep\nsleep(1)\n",
        "import shop as requests\nrequests.get(a)\n",
        "rq.get(a)\n",
    ],
)
def test_what_is_no_alias_stays_as_it_is(text):
    tree = Tree("python", text)
    assert spelled_out(tree) is tree


def test_other_languages_are_left_alone():
    tree = Tree("javascript", "import requests as rq\nrq.get(a)\n")
    assert spelled_out(tree) is tree


def test_a_suggestion_never_puts_a_spelled_out_name_into_the_file():
    text = "import requests as rq\nimport yaml\nrq.get(a)\nyaml.unsafe_load(a)\n"
    found = rules.find(text, "python", "a.py", [3, 4])
    assert [(lead.rule, lead.suggestion is None) for lead in found] == [
        ("python.requests-without-timeout", True),
        ("python.unsafe-yaml-load", False),
    ]
