"""The lists of a showroom, page by page, in every language: all its cars, and those of a facet.

A list of several pages has an index beside it, from which a script filters; a list of one page
carries the same in its cards.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters._basis import basis
from syndicator.exporters.showroom import embed
from syndicator.exporters.showroom.card import Card, Cards
from syndicator.exporters.showroom.choices import Filters, Ways, filters, ways
from syndicator.exporters.showroom.facets import FEWEST, Facet, Stock, folders, placed
from syndicator.exporters.showroom.index import FILENAME, Index
from syndicator.exporters.showroom.page import Frame, Page, Step
from syndicator.exporters.showroom.paging import Pages, folder
from syndicator.exporters.showroom.tally import Placed, Tally
from syndicator.links import vehicle_slug

MOST_HELD = 1000  # cars, on all the pages that one walk fills


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """Cars that make a list: all of a slice, or those of a facet of it."""

    tally: Tally
    facet: Facet | None
    size: int  # cars on a page
    order: str  # of the whole slice, by digest; empty where every list is of one page

    @property
    def last(self) -> int:
        """The number of its last page."""
        return max(1, -(-self.tally.count // self.size))

    @property
    def folder(self) -> str:
        """Below the slice and the language."""
        return self.facet.folder if self.facet else ""


class Shown:
    """A car, and its card in each language, made when it is asked for: one is on many lists."""

    def __init__(self, car: Placed, makers: Mapping[str, Cards]) -> None:
        self.car = car
        self._makers = makers
        self._cards: dict[str, Card] = {}

    def card(self, language: str) -> Card:
        """What a list says of it."""
        known = self._cards.get(language)
        if known is None:
            known = self._cards[language] = self._makers[language].card(self.car.listing)
        return known

    def basis(self, language: str) -> tuple[int, bytes]:
        """Of its place and its card."""
        return self.car.position, self._makers[language].basis(self.car.listing)


def lists(kit: Kit, view: View, *, per_page: int) -> Iterator[Artefact]:
    """Every list page; an empty showroom has one that says so."""
    frame, stock = Frame(kit, view), Stock()
    index = Index() if len(view.listings) > per_page else None
    for car in placed(view):
        stock.add(car.listing, car.traits)
        if index:
            index.add(car)
    order = ""
    if index:
        order = index.order
        yield index.artefact()
    lots = [Lot(tally=stock.whole, facet=None, size=per_page, order=order)]
    lots += (
        Lot(tally=tally, facet=facet, size=per_page, order=order)
        for facet, tally in stock.paged.items()
    )
    for together in _held_at_once(lots):
        yield from _pages(frame, stock, together)


def _held_at_once(lots: Iterable[Lot]) -> Iterator[list[Lot]]:
    """Lots whose pages are gathered in one walk, which holds a page of each."""
    together: list[Lot] = []
    held = 0
    for lot in lots:
        page = min(lot.size, lot.tally.count)
        if together and held + page > MOST_HELD:
            yield together
            together, held = [], 0
        together.append(lot)
        held += page
    yield together


def _pages(frame: Frame, stock: Stock, lots: Sequence[Lot]) -> Iterator[Artefact]:
    listers = {
        lot.folder: [
            _Lister(frame, frame.kit.speak(language), stock, lot) for language in frame.languages
        ]
        for lot in lots
    }
    for lot, number, shelf in _shelves(frame, lots):
        for lister in listers[lot.folder]:
            yield lister.artefact(number, shelf)
            if number == 1 and lot.facet is None:
                yield lister.embedded(shelf)


def _shelves(frame: Frame, lots: Sequence[Lot]) -> Iterator[tuple[Lot, int, list[Shown]]]:
    """Each page's number and cars, in the order of the slice, as soon as it is full."""
    makers = {each: Cards(frame, frame.kit.speak(each)) for each in frame.languages}
    shelves: dict[str, list[Shown]] = {lot.folder: [] for lot in lots}
    numbers = dict.fromkeys(shelves, 0)
    of_folder = {lot.folder: lot for lot in lots}
    for car in placed(frame.view):
        wanted = [below for below in ("", *folders(car.traits)) if below in shelves]
        if not wanted:
            continue
        shown = Shown(car, makers)
        for below in wanted:
            shelf = shelves[below]
            shelf.append(shown)
            if len(shelf) == of_folder[below].size:
                numbers[below] += 1
                yield of_folder[below], numbers[below], shelf
                shelves[below] = []
    for below, shelf in shelves.items():
        if shelf or not numbers[below]:
            yield of_folder[below], numbers[below] + 1, shelf


