"""Which CWE entries name one weakness: reviewers name the same defect by its cause, its effect or its parent."""

from __future__ import annotations

FAMILIES = (
    # Who may do it: authentication missing or bypassed, authorisation missing, another's object by its key.
    "284 285 287 288 290 302 306 425 566 639 668 732 862 863 915",
    # Text of others becomes code: SQL, HQL, NoSQL, commands, LDAP, XPath, templates, eval.
    "74 77 78 88 89 90 91 94 95 96 564 643 917 943 1336",
    "22 23 24 35 36 59 73 377 434",
    "79 80 83 87 116",
    "918 441 610",
    "502 1321 913",
    "611 776 827",
    # Secrets: in code, in logs, in messages, sent in the clear.
    "200 201 209 215 256 257 259 312 319 321 359 497 522 532 538 540 548 798",
    "295 297 299 322 325 326 327 328 330 331 335 337 338 347 759 760 916",
    "203 208 385",
    "352 346 942 1275 614 1004",
    "601",
    # Two at once, and what is done twice.
    "362 364 366 367 421 662 663 667 691 820 821 837 841 567",
    # More than there is room or time for; also what is never given back.
    "400 401 404 405 407 409 459 606 674 770 771 772 774 775 789 799 834 835 1049 1050 1067 1072 1073 1084 1088 1333",
    "252 253 390 391 392 396 397 544 636 703 754 755",
)
_FAMILY = {number: place for place, row in enumerate(FAMILIES) for number in row.split()}


def family(cwe: str | None) -> str | None:
    """A name for the weakness that *cwe* is one of; its own where no family holds it; None for None."""
    if cwe is None:
        return None
    number = cwe.removeprefix("CWE-")
    return f"family {_FAMILY[number]}" if number in _FAMILY else cwe
