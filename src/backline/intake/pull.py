"""A pull request as GitHub tells it: head, base, our threads and summary in one query; its hunks in another call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from backline.errors import RequestError
from backline.intake import anchors, marker, threads
from backline.intake.anchors import Anchors
from backline.intake.github import Client, GitHubError, shaped
from backline.intake.refs import shown
from backline.intake.threads import Thread

PAGES = 50
PARTIAL = "not all earlier comments could be read: something may be said twice"
COMPARED_FILES = 300
"""As many files the compare API lists; the pages of the pull request's own list have the others."""
_SIZES = 250
_BY = "author { login } editor { login } viewerDidAuthor body"
_PULL = """
query($owner: String!, $name: String!, $number: Int!, $threads: String, $comments: String) {
  repository(owner: $owner, name: $name) {
    diskUsage
    pullRequest(number: $number) {
      state locked headRefOid baseRefOid baseRef { target { oid } }
      reviews(last: 50) { nodes { BY } }
      comments(first: 100, after: $comments) { pageInfo { hasNextPage endCursor } nodes { databaseId BY } }
      reviewThreads(first: 100, after: $threads) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved resolvedBy { login } path line startLine diffSide
          comments(first: 30) { nodes { databaseId BY reactions(content: THUMBS_DOWN, first: 1) { totalCount } } }
        }
      }
    }
  }
}""".replace("BY", _BY)
_REFS = """
query($owner: String!, $name: String!, $base: String!, $head: String!) {
  repository(owner: $owner, name: $name) {
    diskUsage
    base: object(expression: $base) { oid ... on Tag { target { oid } } }
    head: object(expression: $head) { oid ... on Tag { target { oid } } }
  }
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Our one comment on the pull request as a whole."""

    id: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What GitHub knows of a pull request now."""

    state: str
    head: str
    base: str
    locked: bool
    disk_kb: int
    threads: tuple[Thread, ...]
    summary: Summary | None
    """The first of them, should there be several."""
    runs: frozenset[str]
    """Marks of the runs whose reviews it holds already."""
    spare: tuple[Summary, ...] = ()
    """Further summaries of ours: runs that published at the same time each made one."""
    partial: bool = False
    """Not all pages of comments could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    merge_base: str
    anchors: tuple[Anchors, ...]


@shaped("GraphQL")
def pull(client: Client, repository: str, number: int, by: str) -> Pulled:
    """RequestError when there is no such pull request, or the token may not see it."""
    owner, _, name = repository.partition("/")
    variables: dict[str, Any] = {"owner": owner, "name": name, "number": number}
    first = _page(client, variables, repository)
    found = _pulled(first, by)
    page = first
    for _ in range(PAGES):
        cursors = _cursors(page)
        if not cursors:
            return found
        try:
            page = _page(client, variables | cursors, repository)
        except GitHubError:
            return replace(found, partial=True)
        found = _joined(found, _pulled(page, by))
        page = _only(page, cursors)
    return replace(found, partial=True)


def _page(client: Client, variables: Mapping[str, Any], repository: str) -> Mapping[str, Any]:
    try:
        data = client.query(_PULL, variables)
    except GitHubError as error:
        raise _named(error, f"{repository}#{variables['number']}") from None
    repository_data = data.get("repository")
    node = repository_data.get("pullRequest") if isinstance(repository_data, Mapping) else None
    if not isinstance(node, Mapping):
        raise RequestError(f"{repository}#{variables['number']}: no such pull request, or the token may not see it")
    return {**node, "diskUsage": data["repository"].get("diskUsage")}


def _named(error: GitHubError, what: str) -> Exception:
    if error.status == 404:
        return RequestError(f"{what}: no such pull request, or the token may not see it")
    if error.status == 401:
        return RequestError("github-token: GitHub does not know this token (401)")
    return error


