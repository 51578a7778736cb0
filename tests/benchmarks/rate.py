"""How much of the permitted rate a sync uses, in real time over real sockets.

``python -m tests.benchmarks.rate [--listings 48000] [--latency 0] [--seed 1]``: the simulator, in a
process of its own and with the documented limits, against the real client and a fresh store.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from syndicator.agenda import Wish
from syndicator.config import Config, SiteTable, Target, TargetTable, wanted
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.service import Answer
from syndicator.simulator.stock import Stock, make_stock
from syndicator.source.client import Client, Secret
from syndicator.store import Store
from syndicator.sync import sync

KEY = "benchmark-key"
PER_MINUTE = 120
PER_SECOND = PER_MINUTE / 60
DEALERS = 12
SECONDS = 1_800.0  # that all syncs may take
TOO_MANY = 429

Tally = tuple[int, int, float]  # refused requests, most at once, seconds from first to last


class Late:
    """Sends each answer late, and counts what it sees."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._refused = 0
        self._flying: deque[float] = deque()  # when the requests that are under way came
        self._most = 0
        self._first = self._last = 0.0  # when requests came

    def __call__(self, request: Request, answer: Answer) -> Response:
        """The answer, and after how long it leaves."""
        now = time.monotonic()
        while self._flying and self._flying[0] + self._seconds <= now:
            self._flying.popleft()
        self._flying.append(now)
        self._most = max(self._most, len(self._flying))
        self._first, self._last = self._first or now, now
        response = answer(request)
        self._refused += response.status == TOO_MANY
        return msgspec.structs.replace(response, delay=response.delay + self._seconds)

    def tally(self) -> Tally:
        """What was counted since the last time."""
        counted = self._refused, self._most, self._last + self._seconds - self._first
        self._refused = self._most = 0
        self._first = 0.0
        return counted


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One sync: what was asked, how long it took, and how much was refused.

    :ivar asking: seconds from the first request to the last answer; the rest is the store's.
    """

    requests: int
    seconds: float
    asking: float
    refused: int
    in_flight: int

    @property
    def share(self) -> float:
        """Of the requests that the API permits in that time."""
        return self.requests / (PER_SECOND * max(self.asking, 1.0))


class Api:
    """The simulator as the other process has it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url: str = pipe.recv()

    def tally(self) -> Tally:
        """What it counted since the last time."""
        refused, most, asking = self._call("tally")
        return refused, most, asking

    def edit(self, count: int) -> None:
        """Edit so many active listings now."""
        self._call("edit", count)

    def busiest(self) -> str:
        """The code of the location that has most on offer."""
        return str(self._call("busiest"))

    def _call(self, *words: object) -> Any:
        self._pipe.send(words)
        return self._pipe.recv()


def serve(pipe: Connection, listings: int, latency: float, seed: int) -> None:
    """The other process: serves until it is told to stop."""
    stock, late = make_stock(seed, listings, DEALERS), Late(latency)
    rng = random.Random(seed)
    with Simulator(stock, key=KEY, rate_limit=PER_MINUTE, fault=late) as simulator:
        pipe.send(simulator.base_url)
        while (words := pipe.recv()) != ("stop",):
            match words:
                case ("tally",):
                    pipe.send(late.tally())
                case ("edit", int(count)):
                    pipe.send(edit(stock, rng, count))
                case _:
                    pipe.send(busiest(stock))


def edit(stock: Stock, rng: random.Random, count: int) -> int:
    """Give so many active listings another mileage now."""
    active = [each.id for each in stock if each.status == "active"]
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for listing_id in rng.sample(active, count):
        stock.amend(listing_id, mileage=rng.randrange(1_000, 200_000), updatedAt=now)
    return count


def busiest(stock: Stock) -> str:
    """The code of the location that has most on offer."""
    counts = Counter(each.dealer_id for each in stock if each.status == "active")
    ((dealer_id, _),) = counts.most_common(1)
    return str(stock.dealers[dealer_id].profile["locationCode"])


@contextmanager
def simulated(listings: int, latency: float, seed: int) -> Iterator[Api]:
    """The API in another process, as long as it is wanted."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=serve, args=(theirs, listings, latency, seed))
    process.start()
    try:
        yield Api(ours)
    finally:
        ours.send(("stop",))
        process.join()


def targets(**named: Any) -> tuple[Target, ...]:
    """As a configuration resolves them."""
    site = SiteTable(url="https://s.example")
    return wanted(Config(site=site, targets=(TargetTable(**named),)))


def measure(
    api: Api, client: Client, store: Store, asked: tuple[Target, ...], *, full: bool = False
) -> Measured:
    """One sync; all share a client, for a new one would not know what the API still counts."""
    api.tally()
    sent, began = client.requests, time.monotonic()
    synced = sync(client, store, Wish(targets=asked, full=full), lambda *_: None)
    seconds = time.monotonic() - began
    for error in synced.errors:
        raise error
    refused, most, asking = api.tally()
    return Measured(
        requests=client.requests - sent,
        seconds=seconds,
        asking=asking,
        refused=refused,
        in_flight=most,
    )


def report(listings: int, latency: float, seed: int) -> None:
    """Run it all, and print a line for each sync as it ends."""
    say(f"{listings} listings, {latency} s latency, {PER_MINUTE} a minute permitted")
    say(
        f"{'sync':<28}{'requests':>9}{'seconds':>9}{'asking':>8}{'per s':>7}{'share':>8}"
        f"{'429s':>6}{'flying':>8}"
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "state.db") as store,
        simulated(listings, latency, seed) as api,
        Client(api.url, Secret(KEY), seconds=SECONDS) as client,
    ):
        everything, location = targets(all=True), targets(location=api.busiest())
        for name, asked in (("all", everything), (location[0].name, location)):
            show(f"{name}, first", measure(api, client, store, asked, full=True))
            api.edit(50)
            show(f"{name}, 50 changes", measure(api, client, store, asked))
            show(f"{name}, unchanged", measure(api, client, store, asked))


def show(name: str, got: Measured) -> None:
    """One line of the table."""
    rate = got.requests / max(got.asking, 1.0)
    say(
        f"{name:<28}{got.requests:>9}{got.seconds:>9.1f}{got.asking:>8.1f}{rate:>7.2f}{got.share:>8.1%}"
        f"{got.refused:>6}{got.in_flight:>8}"
    )


def say(line: str) -> None:
    """To whoever looks on."""
    print(line, flush=True)  # noqa: T201 - a program


def main() -> None:
    """What the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=48_000)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    report(asked.listings, asked.latency, asked.seed)


if __name__ == "__main__":
    main()
