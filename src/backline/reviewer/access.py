"""What may reach the model's service: the shape of the key and of the URL, and the environment without ANTHROPIC_*.

No import of the SDK here: it reads its environment variables while it is imported, so they go before.
"""

from __future__ import annotations

import ipaddress
from collections.abc import MutableMapping
from urllib.parse import urlsplit

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
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or not host or "@" in url or "?" in url or "#" in url:
        raise RequestError("base-url: not a URL of a service: write https://HOST[:PORT][/PATH] and nothing else")
    if parts.scheme == "https" and _public(host):
        return url.rstrip("/")
    if parts.scheme == "http" and _loopback(host) and port != 0:
        return url.rstrip("/")
    raise RequestError("base-url: must be https to a named host, or http to a loopback address")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _public(host: str) -> bool:
    """No link-local (cloud metadata), multicast or unspecified address; numbers that only look like a name neither."""
    address = _address(host)
    if address is not None:
        return not (address.is_link_local or address.is_multicast or address.is_unspecified)
    labels = host.rstrip(".").split(".")
    return all(labels) and not labels[-1].isdigit() and not labels[-1].startswith("0x")


def drop_environment(environ: MutableMapping[str, str]) -> tuple[str, ...]:
    """Removes every ANTHROPIC_* variable (the SDK obeys some of them) and SSLKEYLOGFILE; the names, without values."""
    names = tuple(sorted(n for n in environ if n.upper().startswith("ANTHROPIC_") or n == "SSLKEYLOGFILE"))
    for name in names:
        del environ[name]
    return names