class _Lister:
    """Renders the pages of one list in one language."""

    def __init__(self, frame: Frame, words: Words, stock: Stock, lot: Lot) -> None:
        self._frame = frame
        self._words = words
        self._lot = lot
        self._filters: Filters | None = None
        self._ways: tuple[Ways, ...] = ways(stock, frame, words, lot.facet)
        if lot.tally.count >= FEWEST:
            self._filters = filters(lot.tally, words)
        self._total = stock.whole.count

    def artefact(self, number: int, shelf: Sequence[Shown]) -> Artefact:
        """One page of the list."""
        path = self._frame.prefix(self._words.language) + self._lot.folder + folder(number)
        body = self._body("showroom/list.html", number, shelf)
        return Artefact.stream(f"{path}index.html", body, Kind.INDEX, self._basis(number, shelf))

    def embedded(self, shelf: Sequence[Shown]) -> Artefact:
        """The first page again, for a frame on somebody's website."""
        body = self._body("showroom/embed.html", 1, shelf, **embed.framed(self._frame, self._words))
        path = embed.path(self._words.language, self._frame)
        return Artefact.stream(path, body, Kind.INDEX, self._basis(1, shelf))

    def _basis(self, number: int, shelf: Sequence[Shown]) -> str:
        lot, language = self._lot, self._words.language
        return basis(
            *(self._frame.basis, language, lot.facet, lot.size, lot.order, lot.tally.count),
            *(number, self._total, self._filters, self._ways),
            [each.basis(language) for each in shelf],
        ).hex()

    def _body(
        self, template: str, number: int, shelf: Sequence[Shown], **own: object
    ) -> Iterator[bytes]:
        frame, words, lot = self._frame, self._words, self._lot
        shown = tuple(each.card(words.language) for each in shelf)
        items = structured.item_list(shown, (number - 1) * lot.size)
        page = self._page(number, shelf, items)
        yield from frame.render(
            template,
            msgspec.structs.replace(page, **own),
            words,
            room=frame.view.showroom,
            cars=tuple((each.car, card) for each, card in zip(shelf, shown, strict=True)),
            slug=vehicle_slug,
            heading=self._heading,
            facet=lot.facet,
            count=lot.tally.count,
            total=self._total,
            size=lot.size,
            index=self._index,
            order=self._lot.order,
            home=self._href(1, ""),
            contacts=frame.contacts(words),
            pages=Pages(number=number, hrefs=self._hrefs()),
            filters=self._filters,
            ways=self._ways,
            placeholder=frame.asset("no-photo.svg"),
        )

    @property
    def _heading(self) -> str:
        name = self._frame.called(self._words.language)
        facet = self._lot.facet
        if facet is None:
            return name
        return self._words.text("{what} at {name}", what=facet.label(self._words), name=name)

    @property
    def _index(self) -> str:
        """Where the index is; a list of one page needs none."""
        links, lot = self._frame.links, self._lot
        return links.href(links.at(links.folder + FILENAME)) if lot.last > 1 else ""

    def _page(self, number: int, shelf: Sequence[Shown], items: object) -> Page:
        frame, words, lot = self._frame, self._words, self._lot

        def where(language: str) -> str:
            return frame.links.home(language) + lot.folder + folder(number)

        addresses = frame.addresses(where)
        trail = self._trail(number, addresses[words.language])
        photos = (each.car.listing.photos[0] for each in shelf if each.car.listing.photos)
        count = words.text("{n} cars", n=lot.tally.count)
        filters = ("stock.js", "shelf.js", "filter.js") if self._filters else ()
        keeping = ("keep.js",) if shelf else ()
        titled = (self._heading, *(step.name for step in frame.top(words.language)[:-1]))
        own = {"title": " · ".join((*self._numbered(number), *titled))} if lot.facet else {}
        return frame.page(
            words,
            addresses,
            trail,
            description=f"{self._heading} · {count}",
            keeps=bool(shelf),
            styles=frame.styles("list.css", *(("keep.css",) if shelf else ())),
            scripts=frame.scripts(*filters, *keeping),
            image=next(photos, None),
            data=structured.graph(items, structured.breadcrumb(trail)),
            **own,
        )

    def _trail(self, number: int, address: str) -> tuple[Step, ...]:
        frame, words, lot = self._frame, self._words, self._lot
        trail = frame.top(words.language)
        if lot.facet:
            own = frame.links.home(words.language) + lot.folder
            trail = (*trail, frame.step(lot.facet.label(words), own))
        return (*trail, *(frame.step(name, address) for name in self._numbered(number)))

    def _numbered(self, number: int) -> tuple[str, ...]:
        """The name of a page after the first."""
        if number == 1:
            return ()
        return (self._words.text("Page {number} of {last}", number=number, last=self._lot.last),)

    def _href(self, number: int, below: str) -> str:
        home = self._frame.links.home(self._words.language)
        return self._frame.links.href(home + below + folder(number))

    def _hrefs(self) -> tuple[str, ...]:
        numbers = range(1, self._lot.last + 1)
        return tuple(self._href(number, self._lot.folder) for number in numbers)
