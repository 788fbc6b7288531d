"""What is sent: the stable text first, so that the cache holds it, then the manifest, then the task."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from backline.finding import Side
from backline.intake.change import Change
from backline.intake.modes import SUBMODULE, SYMLINK
from backline.intake.text import decode
from backline.resources import folder
from backline.reviewer.agent import Agent
from backline.reviewer.lookup import Tree
from backline.reviewer.model import Block
from backline.visible import mask, show, show_line

CONVENTIONS = ("CLAUDE.md", "AGENTS.md", "CONTRIBUTING.md")
MOST_CONVENTIONS = 6_000
"""Characters of each file."""
MOST_PATHS, MOST_PATHS_CHARS = 300, 8_000
"""Of a repository whose paths are all listed: every review of a small one began by asking for them."""

FOCUS = {
    "all": "Review the files above for security, and for performance and reliability.",
    "security": "Review the files above for security alone, by the section Security. Another pass looks for the rest.",
    "performance": "Review the files above for performance and reliability alone, by that section. Another pass looks"
    " for security.",
}
_SECTIONS = {"all": "the lists of both sections", "security": "the section Security", "performance": "that section"}
AGAIN_NONE = {
    focus: f"Nothing so far. Take {sections} once more, entry by entry, against each changed definition, and look up"
    " the siblings, callers and callees that decide and that you have not opened. Often there is nothing. Then answer"
    ' with what you find, in the same form; {"findings": []} if there is nothing.'
    for focus, sections in _SECTIONS.items()
}
AGAIN_SOME = (
    "Those are noted. Leave them out and look once more at what you have not examined yet (other definitions, removed"
    " lines, siblings, callers); use the tools where something is still unread. Most often there is nothing further."
    ' Then answer with further findings alone, in the same form; {"findings": []} if there are none.'
)

_MARK = {"type": "ephemeral"}


@cache
def page(name: str) -> str:
    return (folder("prompts") / f"{name}.md").read_text("utf-8").strip()


def system_text(agent: Agent) -> str:
    """The same text for every task, focus and sample of one agent and for the second look: one cached prefix."""
    return "\n\n".join([mask(agent.instructions), page("security"), page("performance"), page("rubric")])


def second_look(claims: str, count: int) -> str:
    """The request of the second look, behind what a finder was given too. *claims* brings its delimiters."""
    return f"{page('verify')}\n\n{claims}\n\nJudge the {count} claim(s) above: one verdict for each id."


def conventions(change: Change, tree: Tree) -> str:
    """What the base commit's own files say to people and agents who write this code. The head's are not read."""
    listing = tree.paths(Side.LEFT)
    found = []
    for name in CONVENTIONS:
        mode, oid = listing.get(name, (SYMLINK, ""))
        data = change.blobs.read(oid) if mode not in (SYMLINK, SUBMODULE) else None
        if data:
            text = show(mask(decode(data).text)).strip()
            rest = "\n(cut)" if len(text) > MOST_CONVENTIONS else ""
            found.append(f"=== {name}\n{text[:MOST_CONVENTIONS]}{rest}")
    return "\n\n".join(found)


def all_paths(change: Change, tree: Tree) -> str:
    """The head's paths of a small repository; nothing where the changed files are all that there is."""
    paths = tree.paths(Side.RIGHT).keys()
    if len(paths) > MOST_PATHS or paths <= {file.path for file in change.files}:
        return ""
    text = "\n".join(map(show_line, sorted(paths)))
    return text if len(text) <= MOST_PATHS_CHARS else ""


def mark_for(texts: Iterable[str]) -> str:
    """128 random bits that occur in none of *texts*."""
    held = list(texts)
    while True:
        mark = secrets.token_hex(16)
        if not any(mark in text for text in held):
            return mark


def framer(mark: str) -> Callable[[str], str]:
    """Puts text between two lines that hold *mark*; text that holds it too (it saw it in a request) loses it."""

    def framed(text: str) -> str:
        return f"<<<{mark}\n{text.replace(mark, '⟦delimiter⟧')}\n{mark}>>>"

    return framed


def preamble(mark: str, manifest: str, conventions_text: str = "", paths: str = "") -> str:
    """The first block of every conversation of a run."""
    framed = framer(mark)
    parts = [f"Material stands between the lines <<<{mark} and {mark}>>>."]
    if conventions_text:
        parts.append(f"Conventions of the team, for orientation:\n{framed(conventions_text)}")
    if paths:
        parts.append(f"All paths of the head:\n{framed(paths)}")
    parts.append(f"All changed files:\n{framed(manifest)}")
    return "\n\n".join(parts)


def opening(preamble_text: str, material: str, request: str) -> list[Block]:
    """Preamble and material end with a cache mark each: other tasks read the one, later turns and passes the other."""
    return [
        {"type": "text", "text": preamble_text, "cache_control": _MARK},
        {"type": "text", "text": material, "cache_control": _MARK},
        {"type": "text", "text": request},
    ]


def shown_paths(change: Change, show_path: Callable[[str], str]) -> Mapping[str, str]:
    """Path as shown → path. Two paths that are shown alike: neither can be named."""
    shown: dict[str, list[str]] = {}
    for file in change.files:
        shown.setdefault(show_path(file.path), []).append(file.path)
    return {name: real[0] for name, real in shown.items() if len(real) == 1}
