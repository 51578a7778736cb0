"""What a newly read record says has happened to a listing. Pure.

Everything is dated by the API, so that a state rebuilt elsewhere tells the same story.
"""

import enum
from collections.abc import Iterator
from datetime import datetime

import msgspec

from syndicator.models import Event, EventKind, Listing, Money, Status


class State(enum.StrEnum):
    """Where a listing stands on the site."""

    ACTIVE = "active"  # for sale
    PENDING = "pending"  # its page stays, in no list
    GONE = "gone"  # a tombstone


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of a listing before a record was read."""

    state: State
    updated: datetime
    digest: bytes
    price: Money | None
    offered: bool  # was for sale at least once
    suspect: bool  # the last full sweep did not show it
    gone_at: datetime | None
    first_seen: datetime | None = None


def state_of(listing: Listing) -> State:
    """Drafts and unknown statuses are gone: not to be shown."""
    match listing.status:
        case Status.ACTIVE:
            return State.ACTIVE
        case Status.PENDING:
            return State.PENDING
        case _:
            return State.GONE


def events(known: Known | None, listing: Listing) -> Iterator[Event]:
    """The events between what was known and a record that is not older, in order.

    A car first seen on offer is new since it was created: otherwise a first sync would announce
    the whole stock. One that comes back does so after it left, whatever its ``updated`` says.
    """
    when = listing.updated
    if known and known.gone_at:
        when = max(when, known.gone_at)
    was, now = known and known.state, state_of(listing)
    offered = known is not None and known.offered

    if now is State.ACTIVE and was is not State.ACTIVE:
        if offered:
            yield event(EventKind.BACK, listing, when)
        else:
            since = when if known else listing.created
            yield event(EventKind.NEW, listing, since, after=listing.price)
    elif now is State.PENDING and was not in (None, State.PENDING):
        yield event(EventKind.RESERVED, listing, when)
    elif now is State.GONE and was not in (None, State.GONE):
        kind = EventKind.SOLD if listing.status is Status.SOLD else EventKind.GONE
        yield event(kind, listing, when)

    if known and offered and now is State.ACTIVE and known.price != listing.price:
        yield event(EventKind.PRICE, listing, when, before=known.price, after=listing.price)


def event(
    kind: EventKind,
    listing: Listing,
    when: datetime,
    *,
    before: Money | None = None,
    after: Money | None = None,
) -> Event:
    """An event of this listing."""
    return Event(
        kind=kind,
        listing_id=listing.id,
        dealer_id=listing.dealer_id,
        when=when,
        before=before,
        after=after,
    )


class Changes(msgspec.Struct, kw_only=True):
    """How many listings changed, and how; in all, and for each dealer."""

    added: int = 0
    changed: int = 0  # any content but ``updated``
    price_changed: int = 0
    reserved: int = 0
    gone: int = 0  # sold ones too
    back: int = 0
    ignored: int = 0  # records older than what was known
    by_dealer: dict[str, "Changes"] = {}

    def note(self, dealer_id: str, what: str) -> None:
        """Count one listing under the field ``what``."""
        for changes in (self, self.by_dealer.setdefault(dealer_id, Changes())):
            setattr(changes, what, getattr(changes, what) + 1)

    def note_event(self, happened: Event) -> None:
        """Count one event under its field."""
        self.note(happened.dealer_id, _FIELDS[happened.kind])

    def add(self, other: "Changes") -> None:
        """Count what ``other`` counted, too."""
        for field in set(_FIELDS.values()) | {"changed", "ignored"}:
            setattr(self, field, getattr(self, field) + getattr(other, field))
        for dealer_id, changes in other.by_dealer.items():
            self.by_dealer.setdefault(dealer_id, Changes()).add(changes)


_FIELDS = {
    EventKind.NEW: "added",
    EventKind.PRICE: "price_changed",
    EventKind.RESERVED: "reserved",
    EventKind.SOLD: "gone",
    EventKind.GONE: "gone",
    EventKind.BACK: "back",
}
