"""The list of a showroom, page by page, in every language."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Self

import msgspec

from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters.showroom.card import Cards, year
from syndicator.exporters.showroom.page import Frame, Page
from syndicator.exporters.showroom.shelf import batches
from syndicator.links import slugify
from syndicator.models import Body, Fuel, Listing, Money, Transmission

PRICE_STEPS = tuple(
    Money(minor=thousands * 100_000, currency="EUR")
    for thousands in (5, 8, 10, 12, 15, 20, 25, 30, 40, 60, 80)
)
MILEAGE_STEPS = (10_000, 25_000, 50_000, 75_000, 100_000, 150_000, 200_000)
AROUND = 2  # page numbers on either side of the current one


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """Where a list stands among its pages; ``None`` among the numbers is a gap."""

    number: int
    hrefs: tuple[str, ...]  # of all pages

    @property
    def last(self) -> int:
        """How many there are."""
        return len(self.hrefs)

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """Those worth a link: the ends, and what is near."""
        near = range(self.number - AROUND, self.number + AROUND + 1)
        shown = sorted({1, self.last} | {number for number in near if 1 <= number <= self.last})
        gaps = ((None, b) if b - a > 1 else (b,) for a, b in pairwise(shown))
        return (shown[0], *chain.from_iterable(gaps))


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters offer: only what the stock holds."""

    makes: tuple[str, ...]
    years: tuple[int, ...]  # newest first
    fuels: tuple[Fuel, ...]
    gearboxes: tuple[Transmission, ...]
    bodies: tuple[Body, ...]
    prices: tuple[Money, ...] = PRICE_STEPS
    mileages: tuple[int, ...] = MILEAGE_STEPS  # km

    @classmethod
    def of(cls, listings: Iterable[Listing]) -> Self:
        """Gathered in one walk."""
        makes: set[str | None] = set()
        years: set[int | None] = set()
        fuels: set[Fuel | None] = set()  # a set each: the ``OTHER`` of all enums are equal
        gearboxes: set[Transmission | None] = set()
        bodies: set[Body | None] = set()
        for listing in listings:
            makes.add(listing.make)
            years.add(year(listing))
            fuels.add(listing.fuel)
            gearboxes.add(listing.transmission)
            bodies.add(listing.body)
        return cls(
            makes=tuple(sorted(filter(None, makes), key=lambda make: (slugify(make), make))),
            years=tuple(sorted(filter(None, years), reverse=True)),
            fuels=tuple(each for each in Fuel if each in fuels),
            gearboxes=tuple(each for each in Transmission if each in gearboxes),
            bodies=tuple(each for each in Body if each in bodies),
        )


def lists(kit: Kit, view: View, *, per_page: int) -> Iterator[Artefact]:
    """Every list page; an empty showroom has one that says so."""
    frame = Frame(kit, view)
    last = max(1, -(-len(view.listings) // per_page))
    choices = Choices.of(view.listings)
    shelves = batches(view.listings, per_page) if view.listings else iter([[]])
    for number, shelf in enumerate(shelves, start=1):
        for language in frame.languages:
            lister = _Lister(frame, kit.speak(language), choices, last)
            yield lister.artefact(number, shelf, first=(number - 1) * per_page)


class _Lister:
    """Renders list pages in one language."""

    def __init__(self, frame: Frame, words: Words, choices: Choices, last: int) -> None:
        self._frame = frame
        self._words = words
        self._choices = choices
        self._last = last

    def artefact(self, number: int, shelf: Sequence[Listing], first: int) -> Artefact:
        """One page; ``first`` cars stand on the pages before it."""
        frame, words = self._frame, self._words
        cards = Cards(frame, words)
        shown = tuple(cards.card(listing) for listing in shelf)
        body = frame.render(
            "showroom/list.html",
            self._page(number, shelf, structured.item_list(shown, first)),
            words,
            room=frame.view.showroom,
            cards=shown,
            first=first,
            count=len(frame.view.listings),
            contacts=frame.contacts(words),
            pages=Pages(number=number, hrefs=self._hrefs()),
            choices=self._choices,
            placeholder=frame.asset("no-photo.svg"),
        )
        path = frame.prefix(words.language) + _folder(number) + "index.html"
        return Artefact.stream(path, body, Kind.INDEX)

    def _page(self, number: int, shelf: Sequence[Listing], items: object) -> Page:
        frame, words = self._frame, self._words

        addresses = frame.addresses(lambda language: frame.links.home(language) + _folder(number))
        trail = frame.top(words.language)
        if number > 1:
            name = words.text("Page {number} of {last}", number=number, last=self._last)
            trail = (*trail, frame.step(name, addresses[words.language]))
        count = len(frame.view.listings)
        return frame.page(
            words,
            addresses,
            trail,
            description=f"{frame.called(words.language)} · {words.text('{n} cars', n=count)}",
            styles=frame.styles("list.css"),
            scripts=frame.scripts("filter.js") if shelf else (),
            image=next((listing.photos[0] for listing in shelf if listing.photos), None),
            data=structured.graph(items, structured.breadcrumb(trail)),
        )

    def _hrefs(self) -> tuple[str, ...]:
        home = self._frame.links.home(self._words.language)
        numbers = range(1, self._last + 1)
        return tuple(self._frame.links.href(home + _folder(number)) for number in numbers)


def _folder(number: int) -> str:
    return "" if number == 1 else f"page/{number}/"
