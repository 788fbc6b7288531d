"""JavaScript, TypeScript and components: does it run on a server or in a browser? Place and imports tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from backline.intake import places
from backline.intake.candidate import Candidate, Verdict
from backline.intake.imports import browser_import, node_import, server_import, store_import

_COMPONENTS = {"vue": "Vue", "svelte": "Svelte", "astro": "Astro"}
_NAMES = {"javascript": "JavaScript", "typescript": "TypeScript", "tsx": "TypeScript"}
_SUFFIX = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro)$")

# Markers of frameworks that put server code into a page or a route module.
_SERVER_CODE = re.compile(
    r"^\s*['\"]use server['\"]"
    r"|^export\s+(?:async\s+)?(?:function|const)\s+(loader|action|getServerSideProps|getStaticProps|getStaticPaths)\b",
    re.M,
)
_DOM = re.compile(
    r"^\s*['\"]use client['\"]|\bdocument\.(?:getElement|querySelector|createElement|body|cookie|addEvent|head|title)"
    r"|\bwindow\.|\blocalStorage\b|\bsessionStorage\b|\bnavigator\.|\bimport\.meta\.env\b|\bREACT_APP_|\bVITE_"
    r"|\bclassName=|\bnamespaced:\s*true\b|\b(?:fetch|axios(?:\.\w{1,20})?)\(\s*['\"`]/|\$\(document\)|\bchrome\.(?:runtime|tabs|storage)\.",
    re.M,
)
_SERVER_WORDS = re.compile(
    r"\bprocess\.env\b|\bDeno\.|\bBun\.|\(\s*req\w*(?:\s*:[^,)]{1,60})?,\s*res\b|\bmodule\.exports\b|\b__dirname\b"
    r"|\bexports\.handler\b|\bexport const handler\b|\bprocess\.(?:exit|argv|on)\b|\bSELECT\s.{1,200}\sFROM\b"
)


def web_code(it: Candidate) -> Verdict | None:
    """The verdict on a file of the JavaScript family; None for other languages."""
    if it.language not in _NAMES and it.language not in _COMPONENTS:
        return None
    return next(verdict for check in _CHECKS if (verdict := check(it)))


def _server(why: str) -> Verdict:
    return Verdict(True, f"backend: {why}")


def _browser(why: str) -> Verdict:
    return Verdict(False, f"browser code: {why}")


def _by_name(it: Candidate) -> Verdict | None:
    stem = _SUFFIX.sub("", it.name)
    if it.name.endswith((".d.ts", ".d.mts", ".d.cts")):
        return Verdict(False, "type declarations")
    if stem.endswith((".stories", ".story")):
        return _browser("Storybook")
    if stem in places.RUNS_ON_SERVER or stem.endswith(".server"):
        return _server(f"`{stem if stem in places.RUNS_ON_SERVER else '.server'}` runs on the server")
    if stem in ("sw", "serviceworker", "service-worker"):
        return _browser("service worker")
    return None


def _by_framework(it: Candidate) -> Verdict | None:
    """Files that a framework runs on the server because of where they stand."""
    stem, parts = _SUFFIX.sub("", it.name), it.parts
    if it.extension in ("ts", "js", "mjs", "tsx") and "app" in parts and stem == "route":
        return _server("Next.js route handler")
    if _follows(parts, "pages", "api") and it.language in _NAMES:
        return _server("Next.js API route")
    if _follows(parts, "app", "api") and it.language in ("javascript", "typescript"):
        return _server("Next.js API code")
    if stem in ("middleware", "proxy") and (not parts or parts[-1] == "src" or _unit(parts) == parts[-1]):
        return _server(f"request {stem}")
    if _follows(parts, "supabase", "functions") or _follows(parts, "netlify", "functions"):
        return _server(f"{'Supabase' if 'supabase' in parts else 'Netlify'} function")
    if "app" in parts and it.extension in ("tsx", "jsx") and (module := store_import(it.text)):
        return _server(f"server component that imports {module}")
    found = _SERVER_CODE.search(it.text)
    if found:
        return _server(f"exports {found[1]}, which runs on the server" if found[1] else "`use server`")
    return None


def _by_import(it: Candidate) -> Verdict | None:
    module = server_import(it.text)
    return _server(f"imports {module}") if module else None


def _by_tool(it: Candidate) -> Verdict | None:
    """After the imports: a server is not hidden in a folder named ``webpack``."""
    tool, _, kind = _SUFFIX.sub("", it.name).partition(".")
    named = (kind.startswith("config") and tool in places.TOOLS) or _SUFFIX.sub("", it.name) in places.TOOL_FILES
    if named or it.name.startswith(".") or set(it.parts) & places.TOOL_FOLDERS:
        return Verdict(False, "tool settings")
    return None


def _by_place(it: Candidate) -> Verdict | None:
    found = place(it.parts)
    if found is None:
        return None
    server, folder = found
    if server and _shows_pages(it):
        return _browser(f"imports {browser_import(it.text)}" if it.language in _NAMES else "component")
    return _server(f"{_NAMES.get(it.language or '', 'code')} in `{folder}/`") if server else _browser(f"in `{folder}/`")


def _shows_pages(it: Candidate) -> bool:
    """A component in a server's folder: with React it may still be a mail template, so its import must be there."""
    return it.language in _COMPONENTS or (it.extension in ("tsx", "jsx") and bool(browser_import(it.text)))


