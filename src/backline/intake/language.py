"""The language of a file by its name, and where the name does not tell, by its first line."""

from __future__ import annotations

import re
from functools import cache

_BY_EXTENSION = {
    "python": "py pyw pyi pyx",
    "javascript": "js mjs cjs jsx es6",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "vue": "vue",
    "svelte": "svelte",
    "astro": "astro",
    "go": "go",
    "java": "java",
    "kotlin": "kt kts",
    "ruby": "rb rake gemspec ru rbw jbuilder thor",
    "php": "php php5 php7 phtml inc",
    "csharp": "cs csx",
    "rust": "rs",
    "sql": "sql psql pgsql ddl dml plsql pls pks pkb mysql tsql",
    "prisma": "prisma",
    "shell": "sh bash zsh ksh dash ash",
    "powershell": "ps1 psm1",
    "batch": "bat cmd",
    "dockerfile": "dockerfile containerfile",
    "terraform": "tf tfvars hcl",
    "yaml": "yml yaml",
    "json": "json json5 jsonc jsonl ndjson",
    "toml": "toml",
    "ini": "ini cfg conf cnf properties env",
    "xml": "xml xsd wsdl csproj fsproj vbproj props targets",
    "protobuf": "proto",
    "thrift": "thrift",
    "avro": "avsc avdl",
    "graphql": "graphql gql graphqls",
    "scala": "scala sc",
    "groovy": "groovy gvy gradle",
    "elixir": "ex exs",
    "erlang": "erl hrl",
    "clojure": "clj cljc cljs edn",
    "haskell": "hs lhs",
    "ocaml": "ml mli",
    "fsharp": "fs fsx fsi",
    "visual-basic": "vb",
    "perl": "pl pm",
    "lua": "lua",
    "c": "c h",
    "cpp": "cc cpp cxx hpp hh hxx",
    "crystal": "cr",
    "nim": "nim",
    "zig": "zig",
    "d": "d",
    "swift": "swift",
    "dart": "dart",
    "objective-c": "m mm",
    "r": "r",
    "julia": "jl",
    "rego": "rego",
    "bicep": "bicep",
    "jsonnet": "jsonnet libsonnet",
    "cue": "cue",
    "nix": "nix",
    "html": "html htm xhtml",
    "css": "css scss sass less styl stylus pcss",
    "markdown": "md markdown mdx",
    "erb": "erb rhtml",
    "haml": "haml",
    "slim": "slim",
    "razor": "cshtml razor vbhtml",
    "jinja": "jinja jinja2 j2",
    "twig": "twig",
    "ejs": "ejs",
    "jsp": "jsp jspx jspf tag ftl ftlh vm",
    "heex": "heex eex leex",
    "handlebars": "hbs handlebars mustache",
    "pug": "pug jade",
    "gotemplate": "tmpl gotmpl gohtml tpl",
}

_BY_NAME = {
    "dockerfile": "dockerfile", "containerfile": "dockerfile", "makefile": "make", "gnumakefile": "make",
    "justfile": "make", "rakefile": "ruby", "gemfile": "ruby", "vagrantfile": "ruby", "capfile": "ruby",
    "guardfile": "ruby", "fastfile": "ruby", "podfile": "ruby", "config.ru": "ruby", "jenkinsfile": "groovy",
    "procfile": "procfile", "caddyfile": "caddyfile", "tiltfile": "python", "sconstruct": "python",
    "wscript": "python", "go.mod": "gomod", "go.sum": "gosum", ".bashrc": "shell", ".profile": "shell",
    ".bash_profile": "shell", ".zshrc": "shell", ".envrc": "shell", ".env": "ini", "artisan": "php",
}  # fmt: skip

_BY_INTERPRETER = {
    "python": "python", "pypy": "python", "node": "javascript", "nodejs": "javascript", "bun": "typescript",
    "deno": "typescript", "tsx": "typescript", "ts-node": "typescript", "ruby": "ruby", "php": "php", "sh": "shell",
    "bash": "shell", "dash": "shell", "zsh": "shell", "ksh": "shell", "ash": "shell", "perl": "perl", "lua": "lua",
    "elixir": "elixir", "escript": "erlang", "groovy": "groovy", "pwsh": "powershell",
}  # fmt: skip


@cache
def _extensions() -> dict[str, str]:
    return {ext: language for language, exts in _BY_EXTENSION.items() for ext in exts.split()}


def extension(name: str) -> str:
    """Lower-case, without the dot: ``.PY`` is ``py``; "" for ``Makefile`` and ``.bashrc``."""
    return name.rpartition(".")[2].lower() if "." in name[1:] else ""


def by_name(path: str) -> str | None:
    """The language that the file's name tells; upper and lower case are the same."""
    name = path.rpartition("/")[2].lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.startswith(("dockerfile.", "containerfile.")):
        return "dockerfile"
    if name == ".py" or name.startswith(".env."):
        return "python" if name == ".py" else "ini"
    return _extensions().get(extension(name))


def by_first_line(line: str) -> str | None:
    """The language of a ``#!`` line: ``#!/usr/bin/env -S python3 -u`` is Python."""
    found = re.match(r"#!\s*(\S+)(.*)", line[:200])
    if not found:
        return "php" if line.startswith("<?php") else None
    words = [found[1], *found[2].split()]
    if words[0].endswith("/env"):
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word] or [""]
    return _BY_INTERPRETER.get(re.sub(r"[\d.]+$", "", words[0].rpartition("/")[2]))


def strange_name(path: str) -> str | None:
    """Why the name's ending is not what it seems: ``.pу`` with a Cyrillic letter, ``x.py `` with a space behind."""
    name = path.rpartition("/")[2]
    ending = name.rpartition(".")[2] if "." in name else name[-1:]
    odd = next((char for char in ending if not "!" <= char <= "~"), None)
    return f"its extension holds {_code_point(odd)}" if odd else None


def _code_point(char: str) -> str:
    import unicodedata

    if "\udc80" <= char <= "\udcff":
        return f"the byte 0x{ord(char) - 0xDC00:02X}"
    return f"U+{ord(char):04X} {unicodedata.name(char, 'CONTROL CHARACTER')}"
