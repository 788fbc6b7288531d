"""action.yml, the options, the workflows and the documentation say the same; the action runs as the runner runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from composite import ROOT, Job, action
from github_server import GitHub
from repo import branched
from reports import report
from running import Run
from test_publish import AFTER, BEFORE

from backline.options import OPTIONS
from backline.output.workflow import outputs
from backline.settings import INPUT_PREFIX

STEPS = {step["id"]: step for step in action()["runs"]["steps"]}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PAGES = [(ROOT / name).read_text() for name in ("README.md", "docs/action.md")]
EXAMPLES = [text for page in PAGES for text in re.findall(r"```yaml\n(.*?)```", page, re.S) if "uses:" in text]
REVIEWS = [*EXAMPLES, (ROOT / ".github/workflows/review.yml").read_text()]
OWN = {"anthropic-api-key", "github-token"}
WHAT = {"pull-request", "base", "head"}


def variable(name: str) -> str:
    return INPUT_PREFIX + name.upper().replace("-", "_")


def test_the_inputs_are_the_options_and_the_two_credentials() -> None:
    assert set(action()["inputs"]) == OWN | {option.input for option in OPTIONS if option.input}


def test_every_input_reaches_the_steps_that_read_it_and_by_no_other_name() -> None:
    inputs = set(action()["inputs"]) - OWN
    wanted = {
        "collect": WHAT | {"agents", "config"},
        "review": inputs - WHAT,
        "publish": {"config", "fail-on", "on-incomplete", "max-comments"},
    }
    for step, names in wanted.items():
        given = {k: v for k, v in STEPS[step]["env"].items() if k.startswith(INPUT_PREFIX) and k != "BACKLINE_HOME"}
        assert given == {variable(name): f"${{{{ inputs.{name} }}}}" for name in names}


def test_no_step_has_both_credentials() -> None:
    key, token = "${{ inputs.anthropic-api-key }}", "${{ inputs.github-token }}"
    found = {
        name: (step.get("env", {}).get("ANTHROPIC_API_KEY"), step.get("env", {}).get("GITHUB_TOKEN"))
        for name, step in STEPS.items()
    }
    assert found == {"install": (None, None), "collect": ("", token), "review": (key, ""), "publish": ("", token)}


def test_the_outputs_are_those_that_publish_writes() -> None:
    declared = {name: row["value"] for name, row in action()["outputs"].items()}
    assert declared == {name: f"${{{{ steps.publish.outputs.{name} }}}}" for name in outputs(report())}


def test_every_word_of_the_door_is_described() -> None:
    for group in ("inputs", "outputs"):
        for name, row in action()[group].items():
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
            assert 10 < len(row["description"]) <= 140, name


def test_a_default_in_words_is_the_default_in_code() -> None:
    from backline.settings import Settings

    for option in OPTIONS:
        if option.input and (
            found := re.search(r"Default ([^\s,;:]+[^\s,;:.])", action()["inputs"][option.input]["description"])
        ):
            value = getattr(Settings(), option.field)
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert float(found[1]) == value, option.input
            else:
                assert found[1] in (str(value).lower(), ".github/backline.yml", "by", "warn"), option.input


def scripts() -> list[tuple[str, str]]:
    found = [(f"action {name}", step["run"]) for name, step in STEPS.items()]
    for name, text in [
        *((p.name, p.read_text()) for p in WORKFLOWS),
        *((f"example {n}", t) for n, t in enumerate(EXAMPLES)),
    ]:
        jobs: dict[str, Any] = yaml.safe_load(text)["jobs"]
        found += [(f"{name} {job}", step["run"]) for job, row in jobs.items() for step in row["steps"] if "run" in step]
    return found


@pytest.mark.parametrize(("name", "script"), scripts(), ids=lambda value: value if len(value) < 40 else "")
def test_no_expression_stands_inside_a_script(name: str, script: str) -> None:
    assert "${{" not in script
    assert "pip install" not in script or ("--require-hashes" in script and "--only-binary :all:" in script)


@pytest.mark.parametrize("text", [*(p.read_text() for p in WORKFLOWS), *EXAMPLES, (ROOT / "action.yml").read_text()])
def test_everything_used_is_pinned_and_nothing_is_cached(text: str) -> None:
    for used in re.findall(r"uses: (\S+)(.*)", text):
        assert used[0] == "./" or (re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used[0]) and re.match(r" # v\d", used[1])), (
            used
        )
    assert "cache" not in text.replace("pycache", "")
    assert "permissions: {}" in text or "runs:" in text


def test_the_action_uses_no_other_action() -> None:
    assert all("uses" not in step and step["shell"] == "bash" for step in STEPS.values())
    assert STEPS["publish"]["if"] == "always() && steps.install.outputs.home != ''"


def test_the_examples_give_only_inputs_that_there_are() -> None:
    for text in [*EXAMPLES, *(p.read_text() for p in WORKFLOWS)]:
        for job in yaml.safe_load(text)["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith(("OWNER/backline@", "./")):
                    assert set(step.get("with", {})) <= set(action()["inputs"])


@pytest.mark.parametrize("text", REVIEWS)
def test_workflows_side_by_side_know_each_others_comments(text: str) -> None:
    workflow = yaml.safe_load(text)
    assert (workflow["name"], list(workflow["jobs"])) == ("review", ["backline"])


@pytest.mark.parametrize("text", REVIEWS)
def test_a_draft_made_ready_is_reviewed_as_a_push_is(text: str) -> None:
    events = yaml.safe_load(text)[True]
    if "pull_request" in events:
        assert events["pull_request"] == {"types": ["opened", "synchronize", "reopened", "ready_for_review"]}


@pytest.mark.parametrize("text", REVIEWS)
def test_one_run_of_a_pull_request_posts_at_a_time_and_a_skipped_one_ends_no_other(text: str) -> None:
    workflow = yaml.safe_load(text)
    (job,) = workflow["jobs"].values()
    inner, outer = (job, workflow) if "if" in job else (workflow, job)
    assert inner["concurrency"]["cancel-in-progress"] is True
    assert "github.event.pull_request.number" in inner["concurrency"]["group"]
    assert "concurrency" not in outer


def test_only_the_example_for_forks_runs_with_the_targets_rights_and_it_is_gated() -> None:
    found = [yaml.safe_load(text) for text in EXAMPLES if "pull_request_target" in text]
    assert len(found) == 1
    assert found[0][True] == {"pull_request_target": {"types": ["labeled"]}}
    (job,) = found[0]["jobs"].values()
    assert job["if"] == "github.event.label.name == 'safe-to-review'"
    assert [step["uses"].split("@")[0] for step in job["steps"]] == ["OWNER/backline"]


def test_our_own_review_runs_the_base_and_ci_runs_the_head_without_secrets() -> None:
    review = yaml.safe_load((ROOT / ".github/workflows/review.yml").read_text())
    checkout, own = review["jobs"]["backline"]["steps"]
    assert checkout["with"]["ref"].startswith("${{ github.event.pull_request.base.sha")
    assert own["uses"] == "./"
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    assert "secrets." not in text
    assert "write" not in text


def test_ci_runs_what_contributors_run_and_is_green_when_all_is() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    assert jobs["everything"]["steps"][-1]["run"] == ".ci/run"
    last = jobs.pop("all-green")
    assert set(last["needs"]) == set(jobs)
    assert set(last["steps"][0]["env"].values()) == {f"${{{{ needs.{name}.result }}}}" for name in jobs}


def test_a_job_that_may_release_installs_and_builds_nothing() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    scripts = [step["run"] for step in jobs["draft"]["steps"] if "run" in step]
    assert [script.split()[:3] for script in scripts] == [["gh", "release", "create"]]
    assert not any("checkout" in step.get("uses", "") for step in jobs["draft"]["steps"])


@pytest.mark.skipif(
    shutil.which("zizmor", path=str(Path(sys.executable).parent)) is None, reason="zizmor is not installed"
)
def test_the_workflows_pass_an_auditor_and_the_examples_a_reader(tmp_path: Path) -> None:
    zizmor = str(Path(sys.executable).parent / "zizmor")
    strict = [zizmor, "--offline", "--quiet", "--persona=auditor", str(ROOT / ".github"), str(ROOT / "action.yml")]
    done = subprocess.run(strict, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for number, text in enumerate(EXAMPLES):
        (folder / f"{number}.yml").write_text(text)
    done = subprocess.run(
        [zizmor, "--offline", "--quiet", "--format=plain", "--color=never", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert re.findall(r"^(?:error|warning|info|help)\[([a-z-]+)\]", done.stdout, re.M) == ["dangerous-triggers"]


def test_every_ignored_audit_has_its_reason() -> None:
    for file in WORKFLOWS:
        for reason in re.findall(r"zizmor: ignore\[[a-z-]+\](.*)", file.read_text()):
            assert len(reason.split()) >= 3


def test_the_requirements_are_the_locks() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    versions = {row["name"]: row for row in lock["package"]}
    text = (ROOT / "requirements.lock").read_text()
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.M))
    for name, version in pinned.items():
        row = versions[name]
        assert row["version"] == version
        known = {each["hash"] for each in [*row.get("wheels", []), *([row["sdist"]] if "sdist" in row else [])]}
        part = text.split(f"{name}=={version}", 1)[1].split("==", 1)[0]
        assert set(re.findall(r"sha256:[0-9a-f]{64}", part)) <= known
    assert _needed(versions) == set(pinned)


def _needed(versions: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    own = versions["backline"]
    waiting = [*own["dependencies"], *own.get("optional-dependencies", {}).get("linters", [])]
    while waiting:
        row = waiting.pop()
        if row["name"] not in found:
            found.add(row["name"])
            package = versions[row["name"]]
            waiting += package.get("dependencies", [])
            waiting += [
                each
                for extra in row.get("extra", [])
                for each in package.get("optional-dependencies", {}).get(extra, [])
            ]
    return found


# -- run -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What the install step makes, with the packages that are here already."""
    place = tmp_path / "home"
    place.mkdir()
    launcher = place / "backline"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -m backline "$@"\n')
    launcher.chmod(0o755)
    return place


