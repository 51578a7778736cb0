"""Which cars a feed takes, and what it says of them: rules or a saved search over a view. Pure.

The exporter is given what is left, lazily, and so needs to know nothing of it. Each collection is
walked anew each time; only lengths and, for events, the ids of the cars that are left are kept.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Generic, TypeVar

import msgspec

from syndicator.conditions import Conditions
from syndicator.contract import ExporterOptions, Finding, Outcome, StockOptions, View
from syndicator.links import vehicle_slug
from syndicator.models import Event, EventKind, Listing, Money, Retold, Tombstone
from syndicator.rules import mapped
from syndicator.templating import moved

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
        return Dropped("price", TOO_CHEAP, {"amount": f"{options.price_from:f}"})
    if price is not None and options.price_to is not None and price > options.price_to:
        return Dropped("price", TOO_DEAR, {"amount": f"{options.price_to:f}"})
    if len(listing.photos) < options.least_photos:
        return Dropped("photos", TOO_FEW_PHOTOS, {"n": options.least_photos})
    return None


def _pictured(listing: Listing, options: StockOptions) -> Listing:
    if not options.image:
        return listing
    photos = tuple(moved(each, options.image, options.image_type) for each in listing.photos)
    return msgspec.structs.replace(listing, photos=photos)


def _chosen(view: View, choose: Choose) -> View:
    def car(listing: Listing) -> Listing | None:
        chosen = choose(listing)
        return None if isinstance(chosen, Dropped) else chosen

    def tombstone(gone: Tombstone) -> Tombstone | None:
        listing = car(gone.listing)
        return None if listing is None else msgspec.structs.replace(gone, listing=listing)

    listings = Chosen(view.listings, car)
    pending = Chosen(view.pending, car)
    gone = Chosen(view.gone, tombstone)
    events = ChosenEvents(view.events, _Ids(listings, pending, gone))
    moments = chain(
        (listing.updated for listing in chain(listings, pending)),
        (each.when for each in gone),
        (event.when for event in events),
        _departures(view, choose),
    )
    return msgspec.structs.replace(
        view,
        listings=listings,
        pending=pending,
        gone=gone,
        events=events,
        as_of=max(moments, default=view.as_of),  # what never was in it moves no date
    )


def _departures(view: View, choose: Choose) -> Iterator[datetime]:
    """When cars left the selection by their price: a date must not go back because of it."""
    former: dict[str, list[Money | None]] = {}
    for event in view.events:
        if event.kind is EventKind.PRICE:
            former.setdefault(event.listing_id, []).append(event.before)
    for listing in view.listings if former else ():
        if listing.id in former and isinstance(choose(listing), Dropped):
            then = (msgspec.structs.replace(listing, price=each) for each in former[listing.id])
            if not all(isinstance(choose(each), Dropped) for each in then):
                yield listing.updated


class Chosen(Collection[T], Generic[T]):
    """Those of a collection that are chosen, as they are to be shown."""

    def __init__(self, source: Collection[T], choose: Callable[[T], T | None]) -> None:
        self._source = source
        self._choose = choose

    def __iter__(self) -> Iterator[T]:
        return (chosen for each in self._source if (chosen := self._choose(each)) is not None)

    @cached_property
    def _length(self) -> int:
        return sum(1 for _ in self)

    def __len__(self) -> int:
        return self._length

    def __contains__(self, item: object) -> bool:
        return any(each == item for each in self)


class _Ids:
    """The ids of the cars that are left, gathered when they are first asked for."""

    def __init__(
        self, listings: Iterable[Listing], pending: Iterable[Listing], gone: Iterable[Tombstone]
    ) -> None:
        self._sources = listings, pending, gone

    @cached_property
    def ids(self) -> frozenset[str]:
        listings, pending, gone = self._sources
        cars = chain(listings, pending, (each.listing for each in gone))
        return frozenset(listing.id for listing in cars)


class ChosenEvents(Collection[Event]):
    """The events of the cars that are left."""

    def __init__(self, source: Collection[Event], known: _Ids) -> None:
        self._source = source
        self._known = known

    def __iter__(self) -> Iterator[Event]:
        ids = self._known.ids
        return (event for event in self._source if event.listing_id in ids)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, item: object) -> bool:
        return any(each == item for each in self)
