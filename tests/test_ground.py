from __future__ import annotations

from typing import Any

import pytest
from placed import Texts, candidate, lead, numbered, one, sources_of

from backline.finding import Category, Finding, Side, Source, Verification
from backline.findings.anchor import QUOTE_LIMIT, RANGE_LIMIT
from backline.findings.ground import Sources, from_candidates, from_leads, in_hunk
from backline.findings.sources import Page
from backline.intake.change import Text

BEFORE = """\
import db


class Orders:
    def list(self, user):
        rows = db.all()
        return rows

    def get(self, user, order_id):
        order = db.get(order_id)
        if order.owner != user:
            raise PermissionError
        one = 1
        two = 2
        three = 3
        four = 4
        five = 5
        return order


def health():
    first = 1
    second = 2
    third = 3
    return "ok"
"""
# `get` loses its check (LEFT 11-12), `list` fetches per row (RIGHT 6-8).
AFTER = BEFORE.replace(
    "        rows = db.all()\n",
    "        rows = []\n        for key in db.keys():\n            rows.append(db.get(key))\n",
).replace("        if order.owner != user:\n            raise PermissionError\n", "")


def orders(**options: Any) -> Sources:
    return one(BEFORE, AFTER, **options)


def placed(sources: Sources, quote: str, line: int = 1, **fields: Any) -> Finding:
    [finding], dropped = from_candidates(sources, [candidate(quote, line, **fields)], sources.files)
    assert not dropped
    return finding


def refused(sources: Sources, quote: str, line: int = 1, **fields: Any) -> str:
    findings, [row] = from_candidates(sources, [candidate(quote, line, **fields)], sources.files)
    assert not findings and row.source is Source.CLAUDE and row.finding is None
    return row.reason


# Leads.


def test_a_lead_on_changed_lines_is_a_finding_with_its_code() -> None:
    [finding], dropped = from_leads(orders(), [lead(7, 8)])
    assert not dropped
    assert (finding.path, finding.start_line, finding.line, finding.side) == ("app/db.py", 7, 8, Side.RIGHT)
    assert finding.quote == "        for key in db.keys():\n            rows.append(db.get(key))"
    assert (finding.source, finding.verification) == (Source.RULES, Verification.DETERMINISTIC)
    assert finding.rule == "python.sql-injection" and len(finding.fingerprint) == 16


def test_a_lead_on_removed_lines_quotes_the_base() -> None:
    [finding], _ = from_leads(orders(), [lead(11, 12, side=Side.LEFT)])
    assert (finding.start_line, finding.line, finding.side) == (11, 12, Side.LEFT)
    assert finding.quote == "        if order.owner != user:\n            raise PermissionError"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"start_line": 24}, "old code: not touched by this change"),
        ({"start_line": 10, "side": Side.LEFT}, "old code: not touched by this change"),
        ({"start_line": 24, "tied_line": 25}, "old code: not touched by this change"),
        ({"start_line": 7, "path": "app/DB.py"}, "path is not in the change"),
        ({"start_line": 900}, "its lines are not in the file"),
        ({"start_line": 0, "line": 8}, "its lines are not in the file"),
        ({"start_line": 8, "line": 7}, "its lines are not in the file"),
        ({"start_line": 7, "line": 10**30}, "its lines are not in the file"),
    ],
)
def test_a_lead_elsewhere_is_set_aside_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    findings, [row] = from_leads(orders(), [lead(**fields)])
    assert not findings
    assert (row.reason, row.source, row.title) == (reason, Source.RULES, "SQL built from request data")


def test_a_tied_lead_inside_a_hunk_keeps_its_own_lines() -> None:
    [finding], _ = from_leads(orders(), [lead(5, tied_line=7)])
    assert (finding.start_line, finding.quote) == (5, "    def list(self, user):")
    assert finding.body == "The name comes from the request."