POISON = "import os; open(os.path.join({folder!r}, 'poisoned-' + __name__), 'w')\n"


def test_the_three_steps_review_a_pull_request_in_a_poisoned_workspace(tmp_path: Path, home: Path) -> None:
    workspace = tmp_path / "workspace"
    for name in (
        "anthropic",
        "unidiff",
        "re",
        "sitecustomize",
        "usercustomize",
        "conftest",
        "github",
        "yaml",
        "json",
        "backline",
    ):
        (workspace / name).mkdir(parents=True)
        for file in (workspace / f"{name}.py", workspace / name / "__init__.py"):
            file.write_text(POISON.format(folder=str(tmp_path)))
    (workspace / "pyproject.toml").write_text("[project]\nname = 1\n")
    (workspace / ".env").write_text("ANTHROPIC_BASE_URL=https://evil.example\n")
    repo = branched(tmp_path / "repo", BEFORE, AFTER)
    with GitHub(repo) as server:
        server.open(repo.head())
        run = Run(server, tmp_path)
        environ = {k: v for k, v in run.environ.items() if k.startswith("GITHUB_") and k != "GITHUB_TOKEN"}
        environ |= {"PYTHONPATH": str(workspace), "PYTHONSTARTUP": str(workspace / "re.py"), "GIT_DIR": str(workspace)}
        job = Job(tmp_path, workspace, environ, {"fail-on": "high"}, server.token)
        assert job.run(skip={"install": {"home": str(home)}}) == 1
        assert (len(server.pull.threads), len(server.pull.comments)) == (2, 1)
        assert server.broken == []
    assert job.codes == {"collect": 0, "review": 0, "publish": 1}
    made = job.outputs["publish"]
    assert (made["findings"], made["highest-severity"], made["complete"]) == ("2", "high", "true")
    assert Path(made["report"]).is_file()
    assert Path(made["sarif"]).is_file()
    assert not list(tmp_path.glob("poisoned-*"))
    assert server.token not in job.log
    assert list(workspace.rglob("__pycache__")) == []


def test_a_wrong_input_ends_the_job_with_2_and_says_incomplete(tmp_path: Path, home: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with GitHub(branched(tmp_path / "repo", BEFORE, AFTER)) as server:
        server.open(server.repo.head())
        run = Run(server, tmp_path)
        environ = {k: v for k, v in run.environ.items() if k.startswith("GITHUB_") and k != "GITHUB_TOKEN"}
        for inputs in ({"pull-request": "1e3"}, {"base": "--upload-pack=touch x", "head": "main"}):
            job = Job(tmp_path, workspace, environ, inputs, server.token)
            assert job.run(skip={"install": {"home": str(home)}}) == 2
            assert "review" not in job.codes
            assert "INCOMPLETE" in job.summary.read_text()
        assert server.requests == []
    assert list(workspace.iterdir()) == []


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "python3").write_text("#!/bin/sh\nexit 1\n")
    (fake / "python3").chmod(0o755)
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", STEPS["install"]["run"]], capture_output=True, text=True,
        env={"PATH": f"{fake}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "::error title=Backline::Backline needs python3 3.11" in done.stdout
