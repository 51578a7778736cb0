"""Transport, by the numbers of the catalogue of faults: what travels badly, on real sockets."""

import asyncio
import contextlib
import random
import re
import socket
import threading
import tracemalloc
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from syndicator.errors import Unreachable
from syndicator.simulator import carriage, wire
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.service import Answer, Fault
from syndicator.simulator.stock import make_stock
from syndicator.source import client
from syndicator.source.client import Client, LocationQuery, Secret
from syndicator.source.clock import Clock
from tests.watch import Watch
from tests.wired import Real, Wired, closed_port, jittered, misled, resolving
from tests.world import World

HERE = ("--location", "DEX-GENT")


@pytest.fixture
def paged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Wired:
    """Nine pages and a bit: ten of ten cars."""
    monkeypatch.setattr("syndicator.walk.PAGE_SIZE", 10)
    stock = make_stock(3, 95, 6, photo_base="https://images.example")
    return Wired(tmp_path, monkeypatch, capsys, stock)


def all_pages() -> list[str]:
    return [str(number) for number in range(1, 11)]


class Last(msgspec.Struct, frozen=True):
    """A good answer that says that the connection ends with it."""


async def last(link: carriage.Link, response: Response, _: Last) -> bool:
    await wire.send(link.writer, response, close=True)
    return False


class Vanish(msgspec.Struct, frozen=True):
    """The connection is closed as soon as a request has come."""


async def vanish(*_: object) -> bool:
    return False


@pytest.fixture(autouse=True)
def deliveries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(carriage._CARRIERS, Last, last)  # type: ignore[arg-type]
    monkeypatch.setitem(carriage._CARRIERS, Vanish, vanish)  # type: ignore[arg-type]


def closing_after(number: int) -> Fault:
    """The API ends the connection with that answer, and says so."""
    count = iter(range(1, 1_000))

    def fault(request: Request, answer: Answer) -> Response:
        found = answer(request)
        return msgspec.structs.replace(found, delivery=Last()) if next(count) == number else found

    return fault


