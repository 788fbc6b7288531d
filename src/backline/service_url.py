"""Where the model's service may be: the one check of its address, for a flag, an input and the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ipaddress


def checked(url: str) -> str:
    """*url* when it is https to a named host, or http to loopback; without user info, query or fragment.

    ValueError says what is wrong, and never repeats any of it.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or not host or "@" in url or "?" in url or "#" in url:
        raise ValueError("not a URL of a service: write https://HOST[:PORT][/PATH] and nothing else")
    if parts.scheme == "https" and _public(host):
        return url.rstrip("/")
    if parts.scheme == "http" and _loopback(host) and port != 0:
        return url.rstrip("/")
    raise ValueError("must be https to a named host, or http to a loopback address")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    import ipaddress

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
