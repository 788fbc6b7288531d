"""What the conversations of a run begin with, byte for byte the same: the cache holds it after the first of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backline.finding import Finding
from backline.reviewer import prompt
from backline.reviewer.model import Block
from backline.reviewer.tasks import Task, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    mark: str
    """128 random bits in the delimiters around untrusted text."""
    preamble: str
    tasks: tuple[Task, ...]
    text: Callable[[Task], str]
    """What a task shows, without delimiters. FileProblem where a file cannot be shown."""

    def framed(self, text: str) -> str:
        return prompt.framer(self.mark)(text)

    def opening(self, code: str, request: str) -> list[Block]:
        return prompt.opening(self.preamble, self.framed(code), request)

    def task_of(self, finding: Finding) -> Task | None:
        """The task that shows the finding's lines."""
        at = (finding.side, finding.start_line, finding.line)
        return next((task for task in self.tasks if any(holds(p, finding.path, at) for p in task.parts)), None)