def test_a_tied_lead_outside_every_hunk_stands_on_the_changed_line_and_says_what_it_is_about() -> None:
    [finding], _ = from_leads(orders(), [lead(21, 23, tied_line=7)])
    assert (finding.start_line, finding.line) == (7, 7)
    assert finding.quote == "        for key in db.keys():"
    assert finding.body.endswith("It is about lines 21 to 23.")


def test_a_long_range_is_cut_to_ten_lines_from_its_anchor() -> None:
    [finding], _ = from_leads(one("x = 1\n", numbered(40)), [lead(5, 40)])
    assert (finding.start_line, finding.line) == (5, 5 + RANGE_LIMIT - 1)
    assert finding.quote.count("\n") == RANGE_LIMIT - 1


def test_a_long_range_whose_change_comes_late_begins_at_the_change() -> None:
    sources = one(numbered(60), numbered(60, L50="changed = True", L52="changed = True"))
    [finding], _ = from_leads(sources, [lead(5, 60)])
    assert (finding.start_line, finding.line) == (50, 55)


def test_a_patch_with_much_context_does_not_hide_the_change_behind_ten_old_lines() -> None:
    sources = one(numbered(60), numbered(60, L10="changed = True", L30="changed = True"), context=20, blobs=False)
    [finding], _ = from_leads(sources, [lead(11, 40)])
    assert (finding.start_line, finding.line) == (30, 39)


def test_a_range_over_two_hunks_is_cut_to_the_first() -> None:
    sources = one(numbered(60), numbered(60, L10="changed = True", L18="changed = True"))
    assert len(sources.files["app/db.py"].hunks) == 2
    [finding], _ = from_leads(sources, [lead(9, 18)])
    assert (finding.start_line, finding.line) == (10, 13)
    assert in_hunk(sources.files["app/db.py"], Side.RIGHT, 10, 13)


def test_a_removed_range_with_kept_lines_at_its_ends_is_cut_to_the_removed_ones() -> None:
    [finding], _ = from_leads(orders(), [lead(10, 13, side=Side.LEFT)])
    assert (finding.start_line, finding.line) == (11, 12)


def test_quotes_are_short_and_hold_neither_secrets_nor_invisible_characters() -> None:
    token = "ghp_" + "a1B2" * 9
    text = f'TOKEN = "{token}"\nname = "a\u202eb"\nlong = "{"x" * 5000}"\n'
    found, _ = from_leads(one("", text), [lead(1), lead(2), lead(3)])
    assert token not in found[0].quote and "ghp_…" in found[0].quote
    assert found[1].quote == 'name = "a⟦U+202E RLO⟧b"'
    assert len(found[2].quote) == QUOTE_LIMIT


def test_a_quote_over_the_limit_keeps_whole_lines() -> None:
    text = "".join(f'v{n} = "{"x" * 900}"\n' for n in range(5))
    [finding], _ = from_leads(one("", text), [lead(1, 5)])
    assert finding.quote == "\n".join(text.split("\n")[:2])


@pytest.mark.parametrize("before", ["", "same = 1\n"])
def test_a_guard_on_a_file_without_changed_lines_stands(before: str) -> None:
    sources = one(before, before)
    found, dropped = from_leads(sources, [lead(1, rule="guard.control-file", guard=True)])
    assert [(f.start_line, f.line) for f in found] == [(1, 1)] and not dropped


def test_a_guard_on_old_lines_of_a_changed_file_is_set_aside() -> None:
    found, dropped = from_leads(orders(), [lead(24, rule="guard.hidden-text", guard=True)])
    assert not found and dropped[0].reason == "old code: not touched by this change"


def test_with_a_patch_alone_the_hunks_are_the_text() -> None:
    [finding], _ = from_leads(orders(blobs=False), [lead(7, 8)])
    assert finding.quote == "        for key in db.keys():\n            rows.append(db.get(key))"


# Candidates.


