"""Read, Grep, Glob and LS over two trees."""

from __future__ import annotations

import pytest
from changes import change
from model_server import DictTree, FakeClock, schema_fault

from backline.intake.change import Change
from backline.reviewer.lookup import ChangedOnly, Files
from backline.reviewer.tools import DEFINITIONS, MOST_CALLS, MOST_CHARS, Result, Toolbox

HEAD = {
    "app/db.py": "import os\n\ndef run(sql):\n    return sql\n",
    "app/web.py": "from app import db\n\ndef view(q):\n    db.run(q)\n",
    "app/sub/deep.py": "x = 1\n",
    "README.md": "# Shop\n",
    ".env": "PASSWORD=hunter2\n",
    ".env.example": "PASSWORD=\n",
    "keys/server.pem": "-----BEGIN\n",
    "bin/logo.png": b"\x89PNG\0\0",
    "link.py": "../../etc/passwd",
    "vendor/lib": "",
}
BASE = {**HEAD, "app/old.py": "gone = True\n", "app/db.py": "def run(sql):\n    return check(sql)\n"}
MODES = {"link.py": "120000", "vendor/lib": "160000"}


def box(head=None, base=None, modes=None, granted=tuple(DEFINITIONS)) -> Toolbox:
    tree = DictTree(HEAD if head is None else head, BASE if head is None else base, MODES if modes is None else modes)
    return Toolbox(Files(tree, tree), granted, FakeClock())


def found(tools: Toolbox, name: object, value: object) -> Result:
    """The result without its first line, which says what was asked."""
    result = tools.run(name, value, 0)
    heading, _, rest = result.text.partition("\n")
    assert result.is_error or heading.startswith(f"=== {name}")
    return result if result.is_error else Result(rest)


ANSWERS = [
    ("Read", {"path": "app/db.py"}, "1|import os\n2|\n3|def run(sql):\n4|    return sql"),
    ("Read", {"path": "./app/db.py"}, "1|import os\n2|\n3|def run(sql):\n4|    return sql"),
    ("Read", {"path": "app/db.py", "side": "base"}, "1|def run(sql):\n2|    return check(sql)"),
    ("Read", {"path": "app/db.py", "offset": 3, "limit": 1}, "3|def run(sql):\n(1 more lines)"),
    ("Read", {"path": "app/db.py", "offset": 10**9}, "the file has 4 lines"),
    ("Read", {"path": "app/old.py", "side": "base"}, "1|gone = True"),
    ("Read", {"path": "link.py"}, "a symbolic link to ../../etc/passwd (never followed)"),
    ("Read", {"path": "vendor/lib"}, "a submodule: its files are not in this repository"),
    ("Read", {"path": "bin/logo.png"}, "a binary file of 6 bytes"),
    ("Read", {"path": ".env.example"}, "1|PASSWORD="),
    ("Grep", {"pattern": r"def \w+\("}, "app/db.py:3|def run(sql):\napp/web.py:3|def view(q):"),
    ("Grep", {"pattern": "check", "side": "base"}, "app/db.py:2|    return check(sql)"),
    ("Grep", {"pattern": "check"}, "no line matches"),
    ("Grep", {"pattern": "IMPORT", "ignore_case": True}, "app/db.py:1|import os\napp/web.py:1|from app import db"),
    ("Grep", {"pattern": "x|q", "path": "app/sub"}, "app/sub/deep.py:1|x = 1"),
    ("Grep", {"pattern": "db", "glob": "**/web.py"}, "app/web.py:1|from app import db\napp/web.py:4|    db.run(q)"),
    ("Grep", {"pattern": "sql", "path": "app/db.py"}, "app/db.py:3|def run(sql):\napp/db.py:4|    return sql"),
    ("Grep", {"pattern": "^x"}, "app/sub/deep.py:1|x = 1"),
    ("Grep", {"pattern": "1$"}, "app/sub/deep.py:1|x = 1"),
    ("Grep", {"pattern": "hunter2"}, "no line matches"),
    ("Grep", {"pattern": "passwd"}, "no line matches"),
    ("Grep", {"pattern": "-O"}, "no line matches"),
    ("Glob", {"pattern": "app/*.py"}, "app/db.py\napp/web.py"),
    ("Glob", {"pattern": "app/*.py", "side": "base"}, "app/db.py\napp/old.py\napp/web.py"),
    ("Glob", {"pattern": "*.rb"}, "no path matches"),
    ("LS", {"path": ""}, ".env\n.env.example\nREADME.md\napp/\nbin/\nkeys/\nlink.py\nvendor/"),
    ("LS", {"path": "."}, ".env\n.env.example\nREADME.md\napp/\nbin/\nkeys/\nlink.py\nvendor/"),
    ("LS", {"path": "app"}, "db.py\nsub/\nweb.py"),
    ("LS", {"path": "app/"}, "db.py\nsub/\nweb.py"),
]


@pytest.mark.parametrize(("name", "value", "answer"), ANSWERS)
def test_a_look_up_is_answered(name: str, value: dict[str, object], answer: str):
    assert found(box(), name, value) == (answer, False)


