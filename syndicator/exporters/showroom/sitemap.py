"""The sitemap: every page that may be found, from the view, never from disk.

Protocol 0.9 of sitemaps.org and Google's image extension. What speaks which language is told in
the pages' heads and not here, so that the two cannot differ.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from itertools import chain, islice

import msgspec

from syndicator.contract import Artefact, Kind, Kit, View
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


def sitemaps(kit: Kit, view: View) -> Iterator[Artefact]:
    """``sitemap.xml``; on a large site that is an index of ``sitemap-1.xml`` and so on."""
    contents = Contents(Frame(kit, view))
    if contents.count <= MOST_URLS and contents.weight <= MOST_BYTES:
        yield _file(kit, "sitemap.xml", contents.entries())
        return
    parts = list(split(contents.entries(), MOST_URLS, MOST_BYTES))
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield _file(kit, name, contents.entries(part.start, part.stop))
    listed = [(view.links.own(name), part) for name, part in zip(names, parts, strict=True)]
    index = kit.render("site/sitemap_index.xml", parts=listed)
    yield Artefact.stream("sitemap.xml", index, Kind.SITEMAP)


class Contents:
    """All pages of a site, of which each walk makes anew what it tells.

    One walk over the cars comes first: what it counts is all that other pages' entries need.
    """

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._shares = Shares(frame.view.site)
        self._newest: dict[str, datetime] = {}  # change among the cars of a dealer, by his id
        self.count = 0
        self.weight = ENVELOPE_BYTES
        for listing in frame.view.listings:
            self._shares.add(listing)
            known = self._newest.get(listing.dealer_id)
            self._newest[listing.dealer_id] = max(known or listing.updated, listing.updated)
            self._weigh(self._car(listing))
        cars = self.count
        self._weigh(self._fronts())
        self._ahead = self.count - cars  # entries before those of the first car

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Front pages first, then the cars in the order of the stock; photos are named once.

        :param start: the entries before it are left out, and those from ``stop`` on.
        """
        stop = self.count if stop is None else stop
        if start < self._ahead:
            yield from islice(self._fronts(), start, stop)
        if stop > self._ahead:
            yield from self._cars(max(0, start - self._ahead), stop - self._ahead)

    def _weigh(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.count += 1
            self.weight += entry.weight

    def _fronts(self) -> Iterator[Entry]:
        frame, newest = self._frame, self._newest
        latest = max(newest.values(), default=None)
        for language in frame.languages:
            yield Entry(address=frame.links.site(language), changed=latest)
        for room in frame.view.site.showrooms:
            known = (newest[each] for each in room.dealer_ids if each in newest)
            changed = max(known, default=None)
            for language in frame.languages:
                address = frame.links.at(f"{room.slug}/{frame.prefix(language)}")
                yield Entry(address=address, changed=changed)
        for room in frame.view.site.searches:  # when finds changed last is not told by one car
            for language in frame.languages:
                address = frame.links.at(f"{room.slug}/{frame.prefix(language)}")
                yield Entry(address=address, changed=None)
        for address in self._shares.addresses(frame):
            yield Entry(address=address, changed=None)

    def _cars(self, start: int, stop: int) -> Iterator[Entry]:
        whole, rest = divmod(start, len(self._frame.languages))
        listings = islice(self._frame.view.listings, whole, None)
        entries = chain.from_iterable(map(self._car, listings))
        yield from islice(entries, rest, rest + stop - start)

    def _car(self, listing: Listing) -> Iterator[Entry]:
        images = tuple(photo.url for photo in islice(listing.photos, MOST_IMAGES))
        for language in self._frame.languages:
            address = self._frame.links.vehicle(listing, language)
            yield Entry(address=address, changed=listing.updated, images=images)
            images = ()


def split(found: Iterable[Entry], most_urls: int, most_bytes: int) -> Iterator[Part]:
    """Cut where the protocol's limits ask for it; nothing at all is one empty part."""
    start, stop, weight = 0, 0, ENVELOPE_BYTES
    changed: datetime | None = None
    for stop, entry in enumerate(found):
        own = entry.weight
        if stop > start and (stop - start >= most_urls or weight + own > most_bytes):
            yield Part(start=start, stop=stop, changed=changed)
            start, weight, changed = stop, ENVELOPE_BYTES, None
        weight += own
        changed = max((each for each in (changed, entry.changed) if each), default=None)
    yield Part(start=start, stop=stop + 1, changed=changed)


def _file(kit: Kit, name: str, entries: Iterable[Entry]) -> Artefact:
    return Artefact.stream(name, kit.render("site/sitemap.xml", entries=entries), Kind.SITEMAP)
