"""The entry points of one file: what a request can reach, by which kind of verb, and what guards it, language by language."""
# ruff: noqa: E501 - in these tables one row is one line

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from backline.intake.definitions import Definition
from backline.intake.syntax import Tree, definitions

READ, WRITE = "read", "write"
QUOTES = " \t\n'\"`)"
MOST_TEXT = 4_000
"""Characters of one entry point that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    name: str
    scope: str
    """Entry points of one class, router or file are siblings."""
    verb: str
    """read | write: a public list beside guarded writes is nothing strange."""
    line: int
    guard: str | None
    text: str
    """Route, signature and body."""
    meaning: str = ""
    """What follows from a missing guard, where it is not the usual."""


class Decorated(NamedTuple):
    """Route and guard stand on the definition."""

    route: str
    """Its first group is the verb, where the route names it."""
    guard: str
    """Its first group that took part is the guard as the code spells it."""


class Registered(NamedTuple):
    """A call on a router names path, guards and handler."""

    route: str
    """Groups: router, verb."""
    guard: str
    around: str
    """Regex: the router, the group around the calls or the file is guarded as a whole."""
    named: str = r"\w+"
    """Regex: what a router is called; others count where the file makes them one."""
    made: str = r"(?!)"
    """Regex: a router is made; its group is the router's name."""


_AUTH = r"(?:(?i:auth(?!ors?\b)|login|loggedin|permission|jwt|protect|rbac)|(?:[rR]equire|[eE]nsure|[cC]heck|[vV]erify|is|has|[mM]ust|[rR]estrict|only)\w{0,30}(?i:user|token|session|role|scope|admin|owner|access|perm))"
_SPRING = Decorated(
    r"@(Get|Post|Put|Patch|Delete|Request)Mapping\b|@(GET|POST|PUT|PATCH|DELETE)\b",
    r"@(PreAuthorize|Secured|RolesAllowed|RequiresRoles|RequiresPermissions|Authenticated)\b",
)
_NEST = Decorated(
    r"^\s*@(Get|Post|Put|Patch|Delete|All)\(",
    r"@((?:UseGuards|Roles|Permissions|RequirePermissions|RequireRoles|Auth|Authorized|Scopes)\([^()\n]{0,80}\))",
)
_EXPRESS = Registered(
    r"\b(\w+)\.(get|post|put|patch|delete|all)\(\s*['\"`]/",
    rf"[,(\[]\s*((?:\w{{1,40}}\.)?\w{{0,40}}(?:{_AUTH}\w*|(?i:middlewares|guards|policies)))\b",
    rf"\.(?:use|addHook)\([^;\n]{{0,80}}?(?:{_AUTH}|(?i:session|passport|member))",
    r"\w*(?:[aA]pp|[rR]outer|[rR]outes?|server|fastify|api)",
    r"\b(?:const|let|var)\s+(\w+)(?:\s*:\s*[\w.<>, ]{1,60})?\s*=\s*(?:await\s+)?(?:new\s+)?(?:\w{1,40}\.)?(?:Router|Hono|OpenAPIHono|[eE]xpress|[fF]astify)(?:<[^()\n]{1,80}>)?\(",
)
DECORATED = {
    "python": Decorated(
        r"^\s*@(?:\w+\.){0,3}(get|post|put|patch|delete|route|api_view|api_route)\(",
        r"@((?:\w+\.){0,2}\w{0,30}(?:login|permission|role|auth|staff|admin|scope|user_passes_test|jwt|token_required|require)\w{0,30})"
        r"|\b(?:Depends|Security)\(\s*([\w.]{0,60}(?:user|auth|perm|role|admin|token|scope|verify|login)\w{0,40})"
        r"|:\s*((?:Current|Active|Admin|Super|Auth|LoggedIn|Verified)\w*)\b",
    ),
    "java": _SPRING, "kotlin": _SPRING, "typescript": _NEST,
    "csharp": Decorated(r"\[(?:\w+,\s*)?Http(Get|Post|Put|Patch|Delete)\b", r"\[(?:\w+,\s*)?(Authorize|RequiresClaim)\b"),
    "php": Decorated(r"#\[Route\(", r"#\[(IsGranted\([^()\n]{0,80}\))"),
}  # fmt: skip
REGISTERED = {
    "javascript": _EXPRESS, "typescript": _EXPRESS,
    "go": Registered(
        r"\b(\w+)\.(GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete)\(\s*\"/",
        rf"[,(]\s*((?:\w{{1,40}}\.)?\w{{0,40}}{_AUTH}\w*)",
        rf"\.(?:Use|With|Group)\([^;\n]{{0,80}}?{_AUTH}",
    ),
    "php": Registered(
        r"\b(Route)::(get|post|put|patch|delete)\(\s*['\"]",
        r"->(middleware\([^()\n]{0,80}(?:auth|can:|role|permission|verified)[^()\n]{0,80}\)|can\([^()\n]{0,80}\))",
        r"Route::middleware\(|->middleware\([^()]{0,200}\)\s{0,80}->group\(|['\"]middleware['\"]\s*=>",
    ),
}  # fmt: skip

