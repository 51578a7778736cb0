"""Fetches from hosts that strangers name: photographs. Never sees the key.

Only public addresses are connected to, and exactly those that were checked, so that no name can
lead into the network of the build machine, neither at once, nor by a redirect, nor by a second
answer of the name server. One origin may be let through: the API's own, when that is loopback.
Whatever a host sends drop by drop, a picture has a limit of time in all.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import httpcore
import msgspec

from syndicator import __version__, late
from syndicator.links import origin
from syndicator.waste import Waste

if TYPE_CHECKING:
    import httpx  # noqa: TID251 - its reading of addresses; what it may not do alone is connect
else:
    httpx = late.module("httpx")

MAX_BYTES = 15 * 1024 * 1024
MAX_SECONDS = 20.0
STEP_SECONDS = 10.0  # to connect, to shake hands, to wait for the next bytes
MAX_REDIRECTS = 3
MAX_TRIED = 3  # of the addresses of a host
PORTS = {"http": 80, "https": 443}
GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
SET_ASIDE = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))  # RFC 6890, 7526
MAX_NAME = 253  # characters of a host, by DNS
OK = 200
REDIRECTS = frozenset([301, 302, 303, 307, 308])
TROUBLE = (
    httpcore.ConnectionNotAvailable,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,
    OSError,
    ValueError,
)

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
        network: httpcore.NetworkBackend | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trusted = trusted_origin
        self._clock = clock
        self._network = _Public(
            network or httpcore.SyncBackend(), resolve or addresses, trusted_origin, clock
        )
        self._pool = httpcore.ConnectionPool(network_backend=self._network, keepalive_expiry=5.0)
        self._waste = Waste()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def get(self, url: str) -> Fetched:
        """The body behind an address.

        :raises FetchError: not public, too large, too slow, not found, or not there.
        """
        host, began = host_of(url), self._clock()
        if self._waste.forbid(host):
            raise FetchError(f"not asked: {host} has cost too much time")
        came = False
        try:
            found = self._get(url)
            came = True
        finally:
            self._waste.note(host, self._clock() - began, came=came)
        return found

    def _get(self, url: str) -> Fetched:
        deadline = self._network.until(self._clock() + MAX_SECONDS)
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._one(url)
                if isinstance(answer, Fetched):
                    return answer
                url = self._led(url, urljoin(url, answer))
        except TROUBLE as error:
            if self._clock() >= deadline:
                raise FetchError(f"more than {MAX_SECONDS:.0f} s from {host_of(url)}") from error
            raise FetchError(f"{type(error).__name__} from {host_of(url)}") from error
        raise FetchError(f"more than {MAX_REDIRECTS} redirects from {host_of(url)}")

    def _led(self, url: str, onward: str) -> str:
        """Where a redirect leads, if it may."""
        if urlsplit(url).scheme == "https" and urlsplit(onward).scheme != "https":
            raise FetchError(f"a redirect from https to something else by {host_of(url)}")
        if self._is_trusted(onward) and not self._is_trusted(url):
            raise FetchError(f"a redirect inwards by {host_of(url)}")
        return onward

    def _one(self, url: str) -> Fetched | str:
        target = self._checked(url)
        with self._pool.stream(
            "GET",
            httpcore.URL(
                scheme=target.raw_scheme,
                host=target.raw_host,
                port=target.port,
                target=target.raw_path,
            ),
            headers=[
                (b"Host", target.netloc),
                (b"User-Agent", f"syndicator/{__version__}".encode()),
                (b"Accept", b"image/*"),
            ],
            extensions={"timeout": dict.fromkeys(("connect", "read", "write"), STEP_SECONDS)},
        ) as response:
            said = {name.lower(): text for name, text in response.headers}
            if response.status in REDIRECTS and b"location" in said:
                return said[b"location"].decode()
            if response.status != OK:
                raise FetchError(f"status {response.status} from {host_of(url)}")
            if said.get(b"content-encoding", b"identity").lower() != b"identity":
                raise FetchError(f"compressed answer from {host_of(url)}")
            return Fetched(_whole(response.iter_stream(), url))

    def _checked(self, url: str) -> "httpx.URL":
        """An address as it is going to be used."""
        try:
            target = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise FetchError(f"{type(error).__name__} from {host_of(url)}") from error
        if target.scheme not in PORTS or not target.host or target.userinfo:
            raise FetchError(f"not an http(s) address: {host_of(url)}")
        if target.port is not None and not self._is_trusted(url):
            raise FetchError(f"port {target.port} of {host_of(url)} is not 80 or 443")
        return target

    def _is_trusted(self, url: str) -> bool:
        return bool(self._trusted) and origin(url) == self._trusted


class _Public(httpcore.NetworkBackend):
    """Connects to public addresses, as long as the thread that asks has time."""

    def __init__(
        self,
        network: httpcore.NetworkBackend,
        resolve: Resolve,
        trusted_origin: str,
        clock: Callable[[], float],
    ) -> None:
        self._network = network
        self._resolve = resolve
        trusted = urlsplit(trusted_origin)
        self._trusted = trusted.hostname, trusted.port or PORTS.get(trusted.scheme)
        self._clock = clock
        self._mine = threading.local()

    def until(self, deadline: float) -> float:
        """From now on this thread has time until then."""
        self._mine.deadline = deadline
        return deadline

    def left(self, timeout: float | None) -> float:
        """What a step may take, in seconds."""
        left = float(self._mine.deadline) - self._clock()
        if left <= 0:
            raise httpcore.TimeoutException("no time is left")
        return min(left, timeout or STEP_SECONDS)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to one of the addresses of a host, if all are public."""
        trouble: Exception = httpcore.ConnectError("no address")
        for address in self._addresses(host, port)[:MAX_TRIED]:
            try:
                stream = self._network.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return _Timed(stream, self.left)
        raise trouble

    def _addresses(self, host: str, port: int) -> list[str]:
        if (host, port) == self._trusted:
            return [host]
        found = self._resolve(host, port)
        if not found or not all(is_public(address) for address in found):
            raise FetchError(f"{host_of(f'//{host}')} is not a public address")
        return found


class _Timed(httpcore.NetworkStream):
    """A connection on which each step ends when the time in all does."""

    def __init__(
        self, stream: httpcore.NetworkStream, left: Callable[[float | None], float]
    ) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Timed(secure, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _whole(chunks: Iterable[bytes], url: str) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_BYTES:
            raise FetchError(f"more than {MAX_BYTES // 1024**2} MB from {host_of(url)}")
    return bytes(body)


def addresses(host: str, port: int) -> list[str]:
    """Every address of a host name, as the system resolves it."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address is on the open internet, and no way to another one: NAT64, 6to4, Teredo.

    What Python holds to be global differs from version to version, so of IPv6 only what is given
    out to the world may pass.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip not in GIVEN_OUT or ip.sixtofour or ip.teredo:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in each for each in SET_ASIDE)


def host_of(url: str) -> str:
    """The host for a message: never the path, never credentials, nothing unprintable."""
    try:
        host = urlsplit(url).hostname or "an address without host"
    except ValueError:
        return "a malformed address"
    return "".join(each if each.isprintable() else "?" for each in host)[:MAX_NAME]
