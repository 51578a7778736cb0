"""A day on a host: a hundred builds, a quarter of an hour apart, of a stock that changes all the
time behind an API that fails now and then.

Each build begins in a fresh checkout with an empty ``output/``. What it remembers is put away only
if it left a site, as hosts do that run ``syndicator build || test -e output/build.json``, and comes
back for the next one. Twice the host loses it.
"""

import random
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from syndicator.simulator.stock import make_stock
from tests.meddling import Meddled
from tests.receiver import receiving
from tests.watch import START
from tests.world import PASSING_QUARTER, Built

CODES = ("DEX-GENT", "DEX-ANTWERPEN", "DEX-LEUVEN", "ZILVERMEEUW", "SOLITAIR")
BUSY = "location DEX-ANTWERPEN"
BUILDS = 100
LOST_AFTER = (40, 70)
WIPED, FORCED = 25, 28  # many cars vanish; the operator has looked, as the alert says
DOWN = ("hang",)
OUTAGES = {9: DOWN, 14: DOWN, 15: DOWN, 16: DOWN, **dict.fromkeys(range(50, 57), DOWN)}
REFUSED = 33
PASSING = dict.fromkeys((3, 11, 22, 47, 63, 72, 85, 96), ("status=503@2", "reset@10%"))
FAULTS = PASSING | OUTAGES | {REFUSED: ("revoked",)}
CODE = {
    **dict.fromkeys(OUTAGES, 6),
    **dict.fromkeys(range(WIPED, FORCED), 4),
    REFUSED: 5,
}
AWAY, HELD = "the API cannot be reached (exit code 6)", f"{BUSY} is HELD"
STALE = [f"{each} is STALE" for each in sorted(f"location {code}" for code in CODES)]
FRESH = [f"Over: {each.removesuffix('is STALE')}is up to date again" for each in STALE]
HEARD = {
    15: [AWAY],  # the second in a row; that of the ninth build was the only one
    17: ["Over: the API can be reached again"],
    WIPED: [HELD],
    FORCED: [f"Over: {BUSY} is no longer held"],
    REFUSED: ["the API refuses the key (exit code 5)"],  # no site, so the host forgets that
    51: [AWAY],
    55: STALE,  # after an hour and a half
    57: ["Over: the API can be reached again", *FRESH],
}
PAGE = 10  # listings, by the fixture
LINGERING = 2  # builds in which a car is out that vanished without a trace


class Host(Meddled):
    """The world with a host in it.

    :ivar lingers: in how many builds a car was out that is not for sale.
    """

    def __init__(self, folder: Path) -> None:
        stock = make_stock(3, 44, 6, photo_base="https://images.example", most_photos=1)
        super().__init__(
            folder, stock, rate_limit=120, seconds=0.25, per_minute=0.15, seed=5, traceless=0.15
        )
        self.state, self.saved = folder / ".syndicator", folder / "saved"
        self.lingers: Counter[str] = Counter()

    def run(self, **asked: Any) -> Built:
        """One scheduled build."""
        for folder in (self.output, self.state):
            shutil.rmtree(folder, ignore_errors=True)
        if self.saved.exists():
            shutil.copytree(self.saved, self.state)
        built = self.build(*CODES, stale_after="90m", **asked)
        if (self.output / "build.json").exists():
            shutil.rmtree(self.saved, ignore_errors=True)
            shutil.copytree(self.state, self.saved)
        return built

    def vanish(self, count: int) -> None:
        """Take so many cars of one dealer away without a trace."""
        for car in self.active(BUSY.removeprefix("location "))[:count]:
            self.stock.remove(car)
            self.mutation._active.remove(car)
            self.mutation._periods[car] = 0.0, self.watch.unix()

    def went_since(self, start: float) -> set[str]:
        """The cars that ceased to be for sale since then."""
        return {car for car, (_, until) in self.mutation._periods.items() if until >= start}

    def traceless(self, cars: set[str]) -> set[str]:
        """Those of the cars that nobody can see to be gone."""
        return cars - {each.id for each in self.stock}

    def prices(self, before: float) -> Mapping[str, str]:
        """What a car for sale costs whose price has stood since then, as the feed says it."""
        stamp = START.fromtimestamp(before, START.tzinfo).isoformat()
        listings = [self.stock.listing(car) for car in self.active()]
        return {
            each["id"]: f"{each['price']:.2f}"
            for each in listings
            if each["price"] and each["updatedAt"] < stamp
        }


def gist(line: str) -> str:
    """A line of an alert without its time, and without what follows the first clause."""
    return re.sub(r"^Since .*? UTC: ", "", line).partition(": " if "Over" not in line else "\n")[0]


def the_right_stock_is_out(host: Host, start: float) -> None:
    """By the simulator's own books, and by the rules of docs/sync.md for what vanished."""
    shown, active = host.shown(), set(host.active())
    alive = host.mutation.alive_throughout(start, host.watch.unix()) & active
    assert alive <= shown
    ghosts = shown - active - host.went_since(start)
    assert ghosts == host.traceless(ghosts)
    host.lingers = Counter({car: host.lingers[car] + 1 for car in ghosts})
    assert all(builds <= LINGERING for builds in host.lingers.values())
    assert host.prices(start).items() <= host.told("price").items()


def most_requests(cars: int) -> int:
    """Of a build: who there is, two sweeps, each with its last look, the count, five retries."""
    return 1 + 2 * (ceil(cars / PAGE) + 3) + 2 + 5


@pytest.mark.usefixtures("small_pages")
def test_a_day_of_builds_shows_the_right_stock_and_tells_each_trouble_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.source.pace.MOST_IN_FLIGHT", 1)  # threads take turns by chance
    monkeypatch.setattr("syndicator.disk._sync_one", lambda _: None)  # no disk loses its power here
    random.seed(1)  # of the waits between attempts, in which time passes
    host, heard, codes, asked = Host(tmp_path), {}, {}, []
    with receiving() as receiver:
        for number in range(1, BUILDS + 1):
            if number == WIPED:
                host.vanish(12)
            force = ("DEX-ANTWERPEN",) if number == FORCED else ()
            start = host.watch.unix() + PASSING_QUARTER
            built = host.run(webhook=receiver.webhook, faults=FAULTS.get(number, ()), force=force)
            codes[number], heard[number] = built.code, [gist(each) for each in receiver.taken()]
            asked.append(len(host.requests))
            if built.code == 0:
                the_right_stock_is_out(host, start)
            assert asked[-1] <= most_requests(len(host.active())), number
            if number in LOST_AFTER:
                shutil.rmtree(host.saved)
    assert {number: code for number, code in codes.items() if code} == CODE
    assert {number: lines for number, lines in heard.items() if lines} == HEARD
    assert host.refused == 0  # 120 a minute and five a second are kept to
    assert sum(asked) < BUILDS * ceil(44 / PAGE)  # fewer than reading all of it each time
