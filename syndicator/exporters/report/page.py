"""The page of the portal report: for a dealer, on any screen, without a script. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from syndicator.contract import Artefact, Kind, Kit, Outcome, View, Words
from syndicator.exporters._languages import NATIVE
from syndicator.exporters.report.tally import OWN, Counts, Tallies, Tally, Teller
from syndicator.models import Listing, Photo


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One reason; ``portal`` is empty where the sentence stands for itself."""

    portal: str
    sentence: str


class Car(msgspec.Struct, frozen=True, kw_only=True):
    """A car with what is to be said of it; ``fill_in`` are the fields that would mend it."""

    name: str
    reference: str
    href: str
    photo: str
    dealer: str
    lines: tuple[Line, ...]
    fill_in: tuple[str, ...]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Some cars in full; ``more`` are only in report.json."""

    cars: tuple[Car, ...]
    more: int

    @property
    def count(self) -> int:
        """All that belong here."""
        return len(self.cars) + self.more


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A portal in the table."""

    title: str
    counts: Counts


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The page in one of the site's languages."""

    language: str
    name: str
    href: str


class Chosen:
    """The cars that the page tells of, found in one walk; the same for each language."""

    def __init__(self, view: View, tallies: Tallies, most: int) -> None:
        portals, own = tallies.portals, tallies.own
        self.on_every_portal = 0
        self.left_out, self.unlawful, self.poorer = (_Part() for _ in range(3))
        for listing in view.listings:
            outcomes = {each.outcome(listing.id) for each in portals}
            self.on_every_portal += Outcome.LEFT_OUT not in outcomes
            if Outcome.LEFT_OUT in outcomes:
                self.left_out.add(listing, most)
            elif Outcome.POORER in outcomes:
                self.poorer.add(listing, most)
            if any(listing.id in each.cars for each in own):
                self.unlawful.add(listing, most)
        for part in (self.left_out, self.unlawful, self.poorer):
            del part.listings[most:]
            most -= len(part.listings)


class _Part:
    def __init__(self) -> None:
        self.count = 0
        self.listings: list[Listing] = []

    def add(self, listing: Listing, most: int) -> None:
        self.count += 1
        if len(self.listings) < most:
            self.listings.append(listing)


class _Once:
    """Chooses when the first page is read, for all of them."""

    def __init__(self, view: View, tallies: Tallies, most: int) -> None:
        self._made: Chosen | None = None
        self._of = view, tallies, most

    def chosen(self) -> Chosen:
        if self._made is None:
            self._made = Chosen(*self._of)
        return self._made


def pages(kit: Kit, view: View, tallies: Tallies, *, most: int) -> Iterator[Artefact]:
    """One per language of the site.

    :param most: cars that a page tells of.
    """
    once = _Once(view, tallies, most)
    for language in view.site.languages:
        path = view.links.home(language).removeprefix(view.links.home()) + "report/index.html"
        yield Artefact.stream(path, _page(kit, view, tallies, once, language), Kind.INDEX)


def _page(kit: Kit, view: View, tallies: Tallies, once: _Once, language: str) -> Iterator[bytes]:
    words, chosen, total = kit.speak(language), once.chosen(), len(view.listings)
    teller = Teller(words)
    cars = _Cars(view, teller, words)
    room = view.showroom
    yield from kit.render(
        "report/page.html",
        words=words,
        text=words.text,
        brand=room.called(language) if room else view.site.title,
        home=view.links.href(view.links.home(language)),
        versions=tuple(_versions(view)),
        styles=tuple(_asset(kit, view, name) for name in ("showroom.css", "report.css")),
        icon=_asset(kit, view, "icon.svg"),
        placeholder=_asset(kit, view, "no-photo.svg"),
        embedding=_embedding(view, language),
        total=total,
        on_every_portal=chosen.on_every_portal,
        rows=tuple(Row(title=each.title, counts=each.counts(total)) for each in tallies.portals),
        dealer_lines=tuple(_dealer_lines(view, tallies.own, teller)),
        left_out=cars.section(chosen.left_out, tallies.portals, Outcome.LEFT_OUT),
        unlawful=cars.section(chosen.unlawful, tallies.own, Outcome.POORER),
        poorer=cars.section(chosen.poorer, tallies.portals, Outcome.POORER),
    )


class _Cars:
    """Makes the cars of a page in one language."""

    def __init__(self, view: View, teller: Teller, words: Words) -> None:
        self._links = view.links
        self._teller = teller
        self._language = words.language
        several = len(view.dealers) > 1
        self._dealers = {each.id: each.name for each in view.dealers} if several else {}

    def section(self, part: _Part, tallies: Sequence[Tally], outcome: Outcome) -> Section:
        """Those of one kind, with the reasons for what becomes of them."""
        cars = tuple(self._car(each, tallies, outcome) for each in part.listings)
        return Section(cars=cars, more=part.count - len(cars))

    def _car(self, listing: Listing, tallies: Sequence[Tally], outcome: Outcome) -> Car:
        found = [
            (tally, each)
            for tally in tallies
            for each in tally.cars.get(listing.id, ())
            if each.outcome is outcome
        ]
        fill_in = (self._teller.label(each.source) for _, each in found)
        address = self._links.vehicle(listing, self._language)
        return Car(
            name=listing.name,
            reference=listing.reference or "",
            href=self._links.href(address),
            photo=self._links.href(_smallest(listing.photos[0])) if listing.photos else "",
            dealer=self._dealers.get(listing.dealer_id, ""),
            lines=tuple(
                Line(
                    portal="" if tally.is_own else tally.title,
                    sentence=self._teller.sentence(each, tally.title),
                )
                for tally, each in found
            ),
            fill_in=tuple(dict.fromkeys(filter(None, fill_in))),
        )


def _smallest(photo: Photo) -> str:
    """Wide enough for a thumbnail, in a format that every browser shows."""
    plain = (each.url for each in photo.renditions if each.media_type in (None, "image/jpeg"))
    return next(plain, photo.url)


def _dealer_lines(view: View, own: Sequence[Tally], teller: Teller) -> Iterator[Line]:
    names = {each.id: each.name for each in view.dealers}
    several = len(names) > 1
    for tally in own:
        for each in tally.dealers:
            name = names.get(each.dealer_id, "") if several else ""
            yield Line(portal=name, sentence=teller.sentence(each, tally.title))


def _versions(view: View) -> Iterator[Version]:
    for language in view.site.languages:
        address = f"{view.links.home(language)}report/"
        yield Version(language=language, name=NATIVE[language], href=view.links.href(address))


def _embedding(view: View, language: str) -> str:
    """The page that tells how to embed the showroom, where there is one."""
    is_shown = any(each.exporter == OWN for each in view.audits)
    return view.links.href(view.links.howto(language)) if view.showroom and is_shown else ""


def _asset(kit: Kit, view: View, name: str) -> str:
    return view.links.href(view.links.at(kit.asset(name)))