@pytest.mark.parametrize(
    ("quote", "line", "place"),
    [
        ("rows.append(db.get(key))", 1, (8, 8, Side.RIGHT)),
        ("            rows.append(db.get(key))", 8, (8, 8, Side.RIGHT)),
        ("\n  for key in db.keys():\n\trows.append(db.get(key))  \n\n", 8, (7, 8, Side.RIGHT)),
        ("for key in db.keys():\r\n            rows.append(db.get(key))\r\n", 8, (7, 8, Side.RIGHT)),
        ("if order.owner != user:\nraise PermissionError", 11, (11, 12, Side.LEFT)),
        ("raise PermissionError", 10**6, (12, 12, Side.LEFT)),
        ("def list(self, user):", 5, (5, 5, Side.RIGHT)),
        ("order = db.get(order_id)", 12, (12, 12, Side.RIGHT)),
    ],
)
def test_a_candidate_stands_where_its_quote_stands(quote: str, line: int, place: tuple[int, int, Side]) -> None:
    finding = placed(orders(), quote, line)
    assert (finding.start_line, finding.line, finding.side) == place


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("rows.append(db.get(KEY))", "quote not found in the head or among the removed lines"),
        ("append(db.get(key))", "quote not found in the head or among the removed lines"),
        ("rows.append( db.get(key) )", "quote not found in the head or among the removed lines"),
        ("for key in db.keys():\nreturn rows", "quote not found in the head or among the removed lines"),
        ("+ rows.append(db.get(key))", "quote not found in the head or among the removed lines"),
        ('return "ok"', "old code: not touched by this change"),
        ("def health():\nfirst = 1", "old code: not touched by this change"),
        ("", "quote holds no code"),
        (" \n\t\n", "quote holds no code"),
        ("})", "quote holds no code"),
        ("x\n" * 101, "quote spans 101 lines: more than one finding can be about"),
    ],
)
def test_a_candidate_without_its_code_in_the_change_is_set_aside(quote: str, reason: str) -> None:
    assert refused(orders(), quote) == reason


@pytest.mark.parametrize(
    "path",
    ["app/DB.py", "app/db.py/", "./app/db.py", "/app/db.py", "app//db.py", "app/x/../db.py", "../app/db.py",
     "app/db.py\0", "app/db.pу", " app/db.py", "", "a" * 1_000_000],
)  # fmt: skip
def test_a_path_is_taken_as_it_is_or_not_at_all(path: str) -> None:
    assert refused(orders(), "rows.append(db.get(key))", 8, path=path) == "path is not in the change"


def test_a_path_outside_the_manifest_is_not_in_the_change() -> None:
    _, [row] = from_candidates(orders(), [candidate("rows.append(db.get(key))")], ["app/web.py"])
    assert row.reason == "path is not in the change"


def test_a_path_is_known_by_the_name_that_was_shown_and_by_its_own() -> None:
    sources = one(None, "run(user)\n", path="app/x\n::error::y.py")
    for name in ("app/x⟦LF⟧::error::y.py", "app/x\n::error::y.py"):
        [finding], _ = from_candidates(sources, [candidate("run(user)", path=name)], sources.files)
        assert finding.path == "app/x\n::error::y.py"


def test_two_paths_that_are_shown_alike_are_none() -> None:
    texts: Texts = {"x\ny.py": (None, "run(user)\n"), "x⟦LF⟧y.py": (None, "run(user)\n")}
    sources = sources_of(texts)
    _, [row] = from_candidates(sources, [candidate("run(user)", path="x⟦LF⟧y.py")], sources.files)
    assert row.reason == "path is not in the change"


def test_two_files_that_differ_in_case_are_told_apart() -> None:
    sources = sources_of({"App.py": (None, "run(user)\n"), "app.py": (None, "run(user)\n")})
    [finding], _ = from_candidates(sources, [candidate("run(user)", path="App.py")], sources.files)
    assert finding.path == "App.py"


