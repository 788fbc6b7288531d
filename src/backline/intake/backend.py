"""Code that a server, a job or a deployment runs, by language, with the framework that makes it so."""

from __future__ import annotations

import re

from backline.intake.candidate import Candidate, Verdict

_CODE = {
    "python": "Python", "go": "Go", "java": "Java", "kotlin": "Kotlin", "ruby": "Ruby", "php": "PHP", "csharp": "C#",
    "rust": "Rust", "scala": "Scala", "groovy": "Groovy", "elixir": "Elixir", "erlang": "Erlang", "clojure": "Clojure",
    "haskell": "Haskell", "ocaml": "OCaml", "fsharp": "F#", "visual-basic": "Visual Basic", "perl": "Perl",
    "lua": "Lua", "c": "C", "cpp": "C++", "crystal": "Crystal", "nim": "Nim", "zig": "Zig", "d": "D",
}  # fmt: skip
_OTHER = {
    "sql": "SQL", "prisma": "Prisma schema", "shell": "shell script", "powershell": "PowerShell script",
    "dockerfile": "Dockerfile", "terraform": "Terraform", "protobuf": "protobuf", "thrift": "Thrift", "avro": "Avro",
    "rego": "policy", "bicep": "Bicep", "jsonnet": "Jsonnet", "cue": "CUE", "nix": "Nix",
    "erb": "server template (ERB)", "haml": "server template (Haml)", "slim": "server template (Slim)",
    "razor": "server template (Razor)", "jinja": "server template (Jinja)", "twig": "server template (Twig)",
    "ejs": "server template (EJS)", "jsp": "server template (JSP)", "heex": "server template (EEx)",
    "gotemplate": "server template (Go)",
}  # fmt: skip

# By place: (pattern on the lower-case path, what it is). The first that matches names it.
_BY_PLACE = tuple(
    (re.compile(pattern), what)
    for pattern, what in (
        (r"(?:^|.*/)(?:alembic|migrations)/versions/[^/]+\.py$", "Alembic migration"),
        (r"(?:^|.*/)migrations/\d{4}_[^/]+\.py$", "Django migration"),
        (r"(?:^|.*/)db/(?:\w+_)?migrate/[^/]+\.rb$", "Rails migration"),
        (r"(?:^|.*/)database/migrations/[^/]+\.php$", "Laravel migration"),
        (r"(?:^|.*/)(?:[vur]\d[\w.]*|r)__[^/]+\.sql$", "Flyway migration"),
        (r"(?:^|.*/)migrations?/(?:[^/]+/)*[^/]+\.(?:sql|cs|php|exs|go|rb|kt|java|rs|py)$", "migration"),
        (r"(?:^|.*/)app/controllers/.*\.rb$", "Rails controller"),
        (r"(?:^|.*/)app/models/.*\.rb$", "Rails model"),
        (r"(?:^|.*/)app/jobs/.*\.rb$", "Rails job"),
        (r"(?:^|.*/)app/http/controllers/.*\.php$", "Laravel controller"),
        (r".*\.blade\.php$", "server template (Blade)"),
    )
)

# By what the first lines import: (pattern, words). The first that matches names it.
_FRAMEWORKS = {
    "python": (
        (r"^\s*(?:from|import) rest_framework\b", "Django REST framework"),
        (r"^\s*(?:from|import) django\b", "Django app"),
        (r"^\s*(?:from|import) fastapi\b", "FastAPI app"),
        (r"^\s*(?:from|import) flask", "Flask app"),
        (r"^\s*(?:from|import) celery\b", "Celery tasks"),
        (r"^\s*(?:from|import) (?:sqlalchemy|sqlmodel)\b", "SQLAlchemy"),
        (r"^\s*(?:from|import) (?:aiohttp|starlette|sanic|tornado|litestar|falcon|bottle)\b", "Python web server"),
        (r"^\s*(?:from|import) airflow\b", "Airflow DAG"),
    ),
    "java": (
        (r"^import (?:org\.springframework)\b", "Spring"),
        (r"^import (?:jakarta|javax)\.persistence\b", "JPA"),
        (r"^import (?:jakarta|javax)\.(?:ws|servlet)\b", "Java web service"),
    ),
    "go": (
        (r"\"github\.com/(?:gin-gonic|labstack/echo|gofiber|go-chi)", "Go web service"),
        (r"\"net/http\"", "Go HTTP code"),
        (r"\"(?:database/sql|gorm\.io/)", "Go database code"),
    ),
    "csharp": (
        (r"^using Microsoft\.AspNetCore\b", "ASP.NET"),
        (r"^using Microsoft\.EntityFrameworkCore\b", "Entity Framework"),
    ),
    "rust": ((r"\buse (?:axum|actix_web|rocket|warp|tonic)\b", "Rust web service"), (r"\buse sqlx\b", "sqlx")),
    "php": ((r"^use Illuminate\\", "Laravel"), (r"^use Symfony\\", "Symfony")),
}
_FRAMEWORKS["kotlin"] = (*_FRAMEWORKS["java"], (r"^import io\.ktor\.server\b", "Ktor server"))

