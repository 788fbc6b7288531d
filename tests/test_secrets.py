from __future__ import annotations

import random
import string

import pytest
from edited import edited, written

from backline.finding import Severity
from backline.leads import secrets
from backline.leads.lead import Lead
from backline.visible import mask

RANDOM = random.Random(11)


def some(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(RANDOM.choice(alphabet) for _ in range(length))


GITHUB = "ghp_" + some(36)
ANTHROPIC = "sk-ant-api03-" + some(95)
BODY = [some(64) for _ in range(6)]
KEY = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *BODY, "-----END RSA PRIVATE KEY-----"])


def titles(path: str, text: str) -> list[str]:
    return [lead.title.removeprefix("Committed secret: ") for lead in secrets.find(written(path, text), text)]


SPOKEN = [
    (f'TOKEN = "{GITHUB}"', "GitHub token", "critical"),
    (f"key: {ANTHROPIC}", "Anthropic key", "critical"),
    (f'aws = "AKIA{some(16, string.ascii_uppercase)}"', "AWS access key", "critical"),
    (f'secret_access_key: "{some(40)}"', "AWS secret key", "critical"),
    (f'stripe.api_key = "sk_live_{some(24)}"', "Stripe live key", "critical"),
    (f'SLACK = "xoxb-{some(12, string.digits)}-{some(24)}"', "Slack token", "high"),
    (f'google = "AIza{some(35)}"', "Google API key", "high"),
    (f'DATABASE_URL = "postgres://app:{some(14)}@db/orders"', "password in a URL", "high"),
    (f'DB_PASSWORD = "{some(9)}!{some(9)}7aB"', "hard-coded password or key", "high"),
    (f'jwt = "eyJ{some(30)}.eyJ{some(60)}.{some(43)}"', "JSON Web Token", "medium"),
    (KEY, "private key", "critical"),
]


@pytest.mark.parametrize(("line", "provider", "severity"), SPOKEN, ids=[row[1] for row in SPOKEN])
def test_a_credential_on_an_added_line_is_a_lead_that_names_its_provider(
    line: str, provider: str, severity: str
) -> None:
    text = f"a = 1\n{line}\nb = 2\n"
    (lead,) = secrets.find(written("app/settings.py", text), text)
    assert (lead.title, lead.severity) == (f"Committed secret: {provider}", Severity(severity))
    assert (lead.rule, lead.cwe, lead.guard) == ("guard.secret", "CWE-798", True)
    assert lead.start_line == lead.line == 2


def test_what_only_looks_like_a_key_weighs_less_in_a_comment() -> None:
    guessed, proven = f'// accessToken: "{some(30)}1aB"', f'// token: "{GITHUB}"'
    assert [str(lead.severity) for lead in secrets.find(written("app/pay.js", guessed), guessed)] == ["medium"]
    assert [str(lead.severity) for lead in secrets.find(written("app/pay.js", proven), proven)] == ["critical"]


SILENT = [
    'aws = "AKIAIOSFODNN7EXAMPLE"',
    'aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
    f'token = "ghp_{"x" * 36}"',
    f'token = "ghp_{"0" * 36}"',
    'token = "ghp_1234567890abcdefghijklmnopqrstuvwxyz"',
    'key = "sk-ant-your-key-goes-here-replace-me-please"',
    f'stripe.api_key = "sk_test_{some(24)}"',
    'key = os.environ["ANTHROPIC_API_KEY"]',
    'password = "correct horse battery staple"',
    'password = "<your password>"',
    'password = "${DB_PASSWORD}"',
    'url = f"postgres://{user}:{password}@{host}/db"',
    'url = "postgres://user:password@localhost/db"',
    "'Dot1XConfigurationToken' => 'Dot1XConfigurationToken',",
    "DATABASE_URL: postgres://shop:shop-secret@db/shop",
    'connect_url = "mysql://root:root_secret_password@mysql:3306/shop"',
    f'url = "postgres://shop:{some(12)}@127.0.0.1:5432/shop"',
    'integrity = "sha512-' + some(86) + '=="',
    'commit = "9fceb02d0ae598e95dc970b74767f19372d61af8"',
    'id = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"',
    'secret_id = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"',
    f'jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{some(43)}"',
    'if pem.startswith("-----BEGIN RSA PRIVATE KEY-----"):',
    f'icon = "data:image/png;base64,iVBORw0KGgo{some(300)}"',
    'token_endpoint = "https://login.example.com/oauth2/v2.0/token"',
    'password_label = "Password must have 12 characters"',
    "risk-free-and-task-oriented-prose-with-many-words",
]


@pytest.mark.parametrize("line", SILENT)
def test_placeholders_hashes_and_words_are_silent(line: str) -> None:
    assert titles("app/settings.py", f"a = 1\n{line}\n") == []


DOCUMENTED = [
    f'/// curl -H "Authorization: Bearer eyJ{some(30)}.eyJ{some(60)}.{some(43)}"',
    f'    //! pepper_secret = "{some(24)}1aB"',
]


@pytest.mark.parametrize("line", DOCUMENTED)
def test_a_sample_in_documentation_is_silent_where_the_language_has_such_comments(line: str) -> None:
    assert titles("src/lib.rs", f"a = 1\n{line}\n") == []
    assert titles("src/lib.js", f"a = 1\n{line}\n") != []