_CLASS_GUARD = re.compile(
    r"@(?:UseGuards|Roles|Auth\w*|PreAuthorize|Secured|RolesAllowed|Authenticated|Public|PermitAll)\b|\[(?:Authorize|AllowAnonymous)\b|#\[IsGranted"
    r"|permission_classes|LoginRequired|PermissionRequired|method_decorator"
)
_FILE_GUARD = re.compile(r"before_request\b|APIRouter\([^)]{0,400}dependencies\s*=|decorators\s*=\s*\[")
OPEN = re.compile(
    r"(?i)allow_?any\b|allow_?anonymous|permit_?all|\bpublic_\w+|@public|(?:login|csrf|auth)_?exempt|no_?auth\b|skip_?auth|optional_?(?:user|auth)|(?:user|auth)_?optional"
)
"""Everybody may, and the code says so."""
_WRITES = re.compile(r"(?i)\b(?:post|put|patch|delete)\b")
_BEFORE = re.compile(
    r"^[ \t]*before_action[ \t(]+((?::(?!(?:only|except|if|unless)\b)\w+[?!]?,?[ \t]*){1,9})([^\n]{0,400}(?:(?<=[,\[(])\n[^\n]{0,200})?)",
    re.M,
)
_RAILS_GUARD = re.compile(
    r":(?!find_|load_|set_|fetch_|assign_)(\w*(?:auth|login|logged|sign_?in|signed|admin|permission|owner|access|(?:require|ensure|verify|check|must)_\w*(?:user|account|member|role|token|session))\w*)"
)
_PRIVATE = ("private", "protected")
_PRIVATE_NAMES = re.compile(r"(?m)^[ \t]*(?:private|protected)[ \t(]+((?::\w+[?!]?[, \t]*){1,40})")
_RAILS_READS = ("index", "show", "new", "edit")


def comparable(text: str, language: str, enough: int) -> bool:
    """The text holds so many guards: a first question that costs no parse."""
    if language == "ruby":
        return bool(_BEFORE.search(text))
    patterns = [form.guard for form in (DECORATED.get(language), REGISTERED.get(language)) if form]
    return any(len(list(islice(re.finditer(pattern, text), enough))) == enough for pattern in patterns)


def entries(tree: Tree) -> Iterator[Entry]:
    """Those whose guard can be told from the file alone. FileProblem as `Tree` says."""
    if tree.language == "ruby":
        yield from _rails(tree)
    if form := DECORATED.get(tree.language):
        yield from _decorated(tree, form)
    if call := REGISTERED.get(tree.language):
        yield from _registered(tree, call)


def _decorated(tree: Tree, form: Decorated) -> Iterator[Entry]:
    if _FILE_GUARD.search(tree.text):
        return
    lines, route, guard = tree.text.split("\n"), re.compile(form.route, re.M), re.compile(form.guard)
    known = definitions(tree)
    guarded = [d for d in known if d.kind == "class" and _CLASS_GUARD.search(_class_head(d, known, lines))]
    for definition in known:
        text = "\n".join(lines[definition.start_line - 1 : definition.line])[:MOST_TEXT]
        head = _head(text, definition, tree.language)
        found = route.search(head) if definition.kind == "function" else None
        if found is None or any(d.start_line <= definition.start_line <= d.line for d in guarded):
            continue
        scope, _, name = definition.name.rpartition(".")
        yield Entry(
            name=name, scope=scope, verb=_verb(found, head), line=definition.start_line,
            guard=_named(guard, head), text=text,
        )  # fmt: skip


def _verb(route: re.Match[str], head: str) -> str:
    verb = next(filter(None, route.groups()), "")
    return WRITE if _WRITES.fullmatch(verb) or (verb.lower() != "get" and _WRITES.search(head)) else READ