def test_of_several_places_the_changed_one_is_meant_whatever_line_is_hinted() -> None:
    sources = one(numbered(30, L2="run(user)"), numbered(30, L2="run(user)", L20="run(user)"))
    assert placed(sources, "run(user)", 2).line == 20


@pytest.mark.parametrize(("hint", "line"), [(1, 4), (5, 4), (22, 20), (900, 28), (12, 4)])
def test_of_several_changed_places_the_one_nearest_to_the_hint_is_meant(hint: int, line: int) -> None:
    sources = one(numbered(30), numbered(30, L4="run(user)", L20="run(user)", L28="run(user)"))
    assert placed(sources, "run(user)", hint).line == line


def test_a_removed_line_that_still_stands_elsewhere_is_meant_where_it_was_removed() -> None:
    before = numbered(30, L3="check(user)", L20="check(user)")
    finding = placed(one(before, before.replace("check(user)\nline_4", "line_4")), "check(user)", 20)
    assert (finding.line, finding.side) == (3, Side.LEFT)


def test_unchanged_code_of_a_changed_definition_is_tied_to_its_nearest_changed_line() -> None:
    finding = placed(orders(), "five = 5", 17)
    assert (finding.start_line, finding.line, finding.quote) == (13, 13, "        one = 1")
    assert finding.body == "The caller is never checked. It is about line 17."


def in_definition(count: int, **changes: str) -> str:
    return "def f():\n" + "".join(f"    {line}\n" for line in numbered(count, **changes).splitlines())


def test_it_is_tied_to_the_nearer_of_two_changed_lines() -> None:
    sources = one(in_definition(40), in_definition(40, L10="x = 1", L30="y = 1"))
    assert [placed(sources, f"line_{n} = {n}").line for n in (15, 25)] == [11, 31]


def test_a_removal_at_the_end_ties_its_definition_to_the_line_before() -> None:
    assert placed(one(in_definition(20), in_definition(19)), "line_3 = 3").line == 20


def test_a_removal_ties_its_definition_to_the_line_that_now_stands_there() -> None:
    before = in_definition(20)
    assert placed(one(before, before.replace("    line_10 = 10\n", "")), "line_3 = 3").line == 11


def test_of_unchanged_places_the_one_nearest_to_the_change_is_meant_then_nearest_to_the_hint() -> None:
    same = {"L2": "run(user)", "L9": "run(user)", "L11": "run(user)"}
    sources = one(in_definition(30, **same), in_definition(30, **same, L10="x = 1"))
    assert [placed(sources, "run(user)", hint).start_line for hint in (1, 10, 12, 30)] == [10, 10, 12, 12]


def test_module_level_code_is_tied_by_its_hunk_alone() -> None:
    sources = one(numbered(30), numbered(30, L10="x = 1"))
    assert placed(sources, "line_8 = 8").line == 8
    assert refused(sources, "line_20 = 20") == "old code: not touched by this change"


def test_where_the_parser_gives_up_there_is_no_definition() -> None:
    page = Page(orders().files["app/db.py"], Side.RIGHT, Text("x = '\ud800'\n", "utf-8"), "python")
    assert page.definition(1) is None


def test_without_a_grammar_only_the_hunk_ties() -> None:
    sources = one(BEFORE, AFTER, path="app/db.unknown")
    assert refused(sources, "five = 5", 17, path="app/db.unknown") == "old code: not touched by this change"


def test_a_quote_that_stands_everywhere_says_nothing() -> None:
    sources = one("", "pass\n" * 1500)
    assert refused(sources, "pass") == "quote stands in 1500 places: it does not say which one is meant"


def test_a_common_line_beside_a_rare_one_is_found() -> None:
    sources = one("", "pass\n" * 1500 + "run(user)\npass\n")
    assert placed(sources, "pass\nrun(user)\npass").start_line == 1500


