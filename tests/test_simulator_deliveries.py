import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest

from syndicator.simulator.api import BASE_PATH
from syndicator.simulator.delivery import CloseIdle, Cut, Delivery, Drip, Hang, Reset
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.service import Answer, Fault
from syndicator.simulator.stock import Stock, make_stock

PATH = f"{BASE_PATH}/locations"
KEY = {"Authorization": "Bearer demo-key"}

waited: list[float] = []


async def at_once(seconds: float) -> None:
    waited.append(seconds)


def travelling(delivery: Delivery, **members: object) -> Fault:
    def fault(request: Request, answer: Answer) -> Response:
        return msgspec.structs.replace(answer(request), delivery=delivery, **members)

    return fault


@pytest.fixture(scope="module")
def stock() -> Stock:
    return make_stock(2, 12, 5)


Open = Callable[..., contextlib.AbstractContextManager[http.client.HTTPConnection]]


@pytest.fixture
def connected(stock: Stock) -> Open:
    @contextlib.contextmanager
    def connected(delivery: Delivery, **members: object) -> Iterator[http.client.HTTPConnection]:
        waited.clear()
        fault = travelling(delivery, **members)
        with Simulator(stock, rate_limit=0, fault=fault, sleep=at_once) as running:
            client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
            with contextlib.closing(client):
                client.request("GET", PATH, headers=KEY)
                yield client

    return connected


def test_a_cut_body_is_shorter_than_its_length_says(connected: Open) -> None:
    with connected(Cut(framing="length", share=0.5)) as client:
        response = client.getresponse()
        stated = int(response.getheader("Content-Length") or 0)
        with pytest.raises(http.client.IncompleteRead) as cut:
            response.read()
    assert stated > 1_000
    assert len(cut.value.partial) == stated // 2


def test_a_body_without_a_length_is_cut_unseen(connected: Open) -> None:
    with connected(Cut(framing="none", share=0.5)) as client:
        response = client.getresponse()
        body = response.read()
    assert response.getheader("Content-Length") is None
    assert response.getheader("Connection") == "close"
    assert body.startswith(b'{"data":[{')
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_chunked_body_is_cut_before_its_last_chunk(connected: Open, share: float) -> None:
    with connected(Cut(framing="chunked", share=share)) as client:
        response = client.getresponse()
        assert response.getheader("Transfer-Encoding") == "chunked"
        with pytest.raises(http.client.IncompleteRead) as cut:
            response.read()
    assert (len(cut.value.partial) > 1_000) is (share > 0)


def test_a_body_in_drops_arrives_whole_and_the_connection_lives(connected: Open) -> None:
    with connected(Drip(size=100, seconds=7)) as client:
        body = client.getresponse().read()
        assert len(waited) == -(-len(body) // 100)
        assert set(waited) == {7}
        client.request("GET", PATH, headers=KEY)
        assert client.getresponse().read() == body


def test_a_delay_comes_before_any_delivery(connected: Open) -> None:
    with connected(Drip(size=10**6, seconds=7), delay=3.5) as client:
        client.getresponse().read()
    assert waited == [3.5, 7]


def test_an_answer_that_hangs_never_comes_and_ends_with_the_client(connected: Open) -> None:
    with connected(Hang()) as client:
        assert client.sock is not None
        client.sock.shutdown(socket.SHUT_WR)
        with pytest.raises(http.client.RemoteDisconnected):
            client.getresponse()


def test_a_simulator_ends_although_somebody_hangs(stock: Stock) -> None:
    asked = threading.Event()

    def fault(request: Request, answer: Answer) -> Response:
        asked.set()
        return travelling(Hang())(request, answer)

    with Simulator(stock, fault=fault) as running:
        client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        client.request("GET", PATH, headers=KEY)
        assert asked.wait(30)
    with contextlib.closing(client), pytest.raises(ConnectionError):
        client.getresponse()


def test_nobody_is_left_waiting_who_came_at_the_last_moment(stock: Stock) -> None:
    for _ in range(30):
        with Simulator(stock, fault=travelling(Hang())) as running:
            client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
            client.request("GET", PATH, headers=KEY)
        with contextlib.closing(client), pytest.raises(ConnectionError):
            client.getresponse()


def test_a_connection_is_reset_in_mid_body(connected: Open) -> None:
    with connected(Reset(share=0.5)) as client, pytest.raises(ConnectionResetError):
        client.getresponse().read()


def test_a_kept_connection_is_closed_without_a_word(connected: Open) -> None:
    with connected(CloseIdle()) as client:
        response = client.getresponse()
        assert json.loads(response.read())["meta"]["total"] == 5
        assert response.getheader("Connection") == "keep-alive"
        assert client.sock is not None
        assert client.sock.recv(1) == b""


def test_an_answer_without_a_body_has_nothing_to_cut(stock: Stock) -> None:
    with Simulator(stock, fault=travelling(Cut())) as running:
        client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        with contextlib.closing(client):
            client.request("HEAD", PATH, headers=KEY)
            assert client.getresponse().read() == b""


@pytest.mark.parametrize(("status", "length"), [(204, None), (304, None), (299, "3")])
def test_a_status_that_has_no_body_gets_none(stock: Stock, status: int, length: str | None) -> None:
    def fault(_request: Request, _answer: Answer) -> Response:
        return Response(status=status, body=b"abc")

    with Simulator(stock, fault=fault) as running:
        client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        with contextlib.closing(client):
            for _ in range(2):
                client.request("GET", PATH, headers=KEY)
                response = client.getresponse()
                assert response.read() == (b"abc" if length else b"")
                assert (response.status, response.getheader("Content-Length")) == (status, length)