HEADINGS = [
    ("Read", {"path": "./app/db.py"}, "=== Read ./app/db.py (head)"),
    ("Read", {"path": "app/db.py", "side": "base"}, "=== Read app/db.py (base)"),
    ("Grep", {"pattern": r"def \w+\(", "path": "app", "glob": "**/*.py"}, r"=== Grep def \w+\( app **/*.py (head)"),
    ("Glob", {"pattern": "app/*", "side": "base"}, "=== Glob app/* (base)"),
    ("LS", {"path": ""}, "=== LS (head)"),
    ("Grep", {"pattern": "a|\nuser\u202e"}, "=== Grep a|⟦LF⟧user⟦U+202E RLO⟧ (head)"),
    ("Grep", {"pattern": "a" * 1_000}, f"=== Grep {'a' * 395}… (line of 1005 characters) (head)"),
]


@pytest.mark.parametrize(("name", "value", "heading"), HEADINGS)
def test_a_result_says_first_what_was_asked_of_which_side(name: str, value: dict[str, object], heading: str):
    assert box().run(name, value, 0).text.split("\n")[0] == heading


ERRORS = [
    ("Read", {"path": "app/nothing.py"}, "not in the tree"),
    ("Read", {"path": "app"}, "not in the tree"),
    ("Read", {"path": "app/old.py"}, "not in the head tree; it is in base"),
    ("Read", {"path": ".env"}, "not shown: files of this name hold credentials"),
    ("Read", {"path": "keys/server.pem"}, "not shown: files of this name hold credentials"),
    ("LS", {"path": "app/db.py"}, "a file, not a folder: Read it"),
    ("LS", {"path": "nowhere"}, "not in the tree"),
    ("Read", {}, "path is missing"),
    ("Grep", {}, "pattern is missing"),
    ("Read", {"path": "app/db.py", "mode": "w"}, "unknown key; Read takes path, offset, limit, side"),
    ("Read", {"path": "app/db.py", "side": "work tree"}, "side: head or base"),
    ("Read", "app/db.py", "the input is not an object"),
]


@pytest.mark.parametrize(("name", "value", "why"), ERRORS)
def test_what_cannot_be_answered_is_a_short_error(name: str, value: object, why: str):
    assert box().run(name, value, 0) == (why, True)


@pytest.mark.parametrize("name", ["Grep", "Glob", "LS", "Bash"])
def test_a_tool_that_was_not_granted_is_not_there(name: str):
    tools = box(granted=("Read",))
    assert [d["name"] for d in tools.definitions] == ["Read"]
    assert tools.run(name, {"pattern": "x", "path": ""}, 0) == ("no such tool", True)


def test_secrets_and_invisible_code_points_are_never_shown():
    token = "ghp_" + "a8Fk2LqZ7vRt0XyB3nMw9Hc5Jd1Ps6Ge4UiT"
    body = "MIIEowIBAAKCAQEAx9Tq7bWc2Lr5\nZp8Vn1Kd6Yh3Fj0Gs4Bu7Xe9Qa2\nWi5Ro8Ct1MlEv6Nz3\n"
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----"
    tools = box({"app/a.py": f"token = '{token}'\nuser\u202e = 1\nkey = '''{pem}'''\nlast = 1\n"}, {}, {})
    shown = tools.run("Read", {"path": "app/a.py"}, 0).text
    assert token not in shown and "MIIEow" not in shown and "⟦U+202E RLO⟧" in shown
    assert "8|last = 1" in shown, "line numbers stay"
    assert token not in tools.run("Grep", {"pattern": "token"}, 0).text


def test_a_masked_secret_cannot_be_spelled_out_by_searching():
    token = "ghp_" + "a8Fk2LqZ7vRt0XyB3nMw9Hc5Jd1Ps6Ge4UiT"
    tools = box({"app/a.py": f"token = '{token}'\n"}, {}, {})
    assert found(tools, "Grep", {"pattern": "token"}).text.startswith("app/a.py:1|")
    for guess in ("ghp_a8", "ghp_[a-m]", token, "Fk2L"):
        assert found(tools, "Grep", {"pattern": guess}).text == "no line matches"


def test_a_conversation_has_a_limit_of_calls_and_of_text():
    tools = box()
    for _ in range(MOST_CALLS):
        assert not tools.run("Read", {"path": "app/db.py"}, 0).is_error
    assert tools.spent and tools.run("Read", {"path": "app/db.py"}, 0).is_error
    tools = box({"a.py": "x" * 300 + "\n" * 1 + ("y" * 300 + "\n") * 500}, {}, {})
    used = 0
    while not tools.spent:
        result = tools.run("Read", {"path": "a.py"}, 0)
        used += len(result.text)
    assert MOST_CHARS <= used <= MOST_CHARS + 64_200


def test_the_definitions_are_small_and_what_the_service_takes():
    assert list(DEFINITIONS) == ["Read", "Grep", "Glob", "LS"]
    for tool in DEFINITIONS.values():
        assert schema_fault(tool["input_schema"]) is None
        assert set(tool) == {"name", "description", "input_schema"} and len(tool["description"]) < 200


def test_without_a_listing_the_changed_files_are_the_tree():
    made = change({"a.py": "new\n"}, {"a.py": "old\n", "b.py": "gone\n"})
    tools = Toolbox(Files(ChangedOnly(made), made.blobs), tuple(DEFINITIONS), FakeClock())
    assert found(tools, "Glob", {"pattern": "**"}).text == "a.py"
    assert found(tools, "Read", {"path": "b.py", "side": "base"}).text == "1|gone"
    assert Files(ChangedOnly(Change()), Change().blobs).line_count("a.py") == 0
