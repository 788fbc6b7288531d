"""Which threads are ours, and what people made of them."""

from __future__ import annotations

from typing import Any

import pytest
from reports import finding

from backline.finding import Category, Side
from backline.intake import marker, threads
from backline.intake.threads import Standing

BY = marker.signature("review", "backline")
FP = "0123456789abcdef"
US = {"login": "github-actions"}
MARK = marker.write("finding", id=FP, category="security", by=BY)


def comment(body: str = "", **changed: Any) -> dict[str, Any]:
    usual = {"databaseId": 5, "author": US, "editor": None, "viewerDidAuthor": True, "body": body or f"{MARK}\ntext",
             "reactions": {"totalCount": 0}}  # fmt: skip
    return usual | changed


def reply(body: str = "ok", login: str = "dev") -> dict[str, Any]:
    return comment(body, author={"login": login}, viewerDidAuthor=False)


def thread(*comments: Any, **changed: Any) -> dict[str, Any]:
    usual = {"id": "T1", "isResolved": False, "resolvedBy": None, "path": "app/db.py", "line": 12, "startLine": None,
             "diffSide": "RIGHT", "comments": {"nodes": list(comments) or [comment()]}}  # fmt: skip
    return usual | changed


@pytest.mark.parametrize(
    ("node", "standing"),
    [
        (thread(), Standing.OPEN),
        (thread(comment(), reply()), Standing.ANSWERED),
        (thread(comment(), comment("by the token's own account")), Standing.ANSWERED),
        (thread(comment(reactions={"totalCount": 1})), Standing.DISMISSED),
        (thread(comment(), reply("👎 by design")), Standing.DISMISSED),
        (thread(comment(), reply(":-1:")), Standing.DISMISSED),
        (thread(comment(), reply("I disagree 👎")), Standing.ANSWERED),
        (thread(comment(), comment("👎 by the same account")), Standing.DISMISSED),
        (thread(isResolved=True, resolvedBy={"login": "dev"}), Standing.RESOLVED),
        (thread(isResolved=True, resolvedBy={"login": "github-actions[bot]"}), Standing.RESOLVED),
        (thread(isResolved=True), Standing.RESOLVED),
        (thread(comment(MARK.replace("finding", "addressed", 1))), Standing.ADDRESSED),
        (thread(comment(MARK.replace("finding", "addressed", 1)), isResolved=True, resolvedBy=US), Standing.ADDRESSED),
        (thread(comment(MARK.replace("finding", "addressed", 1)), isResolved=True), Standing.ADDRESSED),
        (
            thread(comment(MARK.replace("finding", "addressed", 1)), isResolved=True, resolvedBy={"login": "dev"}),
            Standing.RESOLVED,
        ),
    ],
)
def test_what_people_do_decides_how_a_thread_stands(node: Any, standing: Standing) -> None:
    (found,) = threads.read([node], BY)
    assert found.standing is standing
    assert (found.id, found.comment, found.fingerprint, found.category) == ("T1", 5, FP, Category.SECURITY)
    assert (found.path, found.side, found.start_line, found.line) == ("app/db.py", Side.RIGHT, 12, 12)


@pytest.mark.parametrize(
    "node",
    [
        None, {}, thread(comment(viewerDidAuthor=False)), thread(comment(editor={"login": "mallory"})),
        thread(comment("no marker")), thread(comment(f"quoted:\n{MARK}")), thread(comment(f"> {MARK}")),
        thread(comment(marker.write("finding", id=FP, category="security", by=marker.signature("other", "job")))),
        thread(comment(marker.write("finding", id=FP, category="security"))),
        thread(comment(marker.write("finding", id=FP, category="colour", by=BY))),
        thread(comment(marker.write("summary", by=BY))), thread(reply(f"{MARK}\ntext"), comment()),
        thread(comment(databaseId=None)), thread(comments=None), thread(comments={"nodes": None}),
        thread(comment(viewerDidAuthor="true")),
    ],
)  # fmt: skip
def test_what_others_wrote_or_changed_is_not_ours(node: Any) -> None:
    assert threads.read([node], BY) == ()


def test_our_own_edit_leaves_it_ours() -> None:
    assert len(threads.read([thread(comment(editor={"login": "github-actions[bot]"}))], BY)) == 1


def test_one_identity_or_overlapping_lines_of_one_category_are_the_same() -> None:
    (found,) = threads.read([thread(startLine=10, line=14)], BY)
    same = finding(fingerprint="f" * 16, start_line=14, line=20)
    assert threads.same(finding(start_line=99, line=99, path="moved.py"), found)
    assert threads.same(same, found)
    for other in (
        {"start_line": 15, "line": 15}, {"start_line": 1, "line": 9}, {"path": "b.py"}, {"side": Side.LEFT},
        {"category": Category.PERFORMANCE},
    ):  # fmt: skip
        assert not threads.same(finding(**{"fingerprint": "f" * 16, "start_line": 12, "line": 12} | other), found)
    (outdated,) = threads.read([thread(line=None, startLine=None)], BY)
    assert not threads.same(same, outdated)


def test_people_have_the_last_word_over_other_threads_of_the_same_finding() -> None:
    gone = thread(comment(MARK.replace("finding", "addressed", 1)))
    assert threads.said(finding(), threads.read([gone], BY)) is None
    assert threads.said(finding(), threads.read([gone, thread()], BY)) is Standing.OPEN
    resolved = thread(isResolved=True, resolvedBy={"login": "dev"})
    assert threads.said(finding(), threads.read([thread(), resolved], BY)) is Standing.RESOLVED
    assert threads.said(finding(fingerprint="e" * 16, path="x"), threads.read([resolved], BY)) is None
