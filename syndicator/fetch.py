"""Fetches from hosts that strangers name: photographs. Never sees the key.

Only public addresses are connected to, and exactly those that were checked, so that no name can
lead into the network of the build machine, neither at once, nor by a redirect, nor by a second
answer of the name server. One origin may be let through: the API's own, when that is loopback.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import httpx  # noqa: TID251 - one of the two places that speak HTTP
import msgspec

from syndicator import __version__
from syndicator.links import origin

MAX_BYTES = 15 * 1024 * 1024
MAX_SECONDS = 20.0
MAX_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset([301, 302, 303, 307, 308])

Resolve = Callable[[str, int], list[str]]


class FetchError(Exception):
    """An address could not, or must not, be fetched; the message is one clean line."""


class Fetched(msgspec.Struct, frozen=True):
    """What came back with status 200."""

    data: bytes


class Fetcher:
    """A pool of connections with limits on address, size, time and redirects."""

    def __init__(
        self,
        *,
        trusted_origin: str = "",
        resolve: Resolve | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trusted = trusted_origin
        self._resolve = resolve or addresses
        self._clock = clock
        self._client = httpx.Client(
            transport=transport,
            trust_env=False,  # a proxy would resolve the name itself, unchecked
            follow_redirects=False,
            timeout=httpx.Timeout(10.0),
            headers={"User-Agent": f"syndicator/{__version__}", "Accept": "image/*"},
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def get(self, url: str) -> Fetched:
        """The body behind an address.

        :raises FetchError: not public, too large, too slow, not found, or not there.
        """
        deadline = self._clock() + MAX_SECONDS
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._one(url, deadline)
                if isinstance(answer, Fetched):
                    return answer
                url = urljoin(url, answer)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, ValueError) as error:
            raise FetchError(f"{type(error).__name__} from {host_of(url)}") from error
        raise FetchError(f"more than {MAX_REDIRECTS} redirects from {host_of(url)}")

    def _one(self, url: str, deadline: float) -> Fetched | str:
        request = self._request(url)
        with self._client.stream(
            request.method,
            request.url,
            headers=request.headers,
            extensions=request.extensions,
        ) as response:
            if response.status_code in REDIRECTS and "location" in response.headers:
                return str(response.headers["location"])
            if response.status_code != httpx.codes.OK:
                raise FetchError(f"status {response.status_code} from {host_of(url)}")
            return Fetched(self._body(response, url, deadline))

    def _request(self, url: str) -> httpx.Request:
        """A request to the very address that was checked, under the name that was asked for."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.username:
            raise FetchError(f"not an http(s) address: {host_of(url)}")
        if self._trusted and origin(url) == self._trusted:
            return self._client.build_request("GET", url)
        if parts.port not in (None, PORTS[parts.scheme]):
            raise FetchError(f"port {parts.port} of {parts.hostname} is not 80 or 443")
        found = self._resolve(parts.hostname, PORTS[parts.scheme])
        if not found or not all(is_public(address) for address in found):
            raise FetchError(f"{parts.hostname} is not a public address")
        return self._client.build_request(
            "GET",
            httpx.URL(url).copy_with(host=found[0]),
            headers={"Host": parts.netloc},
            extensions={"sni_hostname": parts.hostname},
        )

    def _body(self, response: httpx.Response, url: str, deadline: float) -> bytes:
        """The bytes as sent; a picture is not compressed again, so a coded body is refused."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise FetchError(f"compressed answer from {host_of(url)}")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                raise FetchError(f"more than {MAX_BYTES // 1024**2} MB from {host_of(url)}")
            if self._clock() > deadline:
                raise FetchError(f"more than {MAX_SECONDS:.0f} s from {host_of(url)}")
        return bytes(body)


def addresses(host: str, port: int) -> list[str]:
    """Every address of a host name, as the system resolves it."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address is on the open internet, also behind IPv4-mapped and NAT64 forms."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip in ipaddress.ip_network("64:ff9b::/96") or ip.sixtofour or ip.teredo:
            return False
    return ip.is_global and not ip.is_multicast


def host_of(url: str) -> str:
    """The host for a message: never the path, never credentials."""
    try:
        return urlsplit(url).hostname or "an address without host"
    except ValueError:
        return "a malformed address"
