import contextlib
import http.client
import io
import json
import socket
from collections.abc import Iterator

import msgspec
import pytest
from PIL import Image

from syndicator.simulator.access import Partner
from syndicator.simulator.api import BASE_PATH
from syndicator.simulator.messages import Request, Response, answer
from syndicator.simulator.server import Simulator, serve_forever
from syndicator.simulator.service import Answer
from syndicator.simulator.stock import make_stock

KEY = {"Authorization": "Bearer demo-key"}


@contextlib.contextmanager
def connection(simulator: Simulator) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=30)
    try:
        yield client
    finally:
        client.close()


def get(
    simulator: Simulator, path: str, method: str = "GET"
) -> tuple[http.client.HTTPResponse, bytes]:
    with connection(simulator) as client:
        client.request(method, path, headers=KEY)
        response = client.getresponse()
        return response, response.read()


def raw(simulator: Simulator, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=30) as plug:
        plug.sendall(data)
        plug.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: plug.recv(65536), b""))


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(make_stock(2, 12, 5), rate_limit=0) as running:
        yield running


def test_it_serves_on_loopback_until_the_block_ends() -> None:
    with Simulator(make_stock(2, 3, 2)) as running:
        assert running.base_url == f"http://127.0.0.1:{running.port}/api/external/v1"
        response, body = get(running, f"{BASE_PATH}/listings")
        assert response.status == 200
        assert json.loads(body)["pagination"]["totalItems"] == 3
        assert response.getheader("X-RateLimit-Limit") == "120"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", running.port), timeout=5)


def test_an_open_connection_does_not_keep_it_from_ending() -> None:
    with Simulator(make_stock(2, 3, 2)) as running:
        plug = socket.create_connection(("127.0.0.1", running.port), timeout=30)
        plug.sendall(b"HEAD /photos/ HTTP/1.1\r\n\r\n")
        assert plug.recv(65536).startswith(b"HTTP/1.1 404 ")
    with plug:
        assert plug.recv(1) == b""


def test_a_taken_port_is_an_error(simulator: Simulator) -> None:
    with pytest.raises(OSError), Simulator(make_stock(2, 1, 1), port=simulator.port):  # noqa: PT011 - the text is the system's
        pass


def test_one_connection_carries_many_requests(simulator: Simulator) -> None:
    with connection(simulator) as client:
        local = set()
        for _ in range(3):
            client.request("GET", f"{BASE_PATH}/locations?search=G%C3%A9nt&search=x", headers=KEY)
            client.getresponse().read()
            assert client.sock is not None
            local.add(client.sock.getsockname())
        assert len(local) == 1
    last = simulator.requests[-1]
    assert last.query == (("search", "Gént"), ("search", "x"))
    assert (last.method, last.path, last.key) == ("GET", f"{BASE_PATH}/locations", "demo-key")


def test_a_client_may_ask_to_close(simulator: Simulator) -> None:
    request = f"GET {BASE_PATH}/listings HTTP/1.1\r\nConnection: close\r\n\r\n".encode()
    answered = raw(simulator, request * 2)
    assert answered.count(b"HTTP/1.1 401") == 1
    assert b"Connection: close" in answered


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 400),
        (b"GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 20_000 + b"\r\n\r\n", 431),
        (b"PUT / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort", 400),
        (b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    ],
)
def test_what_it_cannot_read_it_refuses(simulator: Simulator, data: bytes, status: int) -> None:
    assert raw(simulator, data).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_body_is_read_and_thrown_away(simulator: Simulator) -> None:
    with connection(simulator) as client:
        for _ in range(2):
            client.request("PUT", f"{BASE_PATH}/listings/A-1", body=b"{}", headers=KEY)
            response = client.getresponse()
            assert response.status == 403
            assert json.loads(response.read())["error"]["code"] == "SCOPE_DENIED"


def test_other_keys_see_what_they_were_given() -> None:
    stock = make_stock(2, 12, 5)
    one = next(iter(stock.dealers))
    partners = {"demo-key": Partner(), "narrow": Partner(roots=(one,))}
    with Simulator(stock, partners=partners) as running, connection(running) as client:
        client.request("GET", f"{BASE_PATH}/locations", headers={"X-API-Key": "narrow"})
        assert json.loads(client.getresponse().read())["meta"]["rootProfileIds"] == [one]


def test_pictures_are_where_the_listings_say(simulator: Simulator) -> None:
    _, body = get(simulator, f"{BASE_PATH}/listings")
    url = next(each["mainImageUrl"] for each in json.loads(body)["data"] if each["images"])
    assert url.startswith(f"{simulator.origin}/photos/")
    path = url.removeprefix(simulator.origin)
    response, picture = get(simulator, path)
    assert response.getheader("Content-Type") == "image/jpeg"
    assert response.getheader("Content-Length") == str(len(picture))
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (960, 720)
    assert get(simulator, path)[1] == picture


def test_a_picture_can_be_asked_for_without_its_body_and_without_a_key(
    simulator: Simulator,
) -> None:
    _, body = get(simulator, f"{BASE_PATH}/listings")
    url = next(each["mainImageUrl"] for each in json.loads(body)["data"] if each["images"])
    with connection(simulator) as client:
        for method in ("HEAD", "GET"):
            client.request(method, url.removeprefix(simulator.origin))
            response = client.getresponse()
            picture = response.read()
            assert response.status == 200
            assert (method == "HEAD") is (picture == b"")
            assert int(response.getheader("Content-Length") or 0) > 5000


@pytest.mark.parametrize(
    "path",
    [
        "/photos/2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0009/0.jpg",
        "/photos/{id}/99.jpg",
        "/photos/{id}/0.png",
        "/photos/../photos/{id}/0.jpg",
        "/photos/",
    ],
)
def test_a_picture_that_is_none_is_not_found(simulator: Simulator, path: str) -> None:
    _, body = get(simulator, f"{BASE_PATH}/listings")
    path = path.format(id=json.loads(body)["data"][0]["id"])
    assert get(simulator, path)[0].status == 404


def test_pictures_are_only_read(simulator: Simulator) -> None:
    response, _ = get(simulator, "/photos/", "DELETE")
    assert (response.status, response.getheader("Allow")) == (405, "GET, HEAD")


def test_a_fault_may_replace_change_and_delay_an_answer() -> None:
    def fault(request: Request, respond: Answer) -> Response:
        if request.path.endswith("/locations"):
            return answer(503, {"error": {"code": "SERVICE_UNAVAILABLE", "message": "later"}})
        changed = respond(request).adding({"X-Changed": "yes"})
        return msgspec.structs.replace(changed, delay=90)

    waited = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    with Simulator(make_stock(2, 3, 2), fault=fault, sleep=sleep) as running:
        assert get(running, f"{BASE_PATH}/locations")[0].status == 503
        response, _ = get(running, f"{BASE_PATH}/listings")
        assert (response.status, response.getheader("X-Changed")) == (200, "yes")
    assert waited == [90]


def test_serving_for_ever_says_where_and_ends_with_an_interruption() -> None:
    told = []

    def announce(running: Simulator) -> None:
        told.append((running.port, get(running, f"{BASE_PATH}/locations")[0].status))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve_forever(make_stock(2, 3, 2), announce, rate_limit=10)
    ((port, status),) = told
    assert status == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
