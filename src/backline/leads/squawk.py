"""squawk: PostgreSQL migrations. Its lines are 0-based."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from backline.finding import Category, Confidence, Severity
from backline.leads.linter import Advice, Answer, Copy, Hit, Linter

_SYNTAX, _UNIQUE, _NOT_VALID = "syntax-error", "disallowed-unique-constraint", "constraint-missing-not-valid"
_IGNORE = re.compile("squawk-ignore", re.I)


def _place(number: int, path: str) -> str:
    return f"{number}.sql"


def _prepare(text: str) -> str:
    """squawk has no option against its ignore comments."""
    return _IGNORE.sub("squawk_ignore", text)


def _arguments(names: Sequence[str]) -> list[str]:
    # A table that the file itself creates is empty: with one transaction assumed, squawk knows that.
    return ["--config=squawk.toml", "--reporter=json", "--assume-in-transaction", *names]


def _read(stdout: bytes, stderr: bytes, copies: Mapping[str, Copy]) -> Answer:
    """A file with a syntax error, most likely of another dialect, is not judged any further."""
    rows = json.loads(stdout)
    unread = {row["file"] for row in rows if row["rule_name"] == _SYNTAX}
    unique = {(row["file"], row["line"]) for row in rows if row["rule_name"] == _UNIQUE}
    hits = [
        Hit(row["file"], row["rule_name"], row["line"] + 1, row["line_end"] + 1)
        for row in rows
        # PostgreSQL has no NOT VALID for unique constraints.
        if row["rule_name"] != _NOT_VALID or (row["file"], row["line"]) not in unique
    ]
    return Answer(hits, len(unread))


def _lock(title: str, body: str, severity: Severity = Severity.MEDIUM) -> Advice:
    return Advice(
        severity=severity, confidence=Confidence.MEDIUM, category=Category.PERFORMANCE, cwe="CWE-1067",
        title=title, body=body,
    )  # fmt: skip


def _breaks(severity: Severity, title: str, body: str) -> Advice:
    return Advice(
        severity=severity, confidence=Confidence.HIGH, category=Category.RELIABILITY, cwe=None, title=title, body=body
    )


ADVICE = {
    "require-concurrent-index-creation": _lock(
        "The index is built under a lock",
        "Without `CONCURRENTLY` every write to the table waits until the index is complete. On a large table that is"
        " minutes of failed requests during the deployment. Use `CREATE INDEX CONCURRENTLY` outside a transaction.",
    ),
    "require-concurrent-index-deletion": _lock(
        "The index is dropped under a full lock",
        "`DROP INDEX` waits for every running query on the table and makes all later ones wait behind it. One long"
        " report is enough to stop the table for its duration. Use `DROP INDEX CONCURRENTLY` outside a transaction.",
    ),
    "require-concurrent-reindex": _lock(
        "The index is rebuilt under a lock",
        "`REINDEX` keeps writes, and reads that need the index, waiting until it is done. On a large table that is an"
        " outage of minutes. Use `REINDEX … CONCURRENTLY` outside a transaction.",
    ),
    "adding-foreign-key-constraint": _lock(
        "The new foreign key is checked under a lock",
        "Every row is checked while writes to both tables wait. On a large table that stops all requests that write"
        " to either. Add the constraint `NOT VALID` and validate it in a later migration.",
    ),
    "constraint-missing-not-valid": _lock(
        "The new constraint is checked under a lock",
        "Adding it reads the whole table while a lock keeps writes waiting. On a large table requests fail meanwhile."
        " Add the constraint `NOT VALID` and validate it in a later migration.",
    ),
    "disallowed-unique-constraint": _lock(
        "The unique constraint builds its index under a full lock",
        "The index behind the constraint is built while nobody can read or write the table. On a large table that is"
        " minutes. Build it with `CREATE UNIQUE INDEX CONCURRENTLY`, then add the constraint `USING INDEX`.",
    ),
    "adding-serial-primary-key-field": _lock(
        "The new primary key rewrites the table under a full lock",
        "Every row gets a number and an index is built while nobody can read or write the table. The outage lasts as"
        " long as the copy. Add a nullable column, fill it in batches, and build the key from a concurrent index.",
        Severity.HIGH,
    ),
    "adding-not-nullable-field": _lock(
        "NOT NULL is checked under a full lock",
        "Setting NOT NULL reads the whole table while nobody can use it. On a large table requests fail meanwhile."
        " Validate a `CHECK (… IS NOT NULL) NOT VALID` first, then set NOT NULL.",
    ),
    "changing-column-type": _lock(
        "The column's new type can rewrite the table",
        "Most changes of type copy the table and its indexes while nobody can read or write it. Running releases may"
        " also not know the new type. Add a new column, fill it in batches, and switch over.",
    ),
    "ban-alter-domain-with-add-constraint": _lock(
        "A constraint on a domain reads every table that uses it",
        "All columns of this domain are checked at once, each table under a lock. There is no way to do it in parts."
        " Add the constraint `NOT VALID` and validate it later, or put it on the tables.",
    ),
    "ban-drop-database": _breaks(
        Severity.HIGH,
        "The migration drops a database",
        "Everything in it is gone when this runs, and no rollback brings it back. A wrong target is enough to lose"
        " production. Drop databases by hand, after a backup.",
    ),
    "ban-truncate-cascade": _breaks(
        Severity.HIGH,
        "`TRUNCATE … CASCADE` also empties other tables",
        "Every table that refers to this one, directly or not, is emptied with it. Tables that are added later join"
        " them unseen. Name each table that is meant.",
    ),
    "ban-uncommitted-transaction": _breaks(
        Severity.MEDIUM,
        "The transaction is never committed",
        "The file opens a transaction and does not end it. Its changes are rolled back when the connection closes."
        " Add `COMMIT`.",
    ),
}  # fmt: skip

LINTER = Linter(
    name="squawk", place=_place, arguments=_arguments, fine=frozenset({0, 1}), read=_read, advice=ADVICE,
    prepare=_prepare, files={"squawk.toml": ""}, most=3,
)  # fmt: skip
