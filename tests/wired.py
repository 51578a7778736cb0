"""The command as it is typed, on real sockets; time passes only when somebody sleeps."""

import asyncio
import random
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syndicator import build, cli
from syndicator.simulator import faults
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.service import Answer
from syndicator.simulator.stock import Stock, make_stock
from syndicator.source.client import Client, Secret
from syndicator.source.clock import Clock
from syndicator.source.patience import Patience
from tests.watch import Watch

KEY = "canary-4f1c9e7b2d"
QUARTER = 900.0  # seconds from one build to the next
LOOPBACK = "127.0.0.1"


class Ran(msgspec.Struct, frozen=True):
    """What a command came to; ``naps`` are the waits between its requests."""

    code: int
    out: str
    err: str
    naps: list[float]
    asked: list[dict[str, str]]  # the queries of its requests for listings
    times: list[float]  # when each of its requests came
    requests: int

    @property
    def told(self) -> str:
        """All that a person reads."""
        return self.err + self.out

    def lines(self, words: str) -> list[str]:
        """Where it says so, but for what the log tells of single attempts."""
        told = [each for each in self.told.splitlines() if not each.startswith("WARNING")]
        return [each for each in told if words in each]

    @property
    def pages(self) -> list[str]:
        """The pages of listings that it asked for, the catch-up left out."""
        return [each.get("page", "1") for each in self.asked if "updatedSince" not in each]


class Wired:
    """A folder to build in, and a simulator for each build."""

    def __init__(
        self,
        folder: Path,
        patch: pytest.MonkeyPatch,
        captured: pytest.CaptureFixture[str],
        stock: Stock | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.output = folder / "output"
        self.watch = watch or Watch()
        self.stock = stock or make_stock(3, 30, 6, photo_base="https://images.example")
        self.deadline: float | None = None  # of the run, other than configured
        self.draw: Callable[[], float] = random.random
        self.times: list[float] = []
        self._captured = captured
        patch.chdir(folder)
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "OKASIE_API_URL"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        patch.setenv("OKASIE_API_SECRET", KEY)
        timed = partial(build.Request, clock=self.watch, connect=self._connect)
        patch.setattr(build, "Request", timed)

    def serving(self, *script: str, fault: Any = None, **settings: Any) -> Simulator:
        """The API; ``fault`` comes before the faults of the script."""
        follow = faults.Script.of(*script)

        def answered(request: Request, answer: Answer) -> Response:
            self.times.append(self.watch.now())
            behind = partial(follow, answer=answer)
            return fault(request, behind) if fault else behind(request)

        known = {"key": KEY, "rate_limit": 0, "clock": self.watch.unix, "sleep": self._sleep}
        return Simulator(self.stock, fault=answered, **(known | settings))

    def build(self, *arguments: str, faults: tuple[str, ...] = (), **settings: Any) -> Ran:
        """A build against a simulator of its own, a quarter of an hour after the last."""
        with self.serving(*faults, **settings) as simulator:
            return self.run(simulator, "--api-url", simulator.base_url, *arguments)

    def run(self, simulator: Simulator | None, *arguments: str) -> Ran:
        """A build where the arguments say who the API is."""
        self.watch.tick(QUARTER)
        self.watch.naps.clear()
        self.times.clear()
        self._captured.readouterr()
        site = ("--site-url", "https://s.example", "--exporter", "vehicles")
        code = cli.run(["build", *site, *arguments])
        out, err = self._captured.readouterr()
        assert "Traceback" not in err
        assert "this is a bug" not in err
        assert KEY not in out + err
        seen = list(simulator.requests) if simulator else []
        queries = [dict(each.query) for each in seen if each.path.endswith("/listings")]
        return Ran(code, out, err, [*self.watch.naps], queries, [*self.times], len(seen))

    def kept(self, code: int, words: str, *arguments: str, **how: Any) -> Ran:
        """A build after a good one, with news to tell, that must leave what is out as it is."""
        asked = arguments or ("--location", "DEX-GENT")
        assert self.build(*asked).code == 0
        before = self.files()
        self.change()
        ran = self.build(*asked, "--full", **how)
        assert ran.code == code
        assert len(ran.lines(words)) == 1
        assert self.files() == before
        return ran

    def files(self) -> dict[str, bytes]:
        """Everything that is out but the record, which says since when something is not well."""
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in self.output.rglob("*")
            if path.is_file() and path.name != "build.json"
        }

    def change(self) -> str:
        """Another price for one car, so that a good build would write something."""
        listing = next(each.id for each in self.stock if each.status == "active")
        now = self.watch.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.stock.amend(listing, price=12_345, updatedAt=now)
        return listing

    async def _sleep(self, seconds: float) -> None:
        self.watch.tick(seconds)
        await asyncio.sleep(0)

    def _connect(self, url: str, secret: Secret, seconds: float, clock: Clock) -> Client:
        patience = Patience(clock, seconds=self.deadline or seconds, draw=self.draw)
        return Client(url, secret, patience=patience, clock=clock)


class Real(Watch):
    """Real time passes too, but sleeping takes none of it."""

    def now(self) -> float:
        return super().now() + time.monotonic()


def jittered(naps: list[float]) -> bool:
    """Whether these may be the waits before the second to the fifth attempt."""
    return all(0 <= nap <= most for nap, most in zip(naps, (1, 2, 4, 8), strict=False))


def resolving(patch: pytest.MonkeyPatch, **hosts: Any) -> list[str]:
    """Name service: addresses by host, with ``_`` for dots, or an error.

    :returns: what was asked of it, as that happens.
    """
    known = {host.replace("_", "."): found for host, found in hosts.items()}
    ask, asked = socket.getaddrinfo, []

    def answer(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if host not in known:
            return ask(host, port, *more, **named)
        asked.append(host)
        found = known[host]
        if isinstance(found, Exception):
            raise found
        return [entry for each in found for entry in _entries(each, port)]

    patch.setattr(socket, "getaddrinfo", answer)
    return asked


def _entries(address: str | tuple[str, int], port: int) -> Iterator[Any]:
    host, at = address if isinstance(address, tuple) else (address, port)
    if ":" in host:
        yield socket.AF_INET6, socket.SOCK_STREAM, 6, "", (host, at, 0, 0)
    else:
        yield socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, at)


def closed_port() -> int:
    """Where nobody listens."""
    with socket.socket() as plug:
        plug.bind((LOOPBACK, 0))
        return int(plug.getsockname()[1])


def misled(patch: pytest.MonkeyPatch, *ports: int) -> None:
    """Let the next connections go to these ports of loopback; the rest go where they should."""
    reach: Callable[..., socket.socket] = socket.create_connection
    left = iter(ports)

    def connect(address: tuple[str, int], *more: Any, **named: Any) -> socket.socket:
        port = next(left, 0)
        return reach((LOOPBACK, port) if port else address, *more, **named)

    patch.setattr(socket, "create_connection", connect)
