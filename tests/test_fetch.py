import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import pytest

from syndicator.fetch import MAX_BYTES, Fetcher, FetchError, host_of, is_public
from syndicator.waste import MOST_SECONDS_IN_ALL, Waste

PUBLIC = "93.184.215.14"
OTHER = "93.184.215.15"
SIX = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"

Reply = Callable[[str], Iterable[bytes]]
"""From the head of a request to what comes back, piece by piece."""


class Wire(httpcore.NetworkBackend):
    """A network in memory, which notes what reaches it."""

    def __init__(self, reply: Reply, unreachable: tuple[str, ...] = ()) -> None:
        self.reply = reply
        self.unreachable = unreachable
        self.connected: list[tuple[str, int]] = []
        self.secured: list[str | None] = []
        self.heads: list[str] = []
        self.timeouts: list[float | None] = []

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_more: Any
    ) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        self.timeouts.append(timeout)
        if host in self.unreachable:
            raise httpcore.ConnectError("[Errno 101] Network is unreachable")
        return Line(self)


class Line(httpcore.NetworkStream):
    """One connection."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._sent = b""
        self._coming: Any = iter(())

    def write(self, buffer: bytes, *_more: Any) -> None:
        self._sent += buffer
        if self._sent.endswith(b"\r\n\r\n"):
            head, self._sent = self._sent.decode(), b""
            self._wire.heads.append(head)
            self._coming = iter(self._wire.reply(head))

    def read(self, _most: int, timeout: float | None = None) -> bytes:
        self._wire.timeouts.append(timeout)
        return next(self._coming, b"")

    def close(self) -> None:
        self._coming = iter(())

    def start_tls(
        self, _context: ssl.SSLContext, server_hostname: str | None = None, *_more: Any
    ) -> httpcore.NetworkStream:
        self._wire.secured.append(server_hostname)
        return self

    def get_extra_info(self, _info: str) -> Any:
        return None


def answer(body: bytes = b"picture", status: str = "200 OK", **headers: str) -> list[bytes]:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode(), *([body] if body else [])]


def to(location: str) -> list[bytes]:
    return answer(b"", "302 Found", Location=location)


def fetcher(
    wire: Wire | list[bytes], addresses: dict[str, list[str]] | None = None, **options: Any
) -> Fetcher:
    known = addresses if addresses is not None else {"images.example": [PUBLIC]}
    network = wire if isinstance(wire, Wire) else Wire(lambda _head: wire)
    return Fetcher(network=network, resolve=lambda host, _port: known.get(host, []), **options)


INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::5db8:d70e",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001:0:a00:1::1",
    "2001:db8::1",
    "2002:a00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_case_143_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)
    wire = Wire(lambda _head: answer())
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        with pytest.raises(FetchError, match="not a public address"):
            fetcher(wire, {"images.example": found}).get("https://images.example/a.jpg")
    assert wire.connected == []


@pytest.mark.parametrize("address", [PUBLIC, SIX, "::ffff:93.184.215.14"])
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.01",
        "127.1",
        "0",
        "2852039166",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::a9fe:a9fe]",
        "localhost",
        "LOCALHOST.",
    ],
)
def test_case_143_no_spelling_of_an_address_inside_is_connected_to(host: str) -> None:
    """As this system itself reads them."""
    wire = Wire(lambda _head: answer())
    with pytest.raises(FetchError):
        Fetcher(network=wire).get(f"http://{host}/latest/meta-data/")
    assert wire.connected == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://images.example/a.jpg",
        "file:///etc/passwd",
        "https://user:password@images.example/a.jpg",
        "https://user@images.example/a.jpg",
        "https://:password@images.example/a.jpg",
        "https://images.example:8443/a.jpg",
        "https://images.example:80/a.jpg",
        "http://images.example:22/a.jpg",
        "https://images.example:0/a.jpg",
        "https://images.example:99999/a.jpg",
        "https://images.example\\@inside.example/a.jpg",
        "https://images.example#@inside.example:81/a.jpg\r\nX: y",
        "https://[fe80::1%25eth0]/a.jpg",
        "https://inside.example/a.jpg",
        "https://unknown.example/a.jpg",
        "https:///a.jpg",
        "https://[::1/a.jpg",
        "nonsense",
        "",
    ],
)
def test_case_143_other_addresses_are_refused_before_any_connection(url: str) -> None:
    wire = Wire(lambda _head: answer())
    hosts = {"images.example": [PUBLIC], "inside.example": ["192.168.1.1"]}
    with pytest.raises(FetchError):
        fetcher(wire, hosts).get(url)
    assert wire.connected == []


@pytest.mark.parametrize(
    "location",
    [
        "https://metadata.example/latest",
        "//metadata.example/latest",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/",
        "https://user:password@images.example/",
        "https://images.example:8443/",
        "http://images.example/a.jpg",
        "file:///etc/passwd",
        "gopher://images.example/",
    ],
)
def test_case_143_a_redirect_inwards_or_to_plain_http_is_refused(location: str) -> None:
    wire = Wire(lambda _head: to(location))
    hosts = {
        "images.example": [PUBLIC],
        "metadata.example": ["169.254.169.254"],
        "169.254.169.254": ["169.254.169.254"],
        "::ffff:10.0.0.1": ["::ffff:10.0.0.1"],
    }
    with pytest.raises(FetchError):
        fetcher(wire, hosts).get("https://images.example/a.jpg")
    assert wire.connected == [(PUBLIC, 443)]


def test_case_143_the_checked_address_is_connected_to_whatever_the_name_says_later() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    wire = Wire(lambda _head: answer(Connection="close"))
    rebinding = Fetcher(network=wire, resolve=lambda _host, _port: next(answers))
    assert rebinding.get("https://images.example/a.jpg").data == b"picture"
    with pytest.raises(FetchError, match="not a public address"):
        rebinding.get("https://images.example/a.jpg")
    assert wire.connected == [(PUBLIC, 443)]
    assert wire.secured == ["images.example"]
    assert "Host: images.example\r\n" in wire.heads[0]


def test_case_143_a_stranger_may_not_lead_to_the_origin_that_is_let_through() -> None:
    wire = Wire(lambda head: to("http://127.0.0.1:4321/x") if "images" in head else answer())
    trusting = fetcher(wire, trusted_origin="http://127.0.0.1:4321")
    assert trusting.get("http://127.0.0.1:4321/photos/1.jpg").data == b"picture"
    for url in ("http://images.example/a.jpg", "http://127.0.0.1:4322/photos/1.jpg"):
        with pytest.raises(FetchError):
            trusting.get(url)
    assert wire.connected == [("127.0.0.1", 4321), (PUBLIC, 80)]


def test_two_hosts_at_one_address_share_no_connection() -> None:
    """Or the second would be believed by the certificate of the first."""
    wire = Wire(lambda _head: answer())
    both = fetcher(wire, {"images.example": [PUBLIC], "photos.example": [PUBLIC]})
    for url in ("https://images.example/", "https://photos.example/", "https://images.example/"):
        both.get(url)
    assert wire.secured == ["images.example", "photos.example"]


def test_an_address_that_cannot_be_reached_makes_room_for_the_next() -> None:
    wire = Wire(lambda _head: answer(), unreachable=(SIX,))
    assert fetcher(wire, {"images.example": [SIX, PUBLIC]}).get("https://images.example/").data
    assert wire.connected == [(SIX, 443), (PUBLIC, 443)]
    wire = Wire(lambda _head: answer(), unreachable=(SIX, PUBLIC, OTHER))
    with pytest.raises(FetchError, match=r"ConnectError from images\.example"):
        fetcher(wire, {"images.example": [SIX, PUBLIC, OTHER, SIX]}).get("https://images.example/")
    assert len(wire.connected) == 3


def test_a_host_that_costs_time_for_nothing_is_left_alone() -> None:
    now = iter(range(0, 10_000, 10))  # seconds, ten at each look at the clock
    wire = Wire(lambda _head: answer(status="404 Not Found"))
    hosts = {"slow.example": [PUBLIC], "images.example": [PUBLIC]}
    asking = fetcher(wire, hosts, clock=lambda: next(now))
    for _ in range(50):
        with pytest.raises(FetchError):
            asking.get("https://slow.example/a.jpg")
    assert len(wire.connected) < 10
    with pytest.raises(FetchError, match=r"not asked: slow\.example has cost too much time"):
        asking.get("https://slow.example/a.jpg")


def test_a_host_that_sends_pictures_is_forgiven_some() -> None:
    waste = Waste()
    for _ in range(100):
        assert not waste.forbid("images.example")
        waste.note("images.example", 20, came=False)
        for _ in range(4):
            waste.note("images.example", 0.1, came=True)


def test_many_hosts_that_are_down_are_no_better_than_one() -> None:
    waste = Waste()
    waste.note("images.example", 0.1, came=True)
    for number in range(int(MOST_SECONDS_IN_ALL / 20)):
        assert not waste.forbid(f"{number}.example")
        waste.note(f"{number}.example", 20, came=False)
    assert waste.forbid("another.example")
    assert not waste.forbid("images.example")


def test_redirects_are_followed_at_most_three_times() -> None:
    wire = Wire(lambda head: to(head.split()[1] + "x"))
    with pytest.raises(FetchError, match="redirects"):
        fetcher(wire).get("https://images.example/a")
    assert [head.split()[1] for head in wire.heads] == ["/a", "/ax", "/axx", "/axxx"]


def test_a_host_and_a_path_in_another_script_are_asked_for_as_hosts_know_them() -> None:
    wire = Wire(lambda _head: answer())
    fetcher(wire, {"xn--fto-gna.example": [PUBLIC]}).get("https://fóto.example/auto é.jpg")
    assert wire.heads[0].startswith("GET /auto%20%C3%A9.jpg HTTP/1.1\r\nHost: xn--fto-gna.example")


def test_nothing_that_a_host_sets_comes_back_to_it() -> None:
    wire = Wire(lambda _head: answer(Set_Cookie="seen=1; Path=/"))
    asking = fetcher(wire)
    asking.get("https://images.example/a")
    asking.get("https://images.example/b")
    assert "cookie" not in wire.heads[1].lower()


def test_a_body_over_the_cap_is_refused() -> None:
    with pytest.raises(FetchError, match="more than 15 MB"):
        fetcher(answer(b"x" * (MAX_BYTES + 1))).get("https://images.example/a.jpg")


def test_a_cut_body_is_no_picture() -> None:
    with pytest.raises(FetchError, match="RemoteProtocolError"):
        fetcher(answer()[:1]).get("https://images.example/a.jpg")


def test_a_compressed_body_is_refused_undecoded() -> None:
    with pytest.raises(FetchError, match="compressed"):
        fetcher(answer(Content_Encoding="gzip")).get("https://images.example/a.jpg")


def test_an_endless_head_is_refused() -> None:
    def endless(_head: str) -> Iterable[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X: " + b"x" * 60_000 + b"\r\n"

    with pytest.raises(FetchError, match="RemoteProtocolError"):
        fetcher(Wire(endless)).get("https://images.example/a.jpg")


@pytest.mark.parametrize("name", ["body", "head", "news"])
def test_what_drips_ends_at_the_deadline(name: str) -> None:
    now = [0.0]
    first, then = {
        "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x"),
        "head": (b"HTTP/1.1 200 OK\r\n", b"x"),
        "news": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    }[name]

    def dripping(_head: str) -> Iterable[bytes]:
        yield first + then
        while True:
            now[0] += 9.0
            yield then

    wire = Wire(dripping)
    with pytest.raises(FetchError, match=r"more than 20 s from images\.example"):
        fetcher(wire, clock=lambda: now[0]).get("https://images.example/a.jpg")
    assert wire.timeouts == [10.0, 10.0, 10.0, 10.0, 2.0]


def test_messages_name_the_host_only() -> None:
    with pytest.raises(FetchError) as caught:
        fetcher(answer(b"", "404 Not Found")).get("https://images.example/secret/path?token=1")
    assert str(caught.value) == "status 404 from images.example"


def test_a_message_is_one_clean_line_whatever_a_host_is_called() -> None:
    assert host_of("https://\x1b[31mhost\u202e/") == "a malformed address"
    assert host_of("https://a\x1bb\u202e.example/") == "a?b?.example"
    assert len(host_of(f"https://{'a' * 9000}/")) == 253