def _cursors(page: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for field, variable in (("comments", "comments"), ("reviewThreads", "threads")):
        info = (page.get(field) or {}).get("pageInfo") or {}
        if info.get("hasNextPage") and isinstance(info.get("endCursor"), str):
            found[variable] = info["endCursor"]
    return found


def _only(page: Mapping[str, Any], cursors: Mapping[str, str]) -> Mapping[str, Any]:
    """A list that had ended before starts anew on each further page: it does not go on."""
    ended = [field for field, name in (("comments", "comments"), ("reviewThreads", "threads")) if name not in cursors]
    return {**page, **dict.fromkeys(ended)}


@shaped("GraphQL")
def _pulled(node: Mapping[str, Any], by: str) -> Pulled:
    target = ((node.get("baseRef") or {}).get("target") or {}).get("oid")
    summaries = _summaries(_nodes(node, "comments"), by)
    return Pulled(
        state=str(node.get("state")),
        head=str(node.get("headRefOid")),
        base=str(target or node.get("baseRefOid")),
        locked=bool(node.get("locked")),
        disk_kb=int(node.get("diskUsage") or 0),
        threads=threads.read(_nodes(node, "reviewThreads"), by),
        summary=summaries[0] if summaries else None,
        spare=summaries[1:],
        runs=frozenset(_runs(_nodes(node, "reviews"), by)),
    )


def _nodes(node: Mapping[str, Any], field: str) -> Sequence[Any]:
    found = (node.get(field) or {}).get("nodes")
    return found if isinstance(found, list) else ()


def _ours(nodes: Sequence[Any], kind: str, by: str) -> list[tuple[Mapping[str, Any], marker.Marker]]:
    made = [(n, marker.first(str(n.get("body", "")))) for n in nodes if isinstance(n, Mapping) and threads.own(n)]
    return [(n, found) for n, found in made if found and found.kind == kind and found.values.get("by") == by]


def _summaries(nodes: Sequence[Any], by: str) -> tuple[Summary, ...]:
    found = [n for n, _ in _ours(nodes, marker.SUMMARY, by) if isinstance(n.get("databaseId"), int)]
    return tuple(Summary(id=n["databaseId"], body=str(n["body"])) for n in found)


def _runs(nodes: Sequence[Any], by: str) -> list[str]:
    return [found.values["run"] for _, found in _ours(nodes, marker.REVIEW, by) if "run" in found.values]


def _joined(found: Pulled, more: Pulled) -> Pulled:
    known = {thread.id for thread in found.threads}
    fresh = tuple(thread for thread in more.threads if thread.id not in known)
    summaries = [each for each in (found.summary, *found.spare, more.summary, *more.spare) if each]
    return replace(
        found, threads=found.threads + fresh, summary=next(iter(summaries), None), spare=tuple(summaries[1:])
    )


@shaped("GraphQL")
def refs(client: Client, repository: str, base: str, head: str) -> tuple[str, str, int]:
    """The commits that two names stand for, and the repository's size in KB."""
    owner, _, name = repository.partition("/")
    data = client.query(_REFS, {"owner": owner, "name": name, "base": base, "head": head}).get("repository") or {}
    commits = []
    for field, given in (("base", base), ("head", head)):
        node = data.get(field) or {}
        oid = (node.get("target") or node).get("oid")
        if not isinstance(oid, str):
            raise RequestError(f"input {field}: {repository} has no branch, tag or commit {shown(given)}")
        commits.append(oid)
    return commits[0], commits[1], int(data.get("diskUsage") or 0)


@shaped("compare")
def compare(client: Client, repository: str, base: str, head: str, number: int | None) -> Compared:
    """Where *head* left *base*, and GitHub's own hunks between the two."""
    try:
        found = client.read(f"/repos/{quote(repository)}/compare/{base}...{head}?per_page=1")
    except GitHubError as error:
        if error.status == 404:
            raise RequestError(f"GitHub finds no common history of {base[:12]} and {head[:12]}") from None
        raise
    start = (found.get("merge_base_commit") or {}).get("sha") if isinstance(found, Mapping) else None
    if not isinstance(start, str):
        raise GitHubError("compare: the answer is not GitHub's")
    files = found.get("files") or []
    if len(files) >= COMPARED_FILES and number:
        files = _all_files(client, repository, number, files)
    return Compared(merge_base=start, anchors=anchors.of_files(files))


def _all_files(client: Client, repository: str, number: int, known: list[Any]) -> list[Any]:
    """Beyond what compare lists. A failure leaves those files to the summary."""
    names = {file.get("filename") for file in known}
    try:
        for page in range(COMPARED_FILES // 100 + 1, 31):
            more = client.read(f"/repos/{quote(repository)}/pulls/{number}/files?per_page=100&page={page}")
            known = known + [file for file in more if file.get("filename") not in names]
            if len(more) < 100:
                break
    except GitHubError:
        pass
    return known


@shaped("GraphQL")
def sizes(client: Client, repository: str, oids: Sequence[str]) -> dict[str, int]:
    """Bytes of each blob, without fetching it."""
    owner, _, name = repository.partition("/")
    found: dict[str, int] = {}
    for start in range(0, len(oids), _SIZES):
        part = oids[start : start + _SIZES]
        fields = " ".join(f'b{i}: object(oid: "{oid}") {{ ... on Blob {{ byteSize }} }}' for i, oid in enumerate(part))
        query = f"query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {fields} }} }}"
        data = client.query(query, {"owner": owner, "name": name}).get("repository") or {}
        found |= {oid: int((data.get(f"b{i}") or {}).get("byteSize") or 0) for i, oid in enumerate(part)}
    return found
