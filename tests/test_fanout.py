"""Many files on several processes give what one process gives, in the same order."""

from __future__ import annotations

from backline.leads import fanout
from backline.leads.fanout import Job, find_in_all

BAD = "import requests\n\n\ndef price(sku):\n    return requests.get(sku)\n"


def job(number, padding=""):
    return Job(text=BAD + padding, language="python", path=f"shop/p{number}.py", changed=frozenset({5}))


def test_a_few_files_are_matched_here():
    (found,) = find_in_all([job(1)])
    assert [lead.rule for lead in found] == ["python.requests-without-timeout"]


def test_many_files_are_matched_elsewhere_and_come_back_in_order():
    padding = "# padding\n" * (fanout.THRESHOLD // 10 // 8)
    jobs = [job(number, padding) for number in range(9)]
    assert sum(len(one.text) for one in jobs) > fanout.THRESHOLD
    found = list(find_in_all(jobs))
    assert [[lead.path for lead in leads] for leads in found] == [[one.path] for one in jobs]


def test_a_language_without_rules_gives_no_leads():
    assert list(find_in_all([Job(text="x", language="cobol", path="a.cob", changed=frozenset({1}))])) == [[]]
