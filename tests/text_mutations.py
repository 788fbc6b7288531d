"""Rewritings of SQL, Dockerfiles, YAML and Terraform that cannot change what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

_SQL = re.compile(r"(--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|\$(\w*)\$.*?\$\2\$)", re.S)
_YAML_SCALAR = re.compile(r"^(\s*(?:- )*(?:[\w.-]+: )?)([A-Za-z][\w./@-]*)$", re.M)
_YAML_QUOTED = re.compile(r"^(\s*(?:- )*(?:[\w.-]+: )?)(?:'([^'\"\\\n]*)'|\"([^'\"\\\n]*)\")$", re.M)
_NOT_A_STRING = re.compile(r"true|false|yes|no|on|off|null|y|n|[\de.]+", re.I)
_YAML_BLOCK = re.compile(r":\s*[|>][-+0-9]*\s*$|^\s*- [|>][-+]?$", re.M)


def sql_upper_case(text: str) -> str:
    return _outside_strings(text, str.upper)


def sql_lower_case(text: str) -> str:
    return _outside_strings(text, str.lower)


def sql_line_breaks(text: str) -> str:
    return _outside_strings(text, lambda part: re.sub(r"(?<=\S) (?=\S)", "\n    ", part))


def sql_spaces(text: str) -> str:
    return _outside_strings(text, lambda part: re.sub(r"(?<=\S) (?=\S)", "  ", re.sub(r"\((?=\w)", "( ", part)))


def sql_comments(text: str) -> str:
    return _outside_strings(text, lambda part: re.sub(r"(?<=[;,])(?= |$)", " /* checked */", part)) + "-- checked\n"


def docker_lower_case(text: str) -> str:
    """Every instruction's first word; a line that goes on an earlier one is no instruction."""
    return re.sub(r"(?<![^\n])(?<!\\\n)[A-Z]+(?= )", lambda found: found[0].lower(), text)


def docker_line_breaks(text: str) -> str:
    return re.sub(r" (&&|\|\||\||;) ", r" \\\n    \1 ", text)


def docker_spaces(text: str) -> str:
    return re.sub(r"^([A-Z]+) (?=\S)", r"\1   ", text, flags=re.M)


def docker_comments(text: str) -> str:
    """Before each instruction, and between the lines of one."""
    if re.match(r"\s*#", text) or "<<" in text:
        return text
    return re.sub(r"(?<=\n)(?=[A-Z]+ )", "# checked\n", text).replace(" \\\n", " \\\n# checked\n")


def yaml_quotes(text: str) -> str:
    """A plain word in quotes; quotes of the other kind."""
    if _YAML_BLOCK.search(text):
        return text
    other = re.sub(_YAML_QUOTED, lambda m: f"{m[1]}'{m[3]}'" if m[2] is None else f'{m[1]}"{m[2]}"', text)
    return re.sub(_YAML_SCALAR, lambda m: m[0] if _NOT_A_STRING.fullmatch(m[2]) else f'{m[1]}"{m[2]}"', other)


def yaml_indent(text: str) -> str:
    """Twice as deep, which inside a block of text would change the text."""
    if _YAML_BLOCK.search(text):
        return text
    return re.sub(r"^ *(?:- )*", lambda m: m[0].replace(" ", "  ").replace("-  ", "-   "), text, flags=re.M)


def yaml_flat_lists(text: str) -> str:
    """The items of a list no deeper than its key."""
    lines, shifted = text.split("\n"), []
    depths: list[int] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        depth = len(line) - len(line.lstrip())
        while depths and line.strip() and depth <= depths[-1]:
            depths.pop()
        shifted.append(line[2 * len(depths) :] if line.strip() else line)
        if line.endswith(":") and after.startswith(" " * (len(line) - len(line.lstrip(" -")) + 2) + "- "):
            depths.append(len(line) - len(line.lstrip(" -")))
    return "\n".join(shifted)


def yaml_flow(text: str) -> str:
    """A list of plain words in brackets."""
    word = r"[\w.:/@*-]*\w|\"[^\"\n]*\""
    return re.sub(
        rf"^( *)([\w.-]+):\n((?: *- (?:{word})\n)+)(?=\1\S|\1? *[^ -]|\Z)",
        lambda m: f"{m[1]}{m[2]}: [{', '.join(line.strip()[2:] for line in m[3].splitlines())}]\n",
        text,
        flags=re.M,
    )


def yaml_comments(text: str) -> str:
    return text if _YAML_BLOCK.search(text) else re.sub(r"(?<=\S)\n", " # checked\n", text)


def terraform_spaces(text: str) -> str:
    return re.sub(r"^(\s*[\w\"]+) *= *", r"\1   =   ", text, flags=re.M)


def terraform_no_spaces(text: str) -> str:
    return re.sub(r"^(\s*[\w\"]+) *= *", r"\1=", text, flags=re.M)


def terraform_comments(text: str) -> str:
    return text if "<<" in text else re.sub(r"(?<=\S)\n", " # checked\n", text)


def terraform_blank_lines(text: str) -> str:
    return text if "<<" in text else re.sub(r"(?<=[\w\"{\]])\n(?= )", "\n\n", text)


MUTATIONS: Mapping[str, tuple[Callable[[str], str], ...]] = {
    "sql": (sql_upper_case, sql_lower_case, sql_line_breaks, sql_spaces, sql_comments),
    "dockerfile": (docker_lower_case, docker_line_breaks, docker_spaces, docker_comments),
    "yaml": (yaml_quotes, yaml_indent, yaml_flat_lists, yaml_flow, yaml_comments),
    "terraform": (terraform_spaces, terraform_no_spaces, terraform_comments, terraform_blank_lines),
}


def mutants(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Name and text of every rewriting that changes the text."""
    for mutate in MUTATIONS[language]:
        mutant = mutate(text)
        if mutant != text:
            yield mutate.__name__, mutant


def _outside_strings(text: str, change: Callable[[str], str]) -> str:
    parts, position = [], 0
    for found in _SQL.finditer(text):
        parts += [change(text[position : found.start()]), found[0]]
        position = found.end()
    return "".join((*parts, change(text[position:])))
