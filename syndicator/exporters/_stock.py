"""A feed of all cars of a slice, in as many documents as they need (RFC 5005, section 3). Pure.

The main document holds the newest cars; older ones follow in ``atom/2.xml``, ``atom/3.xml``. They
say nothing of one another but their number, so a car that changes touches the document it is in
and the main one, which tells when the feed last changed.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

import msgspec

from syndicator.contract import Kit, View
from syndicator.exporters._batches import batches
from syndicator.exporters._channel import (
    Channel,
    Entry,
    PagedOptions,
    Removal,
    feed_id,
    is_search,
    name_of,
    spoken,
)
from syndicator.exporters._entries import Entries, entry_id
from syndicator.exporters._parts import Parts
from syndicator.exporters._xml import records
from syndicator.models import EventKind, Listing


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One document of ``last``, and its cars."""

    number: int
    last: int
    listings: Sequence[Listing]


class Stock:
    """One slice as a feed, in its language."""

    def __init__(self, view: View, kit: Kit, options: PagedOptions) -> None:
        self._view = view
        self._options = options
        self._words = spoken(view, kit, options)
        self._parts = Parts(view, kit, self._words.language)
        self.entries = Entries(view, kit, self._words)

    def pages(self) -> Iterator[tuple[str, Page]]:
        """Path and page of each document in one walk over the cars; there is always a main one."""
        listings, limit = self._view.listings, self._options.limit
        last = max(1, -(-len(listings) // limit))
        last = min(last, self._options.pages)
        shelves = batches(listings, limit) if listings else iter([[]])
        for number, shelf in enumerate(islice(shelves, last), start=1):
            yield self._path(number), Page(number=number, last=last, listings=shelf)

    def channel(self, page: Page, write: Callable[[Entry], bytes]) -> Channel:
        """The document with its entries, and in the main one what has left.

        The date of the main document is that of the stock; of an older one, of its newest entry.

        :param write: an entry as the format has it.
        """

        def dated(listing: Listing) -> tuple[datetime, bytes]:
            return listing.updated, self.part(listing, lambda: write(self.entries.of(listing)))

        view, head = self._view, self.head(page)
        written = tuple(records(page.listings, dated))
        entries = tuple(entry for _, entry in written)
        removals = tuple(self._removals()) if page.number == 1 else ()
        moments = [when for when, _ in written] + [each.when for each in removals]
        if page.number == 1 or not moments:
            moments.append(view.as_of)
        return msgspec.structs.replace(
            head,
            updated=max(moments),
            is_complete=page.last == 1 and len(entries) == len(view.listings),
            entries=entries,
            removals=removals,
        )

    def part(self, listing: Listing, make: Callable[[], bytes], *others: object) -> bytes:
        """What a document says of a car.

        :param others: what it depends on beside the car and its seller.
        """
        return self._parts.of(listing, make, self.entries.sellers.of(listing), *others)

    def head(self, page: Page) -> Channel:
        """What stands around the entries of a document."""
        view, words = self._view, self._words
        name = name_of(view, words)
        found = is_search(view)
        return Channel(
            id=feed_id(view, self._options, words.language),
            title=name if found else words.text("{name}: stock", name=name),
            subtitle=words.text("The newest cars of this search")
            if found
            else words.text("The newest cars of {name}", name=name),
            address=self._address(page.number),
            home=view.links.home(words.language),
            updated=view.as_of,
            locale=words.locale,
            author=self.entries.sellers.house,
            hub=self._options.hub if page.number == 1 else "",
            pages=tuple(self._others(page)),
        )

    def _removals(self) -> Iterator[Removal]:
        """The latest to leave; reserved cars may come back, and are in no list meanwhile."""
        for each in islice(self._view.gone, self._options.limit):
            kind = EventKind.SOLD if each.sold else EventKind.GONE
            yield Removal(
                id=entry_id(self._view, each.listing),
                when=each.when,
                comment=self._words.label(kind),
            )

    def _others(self, page: Page) -> Iterator[tuple[str, str]]:
        if page.last == 1:
            return
        yield "first", self._address(1)
        if page.number > 1:
            yield "previous", self._address(page.number - 1)
        if page.number < page.last:
            yield "next", self._address(page.number + 1)
        yield "last", self._address(page.last)

    def _address(self, number: int) -> str:
        return self._view.links.own(self._path(number))

    def _path(self, number: int) -> str:
        if number == 1:
            return self._options.filename
        stem, _, ending = self._options.filename.rpartition(".")
        return f"{stem}/{number}.{ending}"
