"""How often a walk over page numbers misses a car that was on offer all the time.

``python -m tests.benchmarks.loss [--runs 100] [--seed N] [--jobs 2]``: 4 000 listings on 20 pages,
a quarter of a second a request on a clock of its own, a stock that changes meanwhile. Textbook
strategies run on bare ids and dates; ours is the real client, walk, settlement and store, judged
by its second build: the first one, a quarter of an hour of changes, then the second.
"""

import argparse
import logging
import multiprocessing
import random
import tempfile
import uuid
from bisect import bisect_left, insort
from collections.abc import Callable
from functools import lru_cache
from math import inf
from pathlib import Path
from zlib import crc32

import httpx
import msgspec

from syndicator.agenda import Wish
from syndicator.config import Target
from syndicator.simulator.access import Partner
from syndicator.simulator.compose import Entry
from syndicator.simulator.dealers import make_dealers
from syndicator.simulator.messages import Request
from syndicator.simulator.moments import instant, milliseconds
from syndicator.simulator.mutation import ADDITIONS, EDITS, REMOVALS, Mutation
from syndicator.simulator.service import Service
from syndicator.simulator.stock import Order, Stock
from syndicator.source import normalise
from syndicator.source.client import Client, Secret
from syndicator.store import Store
from syndicator.sync import sync
from tests.watch import Watch

