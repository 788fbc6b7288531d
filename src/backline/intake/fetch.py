"""The commits of a change as git objects in a bare repository of our own: no work tree, no promisor remote."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backline.errors import RequestError
from backline.intake.diff import FileDiff
from backline.intake.git import DIFF, GitFailed, Repository, environment
from backline.intake.github import TRIES, GitHubError
from backline.intake.listing import parse_raw
from backline.intake.modes import SUBMODULE
from backline.intake.objects import MAX_BLOB

WHOLE_KB = 300_000
"""A repository up to this size (history included) is fetched with every blob of its two trees: look-ups see it all."""
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_NETWORK = (
    "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE",
)  # fmt: skip
_REFUSED = re.compile(
    r"could not read Username|Authentication failed|repository '.*' not found|not our ref|"
    r"returned error: (?:3[0-9]{2}|40[0-4])"
)
"""What git says of a wrong address, token or commit. All else (5xx, 429, a broken line) may pass."""
_STEERS = re.compile(r"\.github/(?:backline\.ya?ml|backline/.+)|\.claude/agents/.+\.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    base: str
    merge_base: str
    head: str

    def names(self) -> list[str]:
        return sorted({self.base, self.merge_base, self.head})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    url: str
    token: str
    sleep: Callable[[float], None] = time.sleep


def empty(folder: Path) -> Repository:
    """A bare repository made by hand: `git init` would copy a template of this machine into it."""
    for name in ("objects", "refs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "config").write_text(_CONFIG)
    return Repository(git_dir=folder, common_dir=folder)


def everything(repository: Repository, remote: Remote, commits: Commits) -> None:
    """The trees of the commits, and each blob up to the size cap. GitHubError when git gets no answer."""
    _fetch(repository, remote, commits.names(), f"blob:limit={MAX_BLOB}")
    _settle(repository)


def changed(
    repository: Repository,
    remote: Remote,
    commits: Commits,
    sizes: Callable[[Sequence[str]], Mapping[str, int]],
    trusted: Sequence[str],
    named: Callable[[Repository], Sequence[str]],
) -> None:
    """The trees of the commits; of the blobs those that changed, up to the cap, and the base's *trusted* files.

    *named* tells which more the base's own configuration names.
    """
    _fetch(repository, remote, commits.names(), "blob:none")
    wanted = sorted({oid for file in changed_files(repository, commits) for oid in blobs_of(file)})
    known = sizes(wanted) if wanted else {}
    small = [oid for oid in wanted if known.get(oid, 0) < MAX_BLOB]
    small += _settings(repository, commits.base, trusted)
    if small:
        _fetch(repository, remote, sorted(set(small)), "blob:none")
    extra = frozenset(named(repository)) - frozenset(trusted)
    if more := [oid for oid, path in _listed(repository, commits.base) if path in extra]:
        _fetch(repository, remote, sorted(set(more)), "blob:none")
    _settle(repository)


def changed_files(repository: Repository, commits: Commits) -> list[FileDiff]:
    """What differs, by the trees alone: looking for renames would read blobs."""
    return parse_raw(repository.run(*DIFF, "--no-renames", "--raw", "-z", commits.merge_base, commits.head, "--"))


def blobs_of(file: FileDiff) -> list[str]:
    sides = ((file.old_oid, file.old_mode), (file.new_oid, file.new_mode))
    return [oid for oid, mode in sides if oid and mode != SUBMODULE]


def _settings(repository: Repository, base: str, more: Sequence[str]) -> list[str]:
    """Blobs of the base that may steer the review: configuration, team rules, agents, and *more* by their paths."""
    return [oid for oid, path in _listed(repository, base) if _STEERS.fullmatch(path) or path in more]


def _listed(repository: Repository, commit: str) -> list[tuple[str, str]]:
    rows = repository.run("ls-tree", "-r", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape").split("\0")
    return [(row.partition("\t")[0].split(" ")[2], row.partition("\t")[2]) for row in rows if row]


def _fetch(repository: Repository, remote: Remote, names: Sequence[str], filtered: str) -> None:
    """One connection, one pack. The token goes by the environment of this one command: argv is for all to see."""
    scheme = remote.url.partition(":")[0]
    header = base64.b64encode(f"x-access-token:{remote.token}".encode()).decode()
    env = environment() | {name: os.environ[name] for name in _NETWORK if name in os.environ}
    env |= {
        "GIT_ALLOW_PROTOCOL": scheme,
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"http.{remote.url}.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: basic {header}",
        "GIT_CONFIG_KEY_1": "http.followRedirects",
        "GIT_CONFIG_VALUE_1": "false",
    }
    options = ("--quiet", "--no-tags", "--depth=1", f"--filter={filtered}", "--no-write-fetch-head", "--stdin")
    wanted = "".join(f"{name}\n" for name in names).encode()
    _again(lambda: repository.run("fetch", *options, remote.url, stdin=wanted, env=env), remote.sleep)


def _again(fetch: Callable[[], object], sleep: Callable[[float], None]) -> None:
    """As the API is read: what may pass is tried again; when it does not, GitHub failed, and the request is right."""
    for left in range(TRIES - 1, -1, -1):
        try:
            fetch()
            return
        except GitFailed as error:
            if _REFUSED.search(error.said or ""):
                raise
            if not left or error.said is None:
                raise GitHubError(str(error)) from None
            sleep(float(TRIES - left))


def _settle(repository: Repository) -> None:
    """Nothing that is missing is ever fetched later: the review has no token and no business with the network."""
    (repository.git_dir / "config").write_text(_CONFIG)
    for mark in (repository.git_dir / "objects" / "pack").glob("*.promisor"):
        mark.unlink()


def holds(repository: Repository, commits: Commits) -> bool:
    """Whether this repository, a checkout that is there already, has all that a review reads."""
    try:
        if None in repository.check(f"{name}^{{tree}}" for name in commits.names()):
            return False
        wanted = {oid for file in changed_files(repository, commits) for oid in blobs_of(file)}
        return None not in repository.check(sorted(wanted))
    except RequestError:
        return False
