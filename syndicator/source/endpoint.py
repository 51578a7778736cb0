"""Where the API is, and the way there. Pure but for the environment's proxies."""

import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from syndicator.errors import UsageError


def host_of(base_url: str) -> str:
    """The host of the API's address, lower case, without brackets.

    :raises UsageError: the key could not be sent there safely.
    """
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError("the address of the API is malformed") from None
    if not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("the address of the API must be a host and a path, nothing else")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise UsageError(
            "the address of the API must be https: the key would travel in the clear",
            hint="plain http is for loopback hosts only",
        )
    return host


def is_loopback(host: str) -> bool:
    """Whether a host can only be this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(base_url: str) -> str:
    """The host of the proxy that the environment names for this address; empty without one.

    Loopback goes without: a proxy would carry plain http off this machine.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all", "")
    if not proxy or is_loopback(host) or proxy_bypass(host):
        return ""
    try:
        return urlsplit(proxy if "://" in proxy else f"//{proxy}").hostname or ""
    except ValueError:
        return "of a malformed address"
