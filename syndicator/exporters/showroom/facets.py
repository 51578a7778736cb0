"""Pages for one make, one fuel or one body: ``make/skoda/`` below a showroom. Pure.

They are for readers without a script and for search engines. A value has a page where it parts the
stock: at least two cars and not all of them; the value of a single car leads to that car.
:func:`addresses` names them for the sitemap.
"""

import enum
from collections.abc import Iterable, Iterator

import msgspec

from syndicator.contract import View, Words
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.searches import finder
from syndicator.exporters.showroom.tally import Placed, Tally
from syndicator.exporters.showroom.traits import Traits, traits
from syndicator.models import Body, Fuel, Listing, Showroom

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
    tally: Tally

    @property
    def folder(self) -> str:
        """Where its page lies below the list."""
        return folder(self.axis, self.value)

    def label(self, words: Words) -> str:
        """As people call it."""
        if self.axis is Axis.MAKE:
            return self.name
        return words.label(Fuel(self.value) if self.axis is Axis.FUEL else Body(self.value))


class Stock:
    """The cars of a list, and those of each of its parts, counted in one walk."""

    def __init__(self) -> None:
        self.whole = Tally()
        self._parts: dict[tuple[Axis, str], Tally] = {}

    def add(self, listing: Listing, known: Traits) -> None:
        """One more car."""
        self.whole.add(listing, known)
        for axis in Axis:
            value = getattr(known, axis)
            if value is not None:
                self._parts.setdefault((axis, value), Tally()).add(listing, known)

    @property
    def facets(self) -> tuple[Facet, ...]:
        """Every value that not all cars share: makes by name, the others in their own order."""
        if self.whole.count < FEWEST:
            return ()
        found = (
            Facet(axis=axis, value=value, name=self._name(axis, value), tally=tally)
            for (axis, value), tally in self._parts.items()
            if tally.count < self.whole.count
        )
        return tuple(sorted(found, key=_order))

    @property
    def paged(self) -> tuple[Facet, ...]:
        """Those that have a page."""
        return tuple(each for each in self.facets if each.tally.count >= PARTING)

    def _name(self, axis: Axis, value: str) -> str:
        return self.whole.make(value) if axis is Axis.MAKE else value


def folder(axis: Axis, value: str) -> str:
    """Where the page of a value lies below the list."""
    return f"{axis}/{value}/"


def folders(car: Traits) -> Iterator[str]:
    """Those of a car, whether or not they have a page."""
    for axis in Axis:
        value = getattr(car, axis)
        if value is not None:
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


def addresses(frame: Frame) -> Iterator[str]:
    """Of every facet page of a whole site, first pages only, in each language."""
    view = frame.view
    stocks: dict[str, Stock] = {}
    found = finder(view.site)
    rooms = _rooms(view.site.showrooms)
    for listing in view.listings:
        known = traits(listing)
        for slug in (*rooms.get(listing.dealer_id, ()), *found(listing)):
            stocks.setdefault(slug, Stock()).add(listing, known)
    for slug, stock in sorted(stocks.items()):
        for facet in stock.paged:
            for language in frame.languages:
                yield frame.links.at(f"{slug}/{frame.prefix(language)}{facet.folder}")


def _rooms(rooms: Iterable[Showroom]) -> dict[str, list[str]]:
    """Dealer id to the showrooms that show its cars."""
    found: dict[str, list[str]] = {}
    for room in rooms:
        for dealer_id in room.dealer_ids:
            found.setdefault(dealer_id, []).append(room.slug)
    return found


def _order(facet: Facet) -> tuple[int, int, str]:
    known = {Axis.MAKE: (), Axis.FUEL: tuple(map(str, Fuel)), Axis.BODY: tuple(map(str, Body))}
    values = known[facet.axis]
    place = values.index(facet.value) if values else 0
    return list(Axis).index(facet.axis), place, facet.value