STILL_TOLD = [
    f"export PGPASSWORD={(word := some(14))}; psql postgres://app:{word}@db.prod.internal/shop",
    f'password = "{(word := some(20) + "1aB")}"; confirm_password = "{word}"',
    f'url = "postgres://app:{some(12)}@localhost.corp.example.net/shop"',
    'url = "postgres://app:k8fj2m9x7q1w4z-secret@db.prod.internal/shop"',
]


@pytest.mark.parametrize("line", STILL_TOLD)
def test_what_only_looks_harmless_is_told(line: str) -> None:
    assert titles("app/settings.py", f"a = 1\n{line}\n") != []


def test_a_long_path_costs_no_time_to_speak_of() -> None:
    path = f"config/dev{'_' * 4_000}.x"
    assert titles(path, f'password = "{some(30)}1aB"\n') != []


WEAK = [
    KEY,
    f'p = "eyJ{some(30)}.eyJ{some(60)}.{some(43)}"',
    f'PASSWORD = "{some(24)}1aB"',
    f"redis://u:{some(12)}@h/0",
]


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_a.py",
        "spec/a_spec.rb",
        "pkg/testdata/key.pem",
        "docs/a.md",
        "README.md",
        "examples/a.py",
        "a_test.go",
    ],
)
@pytest.mark.parametrize("text", WEAK, ids=["key", "jwt", "password", "url"])
def test_in_tests_and_documentation_only_a_providers_own_prefix_counts(path: str, text: str) -> None:
    assert titles(path, text) == []
    assert titles(path, f"t = {GITHUB}") == ["GitHub token"]


@pytest.mark.parametrize("path", ["package-lock.json", "poetry.lock", "web/app.min.js", "go.sum", "Cargo.lock"])
def test_lock_and_built_files_hold_no_passwords(path: str) -> None:
    assert titles(path, f'secret = "{some(30)}1aB"') == []


def test_a_long_line_is_built_or_encoded_and_its_randomness_says_nothing() -> None:
    assert titles("app/bundle.js", f'a="{some(3000)}";token="{some(30)}1aB";') == []


def test_unchanged_and_removed_lines_are_not_this_changes_secrets() -> None:
    before, after = f'a = "{GITHUB}"\nb = 1\n', f'a = "{GITHUB}"\nb = 2\n'
    assert secrets.find(edited("a.py", before, after), after) == []
    assert secrets.find(edited("a.py", before, "b = 1\n"), "b = 1\n") == []


def test_one_lead_per_line_and_provider() -> None:
    text = f'a = "{GITHUB}", "ghp_{some(36)}", "{ANTHROPIC}"\nb = "{GITHUB}"\n'
    found = secrets.find(written("a.py", text), text)
    assert [(lead.line, lead.title.split(": ")[1]) for lead in found] == [
        (1, "Anthropic key"),
        (1, "GitHub token"),
        (2, "GitHub token"),
    ]


def test_a_key_whose_header_stands_outside_of_the_hunk_is_found_in_the_file() -> None:
    other = [some(64) for _ in range(6)]
    before = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *["A" * 64] * 9, *BODY, "-----END RSA PRIVATE KEY-----"])
    after = before.replace("\n".join(BODY), "\n".join(other))
    (lead,) = secrets.find(edited("deploy/key", before, after), after)
    assert lead.line == 11


def test_a_patch_without_blobs_is_read_too() -> None:
    (lead,) = secrets.find(edited("a.py", "x = 1\n", f'x = 1\ny = "{GITHUB}"\n'))
    assert lead.line == 2


def quoted(leads: list[Lead]) -> str:
    return " ".join(f"{lead.title} {lead.body}" for lead in leads)


@pytest.mark.parametrize(("line", "provider", "severity"), SPOKEN, ids=[row[1] for row in SPOKEN])
def test_no_lead_quotes_the_secret(line: str, provider: str, severity: str) -> None:
    said = quoted(secrets.find(written("a.py", line), line))
    inner = [word for word in line.replace('"', " ").replace("@", " ").replace(":", " ").split() if len(word) > 11]
    assert inner
    assert not any(word[4 + n : 12 + n] in said for word in inner for n in range(len(word) - 12) if "BEGIN" not in word)


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("dev.toml", Severity.LOW), ("app/development.yml", Severity.LOW), ("app/local.json", Severity.LOW),
        ("share/index.development.sqlite3.toml", Severity.LOW),
        ("config/local.production.yaml", Severity.HIGH),
        ("config/prod.toml", Severity.HIGH), ("src/dev/keys.py", Severity.HIGH), ("develop.toml", Severity.HIGH),
    ],
)  # fmt: skip
def test_what_looks_like_a_key_weighs_less_in_a_file_for_developers(path: str, severity: Severity) -> None:
    (lead,) = secrets.find(written(path, f'secret_key = "{some(30)}1aB"\n'))
    assert lead.severity is severity


def test_a_certificates_key_for_localhost_opens_no_other_door() -> None:
    severities = [secrets.find(written(path, KEY))[0].severity for path in ("tls/localhost.key", "tls/shop.key")]
    assert severities == [Severity.MEDIUM, Severity.CRITICAL]


@pytest.mark.parametrize("url", ["postgres://shop:{}@127.0.0.1:5432/x", "postgres://shop:{}@localhost/x"])
def test_what_is_no_finding_is_masked_all_the_same(url: str) -> None:
    password = some(14)
    assert secrets.find(written("app.py", f'u = "{url.format(password)}"\n')) == []
    assert password not in mask(url.format(password)) and "shop-secret" not in mask(url.format("shop-secret"))
