"""Hostile conversations by seed: what a model, or a service in its name, may answer at its worst, mixed at random."""

from __future__ import annotations

import json
import random
from typing import Any

from model_server import NOTHING, Fault, is_second_look, stopped, text, use

PATHS = ["app/orders.py", "app/db.py", "app/web/view.py", "tests/test_orders.py"]
WORDS = [
    "high",
    "low",
    "critical",
    "HIGH",
    "",
    None,
    7,
    "security",
    "performance",
    "reliability",
    "style",
    "problem",
    "question",
]
ODD = [
    "",
    " ",
    "\0",
    "\ud800",
    "x" * 5_000,
    "```",
    "<<<",
    "@everyone",
    "::error::x",
    "CWE-89",
    "../../etc/passwd",
    None,
    0,
    True,
]
ODD += [[], {}, -1, 10**30, 1.5]


def _finding(rng: random.Random) -> Any:
    row: dict[str, Any] = {
        "path": rng.choice(PATHS), "quote": rng.choice(["x = 1", "return order", "nowhere"]), "line": rng.randint(1, 9),
        "severity": rng.choice(["critical", "high", "medium", "low"]),
        "confidence": rng.choice(["high", "medium", "low"]),
        "category": rng.choice(["security", "performance", "reliability"]), "cwe": rng.choice([None, "CWE-89"]),
        "kind": rng.choice(["problem", "question"]), "title": f"title {rng.randint(1, 50)}", "body": "body",
        "evidence": [{"path": "app/db.py", "line": 1}], "suggestion": rng.choice([None, "y = 2"]),
    }  # fmt: skip
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        row[rng.choice([*row, "rule", "event"])] = rng.choice(ODD + WORDS)
    if rng.random() < 0.1:
        del row[rng.choice(list(row))]
    return rng.choice([row] * 9 + [rng.choice(ODD)])


def _verdict(rng: random.Random) -> Any:
    return {
        "id": rng.choice(["1", "2", "3", "9", 1, None]),
        "verdict": rng.choice(["confirmed", "refuted", "unsure", "maybe"]),
        "reason": rng.choice(["because", "", None]), "path": rng.choice([*PATHS, None, "../x"]),
        "line": rng.choice([1, 2, 0, None, 10**9, True]),
    }  # fmt: skip


def _json(rng: random.Random, body: dict[str, Any]) -> str:
    key, make = ("verdicts", _verdict) if is_second_look(body) else ("findings", _finding)
    whole = json.dumps({key: [make(rng) for _ in range(rng.choice([0, 1, 2, 3, 8]))]})
    at = rng.randrange(len(whole) + 1)
    broken = [
        whole[:at], whole + whole, f"```json\n{whole}\n```", "\ufeff" + whole,
        whole[:at] + rng.choice('{}[]",\0') + whole[at:],
        whole.replace("[", "[" * 2_000, 1), "null", "[]", "", whole[:-1] + ', "event": "APPROVE"}', "I could not look.",
    ]  # fmt: skip
    return whole if rng.random() < 0.6 else rng.choice(broken)


def _call(rng: random.Random, n: int) -> dict[str, Any]:
    name = rng.choice(["Read", "Grep", "Glob", "LS"] * 4 + ["Bash", "read", "", None, 7])
    value: Any = {
        rng.choice(["path", "pattern"]): rng.choice([*PATHS, "", "(a+)+$", "**/*", "../../etc/passwd", *ODD])
        for _ in range(rng.choice([0, 1, 1, 2]))
    }
    if rng.random() < 0.1:
        value = rng.choice(ODD)
    return use(name, value, rng.choice([f"t{n}_{rng.randint(0, 5)}"] * 9 + ["", "a b", None, "same"]))


def _blocks(rng: random.Random, body: dict[str, Any], n: int) -> list[Any]:
    made = [text(_json(rng, body))]
    if rng.random() < 0.3:
        made.insert(0, {"type": "thinking", "thinking": "…", "signature": "s"})
    if rng.random() < 0.2:
        made.insert(
            0,
            rng.choice([{"type": "hologram"}, text("prose"), text(""), {"type": "text"}, {"type": "text", "text": 7}]),
        )
    return made


def hostile(seed: int, fault_rate: float = 0.15) -> Any:
    """An answer function for `ModelServer`. The answer to a request hangs on the seed and its number alone."""

    def answer(body: dict[str, Any], n: int) -> Any:
        rng = random.Random(f"{seed}:{n}")
        if rng.random() < fault_rate:
            return fault(rng)
        if rng.random() < 0.35:
            if rng.random() < 0.1:
                return stopped("pause_turn", *_blocks(rng, body, n))
            reason = rng.choice(["tool_use"] * 8 + ["end_turn", "pause_turn"])
            return stopped(reason, *[_call(rng, n) for _ in range(rng.choice([0, 1, 1, 2, 3, 30]))])
        reasons = ["end_turn"] * 12 + [
            "max_tokens",
            "refusal",
            "stop_sequence",
            "model_context_window_exceeded",
            "",
            "odd",
        ]
        return stopped(rng.choice(reasons), *_blocks(rng, body, n))

    return answer


def fault(rng: random.Random) -> Fault:
    after = rng.choice([{}, {}, {"retry-after": "0.2"}, {"retry-after": "3600"}, {"retry-after": "soon"}])
    return rng.choice([
        Fault(429, "rate_limit_error", headers=after), Fault(529, "overloaded_error", headers=after),
        Fault(500), Fault(503), Fault(504, body=b"gateway"), Fault(200, body=b"<html>"), Fault(200, body=b""),
        Fault(cut=True, body=b'{"content": [{"type": "text", "text": "{'),
        Fault(400, "invalid_request_error"), Fault(413, "request_too_large"),
    ])  # fmt: skip


def failing(seed: int, rate: float, answer: Any) -> Any:
    """*answer*, but every request fails with probability *rate* in a way that another try may mend."""

    def serve(body: dict[str, Any], n: int) -> Any:
        rng = random.Random(f"{seed}:{n}")
        if rng.random() >= rate:
            return answer(body, n)
        cut = Fault(cut=True, body=b"{")
        truncated = stopped("max_tokens", text(NOTHING[:12]))
        faults = [
            Fault(429, "rate_limit_error", headers={"retry-after": "1"}),
            Fault(500),
            Fault(529, "overloaded_error"),
        ]
        return rng.choice([*faults, cut, Fault(200, body=b"<html>"), truncated, text("no json")["text"]])

    return serve
