"""One line of untrusted prose or code without its teeth: mentions, references, links, commands, addresses."""

from __future__ import annotations

import html
import re

from backline.output.code import code_span
from backline.visible import mask, show

_CWE = "https://cwe.mitre.org/"
_PLAIN_URL = re.compile(r"[A-Za-z0-9/._~#?=&%+:-]*+", re.A)
_REFERRING = re.compile(r"/(?:issues|pull|pulls|discussions)(?:/|$)|(?:\.|%2e){2}", re.I)
"""Even in our own repository the address of an issue behind "fixes" closes it."""

# NOTE: this runs on untrusted text: possessive or bounded quantifiers only.
_TEETH = re.compile(
    r"""
    (?P<url> (?:https?|ftp)://[^\s<>`"]{0,2000}+ )
  | (?P<www> www\.(?=\S) )
  | (?P<commit> (?<![\w./-])[\w.-]{1,60}/[\w.-]{1,140}@[0-9a-f]{7,40}\b )
  | (?P<mail> (?<![\w.%+-])[\w.%+-]++@(?:(?!https?://|ftp://)[a-z0-9.-])++ )
  | (?P<mention> (?<!\w)[@＠﹫][a-z0-9][\w/.-]*+ )
  | (?P<issue> (?:(?<![\w./-])[\w.-]{1,100}(?:/[\w.-]{1,100})?)?\#\d++ | (?<![a-z])GH-\d++ )
    """,
    re.X | re.A | re.I,
)
_BOTS = re.compile(
    r"[@＠﹫](?=(?:claude|copilot|codex|coderabbit(?:ai)?|cursor|gemini|greptile(?:ai)?|sourcery|dependabot|renovate|"
    r"mergify(?:io)?|bors|k8s-ci-robot|github-actions|homu|sweep|devin)(?![a-z0-9_]))",
    re.I,
)
"""Such bots look for their name in the raw comment, code or not."""
_COMMAND = re.compile(
    r"""^(?:
    [/!][a-z][\w./-]*+
  | bors\ +[rdpt][\w+=-]*+ | jenkins,?\ +(?:re)?(?:test|build|run)\b(?:\ [a-z]{1,12}\b){0,4} | homu\ +\S++
  | ok\ to\ test\b | (?:re)?test\ this(?:\ please)?\b | recheck\b | retest\b | rebuild\b
    )""",
    re.X | re.I,
)
_ADVICE = re.compile(
    r"\b(?:curl|wget|iwr|irm|invoke-webrequest|base64)\b[^|]{0,400}\|\s{0,8}(?:sudo\s{1,8})?"
    r"(?:sh|bash|zsh|dash|ksh|python3?|perl|ruby|node|php|pwsh|powershell|iex)\b"
    r"|\b(?:sh|bash|zsh|eval|source|iex|exec)\b.{0,20}[(`<].{0,4}\b(?:curl|wget|iwr|irm)\b",
    re.I,
)
_MARKS = re.compile(r"(?:[>*+\s-]|\d{1,9}[.)])*+")
_BOLD = re.compile(r"\*\*(?=\S)([^*]{1,200})(?<=\S)\*\*")
_SPECIAL = re.compile(r"[\\`*\[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_RULE = re.compile(r"[-=+\s\\_*]+")
_BLOCK = re.compile(r"(?:#{1,6}(?:\s|$)|[-+](?:\s|$)|>)")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def is_advice(line: str) -> bool:
    """Runs what comes from the network: nobody should, because a review says so."""
    return _ADVICE.search(line) is not None


def harmless_code(line: str) -> str:
    """A line of code as it is, but for what acts even inside code: names of bots, commands, our marker, addresses."""
    line = _BOTS.sub("(at)", line).replace("<!-- backline", "<! -- backline").replace("<!--backline", "<! -- backline")
    line = _CODE_MAIL.sub(_hidden_mail, line)
    return line.replace("://", "[:]//") if is_advice(line) else line


def harmless_block(line: str) -> str:
    """A line of a fenced block: bots that read the raw comment find a command at its start."""
    return _LONE_COMMAND.sub(r"\g<0>\\", harmless_code(line))


_LONE_COMMAND = re.compile(r"^\s*+(?=(?:/[a-z][a-z-]{1,30}(?:\s[^/*;(){}=]{0,80})?|bors [rdpt]\S{0,40})$)")
_COMMON = "com|org|net|io|dev|edu|gov|info|co|de|fr|uk|eu|us|ch|at|nl|ru|cn|jp|in|app|ai|me|pl|it|es|se|no|ca|au|br"
_CODE_MAIL = re.compile(
    rf"(?<![\w.%+-])[\w.%+-]++@[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{0,6}}\.(?:{_COMMON})\b", re.I
)
_COMMIT = re.compile(r"[^@]+@[0-9a-f]{7,40}", re.I)
"""``user@sha``: a commit in that user's fork."""
_NOBODY = re.compile(r"(?:^git@.*|.*@(?:.*\.)?example\.(?:com|org|net))", re.I)


def _hidden_mail(found: re.Match[str]) -> str:
    return found[0] if _NOBODY.fullmatch(found[0]) else "⟦e-mail⟧"


def prose(text: str, links: tuple[str, ...] = (), *, first: bool = False) -> str:
    """Text without code spans as Markdown that shows it literally, but for bold. *first*: a line begins with it."""
    text = show(mask(html.unescape(text))).replace("\n", " ").replace("\t", " ")
    marks = _MARKS.match(text)
    begin = marks.end() if marks and first else 0
    command = _COMMAND.match(text[begin:]) if first else None
    start = escaped(text[:begin]) + code_span(_BOTS.sub("(at)", command[0])) if command else ""
    rest = text[begin + command.end() :] if command else text
    made, end = "", 0
    for bold in _BOLD.finditer(rest):
        made += f"{_toothless(rest[end : bold.start()], links)}**{_toothless(bold[1], links)}**"
        end = bold.end()
    made = start + made + _toothless(rest[end:], links)
    return _no_block(made) if first else made


def _no_block(line: str) -> str:
    """A line that begins no heading, rule, list or quote."""
    number = _NUMBER.match(line)
    if number:
        return f"{number[1]}\\{line[number.end(1) :]}"
    if line[:1] not in ("\\", "*", "_", "") and (_RULE.fullmatch(line) or _BLOCK.match(line)):
        return "\\" + line
    return line


def _toothless(text: str, links: tuple[str, ...]) -> str:
    made, end = "", 0
    while found := _TEETH.search(text, end):
        made += escaped(text[end : found.start()])
        token = _taken(found, links)
        part = _HANDLERS[found.lastgroup or ""](token, links)
        made += " " + part if made[-1:] == "`" and part[:1] == "`" else part
        end = found.start() + len(token)
        if made[-1:] in ("`", "⟧", ">"):  # what was the middle of a word begins one now
            text, end = text[end:], 0
    return made + escaped(text[end:])


def _taken(found: re.Match[str], links: tuple[str, ...]) -> str:
    """The part of a hit that is dealt with now; the rest is looked at again."""
    token = found[0]
    if found.lastgroup == "url":
        return _own(token, links) or token[: token.index("://") + 3]
    if found.lastgroup == "mail" and not _is_mail(token) and not _COMMIT.fullmatch(token):
        local = token.partition("@")[0]
        return f"{local}@" if local[-1].isalnum() or local[-1] == "_" else local
    return token


def _is_mail(token: str) -> bool:
    local, _, host = token.partition("@")
    name, dot, last = host.rstrip(".-").rpartition(".")
    return bool(name and dot) and last.isalpha() and len(last) > 1 and (local[-1].isalnum() or local[-1] == "_")


def escaped(text: str) -> str:
    """*text* with everything that Markdown would take for its own."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\g<0>", text)


def _own(url: str, links: tuple[str, ...]) -> str | None:
    """The part of *url* that is an address in our repository or of a CWE."""
    bare = url.rstrip(".,;:!?)]}'*_~")
    return bare if any(_is_under(bare, prefix) for prefix in (_CWE, *links)) else None


def _url(token: str, links: tuple[str, ...]) -> str:
    scheme, _, place = token.partition("://")
    return f"<{token}>" if place else {"http": "hxxp", "https": "hxxps", "ftp": "fxp"}[scheme.lower()] + "://"


def _is_under(url: str, prefix: str) -> bool:
    tail = url[len(prefix) - 1 :]
    return url.startswith(prefix) and bool(_PLAIN_URL.fullmatch(tail)) and not _REFERRING.search(tail)


def _mail(token: str, links: tuple[str, ...]) -> str:
    address = token.rstrip(".-")
    if _COMMIT.fullmatch(token):
        return code_span(token)
    if _is_mail(token):
        return (code_span(address) if _NOBODY.fullmatch(address) else "⟦e-mail⟧") + escaped(token[len(address) :])
    local = _toothless(token.rstrip("@"), links)
    return local + ("(at)" if local[-1] in "`⟧>" else "@") if token[-1] == "@" else local


def _mention(token: str, links: tuple[str, ...]) -> str:
    name = token.rstrip(".-/")
    return code_span(_BOTS.sub("(at)", name)) + escaped(token[len(name) :])


def _coded(token: str, links: tuple[str, ...]) -> str:
    return code_span(token)


_HANDLERS = {
    "url": _url,
    "www": lambda token, links: escaped("www[.]"),
    "commit": _coded,
    "mail": _mail,
    "mention": _mention,
    "issue": _coded,
}
