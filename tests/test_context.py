"""What the model is shown of a file."""

from __future__ import annotations

from changes import change, choices

from backline.finding import Category, Confidence, Severity
from backline.intake.change import Change
from backline.intake.diff import FileDiff, Hunk, Line
from backline.leads.lead import Lead
from backline.reviewer.context import LONGEST_LINE, cut, manifest, task_text
from backline.reviewer.tasks import Part, Task

OLD = '''import os
from app import db


class Orders:
    """All of them."""

    def show(self, user, pk):
        check(user, pk)
        order = db.get(pk)
        log(order)
        if order.open:
            order.touch()
        a = 1
        b = 2
        return order

    def other(self):
        return 1
'''
NEW = OLD.replace("        check(user, pk)\n", "").replace("b = 2", "b = 3")


def shown(made: Change, leads=(), language: str | None = "python") -> str:
    task = Task(tuple(Part(file, file.hunks) for file in made.files))
    return task_text(task, made, {f.path: language for f in made.files}, leads)


def test_a_modified_file_shows_hunks_with_both_numbers_and_what_surrounds_them():
    assert shown(change({"app/orders.py": NEW}, {"app/orders.py": OLD})) == (
        """=== app/orders.py (modified, python)
imports:
import os
from app import db
@@ base 6, head 6 @@
 6:6|    \"\"\"All of them.\"\"\"
 7:7|
 8:8|    def show(self, user, pk):
-9|        check(user, pk)
 10:9|        order = db.get(pk)
 11:10|        log(order)
 12:11|        if order.open:
 13:12|            order.touch()
 14:13|        a = 1
-15|        b = 2
+14|        b = 3
 16:15|        return order
 17:16|
 18:17|    def other(self):
around the changes, unchanged (head):
 5|class Orders:"""
    )


def test_the_definition_around_a_change_is_shown_where_the_hunk_ends():
    body = "".join(f"    x{n} = {n}\n" for n in range(40))
    old = f"def f(a):\n{body}    return a\n\n\ndef g():\n    return 0\n"
    text = shown(change({"a.py": old.replace("x20 = 20", "x20 = 21")}, {"a.py": old}))
    assert " 1|def f(a):" in text and " 42|    return a" in text and "return 0" not in text
    assert text.count("x20 = 21") == 1


def test_an_added_file_is_its_hunk_alone():
    text = shown(change({"app/orders.py": NEW}))
    assert text.count("import os") == 1 and "around" not in text and "+1|import os" in text


def test_a_deleted_file_shows_what_went_up_to_a_limit():
    text = shown(change({}, {"a.py": "".join(f"x = {n}\n" for n in range(1_000))}))
    assert "-1|x = 0" in text and "x = 999" not in text and "Read them with side base" in text


def test_a_patch_without_blobs_shows_its_hunks():
    hunk = Hunk(
        old_start=3, old_count=1, new_start=3, new_count=1, lines=(Line("-", 3, None, "a"), Line("+", None, 3, "b"))
    )
    made = Change(files=(FileDiff(path="a.py", hunks=(hunk,)),))
    assert shown(made) == "=== a.py (modified, python)\n@@ base 3, head 3 @@\n-3|a\n+3|b"


def test_a_language_without_a_grammar_shows_its_hunks():
    assert "+1|SELECT 1" in shown(change({"a.sql": "SELECT 1\n"}), language="sql")
    assert "unknown language" in shown(change({"a.xyz": "x\n"}), language=None)


def test_secrets_are_masked_over_lines_and_removed_lines_too():
    token = "ghp_" + "a8Fk2LqZ7vRt0XyB3nMw9Hc5Jd1Ps6Ge4UiT"
    key = "MIIEowIBAAKCAQEAx9Tq7bWc2Lr5\nZp8Vn1Kd6Yh3Fj0Gs4Bu7Xe9Qa2\nWi5Ro8Ct1MlEv6Nz3\n"
    pem = f'K = """-----BEGIN RSA PRIVATE KEY-----\n{key}-----END RSA PRIVATE KEY-----"""\nlast = 1\n'
    text = shown(change({"a.py": pem}, {"a.py": f"t = '{token}'\n"}))
    assert token not in text and not [line for line in key.split() if line in text]
    assert "+6|last = 1" in text and "ghp_" in text


def test_names_and_leads_cannot_break_the_frame_of_lines():
    made = change({"app/x\n::error file=a::y.py": "x = 1\n"})
    lead = Lead(
        rule="r", path=made.files[0].path, start_line=1, line=1, severity=Severity.LOW, confidence=Confidence.LOW,
        category=Category.SECURITY, title="two\nlines \u202e", body="b",
    )  # fmt: skip
    text = shown(made, [lead])
    assert text.split("\n")[0] == "=== app/x⟦LF⟧::error file=a::y.py (added, python)"
    assert text.split("\n")[-1] == "lead: line 1, low, r: two⟦LF⟧lines ⟦U+202E RLO⟧"


def test_leads_without_end_are_cut_and_counted():
    made = change({"a.py": "x = 1\n"})
    lead = Lead(
        rule="r", path="a.py", start_line=1, line=1, severity=Severity.LOW, confidence=Confidence.LOW,
        category=Category.SECURITY, title="t", body="b",
    )  # fmt: skip
    assert shown(made, [lead] * 41).endswith("\nlead: line 1, low, r: t\n(1 more leads)")
    assert shown(made, [lead] * 40).endswith("\nlead: line 1, low, r: t")


def test_a_very_long_line_shows_its_head_and_tail():
    line = cut("a" * 1_000_000 + "end")
    assert len(line) < LONGEST_LINE + 100 and line.endswith("end") and "characters left out" in line
    assert cut("short") == "short"


def test_the_manifest_names_every_file_once_with_its_size():
    made = change({"a.py": "x\ny\n", "c.md": "z\n"}, {"a.py": "x\n", "b.py": "gone\n"})
    picked = [c for c in choices(made) if c.path != "c.md"]
    assert manifest(made, picked) == (
        "a.py (modified +1 -0)\nb.py (deleted +0 -1)\nc.md (added +1 -0, not reviewed)"
    )  # fmt: skip


def test_a_manifest_of_very_many_files_is_cut_and_says_so():
    made = Change(files=tuple(FileDiff(path=f"f{n}.py") for n in range(5_000)))
    rows = manifest(made, ()).split("\n")
    assert len(rows) == 2_001 and rows[-1] == "(3000 more)"