def _named(guard: re.Pattern[str], text: str) -> str | None:
    """As the code spells it; None also where it says that everybody may."""
    found = None if OPEN.search(text) else guard.search(text)
    return next(filter(None, found.groups())) if found else None


def _head(text: str, definition: Definition, language: str) -> str:
    """Decorators and signature: up to the line that opens the body."""
    opens = re.compile(r"(?m):[ \t]*$" if language == "python" else r"(?m)(?:\{|=>[^\n]*|;)[ \t]*$")
    found = opens.search(text, max(0, text.find(definition.header[:60])))
    return text[: found.end()] if found else text


def _class_head(holder: Definition, known: Sequence[Definition], lines: Sequence[str]) -> str:
    """What stands before its first method."""
    first = min((d.start_line for d in known if holder.start_line < d.start_line <= holder.line), default=holder.line)
    return "\n".join(lines[holder.start_line - 1 : first - 1])


def _registered(tree: Tree, form: Registered) -> Iterator[Entry]:
    if re.search(form.around, tree.text):
        return
    guard, route, lines = re.compile(form.guard), re.compile(form.route), tree.text.split("\n")
    bodies, named, made = (
        {d.name: d for d in definitions(tree)},
        re.compile(form.named),
        re.findall(form.made, tree.text),
    )
    for node in tree.root.find_all(kind="expression_statement"):
        span = node.range()
        call = tree.text[span.start.index : min(span.end.index, span.start.index + MOST_TEXT)]
        line = span.start.line + 1
        found = route.match(call)
        if found is None or not (named.fullmatch(found[1]) or found[1] in made):
            continue
        inner, handler = _arguments(call)
        body = bodies.get(handler)
        yield Entry(
            name=f"{found[2].upper()} {call.split(',')[0].partition('(')[2].strip(QUOTES)}", scope=found[1],
            verb=WRITE if _WRITES.fullmatch(found[2]) else READ, line=line,
            guard=_named(guard, inner),
            text=call + ("\n".join(lines[body.start_line - 1 : body.line])[:MOST_TEXT] if body else ""),
        )  # fmt: skip


def _arguments(call: str) -> tuple[str, str]:
    """What stands between path and handler, with what is chained to the call; the handler's name where it is one."""
    if chain := re.search(r"\)\s*->", call):  # PHP
        named = re.search(r"['\"@](\w+)['\"]\s*\]?\s*$", call[: chain.start()])
        return call[chain.start() :], named[1] if named else ""
    body = re.search(r"(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|\w+\s*=>|func\s*\()", call)
    inner = call[call.find(",") : body.start() if body else len(call)]
    names = re.findall(r"[\w.]+", inner)
    handler = "" if body or not names else names[-1].rpartition(".")[2]
    return inner[: inner.rfind(handler)] if handler else inner, handler


def _rails(tree: Tree) -> Iterator[Entry]:
    lines, filters = tree.text.split("\n"), [(f[1], f[2]) for f in islice(_BEFORE.finditer(tree.text), 40)]
    guards = [(found[1], limits) for names, limits in filters if (found := _RAILS_GUARD.search(names))]
    private = next((n for n, line in enumerate(lines) if line.strip() in _PRIVATE), len(lines))
    hidden = {name for names in _PRIVATE_NAMES.findall(tree.text) for name in re.findall(r"\w+[?!]?", names)}
    for definition in definitions(tree):
        scope, _, name = definition.name.rpartition(".")
        if definition.kind != "function" or not scope.endswith("Controller") or definition.start_line > private:
            continue
        if name in hidden or definition.header.startswith((*_PRIVATE, "def self.")):
            continue
        guard = next((guard for guard, limits in guards if _covers(limits, name)), None)
        filtered = any(_covers(limits, name) for _, limits in filters)
        if any(_left_out(limits, name) for _, limits in guards) or (guard is None and filtered):
            continue  # Another filter runs before it: what that finds may be the caller's own.
        yield Entry(
            name=name, scope=scope, verb=READ if name in _RAILS_READS else WRITE, line=definition.start_line,
            guard=guard,
            text="\n".join(lines[definition.start_line - 1 : definition.line])[:MOST_TEXT],
        )  # fmt: skip


def _left_out(limits: str, action: str) -> bool:
    """Somebody named it where the guard is: it is meant."""
    return "except" in limits and action in re.findall(r"\w+", limits)


def _covers(limits: str, action: str) -> bool:
    listed = action in re.findall(r"\w+", limits)
    return listed == ("only" in limits) if re.search(r"\b(?:only|except)\b", limits) else True
