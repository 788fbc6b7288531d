"""Aliases of imports, spelled out for the rules: `import requests as rq`, `import * as cp from "child_process"`.

Python's rules name a function as `module.function`, so its name alone is spelled out too. Matched is a text in which
an alias is replaced by that name: its lines are those of the file, its columns are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from backline.intake.syntax import Tree

_HTTP = "get post put patch delete head options request"
FUNCTIONS = {
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
_IMPORT = re.compile(
    r"^[ \t]*(?:import[ \t]+([\w.]+)[ \t]+as[ \t]+(\w+)|from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w \t,]+))", re.M
)
JS_MODULES = {
    "child_process": "child_process", "fs": "fs", "fs/promises": "fs", "crypto": "crypto", "axios": "axios",
    "bcrypt": "bcrypt", "bcryptjs": "bcryptjs", "argon2": "argon2", "jsonwebtoken": "jwt", "jose": "jose", "vm": "vm",
    "node-fetch": "fetch", "got": "got", "superagent": "superagent", "http": "http", "https": "https",
}  # fmt: skip
_JS_IMPORT = re.compile(
    r"^[ \t]*(?:import|const|let|var)[ \t]+(?:type[ \t]+)?(?:\*[ \t]*as[ \t]+)?(?:([\w$]+)|\{([\w$, :\t]+)\})[ \t]*"
    r"(?:from|=[ \t]*require[ \t]*\()[ \t]*[\"'](?:node:)?([\w/-]+)[\"'](?![ \t]*\)[ \t]*\.(?!promises\b))",
    re.M,
)
GO_PACKAGES = frozenset({
    "net/http", "database/sql", "os/exec", "os", "io", "io/ioutil", "time", "fmt", "regexp", "math/rand",
    "math/rand/v2", "html/template", "context", "crypto/md5", "crypto/sha1", "crypto/sha256", "crypto/hmac",
    "crypto/tls", "path/filepath", "path", "strings", "bytes", "strconv", "gorm.io/gorm", "github.com/jmoiron/sqlx",
    "github.com/golang-jwt/jwt", "github.com/redis/go-redis",
})  # fmt: skip
_GO_IMPORT = re.compile(r"^[ \t]*(?:import[ \t]+)?(\w+)[ \t]+\"([\w./-]+)\"", re.M)
_MOST_ALIASES = 30
"""Each costs a pass over the file."""


def spelled_out(tree: Tree) -> Tree:
    """The same tree where there is nothing to spell out."""
    find = _FINDERS.get(tree.language)
    if find is None:
        return tree
    text = tree.text
    for pattern, name in islice(find(text), _MOST_ALIASES):
        text = pattern.sub(name, text)
    return tree if text is tree.text or text == tree.text else Tree(tree.language, text)


def _of_python(text: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """What to look for, and the name that the rules know it by."""
    for found in _IMPORT.finditer(text):
        module, alias, source, names = (group or "" for group in found.groups())
        if module in FUNCTIONS and alias != module:
            yield re.compile(rf"(?<![\w.]){alias}(?=\s*\.)"), module
        known = FUNCTIONS.get(source, "").split()
        for name, _, other in (part.strip().partition(" as ") for part in names.split(",")):
            if name in known:
                yield re.compile(rf"(?<![\w.])(?<!def ){other.strip() or name}(?=\s*\()"), f"{source}.{name}"


def _of_javascript(text: str) -> Iterator[tuple[re.Pattern[str], str]]:
    for found in _JS_IMPORT.finditer(text):
        whole, names, module = found.groups()
        known = JS_MODULES.get(module)
        if known and whole and whole not in JS_MODULES.values():
            yield re.compile(rf"(?<![\w.$]){re.escape(whole)}(?=\s*\??[.(])"), known
        for name in (names or "").split(",") if known else ():
            original, other = [*re.split(r"\s+as\s+|\s*:\s*", name.strip()), ""][:2]
            if other:
                yield re.compile(rf"(?<![\w.$]){re.escape(other)}(?=\s*\()"), original


def _of_go(text: str) -> Iterator[tuple[re.Pattern[str], str]]:
    for alias, path in _GO_IMPORT.findall(text):
        plain = re.sub(r"/v\d+$", "", path)
        name = {"go-redis": "redis"}.get(plain.rpartition("/")[2], plain.rpartition("/")[2])
        if (path in GO_PACKAGES or plain in GO_PACKAGES) and alias not in (name, "_", "import"):
            yield re.compile(rf"(?<![\w.]){alias}(?=\.)"), name


_FINDERS = {
    "python": _of_python, "javascript": _of_javascript, "typescript": _of_javascript, "tsx": _of_javascript,
    "go": _of_go,
}  # fmt: skip