def test_a_quote_is_compared_in_the_form_that_was_shown() -> None:
    token = "ghp_" + "a1B2" * 9
    sources = one("", f'login("{token}")\nname = "a\u202eb"\n')
    assert placed(sources, 'login("ghp_…⟦40 characters masked⟧")').line == 1
    assert placed(sources, 'name = "a⟦U+202E RLO⟧b"').line == 2
    assert refused(sources, f'login("{token}")').startswith("quote not found")


def test_a_masked_private_key_does_not_move_the_lines_below_it() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA75\n" * 6 + "-----END RSA PRIVATE KEY-----"
    sources = one("", f'KEY = """{key}"""\nrun(user)\n')
    assert placed(sources, "run(user)").line == 9


def test_lines_are_counted_by_newline_alone() -> None:
    sources = one("", "a = 'x\x0cy'\nb = '\u2028'\nc = '\x85'\rd = 1\nrun(user)\n")
    assert placed(sources, "run(user)").line == 4


def test_the_provenance_of_a_candidate_is_set_here() -> None:
    finding = placed(orders(), "rows.append(db.get(key))", title="python.sql-injection (confirmed)")
    assert (finding.source, finding.verification, finding.rule) == (Source.CLAUDE, Verification.UNVERIFIED, None)


def test_a_deleted_file_has_its_findings_on_the_left() -> None:
    finding = placed(one("check(user)\nrun(user)\n", None), "check(user)", 1)
    assert (finding.line, finding.side) == (1, Side.LEFT)


def test_with_a_patch_alone_candidates_stand_in_its_hunks() -> None:
    assert placed(orders(blobs=False), "rows.append(db.get(key))").line == 8
    assert placed(orders(blobs=False), "raise PermissionError").side is Side.LEFT
    assert refused(orders(blobs=False), 'return "ok"').startswith("quote not found")


# Suggestions of candidates.


@pytest.mark.parametrize(
    ("quote", "fix", "replacement"),
    [
        ("            rows.append(db.get(key))", "            rows.append(key)", "            rows.append(key)"),
        ("rows.append(db.get(key))", "rows.append(key)\n", "            rows.append(key)"),
        (
            "for key in db.keys():\n    rows.append(db.get(key))",
            "for key in db.keys():\n    rows.append(key)\n\n    done()",
            "        for key in db.keys():\n            rows.append(key)\n\n            done()",
        ),
        ("rows.append(db.get(key))", "            rows.append(key)", "            rows.append(key)"),
    ],
)
def test_a_suggestion_takes_the_indentation_that_its_quote_left_out(quote: str, fix: str, replacement: str) -> None:
    finding = placed(orders(), quote, 8, suggestion=fix)
    assert finding.suggestion and finding.suggestion.replacement == replacement
    assert (finding.suggestion.start_line, finding.suggestion.line) == (finding.start_line, finding.line)


def test_removed_lines_get_no_suggestion() -> None:
    assert placed(orders(), "raise PermissionError", suggestion="raise Forbidden").suggestion is None


# Identity.


def test_the_fingerprint_survives_moved_lines_new_indentation_and_other_words() -> None:
    first = placed(orders(), "rows.append(db.get(key))")
    moved = one(BEFORE, "# a comment\n" * 7 + AFTER.replace("rows.append(db.get(key))", "rows.append(db.get(key))   "))
    again = placed(moved, "rows.append(db.get(key))", title="Other words", body="Other prose.")
    assert first.fingerprint == again.fingerprint and first.line != again.line


@pytest.mark.parametrize(
    "other",
    [
        lambda: placed(orders(), "rows.append(db.get(key))", category=Category.PERFORMANCE),
        lambda: placed(one(BEFORE, AFTER.replace("list", "index")), "rows.append(db.get(key))"),
        lambda: placed(one(BEFORE, AFTER, path="app/d.py"), "rows.append(db.get(key))", path="app/d.py"),
        lambda: placed(orders(), "for key in db.keys():"),
    ],
    ids=["category", "definition", "path", "anchor"],
)
def test_another_place_or_category_is_another_finding(other: Any) -> None:
    assert placed(orders(), "rows.append(db.get(key))").fingerprint != other().fingerprint


