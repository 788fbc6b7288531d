"""Our own rules on the shelf: what decides whether a file asks for a rule is read at once, the rest when one asks.

Reading all of a language's rules as YAML takes longer than reviewing a small change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backline.leads.rule import Rule, read_rule
from backline.resources import folder

# Where a language's rules lie when that is not the folder of its own name alone. A rule counts for a language only
# when its `languages` says so.
_FOLDERS = {
    "typescript": ("javascript",), "tsx": ("javascript",), "kotlin": ("kotlin", "java"), "dockerfile": ("docker",),
}  # fmt: skip
_LISTS = ("languages", "literals", "needs", "lacks", "paths", "not_paths")
# The lists of our own rules stand on one line each, which a test holds; quotes as in YAML.
_LIST = re.compile(rf"^({'|'.join(_LISTS)}): \[(.*)\]\s*$", re.MULTILINE)
_ESCAPES = {"n": "\n", "t": "\t"}
_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\']|\'\')*)\'|([^,\s\'"][^,]*)')


@dataclass(frozen=True, slots=True)
class Shelved:
    """A rule whose file nobody has read as YAML yet; the lists are those of `Rule`."""

    where: str
    text: str
    languages: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    not_paths: tuple[str, ...] = ()


@cache
def shelf(language: str, root: Path | None = None) -> tuple[Shelved, ...]:
    """The rules for *language*, by file name. ``root`` is a folder laid out like `rules/`."""
    rows = (row for name in _FOLDERS.get(language, (language,)) for row in _folder(name, root))
    return tuple(row for row in rows if language in row.languages)


@cache
def _folder(name: str, root: Path | None) -> tuple[Shelved, ...]:
    files = rule_files(root or folder("rules"), name)
    return tuple(shelved(f"{name}/{file.name}", file.read_text("utf-8")) for file in files)


def rule_files(root: Path, name: str = "*") -> list[Path]:
    return sorted(root.glob(f"{name}/*.yml"))


def shelved(where: str, text: str) -> Shelved:
    head = text.partition("\n---\n")[0]
    return Shelved(where, text, **{key: tuple(_items(items)) for key, items in _LIST.findall(head)})


def _items(text: str) -> list[str]:
    def item(found: re.Match[str]) -> str:
        double, single, plain = found.groups()
        if double is not None:
            return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), double)
        return single.replace("''", "'") if single is not None else plain.rstrip()

    return [item(found) for found in _ITEM.finditer(text)]


def opened(row: Shelved | Rule) -> Rule:
    """The rule itself."""
    return row if isinstance(row, Rule) else _read(row)


@cache
def _read(row: Shelved) -> Rule:
    return read_rule(row.text, row.where)
