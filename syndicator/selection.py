"""Which cars a feed takes, and what it says of them: rules or a saved search over a view. Pure.

The exporter is given what is left, and so needs to know nothing of it. Each collection is walked
anew each time; only the lengths and the ids of the cars that are left are kept.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Generic, TypeVar

import msgspec

from syndicator.conditions import Conditions
from syndicator.contract import ExporterOptions, Finding, Outcome, StockOptions, View
from syndicator.links import vehicle_slug
from syndicator.models import Listing, Retold, Tombstone
from syndicator.rules import mapped
from syndicator.templating import moved

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
BY_RULE = "Rule {number} of this feed leaves the car out."
TOO_CHEAP = "The price is below {amount}, the least for this feed."
TOO_DEAR = "The price is above {amount}, the most for this feed."
TOO_FEW_PHOTOS = "There are fewer than {n} photos, the least for this feed."

T = TypeVar("T")


class Dropped(msgspec.Struct, frozen=True):
    """A car that is not taken, and why; as in a :class:`~syndicator.contract.Finding`."""

    source: str
    reason: str
    values: dict[str, str | int]


Choose = Callable[[Listing], Listing | Dropped]


def selected(view: View, options: ExporterOptions) -> View:
    """The view as a feed with these options sees it."""
    if not isinstance(options, StockOptions):
        return view
    if options.link:
        links = msgspec.structs.replace(view.links, landing_template=options.link)
        view = msgspec.structs.replace(view, links=links)
    choose = choice_of(options)
    return _chosen(view, choose) if choose else view


def found(view: View, search: str) -> View:
    """The cars of a view that a saved search finds.

    :param search: its conditions as JSON.
    """
    when = Conditions.model_validate_json(search)
    missed = Dropped("", "", {})
    return _chosen(view, lambda listing: listing if when.fits(listing) else missed)


def choice_of(options: ExporterOptions) -> Choose | None:
    """What the options make of a car; ``None`` where they leave every car as it is."""
    if not isinstance(options, StockOptions):
        return None
    bounds = (options.price_from, options.price_to, options.least_photos or None)
    if not (options.rules or options.values or options.image) and not any(
        each is not None for each in bounds
    ):
        return None

    def choose(original: Listing) -> Listing | Dropped:
        listing = mapped(original, options.values)
        for number, rule in enumerate(options.rules, start=1):
            if rule.when.fits(listing):
                if rule.drop:
                    return Dropped("", BY_RULE, {"number": number})
                listing = rule.changed(listing)
        return _outside(listing, options) or _pictured(_retold(listing, original), options)

    return choose


def _retold(listing: Listing, original: Listing) -> Listing:
    """The listing with the address of the original, which is made of what may have changed."""
    slug = vehicle_slug(original)
    if vehicle_slug(listing) == slug:
        return listing
    fields = {name: getattr(listing, name) for name in Listing.__struct_fields__}
    return Retold(**fields, page_slug=slug)


def dropped(view: View, options: ExporterOptions) -> Iterator[Finding]:
    """A finding for each car on offer that these options leave out.

    :param view: the whole slice.
    """
    choose = choice_of(options)
    if choose is None:
        return
    for listing in view.listings:
        chosen = choose(listing)
        if isinstance(chosen, Dropped):
            yield Finding(
                listing_id=listing.id,
                outcome=Outcome.LEFT_OUT,
                source=chosen.source,
                reason=chosen.reason,
                values=chosen.values,
            )


def _outside(listing: Listing, options: StockOptions) -> Dropped | None:
    """Why a car is out of bounds; one without a price is neither too cheap nor too dear."""
    price = listing.price.amount if listing.price else None
    if price is not None and options.price_from is not None and price < options.price_from:
        return Dropped("price", TOO_CHEAP, {"amount": f"€ {options.price_from:f}"})
    if price is not None and options.price_to is not None and price > options.price_to:
        return Dropped("price", TOO_DEAR, {"amount": f"€ {options.price_to:f}"})
    if len(listing.photos) < options.least_photos:
        return Dropped("photos", TOO_FEW_PHOTOS, {"n": options.least_photos})
    return None


def _pictured(listing: Listing, options: StockOptions) -> Listing:
    if not options.image:
        return listing
    photos = tuple(moved(each, options.image, options.image_type) for each in listing.photos)
    return msgspec.structs.replace(listing, photos=photos)


def _chosen(view: View, choose: Choose) -> View:
    """What is left, found in one walk; each collection is walked again when it is read.

    The newest moment is that of what is left, so that nothing else moves it; it may be older than
    one that was told before, which whoever remembers that has to mind.
    """

    def car(listing: Listing) -> Listing | None:
        chosen = choose(listing)
        return None if isinstance(chosen, Dropped) else chosen

    def tombstone(gone: Tombstone) -> Tombstone | None:
        listing = car(gone.listing)
        return None if listing is None else msgspec.structs.replace(gone, listing=listing)

    listings, pending = Chosen(view.listings, car), Chosen(view.pending, car)
    gone = Chosen(view.gone, tombstone)
    found = chain(
        ((each.id, each.updated) for each in chain(listings.count(), pending.count())),
        ((each.listing.id, each.when) for each in gone.count()),
    )
    ids: set[str] = set()
    newest = NEVER
    for listing_id, when in found:
        ids.add(listing_id)
        newest = max(newest, when)
    events = Chosen(view.events, lambda event: event if event.listing_id in ids else None)
    return msgspec.structs.replace(
        view,
        listings=listings,
        pending=pending,
        gone=gone,
        events=events,
        as_of=max((newest, *(event.when for event in events.count()))),
    )


class Chosen(Collection[T], Generic[T]):
    """Those of a collection that are chosen, as they are to be shown."""

    def __init__(self, source: Collection[T], choose: Callable[[T], T | None]) -> None:
        self._source = source
        self._choose = choose
        self._length: int | None = None

    def __iter__(self) -> Iterator[T]:
        return (chosen for each in self._source if (chosen := self._choose(each)) is not None)

    def count(self) -> Iterator[T]:
        """A walk to the end, after which the length is known."""
        length = 0
        for each in self:
            length += 1
            yield each
        self._length = length

    def __len__(self) -> int:
        if self._length is None:
            self._length = sum(1 for _ in self)
        return self._length

    def __contains__(self, item: object) -> bool:
        return any(each == item for each in self)
