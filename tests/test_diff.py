"""Hunks by their counts, text by its bytes."""

from __future__ import annotations

import io

import pytest

from backline.errors import FileProblem
from backline.intake.diff import MAX_FILE_LINES, Body, FileDiff, Hunk, Line, added, parse_hunks, read_hunk, removed
from backline.intake.listing import header_of, parse_raw
from backline.intake.names import quoted, unquoted
from backline.intake.text import decode, is_binary


def hunks(data: bytes) -> tuple[Hunk, ...]:
    lines, body = iter(io.BytesIO(data)), Body()
    for line in lines:
        if line.startswith(b"@@ "):
            read_hunk(line, lines, body)
    return parse_hunks(body)


def test_lines_carry_their_numbers_on_both_sides() -> None:
    (hunk,) = hunks(b"@@ -5,3 +5,3 @@ def f():\n a\n-b\n+c\n d\n")
    assert hunk.lines == (Line(" ", 5, 5, "a"), Line("-", 6, None, "b"), Line("+", None, 6, "c"), Line(" ", 7, 7, "d"))
    file = FileDiff(path="x", hunks=(hunk,))
    assert added(file) == {6: "c"}
    assert removed(file) == {6: "b"}


LOOK_ALIKES = [
    b"++ b/evil.py",
    b"-- a/x",
    b"@@ -1 +1 @@",
    b"diff --git a/evil b/evil",
    b"\\ No newline at end of file",
    b"Binary files a/x and b/x differ",
]


@pytest.mark.parametrize("content", LOOK_ALIKES)
def test_a_line_that_looks_like_a_header_is_a_line(content: bytes) -> None:
    (hunk,) = hunks(b"@@ -1,2 +1,2 @@\n-" + content + b"\n " + content + b"\n+" + content + b"\n")
    assert [line.text.encode() for line in hunk.lines] == [content] * 3


SEPARATORS = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r"]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_only_a_newline_ends_a_line(separator: str) -> None:
    (hunk,) = hunks(f"@@ -0,0 +1,2 @@\n+a{separator}b\n+c{separator}\n".encode())
    assert hunk.lines == (Line("+", None, 1, f"a{separator}b"), Line("+", None, 2, f"c{separator}"))


@pytest.mark.parametrize("marker", [b"\\ No newline at end of file\n", b"\\ Kein Zeilenumbruch am Dateiende.\n"])
def test_the_marker_of_a_missing_newline_is_no_line_in_any_language(marker: bytes) -> None:
    (hunk,) = hunks(b"@@ -1 +1 @@\n-a\n" + marker + b"+b\n" + marker)
    assert hunk.lines == (Line("-", 1, None, "a"), Line("+", None, 1, "b"))


MALFORMED = [
    b"@@ -1 +1 @@\n+a\n+b\n+c\n",
    b"@@ -1,5 +1,5 @@\n a\n",
    b"@@ -1,9" + b"9" * 25 + b" +1 @@\n a\n",
    b"@@ -1 +" + b"9" * 26 + b" @@\n a\n",
    b"@@ -1,1 +30000000,2 @@\n a\n+b\n",
    b"@@ -1,1 +-1,1 @@\n a\n",
    b"@@ -0,0 +0,0 @@\n",
    b"@@ -1,2 +1,2 @@\n a\n*b\n",
    b"@@ -1,2 +1 @@\n a\n b\n",
    "@@ -１ +１ @@\n a\n".encode(),
    b"@@ -1 +1\n a\n",
    b"@@ -1,2 +1,2 @@\n a\n",
    b"@@ -1,2 +1,2 @@\n a\n\r\r\n",
]


@pytest.mark.parametrize("data", MALFORMED)
def test_counts_that_do_not_hold_are_an_error_and_never_a_shorter_hunk(data: bytes) -> None:
    with pytest.raises(FileProblem, match="malformed hunk") as caught:
        hunks(data)
    assert "\n" not in str(caught.value)


def test_an_empty_line_stands_for_an_empty_context_line() -> None:
    (hunk,) = hunks(b"@@ -1,3 +1,2 @@\n a\n\n-b\n")
    assert hunk.lines == (Line(" ", 1, 1, "a"), Line(" ", 2, 2, ""), Line("-", 3, None, "b"))


def test_more_lines_than_a_person_writes_are_too_large_and_not_kept() -> None:
    lines, body = iter(io.BytesIO(b"+x\n" * (MAX_FILE_LINES + 1))), Body()
    read_hunk(b"@@ -0,0 +1,%d @@\n" % (MAX_FILE_LINES + 1), lines, body)
    assert body.lines == []
    with pytest.raises(FileProblem, match="file too large"):
        parse_hunks(body)


