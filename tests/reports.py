"""Reports for tests of what is shown: one that looks like a day's work, and a builder for the odd ones."""

from __future__ import annotations

from typing import Any

from backline.finding import (
    Category,
    Confidence,
    Finding,
    Kind,
    SetAside,
    Severity,
    Side,
    Source,
    Suggestion,
    Verification,
)
from backline.report import FAILED, REVIEWED, RULES_ONLY, SKIPPED, UNCHANGED, Coverage, Report, Usage


def finding(**changed: Any) -> Finding:
    usual: dict[str, Any] = {
        "fingerprint": "0123456789abcdef",
        "path": "app/db.py",
        "start_line": 12,
        "line": 12,
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "category": Category.SECURITY,
        "rule": "python.sql-injection",
        "cwe": "CWE-89",
        "title": "SQL built from request data",
        "body": "The name comes from the request. Anyone can read every table.",
        "quote": "cur.execute(f\"SELECT id FROM users WHERE name = '{name}'\")",
    }
    return Finding(**usual | changed)


CODE = {
    "app/db.py": (
        "import sqlite3",
        "",
        "from app.web import request",
        "",
        "",
        "def connect(path):",
        "    return sqlite3.connect(path)",
        "",
        "",
        "def find(name):",
        '    cur = connect("shop.db").cursor()',
        "    cur.execute(f\"SELECT id FROM users WHERE name = '{name}'\")",
        "    return cur.fetchall()",
        "",
        "",
        "def totals(orders):",
        "\tfor order in orders:",
        "\t\torder.customer = Customer.objects.get(id=order.customer_id)",
        "\treturn sum(order.total for order in orders)",
    ),
}


def source(found: Finding) -> list[tuple[int, str]]:
    return list(enumerate(CODE.get(found.path, ()), 1))


def report(*findings: Finding, **changed: Any) -> Report:
    usual: dict[str, Any] = {
        "repository": "acme/shop",
        "pull_request": 7,
        "base": "b" * 40,
        "merge_base": "c" * 40,
        "head": "d" * 40,
        "complete": True,
        "engine": "rules",
        "coverage": (Coverage(path="app/db.py", status="modified", language="python", disposition=RULES_ONLY),),
        "findings": findings,
        "usage": Usage(seconds=0.21),
    }
    return Report(**usual | changed)


def busy() -> Report:
    """Eight findings, every disposition, things set aside, a file that failed."""
    performance, reliability = Category.PERFORMANCE, Category.RELIABILITY
    n1 = "\t\torder.customer = Customer.objects.get(id=order.customer_id)"
    found = (
        finding(fingerprint="1" * 16, severity=Severity.CRITICAL, verification=Verification.CONFIRMED),
        finding(
            fingerprint="2" * 16,
            start_line=17,
            line=18,
            category=performance,
            rule="python.query-in-loop",
            cwe=None,
            title="One query per order",
            body="`Customer.objects.get` runs once for every order: 10,000 orders are 10,000 round trips.\n\nLoad the "
            "customers once with `in_bulk` and look them up in the loop.",
            quote=n1,
            suggestion=Suggestion(
                start_line=17,
                line=18,
                replacement="\tcustomers = Customer.objects.in_bulk({order.customer_id for order in orders})\n"
                "\tfor order in orders:\n\t\torder.customer = customers[order.customer_id]",
            ),
        ),
        finding(
            fingerprint="3" * 16,
            path="internal/worker/pool_of_background_jobs.go",
            start_line=140,
            line=143,
            category=performance,
            rule="go.unbounded-goroutines",
            cwe="CWE-400",
            title="A goroutine per message without a limit can exhaust memory when the queue is long",
            quote="for msg := range messages {\n\tgo handle(msg)\n}",
            body="Every message starts a goroutine at once.",
        ),
        finding(
            fingerprint="4" * 16,
            path="db/migrations/0042_index.sql",
            line=3,
            start_line=3,
            severity=Severity.MEDIUM,
            category=performance,
            rule="sql.index-without-concurrently",
            cwe=None,
            title="Index built with a lock",
            quote="CREATE INDEX idx_orders_customer ON orders (customer_id);",
            body="Writes to `orders` wait until the index is built.",
        ),
        finding(
            fingerprint="5" * 16,
            path="src/api/session.ts",
            start_line=88,
            line=88,
            side=Side.LEFT,
            severity=Severity.MEDIUM,
            rule="removed.csrf-guard",
            cwe="CWE-352",
            title="CSRF check taken away",
            quote="  requireCsrfToken(request)",
            body="Nothing else checks the token on this route.",
        ),
        finding(
            fingerprint="6" * 16,
            path="app/zahlung/größe.py",
            start_line=5,
            line=5,
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
            category=reliability,
            rule="python.request-without-timeout",
            cwe=None,
            title="HTTP call without a timeout",
            quote='resp = requests.get("https://支払い.example/api/" + 注文番号)  # '
            + "注文の支払い状況を確認する" * 6,
            body="A peer that never answers holds this worker for ever.",
        ),
        finding(
            fingerprint="7" * 16,
            path="app/files.py",
            start_line=9,
            line=9,
            severity=Severity.LOW,
            kind=Kind.QUESTION,
            category=performance,
            source=Source.CLAUDE,
            verification=Verification.UNVERIFIED,
            rule=None,
            cwe=None,
            title="Is the upload ever larger than memory?",
            quote="data = upload.read()",
            body="The whole upload is read at once.",
        ),
        finding(
            fingerprint="8" * 16,
            path="Dockerfile",
            start_line=4,
            line=4,
            severity=Severity.LOW,
            rule="docker.root",
            cwe="CWE-250",
            title="Runs as root",
            quote='CMD ["gunicorn", "app:app"]',
            body="No USER instruction: the service runs as root.",
            earlier=True,
        ),
    )
    covered = [
        Coverage(path=path, status="modified", language="python", disposition=REVIEWED)
        for path in sorted({each.path for each in found})
    ]
    covered += [
        Coverage(path=f"docs/page{n}.md", status="added", language=None, disposition=SKIPPED, reason="documentation")
        for n in range(12)
    ]
    covered += [
        Coverage(path="web/app.css", status="modified", language=None, disposition=SKIPPED, reason="style sheet"),
        Coverage(path="app/old.py", status="modified", language="python", disposition=UNCHANGED),
        Coverage(path="app/big.py", status="added", language="python", disposition=FAILED, reason="larger than 1 MB"),
        Coverage(path="app/slow.py", status="added", language="python", disposition=FAILED, reason="deadline"),
    ]
    return report(
        *found,
        complete=False,
        engine="claude",
        coverage=tuple(covered),
        set_aside=(
            SetAside(
                path="app/db.py",
                source=Source.CLAUDE,
                reason="refuted: app/web.py:4 escapes it",
                title="XSS in name",
                finding=finding(fingerprint="9" * 16, title="XSS in name", source=Source.CLAUDE),
            ),
            SetAside(path="app/x.py", source=Source.CLAUDE, reason="quoted code not found", title="Leak"),
            SetAside(path="app/y.py", source=Source.CLAUDE, reason="quoted code not found"),
        ),
        addressed=("a" * 16,),
        notes=("base: merge base with origin/main", "3 uncommitted files left out"),
        tools_withheld=("Bash", "WebFetch"),
        hunks=("abc", "def"),
        depends="rules 0123",
        usage=Usage(
            model="claude-sonnet-5-5",
            calls=9,
            input_tokens=41_200,
            cache_read_tokens=120_000,
            output_tokens=5_300,
            cost_usd=0.4213,
            seconds=73.4,
        ),
    )
