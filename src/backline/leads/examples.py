"""A rule's examples, which are its tests: the second YAML document of its file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backline.errors import FileProblem, RequestError
from backline.intake.syntax import GRAMMARS, Tree
from backline.leads import rules, statements
from backline.leads.lead import Lead
from backline.leads.rule import STATEMENT_LANGUAGES, Rule, problems, read_mapping, read_rule, split

SUFFIXES = (".yml", ".yaml")
_SUFFIX = {"sql": "migrations/0001.sql", "dockerfile": "Dockerfile", "yaml": "app.yaml", "terraform": "main.tf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    text: str
    path: str | None = None
    language: str | None = None
    """None: the example holds for every language of the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    bad: tuple[Example, ...]
    good: tuple[Example, ...]


def examples(path: Path) -> Examples:
    """The examples in the rule file at *path*. RequestError names the file and the key.

    Each is a text, or a mapping of ``text`` and where needed ``path``, ``language`` and ``each``; a ``path`` beside
    ``bad`` and ``good`` holds for all. With ``each`` there is one example for each of its texts, which stands in
    ``text`` in place of every ``§``.
    """
    try:
        data = read_mapping(split(path.read_text("utf-8"))[1])
        place = data.pop("path", None)
        lists = {key: tuple(one for item in data.pop(key) for one in _examples(item, place)) for key in ("bad", "good")}
    except (ValueError, KeyError, TypeError) as error:
        raise RequestError(f"{path}: examples: {error!r}") from None
    if data:
        raise RequestError(f"{path}: examples: unknown key {sorted(data)[0]!r}")
    return Examples(**lists)


def _examples(item: Any, place: str | None) -> Iterator[Example]:
    if isinstance(item, str):
        item = {"text": item}
    item = {"path": place} | item
    text, each = item.pop("text"), item.pop("each", None)
    if (each is not None) != ("§" in text):
        raise ValueError("`§` in a text and a list `each` belong together")
    for word in each or [""]:
        yield Example(text=text.replace("§", word), **item)


def check(rule: Rule, found: Examples) -> list[str]:
    """One line for each bad example that stays silent or good one that speaks, and for what is missing."""
    wrong = [f"{rule.id}: fewer than two {word} examples" for word in ("bad", "good") if len(getattr(found, word)) < 2]
    for word, wanted in (("bad", True), ("good", False)):
        for number, example in enumerate(getattr(found, word), 1):
            for language in (example.language,) if example.language else rule.languages:
                hits = speak(rule, example, language)
                if bool(hits) != wanted:
                    what = f"speaks on line {hits[0].start_line}" if hits else "stays silent"
                    wrong.append(f"{rule.id}: {word} example {number} ({language}): {what}")
    return wrong


def speak(rule: Rule, example: Example, language: str) -> list[Lead]:
    """The rule's hits on the whole example."""
    path = example.path or _SUFFIX.get(language, "app/code")
    changed = range(1, example.text.count("\n") + 2)
    if language in STATEMENT_LANGUAGES:
        return statements.leads(example.text, language, path, changed, [rule])
    return rules.leads(Tree(language, example.text), path, changed, [rule]) if language in GRAMMARS else []


def check_file(path: Path) -> list[str]:
    """What is wrong with the rule in the file at *path* and its examples; [] when all holds."""
    try:
        text = path.read_text("utf-8")
        if found := problems(text):
            return [f"{path}: {problem}" for problem in found]
        rule = read_rule(text, str(path))
        rules.compile_rule(rule)
        return check(rule, examples(path))
    except (RequestError, ValueError, FileProblem) as error:
        return [f"{path.name}: {error}" if path.name not in str(error) else str(error)]


def files(root: Path) -> list[Path]:
    """The rule files in and below *root*; *root* itself when it is one."""
    found = root.rglob("*") if root.is_dir() else [root]
    return sorted(file for file in found if file.suffix in SUFFIXES and file.is_file())
