"""Source archives from the package registries, fetched by their own clients: nothing of a package is built or run.

A wheel holds the sources as well as an sdist does, and pip builds what it downloads as an sdist; so wheels come first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 1_500_000
"""Bytes of one file: what is larger is data or built, and only slows the making of the repository."""


def fetch(registry: str, package: str, version: str, cache: Path) -> Path:
    """The archive of one release, in *cache* from then on."""
    place = cache / "archives" / f"{registry}-{package}-{version}".replace("/", "_").replace(":", "_")
    if not (place / "done").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        _FETCH[registry](package, version, place)
        (place / "done").touch()
    return next(path for path in sorted(place.iterdir()) if path.name != "done" and path.is_file())


def files(registry: str, archive: Path, version: str) -> Iterator[tuple[str, bytes]]:
    """Paths and contents, without the folder that bears the release's number and what was built from TypeScript."""
    found = dict(_files(registry, archive, version))
    sources = {
        path.removeprefix("src/").removesuffix(".ts") for path in found if re.fullmatch(r"src/.+(?<!\.d)\.ts", path)
    }
    for path, content in found.items():
        built = _BUILT.fullmatch(path) if registry == "npm" else None
        if not built or built["path"] not in sources:
            yield path, content


_BUILT = re.compile(r"(?:(?:dist|lib|build|esm|cjs)/){0,2}(?P<path>(?!src/).+?)(?:\.d)?\.[cm]?[jt]s(?:\.map)?")


def _files(registry: str, archive: Path, version: str) -> Iterator[tuple[str, bytes]]:
    members = _zipped(archive) if archive.suffix in (".zip", ".whl", ".jar") else _tarred(archive)
    for name, content in members:
        path = name
        if registry == "go":
            path = name.partition(f"@{version}/")[2]
        elif archive.suffix in (".gz", ".tgz"):
            path = name.partition("/")[2]
        path = path.replace(f"-{version}.dist-info/", ".dist-info/")
        parts = path.split("/")
        if path and not path.startswith("/") and not {"", ".", "..", ".git"}.intersection(parts):
            yield path, content


def _zipped(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if not info.is_dir() and info.file_size <= _LARGEST:
                yield info.filename, opened.read(info)


def _tarred(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.isfile() and member.size <= _LARGEST and (found := opened.extractfile(member)):
                yield member.name, found.read()


def _run(command: list[str], folder: Path, **environ: str) -> bytes:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environ}, capture_output=True, timeout=600)
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        raise SystemExit(f"{' '.join(command)}: {said[-1] if said else 'failed'}")
    return done.stdout


def _pypi(package: str, version: str, place: Path) -> None:
    python = shutil.which("python3") or "python3"
    wanted = [python, "-m", "pip", "download", "--quiet", "--no-deps", "-d", ".", f"{package}=={version}"]
    try:
        _run([*wanted, "--only-binary", ":all:"], place)
    except SystemExit:
        _run([*wanted, "--no-binary", ":all:", "--no-build-isolation"], place)


def _npm(package: str, version: str, place: Path) -> None:
    _run(["npm", "pack", "--silent", "--ignore-scripts", f"{package}@{version}"], place)


def _go(package: str, version: str, place: Path) -> None:
    (place / "gopath").mkdir()
    output = _run(
        ["go", "mod", "download", "-json", f"{package}@{version}"],
        place / "gopath",
        GOPATH=str(place / "gopath"),
        GOFLAGS="-mod=mod -modcacherw",
        GO111MODULE="on",
    )
    shutil.move(json.loads(output)["Zip"], place / "module.zip")
    shutil.rmtree(place / "gopath")


def _maven(package: str, version: str, place: Path) -> None:
    _run(
        ["mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
         f"-Dartifact={package}:{version}:jar:sources", "-DoutputDirectory=."],
        place,
    )  # fmt: skip


def _crates(package: str, version: str, place: Path) -> None:
    """`cargo info` is the one command of cargo that fetches a crate and not all that it depends on."""
    _run(["cargo", "info", "--quiet", f"{package}@{version}"], place, CARGO_HOME=str(place / "cargo"))
    archive = next((place / "cargo").rglob("*.crate"))
    shutil.move(archive, place / "crate.tar.gz")
    shutil.rmtree(place / "cargo")


_FETCH = {"pypi": _pypi, "npm": _npm, "go": _go, "maven": _maven, "crates": _crates}
