"""What was reviewed is remembered by the content of hunks, in one hidden line that only we can have written."""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import replace

import pytest
from changes import change
from reports import finding

from backline.finding import Source, Suggestion
from backline.intake import marker, state
from backline.intake.diff import FileDiff
from backline.intake.state import State

OLD = "\n".join(f"line {n}" for n in range(1, 60)) + "\n"


def edited(*numbers: int, text: str = "edited") -> str:
    return "\n".join(f"{text} {n}" if n in numbers else f"line {n}" for n in range(1, 60)) + "\n"


def shifted(lines: int, new: str) -> tuple[str, str]:
    """The same edit in a file whose base grew at the top: a rebase."""
    top = "".join(f"top {n}\n" for n in range(lines))
    return top + OLD, top + new


def test_a_rebase_that_moves_lines_is_no_change() -> None:
    first = change({"a.py": edited(10, 40)}, {"a.py": OLD})
    seen = state.split(first, (), "d").digests["a.py"]
    assert len(seen) == 2
    old, new = shifted(20, edited(10, 40))
    again = state.split(change({"a.py": new}, {"a.py": old}), seen, "d")
    assert again.change.files == ()
    assert again.unchanged == {"a.py"}


def test_only_the_new_hunk_is_left_of_a_file() -> None:
    seen = state.split(change({"a.py": edited(10)}, {"a.py": OLD}), (), "d").digests["a.py"]
    found = state.split(change({"a.py": edited(10, 40)}, {"a.py": OLD}), seen, "d")
    (file,) = found.change.files
    assert [line.new for line in file.hunks[0].lines if line.kind == "+"] == [40]
    assert len(file.hunks) == 1
    assert found.unchanged == frozenset()
    assert len(found.digests["a.py"]) == 2


@pytest.mark.parametrize(
    "other",
    [
        change({"a.py": edited(10, text="else")}, {"a.py": OLD}),
        change({"b.py": edited(10)}, {"b.py": OLD}),
        change({"a.py": OLD}, {"a.py": edited(10)}),
    ],
    ids=["content", "path", "direction"],
)
def test_other_content_another_path_and_the_reverse_are_new(other: object) -> None:
    seen = state.split(change({"a.py": edited(10)}, {"a.py": OLD}), (), "d").digests["a.py"]
    assert state.split(other, seen, "d").unchanged == frozenset()  # type: ignore[arg-type]


def test_another_agent_rule_or_setting_makes_all_of_it_new() -> None:
    made = change({"a.py": edited(10)}, {"a.py": OLD})
    seen = state.split(made, (), state.depends("claude", ["1.0", "agent"])).digests["a.py"]
    assert state.split(made, seen, state.depends("claude", ["1.0", "agent"])).unchanged == {"a.py"}
    for parts in (["1.1", "agent"], ["1.0", "agent2"], ["1.0agent"], ["1.0", "agent", ""]):
        assert state.split(made, seen, state.depends("claude", parts)).unchanged == frozenset()
    assert state.split(made, seen, state.depends("rules", ["1.0", "agent"])).unchanged == frozenset()


def test_a_reviewed_hunk_pasted_once_more_is_new() -> None:
    block = "".join(f"same {n}\n" for n in range(12))
    base = block + "middle\n" * 9 + block
    once = change({"a.py": base.replace("same 5\n", "evil\n", 1)}, {"a.py": base})
    seen = state.split(once, (), "d").digests["a.py"]
    twice = change({"a.py": base.replace("same 5\n", "evil\n")}, {"a.py": base})
    assert len(state.split(twice, seen, "d").change.files[0].hunks) == 1


def test_a_file_without_hunks_has_a_digest_of_its_own() -> None:
    renamed = FileDiff(path="b.bin", old_path="a.bin", status="renamed", old_oid="1" * 40, new_oid="1" * 40)
    made = replace(change({}), files=(renamed,))
    seen = state.split(made, (), "d").digests["b.bin"]
    assert state.split(made, seen, "d").unchanged == {"b.bin"}
    other = replace(made, files=(replace(renamed, new_oid="2" * 40),))
    assert state.split(other, seen, "d").unchanged == frozenset()


def test_files_that_failed_are_not_remembered() -> None:
    digests = {"a.py": ("1" * 16, "2" * 16), "b.py": ("3" * 16,)}
    assert state.remembered(digests, ["a.py"]) == ("3" * 16,)
    assert state.remembered(digests, []) == ("1" * 16, "2" * 16, "3" * 16)


FULL = State(
    hunks=tuple(f"{n:016x}" for n in range(40)),
    findings=(finding(body="Why. " * 40), finding(fingerprint="f" * 16, title="Größe ⟦ZWSP⟧ -->", line=14)),
    depends="claude 0123456789abcdef",
    due=("f" * 16,),
    refuted=("e" * 16,),
    shown="0123456789abcdef",
)


def test_what_is_packed_is_unpacked() -> None:
    line = state.pack(FULL, 30_000)
    found = state.unpack(f"anything\n\n{line}\n")
    assert found == replace(FULL, findings=tuple(replace(each, earlier=True) for each in FULL.findings))
    assert "\n" not in line
    assert line.startswith("<!-- backline:state data=")


def test_a_suggestion_is_not_kept() -> None:
    fix = Suggestion(start_line=12, line=12, replacement="x")
    packed = state.pack(State(findings=(finding(suggestion=fix),)), 30_000)
    assert state.unpack(packed).findings[0].suggestion is None


