"""What leaked credentials look like, provider by provider, and where they stand in a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from math import log2
from typing import NamedTuple


class Provider(NamedTuple):
    """One kind of credential. Its pattern begins with one of the literals and is tried only where one stands."""

    name: str
    severity: str
    """Of a working one: what whoever reads the repository can do with it."""
    literals: str
    pattern: str
    """Its group 1, if it has one, is the secret; all quantifiers are bounded."""


class Token(NamedTuple):
    provider: Provider
    start: int
    end: int


_ASSIGNED = r"""\w{0,24}["']?\]?[ \t]{0,4}(?::=|=>|[:=,(])[ \t]{0,4}"""
_WORDS = "passw pwd secret token api_key api-key apikey access_key private_key auth_key"
_CLOSE_BEHIND = r"""(?=\w{0,24}["'\] \t:=,(])"""  # fails fast: the next test is costly
_NOT_MERELY_ABOUT = (
    r"(?!\w{0,24}(?i:hash|digest|checksum|sha\d|md5|_id\b|url|uri|path|name|file|header|field|type|regex|pattern))"
)

PRIVATE_KEY = Provider(
    "private key", "critical", "-----BEGIN", r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
)
PASSWORD = Provider(
    "hard-coded password or key",
    "high",
    " ".join((_WORDS, _WORDS.upper(), _WORDS.title(), "apiKey accessKey privateKey authKey ApiKey")),
    _CLOSE_BEHIND + _NOT_MERELY_ABOUT + _ASSIGNED + r"""[bru]?["'`]([^\s"'`]{16,200})["'`]""",
)
PROVIDERS = (
    Provider("GitHub token", "critical", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9_]{36,255}"),
    Provider("GitHub token", "critical", "github_pat_", r"github_pat_[A-Za-z0-9_]{36,255}"),
    Provider("GitLab token", "critical", "glpat- gldt- glrt- glcbt- glptt- glsoat-",
             r"gl[a-z]{2,4}-[A-Za-z0-9_.-]{20,300}"),
    Provider("AWS access key", "critical", "AKIA ASIA", r"A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Provider("AWS secret key", "critical", "secret SECRET Secret",
             r"(?i:secret_?(?:access_?)?key)" + _ASSIGNED + r"""["'`]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"""),
    Provider("Google API key", "high", "AIza", r"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    Provider("Google OAuth secret", "high", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    Provider("Google OAuth token", "high", "ya29.", r"ya29\.[A-Za-z0-9_-]{30,400}"),
    Provider("Azure storage key", "critical", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    Provider("DigitalOcean token", "critical", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    Provider("Heroku key", "high", "HRKU-", r"HRKU-[A-Za-z0-9_-]{36,80}"),
    Provider("HashiCorp Vault token", "critical", "hvs. hvb.", r"hv[sb]\.[A-Za-z0-9_-]{24,300}"),
    Provider("Terraform Cloud token", "critical", ".atlasv1.",
             r"(?<=[A-Za-z0-9]{14})\.atlasv1\.[A-Za-z0-9_-]{60,80}"),
    Provider("Databricks token", "critical", "dapi", r"dapi[0-9a-f]{32}(?![0-9a-f])"),
    Provider("Anthropic key", "critical", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,250}"),
    Provider("OpenRouter key", "high", "sk-or-", r"sk-or-v1-[0-9a-f]{64}"),
    Provider("OpenAI key", "critical", "sk-",
             r"sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{20,64}(?![A-Za-z0-9-]))"),
    Provider("Hugging Face token", "high", "hf_", r"hf_[A-Za-z0-9]{30,40}(?![A-Za-z0-9_])"),
    Provider("Slack token", "high", "xoxb- xoxp- xoxa- xoxe xoxo- xoxr- xoxs- xoxc- xoxd-",
             r"xox[abcdeoprs][-.][A-Za-z0-9.%-]{10,300}"),
    Provider("Slack token", "high", "xapp-", r"xapp-\d-[A-Z0-9]{6,20}-\d{6,20}-[a-z0-9]{20,100}"),
    Provider("Slack webhook", "medium", "hooks.slack.com/",
             r"hooks\.slack\.com/(?:services|workflows)/(T[A-Za-z0-9/_-]{30,120})"),
    Provider("Discord webhook", "medium", "/api/webhooks/", r"/api/webhooks/(\d{17,20}/[A-Za-z0-9_-]{60,80})"),
    Provider("Discord bot token", "high", "DISCORD discord Discord .run",
             r"(?i:discord|\.run)" + _ASSIGNED + r"""["']([MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,40})["']"""),
    Provider("Telegram bot token", "high", ":AA", r"(?<=\d{8}):AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    Provider("Stripe live key", "critical", "sk_live_ rk_live_", r"[sr]k_live_[A-Za-z0-9]{16,250}"),
    Provider("Stripe test key", "low", "sk_test_ rk_test_", r"[sr]k_test_[A-Za-z0-9]{16,250}"),
    Provider("Stripe webhook secret", "high", "whsec_", r"whsec_[A-Za-z0-9+/=]{32,100}"),
    Provider("Shopify token", "critical", "shpat_ shpca_ shppa_ shpss_", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    Provider("Square token", "high", "sq0atp- sq0csp-", r"sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}"),
    Provider("SendGrid key", "high", "SG.", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    Provider("Twilio key", "high", "SK", r"SK[0-9a-f]{32}(?![0-9a-f])"),
    Provider("Mailgun key", "high", "key-", r"key-[0-9a-f]{32}(?![0-9a-f])"),
    Provider("npm token", "critical", "npm_", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    Provider("PyPI token", "critical", "pypi-Ag", r"pypi-Ag[A-Za-z0-9_-]{50,400}"),
    Provider("RubyGems key", "critical", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    Provider("Docker token", "high", "dckr_pat_", r"dckr_pat_[A-Za-z0-9_-]{27,60}"),
    Provider("Grafana token", "high", "glsa_ glc_", r"gl(?:sa|c)_[A-Za-z0-9+/=_]{32,300}"),
    Provider("Linear key", "high", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    Provider("Atlassian token", "high", "ATATT3", r"ATATT3[A-Za-z0-9_=-]{100,300}"),
    Provider("New Relic key", "high", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    Provider("JSON Web Token", "medium", "eyJ",
             r"eyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}"),
    Provider("password in a URL", "high", "://",
             r"""://[^\s:/?#@'"`<>]{0,80}:([^\s/?#@'"`<>]{3,128})@[A-Za-z0-9\[]"""),
    PASSWORD,
)  # fmt: skip


def find(text: str) -> list[Token]:
    """The credentials in *text*, in order, without overlap; the more specific provider wins."""
    found = [(token.start, rank, token) for rank, token in _candidates(text)]
    kept: list[tuple[int, Token]] = []
    for _, rank, token in sorted(found, key=lambda each: each[:2]):
        if not kept or token.start >= kept[-1][1].end:
            kept.append((rank, token))
        elif rank < kept[-1][0]:
            kept[-1] = (rank, token)
    return [token for _, token in kept]


def _candidates(text: str) -> Iterator[tuple[int, Token]]:
    yield from ((-1, token) for token in _private_keys(text))
    for rank, provider in enumerate(PROVIDERS):
        for literal in provider.literals.split():
            start = text.find(literal)
            while start >= 0:
                token = _token_at(provider, text, start)
                if token:
                    yield rank, token
                start = text.find(literal, token.end if token else start + len(literal))


def _token_at(provider: Provider, text: str, start: int) -> Token | None:
    match = _compiled(provider).match(text, start)
    if not match:
        return None
    group = 1 if match.re.groups else 0
    token = Token(provider, match.start(group), match.end(group))
    return token if _plausible(provider, match[group]) else None


@cache
def _compiled(provider: Provider) -> re.Pattern[str]:
    # A literal that begins with a letter must not stand inside a word, unless that "word" is an escape: "\nghp_…".
    before = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))" if provider.pattern[0].isalpha() else ""
    return re.compile(before + provider.pattern)


def _private_keys(text: str) -> Iterator[Token]:
    """Bodies of PEM blocks, also cut off (a hunk ends) or written into a string; a mere header is no key."""
    start = text.find("-----BEGIN ")
    while start >= 0:
        header = _compiled(PRIVATE_KEY).match(text, start)
        start += 1
        if header:
            end = _end_of_key(text, header.end())
            if end - header.end() >= _SHORTEST_KEY and "characters masked" not in text[header.end() : end]:
                yield Token(PRIVATE_KEY, header.end(), end)
                start = end
        start = text.find("-----BEGIN ", start)


def _end_of_key(text: str, start: int) -> int:
    end = text.find("-----END ", start, start + _LONGEST_KEY)
    if end >= 0 and "-----BEGIN " not in text[start:end]:
        return end
    body = _KEY_LINES.match(text, start)
    return body.end() if body else start


_SHORTEST_KEY, _LONGEST_KEY = 64, 16_000
_KEY_LINES = re.compile(r"""(?:(?:\\n|[ \t\r\n"'+,]){0,16}[A-Za-z0-9+/=]{40,76}){1,300}""")

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_INTERPOLATED = re.compile(r"[{}<>]|\$\(|%\(|%[sdv]|\$[A-Za-z_]|\*{3}|^[$%#]")
_PLACEHOLDER = re.compile(
    r"(?i)x{4}|\*{3}|\.{3}|example|sample|placeholder|change_?-?me|replace|your[-_]|dummy|redacted|insert|fake|mock|"
    r"test|1234567|abcdef|0{6}|deadbeef|foobar|t0ken|not[-_]?a[-_]?real|eyJzdWIiOiIxMjM0NTY3ODkwI"
)
_WEAK_PASSWORD = re.compile(
    r"(?i)(?:user|admin|root|postgres|mysql|guest|pass|passwd|password|pwd|secret|token|hunter2|rabbitmq|minio|redis|mongo)\d{0,4}"
)  # fmt: skip


def placeholder(value: str) -> bool:
    """Written for a reader, not for a login: documentation examples, dummies, one character repeated."""
    return bool(_PLACEHOLDER.search(value) or _INTERPOLATED.search(value)) or len(set(value[4:])) <= 5 < len(value)


def _plausible(provider: Provider, value: str) -> bool:
    """Names tell the providers' tokens; what stands behind a mere word or sign must look like a secret itself."""
    if provider.name == "password in a URL":
        return not _INTERPOLATED.search(value) and not _WEAK_PASSWORD.fullmatch(value)
    if provider.name == "AWS secret key":
        return not _HEX.fullmatch(value) and _entropy(value) > 4
    return provider.name != PASSWORD.name or _random(value)


def _random(value: str) -> bool:
    if placeholder(value) or _UUID.fullmatch(value) or not re.fullmatch(r"[A-Za-z0-9+/=_.~!@#$%^&*-]+", value):
        return False
    if _HEX.fullmatch(value):
        return len(value) >= 32 and _entropy(value) > 3
    classes = sum(bool(re.search(each, value)) for each in ("[a-z]", "[A-Z]", "[0-9]", "[!@#$%^&*~]"))
    longest = max(map(len, re.split(r"[^A-Za-z0-9]", value)))
    return classes >= 3 and _entropy(value) > 3.5 and (longest >= 12 or classes == 4)


def _entropy(value: str) -> float:
    """Shannon's, in bits per character: words stay below 3.5, random base64 of 40 characters has about 4.8."""
    return -sum(n / len(value) * log2(n / len(value)) for n in Counter(value).values())
