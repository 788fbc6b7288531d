"""Files that are data for a program: which of them a backend runs on, by name, then place, then content."""

from __future__ import annotations

import re
from functools import cache

from backline.globs import one_of
from backline.intake import filenames
from backline.intake.candidate import Candidate, Verdict
from backline.intake.web import place

_LANGUAGES = frozenset({"yaml", "json", "toml", "ini", "xml", "caddyfile", "procfile", "make", "gomod", "batch", None})

_CONFIG_FOLDERS = frozenset({"config", "configs", "conf", "conf.d", "settings", "configuration", "etc", "web-inf"})
_CLUSTER_FOLDERS = frozenset({"k8s", "kubernetes", "kube", "manifests", "helm", "kustomize", "argocd", "flux"})
_CONTENT = (
    ("API description", re.compile(r"^\s{0,4}[\"']?(?:openapi|swagger|asyncapi)[\"']?\s*:", re.M)),
    ("CloudFormation", re.compile(r"AWSTemplateFormatVersion|\bAWS::[A-Z]\w+::|Transform:\s*AWS::Serverless")),
    ("Compose file", re.compile(r"^services:\s*(?:#.*)?\n(?:.*\n){0,40}?\s+(?:image|build):", re.M)),
    ("Ansible", re.compile(r"^-\s+(?:hosts|name):.*\n(?:.*\n){0,12}?\s+(?:tasks|roles|become):", re.M)),
    ("MyBatis mapper", re.compile(r"<mapper\s+namespace=")),
    ("Spring beans", re.compile(r"<beans\b|<configuration\b")),
    ("Liquibase migration", re.compile(r"<databaseChangeLog\b|^databaseChangeLog:", re.M)),
)
_API_VERSION = re.compile(r"^[\"']?apiVersion[\"']?\s*:|^\s{0,4}\"apiVersion\"\s*:", re.M)
_KIND = re.compile(r"^\s{0,4}[\"']?kind[\"']?\s*:", re.M)


def named(it: Candidate) -> Verdict | None:
    """A verdict from the name alone, in any language: manifests, pipelines, settings of tools."""
    names = (it.name, f"*.{it.extension}", f"*.{it.name.partition('.')[2]}")
    found = next(filter(None, map(_plain().get, names)), None)
    if found is None and it.language in _LANGUAGES:
        path = "/".join((*it.parts, it.name))
        found = next((verdict for verdict, patterns in _patterns() if one_of(patterns, path)), None)
    if it.name == ".gitattributes" and re.search(r"linguist-|(?:^|\s)-(?:diff|text)\b|\bbinary\b|\bdiff=", it.text):
        return Verdict(False, "repository settings; what it says of generated or binary files does not count")
    return found


@cache
def _plain() -> dict[str, Verdict]:
    """Names and ``*.extension`` patterns: nearly all files are done with three looks."""
    return {word: verdict for verdict, words in reversed(_tables()) for word in words if _PLAIN.fullmatch(word)}


@cache
def _patterns() -> tuple[tuple[Verdict, tuple[str, ...]], ...]:
    return tuple((verdict, tuple(w for w in words if not _PLAIN.fullmatch(w))) for verdict, words in _tables())


_PLAIN = re.compile(r"[^*/]+|\*\.[a-z0-9.]+")


@cache
def _tables() -> tuple[tuple[Verdict, list[str]], ...]:
    backend = ((Verdict(True, f"backend: {what}"), words.split()) for what, words in filenames.BACKEND.items())
    other = ((Verdict(False, what), words.split()) for what, words in filenames.OTHER.items())
    return (*backend, *other)


def configuration(it: Candidate) -> Verdict | None:
    """A verdict on data and settings that no name decides; None for code."""
    if it.language not in _LANGUAGES - {None}:
        return None
    return _by_content(it) or _by_folder(it) or Verdict(False, f"{_SHOWN.get(it.language or '', it.language)} data")


def _by_content(it: Candidate) -> Verdict | None:
    if _API_VERSION.search(it.text) and _KIND.search(it.text):
        return Verdict(True, "backend: Kubernetes manifest")
    return next((Verdict(True, f"backend: {what}") for what, pattern in _CONTENT if pattern.search(it.text)), None)


def _by_folder(it: Candidate) -> Verdict | None:
    side = place(it.parts)
    if side and not side[0]:
        return Verdict(False, f"browser code: in `{side[1]}/`")
    if it.language in ("yaml", "json") and (found := next((p for p in it.parts if p in _CLUSTER_FOLDERS), None)):
        return Verdict(True, f"backend: Kubernetes: in `{found}/`")
    if found := next((part for part in it.parts if part in _CONFIG_FOLDERS), None):
        return Verdict(True, f"backend: config in `{found}/`")
    if "src/main/resources" in "/".join(it.parts) or it.extension in ("conf", "cnf"):
        return Verdict(True, "backend: config")
    return None


_SHOWN = {"yaml": "YAML", "json": "JSON", "toml": "TOML", "ini": "settings", "xml": "XML", "batch": "Windows script"}
