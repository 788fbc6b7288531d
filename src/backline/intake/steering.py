"""What may steer a review, read from the base commit: the change under review must not direct its own reviewer."""

from __future__ import annotations

from contextlib import suppress

from backline.intake.git import Repository

RULES = ".github/backline/rules/"


def file(objects: Repository, commit: str, path: str) -> bytes | None:
    """The blob at *path* in *commit*; None when there is none, or it is a link, or the path leaves the tree."""
    path = path.removeprefix("./")
    if "\n" in path or any(part in ("", ".", "..") for part in path.split("/")):
        return None
    listed = objects.run("ls-tree", "-z", "--full-tree", commit, "--", path).decode("utf-8", "surrogateescape")
    words = listed.partition("\t")[0].split(" ")
    return objects.read(words[2]) if words[0] in ("100644", "100755") else None


def rules(objects: Repository, commit: str) -> dict[str, str]:
    """A team's own rules in *commit*, path → text."""
    listed = objects.run("ls-tree", "-z", "--name-only", "--full-tree", commit, RULES)
    texts = {}
    for path in listed.decode("utf-8", "surrogateescape").split("\0"):
        if path.endswith((".yml", ".yaml")) and (data := file(objects, commit, path)) is not None:
            with suppress(UnicodeDecodeError):
                texts[path] = data.decode("utf-8")
    return texts