# Not a backend although the language is: a phone, a desktop, a browser, a game.
_CLIENTS = {
    "java": ((r"^import (?:android|androidx)\.", "Android app"), (r"^import (?:javafx|javax\.swing)\.", "desktop app")),
    "csharp": (
        (r"^using UnityEngine\b", "game"),
        (r"^using (?:Xamarin|Microsoft\.Maui|System\.Windows\.(?:Forms|Controls)|Avalonia)\b", "desktop or phone app"),
    ),
    "rust": ((r"\buse (?:yew|leptos|dioxus|sycamore|web_sys|egui|bevy)\b", "browser or desktop app"),),
    "python": ((r"^\s*(?:from|import) (?:tkinter|PyQt[56]|PySide[26]|kivy|pygame|wx)\b", "desktop app"),),
    "go": ((r"\"syscall/js\"", "browser code: imports syscall/js"),),
}
_CLIENTS["kotlin"] = (*_CLIENTS["java"], (r"^import androidx?\.compose\.", "Android app"))
_CLIENT_LANGUAGES = {"swift": "phone or desktop app", "dart": "phone or browser app", "objective-c": "phone app"}
_ANALYSIS = {"r": "statistics code", "julia": "statistics code"}


def backend_code(it: Candidate) -> Verdict | None:
    """The verdict on code of every language but the JavaScript family; None when the language is not known."""
    if it.language in _CLIENT_LANGUAGES:
        server = it.language == "swift" and re.search(r"^import (?:Vapor|Fluent|Hummingbird)\b", it.text, re.M)
        return Verdict(True, "backend: Vapor") if server else Verdict(False, _CLIENT_LANGUAGES[it.language])
    if it.language in _ANALYSIS:
        return Verdict(False, _ANALYSIS[it.language])
    if it.language == "html":
        return _page(it)
    if it.language in ("graphql", "handlebars", "pug"):
        return _either_side(it)
    return _client(it) or _known(it)


def _known(it: Candidate) -> Verdict | None:
    language = it.language or ""
    if language not in _CODE and language not in _OTHER:
        return None
    if it.name.endswith(".pyi"):
        return Verdict(False, "type declarations")
    path = "/".join((*it.parts, it.name))
    what = next((what for pattern, what in _BY_PLACE if pattern.match(path)), None)
    what = what or _framework(it.text, _FRAMEWORKS.get(language, ()))
    return Verdict(True, f"backend: {what or _OTHER.get(language) or _CODE[language] + ' code'}")


def _client(it: Candidate) -> Verdict | None:
    if "androidmain" in it.parts or "iosmain" in it.parts:
        return Verdict(False, "phone app")
    what = _framework(it.text, _CLIENTS.get(it.language or "", ()))
    return Verdict(False, what) if what and not _framework(it.text, _FRAMEWORKS.get(it.language or "", ())) else None


def _framework(text: str, table: tuple[tuple[str, str], ...]) -> str | None:
    return next((what for pattern, what in table if re.search(pattern, text, re.M)), None)


def _page(it: Candidate) -> Verdict:
    """A page is the server's when a template engine fills it in: escaping is decided there."""
    marks = re.search(r"\{%|\{\{|<%|<\?php|\bth:\w+=|\bv-\w+=|\bng-\w+=|\*ng\w+=", it.text)
    if marks and not re.match(r"v-|ng-|\*ng", marks[0]) and {"templates", "views", "layouts"} & set(it.parts):
        return Verdict(True, "backend: server template")
    return Verdict(False, "browser code: HTML")


def _either_side(it: Candidate) -> Verdict:
    """GraphQL: a schema is the server's, a query the client's. Handlebars and Pug: views and mails are the server's."""
    if it.language == "graphql":
        schema = re.search(r"^\s*(?:extend\s+)?(?:type|input|interface|schema|enum|scalar|union)\b", it.text, re.M)
        queries = re.search(r"^\s*(?:query|mutation|subscription|fragment)\b", it.text, re.M)
        client = bool(queries) and not schema
        return Verdict(False, "browser code: GraphQL query") if client else Verdict(True, "backend: GraphQL schema")
    if {"views", "templates", "emails", "email", "mail", "mails"} & set(it.parts):
        return Verdict(True, "backend: server template")
    return Verdict(False, "browser code: template")


def is_code(it: Candidate) -> bool:
    """Code, as opposed to data and text: what makes a folder named ``spec`` one of tests."""
    return it.language in _CODE or it.language in ("javascript", "typescript", "tsx", "vue", "svelte", "shell")
