"""What a stock holds and how often, gathered in one walk. Pure.

Makes that differ only in how they are written (``Skoda``, ``Škoda``, ``SKODA``) are one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from syndicator.exporters.showroom.traits import Traits
from syndicator.models import Body, Fuel, Listing, Transmission

if TYPE_CHECKING:
    from syndicator.exporters.showroom.paint import Colour


class Tally:
    """Counts of some cars; a counter each, for the ``OTHER`` of all enums are equal."""

    def __init__(self) -> None:
        self.count = 0
        self.first: Listing | None = None
        self.spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.fuels: Counter[Fuel] = Counter()
        self.gearboxes: Counter[Transmission] = Counter()
        self.bodies: Counter[Body] = Counter()
        self.colours: Counter[Colour] = Counter()
        self.places: Counter[str] = Counter()
        self.years: set[int] = set()
        self.prices = Range()
        self.mileages = Range()

    def add(self, listing: Listing, traits: Traits) -> None:
        """One more car."""
        self.count += 1
        self.first = self.first or listing
        if traits.make and listing.make:
            self.spellings[traits.make][listing.make] += 1
        if listing.fuel:
            self.fuels[listing.fuel] += 1
        if listing.transmission:
            self.gearboxes[listing.transmission] += 1
        if listing.body:
            self.bodies[listing.body] += 1
        if traits.colour:
            self.colours[traits.colour] += 1
        if traits.place:
            self.places[traits.place] += 1
        if traits.since:
            self.years.add(traits.since // 100)
        self.prices.widen(traits.price)
        self.mileages.widen(traits.km)

    @property
    def makes(self) -> dict[str, int]:
        """Make to its number of cars."""
        return {make: spelt.total() for make, spelt in self.spellings.items()}

    def make(self, slug: str) -> str:
        """The make as most sellers write it."""
        spelt = self.spellings[slug]
        return min(spelt, key=lambda name: (-spelt[name], name))


class Range:
    """The least and the most of a number."""

    def __init__(self) -> None:
        self.least: int | None = None
        self.most: int | None = None

    def widen(self, number: int | None) -> None:
        """Take one more in."""
        if number is None:
            return
        self.least = number if self.least is None else min(self.least, number)
        self.most = number if self.most is None else max(self.most, number)

    def steps(self, steps: Iterable[int]) -> tuple[int, ...]:
        """Those that part the cars: above the least, up to the first that holds all."""
        if self.least is None or self.most is None:
            return ()
        above = [step for step in steps if step > self.least]
        return (
            tuple(step for step in above if step < self.most)
            + tuple(step for step in above if step >= self.most)[:1]
        )


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A car, where it stands in the whole list, counted from 1, and what filters know of it."""

    position: int
    listing: Listing
    traits: Traits