def test_a_renamed_file_keeps_its_fingerprints() -> None:
    before = placed(orders(), "rows.append(db.get(key))").fingerprint
    moved = one(BEFORE, AFTER, path="app/store.py", renamed={"app/store.py": "app/db.py"})
    assert placed(moved, "rows.append(db.get(key))", path="app/store.py").fingerprint == before


EQUAL = "def a():\n    run(user)\n    x = 1\n    run(user)\n\n\ndef b():\n    run(user)\n"


def test_equal_lines_of_one_definition_are_told_apart_by_their_number() -> None:
    found, _ = from_leads(one("", EQUAL), [lead(2), lead(4), lead(8)])
    assert len({f.fingerprint for f in found}) == 3


def test_the_number_does_not_depend_on_what_else_is_found() -> None:
    both, _ = from_leads(one("", EQUAL), [lead(2), lead(4)])
    alone, _ = from_leads(one("", EQUAL), [lead(4)])
    assert both[1].fingerprint == alone[0].fingerprint


def test_a_new_equal_line_in_another_definition_changes_no_number() -> None:
    [first], _ = from_leads(one("", EQUAL), [lead(8)])
    [again], _ = from_leads(one("", EQUAL.replace("    x = 1\n", "    run(user)\n")), [lead(8)])
    assert first.fingerprint == again.fingerprint


def test_two_definitions_of_one_name_do_not_share_fingerprints() -> None:
    getter = "    @property\n    def x(self):\n        run(self)\n"
    text = f"class A:\n{getter}    @x.setter\n    def x(self, v):\n        run(self)\n"
    found, _ = from_leads(one("", text), [lead(4), lead(7)])
    assert found[0].quote == found[1].quote and found[0].fingerprint != found[1].fingerprint


def test_removed_code_does_not_share_the_fingerprint_of_the_same_code_elsewhere() -> None:
    sources = one("run(user)\nx = 1\ny = 2\n", "x = 1\ny = 2\nrun(user)\n")
    found, _ = from_leads(sources, [lead(1, side=Side.LEFT), lead(3)])
    assert found[0].quote == found[1].quote and found[0].fingerprint != found[1].fingerprint


def test_a_guard_does_not_share_the_fingerprint_of_what_stands_on_its_line() -> None:
    guards = [lead(1, rule=rule, guard=True) for rule in ("guard.secret", "guard.hidden-text")]
    found, _ = from_leads(one("", "run(user)\n"), [*guards, lead(1)])
    assert len({f.fingerprint for f in found}) == 3


# Hunks.


@pytest.mark.parametrize(
    ("side", "start", "line", "inside"),
    [
        (Side.RIGHT, 6, 8, True),
        (Side.RIGHT, 3, 11, True),
        (Side.RIGHT, 5, 13, True),
        (Side.RIGHT, 2, 6, False),
        (Side.RIGHT, 8, 6, False),
        (Side.RIGHT, 0, 6, False),
        (Side.RIGHT, 6, 24, False),
        (Side.LEFT, 11, 12, True),
        (Side.LEFT, 10, 12, False),
        (Side.LEFT, 11, 13, False),
        (Side.LEFT, 10**30, 10**30, False),
    ],
)
def test_a_comment_stands_inside_one_hunk(side: Side, start: int, line: int, inside: bool) -> None:
    file = orders().files["app/db.py"]
    assert in_hunk(file, side, start, line) is inside


def test_two_hunks_are_not_one() -> None:
    file = one(numbered(60), numbered(60, L10="a = 0", L40="a = 0")).files["app/db.py"]
    assert in_hunk(file, Side.RIGHT, 10, 12) and in_hunk(file, Side.RIGHT, 40, 42)
    assert not in_hunk(file, Side.RIGHT, 10, 40)
