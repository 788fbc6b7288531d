"""A small runner for a composite action: its `run` blocks in bash, expressions of the kinds that action.yml uses."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
_EXPRESSION = re.compile(r"\$\{\{ ([a-z-]+(?:\.[a-z-]+)*) \}\}")


def action() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    return found


class Job:
    """One job that runs the action. ``skip``: step ids that are not run, with the outputs they would have."""

    def __init__(
        self, folder: Path, workspace: Path, environ: dict[str, str], inputs: dict[str, str], token: str
    ) -> None:
        self.folder, self.workspace, self.environ, self.inputs, self.token = folder, workspace, environ, inputs, token
        self.outputs: dict[str, dict[str, str]] = {}
        self.codes: dict[str, int] = {}
        self.log = ""
        self.summary = folder / "step_summary"
        self.summary.touch()

    def run(self, skip: dict[str, dict[str, str]]) -> int:
        """The job's exit code: the first step's that failed."""
        for step in action()["runs"]["steps"]:
            if step["id"] in skip:
                self.outputs[step["id"]] = skip[step["id"]]
            elif not any(self.codes.values()) or "always()" in step.get("if", ""):
                self._step(step)
        return next((code for code in self.codes.values() if code), 0)

    def _step(self, step: dict[str, Any]) -> None:
        output = self.folder / f"output-{step['id']}"
        output.touch()
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "GITHUB_ACTIONS": "true", "CI": "true",
            "GITHUB_ACTION_PATH": str(ROOT), "RUNNER_TEMP": str(self.folder), "GITHUB_WORKSPACE": str(self.workspace),
            **self.environ, "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.summary),
            **{name: self._filled(str(value)) for name, value in step.get("env", {}).items()},
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.workspace, env=env,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        self.codes[step["id"]] = done.returncode
        self.log += done.stdout + done.stderr
        self.outputs[step["id"]] = _outputs(output.read_text())

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, name: str) -> str:
        kind, _, rest = name.partition(".")
        if kind == "inputs":
            default = str(action()["inputs"][rest].get("default", ""))
            return self.inputs.get(rest, self._filled(default))
        if name == "github.token":
            return self.token
        step, _, output = rest.partition(".outputs.")
        return self.outputs.get(step, {}).get(output, "")


def _outputs(text: str) -> dict[str, str]:
    """As the runner reads GITHUB_OUTPUT: ``k=v``, or ``k<<DELIMITER`` up to that line."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        name, separator, value = re.match(r"([^=<]*)(=|<<|$)(.*)", line, re.S).groups()  # type: ignore[union-attr]
        if separator == "<<":
            taken: list[str] = []
            while (row := next(lines)) != value:
                taken.append(row)
            found[name] = "\n".join(taken)
        elif separator:
            found[name] = value
    return found
