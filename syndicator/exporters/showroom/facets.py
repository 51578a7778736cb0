"""Pages for one make, one fuel or one body: ``make/skoda/`` below a showroom. Pure.

They are for readers without a script and for search engines. A value has a page where it parts the
stock: at least two cars and not all of them; the value of a single car leads to that car.
:class:`Shares` names them for the sitemap.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from syndicator.contract import View, Words
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.searches import finder
from syndicator.exporters.showroom.tally import Placed, Tally
from syndicator.exporters.showroom.traits import Traits, make_slug, traits
from syndicator.models import Body, Fuel, Listing, Showroom, Site

FEWEST = 4  # cars; fewer need no filter
PARTING = 2  # cars that a page of its own is for


class Axis(enum.StrEnum):
    """What a list can be cut by; the name of a folder."""

    MAKE = "make"
    FUEL = "fuel"
    BODY = "body"


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """The cars that share a value; ``value`` is a slug or that of an enum."""

    axis: Axis
    value: str
    name: str  # of a make; the others are named by each language

    @property
    def folder(self) -> str:
        """Where its page lies below the list."""
        return folder(self.axis, self.value)

    def label(self, words: Words) -> str:
        """As people call it."""
        if self.axis is Axis.MAKE:
            return self.name
        return words.label(Fuel(self.value) if self.axis is Axis.FUEL else Body(self.value))


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A plain link to the cars of one value; ``folder`` is that of their page, if they have one."""

    label: str
    count: int
    folder: str
    href: str
    is_here: bool = False


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """Those of one kind."""

    label: str
    links: tuple[Way, ...]


class Stock:
    """The cars of a list, and those of each of its parts, counted in one walk.

    What it says of them may be asked when all are counted.
    """

    def __init__(self) -> None:
        self.whole = Tally()
        self.ways: dict[str, tuple[Ways, ...]] = {}  # by language: all pages show the same
        self._parts: dict[tuple[Axis, str], Tally] = {}

    def add(self, listing: Listing, known: Traits) -> None:
        """One more car."""
        self.whole.add(listing, known)
        for part in _values(known.make, known.fuel, known.body):
            tally = self._parts.get(part)
            if tally is None:
                tally = self._parts[part] = Tally()
            tally.add(listing, known)

    @cached_property
    def facets(self) -> Mapping[Facet, Tally]:
        """Every value that not all cars share: makes by name, the others in their own order."""
        if self.whole.count < FEWEST:
            return {}
        return {
            Facet(axis=axis, value=value, name=self._name(axis, value)): tally
            for axis, value in sorted(self._parts, key=_order)
            if (tally := self._parts[axis, value]).count < self.whole.count
        }

    @cached_property
    def paged(self) -> Mapping[Facet, Tally]:
        """Those that have a page."""
        return {each: tally for each, tally in self.facets.items() if tally.count >= PARTING}

    def _name(self, axis: Axis, value: str) -> str:
        return self.whole.make(value) if axis is Axis.MAKE else value


class Shares:
    """How many cars of each list of a site share a value: enough to know which have a page."""

    def __init__(self, site: Site) -> None:
        self._rooms = _rooms(site.showrooms)
        self._found = finder(site)
        self._wholes: Counter[str] = Counter()
        self._parts: dict[str, Counter[tuple[Axis, str]]] = {}

    def add(self, listing: Listing) -> None:
        """One more car."""
        make = make_slug(listing.make) if listing.make else None
        values = tuple(_values(make, listing.fuel, listing.body))
        for slug in (*self._rooms.get(listing.dealer_id, ()), *self._found(listing)):
            self._wholes[slug] += 1
            parts = self._parts.get(slug)
            if parts is None:
                parts = self._parts[slug] = Counter()
            for value in values:
                parts[value] += 1

    def addresses(self, frame: Frame) -> Iterator[str]:
        """Of every facet page, first pages only, in each language."""
        for slug, whole in sorted(self._wholes.items()):
            if whole < FEWEST:
                continue
            parts = self._parts[slug]
            paged = (part for part, count in parts.items() if PARTING <= count < whole)
            homes = [f"{slug}/{frame.prefix(language)}" for language in frame.languages]
            for axis, value in sorted(paged, key=_order):
                for home in homes:
                    yield frame.links.at(home + folder(axis, value))


def folder(axis: Axis, value: str) -> str:
    """Where the page of a value lies below the list."""
    return f"{axis}/{value}/"


def folders(car: Traits) -> Iterator[str]:
    """Those of a car, whether or not they have a page."""
    for axis, value in _values(car.make, car.fuel, car.body):
        yield folder(axis, value)


def placed(view: View) -> Iterator[Placed]:
    """The cars of a slice in their order."""
    frame_towns = towns(view)
    for position, listing in enumerate(view.listings, start=1):
        known = traits(listing, frame_towns.get(listing.dealer_id, ""))
        yield Placed(position=position, listing=listing, traits=known)


def towns(view: View) -> dict[str, str]:
    """Dealer id to where its cars stand; empty where there is one place only."""
    found = {dealer.id: dealer.city or dealer.name for dealer in view.dealers}
    return found if len(set(found.values())) > 1 else {}


def _values(make: str | None, fuel: str | None, body: str | None) -> Iterator[tuple[Axis, str]]:
    """What a car can be found by."""
    if make:
        yield Axis.MAKE, make
    if fuel:
        yield Axis.FUEL, fuel
    if body:
        yield Axis.BODY, body


def _rooms(rooms: Iterable[Showroom]) -> dict[str, list[str]]:
    """Dealer id to the showrooms that show its cars."""
    found: dict[str, list[str]] = {}
    for room in rooms:
        for dealer_id in room.dealer_ids:
            found.setdefault(dealer_id, []).append(room.slug)
    return found


_AXES: Mapping[Axis, int] = {axis: place for place, axis in enumerate(Axis)}
_PLACES: Mapping[Axis, Mapping[str, int]] = {
    Axis.MAKE: {},
    Axis.FUEL: {value: place for place, value in enumerate(Fuel)},
    Axis.BODY: {value: place for place, value in enumerate(Body)},
}


def _order(part: tuple[Axis, str]) -> tuple[int, int, str]:
    axis, value = part
    return _AXES[axis], _PLACES[axis].get(value, 0), value