LISTINGS, PAGE = 4_000, 200
SECONDS = 0.25  # a request
QUARTER = 900.0  # seconds between two builds
OURS = "ours"
TRIES = 4  # of a textbook walk that does not look clean
TRACELESS = 0.5  # of the removals; the rest turns sold
DEALERS = 12
ORDERS: tuple[Order, ...] = ("updated", "created", "id")
SAID = {"updated": "updatedAt desc", "created": "createdAt desc", "id": "id asc"}
RATES = (6, 60)  # changes a minute
KEY = "benchmark-key"
REMEMBERED = 20_000  # records
DAY = 86_400_000  # milliseconds


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one strategy came to in one run."""

    missed: bool
    requests: int
    ghosts: int = 0
    is_unsettled: bool = False
    is_cut: bool = False


class Row(msgspec.Struct, frozen=True):
    """A listing as far as the order of a list goes."""

    key: tuple[float, str]
    created: float
    updated: float


class Bare:
    """A stock of ids and dates that changes by its own clock, and the one API that shows it."""

    def __init__(self, order: Order, per_minute: float, rng: random.Random) -> None:
        self.now = 0.0
        self.requests = 0
        self._order = order
        self._rate = per_minute / 60
        self._rng = rng
        self._rows: dict[str, Row] = {}
        self._ranked: list[tuple[float, str]] = []
        self._periods: dict[str, list[float]] = {}
        for _ in range(LISTINGS):
            updated = -rng.expovariate(1 / 2e6)
            self._place(self._name(), updated - rng.uniform(0, 1e7), updated)
        for name in self._rows:
            self._periods[name] = [-inf, inf]
        self._ids = sorted(self._rows)
        self._due = rng.expovariate(self._rate)

    def page(self, number: int) -> tuple[list[str], int]:
        """The ids of a page and the total, after a request has taken its time."""
        self._ask()
        cut = self._ranked[(number - 1) * PAGE : number * PAGE]
        return [name for _, name in cut], len(self._ranked)

    def since(self, moment: float) -> set[str]:
        """What is on offer and was added or edited since then."""
        self._ask()
        return {name for name, row in self._rows.items() if row.updated >= moment}

    def alive_throughout(self, start: float, end: float) -> set[str]:
        """What was on offer all the time between two moments."""
        return {
            name for name, (since, until) in self._periods.items() if since <= start < end < until
        }

    def _ask(self) -> None:
        self.now += SECONDS
        self.requests += 1
        while self._due <= self.now:
            (change,) = self._rng.choices(
                (self._edit, self._add, self._take_away), (EDITS, ADDITIONS, REMOVALS)
            )
            change(self._due)
            self._due += self._rng.expovariate(self._rate)

    def _edit(self, at: float) -> None:
        name = self._rng.choice(self._ids)
        created = self._rows[name].created
        self._drop(name)
        self._place(name, created, at)

    def _add(self, at: float) -> None:
        name = self._name()
        self._place(name, at, at)
        self._ids.append(name)
        self._periods[name] = [at, inf]

    def _take_away(self, at: float) -> None:
        name = self._ids.pop(self._rng.randrange(len(self._ids)))
        self._drop(name)
        self._periods[name][1] = at

    def _place(self, name: str, created: float, updated: float) -> None:
        first = {"updated": -updated, "created": -created}.get(self._order, 0.0)
        self._rows[name] = Row((first, name), created, updated)
        insort(self._ranked, (first, name))

    def _drop(self, name: str) -> None:
        del self._ranked[bisect_left(self._ranked, self._rows.pop(name).key)]

    def _name(self) -> str:
        return f"{self._rng.getrandbits(64):016x}"


class Walked(msgspec.Struct, frozen=True):
    """One walk: what it saw, and whether its pages agree."""

    ids: set[str]
    is_clean: bool


def walk(api: Bare, *, backwards_from: int = 0) -> Walked:
    """All pages in order; or in the other order, from the last one on."""
    ids: set[str] = set()
    totals: set[int] = set()
    rows, number, last = 0, backwards_from or 1, inf
    while 1 <= number <= last:
        names, total = api.page(number)
        ids.update(names)
        totals.add(total)
        rows += len(names)
        last = inf if backwards_from else -(-total // PAGE)
        number += -1 if backwards_from else 1
    return Walked(ids, totals == {len(ids)} and rows == len(ids))


def plain(api: Bare) -> set[str]:
    """Each page once."""
    return walk(api).ids


def repeated(api: Bare) -> set[str]:
    """The first walk that looks clean, or the last of four."""
    for _ in range(TRIES):
        seen = walk(api)
        if seen.is_clean:
            break
    return seen.ids


def caught_up(api: Bare) -> set[str]:
    """Each page once, and what changed meanwhile."""
    began = api.now
    return walk(api).ids | api.since(began)


def clean_caught_up(api: Bare) -> set[str]:
    """All walks until one looks clean, united, and what changed meanwhile."""
    began, ids = api.now, set[str]()
    for _ in range(TRIES):
        seen = walk(api)
        ids |= seen.ids
        if seen.is_clean:
            break
    return ids | api.since(began)


def both_ways(api: Bare) -> set[str]:
    """Each page forwards, then backwards, and what changed meanwhile."""
    began = api.now
    ids = walk(api).ids
    return ids | walk(api, backwards_from=-(-len(ids) // PAGE)).ids | api.since(began)


TEXTBOOK: dict[str, Callable[[Bare], set[str]]] = {
    "plain walk": plain,
    "repeated until clean": repeated,
    "walk + catch-up": caught_up,
    "clean walk + catch-up": clean_caught_up,
    "both ways + catch-up": both_ways,
}


def textbook(name: str, order: Order, rate: int, seed: str) -> Outcome:
    """One run of a strategy that knows nothing from before."""
    api = Bare(order, rate, random.Random(seed))
    began = api.now
    found = TEXTBOOK[name](api)
    missed = api.alive_throughout(began, api.now) - found
    return Outcome(missed=bool(missed), requests=api.requests)


class Transport(httpx.BaseTransport):
    """The simulator without a network; every request takes its time."""

    def __init__(self, service: Service, watch: Watch) -> None:
        self._service = service
        self._watch = watch

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer."""
        self._watch.tick(SECONDS)
        asked = Request(
            method=request.method,
            path=request.url.path,
            query=tuple(request.url.params.multi_items()),
            headers={name.lower(): text for name, text in request.headers.items()},
        )
        answer = self._service.answer(asked)
        return httpx.Response(
            answer.status, headers=dict(answer.headers), content=iter([answer.body])
        )


class Ours:
    """The real thing, but for the network, the wait and the rendering."""

    def __init__(self, order: Order, rate: int, seed: str, folder: Path) -> None:
        self.watch = Watch()
        stock = small_stock(order, int(self.watch.unix() * 1_000))
        self.mutation = Mutation(
            stock, rate, self.watch.unix, crc32(seed.encode()), traceless=TRACELESS
        )
        service = Service(
            stock, {KEY: Partner()}, rate_limit=120, clock=self.watch.unix, mutation=self.mutation
        )
        self._transport = Transport(service, self.watch)
        self._folder = folder

    def build(self) -> Outcome:
        """Read everything, and compare what would be published with what there was to see."""
        began = self.watch.unix()
        with (
            Store.open(self._folder / "state.db") as store,
            Client(
                "https://api.example/api/external/v1",
                Secret(KEY),
                transport=self._transport,
                clock=self.watch,
            ) as client,
        ):
            wish = Wish(targets=(Target(kind="all", value=""),))
            synced = sync(client, store, wish, lambda *_: None, self.watch)
            shown = set(store.on_offer())
            requests = client.requests
        readings = synced.readings.values()
        ended = self.watch.unix()
        return Outcome(
            missed=bool(self.mutation.alive_throughout(began, ended) - shown),
            requests=requests,
            ghosts=len(shown & self._gone_before(began)),
            is_unsettled=any(
                each.is_unsure or (each.is_sweep and not each.is_clean) for each in readings
            ),
            is_cut=any(each.error is not None for each in readings),
        )

    def _gone_before(self, moment: float) -> set[str]:
        periods = self.mutation._periods.items()
        return {name for name, (_, until) in periods if until <= moment}


