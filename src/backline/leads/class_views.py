"""The classes of Django REST framework as entry points: what each answers to, and the permissions that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from backline.intake.syntax import Tree, definitions
from backline.leads.entries import MOST_TEXT, OPEN, READ, WRITE, Entry

MEANING = "Unless the default permissions in the settings guard it, whoever knows its address gets in."

_PERMISSIONS = re.compile(r"(?m)^\s+permission_classes\s*=\s*[\[(]\s*([A-Z]\w*(?:[ \t]*[,|&][ \t]*[A-Z]\w*){0,3})")
_NAMED = re.compile(r"permission_classes|get_permissions|authentication_classes|^\s*@", re.M)
_CLASS = re.compile(r"class\s+\w+\s*\(([\w.,\s]{1,400})\)\s*:")
_BASE = re.compile(
    r"(?:\w+\.)?(?:APIView|\w{0,40}APIView|ViewSet|GenericViewSet|ModelViewSet|ReadOnlyModelViewSet"
    r"|(?:Create|List|Retrieve|Update|Destroy)ModelMixin)"
)
"""The framework's own: another parent may bring permissions along."""
_CHANGES = re.compile(
    r"(?:Create|Update|Destroy)\w*(?:APIView|ModelMixin)|(?<!ReadOnly)ModelViewSet"
    r"|\bdef (?:post|put|patch|delete|create|update|partial_update|destroy)\("
)


def comparable(text: str, language: str, enough: int) -> bool:
    """The text names permissions so often: a first question that costs no parse."""
    return language == "python" and len(list(islice(_PERMISSIONS.finditer(text), enough))) == enough


def entries(tree: Tree) -> Iterator[Entry]:
    """One for each class, whose permissions are its guard. FileProblem as `Tree` says."""
    if tree.language != "python" or "permission_classes" not in tree.text:
        return
    lines = tree.text.split("\n")
    for definition in definitions(tree):
        text = "\n".join(lines[definition.start_line - 1 : definition.line])[:MOST_TEXT]
        if definition.kind == "class" and _of_the_framework(text):
            found = _PERMISSIONS.search(text)
            guard = found[1] if found and not OPEN.search(found[1]) else None
            if guard is None and _NAMED.search(text):
                continue  # Open on purpose, computed, or guarded by a decorator.
            yield Entry(
                name=definition.name, scope="class", verb=WRITE if _CHANGES.search(text) else READ,
                line=definition.start_line, guard=guard, text=text, meaning=MEANING,
            )  # fmt: skip


def _of_the_framework(text: str) -> bool:
    found = _CLASS.search(text)
    bases = [base.strip() for base in found[1].split(",") if base.strip()] if found else []
    return bool(bases) and all(_BASE.fullmatch(base) for base in bases)
