"""Whether agents are asked: the key, and another address of the service, from the environment."""

from __future__ import annotations

from collections.abc import Mapping

from backline.errors import RequestError
from backline.settings import Settings
from backline.terminal import say
from backline.ways_out import in_action


def key_of(environ: Mapping[str, str]) -> str:
    """ANTHROPIC_API_KEY; "" when there is none. Nothing else counts as a key."""
    return environ.get("ANTHROPIC_API_KEY", "").strip()


def wanted(settings: Settings, key: str) -> bool:
    """``auto`` asks agents when there is a key. RequestError when they are asked for and there is none."""
    if settings.engine == "claude" and not key:
        raise RequestError("--engine claude needs ANTHROPIC_API_KEY in the environment; --engine rules needs no key")
    return settings.engine != "rules" and bool(key)


def address(environ: Mapping[str, str]) -> str | None:
    """ANTHROPIC_BASE_URL, for a laptop behind a gateway. In a workflow an earlier step may have set it: not there."""
    url = environ.get("ANTHROPIC_BASE_URL", "").strip()
    if url and in_action(environ):
        say("ANTHROPIC_BASE_URL is not used in a workflow; the input base-url names another address")
        return None
    return url or None
