"""What may reach the model's service: the shape of the key and of the URL, and the environment without ANTHROPIC_*.

No import of the SDK here: it reads its environment variables while it is imported, so they go before.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from backline import service_url
from backline.errors import RequestError

SERVICE = "https://api.anthropic.com"


def checked_key(key: str) -> str:
    """*key* when it can stand in a header. The message never repeats any of it."""
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise RequestError(
            "ANTHROPIC_API_KEY: not a key: it is empty or holds a space, a line break or a non-ASCII character"
        )
    return key


def checked_url(url: str) -> str:
    """*url* when it is https to a named host, or http to loopback; without user info, query or fragment."""
    try:
        return service_url.checked(url)
    except ValueError as error:
        raise RequestError(f"base-url: {error}") from None


def drop_environment(environ: MutableMapping[str, str]) -> tuple[str, ...]:
    """Removes every ANTHROPIC_* variable (the SDK obeys some of them) and SSLKEYLOGFILE; the names, without values."""
    names = tuple(sorted(n for n in environ if n.upper().startswith("ANTHROPIC_") or n == "SSLKEYLOGFILE"))
    for name in names:
        del environ[name]
    return names
