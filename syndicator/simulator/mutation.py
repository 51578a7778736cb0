"""A stock that changes by the clock, and what it remembers of who was for sale when."""

import random
import time
import uuid
from collections.abc import Callable
from math import inf

from syndicator.simulator.moments import instant
from syndicator.simulator.stock import Stock

EDITS, ADDITIONS, REMOVALS = 0.4, 0.3, 0.3  # shares of the changes
_PRICE_STEP = 50  # euros
_MOST_DRIVEN = 400  # km, on a test drive

Period = tuple[float, float]  # Unix seconds: since when it was active, and when it ceased to be


class Mutation:
    """Changes a stock whenever ``advance`` is called, as much as is due since the last time.

    :param per_minute: how many changes, on average; they come at exponential intervals.
    :param clock: Unix seconds. A change is dated to the moment it was due, so nobody can have
        seen the stock without it later than that.
    :param traceless: the share of removals that vanish; the rest turns ``sold``.
    """

    def __init__(
        self,
        stock: Stock,
        per_minute: float,
        clock: Callable[[], float] = time.time,
        seed: int = 0,
        *,
        traceless: float = 0.0,
    ) -> None:
        self._stock = stock
        self._rate = per_minute / 60
        self._clock = clock
        self._rng = random.Random(f"mutation/{seed}")
        self._traceless = traceless
        self._active = sorted(entry.id for entry in stock if entry.status == "active")
        self._periods: dict[str, Period] = dict.fromkeys(self._active, (-inf, inf))
        self._due = clock() + self._interval()

    def advance(self) -> int:
        """Make the changes that became due; how many there were."""
        now, count = self._clock(), 0
        while self._due <= now:
            self._change(self._due)
            self._due += self._interval()
            count += 1
        return count

    def alive_throughout(self, start: float, end: float) -> set[str]:
        """The listings that were active all the time between two moments, in Unix seconds."""
        periods = list(self._periods.items())
        return {identity for identity, (since, until) in periods if since <= start and until > end}

    def _interval(self) -> float:
        return self._rng.expovariate(self._rate) if self._rate > 0 else inf

    def _change(self, at: float) -> None:
        changes = (self._edit, self._add, self._take_away)
        (change,) = self._rng.choices(changes, (EDITS, ADDITIONS, REMOVALS))
        change(at)

    def _edit(self, at: float) -> None:
        if not self._active:
            return
        identity = self._rng.choice(self._active)
        listing = self._stock.listing(identity)
        price, mileage = listing.get("price"), listing.get("mileage") or 0
        if price and self._rng.random() < 0.7:
            step = _PRICE_STEP * self._rng.randint(1, 10)
            members = {"price": price - step if price > 2 * step else price + step}
        else:
            members = {"mileage": mileage + self._rng.randint(1, _MOST_DRIVEN)}
        self._stock.amend(identity, **members, updatedAt=_stamp(at))

    def _add(self, at: float) -> None:
        identity = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        self._stock.invent(identity, self._seller(), _milliseconds(at))
        self._active.append(identity)
        self._periods[identity] = at, inf

    def _take_away(self, at: float) -> None:
        if not self._active:
            return
        index = self._rng.randrange(len(self._active))
        self._active[index], self._active[-1] = self._active[-1], self._active[index]
        identity = self._active.pop()
        self._periods[identity] = self._periods[identity][0], at
        if self._rng.random() < self._traceless:
            self._stock.remove(identity, _milliseconds(at))
        else:
            stamp = _stamp(at)
            self._stock.amend(identity, status="sold", soldAt=stamp, updatedAt=stamp)

    def _seller(self) -> str:
        """Who offers a new car: the more cars one has, the likelier."""
        if self._active:
            example = self._stock.listing(self._rng.choice(self._active))
            return str(example["dealerProfileId"])
        return self._rng.choice(list(self._stock.dealers))


def _stamp(moment: float) -> str:
    return instant(_milliseconds(moment))


def _milliseconds(moment: float) -> int:
    return int(moment * 1000)