def noise(count: int) -> list[str]:
    return [base64.b85encode(hashlib.shake_256(str(n).encode()).digest(480)).decode() for n in range(count)]


def test_too_much_loses_prose_first_then_what_rules_raise_again_and_hunks_at_last() -> None:
    rules = tuple(finding(fingerprint=f"{n:016x}", quote=text, body=text[::-1]) for n, text in enumerate(noise(60)))
    judged = finding(fingerprint="c" * 16, source=Source.CLAUDE, body="Why.")
    many = replace(FULL, findings=(*rules, judged))
    told = tuple(each.fingerprint for each in many.findings)
    brief = state.unpack(state.pack(many, 50_000))
    assert ([each.fingerprint for each in brief.findings], brief.hunks) == (list(told), FULL.hunks)
    fewer = state.unpack(state.pack(many, 1_400))
    assert fewer == replace(FULL, findings=(replace(judged, body=judged.title, earlier=True),), told=told)
    assert state.unpack(state.pack(many, 500)) == State(told=told, due=FULL.due, shown=FULL.shown)
    assert state.unpack(state.pack(many, 200)) == State(told=(state.ALL,), shown=FULL.shown)
    assert state.unpack(state.pack(many, 10)) == State()


@pytest.mark.parametrize("count", [1, 300, 900])
@pytest.mark.parametrize("room", [0, 40, 34_000, 60_000, 90_000])
def test_whatever_does_not_compress_becomes_a_line_that_fits(count: int, room: int) -> None:
    """More than a marker's value can be included: what is too much gives way before anything is written."""
    findings = tuple(
        finding(fingerprint=f"{n:016x}", quote=text, body=text, source=Source.CLAUDE)
        for n, text in enumerate(noise(count))
    )
    many = State(findings=findings, shown="5" * 16)
    line = state.pack(many, room)
    assert len(line) <= max(room, len("<!-- backline:state -->"))
    assert state.unpack(line).shown == (many.shown if room > 150 else "")


def line_of(data: bytes) -> str:
    return marker.write("state", data=base64.urlsafe_b64encode(zlib.compress(data)).rstrip(b"=").decode())


def body(json: bytes, hunks: bytes = b"") -> bytes:
    return len(json).to_bytes(4, "big") + json + hunks


GOOD = b'{"v":1,"shown":"","due":[],"refuted":[],"findings":[]}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no marker",
        "<!-- backline:state -->",
        "<!-- backline:state data=%% -->",
        "<!-- backline:state data=AAAA -->",
        line_of(b""),
        line_of(b"\xff" * 9),
        line_of(body(b"{}")),
        line_of(body(b"[]")),
        line_of(body(b"{" * 5000)),
        line_of(body(GOOD.replace(b"1", b"2", 1))),
        line_of(body(GOOD, b"1234567")),
        line_of(body(GOOD[:-3])),
        line_of(body(GOOD.replace(b"[]}", b'[{"path": 1}]}'))),
        line_of(body(GOOD.replace(b'"due":[]', b'"due":[7]'))),
        line_of(b"\0" * 5_000_000),
        state.pack(FULL, 30_000) + "\nsomething below",
        state.pack(FULL, 30_000)[:-20] + " -->",
        "> " + state.pack(FULL, 30_000),
    ],
)
def test_what_is_not_whole_is_no_state(text: str) -> None:
    assert state.unpack(text) == State()


@pytest.mark.parametrize("pad", range(8))
def test_a_state_larger_than_any_of_ours_is_not_unpacked(pad: int) -> None:
    """Of whatever length: the cut would often look whole."""
    line = line_of(body(GOOD + b" " * pad, b"\0" * 5_000_000))
    assert len(line) < 10_000
    assert state.unpack(line) == State()


def test_a_good_line_is_read() -> None:
    assert state.unpack(line_of(body(GOOD, b"12345678"))).hunks == (b"12345678".hex(),)


@pytest.mark.parametrize(
    "text",
    [
        "x <!-- backline:finding id=1 -->",
        "<!-- backline:finding id=1 --> x",
        "<!--backline:finding id=1-->",
        "<!-- <!-- backline:finding id=1 --> -->",
        "<!--! backline:finding id=1 --!>",
        "`<!-- backline:finding id=1 -->`",
        "<!-- backline:finding id=1",
        "<!-- other:finding id=1 -->",
        "\n<!-- backline:finding id=1 -->",
        "<!-- backline:finding id=a=b -->",
        "<!-- backline:finding  id=1 -->",
        "a\n<!-- backline:finding id=1 -->",
    ],
)
def test_a_marker_counts_in_the_first_line_alone_and_by_itself(text: str) -> None:
    assert marker.first(text) is None


def test_a_marker_says_what_it_was_given() -> None:
    line = marker.write("finding", id="abc", category="security", by="", empty="")
    assert marker.first(f"{line}\nbody") == ("finding", {"id": "abc", "category": "security"})
    assert marker.first(f"{line}\r\nbody") is not None


def test_workflow_and_job_make_the_signature() -> None:
    made = {marker.signature(w, j) for w, j in (("a", "b"), ("ab", ""), ("", "ab"), ("a", "c"), ("-->", "\n"))}
    assert len(made) == 5
    assert all(len(each) == 12 for each in made)
