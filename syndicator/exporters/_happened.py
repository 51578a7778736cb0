"""What happened to the cars of a slice, in words, for the feed of changes and the page beside it.

Only the event's own prices are told, never today's, so that what is said once stays true.
"""

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Protocol, TypeVar, runtime_checkable

import msgspec

from syndicator.contract import View, Words
from syndicator.models import Event, EventKind, Listing, Money

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@runtime_checkable
class Findable(Protocol[T_co]):
    """A stock that finds cars by their ids, without a walk over all."""

    def among(self, identities: Iterable[str]) -> Iterable[T_co]:
        """Those that it has, in no order."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One event and its car. ``what`` is a label, ``price`` one price, or two, or empty."""

    event: Event
    listing: Listing
    what: str
    price: str


def cars_of(view: View, events: Iterable[Event]) -> dict[str, Listing]:
    """The cars that these events name, by id, but for those that are known no more.

    The stock is walked once, if it cannot find cars by their ids.
    """
    ids = {event.listing_id for event in events}
    gone = (each.listing for each in _among(view.gone, ids))
    found = chain(_among(view.listings, ids), _among(view.pending, ids), gone)
    return {car.id: car for car in found if car.id in ids}


def _among(stock: Iterable[T], ids: Collection[str]) -> Iterable[T]:
    return stock.among(ids) if isinstance(stock, Findable) else stock


def tell(event: Event, listing: Listing, words: Words) -> Happened:
    """One event in words."""
    return Happened(
        event=event, listing=listing, what=what(event, words), price=price(event, words)
    )


def what(event: Event, words: Words) -> str:
    """The label of the event; of two prices in one currency, which way it went."""
    difference = _difference(event.before, event.after)
    if event.kind is not EventKind.PRICE or not difference:
        return words.label(event.kind)
    return words.text("Price down" if difference < 0 else "Price up")


def price(event: Event, words: Words) -> str:
    """The price of a new car, or both of one that has another now."""
    if event.kind is EventKind.PRICE:
        return f"{_money(event.before, words)} → {_money(event.after, words)}"
    if event.kind is EventKind.NEW and event.after:
        return _money(event.after, words)
    return ""


def _money(money: Money | None, words: Words) -> str:
    return words.money(money) if money else words.text("Price on request")


def _difference(before: Money | None, after: Money | None) -> int:
    """In minor units; 0 where the two cannot be compared."""
    if before is None or after is None or before.currency != after.currency:
        return 0
    return after.minor - before.minor
