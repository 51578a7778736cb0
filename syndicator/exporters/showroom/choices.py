"""What the filters of a list offer, in the words of a language: only what parts its cars. Pure."""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from syndicator.contract import Words
from syndicator.exporters.showroom.facets import PARTING, Axis, Facet, Stock, Way, Ways
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.paint import DUTCH, Colour
from syndicator.exporters.showroom.tally import Tally
from syndicator.models import Body, Fuel, Money, Transmission

__all__ = ["Filters", "Group", "Option", "Step", "Way", "Ways", "filters", "ways"]

PRICE_STEPS = (
    *(2_500, 5_000, 7_500, 10_000, 12_500, 15_000, 17_500, 20_000, 22_500, 25_000, 30_000),
    *(35_000, 40_000, 50_000, 60_000, 80_000, 100_000, 150_000, 250_000),
)
MILEAGE_STEPS = (5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 125_000, 150_000, 200_000)
AT_ONCE = 7  # values of a group that are shown before one asks for the rest

Member = TypeVar("Member", bound=enum.StrEnum)
Value = TypeVar("Value", bound=str)


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One value; ``is_rare`` ones are shown when asked for."""

    value: str
    label: str
    count: int
    is_rare: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Values of which several may be chosen."""

    name: str
    label: str
    options: tuple[Option, ...]
    is_open: bool

    @property
    def rare(self) -> int:
        """How many are shown only when asked for."""
        return sum(option.is_rare for option in self.options)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A limit to choose."""

    value: int
    label: str


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """All of them. A group of one value parts nothing; it is for searches to know the word."""

    groups: tuple[Group, ...]
    lone: tuple[Group, ...]
    prices: tuple[Step, ...]
    years: tuple[Step, ...]
    mileages: tuple[Step, ...]


def filters(tally: Tally, words: Words) -> Filters:
    """What a script lets one choose among these cars."""
    groups = tuple(_groups(tally, words))
    return Filters(
        groups=tuple(group for group in groups if len(group.options) >= PARTING),
        lone=tuple(group for group in groups if len(group.options) == 1),
        prices=tuple(
            Step(value=step, label=words.money(Money(minor=step * 100, currency="EUR")))
            for step in tally.prices.steps(PRICE_STEPS)
        ),
        years=tuple(Step(value=year, label=str(year)) for year in sorted(tally.years)[::-1]),
        mileages=tuple(
            Step(value=step, label=f"{words.number(step)} km")
            for step in tally.mileages.steps(MILEAGE_STEPS)
        ),
    )


def ways(stock: Stock, frame: Frame, words: Words, here: Facet | None) -> tuple[Ways, ...]:
    """The same without a script: links to pages for a make, a fuel or a body."""
    found = stock.ways.get(words.language)
    if found is None:
        found = stock.ways[words.language] = tuple(_ways(stock, frame, words))
    return tuple(_marked(each, here.folder) for each in found) if here else found


def _ways(stock: Stock, frame: Frame, words: Words) -> Iterator[Ways]:
    labels = {
        Axis.MAKE: words.text("Make"),
        Axis.FUEL: words.text("Fuel"),
        Axis.BODY: words.text("Body"),
    }
    home = frame.links.home(words.language)
    for axis, label in labels.items():
        facets = ((each, tally) for each, tally in stock.facets.items() if each.axis is axis)
        links = tuple(_way(each, tally, frame, words, home) for each, tally in facets)
        if links:
            yield Ways(label=label, links=links)


def _way(facet: Facet, tally: Tally, frame: Frame, words: Words, home: str) -> Way:
    sole = tally.first if tally.count < PARTING else None
    address = frame.links.vehicle(sole, words.language) if sole else home + facet.folder
    return Way(
        label=facet.label(words),
        count=tally.count,
        folder=facet.folder,
        href=frame.links.href(address),
    )


def _marked(group: Ways, here: str) -> Ways:
    """The same on the page of this folder."""
    if all(each.folder != here for each in group.links):
        return group
    links = (
        msgspec.structs.replace(each, is_here=True) if each.folder == here else each
        for each in group.links
    )
    return msgspec.structs.replace(group, links=tuple(links))


def _groups(tally: Tally, words: Words) -> Iterator[Group]:
    named = {make: tally.make(make) for make in sorted(tally.spellings)}
    yield _group("make", words.text("Make"), _counted(named, tally.makes), is_open=True)
    fuels = _labelled(Fuel, tally.fuels, words)
    yield _group("fuel", words.text("Fuel"), fuels, is_open=True)
    gearboxes = _labelled(Transmission, tally.gearboxes, words)
    yield _group("gearbox", words.text("Gearbox"), gearboxes, is_open=True)
    yield _group("body", words.text("Body"), _labelled(Body, tally.bodies, words), is_open=False)
    colours = {each: _colour(each, words) for each in Colour if each in tally.colours}
    found = _counted(colours, tally.colours)
    yield _group("colour", words.text("Colour"), found, is_open=False)
    places = {each: each for each in sorted(tally.places)}
    found = _counted(places, tally.places)
    yield _group("place", words.text("Location"), found, is_open=True)


def _group(name: str, label: str, found: Sequence[Option], *, is_open: bool) -> Group:
    """The most frequent are shown at once; all stand in their own order."""
    by_count = sorted(found, key=lambda option: -option.count)
    rare = {option.value for option in by_count[AT_ONCE:]} if len(found) > AT_ONCE + 1 else set()
    options = (msgspec.structs.replace(option, is_rare=option.value in rare) for option in found)
    return Group(name=name, label=label, options=tuple(options), is_open=is_open)


def _labelled(
    members: Iterable[Member], counts: Mapping[Member, int], words: Words
) -> list[Option]:
    return _counted({each: words.label(each) for each in members if each in counts}, counts)


def _counted(labels: Mapping[Value, str], counts: Mapping[Value, int]) -> list[Option]:
    """In the order of the labels."""
    return [
        Option(value=str(value), label=label, count=counts[value])
        for value, label in labels.items()
    ]


def _colour(colour: Colour, words: Words) -> str:
    if colour is Colour.OTHER:
        return words.text("Other colour")
    return words.trade(DUTCH[colour].capitalize())
