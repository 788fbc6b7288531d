"""One conversation with the model: requests, tools, one repair, and an ending that has a name.

Our own loop, because every tool_use id must be answered once, every request must be reserved, and no stop reason may
read as "nothing found".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from backline.reviewer.budget import Budget
from backline.reviewer.model import Block, Failed, Model, Reply, Usage
from backline.reviewer.reply import Malformed
from backline.reviewer.sending import send
from backline.reviewer.tools import Toolbox

MOST_ROUNDS = 12
"""Requests for one answer; in the last one tools cannot be called."""
MAX_TOKENS = 16_000
"""Thinking is part of it. The SDK wants streaming above 21,333."""

ANSWER_NOW = "No more tool calls are possible. Give your answer now, from what you have seen."
REPAIR = "Your answer could not be read: {why}. Send it again as one JSON object of the required form, nothing else."

_MARK = {"type": "ephemeral"}
_TRUNCATED = ("max_tokens", "model_context_window_exceeded")
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all conversations of one agent share: the prefix that the cache holds."""

    model: Model
    budget: Budget
    name: str
    """The model's id."""
    effort: str
    system: str
    schema: dict[str, Any]


class Conversation:
    """Not shared between threads. ``framed`` puts delimiters around untrusted text; ``began`` hears of every reply."""

    def __init__(
        self,
        setting: Setting,
        toolbox: Toolbox,
        opening: Sequence[Block],
        framed: Callable[[str], str],
        began: Callable[[], None],
    ) -> None:
        self._setting, self._toolbox, self._framed, self._began = setting, toolbox, framed, began
        self._messages: list[Block] = [{"role": "user", "content": list(opening)}]
        self._last: tuple[Block, ...] = ()
        self.usage = Usage()

    @property
    def looks(self) -> int:
        """How many of its turns called tools."""
        blocks = (m["content"] for m in self._messages if m["role"] == "assistant" and isinstance(m["content"], list))
        return sum(any(block.get("type") == "tool_use" for block in content) for content in blocks)

    def answer(self, read: Callable[[str], T]) -> T | Failed:
        """What *read* makes of the final text. *read* raises Malformed; the model may repair that once."""
        repaired = False
        for round_ in range(MOST_ROUNDS):
            last = round_ == MOST_ROUNDS - 1 or self._toolbox.spent
            reply = self._send(last)
            if isinstance(reply, Failed):
                return reply
            if (ended := self._ended(reply, last)) is not None:
                return ended
            if reply.stop_reason in ("tool_use", "pause_turn"):
                continue
            try:
                return read(_final_text(reply.content))
            except Malformed as error:
                if repaired:
                    return Failed(reason="malformed", detail=f"twice: {error}")
                repaired = True
                self.say(REPAIR.format(why=error))
        return Failed(reason="malformed", detail=f"no answer in {MOST_ROUNDS} requests")

    def say(self, text: str) -> None:
        """The next words of ours, behind the model's last answer."""
        said = _replayed(self._last, tools=False) or [{"type": "text", "text": "(no answer)"}]
        self._said(said, {"type": "text", "text": text})

    def _send(self, last: bool) -> Reply | Failed:
        sent = send(self._body(last), self._setting.model, self._setting.budget)
        self.usage += sent.usage
        self._began()
        if isinstance(sent.answer, Reply):
            self._last = sent.answer.content
        return sent.answer

    def _body(self, last: bool) -> dict[str, Any]:
        setting = self._setting
        body: dict[str, Any] = {
            "model": setting.name,
            "max_tokens": MAX_TOKENS,
            "system": [{"type": "text", "text": setting.system, "cache_control": _MARK}],
            "messages": _marked(self._messages),
            "output_config": {"format": {"type": "json_schema", "schema": setting.schema}},
        }
        if "-4-" not in setting.name:  # the models before 5 do not all know it
            body["output_config"]["effort"] = setting.effort
        if self._toolbox.definitions:
            body["tools"] = self._toolbox.definitions
            if last:
                body["tool_choice"] = {"type": "none"}
        return body

    def _ended(self, reply: Reply, last: bool) -> Failed | None:
        """The failure that the stop reason is; None when the conversation goes on or has its answer."""
        match reply.stop_reason:
            case "end_turn" | "stop_sequence":
                return None
            case "tool_use":
                return self._use_tools(reply.content, last)
            case "pause_turn":
                return self._resume(reply.content, last)
            case "refusal":
                return Failed(reason="refused")
            case reason if reason in _TRUNCATED:
                return Failed(reason="truncated", detail=reason)
            case _:
                return Failed(reason="malformed", detail="an unknown stop reason")

    def _use_tools(self, content: Sequence[Block], last: bool) -> Failed | None:
        said = _replayed(content, tools=True)
        uses = [block for block in said if block["type"] == "tool_use"]
        if not uses or last:
            return Failed(reason="malformed", detail="it asked for tools where there are none")
        results = [self._result(block, order) for order, block in enumerate(uses)]
        if self._toolbox.misused:
            return Failed(reason="malformed", detail="it kept asking for tools that it does not have")
        if self._toolbox.spent:
            results.append({"type": "text", "text": ANSWER_NOW})
        self._said(said, *results)
        return None

    def _resume(self, content: Sequence[Block], last: bool) -> Failed | None:
        """A long turn is continued by sending it back; tools that it asked for are answered first."""
        said = _replayed(content, tools=True)
        if any(block["type"] == "tool_use" for block in said):
            return self._use_tools(content, last)
        if not said:
            return Failed(reason="malformed", detail="a pause without content")
        self._said(said)
        return None

    def _said(self, said: list[Block], *ours: Block) -> None:
        """The model's words, joined to those of a turn that was paused, and then ours."""
        if self._messages[-1]["role"] == "assistant":
            said = [*self._messages.pop()["content"], *said]
        self._messages.append({"role": "assistant", "content": said})
        if ours:
            self._messages.append(_user(*ours))

    def _result(self, block: Block, order: int) -> Block:
        result = self._toolbox.run(block.get("name"), block.get("input"), order)
        text = result.text if result.is_error else self._framed(result.text)
        return {"type": "tool_result", "tool_use_id": block["id"], "content": text, "is_error": result.is_error}


