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


@pytest.mark.parametrize(
    ("imported", "code", "expected"),
    [
        ('import * as files from "node:fs";', "files.readFileSync(a)", "fs.readFileSync(a)"),
        ('import ax from "axios";', "await ax(a)", "await axios(a)"),
        ("const cp = require('child_process');", "cp?.exec(a)", "child_process?.exec(a)"),
        ('const { exec: run, spawn } = require("child_process");', "run(a); spawn(a)", "exec(a); spawn(a)"),
        ("import { readFile as load } from 'fs/promises';", "await load(a)", "await readFile(a)"),
    ],
)
def test_an_alias_of_javascript_is_spelled_out(imported, code, expected):
    for language in ("javascript", "typescript", "tsx"):
        assert spelled_out(Tree(language, f"{imported}\n{code}\n")).text == f"{imported}\n{expected}\n"


@pytest.mark.parametrize(
    ("imported", "code", "expected"),
    [
        ('import h "net/http"', "h.Get(a)", "http.Get(a)"),
        ('import (\n\tmrand "math/rand/v2"\n)', "x.mrand.A(mrand.Int())", "x.mrand.A(rand.Int())"),
        ('import j "github.com/golang-jwt/jwt/v5"', "j.Parse(a)", "jwt.Parse(a)"),
    ],
)
def test_an_alias_of_go_is_spelled_out(imported, code, expected):
    assert spelled_out(Tree("go", f"package a\n{imported}\n{code}\n")).text == f"package a\n{imported}\n{expected}\n"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "import requests as rq\nrq.get(a)\n"),
        ("javascript", 'import * as files from "./files";\nfiles.readFileSync(a)\n'),
        ("javascript", 'import ax from "axios";\nconst max = this.ax(tax(a))\n'),
        ("javascript", 'import { readFile } from "fs";\nreadFile(a)\n'),
        ("go", 'package a\nimport "net/http"\nhttp.Get(a)\n'),
        ("go", 'package a\nimport crand "crypto/rand"\ncrand.Read(a)\n'),
        ("go", 'package a\nimport h "example.com/shop/http"\nh.Get(a)\n'),
        ("go", 'package a\nimport _ "net/http"\n_.Get(a)\n'),
        ("ruby", "import requests as rq\nrq.get(a)\n"),
    ],
)
def test_what_is_no_alias_of_another_language_stays_as_it_is(language, text):
    tree = Tree(language, text)
    assert spelled_out(tree) is tree


def test_a_suggestion_never_puts_a_spelled_out_name_into_the_file():
    text = "import requests as rq\nimport yaml\nrq.get(a)\nyaml.unsafe_load(a)\n"
    found = rules.find(text, "python", "a.py", [3, 4])
    assert [(lead.rule, lead.suggestion is None) for lead in found] == [
        ("python.requests-without-timeout", True),
        ("python.unsafe-yaml-load", False),
    ]


NO_ALIAS = [
    'const exec = require("child_process").exec;\nexec("ls " + x);\n',
    "const readFileSync = require('fs').readFileSync;\nreadFileSync(x);\n",
    'import jwt from "jose";\njwt.decode(token);\n',
]


@pytest.mark.parametrize("text", NO_ALIAS)
def test_a_function_of_a_module_and_a_name_that_rules_know_are_left_as_they_are(text: str) -> None:
    assert spelled_out(Tree("javascript", text)).text == text


def test_the_promises_of_a_module_are_the_module() -> None:
    text = 'const files = require("fs").promises;\nfiles.readFile(x);\n'
    assert "fs.readFile(x)" in spelled_out(Tree("javascript", text)).text
