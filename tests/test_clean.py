"""Text made harmless: widths, cuts, code that nothing ends early, and what a runner reads."""

from __future__ import annotations

import pytest
from dom import Page

from backline.output.clean import (
    code_span,
    cut,
    fence,
    for_log,
    for_terminal,
    one_line,
    path_text,
    workflow_data,
    workflow_property,
)
from backline.output.cut import fit, graphemes, units, width

FAMILY = "👨‍👩‍👧‍👦"
FLAGS = "🇩🇪🇫🇷"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("größe 注文 🙂", "größe 注文 🙂"),
        ("cafe\u0301", "cafe\u0301"),
        ("\x1b[31m", "⟦ESC⟧[31m"),
        ("a\u202eb", "a⟦U+202E RLO⟧b"),
        ("a\x00b", "a⟦NUL⟧b"),
    ],
)
def test_a_terminal_gets_text_and_no_control_codes(text: str, shown: str) -> None:
    assert for_terminal(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("short title", 120, "short title"),
        ("two\nlines\u2028and\tmore  ", 120, "two lines and more"),
        ("x" * 130, 120, "x" * 119 + "…"),
        ("🙂" * 10, 8, "🙂🙂🙂…"),
        ("ab" + "e\u0301" * 4, 6, "abe\u0301…"),
        ("", 120, ""),
    ],
)
def test_a_title_is_one_short_line(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line
    assert units(one_line(text, limit)) <= limit


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("app/db.py", "app/db.py"),
        ("a dir/größe.py", "a dir/größe.py"),
        ("app/x\n::error file=a::y.py", "app/x⟦LF⟧::error file=a::y.py"),
        ("a\udcff.py", "a\\xff.py"),
        ("a\tb\x1b", "a⟦TAB⟧b⟦ESC⟧"),
    ],
)
def test_a_path_is_one_line(path: str, shown: str) -> None:
    assert path_text(path) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", ": :error::x"),
        ("ok\n  ::add-mask::x", "ok\n  : :add-mask::x"),
        ("\u00a0::x", "\u00a0: :x"),
        ("a ##[error]b", "a # #[error]b"),
        ("std::vector and a::b", "std::vector and a::b"),
        ("## [x]", "## [x]"),
        ("12 │ ::std::move", "12 │ ::std::move"),
    ],
)
def test_a_log_page_gives_no_command(text: str, shown: str) -> None:
    assert for_log(text) == shown


@pytest.mark.parametrize(
    "text", ["a", "`", "a`b", "``", "a``b`c", "`a`", " a ", "  ", "a\nb", "<b>", "```x```", "\\", "a|b"]
)
def test_a_code_span_shows_exactly_its_text(text: str) -> None:
    page = Page(f"x {code_span(text)} y")
    assert page.code == (text.replace("\n", " ") if text.strip() else " ")
    assert page.prose.strip() == "x \0 y"


@pytest.mark.parametrize(
    "text", ["a", "```", "````\n```", "~~~", "a\n```\nb", "", "    x", "```suggestion\nx\n```", "`" * 9]
)
def test_a_fence_shows_exactly_its_text(text: str) -> None:
    page = Page(f"{fence(text, 'py')}\n\nafter")
    assert page.code == text + "\n" and page.prose.strip("\0\n") == "after"


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("注文", 4), ("e\u0301", 1), ("🙂", 2), ("", 0), ("a\u200db", 2), ("é", 1)]
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("注文注文", 6, "注文…"),
        ("注文注文", 5, "注文…"),
        ("e\u0301" * 6, 4, "e\u0301" * 3 + "…"),
    ],
)
def test_a_long_line_is_cut_at_the_terminals_edge(text: str, columns: int, shown: str) -> None:
    assert fit(text, columns) == shown
    assert width(fit(text, columns)) <= columns


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("abc", 3), (FAMILY, 1), (FLAGS, 2), ("e\u0301o", 2), ("a\r\nb", 3), ("👍🏽", 1), ("🇩🇪🇫", 2), ("\u0301", 1)],
)
def test_graphemes_are_what_a_reader_calls_a_character(text: str, pieces: int) -> None:
    assert len(graphemes(text)) == pieces
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize("unit", ["x", "🙂", "e\u0301", FAMILY, FLAGS, "word ", "line\n", "\r\n"])
def test_a_cut_keeps_whole_characters_and_says_how_much_is_missing(unit: str) -> None:
    text = unit * 400
    for limit in range(200, 240):
        short = cut(text, limit)
        kept, _, notice = short.partition("\n\n… (cut here: ")
        assert units(short) <= limit and notice.endswith("more characters)")
        assert text.startswith(kept)
        assert graphemes(text)[: len(graphemes(kept))] == graphemes(kept)
    assert cut(text, units(text)) == text


@pytest.mark.parametrize("mark", ["```", "````", "~~~"])
def test_a_cut_closes_an_open_fence(mark: str) -> None:
    text = f"before\n\n{mark}python\n" + "x = 1\n" * 100 + f"{mark}\n\nafter"
    for limit in range(100, 160):
        page = Page(cut(text, limit))
        assert page.code.startswith("x = 1") and "cut here" in page.prose and "cut here" not in page.code
    assert "cut here" in Page(cut(text, len(text) - 5)).prose


def test_a_cut_between_fences_closes_nothing() -> None:
    text = "```\na\n```\n" + "word " * 100
    assert cut(text, 200).count("```") == 2


@pytest.mark.parametrize(
    ("text", "data", "prop"),
    [
        ("plain", "plain", "plain"),
        ("a%0Ab", "a%250Ab", "a%250Ab"),
        ("a\nb", "a%0Ab", "a%0Ab"),
        ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
        ("::error::x", "::error::x", "%3A%3Aerror%3A%3Ax"),
        ("a\rb", "a⟦CR⟧b", "a⟦CR⟧b"),
        ("##[error]", "# #[error]", "# #[error]"),
    ],
)
def test_a_workflow_command_says_its_text_and_nothing_else(text: str, data: str, prop: str) -> None:
    assert workflow_data(text) == data
    assert workflow_property(text) == prop