def _user(*blocks: Block) -> Block:
    return {"role": "user", "content": list(blocks)}


def _marked(messages: Sequence[Block]) -> list[Block]:
    """A cache mark on the newest message once there is more than the opening, which brings its own."""
    if len(messages) == 1 or messages[-1]["role"] != "user":
        return list(messages)
    *before, last = messages[-1]["content"]
    return [*messages[:-1], _user(*before, {**last, "cache_control": _MARK})]


def _final_text(content: Iterable[Block]) -> str:
    """The last text block: what comes before it is prose between tool calls."""
    texts = [block["text"] for block in content if block["type"] == "text" and isinstance(block.get("text"), str)]
    return texts[-1] if texts else ""


def _replayed(content: Iterable[Block], *, tools: bool) -> list[Block]:
    """What the service takes back: thinking unchanged, text that is not empty, each tool_use id once."""
    kept: list[Block] = []
    ids: set[str] = set()
    for block in content:
        match block["type"]:
            case "thinking" | "redacted_thinking":
                kept.append(block)
            case "text" if isinstance(block.get("text"), str) and block["text"].strip():
                kept.append({"type": "text", "text": block["text"]})
            case "tool_use" if tools and isinstance(block.get("id"), str) and _ID.fullmatch(block["id"]):
                if block["id"] not in ids:
                    ids.add(block["id"])
                    kept.append(_tool_use(block))
    return [_sendable(block) for block in kept]


def _sendable(block: Block) -> Block:
    """Without lone surrogates, which JSON can say and UTF-8 cannot."""
    made: Block = json.loads(json.dumps(block, ensure_ascii=False).encode("utf-8", "replace"))
    return made


def _tool_use(block: Block) -> Block:
    name, value = block.get("name"), block.get("input")
    return {
        "type": "tool_use",
        "id": block["id"],
        "name": name if isinstance(name, str) and _ID.fullmatch(name) else "unknown",
        "input": value if isinstance(value, dict) else {},
    }
