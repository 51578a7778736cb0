"""The sitemap: every page that may be found, from the view, never from disk.

Protocol 0.9 of sitemaps.org and Google's image extension. What speaks which language is told in
the pages' heads and not here, so that the two cannot differ.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from itertools import islice

import msgspec

from syndicator.contract import Artefact, Kind, Kit, View
from syndicator.exporters.showroom import facets
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
        return sum(
            len(escape(each).encode()) + ENVELOPE_BYTES for each in (self.address, *self.images)
        )


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A run of entries that fits one file."""

    start: int
    stop: int
    changed: datetime | None


def sitemaps(kit: Kit, view: View) -> Iterator[Artefact]:
    """``sitemap.xml``; on a large site that is an index of ``sitemap-1.xml`` and so on."""
    parts = list(split(entries(kit, view), MOST_URLS, MOST_BYTES))
    if len(parts) == 1:
        yield _file(kit, view, "sitemap.xml", parts[0])
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield _file(kit, view, name, part)
    listed = [(view.links.own(name), part) for name, part in zip(names, parts, strict=True)]
    index = kit.render("site/sitemap_index.xml", parts=listed)
    yield Artefact.stream("sitemap.xml", index, Kind.SITEMAP)


def entries(kit: Kit, view: View) -> Iterator[Entry]:
    """Front pages first, then the cars in the order of the stock; photos are named once."""
    frame = Frame(kit, view)
    newest = _newest(view.listings)
    latest = max(newest.values(), default=None)
    yield from (
        Entry(address=view.links.site(language), changed=latest) for language in frame.languages
    )
    for room in view.site.showrooms:
        changed = max((newest[each] for each in room.dealer_ids if each in newest), default=None)
        for language in frame.languages:
            address = view.links.at(f"{room.slug}/{frame.prefix(language)}")
            yield Entry(address=address, changed=changed)
    for search in view.site.searches:  # when its finds changed last is not told by one car
        for language in frame.languages:
            address = view.links.at(f"{search.slug}/{frame.prefix(language)}")
            yield Entry(address=address, changed=None)
    for address in facets.addresses(frame):
        yield Entry(address=address, changed=None)
    for listing in view.listings:
        images = tuple(photo.url for photo in islice(listing.photos, MOST_IMAGES))
        for language in frame.languages:
            address = view.links.vehicle(listing, language)
            main = language == frame.languages[0]
            yield Entry(address=address, changed=listing.updated, images=images if main else ())


def split(found: Iterable[Entry], most_urls: int, most_bytes: int) -> Iterator[Part]:
    """Cut where the protocol's limits ask for it; nothing at all is one empty part."""
    start, stop, weight = 0, 0, ENVELOPE_BYTES
    changed: datetime | None = None
    for stop, entry in enumerate(found):
        if stop > start and (stop - start >= most_urls or weight + entry.weight > most_bytes):
            yield Part(start=start, stop=stop, changed=changed)
            start, weight, changed = stop, ENVELOPE_BYTES, None
        weight += entry.weight
        changed = max((each for each in (changed, entry.changed) if each), default=None)
    yield Part(start=start, stop=stop + 1, changed=changed)


def _file(kit: Kit, view: View, name: str, part: Part) -> Artefact:
    body = kit.render("site/sitemap.xml", entries=islice(entries(kit, view), part.start, part.stop))
    return Artefact.stream(name, body, Kind.SITEMAP)


def _newest(listings: Iterable[Listing]) -> dict[str, datetime]:
    """Dealer id to the newest change among the dealer's cars."""
    newest: dict[str, datetime] = {}
    for listing in listings:
        known = newest.get(listing.dealer_id)
        newest[listing.dealer_id] = max(known, listing.updated) if known else listing.updated
    return newest