def _by_content(it: Candidate) -> Verdict | None:
    if module := browser_import(it.text):
        return _browser(f"imports {module}")
    if it.language in _COMPONENTS:
        return _browser(f"{_COMPONENTS[it.language or '']} component")
    if re.match(r"use[A-Z]", it.file.path.rpartition("/")[2]):
        return _browser("a hook")
    if it.extension in ("tsx", "jsx"):
        return _browser("JSX")
    if module := node_import(it.text):
        return _server(f"imports {module}")
    if found := _DOM.search(it.text):
        return _browser(f"uses `{' '.join(re.findall(r'[a-zA-Z.]+', found[0]))[:30]}`")
    return _server("runs under Node") if _SERVER_WORDS.search(it.text) else None


def _by_hint(it: Candidate) -> Verdict:
    for part in it.parts:
        if part in places.BROWSER_HINTS:
            return _browser(f"in `{part}/`")
        if part in places.SERVER_HINTS:
            return _server(f"{_NAMES[it.language or '']} in `{part}/`")
    return _server(f"{_NAMES[it.language or '']} with no sign of a browser")


_CHECKS: tuple[Callable[[Candidate], Verdict | None], ...] = (
    _by_name, _by_framework, _by_import, _by_tool, _by_place, _by_content, _by_hint,
)  # fmt: skip


def place(parts: tuple[str, ...]) -> tuple[bool, str] | None:
    """(server?, folder) where a folder's name says on which side it runs; None when none does or it is unclear."""
    sides = [(part in places.SERVER, part) for part in parts if part in places.SERVER or part in places.BROWSER]
    unit = _unit(parts)
    if unit and re.fullmatch(r"[a-z0-9_.-]{1,40}", unit) and unit not in places.SERVER and unit not in places.BROWSER:
        words = set(re.split(r"[-_.]", unit))
        browser = bool(words & places.BROWSER_WORDS)
        server = bool(words & places.SERVER_WORDS) or (parts[0] == "services" and not browser)
        if server != browser:
            sides.insert(0, (server, unit))
    if _follows(parts, "resources", "js"):
        sides.append((False, "resources/js"))
    return sides[-1] if sides else None


def _unit(parts: tuple[str, ...]) -> str | None:
    """The application or package of a monorepo that the path belongs to: the folder below ``apps/`` or the first."""
    if len(parts) > 1 and parts[0] in places.UNITS:
        return parts[1]
    return parts[0] if parts else None


def _follows(parts: tuple[str, ...], first: str, second: str) -> bool:
    return any(pair == (first, second) for pair in pairwise(parts))
