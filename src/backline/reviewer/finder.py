"""One agent on one task: a conversation, asked again when it stopped early, halved or given to another model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backline.errors import FileProblem
from backline.reviewer import prompt
from backline.reviewer.agent import Agent
from backline.reviewer.budget import Budget, fallback
from backline.reviewer.conversation import Conversation, Setting
from backline.reviewer.lookup import Files
from backline.reviewer.material import Material
from backline.reviewer.model import Failed, Model, Usage
from backline.reviewer.parallel import Began
from backline.reviewer.reply import SCHEMA, Candidate, Read, Rejected, read
from backline.reviewer.tasks import Task, halves
from backline.reviewer.tools import Toolbox

FEW = 2
"""With no more than this, or than one for each file, the first answer is asked again: reviews stop at what they find
first, and the second turn reads nearly all of its input from the cache."""
THOROUGH = 2
"""Turns of look-ups after which a review that found nothing is believed: one is a glance."""
TOO_MUCH = ("truncated", "too large")


@dataclass(frozen=True, slots=True)
class Pass:
    """One way to go through a task."""

    focus: str
    again: bool = True
    """Ask again after few findings."""
    needed: bool = True
    """A file without this pass is not reviewed; a repeated sample only adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one pass over one task gave."""

    candidates: tuple[Candidate, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    failures: Mapping[str, Failed] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    answered: bool = False
    """The model gave at least one answer."""

    def __add__(self, other: Done) -> Done:
        return Done(
            candidates=self.candidates + other.candidates,
            rejected=self.rejected + other.rejected,
            failures={**self.failures, **other.failures},
            notes=self.notes + other.notes,
            usage=self.usage + other.usage,
            answered=self.answered or other.answered,
        )


@dataclass(frozen=True, kw_only=True)
class Finder:
    agent: Agent
    model: Model
    budget: Budget
    files: Files
    material: Material
    paths: Mapping[str, str]
    """Changed paths as shown → the real ones."""

    def review(self, task: Task, pass_: Pass, began: Began) -> Done:
        return self._attempt(task, pass_, self.agent.model or self.budget.options.model, began)

    def _attempt(self, task: Task, pass_: Pass, name: str, began: Began) -> Done:
        failed, done = self._converse(task, pass_, name, began)
        if failed is None:
            return done
        if smaller := _smaller(task, failed):
            return sum((self._attempt(half, pass_, name, began) for half in smaller), done)
        if failed.reason == "refused" and (other := fallback(self.budget.options, name)):
            note = f"{name} refused part of this change; {other} was asked"
            return done + Done(notes=(note,)) + self._attempt(task, pass_, other, began)
        why = failed.request_error or (failed.detail and f"{failed.reason}: {failed.detail}")
        notes = (f"{self.agent.name}: {why}",) if why else ()
        return done + Done(failures=dict.fromkeys(task.paths, failed), notes=notes)

    def _converse(self, task: Task, pass_: Pass, name: str, began: Began) -> tuple[Failed | None, Done]:
        if ended := self.budget.ended():
            return Failed(reason=ended), Done()
        try:
            opening = self.material.opening(self.material.text(task), prompt.FOCUS[pass_.focus])
        except FileProblem as error:
            return Failed(reason=str(error)), Done()
        toolbox = Toolbox(self.files, self.agent.tools, self.budget.clock)
        talk = Conversation(self._setting(name), toolbox, opening, self.material.framed, began)
        first = talk.answer(self._read)
        if isinstance(first, Failed):
            return first, Done(usage=talk.usage)
        done = Done(candidates=first.candidates, rejected=first.rejected, answered=True)
        few = max(FEW, len(task.paths))
        if pass_.again and len(first.candidates) <= few and (first.candidates or talk.looks < THOROUGH):
            done += self._again(talk, first, pass_.focus)
        return None, replace(done, usage=talk.usage)

    def _again(self, talk: Conversation, first: Read, focus: str) -> Done:
        """A second answer only adds: the file is reviewed by the first, whatever becomes of this one."""
        talk.say(prompt.AGAIN_SOME if first.candidates else prompt.AGAIN_NONE[focus])
        more = talk.answer(self._read)
        if isinstance(more, Failed):
            return Done(notes=(f"{self.agent.name}: asked again without an answer: {more.reason}",))
        return Done(candidates=more.candidates, rejected=more.rejected)

    def _read(self, text: str) -> Read:
        return read(text, self.paths, self.agent.name)

    def _setting(self, name: str) -> Setting:
        return Setting(
            model=self.model, budget=self.budget, name=name, effort=self.budget.options.effort,
            system=prompt.system_text(self.agent), schema=SCHEMA,
        )  # fmt: skip


def _smaller(task: Task, failed: Failed) -> tuple[Task, ...]:
    """A refusal is narrowed down to the file; too much text also to its hunks."""
    if failed.reason in TOO_MUCH or (failed.reason == "refused" and len(task.parts) > 1):
        return halves(task)
    return ()
