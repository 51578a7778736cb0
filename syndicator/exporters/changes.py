"""What happened to the cars of a slice, an entry each, as Atom (RFC 4287).

Readers seldom raise an entry again that has changed, so a lower price passes unseen in a feed of
cars. Here it is an entry of its own. An entry holds nothing that a later event would alter, so each
event adds one entry and touches no other.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice, takewhile

from syndicator.contract import Artefact, Kit, Place, Scope, View, Words
from syndicator.exporters import _feed
from syndicator.exporters._channel import (
    Category,
    Channel,
    Entry,
    FeedOptions,
    Filename,
    Sellers,
    feed_id,
    is_search,
    name_of,
    spoken,
)
from syndicator.exporters._happened import cars_of, tell
from syndicator.exporters._xml import records
from syndicator.facts import key_facts
from syndicator.links import tag
from syndicator.models import Event, EventKind, Listing
from syndicator.templating import told as typed

log = logging.getLogger(__name__)

Numbered = tuple[Event, int]


class Changes:
    """Atom 1.0: one entry for each new car, new price, sale and return."""

    scopes = frozenset(Scope)
    place = Place.FEEDS
    media_type = "application/atom+xml"

    class Options(FeedOptions):
        """As every reader's feed; there is one document, of the newest events."""

        filename: Filename = "changes.xml"

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """One document."""
        yield Artefact.stream(self.options.filename, self._chunks(view))

    def _chunks(self, view: View) -> Iterator[bytes]:
        yield _feed.atom(_channel(view, self.kit, self.options))


def numbered(events: Iterable[Event], limit: int) -> list[Numbered]:
    """The newest events, each with its number among those of one car, kind and moment.

    The oldest is number 1, so that a later event never renumbers it.

    :param events: newest first.
    """
    ahead = iter(events)
    chosen = list(islice(ahead, limit))
    keys = {_key(event) for event in chosen}
    older = takewhile(lambda event: event.when == chosen[-1].when, ahead)
    counts = Counter(key for key in map(_key, older) if key in keys)
    found: list[Numbered] = []
    for event in reversed(chosen):
        counts[_key(event)] += 1
        found.append((event, counts[_key(event)]))
    return found[::-1]


def _key(event: Event) -> tuple[str, EventKind, datetime]:
    return event.listing_id, event.kind, event.when


def _channel(view: View, kit: Kit, options: FeedOptions) -> Channel:
    words = spoken(view, kit, options)
    name = name_of(view, words)
    writer = _Writer(view, kit, words)
    events = numbered(view.events, options.limit)
    cars = cars_of(view, (event for event, _ in events))
    entries = tuple(
        entry
        for event, number in events
        if (car := cars.get(event.listing_id))
        for entry in records([car], partial(writer.entry, event=event, number=number))
    )
    written = tuple(_written(entries))
    return Channel(
        id=feed_id(view, options, words.language, "changes"),
        title=words.text("{name}: changes", name=name),
        subtitle=words.text("What changes among the cars of this search")
        if is_search(view)
        else words.text("What changes in the stock of {name}", name=name),
        address=view.links.own(options.filename),
        home=view.links.home(words.language),
        updated=max((each.updated for each in entries), default=view.as_of),
        locale=words.locale,
        author=writer.sellers.house,
        hub=options.hub,
        entries=written,
    )


def _written(entries: Iterable[Entry]) -> Iterator[bytes]:
    for entry in entries:
        try:
            yield _feed.atom_entry(entry)
        except ValueError as error:  # what XML cannot hold
            log.warning("entry %s left out: %s", entry.id, error)


class _Writer:
    """Makes the entries of one slice in one language."""

    def __init__(self, view: View, kit: Kit, words: Words) -> None:
        self._view = view
        self._kit = kit
        self._words = words
        self.sellers = Sellers(view, words)

    def entry(self, listing: Listing, event: Event, number: int) -> Entry:
        """One event."""
        words = self._words
        told = tell(event, listing, words)
        what, amount = told.what, told.price
        title = (
            words.text("{what}: {car}, {price}", what=what, car=listing.title, price=amount)
            if amount
            else words.text("{what}: {car}", what=what, car=listing.title)
        )
        facts = key_facts(listing, words)
        address = self._view.links.entry(listing, words.language)
        photos = tuple(map(typed, listing.photos[:1]))
        content = self._kit.render(
            "feeds/event.html",
            listing=listing,
            address=address,
            photos=photos,
            what=what,
            price=amount,
            facts=facts,
            text=words.text,
        )
        return Entry(
            id=self._id(event, number),
            title=title,
            updated=event.when,
            published=event.when,
            address=address,
            author=self.sellers.of(listing),
            summary=" · ".join(filter(None, (amount or what, *(fact.value for fact in facts)))),
            content=b"".join(content).decode(),
            categories=(self._category(event.kind),),
            photos=photos,
        )

    def _id(self, event: Event, number: int) -> str:
        moment = event.when.astimezone(UTC).isoformat().replace("+00:00", "Z")
        parts = ("event", event.listing_id, event.kind, moment.replace("-", "").replace(":", ""))
        again = (str(number),) if number > 1 else ()
        return tag(self._view.site.authority, *parts, *again)

    def _category(self, kind: EventKind) -> Category:
        scheme = tag(self._view.site.authority, "event")
        return Category(scheme=scheme, term=kind, label=self._words.label(kind))
