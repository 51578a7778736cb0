"""The cars that have a page in a showroom, and what each page says of its car. Pure."""

import enum
from collections.abc import Iterator
from itertools import islice

import msgspec

from syndicator.contract import View
from syndicator.exporters import _structured as structured
from syndicator.exporters.showroom import shelf
from syndicator.models import Listing


class State(enum.StrEnum):
    """What a page says about its car."""

    FOR_SALE = "for-sale"
    PENDING = "pending"
    RESERVED = "reserved"  # pending, where the seller means that by it
    SOLD = "sold"
    GONE = "gone"


AVAILABILITY = {  # of schema.org
    State.FOR_SALE: structured.ON_OFFER,
    State.PENDING: "OutOfStock",
    State.RESERVED: "OutOfStock",
    State.SOLD: "SoldOut",
    State.GONE: "Discontinued",
}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be: the car, what is said of it and what stands around it."""

    listing: Listing
    state: State
    similar: tuple[Listing, ...]
    before: Listing | None = None
    after: Listing | None = None

    @property
    def for_sale(self) -> bool:
        """Whether it has a price and all that is known of it."""
        return self.state is State.FOR_SALE


def subjects(view: View, similar: int, pending: State) -> Iterator[Subject]:
    """Each car whose home is this showroom: for sale, not available now, then gone.

    :param similar: how many cars like it stand below one.
    :param pending: what a page says of a car that is not available now.
    """
    room = view.showroom
    assert room is not None

    def at_home(listing: Listing) -> bool:
        return view.links.dealers.get(listing.dealer_id) == room.slug

    for placed in shelf.walk(filter(at_home, view.listings), similar):
        yield Subject(
            listing=placed.listing,
            state=State.FOR_SALE,
            similar=placed.similar,
            before=placed.before,
            after=placed.after,
        )
    newest = list(islice(view.listings, shelf.SHELF))
    for listing in filter(at_home, view.pending):
        near = shelf.alike(listing, newest, similar)
        yield Subject(listing=listing, state=pending, similar=near)
    for tombstone in view.gone:
        if at_home(tombstone.listing):
            yield Subject(
                listing=tombstone.listing,
                state=State.SOLD if tombstone.sold else State.GONE,
                similar=shelf.alike(tombstone.listing, newest, similar),
            )
