"""Linters beside our rules: what they say, on which lines, and that nothing but the changed texts reaches them."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from changes import change, choices
from linter_examples import RUFF, RUFF_SILENT, SQUAWK, SQUAWK_SILENT, ZIZMOR, ZIZMOR_SILENT
from model_server import DictTree

from backline.finding import Category, Confidence, Severity
from backline.findings import ground, merge
from backline.findings.sources import Sources
from backline.findings.suggestion import check_all
from backline.intake.change import Change
from backline.intake.selection import Choice, select
from backline.leads import linters, ruff, squawk, zizmor
from backline.leads.gather import gather
from backline.leads.linter import Linter
from backline.progress import silent

LINTERS: dict[str, tuple[Linter, str, str, Mapping[str, str], tuple[str, ...]]] = {
    "ruff": (ruff.LINTER, "python", "app/orders_{}.py", RUFF, RUFF_SILENT),
    "squawk": (squawk.LINTER, "sql", "migrations/{}.sql", SQUAWK, SQUAWK_SILENT),
    "zizmor": (zizmor.LINTER, "yaml", ".github/workflows/{}.yml", ZIZMOR, ZIZMOR_SILENT),
}
ALSO = {"github-env": {"dangerous-triggers"}, "bot-conditions": {"dangerous-triggers"}}
PLACES = {"ruff": "app/a.py", "squawk": "migrations/a.sql", "zizmor": ".github/workflows/a.yml"}


def installed(*names: str) -> pytest.MarkDecorator:
    missing = [name for name in names if linters._installed(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed beside this Python: {', '.join(missing)}")


def run(made: Change, chosen: Sequence[Choice], **more) -> linters.Linted:
    with linters.beside(made, chosen, **more) as waited:
        return waited()


def linted(head: Mapping[str, str], base: Mapping[str, str] | None = None, **more) -> linters.Linted:
    made = change(head, base)
    return run(made, select(made), **more)


def said(head: Mapping[str, str], base: Mapping[str, str] | None = None, **more) -> list[tuple[str, str, int, int]]:
    leads, notes = linted(head, base, **more)
    assert notes == []
    return [(lead.rule, lead.path, lead.start_line, lead.line) for lead in leads]


@pytest.fixture(scope="module", params=LINTERS)
def heard(request: pytest.FixtureRequest) -> tuple[str, dict[str, set[str]]]:
    """One run of a linter over all its examples: path → the codes that it reports."""
    name = request.param
    if linters._installed(name) is None:
        pytest.skip(f"{name} is not installed beside this Python")
    _, language, place, speak, stay_silent = LINTERS[name]
    texts = {place.format(code.lower()): text for code, text in speak.items()}
    texts |= {place.format(f"good_{n}"): text for n, text in enumerate(stay_silent)}
    made = change(texts)
    leads, notes = run(made, choices(made, language), timeout=60)
    assert notes == []
    found: dict[str, set[str]] = {path: set() for path in texts}
    for lead in leads:
        found[lead.path].add(lead.rule.removeprefix(f"{name}."))
    return name, found


def test_each_code_that_we_keep_speaks_on_its_example(heard: tuple[str, dict[str, set[str]]]) -> None:
    name, found = heard
    _, _, place, speak, _ = LINTERS[name]
    wrong = {code: found[place.format(code.lower())] for code in speak}
    assert wrong == {code: {code} | ALSO.get(code, set()) for code in speak}


def test_look_alikes_and_what_our_rules_judge_stay_silent(heard: tuple[str, dict[str, set[str]]]) -> None:
    name, found = heard
    _, _, place, _, stay_silent = LINTERS[name]
    for number, text in enumerate(stay_silent):
        assert found[place.format(f"good_{number}")] == set(), text


@pytest.mark.parametrize("name", LINTERS)
def test_each_code_has_an_example_and_words_of_ours(name: str) -> None:
    linter, _, _, speak, _ = LINTERS[name]
    assert linter.advice.keys() == speak.keys()
    for code, advice in linter.advice.items():
        assert len(advice.title.replace("{NAME}", "n" * 30)) <= 80, code
        assert not advice.title.endswith("."), code
        assert "{NAME}" not in advice.body, code
        assert 3 <= advice.body.count(". ") + advice.body.endswith((".", ")")) <= 4, code
        assert (advice.category is Category.SECURITY) <= (advice.cwe is not None), code


LINES = {
    # line by line: what must be named, and where git counts it
    "ruff": ("x = 1\n\n\ndef f(name):\n    return missing(\n        name,\n    )\n", [("ruff.F821", 5, 5)]),
    "squawk": ("-- one\n\nDROP INDEX\n  orders_at;\n", [("squawk.require-concurrent-index-deletion", 3, 4)]),
    "zizmor": (ZIZMOR["unsound-condition"] + "      - run: make\n", [("zizmor.unsound-condition", 7, 8)]),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_are_the_files_own(name: str) -> None:
    if linters._installed(name) is None:
        pytest.skip(f"{name} is not installed beside this Python")
    text, expected = LINES[name]
    place = PLACES[name]
    for ends in (text, text.replace("\n", "\r\n")):
        assert said({place: ends}) == [(rule, place, first, last) for rule, first, last in expected]


@installed("ruff")
def test_a_carriage_return_alone_moves_no_line() -> None:
    text = "x = 1\r\r\ry = 2\nz = 3\r\rt = missing()\n\nmissing_too()\n"
    assert said({"app/a.py": text}) == [("ruff.F821", "app/a.py", 2, 2), ("ruff.F821", "app/a.py", 4, 4)]


@installed("ruff")
def test_latin_1_utf_16_and_a_byte_order_mark_are_read_as_everywhere() -> None:
    text = "# é\nx = missing()\n"
    for data in (text.encode("latin-1"), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        made = replace(change({"app/a.py": text}), blobs=DictTree({"app/a.py": data}))
        leads, notes = run(made, choices(made))
        assert ([(lead.rule, lead.line) for lead in leads], notes) == ([("ruff.F821", 2)], [])


@installed("ruff")
def test_only_added_lines_count() -> None:
    old = "def f(x):\n    return missing(x)\n\n\ndef g(x):\n    return x\n"
    new = old.replace("return x\n", "return other(x)\n")
    assert said({"app/a.py": new}, {"app/a.py": old}) == [("ruff.F821", "app/a.py", 6, 6)]
    assert said({"app/a.py": old.replace("return x\n", "return 1\n")}, {"app/a.py": old}) == []


@installed("zizmor")
def test_what_spans_many_lines_is_about_the_first() -> None:
    text = ZIZMOR["insecure-commands"]
    assert said({".github/workflows/a.yml": text}) == [("zizmor.insecure-commands", ".github/workflows/a.yml", 2, 3)]
    head, _, jobs = text.partition("jobs:")
    long = head + "".join(f"  NAME_{n}: {n}\n" for n in range(12))
    longer = f"{long}  ONE_MORE: 1\njobs:{jobs}"
    assert said({".github/workflows/a.yml": longer}) == [("zizmor.insecure-commands", ".github/workflows/a.yml", 2, 2)]
    assert said({".github/workflows/a.yml": longer}, {".github/workflows/a.yml": f"{long}jobs:{jobs}"}) == []


@installed("ruff")
def test_the_newest_syntax_and_the_names_of_a_package_are_known() -> None:
    header = '# /// script\n# requires-python = ">=3.8"\n# ///\n'
    assert said({"app/a.py": header + "type Rows = list[int]\nx = missing()\n"}) == [("ruff.F821", "app/a.py", 5, 5)]
    assert said({"app/__init__.py": "x = __path__\n"}) == []
    assert said({"app/a.py": "x = __path__\n"}) == [("ruff.F821", "app/a.py", 1, 1)]


@installed("ruff", "squawk", "zizmor")
def test_settings_above_the_private_folder_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*\n")
    (tmp_path / "ruff.toml").write_text("[lint.per-file-ignores]\n'*' = ['F821']\n")
    (tmp_path / ".squawk.toml").write_text("excluded_rules = ['ban-drop-database']\n")
    (tmp_path / "zizmor.yml").write_text("rules:\n  insecure-commands:\n    disable: true\n")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    texts = {
        PLACES["ruff"]: RUFF["F821"], PLACES["squawk"]: SQUAWK["ban-drop-database"],
        PLACES["zizmor"]: ZIZMOR["insecure-commands"],
    }  # fmt: skip
    assert {rule for rule, *_ in said(texts)} == {"ruff.F821", "squawk.ban-drop-database", "zizmor.insecure-commands"}


@installed("ruff")
def test_a_safe_fix_of_one_line_is_a_suggestion_that_holds() -> None:
    text = "def f(x):\n    if x is 'a':\n        return None\n    return x\n"
    for ends in (text, text.replace("\n", "\r\n")):
        made = change({"app/a.py": ends})
        leads, _ = run(made, select(made))
        sources = Sources(made)
        ((finding, why),) = check_all(sources, ground.from_leads(sources, leads)[0])
        assert why is None and finding.suggestion is not None
        assert finding.suggestion.replacement.rstrip("\r") == "    if x == 'a':"


@installed("ruff")
def test_a_fix_that_is_not_safe_or_not_one_line_is_no_suggestion() -> None:
    several = "def f(x):\n    return (x\n        is\n        'a')\n"
    leads, _ = linted({"app/a.py": several, "app/b.py": RUFF["PLW0133"], "app/c.py": RUFF["RUF032"]})
    assert len(leads) == 3
    assert [lead.suggestion for lead in leads] == [None, None, None]


OURS_TOO = {
    "app/a.py": (RUFF["ASYNC210"], "python.blocking-http-in-async"),
    "migrations/a.sql": (SQUAWK["require-concurrent-index-creation"], "sql.index-with-lock"),
    ".github/workflows/a.yml": (ZIZMOR["template-injection"], "workflow.untrusted-text-in-script"),
}


@installed("ruff", "squawk", "zizmor")
@pytest.mark.parametrize("path", OURS_TOO)
def test_what_a_rule_of_ours_says_too_becomes_one_finding(path: str) -> None:
    text, ours = OURS_TOO[path]
    made = change({path: text})
    leads = gather(made, select(made), (), silent).leads
    assert {lead.rule.partition(".")[0] for lead in leads} > {ours.partition(".")[0]}
    merged, _ = merge.merge(ground.from_leads(Sources(made), leads)[0])
    assert len(merged) == 1
    assert "Also here" not in merged[0].body


@installed("ruff")
def test_reach_weighs_a_linters_hit_as_it_does_a_rules() -> None:
    for path, severity, confidence in (
        ("app/a.py", Severity.HIGH, Confidence.HIGH), ("scripts/a.py", Severity.MEDIUM, Confidence.MEDIUM),
    ):  # fmt: skip
        made = change({path: RUFF["PLW2101"]})
        (lead,) = run(made, choices(made))[0]
        assert (lead.severity, lead.confidence) == (severity, confidence)


IGNORED = {
    "ruff": (
        "app/a.py",
        (
            "x = missing()  # noqa\n", "x = missing()  # noqa: F821\n", "# ruff: noqa\nx = missing()\n",
            "# ruff: noqa: F821\nx = missing()\n", "# flake8: noqa\nx = missing()\n",
            "x = missing()  # ruff: ignore[F821]\n", "# ruff: file-ignore[F821]\nx = missing()\n",
            "# ruff: disable[F821]\nx = missing()\n# ruff: enable[F821]\n",
            '# /// script\n# requires-python = ">=3.7"\n# [tool.ruff]\n# exclude = ["*"]\n# ///\nx = missing()\n',
        ),
    ),
    "squawk": (
        "migrations/a.sql",
        (
            "-- squawk-ignore require-concurrent-index-deletion\nDROP INDEX a;\n",
            "-- squawk-ignore\nDROP INDEX a;\n", "DROP INDEX a; -- squawk-ignore\n",
            "-- squawk-ignore-file\nDROP INDEX a;\n", "/* squawk-ignore-file */\nDROP INDEX a;\n",
            "-- squawk-ignore-file require-concurrent-index-deletion\nDROP INDEX a;\n",
        ),
    ),
    "zizmor": (
        ".github/workflows/a.yml",
        (
            ZIZMOR["insecure-commands"].replace("true\n", "true # zizmor: ignore[insecure-commands]\n"),
            ZIZMOR["insecure-commands"].replace("true\n", "true # zizmor: ignore\n"),
            "# zizmor: ignore\n" + ZIZMOR["insecure-commands"],
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IGNORED)
def test_comments_that_silence_the_tool_are_not_heard(name: str) -> None:
    if linters._installed(name) is None:
        pytest.skip(f"{name} is not installed beside this Python")
    path, texts = IGNORED[name]
    for text in texts:
        assert len(said({path: text})) == 1, text


HOSTILE_NAMES = (
    "--config=evil.py", "-x.py", "app/a\nb.py", "app/ --select=E.py", "../../a.py", "/etc/a.py", "app/\udcff.py",
    "app/$(id).py", "app/'\";.py", "app/*.py", "app/ü.py", f"app/{'n' * 250}.py",
)  # fmt: skip


@installed("ruff")
def test_names_are_ours_and_mapped_back() -> None:
    made = change({path: f"x = missing_{n}()\n" for n, path in enumerate(HOSTILE_NAMES)})
    leads, notes = run(made, choices(made))
    assert notes == []
    expected = {(path, f"`missing_{n}` is not defined") for n, path in enumerate(HOSTILE_NAMES)}
    assert {(lead.path, lead.title) for lead in leads} == expected


WANTED = {
    "app/a.py": "ruff", "migrations/1.sql": "squawk", "db/migrate/2_up.sql": "squawk",
    ".github/workflows/a.yaml": "zizmor", "ci/build/action.yml": "zizmor", "action.yml": "zizmor",
}  # fmt: skip
NOT_WANTED = ("Tiltfile", "app/a.go", "reports/by_day.sql", "k8s/deploy.yml", "docker-compose.yml", "README.md")


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, Path]:
    """Programs that leave a file with their name when they are started."""
    code = f"open({str(tmp_path / 'ran')!r}, 'a').write(os.path.basename(sys.argv[0]) + '\\n')"
    return {name: fake(tmp_path / name, code) for name in LINTERS}


def fake(path: Path, code: str) -> Path:
    path.write_text(f"#!{sys.executable} -IS\nimport os, sys\n{code}\n")
    path.chmod(0o755)
    return path


def test_each_kind_of_file_starts_its_linter_and_no_other(programs: dict[str, Path], tmp_path: Path) -> None:
    for path, name in WANTED.items():
        text = "DROP INDEX a;\n" if path.endswith("sql") else "x: 1\n"
        made = change({path: text})
        language = {"ruff": "python", "squawk": "sql", "zizmor": "yaml"}[name]
        run(made, choices(made, language), programs=programs)
        assert (tmp_path / "ran").read_text() == f"{name}\n", path
        (tmp_path / "ran").unlink()


@pytest.mark.parametrize("path", ["db/upgrade/shop.mssql.sql", "db/migration/h2/V2__index.sql", "db/mysql/V3.sql"])
def test_what_is_written_for_another_engine_is_not_squawks(path: str, programs: dict[str, Path]) -> None:
    made = change({path: "DROP INDEX a;\n"})
    assert run(made, choices(made, "sql"), programs=programs) == ([], [])


def test_a_change_without_such_files_starts_nothing(programs: dict[str, Path], tmp_path: Path) -> None:
    before = threading.active_count()
    for path in NOT_WANTED:
        made = change({path: "SELECT 1;\n"})
        for language in ("python" if path == "Tiltfile" else None, "sql" if path.endswith("sql") else "yaml"):
            assert run(made, choices(made, language), programs=programs) == ([], [])
    made = change({"app/a.py": "x = 1\n", "migrations/1.sql": "SELECT 1;\n"})
    unselected = [replace(choice, selected=False) for choice in choices(made)]
    assert run(made, unselected, programs=programs) == ([], [])
    assert run(change({}, {"app/a.py": "x = 1\n"}), choices(change({}, {"app/a.py": "x = 1\n"}))) == ([], [])
    made = change({"migrations/1.sql": "SELECT 1;\n"})
    assert run(made, choices(made, "sql"), programs=programs) == ([], [])
    assert not (tmp_path / "ran").exists()
    assert threading.active_count() == before


def test_a_linter_sees_no_variable_of_ours_and_only_its_private_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "GITHUB_TOKEN", "GH_TOKEN", "GITHUB_WORKSPACE", "RUFF_CONFIG", "PYTHONPATH"):
        monkeypatch.setenv(name, "canary")
    code = (
        "import json\n"
        "seen = {'env': dict(os.environ), 'cwd': os.getcwd(), 'mode': oct(os.stat('.').st_mode & 0o777),\n"
        "        'argv': sys.argv[1:], 'stdin': sys.stdin.read(), 'fds': sorted(os.listdir('/proc/self/fd')),\n"
        "        'files': sorted(os.path.join(d, f) for d, _, fs in os.walk('.') for f in fs)}\n"
        f"json.dump(seen, open({str(tmp_path / 'seen')!r}, 'w'))\n"
        "print('[]')"
    )
    program = fake(tmp_path / "ruff", code)
    assert linted({"app/sécret name.py": "x = 1\n"}, programs={"ruff": program}) == ([], [])
    seen = json.loads((tmp_path / "seen").read_text())
    assert "canary" not in str(seen)
    assert seen["env"].keys() <= {"LC_ALL", "HOME", "XDG_CONFIG_HOME", "NO_COLOR", "LC_CTYPE", "SYSTEMROOT"}
    assert "sécret" not in json.dumps(seen, ensure_ascii=False)
    assert seen["mode"] == "0o700"
    assert seen["files"] == ["./0/module.py"]
    assert seen["stdin"] == ""
    assert not Path(seen["cwd"]).is_relative_to(Path.cwd())
    assert not Path(seen["cwd"]).exists()


def test_the_program_is_the_one_beside_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv, evil = tmp_path / "venv", tmp_path / "evil"
    for folder in (venv, evil):
        folder.mkdir()
        fake(folder / "ruff", "print('[]')")
    monkeypatch.setenv("PATH", f".:{evil}")
    monkeypatch.chdir(evil)
    monkeypatch.setattr(sys, "executable", str(venv / "python"))
    assert linters._installed("ruff") == venv / "ruff"
    assert linters._installed("squawk") is None
    for executable in ("", "python", "./python", None):
        monkeypatch.setattr(sys, "executable", executable)
        assert linters._installed("ruff") is None
    (venv / "ruff").chmod(0o644)
    monkeypatch.setattr(sys, "executable", str(venv / "python"))
    if os.geteuid() != 0 or not os.access(venv / "ruff", os.X_OK):
        assert linters._installed("ruff") is None


def hit(filename: str = "0/module.py", row: int = 1) -> str:
    """The code of a program that says what ruff would."""
    place = {"row": row, "column": 1}
    said = {"filename": filename, "code": "F821", "message": "", "fix": None, "location": place, "end_location": place}
    return f"print({json.dumps([said])!r})"


FAILURES = {
    "crash": ("os.abort()", "exit code -6"),
    "error": ("sys.stderr.write('first\\n  cause: no such\\x1b[31m option\\n'); sys.exit(2)", "no such[31m option"),
    "no JSON": ("print('Segmentation fault')", "not what that program says"),
    "nothing": ("pass", "not what that program says"),
    "half": ("print('[{\"code\": ')", "not what that program says"),
    "other shape": ("print('{\"a\": [1, 2]}')", "not what that program says"),
    "numbers": ("print('[1, 2]')", "not what that program says"),
    "deep": ("print('[' * 200000)", "not what that program says"),
    "bytes": ("sys.stdout.buffer.write(b'\\xff\\xfe[]')", "not what that program says"),
    "a file that is not ours": (hit(filename="/etc/passwd"), "not what that program says"),
    "a line that is not there": (hit(row=9), "not what that program says"),
    "a line before the first": (hit(row=0), "not what that program says"),
    "hangs": ("import time; print('[]', flush=True); time.sleep(60)", "it took too long"),
    "hangs without a word": ("os.close(1); import time; time.sleep(60)", "it took too long"),
    "its child hangs": ("import time\nif os.fork() == 0: time.sleep(60)\nprint('[]')", "it took too long"),
    "will not end": (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", "it took too long",
    ),
    "babbles": ("while True: sys.stdout.write('x' * 100000)", "more than 1 MB"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILURES)
def test_a_linter_that_fails_is_one_note(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, words = FAILURES[what]
    limit = 0.3 if "too long" in words else 20.0
    if what == "babbles":
        monkeypatch.setattr(linters, "MOST_OUTPUT", 1_000_000)
    program, started, threads = fake(tmp_path / "ruff", code), time.monotonic(), threading.active_count()
    leads, (note,) = linted({"app/a.py": "x = 1\n"}, timeout=limit, programs={"ruff": program})
    assert leads == []
    assert time.monotonic() - started < 20
    assert threading.active_count() == threads
    assert note.startswith("ruff did not finish: ") and words in note
    assert note.isprintable()


def test_a_program_that_cannot_be_started_is_one_note(tmp_path: Path) -> None:
    garbage = tmp_path / "ruff"
    garbage.write_bytes(b"\0\1\2")
    garbage.chmod(0o755)
    for program in (garbage, tmp_path / "absent", tmp_path):
        leads, notes = linted({"app/a.py": "x = 1\n"}, programs={"ruff": program})
        assert leads == [] and len(notes) == 1
    leads, notes = linted({"app/a.py": "x = 1\n"}, programs={})
    assert (leads, notes) == ([], ["ruff did not run: it is not installed beside Backline (extra `linters`)"])


def test_no_room_for_the_private_folder_is_one_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    leads, (note,) = linted({"app/a.py": "x = 1\n"}, programs={"ruff": tmp_path / "ruff"})
    assert leads == [] and note.startswith("ruff did not finish: ")


@installed("squawk", "zizmor")
def test_one_linters_failure_takes_nothing_from_the_others(tmp_path: Path) -> None:
    own = {name: linters._installed(name) for name in ("squawk", "zizmor")}
    leads, notes = linted(
        {
            "app/a.py": "x = 1\n",
            "migrations/1.sql": "DROP INDEX a;\n",
            ".github/workflows/a.yml": ZIZMOR["obfuscation"],
        },
        programs={**own, "ruff": fake(tmp_path / "ruff", "sys.exit(3)")},
    )
    assert {lead.rule.partition(".")[0] for lead in leads} == {"squawk", "zizmor"}
    assert notes == ["ruff did not finish: exit code 3"]


@installed("ruff", "squawk")
def test_a_file_that_ends_the_program_takes_no_other_file_with_it() -> None:
    texts = {f"app/{n}.py": "x = missing()\n" for n in range(5)}
    leads, (note,) = linted({**texts, "app/deep.py": "x = a" + ".b" * 300_000 + "\n"})
    assert [lead.path for lead in leads] == sorted(texts)
    assert note.startswith("ruff did not finish: 1 of 6 files end it: exit code -")
    nested = "ALTER TABLE a ADD CHECK (" + "(" * 50_000 + "1" + ")" * 50_000 + ");\n"
    leads, (note,) = linted({"migrations/1.sql": nested, "migrations/2.sql": SQUAWK["ban-drop-database"]})
    assert [lead.path for lead in leads] == ["migrations/2.sql"]
    assert note.startswith("squawk did not finish: 1 of 2 files end it: exit code -")


UNREAD = {
    "ruff": ("app/b.py", "def f(:\n"),
    "squawk": ("migrations/b.sql", "CREATE TABLE `a` (id int AUTO_INCREMENT) ENGINE=InnoDB;\nDROP INDEX a;\n"),
    "zizmor": (".github/workflows/b.yml", "on: [push\njobs: {{{\n"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_file_that_a_linter_cannot_parse_is_named_by_number_and_the_others_are_read(name: str) -> None:
    if linters._installed(name) is None:
        pytest.skip(f"{name} is not installed beside this Python")
    good = {"ruff": RUFF["F821"], "squawk": SQUAWK["ban-drop-database"], "zizmor": ZIZMOR["obfuscation"]}[name]
    path, broken = UNREAD[name]
    leads, notes = linted({PLACES[name]: good, path: broken})
    assert [lead.path for lead in leads] == [PLACES[name]]
    assert notes == [f"{name} could not parse 1 of 2 files; our own rules read them"]
    leads, notes = linted({path: broken})
    assert (leads, notes) == ([], [f"{name} could not parse 1 of 1 files; our own rules read them"])


@installed("ruff")
def test_what_is_beyond_the_limits_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"app/{n}.py": "x = missing()\n" for n in range(5)}
    monkeypatch.setattr(linters, "MOST_FILES", 3)
    leads, notes = linted(texts)
    assert (len(leads), notes) == (3, ["ruff read 3 of 5 files: the others are absent or too large"])
    monkeypatch.setattr(linters, "MOST_CHARACTERS", 30)
    leads, notes = linted(texts)
    assert (len(leads), notes) == (2, ["ruff read 2 of 5 files: the others are absent or too large"])
    monkeypatch.setattr(linters, "MOST_FILES", 0)
    assert linted(texts) == ([], ["ruff read 0 of 5 files: the others are absent or too large"])


@installed("ruff")
def test_a_text_that_hits_everywhere_ends_after_so_many() -> None:
    leads, _ = linted({"app/a.py": "missing()\n" * 2000})
    assert len(leads) == 300


@installed("ruff")
def test_one_line_has_one_lead_for_a_code() -> None:
    assert len(said({"app/a.py": "x = missing() + other()\n"})) == 1


def test_the_receipt_says_what_a_linter_could_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linters, "_installed", lambda name: None)
    made = change({"app/a.py": "x = 1\n"})
    assert any(note.startswith("ruff did not run") for note in gather(made, select(made), (), silent).notes)