def small_stock(order: Order, now: int) -> Stock:
    """Listings that hold no more than they must; the same each time, so that they are read once."""
    rng = random.Random("stock")
    dealers = make_dealers(rng, DEALERS)
    sellers = [each.id for each in dealers if each.weight]
    written = {}
    for _ in range(LISTINGS):
        listing_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        updated = now - min(int(rng.expovariate(1 / 25) * DAY), 200 * DAY)
        written[listing_id] = {
            "id": listing_id,
            "dealerProfileId": rng.choice(sellers),
            "status": "active",
            "title": "Renault Clio",
            "price": rng.randrange(5_000, 50_000),
            "currency": "EUR",
            "createdAt": instant(updated - rng.randrange(100 * DAY)),
            "updatedAt": instant(updated),
        }
    entries = [
        Entry(
            id=each["id"],
            dealer_id=each["dealerProfileId"],
            status="active",
            updated=milliseconds(each["updatedAt"]),
            number=-1,
        )
        for each in written.values()
    ]
    return Stock(0, dealers, entries, order=order, written=written)


def ours(order: Order, rate: int, seed: str) -> Outcome:
    """The second build of a pair."""
    with tempfile.TemporaryDirectory() as folder:
        world = Ours(order, rate, seed, Path(folder))
        world.build()
        world.watch.tick(QUARTER)
        return world.build()


Case = tuple[str, Order, int]  # strategy, order, changes a minute


def prepare() -> None:
    """In each process: the same words are understood once, and nothing is logged."""
    logging.disable()
    normalise.listing = lru_cache(REMEMBERED)(normalise.listing)


def play(task: tuple[Case, str]) -> tuple[Case, Outcome]:
    """One run of one strategy."""
    (name, order, rate), run = task
    seed = f"{run}/{order}/{rate}"
    if name == OURS:
        return task[0], ours(order, rate, seed)
    return task[0], textbook(name, order, rate, seed)


def cases() -> list[Case]:
    """Every line of the table."""
    return [(n, o, r) for o in ORDERS for r in RATES for n in (*TEXTBOOK, OURS)]


def line(case: Case, outcomes: list[Outcome]) -> str:
    """One line of the table."""
    (name, order, rate), runs = case, len(outcomes)
    missed = sum(each.missed for each in outcomes) / runs
    requests = sum(each.requests for each in outcomes) / runs
    told = f"{SAID[order]:<16}{rate:>4}  {name:<23}{missed:>7.0%}{requests:>10.1f}"
    if name != OURS:
        return told
    ghosts = sum(each.ghosts for each in outcomes) / runs
    unsettled = sum(each.is_unsettled for each in outcomes)
    return f"{told}{ghosts:>8.1f}{unsettled:>11}{sum(each.is_cut for each in outcomes):>5}"


def say(text: str) -> None:
    """To whoever looks on."""
    print(text, flush=True)  # noqa: T201 - a program


def main() -> None:
    """What the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--order", choices=ORDERS, help="only this one")
    asked = parser.parse_args()
    chosen = [case for case in cases() if asked.order in {None, case[1]}]
    tasks = [(case, f"{asked.seed}/{run}") for case in chosen for run in range(asked.runs)]
    found: dict[Case, list[Outcome]] = {case: [] for case in chosen}
    say(f"{asked.runs} runs of each, seed {asked.seed}; {TRACELESS:.0%} of our removals traceless")
    say(
        f"{'order':<16}{'/min':>4}  {'strategy':<23}{'misses':>7}{'requests':>10}"
        f"{'ghosts':>8}{'unsettled':>11}{'cut':>5}"
    )
    with multiprocessing.get_context("spawn").Pool(asked.jobs, prepare) as pool:
        for case, outcome in pool.imap(play, tasks, chunksize=5):
            found[case].append(outcome)
            if len(found[case]) == asked.runs:
                say(line(case, found[case]))


if __name__ == "__main__":
    main()
