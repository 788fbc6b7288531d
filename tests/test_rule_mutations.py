"""Rules see what code does, not how it is spelled: bad examples still speak when they are rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import mutations
import pytest
import text_mutations
import tree_mutations

from backline.leads import examples, rules
from backline.leads.examples import Example
from backline.leads.rule import Rule, read_rule
from backline.resources import folder

FILES = rules.rule_files(folder("rules"))


ROUNDS = (
    ("renamed_loop_variables", "renamed_variables", "comments", "other_order"),
    ("line_breaks", "chain_breaks"),
    ("parentheses", "spaces"),
    ("aliased_imports",),
)
"""Rewritings that are tried together: each costs a run of the rule."""


def rewritten(rule: Rule, text: str, language: str) -> Iterator[tuple[str, str]]:
    """What was done, and what came of it."""
    if language in text_mutations.MUTATIONS:
        yield from text_mutations.mutants(text, language)
    if language not in tree_mutations.LANGUAGES:
        return
    words = set(words_of(rule))
    for names in ROUNDS:
        mutant, done = text, []
        for name in names:
            before, mutant = mutant, once(name, mutant, language, words)
            done += [name] if mutant != before else []
        if done:
            yield " + ".join(done), mutant


def once(name: str, text: str, language: str, words: set[str]) -> str:
    if language == "python" and name in mutations.NAMES:
        return mutations.rewrite(name, text)
    if name == "renamed_loop_variables" or (language == "python" and name == "chain_breaks"):
        return text
    return tree_mutations.rewrite(name, text, language, lambda variable: is_read(variable.lstrip("$").lower(), words))


def words_of(rule: Rule) -> Iterator[str]:
    """The words that the rule looks for, in small letters."""

    def texts(value: object, key: str) -> Iterator[str]:
        if isinstance(value, Mapping):
            for inner_key, inner in value.items():
                yield from texts(inner, inner_key)
        elif isinstance(value, list | tuple):
            for inner in value:
                yield from texts(inner, key)
        elif isinstance(value, str) and key in ("regex", "pattern", "context", "lists"):
            yield value

    lists = [*rule.literals, *rule.needs, *rule.lacks]
    for text in texts({"rule": rule.matcher, "lists": lists}, ""):
        yield from re.findall(r"[a-z]+", re.sub(r"\\[a-zA-Z]|\$+[A-Z_]+", " ", text).lower())


def is_read(name: str, words: set[str]) -> bool:
    """Whether the rule knows a variable by its name, which may then not change."""
    return any(word == name or (len(word) > 2 and (word in name or name in word)) for word in words)


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in FILES])
def test_a_rewritten_bad_example_still_speaks(path):
    rule = read_rule(path.read_text("utf-8"), path.name)
    silent = []
    for number, example in enumerate(examples.examples(path).bad, 1):
        language = example.language or rule.languages[0]
        for name, text in rewritten(rule, example.text, language):
            if not examples.speak(rule, Example(text=text, path=example.path), language):
                silent.append(f"bad example {number}, {name}:\n{text}")
    assert not silent, f"{rule.id} does not speak any more on\n" + "\n".join(silent)