def test_case_01_a_name_that_does_not_resolve_is_tried_again_and_keeps_what_is_out(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wired.build("--all").code == 0
    before = wired.files()
    wired.change()
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    asked = resolving(monkeypatch, api_example=unknown)
    api = ("--api-url", "https://api.example/v1")
    wired.draw = lambda: random.uniform(0.6, 1.0)  # never so soon that the pace would wait too
    all_naps = []
    for targets in (("--all",), HERE, (*HERE, "--location", "SOLITAIR", "--full")):
        ran = wired.run(None, *api, *targets)
        assert ran.code == 6
        assert "no answer from api.example: ConnectError: [Errno -2] Name or" in ran.told
        assert wired.files() == before
        assert len(ran.naps) == 4  # of the first question; no other is asked
        assert len(asked) == 5
        assert jittered(ran.naps)
        all_naps += ran.naps
        asked.clear()
    assert len(set(all_naps)) == len(all_naps)


def test_case_02_a_connection_refused_twice_costs_two_short_waits(
    paged: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = closed_port()
    misled(monkeypatch, 0, nobody, nobody)  # the first connection ends after page 3
    ran = paged.build("--all", fault=closing_after(4))
    assert ran.code == 0
    assert ran.pages == all_pages()
    assert len(ran.naps) == 2
    assert jittered(ran.naps)
    assert ran.told.count("again in") == 1  # a first failure is no news yet
    assert len(paged.files()) > 1


@pytest.mark.parametrize("noticed", ["before the request", "during it"])
def test_case_03_a_connection_that_was_closed_while_idle_is_replaced_unnoticed(
    paged: Wired, noticed: str
) -> None:
    def lost(request: Request, answer: Answer) -> Response:
        found = answer(request)
        is_due = len(paged.times) == 5 and noticed == "during it"
        return msgspec.structs.replace(found, delivery=Vanish()) if is_due else found

    script = ("close-idle@4",) if noticed == "before the request" else ()
    ran = paged.build("--all", fault=lost, faults=script)
    assert ran.code == 0
    assert sorted(set(ran.pages), key=int) == all_pages()
    assert len(ran.pages) <= 11
    assert len(ran.naps) <= 1 + len(ran.times) // 4
    assert "again" not in ran.told
    assert ran.lines("warning") == ran.lines("holds what we do not know")


def test_case_04_a_reset_in_the_middle_of_a_page_costs_that_page_only(paged: Wired) -> None:
    ran = paged.build("--all", faults=("reset@listings#4",))
    assert ran.code == 0
    assert ran.pages == ["1", "2", "3", "4", *all_pages()[3:]]
    assert "again" not in ran.told


@pytest.mark.parametrize("how", ["length", "chunked"])
def test_case_05_a_body_shorter_than_announced_is_no_short_page(wired: Wired, how: str) -> None:
    ran = wired.kept(6, "RemoteProtocolError", faults=(f"cut={how}@listings#1+",))
    assert ran.pages == ["1"] * 5
    assert wired.build(*HERE, "--full", faults=(f"cut={how}@listings#1",)).code == 0


def test_case_06_half_a_body_without_length_is_read_three_times_at_most(wired: Wired) -> None:
    ran = wired.kept(3, "the answer is broken JSON", faults=("cut=unsized@listings#1+",))
    assert ran.pages == ["1"] * 3
    assert jittered(ran.naps)
    assert wired.build(*HERE, "--full", faults=("cut=unsized@listings#1-2",)).code == 0


def test_case_07_a_page_that_is_short_though_its_json_is_valid_is_no_page(paged: Wired) -> None:
    there = ("--location", "DEX-ANTWERPEN")
    words = "page 4: 5 records where 10 must be"
    ran = paged.kept(3, words, *there, faults=("short-page@listings#4+",))
    assert ran.pages == ["1", "2", "3", "4", "4", "4"]
    once = paged.build("--all", "--full", faults=("short-page@listings#4",))
    assert once.code == 0
    assert once.pages == ["1", "2", "3", "4", *all_pages()[3:]]


class Step(Watch):
    """A server's drops and a client's looks at the clock take turns."""

    def __init__(self) -> None:
        super().__init__()
        self._looked = threading.Event()

    def now(self) -> float:
        self._looked.set()
        return super().now()

    async def drop(self, seconds: float) -> None:
        await asyncio.to_thread(self._looked.wait, 5)
        self._looked.clear()
        self.tick(seconds)


@pytest.mark.parametrize("limit", [600.0, 70.0], ids=["of the attempt", "of the run"])
def test_case_08_an_answer_that_drips_ends_at_the_deadline(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    limit: float,
) -> None:
    clock = Step()
    wired = Wired(tmp_path, monkeypatch, capsys, watch=clock)
    wired.deadline, wired.draw = limit, lambda: 0.0
    words = "the answer comes too slowly"
    ran = wired.kept(6, words, faults=("drip=1/1@listings#1+",), sleep=clock.drop)
    began = ran.times[1:]
    lasted = [end - start for start, end in pairwise([*began, clock.now()])]
    assert 2 <= len(ran.pages) <= 5
    assert all(each <= 60 for each in lasted)
    assert lasted[0] > 30  # it was given its time
    assert sum(lasted) <= limit + len(lasted)  # drops that fell behind a client's back


def test_case_09_a_server_that_never_answers_is_left_and_the_deadline_of_the_run_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wired = Wired(tmp_path, monkeypatch, capsys, watch=Real())
    monkeypatch.setattr(client, "STEP_SECONDS", 2.0)
    assert wired.build(*HERE, faults=("hang@listings#1",)).pages == ["1", "1"]
    wired.deadline, wired.draw = 10.0, lambda: 1.0
    ran = wired.kept(6, "no answer from 127.0.0.1: ReadTimeout", faults=("hang@listings#1+",))
    assert 2 <= len(ran.pages) < 5
    assert ran.times[-1] - ran.times[0] <= 12


def test_case_08_what_comes_at_once_is_read_however_short_the_run_is(tmp_path: Path) -> None:
    world = World(tmp_path, seconds=0.2)

    def hurried(url: str, secret: Secret, _: float, clock: Clock) -> Client:
        return Client(url, secret, transport=world, seconds=5.0, clock=clock)

    assert world.build(connect=hurried, faults=("drip=20000/0.01",)).code == 0


def test_case_09_the_time_that_a_dead_server_costs_is_that_of_the_run(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build().code == 0
    before, began = world.files(), world.watch.now()
    built = world.build(full=True, later=0, faults=("hang@listings#2+",), deadline="1m")
    assert built.code == 6
    assert world.files() == before
    assert world.watch.now() - began <= 60 + 20  # of the attempt that was under way


def test_case_10_a_body_that_unpacks_to_200_mb_is_refused_with_little_memory(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_BYTES", 8 * 2**20)
    tracemalloc.start()
    try:
        ran = wired.kept(3, "larger than 8 MiB", faults=("bomb=200@listings#1+",))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 2**20
    assert [each["pageSize"] for each in ran.asked] == ["200", "50", "12", "3", "1"]
    once = wired.build(*HERE, "--full", faults=("bomb=200@listings#1",))
    assert once.code == 0
    assert once.asked[1]["pageSize"] == "50"


@pytest.mark.parametrize("encoding", ["br", "zstd", "fivefold", "gzip, br", "\x1b[31mred"])
def test_case_11_an_encoding_that_was_not_asked_for_is_a_clear_error(
    wired: Wired, encoding: str
) -> None:
    def coded(request: Request, answer: Answer) -> Response:
        found = answer(request)
        is_list = request.path.endswith("listings") and "\x1b" in encoding
        return found.adding({"Content-Encoding": encoding}) if is_list else found

    script = () if "\x1b" in encoding else (f"encoding={encoding}@listings#1+",)
    ran = wired.kept(3, "compressed in a way that was not asked", faults=script, fault=coded)
    assert ran.pages == ["1"] * 3
    assert "\x1b" not in ran.told


@pytest.mark.parametrize(
    "url", ["http://api.example/v1", "http://192.0.2.1:8080", "ftp://x.example"]
)
def test_case_13_plain_http_to_a_public_host_is_refused_before_any_request(
    wired: Wired, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, api_example=AssertionError("asked for"))
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))
    ran = wired.run(None, "--api-url", url, "--all")
    assert ran.code == 2
    assert len(ran.lines("https")) >= 1
    assert asked == []
    assert not wired.output.exists()


def test_case_14_a_redirect_to_another_host_is_not_followed(wired: Wired) -> None:
    with wired.serving(key="other") as elsewhere:
        target = f"http://localhost:{elsewhere.port}/secret-path/listings"
        ran = wired.kept(2, "it has moved to localhost", faults=(f"redirect={target}@1+",))
        assert list(elsewhere.requests) == []
    assert ran.requests == 1
    assert "hint: correct the address of the API" in ran.told
    assert "secret-path" not in ran.told


@pytest.mark.parametrize("where", ["listings", "locations"])
def test_case_15_a_redirect_to_the_same_host_names_the_address_to_set(
    wired: Wired, where: str
) -> None:
    script = (f"redirect=https@{where}#1+",)
    ran = wired.kept(2, "its address is written differently", faults=script)
    assert ran.pages == (["1"] if where == "listings" else [])
    assert re.search(r"set OKASIE_API_URL to https://127\.0\.0\.1:\d+/api/external/v1\n", ran.told)


def test_case_15_a_redirect_to_a_trailing_slash_is_not_followed(wired: Wired) -> None:
    ran = wired.kept(2, "its address is written differently", faults=("redirect=slash@1+",))
    assert ran.requests == 1
    assert "hint: correct the address of the API: https" in ran.told
    assert "set OKASIE_API_URL" not in ran.told  # it would be what is set already


def test_case_17_a_page_for_people_is_read_three_times_and_then_named(wired: Wired) -> None:
    ran = wired.kept(3, "HTML instead of JSON", faults=("html@listings#1+",))
    assert ran.pages == ["1"] * 3
    assert jittered(ran.naps)
    assert "Even geduld" not in ran.told
    assert wired.build(*HERE, "--full", faults=("html@listings#1-2",)).code == 0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("status=204", "204"),
        ("no-body", "the answer is empty"),
        ("error-200", "Could not fetch data"),
        ("status=200;body=array", "the answer"),
    ],
)
def test_case_18_an_empty_answer_is_never_an_empty_showroom(
    wired: Wired, fault: str, words: str
) -> None:
    ran = wired.kept(3, words, faults=(f"{fault}@listings#1+",))
    assert ran.pages == ["1"] * 3
    assert "no active listings" not in ran.told


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX-Endless: ", b"HTTP/1.1 103 Early Hints\r\n\r\n"]
)
def test_case_08_a_head_that_drips_ends_too(start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syndicator.source.client.GRACE_SECONDS", 0.0)
    monkeypatch.setattr("syndicator.source.client.MAX_SECONDS", 0.5)
    monkeypatch.setattr("syndicator.source.patience.ATTEMPTS", 1)
    ended = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        connection.sendall(start)
        with connection, contextlib.suppress(OSError):
            while not ended.wait(0.05):
                connection.sendall(b"x" if b"Endless" in start else start)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        with (
            Client(address, Secret("k" * 20)) as asking,
            pytest.raises(Unreachable, match="too slowly"),
        ):
            asking.locations(LocationQuery())
        ended.set()
        thread.join()
