"""The three steps of the action, run in this process against a GitHub on a socket."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from github_server import GitHub

from backline import collecting, once, pipeline, publishing
from backline.finding import Side
from backline.intake import collected
from backline.intake.tree import Trees
from backline.output.saved import to_json
from backline.report import Report
from backline.settings import Settings, make


class Run:
    """One job. ``all()`` is collect, review by rules, publish; its exit code."""

    def __init__(self, server: GitHub, folder: Path, **environ: str) -> None:
        self.folder = folder / f"run{len(list(folder.glob('run*')))}"
        self.folder.mkdir()
        self.event = self.folder / "event.json"
        self.change = self.folder / "change"
        self.report_file = self.folder / "report.json"
        self.summary = self.folder / "summary.md"
        self.output = self.folder / "output"
        self.slept: list[float] = []
        self.environ = {
            **server.environ,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(self.event),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_ACTIONS": "true",
            **environ,
        }
        self.event.write_text(json.dumps(server.event()))

    def collect(self) -> int:
        return collecting.collect(self.change, make({}, self.environ, {}), self.environ, self.slept.append)

    def review(self, settings: Settings | None = None) -> Report | None:
        made = collected.load(self.change)
        if made.nothing:
            return None
        with collected.repository(self.change, made) as objects:
            change = collected.change(objects, made)
            report = pipeline.review(
                change, settings or make({}, self.environ, {}), clock=lambda: 0.0, today=datetime.date(2026, 1, 1)
            )
            used = settings or make({}, self.environ, {})
            self.fresh = once.fresh(change, made, used, once.depends(used, "rules", ()))
            report = once.settled(report, change, self.fresh, made, Trees(objects, change).paths(Side.RIGHT))
        self.report_file.write_text(to_json(report))
        return report

    def publish(self, **flags: Any) -> int:
        given = {name: [str(value)] for name, value in flags.items()}
        return publishing.publish(
            str(self.report_file), {"change": [str(self.change)], **given}, self.environ, self.slept.append
        )

    def all(self) -> int:
        return self.collect() or (self.review() and 0) or self.publish()
