from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backline.visible import mask, masked, show, show_line, withholding

RANDOM = random.Random(7)


def some(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(RANDOM.choice(alphabet) for _ in range(length))


KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "\n".join(some(64) for _ in range(5)) + "\n-----END RSA PRIVATE KEY-----"

SHOWN = [
    ("a\u202eb", "a⟦U+202E RLO⟧b"),
    ("is\u200bAdmin", "is⟦U+200B ZWSP⟧Admin"),
    ("\x1b[2J", "⟦ESC⟧[2J"),
    ("a\x00b", "a⟦NUL⟧b"),
    ("a\rb", "a⟦CR⟧b"),
    ("a\x85b", "a⟦U+0085 NEL⟧b"),
    ("a\x0cb\x0bc", "a⟦FF⟧b⟦VT⟧c"),
    ("a\u2028b", "a⟦U+2028 LS⟧b"),
    ("\ufeffx", "⟦U+FEFF BOM⟧x"),
    ("x\U000e0041", "x⟦U+E0041 TAG⟧"),
    ("x\ue000", "x⟦U+E000 PUA⟧"),
    ("x\u3164y", "x⟦U+3164 HANGUL FILLER⟧y"),
    ("✔" + "\ufe01" * 3000 + "!", "✔⟦3000 variation selectors⟧!"),
    ("\u2066\u2066\u202e", "⟦U+2066 LRI⟧⟦U+2066 LRI⟧⟦U+202E RLO⟧"),
    ("\u200b\u202e", "⟦U+200B ZWSP⟧⟦U+202E RLO⟧"),
]
PLAIN = [
    "",
    "a\n\tb",
    "naïve",
    "日本語のコメント",
    "مرحبا",
    "שלום",
    "Ünïcödé",
    "😀",
    "x²",
    "⟦U+202E RLO⟧",
    "line\nline\n",
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_what_hides_is_spelled_out(text: str, shown: str) -> None:
    assert show(text) == shown


@pytest.mark.parametrize("text", PLAIN)
def test_what_anyone_can_see_stays(text: str) -> None:
    assert show(text) == text


def test_a_carriage_return_that_ends_a_line_is_left_out() -> None:
    assert show("a\r\nb\r\n") == "a\nb\n"
    assert show("a\r") == "a"
    assert show("a\r\r\n") == "a⟦CR⟧\n"


def test_a_name_stays_on_one_line_and_keeps_bytes_that_were_no_text() -> None:
    assert show_line("app/x\n::error\t\r.py") == "app/x⟦LF⟧::error⟦TAB⟧⟦CR⟧.py"
    assert show_line("app/caf\udce9.py") == "app/caf\\xe9.py"
    assert show_line("x\ud800y") == "x⟦U+D800⟧y"


@given(st.text())
def test_line_by_line_or_all_at_once_gives_the_same(text: str) -> None:
    assert show(text).split("\n") == [show(line) for line in text.split("\n")]


@given(st.text())
def test_what_is_shown_hides_nothing_and_stays_when_shown_again(text: str) -> None:
    shown = show(text)
    assert show(shown) == shown
    assert all(char in "\n\t" or char.isprintable() or char.isspace() or ord(char) > 0xFF for char in shown)
    assert "\n" not in show_line(text)


MASKED = [
    ("GitHub", "ghp_" + some(36)),
    ("GitHub app", "ghs_" + some(36)),
    ("GitHub fine-grained", "github_pat_" + some(22) + "_" + some(59)),
    ("AWS", "AKIA" + some(16, string.ascii_uppercase)),
    ("Slack", "xoxb-" + some(12, string.digits) + "-" + some(24)),
    ("Stripe", "sk_live_" + some(24)),
    ("Anthropic", "sk-ant-api03-" + some(95)),
    ("OpenAI", "sk-proj-" + some(48)),
    ("OpenAI old", "sk-" + some(48)),
    ("Google", "AIza" + some(35)),
    ("GitLab", "glpat-" + some(20)),
    ("npm", "npm_" + some(36)),
    ("PyPI", "pypi-AgEIcHlwaS5vcmc" + some(80)),
    ("JWT", "eyJ" + some(30) + ".eyJ" + some(60) + "." + some(43)),
    ("SendGrid", "SG." + some(22) + "." + some(43)),
    ("Hugging Face", "hf_" + some(34)),
    ("Twilio", "SK" + some(32, "0123456789abcdef")),
    ("DigitalOcean", "dop_v1_" + some(64, "0123456789abcdef")),
    ("Shopify", "shpat_" + some(32, "0123456789abcdef")),
    ("Vault", "hvs." + some(40)),
    ("Databricks", "dapi" + some(32, "0123456789abcdef")),
]


@pytest.mark.parametrize(("provider", "token"), MASKED, ids=[row[0] for row in MASKED])
@pytest.mark.parametrize(
    "around", ["{}", 'key = "{}"', "curl -H 'Authorization: Bearer {}'", "text {}\n", '"\\n{}"', "({})"]
)
def test_a_token_keeps_four_characters_and_its_length(provider: str, token: str, around: str) -> None:
    found = mask(around.replace("{}", token))
    assert found == around.replace("{}", f"{token[:4]}…⟦{len(token)} characters masked⟧")


PARTS = [
    ('aws_secret_access_key = "{}"', some(40)),
    ("AWS_SECRET_ACCESS_KEY={}", "aB3" + some(37)),
    ("postgres://app:{}@db.internal:5432/orders", "s3" + some(10)),
    ("DefaultEndpointsProtocol=https;AccountKey={};", some(86) + "=="),
    ('DB_PASSWORD = "{}"', "Tr0ub4dor&3xY!9zQ@7"),
    ('client_secret: "{}"', "a1B2" + some(24)),
    ('"api_key": "{}"', some(30, "0123456789abcdef") + "f0"),
    ("https://hooks.slack.com/services/{}", "T0AB12CD3/B0AB12CD3/" + some(24)),
    ('client.run("{}")', "MTk4" + some(20) + "." + some(6) + "." + some(38)),
    ("https://api.telegram.org/bot123456789{}/send", ":AA" + some(33)),
]


@pytest.mark.parametrize(("around", "secret"), PARTS, ids=[row[0][:20] for row in PARTS])
def test_of_an_assignment_or_url_only_the_secret_is_masked(around: str, secret: str) -> None:
    found = mask(around.replace("{}", secret))
    assert found == around.replace("{}", masked(secret))
    assert secret[4:] not in found


UNMASKED = [
    "password = get_password()",
    'password = "changeme"',
    'f"postgres://{user}:{password}@{host}/{name}"',
    "postgres://${USER}:${PASSWORD}@db/app",
    "postgres://postgres:postgres@localhost/test",
    "git@github.com:acme/shop.git",
    "https://example.com:8080/@scope/package",
    "sha512-" + "q" + some(86) + "==",
    "d41d8cd98f00b204e9800998ecf8427e",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    'token_url = "https://auth.example.com/oauth2/v1/token"',
    'secret_name = "prod/orders/database-2024"',
    'password_hash = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"',
    'token = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"',
    'label_key = "orders.password.reset.confirmation"',
    'if line.startswith("-----BEGIN RSA PRIVATE KEY-----"):',
    "task-scheduling-with-long-names-of-things",
    "risk-assessment",
    "ghp_short",
]


@pytest.mark.parametrize("text", UNMASKED)
def test_code_that_only_speaks_of_secrets_stays_readable(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"key = '''{KEY}'''\nx = 1\n",
        KEY.replace("RSA ", ""),
        KEY.replace("RSA", "OPENSSH"),
        KEY.rpartition("\n")[0],
        'k = "' + KEY.replace("\n", "\\n") + '"\n',
        KEY.replace("\n", "\r\n"),
    ],
)
def test_a_private_key_goes_as_a_whole_and_lines_keep_their_numbers(text: str) -> None:
    found = mask(text)
    assert found.count("\n") == text.count("\n")
    assert "-----BEGIN" in found
    assert not any(KEY.split("\n")[n] in found for n in range(1, 6))


@pytest.mark.parametrize("token", [token for _, token in MASKED] + [a.replace("{}", s) for a, s in PARTS] + [KEY])
def test_masking_twice_changes_nothing_more(token: str) -> None:
    once = mask(f"a = '{token}'\n")
    assert mask(once) == once
    assert mask(show(once)) == show(once)


def test_a_long_private_key_is_masked_once() -> None:
    once = mask(
        "\n".join(["-----BEGIN PRIVATE KEY-----", *["MIIEpAIBAAKCAQEA7bq3"] * 100, "-----END PRIVATE KEY-----"])
    )
    assert mask(once) == once


def test_many_beginnings_without_an_end_take_no_time_to_speak_of() -> None:
    for text in (
        "-----BEGIN PRIVATE KEY-----\n" * 20_000,
        "://" * 300_000,
        "eyJ" * 300_000,
        "sk-" * 300_000,
        "secret=" * 100_000,
    ):
        mask(text)


def test_of_a_short_password_nothing_is_left() -> None:
    assert mask("amqp://app:hunter3x@mq/") == "amqp://app:⟦8 characters masked⟧@mq/"


WITHHELD = [
    ("plainkeyABCDEFGH1234", "k = 'plainkeyABCDEFGH1234'", "k = 'plai…⟦20 characters masked⟧'"),
    ("s3cret+k", "url?k=s3cret+k&s3cret+k", "url?k=⟦8 characters masked⟧&⟦8 characters masked⟧"),
    ("a.*b(c]d^e", "a.*b(c]d^e", "⟦10 characters masked⟧"),
    ("sk-ant-" + "a1B2" * 10, "x" + "sk-ant-" + "a1B2" * 10, "xsk-a…⟦47 characters masked⟧"),
]
NOT_WITHHELD = [("", "any text"), ("dummy", "a dummy"), ("plainkeyABCDEFGH1234", "plainkeyABCDEFGH123"),
                ("plainkeyABCDEFGH1234", "PLAINKEYabcdefgh1234")]  # fmt: skip


@pytest.mark.parametrize(("secret", "text", "shown"), WITHHELD)
def test_what_is_withheld_is_masked_in_whatever_form_it_is(secret: str, text: str, shown: str) -> None:
    before = mask(text), show_line(text)
    with withholding(secret):
        assert mask(text) == show_line(text) == mask(mask(text)) == shown
    assert (mask(text), show_line(text)) == before, "afterwards it is a text like any other"


@pytest.mark.parametrize(("secret", "text"), NOT_WITHHELD)
def test_words_and_parts_of_what_is_withheld_stay(secret: str, text: str) -> None:
    with withholding(secret):
        assert mask(text) == show_line(text) == text
