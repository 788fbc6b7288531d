"""Globs: what matches, what does not, and that no pattern costs much."""

from __future__ import annotations

import time

import pytest

from backline.globs import matches, one_of


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.py", "a.py"), ("*.py", "a/b/c.py"), ("Makefile", "sub/Makefile"), ("/a.py", "a.py"),
        ("./src/*.py", "src/a.py"),
        ("src/*.py", "src/a.py"), ("src/**/*.py", "src/a.py"), ("src/**/*.py", "src/x/y/a.py"), ("**/a.py", "a.py"),
        ("**", "a/b.py"), ("**/*", "a/b.py"), ("*", "a/b.py"), ("src/**", "src/a/b.py"), ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"), ("src", "src/a/b.py"), ("src/app", "src/app/x.py"), ("tests/", "a/tests/b.py"),
        ("/tests/", "tests/b.py"), ("a?.py", "ab.py"), ("a?.py", "aй.py"), ("[ab].py", "a.py"), ("[!ab].py", "c.py"),
        ("[^ab].py", "c.py"), ("[a-c].py", "b.py"), ("[]].py", "].py"), ("[z-a].py", "z.py"), ("a[.]py", "a.py"),
        ("*.{ts,tsx}", "x/a.tsx"), ("{src,lib}/**", "lib/a/b"), ("{a/b,c}/d", "a/b/d"), ("{a,{b,c}}.py", "c.py"),
        ("a{b.py", "a{b.py"), ("[a.py", "[a.py"), ("a}b", "a}b"), (r"\*.py", "*.py"), (r"a\[b", "a[b"),
        ("a b.py", "a b.py"),
        ("a+(b)|c$.py", "a+(b)|c$.py"), ("*.py", "caf\udce9.py"), ("a*b*c", "a1b2c"), ("*.py", "new\nline.py"),
        ("naïve.*", "naïve.py"), ("{,x}a.py", "a.py"), ("a**b", "axyb"),
    ],
)  # fmt: skip
def test_a_pattern_matches(pattern: str, path: str) -> None:
    assert matches(path, [pattern]) is True
    assert one_of((pattern,), path)
    assert matches(path, ["!" + pattern]) is False


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.py", "a.pyc"), ("*.py", "a.py/x.txt"), ("/a.py", "b/a.py"), ("src/*.py", "src/x/a.py"),
        ("src/*", "src/x/a.py"),
        ("src/*.py", "lib/src/a.py"), ("src", "src2/a.py"), ("a/b", "a/bc"), ("src/**", "src"), ("tests/", "tests"),
        ("a?.py", "a/.py"), ("[!a].py", "a.py"), ("[!a]b", "/b"), ("a[/]b", "a/b"), ("*.PY", "a.py"), ("a**b", "a/b"),
        ("*.{ts,tsx}", "a.js"), ("a/**/b", "ab"), ("**a", "x/b"), ("../**", "a/b"), ("", "a"),
        ("a" * 1_001, "a" * 1_001),
        (r"\*.py", "a.py"), ("a.py", "axpy"), ("(?i)A.PY", "a.py"), (".*", "a.py"), ("a|b", "a"), ("^a", "a"),
        ("a$", "a"),
        (r"\d.py", "1.py"),
    ],
)  # fmt: skip
def test_a_pattern_says_nothing(pattern: str, path: str) -> None:
    assert matches(path, [pattern]) is None
    assert not one_of((pattern,), path)


def test_the_last_pattern_that_matches_decides() -> None:
    patterns = ["**/*.py", "!tests/", "tests/keep.py"]
    paths = ("a.py", "x/tests/a.py", "tests/keep.py", "a.js")
    assert [matches(path, patterns) for path in paths] == [True, False, True, None]
    assert matches("a.py", []) is None


HOSTILE = (
    "**/**/**/**/**/*", "**/" * 300 + "x", "{a,b}" * 30, "{a,b}" * 190, "{a,b,}" * 150, "[" * 10_000, "[" * 1_000,
    "{" * 1_000, "{" * 450 + "a" + "}" * 450, "{{a,b}," * 100 + "}" * 100, "*a" * 500, "a*/" * 330, "?" * 1_000,
    "../**",
    "/**", "/" * 1_000, "!" * 1_000, "\\" * 999, "[a-", "[!", "[]", "**" * 400, "*" * 1_000, "{**/,}" * 160, ",{" * 500,
    "\ud800*", "[\udce9-\udcff]", "\0*", "[^\0-\uffff]" * 80,
)  # fmt: skip


@pytest.mark.parametrize("pattern", HOSTILE, ids=range(len(HOSTILE)))
def test_no_pattern_costs_much(pattern: str) -> None:
    started = time.perf_counter()
    for path in ("a/" * 2_000 + "b", "a" * 4_000, "ab" * 2_000 + "/c", "a", "", "[" * 4_000):
        assert matches(path, [pattern]) in (True, False, None)
    assert time.perf_counter() - started < 1
