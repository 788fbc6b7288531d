"""Python's import aliases, spelled out for the rules: `from time import sleep` and `import requests as rq`.

Rules name a function as `module.function`. Matched is a text in which an alias is replaced by that name: its lines are
those of the file, its columns are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from backline.intake.syntax import Tree

_HTTP = "get post put patch delete head options request"
_FUNCTIONS = {
    "time": "sleep",
    "requests": f"{_HTTP} Session session",
    "httpx": f"{_HTTP} stream Client AsyncClient",
    "aiohttp": "ClientSession ClientTimeout TCPConnector",
    "subprocess": "run call check_call check_output getoutput Popen",
    "os": "system popen chmod",
    "random": "choice choices randint randrange sample getrandbits",
    "hashlib": "md5 sha1 sha224 sha256 sha384 sha512 new",
    "hmac": "new",
    "pickle": "load loads",
    "yaml": "load unsafe_load",
    "jwt": "decode",
    "boto3": "client resource",
    "smtplib": "SMTP SMTP_SSL",
    "psycopg2": "connect",
    "psycopg": "connect",
    "sqlite3": "connect",
    "pymysql": "connect",
    "asyncio": "create_task ensure_future gather",
    "threading": "Thread",
    "tempfile": "mktemp",
    "ssl": "",
    "redis": "",
    "tarfile": "",
    "urllib.request": "urlopen",
}
KNOWN = frozenset(_FUNCTIONS)
_IMPORT = re.compile(
    r"^[ \t]*(?:import[ \t]+([\w.]+)[ \t]+as[ \t]+(\w+)|from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w \t,]+))", re.M
)
_MOST_ALIASES = 30
"""Each costs a pass over the file."""


def spelled_out(tree: Tree) -> Tree:
    """The same tree where there is nothing to spell out."""
    if tree.language != "python":
        return tree
    text = tree.text
    for pattern, name in islice(_aliases(text), _MOST_ALIASES):
        text = pattern.sub(name, text)
    return tree if text is tree.text or text == tree.text else Tree(tree.language, text)


def _aliases(text: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """What to look for, and the name that the rules know it by."""
    for found in _IMPORT.finditer(text):
        module, alias, source, names = (group or "" for group in found.groups())
        if module in _FUNCTIONS and alias != module:
            yield re.compile(rf"(?<![\w.]){alias}(?=\s*\.)"), module
        known = _FUNCTIONS.get(source, "").split()
        for name, _, other in (part.strip().partition(" as ") for part in names.split(",")):
            if name in known:
                yield re.compile(rf"(?<![\w.])(?<!def ){other.strip() or name}(?=\s*\()"), f"{source}.{name}"
