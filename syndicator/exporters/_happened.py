"""What happened to the cars of a slice, in words, for the feed of changes and the page beside it.

Only the event's own prices are told, never today's, so that what is said once stays true.
"""

from collections.abc import Iterable
from itertools import chain

import msgspec

from syndicator.contract import View, Words
from syndicator.models import Event, EventKind, Listing, Money


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One event and its car. ``what`` is a label, ``price`` one price, or two, or empty."""

    event: Event
    listing: Listing
    what: str
    price: str


def cars_of(view: View, events: Iterable[Event]) -> dict[str, Listing]:
    """The cars that these events name, by id, but for those that are known no more.

    The stock is walked once.
    """
    ids = {event.listing_id for event in events}
    gone = (each.listing for each in view.gone)
    return {car.id: car for car in chain(view.listings, view.pending, gone) if car.id in ids}


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
