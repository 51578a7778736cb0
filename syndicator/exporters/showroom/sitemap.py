"""The sitemap: every page that may be found, from the view, never from disk.

Protocol 0.9 of sitemaps.org and Google's image extension. What speaks which language is told in
the pages' heads and not here, so that the two cannot differ.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from itertools import chain, islice

import msgspec

from syndicator.contract import Artefact, Kind
from syndicator.exporters._batches import rest_of
from syndicator.exporters.showroom.doors import Census
from syndicator.exporters.showroom.facets import Shares
from syndicator.exporters.showroom.page import Frame
from syndicator.models import Listing

MOST_URLS = 50_000
MOST_BYTES = 50_000_000  # the protocol allows 52 428 800
MOST_IMAGES = 1_000  # per page
ENVELOPE_BYTES = 200  # more than the elements around an address, or a file's first lines, take


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One page."""

    address: str
    changed: datetime | None
    images: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """At least the bytes that it takes up in the file."""
        written = escape("".join((self.address, *self.images))).encode()
        return len(written) + ENVELOPE_BYTES * (1 + len(self.images))


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A run of entries that fits one file."""

    start: int
    stop: int
    changed: datetime | None


class Cut:
    """A run of entries, cut where the protocol's limits ask for it; it keeps none of them."""

    def __init__(self) -> None:
        self.count = 0
        self.weight = ENVELOPE_BYTES
        self._parts: list[Part] = []
        self._start = 0
        self._held = ENVELOPE_BYTES
        self._changed: datetime | None = None

    def add(self, entry: Entry) -> None:
        """One more."""
        own, changed = entry.weight, entry.changed
        length = self.count - self._start
        if length and (length >= MOST_URLS or self._held + own > MOST_BYTES):
            self._parts.append(self._last())
            self._start, self._held, self._changed = self.count, ENVELOPE_BYTES, None
        self.count += 1
        self.weight += own
        self._held += own
        if changed and (self._changed is None or changed > self._changed):
            self._changed = changed

    @property
    def parts(self) -> list[Part]:
        """What fits one file each; nothing at all is one empty part."""
        return [*self._parts, self._last()]

    def _last(self) -> Part:
        return Part(start=self._start, stop=self.count, changed=self._changed)


def sitemaps(frame: Frame, census: Census, shares: Shares, cars: Cut) -> Iterator[Artefact]:
    """``sitemap.xml``; on a large site that is an index of ``sitemap-1.xml`` and so on.

    :param cars: the entries of all cars, in the order of the stock.
    """
    fronts = Cut()
    for entry in front_entries(frame, census, shares):
        fronts.add(entry)
    count, weight = fronts.count + cars.count, fronts.weight + cars.weight
    if count <= MOST_URLS and weight <= MOST_BYTES:
        every = car_entries(frame, 0, cars.count)
        yield _file(frame, "sitemap.xml", chain(front_entries(frame, census, shares), every))
        return
    listed: list[tuple[Part, Iterator[Entry]]] = []
    for part in fronts.parts:
        entries = front_entries(frame, census, shares)
        listed.append((part, islice(entries, part.start, part.stop)))
    if cars.count:
        listed += [(part, car_entries(frame, part.start, part.stop)) for part in cars.parts]
    names = [f"sitemap-{number}.xml" for number in range(1, len(listed) + 1)]
    for name, (_, entries) in zip(names, listed, strict=True):
        yield _file(frame, name, entries)
    parts = [(frame.links.own(name), part) for name, (part, _) in zip(names, listed, strict=True)]
    index = frame.kit.render("site/sitemap_index.xml", parts=parts)
    yield Artefact.stream("sitemap.xml", index, Kind.SITEMAP)


def front_entries(frame: Frame, census: Census, shares: Shares) -> Iterator[Entry]:
    """All pages but those of cars."""
    newest = census.updated
    latest = max(newest.values(), default=None)
    for language in frame.languages:
        yield Entry(address=frame.links.site(language), changed=latest)
    for room in frame.view.site.showrooms:
        changed = max((newest[each] for each in room.dealer_ids if each in newest), default=None)
        for language in frame.languages:
            address = frame.links.at(f"{room.slug}/{frame.prefix(language)}")
            yield Entry(address=address, changed=changed)
    for room in frame.view.site.searches:  # when finds changed last is not told by one car
        for language in frame.languages:
            address = frame.links.at(f"{room.slug}/{frame.prefix(language)}")
            yield Entry(address=address, changed=None)
    for address in shares.addresses(frame):
        yield Entry(address=address, changed=None)


def car_entries(frame: Frame, start: int, stop: int) -> Iterator[Entry]:
    """Those of the cars from one to another, made as they are walked."""
    whole, rest = divmod(start, len(frame.languages))
    entries = chain.from_iterable(
        entries_of(frame, each) for each in rest_of(frame.view.listings, whole)
    )
    yield from islice(entries, rest, rest + stop - start)


def entries_of(frame: Frame, listing: Listing) -> Iterator[Entry]:
    """The pages of one car; its photos are named once."""
    images = tuple(photo.url for photo in islice(listing.photos, MOST_IMAGES))
    for language in frame.languages:
        address = frame.links.vehicle(listing, language)
        yield Entry(address=address, changed=listing.updated, images=images)
        images = ()


def _file(frame: Frame, name: str, entries: Iterable[Entry]) -> Artefact:
    body = frame.kit.render("site/sitemap.xml", entries=entries)
    return Artefact.stream(name, body, Kind.SITEMAP)
