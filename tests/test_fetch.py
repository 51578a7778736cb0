from collections.abc import Callable

import httpx
import pytest

from syndicator.fetch import MAX_BYTES, Fetcher, FetchError, is_public

PUBLIC = "93.184.215.14"


def fetcher(
    handler: Callable[[httpx.Request], httpx.Response],
    addresses: dict[str, list[str]] | None = None,
    **options: object,
) -> Fetcher:
    known = addresses if addresses is not None else {"images.example": [PUBLIC]}
    return Fetcher(
        transport=httpx.MockTransport(handler),
        resolve=lambda host, _port: known.get(host, []),
        **options,  # type: ignore[arg-type]
    )


def nothing(_request: httpx.Request) -> httpx.Response:
    raise AssertionError("must not be asked")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


def test_the_checked_address_is_connected_to_under_the_asked_name() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=iter([b"picture"]))

    assert fetcher(handler).get("https://images.example/a.jpg").data == b"picture"
    assert seen[0].url.host == PUBLIC
    assert seen[0].headers["host"] == "images.example"
    assert seen[0].extensions["sni_hostname"] == "images.example"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://images.example/a.jpg",
        "https://user:password@images.example/a.jpg",
        "https://images.example:8443/a.jpg",
        "https://inside.example/a.jpg",
        "https://one-of-two.example/a.jpg",
        "https://unknown.example/a.jpg",
        "https:///a.jpg",
        "nonsense",
    ],
)
def test_other_addresses_are_refused_before_any_connection(url: str) -> None:
    hosts = {
        "images.example": [PUBLIC],
        "inside.example": ["192.168.1.1"],
        "one-of-two.example": [PUBLIC, "127.0.0.1"],
    }
    with pytest.raises(FetchError):
        fetcher(nothing, hosts).get(url)


def test_a_redirect_into_the_network_is_refused() -> None:
    hosts = {"images.example": [PUBLIC], "metadata.example": ["169.254.169.254"]}

    def handler(request: httpx.Request) -> httpx.Response:
        assert request.headers["host"] == "images.example"
        return httpx.Response(302, headers={"Location": "http://metadata.example/latest"})

    with pytest.raises(FetchError, match="not a public address"):
        fetcher(handler, hosts).get("https://images.example/a.jpg")


def test_redirects_are_followed_at_most_three_times() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(301, headers={"Location": request.url.path + "x"})

    with pytest.raises(FetchError, match="redirects"):
        fetcher(handler).get("https://images.example/a")
    assert asked == ["/a", "/ax", "/axx", "/axxx"]


def test_the_apis_own_loopback_origin_may_be_let_through() -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([b"drawn"]))

    trusting = fetcher(handler, {}, trusted_origin="http://127.0.0.1:4321")
    assert trusting.get("http://127.0.0.1:4321/photos/1.jpg").data == b"drawn"
    with pytest.raises(FetchError):
        trusting.get("http://127.0.0.1:4322/photos/1.jpg")


def test_a_body_over_the_cap_is_refused() -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([b"x" * (MAX_BYTES + 1)]))

    with pytest.raises(FetchError, match="more than 15 MB"):
        fetcher(handler).get("https://images.example/a.jpg")


def test_a_compressed_body_is_refused_undecoded() -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=b"")

    with pytest.raises(FetchError, match="compressed"):
        fetcher(handler).get("https://images.example/a.jpg")


def test_a_dripping_body_ends_at_the_deadline() -> None:
    now = iter(range(0, 1000, 15))

    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([b"a", b"b", b"c"]))

    with pytest.raises(FetchError, match="more than 20 s"):
        fetcher(handler, clock=lambda: next(now)).get("https://images.example/a.jpg")


def test_messages_name_the_host_only() -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(404)

    with pytest.raises(FetchError) as caught:
        fetcher(handler).get("https://images.example/secret/path?token=1")
    assert str(caught.value) == "status 404 from images.example"


def test_network_trouble_is_one_clean_line() -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused")

    with pytest.raises(FetchError, match=r"ConnectError from images\.example"):
        fetcher(handler).get("https://images.example/a.jpg")
