"""What the runner reads: annotations, outputs and the step summary, parsed as the runner parses them."""

from __future__ import annotations

import re

import pytest
from reports import busy, finding, report

from backline.finding import Severity, Side
from backline.output import workflow
from backline.report import Report, Usage


def annotations(made: Report) -> list[tuple[str, dict[str, str], str]]:
    """(type, properties, message) as ActionCommand.cs reads them, unescaped."""
    found = []
    for line in workflow.annotate(made).splitlines():
        kind, rest = re.fullmatch(r"::(\w+) (.*)", line).groups()  # type: ignore[union-attr]
        properties, _, message = rest.partition("::")
        pairs = dict(part.split("=", 1) for part in properties.split(","))
        for escape, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            pairs = {key: value.replace(escape, char) for key, value in pairs.items()}
            message = message.replace(escape, char) if char not in ":," else message
        found.append((kind, pairs, message))
    return found


@pytest.mark.parametrize(
    ("severity", "kind"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "notice"),
    ],
)
def test_an_annotation_has_type_place_title_and_message(severity: Severity, kind: str) -> None:
    assert annotations(report(finding(severity=severity, start_line=10, body="100%: a, b\nnext"))) == [
        (
            kind,
            {"file": "app/db.py", "line": "10", "endLine": "12", "title": f"{severity}: SQL built from request data"},
            "100%: a, b\nnext",
        )
    ]


@pytest.mark.parametrize("path", ["a,b.py", "a:b.py", "a%2Cb.py", "a=b.py", "größe.py", "a b.py", "a::b.py"])
def test_any_path_comes_back_as_it_was(path: str) -> None:
    assert annotations(report(finding(path=path)))[0][1]["file"] == path


def test_removed_lines_are_on_the_file() -> None:
    properties = annotations(report(finding(side=Side.LEFT)))[0][1]
    assert "line" not in properties and properties["file"] == "app/db.py"


def test_ten_of_a_type_the_gravest_first_and_a_notice_counts_the_rest() -> None:
    lows = [finding(severity=Severity.LOW, title=f"low {n}") for n in range(12)]
    highs = [finding(severity=Severity.HIGH, title=f"high {n}") for n in range(12)]
    worst = finding(severity=Severity.CRITICAL, title="worst")
    made = annotations(report(*lows, *highs, worst))
    kinds = [kind for kind, _, _ in made]
    assert kinds.count("error") == 10 and kinds.count("notice") == 10
    assert made[0][1]["title"] == "critical: worst"
    assert made[-1][2] == "6 more findings: the step summary has all of them"


def test_incomplete_is_an_error_of_its_own_within_the_ten() -> None:
    made = annotations(report(*[finding() for _ in range(12)], complete=False))
    assert made[0][2].startswith("INCOMPLETE: ")
    assert [kind for kind, _, _ in made].count("error") == 10
    assert made[-1][2].startswith("3 more findings")


def test_nothing_to_say_is_no_annotation() -> None:
    assert workflow.annotate(report()) == ""


def test_a_long_message_is_cut_below_what_the_runner_keeps() -> None:
    assert len(annotations(report(finding(body="word " * 5_000)))[0][2]) <= 4_096


def parsed(text: str) -> dict[str, str]:
    """GITHUB_OUTPUT as FileCommandManager.cs reads it."""
    values, lines = {}, iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, delimiter = line.split("<<", 1)
            inside = []
            while (part := next(lines)) != delimiter:
                inside.append(part)
            values[name] = "\n".join(inside)
        else:
            name, value = line.split("=", 1)
            values[name] = value
    return values


def test_outputs_are_exactly_the_declared_ones() -> None:
    assert workflow.outputs(busy(), report_file="r.json", sarif_file="r.sarif") == {
        "findings": "8",
        "highest-severity": "critical",
        "complete": "false",
        "cost-usd": "0.4213",
        "report": "r.json",
        "sarif": "r.sarif",
    }
    nothing = workflow.outputs(report(usage=Usage()))
    assert (nothing["findings"], nothing["highest-severity"], nothing["complete"]) == ("0", "none", "true")


HOSTILE = (
    "key=value\nfindings=0\n<<EOF",
    "EOF\ncomplete=true",
    "ghadelimiter_\nfindings<<x\n0\nx",
    "\r\nfindings=0",
    "a\u2028b=c",
    "",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_begins_another_output(value: str) -> None:
    made = workflow.heredocs({"report": value, "findings": "3"}) + workflow.heredocs({"sarif": value})
    assert parsed(f"before=1\n{made}").keys() == {"before", "report", "findings", "sarif"}
    assert parsed(made)["findings"] == "3"


def test_delimiters_are_never_the_same_twice() -> None:
    made = workflow.heredocs(dict.fromkeys("abc", "x")) + workflow.heredocs({"a": "x"})
    assert len(set(re.findall(r"<<(\w{30,})", made))) == 4


def test_the_summary_never_grows_larger_than_the_runner_takes() -> None:
    made = workflow.summary_part("# one", 0)
    made += workflow.summary_part("# two\n\n", len(made))
    assert made == "# one\n# two\n"
    for _ in range(3):
        made += workflow.summary_part("注文 " * 300_000, len(made.encode()))
    assert 300_000 < len(made.encode()) <= 1024 * 1024
    assert "cut here" in made
