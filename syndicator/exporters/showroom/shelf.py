"""A car among its neighbours: the one before, the one after, and those like it. Pure.

The stock is walked a shelf at a time, so two shelves are all that is ever held; cars are alike
within their shelf.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from syndicator.exporters._batches import batches
from syndicator.models import Body, Listing

__all__ = ["SHELF", "Placed", "alike", "batches", "walk"]

SHELF = 120  # cars


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One listing and what stands around it."""

    listing: Listing
    before: Listing | None
    after: Listing | None
    similar: tuple[Listing, ...]


def walk(listings: Iterable[Listing], similar: int, size: int = SHELF) -> Iterator[Placed]:
    """Every listing in the order given."""
    before: Listing | None = None
    for shelf, after in _pairs(batches(listings, size)):
        bodies = _by_body(shelf)
        following = [*shelf[1:], after]
        for listing, successor in zip(shelf, following, strict=True):
            kin = bodies[listing.body]
            yield Placed(
                listing=listing,
                before=before,
                after=successor,
                similar=alike(listing, kin if len(kin) > similar else shelf, similar),
            )
            before = listing


def alike(listing: Listing, others: Iterable[Listing], count: int) -> tuple[Listing, ...]:
    """The nearest first: same model, same make, same body, then the closest price, then by id."""

    def distance(other: Listing) -> tuple[bool, bool, bool, int, str]:
        return (
            other.model != listing.model,
            other.make != listing.make,
            other.body is not listing.body,
            abs(_minor(other) - _minor(listing)),
            other.id,
        )

    candidates = (other for other in others if other.id != listing.id)
    return tuple(heapq.nsmallest(count, candidates, key=distance))


def _pairs(
    shelves: Iterator[list[Listing]],
) -> Iterator[tuple[list[Listing], Listing | None]]:
    """Each shelf with the first car of the next."""
    shelf = next(shelves, None)
    while shelf:
        following = next(shelves, None)
        yield shelf, following[0] if following else None
        shelf = following


def _by_body(shelf: list[Listing]) -> dict[Body | None, list[Listing]]:
    bodies: dict[Body | None, list[Listing]] = defaultdict(list)
    for listing in shelf:
        bodies[listing.body].append(listing)
    return bodies


def _minor(listing: Listing) -> int:
    return listing.price.minor if listing.price else 0
