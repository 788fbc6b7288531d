"""What may steer a review, read from the base commit: the change under review must not direct its own reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backline import config
from backline.errors import RequestError
from backline.intake.git import Repository
from backline.intake.modes import EXECUTABLE, FILE
from backline.intake.refs import shown
from backline.options import CONFIG

RULES = ".github/backline/rules/"


def file(objects: Repository, commit: str, path: str) -> bytes | None:
    """The blob at *path* in *commit*; None when there is none, or it is a link, or the path leaves the tree."""
    path = path.removeprefix("./")
    if "\n" in path or any(part in ("", ".", "..") for part in path.split("/")):
        return None
    listed = objects.run("ls-tree", "-z", "--full-tree", commit, "--", path).decode("utf-8", "surrogateescape")
    words = listed.partition("\t")[0].split(" ")
    return objects.read(words[2]) if words[0] in (FILE, EXECUTABLE) else None


def configuration(objects: Repository, commit: str, given: str | None) -> Mapping[str, Any]:
    """The configuration in *commit*. *given*: the path that `--config` names."""
    name = given or CONFIG
    data = file(objects, commit, name)
    if data is None:
        if given:
            raise RequestError(f"--config {name}: the base commit has no such file")
        return {}
    return config.read(data, name)


def rules(objects: Repository, commit: str) -> dict[str, str]:
    """A team's own rules in *commit*, path → text, in folders below too. RequestError names one that is no UTF-8."""
    listed = objects.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, RULES)
    texts = {}
    for path in listed.decode("utf-8", "surrogateescape").split("\0"):
        if path.endswith((".yml", ".yaml")) and (data := file(objects, commit, path)) is not None:
            try:
                texts[path] = data.decode("utf-8")
            except UnicodeDecodeError:
                raise RequestError(f"{shown(path)}: a rule is UTF-8 text") from None
    return texts
