"""Random repositories: our files, counts and line numbers are git's own, whatever bytes names and contents hold.

BACKLINE_SOAK=1 makes it thousands of repositories.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from repo import Repo

from backline.finding import Side
from backline.intake.change import Change, text_of
from backline.intake.diff import FileDiff, added, removed
from backline.intake.git import DIFF, Repository
from backline.intake.listing import changed_files
from backline.intake.text import utf_16

EXAMPLES = 5_000 if os.environ.get("BACKLINE_SOAK") else 120
SUBMODULE = "160000"

_LOOK_ALIKES = [
    b"", b" ", b"-", b"+", b"\\", b"a", b"b", b"\r", b"x\r", b"c\rd", b"\x0c", b"\x0b", b"\x1c\x1d\x1e", b"\xc2\x85",
    b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef\xbb\xbfmark", b"caf\xe9", b"caf\xc3\xa9", b"\xed\xa0\x80", b"\xff\xfe",
    b"n\0l", b"--- a/x", b"+++ b/x", b"-- a/x", b"++ b/evil.py", b"@@ -1 +1 @@", b"@@@ -1 -1 +1 @@@",
    b"diff --git a/x b/x", b"\\ No newline at end of file", b"rename from x", b"Binary files a/x and b/x differ",
    b"GIT binary patch", b"\x1b[31m",
]  # fmt: skip
_LINES = st.lists(
    st.one_of(st.sampled_from(_LOOK_ALIKES), st.binary(max_size=12).map(lambda data: data.replace(b"\n", b""))),
    max_size=14,
)
_CONTENTS = st.builds(lambda lines, end: b"\n".join(lines) + end, _LINES, st.sampled_from([b"", b"\n", b"\n\n"]))
_BYTES = st.integers(1, 255).filter(lambda byte: byte != 0x2F)
_PARTS = st.one_of(
    st.sampled_from([
        b"a", b"b", b"x b", b"a/b", b"app.py", b"\xc3\xa9", b"\xe9.py",
        b'q"', b"t\tb", b"n\nl", b"\\", b" ", b"-O",
    ]),
    st.lists(_BYTES, min_size=1, max_size=6).map(bytes),
).filter(lambda part: part not in (b".", b"..") and not part.lower().startswith((b".git", b"git~")))  # fmt: skip
_PATHS = st.lists(_PARTS, min_size=1, max_size=3).map(b"/".join)
_MODES = st.sampled_from(["100644", "100644", "100644", "100755", "120000", SUBMODULE])
_FILES = st.dictionaries(_PATHS, st.tuples(_MODES, _CONTENTS), max_size=8)


@st.composite
def _edited(draw: st.DrawFn) -> tuple[dict[bytes, tuple[str, bytes]], dict[bytes, tuple[str, bytes]]]:
    """Two trees, the second made of the first: files kept, edited in places, moved, removed, new."""
    before = draw(_FILES)
    after = dict(draw(_FILES))
    for path, (mode, content) in before.items():
        fate = draw(st.sampled_from(["edited", "edited", "moved", "mode", "kept", "gone"]))
        if fate == "edited":
            lines = content.split(b"\n")
            at = draw(st.integers(0, len(lines)))
            lines[at : at + draw(st.integers(0, 2))] = draw(_LINES)
            after[path] = (mode, b"\n".join(lines))
        elif fate == "moved":
            after[draw(_PATHS)] = (mode, content + draw(st.sampled_from([b"", b"tail\n"])))
        elif fate == "mode":
            after[path] = (draw(_MODES), content)
        elif fate == "kept":
            after[path] = (mode, content)
    return before, after


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    made = Repo(tmp_path_factory.mktemp("random") / "repo", bare=True)
    made.write("info/attributes", "* diff\n")  # or --numstat would not count the lines of what it takes for binary
    return made


@pytest.fixture(scope="module")
def opened(repo: Repo) -> Iterator[Repository]:
    with Repository.open(repo.path) as repository:
        yield repository


@pytest.mark.soak
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(trees=_edited())
def test_files_counts_and_line_numbers_are_those_of_git(
    repo: Repo, opened: Repository, trees: tuple[dict[bytes, tuple[str, bytes]], dict[bytes, tuple[str, bytes]]]
) -> None:
    stream = b"".join(_commit(name, tree) for name, tree in zip((b"before", b"after"), trees, strict=True))
    repo.git("fast-import", "--quiet", "--force", stdin=stream)

    files = changed_files(opened, "before", "after")

    counts = _numstat(opened.run(*DIFF, "--numstat", "-z", "before", "after", "--"))
    assert {(file.path, file.old_path) for file in files} == set(counts)
    change = Change(files=files, blobs=opened)
    for file in files:
        assert file.problem in (None, "binary file"), file
        blobs = [opened.read(oid) or b"" for oid in (file.old_oid, file.new_oid) if oid]
        if file.problem:
            assert any(b"\0" in blob for blob in blobs)
            continue
        if file.status != "typechange" and not any(utf_16(blob) for blob in blobs):
            ours = sum(line.kind == "+" for line in _lines(file)), sum(line.kind == "-" for line in _lines(file))
            assert ours == counts[file.path, file.old_path], file
        _numbers_agree(change, file)


def _lines(file: FileDiff) -> list:
    return [line for hunk in file.hunks for line in hunk.lines]


def _numbers_agree(change: Change, file: FileDiff) -> None:
    for side, mode, lines in ((Side.RIGHT, file.new_mode, added(file)), (Side.LEFT, file.old_mode, removed(file))):
        text = text_of(change, file, side)
        if text is None or mode == SUBMODULE:
            continue
        whole = text.text.split("\n")
        for number, line in lines.items():
            assert whole[number - 1] == line, (file.path, side, number)


def _numstat(output: bytes) -> dict[tuple[str, str | None], tuple[int, int]]:
    words = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    found: dict[tuple[str, str | None], tuple[int, int]] = {}
    for word in words:
        if word:
            plus, minus, path = word.split("\t", 2)
            old = None if path else next(words)
            found[path or next(words), old] = int(plus), int(minus)
    return found


def _commit(name: bytes, tree: dict[bytes, tuple[str, bytes]]) -> bytes:
    head = b"reset refs/heads/%s\ncommit refs/heads/%s\ncommitter T <t@e> 0 +0000\ndata 0\n" % (name, name)
    return head + b"".join(_modify(path, mode, content) for path, (mode, content) in tree.items()) + b"\n"


def _modify(path: bytes, mode: str, content: bytes) -> bytes:
    quoted = b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'
    if mode == SUBMODULE:
        return b"M 160000 %040x %s\n" % (hash(content) % 2**64 + 1, quoted)
    if mode == "120000":
        content = content.replace(b"\0", b"")  # no target has one, and git would not count its lines
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), quoted, len(content), content)
