"""Progress of a run, counted in files: a file is done when the last of its passes is."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

from backline.progress import Progress
from backline.reviewer.finder import Done
from backline.reviewer.tasks import Task


class FileProgress:
    def __init__(self, progress: Progress, tasks: Sequence[Task], passes: int) -> None:
        self._progress, self._lock = progress, threading.Lock()
        self._open = Counter({path: 0 for task in tasks for path in task.paths})
        for task in tasks:
            self._open.update(dict.fromkeys(task.paths, passes))
        self._found, self._cost = 0, 0.0
        if self._open:
            progress("agent", 0, len(self._open))

    def add(self, task: Task, done: Done) -> None:
        with self._lock:
            self._open.subtract(task.paths)
            self._found += len(done.candidates)
            self._cost += done.usage.cost_usd
            finished = sum(count == 0 for count in self._open.values())
            self._progress("agent", finished, len(self._open), f"{self._found} found, ${self._cost:.2f}")