def test_the_mark_of_a_files_first_line_is_left_out_and_any_other_stays() -> None:
    first, second = hunks("@@ -1 +1,2 @@\n-\ufeffa\n+\ufeffb\n+\ufeffc\n@@ -9 +10 @@\n \ufeffd\n".encode())
    assert [line.text for line in first.lines] == ["a", "b", "\ufeffc"]
    assert [line.text for line in second.lines] == ["\ufeffd"]


def test_raw_entries_keep_every_byte_of_a_name() -> None:
    oid, null = b"a" * 40, b"0" * 40
    output = (
        b":100644 100755 %b %b M\0caf\xe9\n\0" % (oid, oid)
        + b":100644 100644 %b %b R066\0old b/x\0new b/x\0" % (oid, oid)
        + b":000000 160000 %b %b A\0sub\0:100644 000000 %b %b D\0gone\0" % (null, oid, oid, null)
        + b":100644 120000 %b %b T\0link\0" % (oid, oid)
    )
    files = parse_raw(output)
    assert [(file.path, file.old_path, file.status) for file in files] == [
        ("caf\udce9\n", None, "modified"), ("new b/x", "old b/x", "renamed"), ("sub", None, "added"),
        ("gone", None, "deleted"), ("link", None, "typechange"),
    ]  # fmt: skip
    assert (files[2].old_oid, files[3].new_oid) == (None, None)
    assert (files[0].old_mode, files[0].new_mode) == ("100644", "100755")


QUOTED = [
    ("plain b/x.py", b"plain b/x.py"),
    ("naïve", b'"na\\303\\257ve"'),
    ("\udce9", b'"\\351"'),
    ('q"\\', b'"q\\"\\\\"'),
    ("\a\b\t\n\v\f\r\x1b\x7f", b'"\\a\\b\\t\\n\\v\\f\\r\\033\\177"'),
]


@pytest.mark.parametrize(("name", "written"), QUOTED)
def test_names_are_quoted_as_git_quotes_them(name: str, written: bytes) -> None:
    assert quoted(name) == written
    assert unquoted(written) == name.encode("utf-8", "surrogateescape")


def test_a_renames_header_has_both_names() -> None:
    assert header_of(FileDiff(path="b\n", old_path="a b")) == b'diff --git a/a b "b/b\\n"\n'


TEXTS = [
    (b"plain\n", "plain\n", "utf-8"),
    ("café \u2028\n".encode(), "café \u2028\n", "utf-8"),
    (b"\xef\xbb\xbfmarked\n", "marked\n", "utf-8"),
    (b"caf\xe9\n", "café\n", "latin-1"),
    ("naïve ".encode() + b"caf\xe9", "naïve café", "latin-1"),
    (b"\xed\xa0\x80", "í\xa0\x80", "latin-1"),
    (b"\xff\xfea\0\n\0", "a\n", "utf-16-le"),
    (b"\xfe\xff\0a\0\n", "a\n", "utf-16-be"),
    ("import os\n".encode("utf-16-le"), "import os\n", "utf-16-le"),
    ("import os\n".encode("utf-16-be"), "import os\n", "utf-16-be"),
    (b"\xff\xfe\x00\xd8\n\0", "\ufffd\n", "utf-16-le"),
    (b"a\0b\n", "a\0b\n", "utf-8"),
    (b"\xff\xfe<?php\nsystem($_GET[0]); \n", "ÿþ<?php\nsystem($_GET[0]); \n", "latin-1"),
    ("\ufeffa = 1\n".encode("utf-16-le") + b"system($_GET[0]);\n", None, "latin-1"),
    (b"\xff\xfe\n\n\n\n", "ÿþ\n\n\n\n", "latin-1"),
    ("\ufeffa = 1\n".encode("utf-16-le") * 99 + b"\nsystem($_GET[0]); \n", None, "latin-1"),
    (b"\xff\xfe", "", "utf-16-le"),
    (b"\0\1\0\2", "\0\1\0\2", "utf-8"),
    (b"\xff\xfe\0\0a\0\0\0", "\0a\0", "utf-16-le"),
    (b"", "", "utf-8"),
]


@pytest.mark.parametrize(("data", "text", "encoding"), TEXTS)
def test_bytes_are_text_without_a_surrogate(data: bytes, text: str | None, encoding: str) -> None:
    assert decode(data).encoding == encoding
    assert text is None or decode(data).text == text
    decode(data).text.encode("utf-8")


@pytest.mark.parametrize(
    ("path", "data", "binary"),
    [
        ("logo.png", b"\x89PNG\0", True),
        ("logo.png", b"no NUL", False),
        ("app/db.py", b"x\0y", False),
        ("APP.PY", b"x\0y", False),
        ("data", b"x" * 8000 + b"\0", False),
        ("data", b"\0\1", True),
        ("data", b"x" * 7999 + b"\0", True),
    ],
)
def test_a_nul_near_the_start_makes_a_file_binary_but_never_source_code(path: str, data: bytes, binary: bool) -> None:
    assert is_binary(path, data) is binary
