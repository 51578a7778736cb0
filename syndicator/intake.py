"""What a newly read record does to the rows of the store, and what history keeps of it."""

from collections.abc import Callable
from datetime import datetime

from syndicator.database import Connection
from syndicator.history import Changes, Known, State, events, state_of
from syndicator.models import Dealer, Event, EventKind, Listing, Status
from syndicator.schema import content_digest, encode, instant, known_row

Overrules = Callable[[Known], bool]
"""Whether a record older than what is known wins over it all the same."""


class Intake:
    """Takes records in on one connection, and counts what changes.

    :ivar changes: what has happened so far.
    """

    def __init__(
        self,
        connection: Connection,
        overrules: Overrules = lambda _: False,
        seen: datetime | None = None,
    ) -> None:
        """:param seen: when the records were read, by the API's clock."""
        self.changes = Changes()
        self._connection = connection
        self._overrules = overrules
        self._seen = seen

    def take(self, listing: Listing) -> None:
        """One record, its events and its history."""
        known = known_row(self._connection, listing.id)
        state = state_of(listing)
        if known and known.suspect:
            self._set(listing.id, suspect=0)
        if known and listing.updated < known.updated and not self._overrules(known):
            self.changes.note(listing.dealer_id, "ignored")
            return
        if state is not State.GONE:
            self._show(known, listing)
        elif known:
            self._take_off(known, listing)
        if known or state is not State.GONE:
            self._keep_status(listing.id, self._since(known, listing), listing.status.value)
        for event in events(known, listing):
            self._record(event)

    def bury(self, listing_id: str, kind: EventKind, when: datetime) -> None:
        """Let a shown listing leave without a record that says so."""
        dealer_id = self._entomb(listing_id, when, sold=kind is EventKind.SOLD)
        if dealer_id is not None:
            self._keep_status(listing_id, when, kind.value)
            event = Event(kind=kind, listing_id=listing_id, dealer_id=dealer_id, when=when)
            self._record(event)

    def _since(self, known: Known | None, listing: Listing) -> datetime:
        """Since when the status holds; a car that is back may be dated before it left."""
        if known is None or known.gone_at is None:
            return listing.updated
        return max(listing.updated, self._seen or known.gone_at)

    def _show(self, known: Known | None, listing: Listing) -> None:
        digest, state = content_digest(listing), state_of(listing)
        if known and known.state is not State.GONE:
            if known.digest != digest:
                self.changes.note(listing.dealer_id, "changed")
            elif known.updated == listing.updated:
                return
        self._connection.execute(
            "INSERT INTO dealers (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (listing.dealer_id, encode(Dealer(id=listing.dealer_id))),
        )
        offered = state is State.ACTIVE or (known is not None and known.offered)
        first_seen = known.first_seen if known else self._seen
        self._connection.execute(
            "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?, ?, 0, NULL, NULL, ?, ?)",
            (
                listing.id,
                listing.dealer_id,
                state.value,
                instant(listing.created),
                instant(listing.updated),
                digest,
                offered,
                encode(listing),
                None if first_seen is None else instant(first_seen),
            ),
        )
        if known is None or known.price != listing.price:
            self._keep_price(listing)

    def _take_off(self, known: Known, listing: Listing) -> None:
        """The body stays as last shown, so that the address does; only its date moves."""
        sold = listing.status is Status.SOLD
        if known.state is not State.GONE:
            self._entomb(listing.id, listing.updated, sold=sold)
        elif sold:  # gone for an unknown reason until now
            self._set(listing.id, sold=1)
        self._set(listing.id, updated=instant(listing.updated))

    def _entomb(self, listing_id: str, when: datetime, *, sold: bool) -> str | None:
        """The dealer's id, or ``None`` if the listing is not shown."""
        row = self._connection.execute(
            """UPDATE listings SET state = 'gone', gone_at = ?, sold = ?, suspect = 0
                WHERE id = ? AND state <> 'gone' RETURNING dealer_id""",
            (instant(when), sold, listing_id),
        ).fetchone()
        return row[0] if row else None

    def _set(self, listing_id: str, **columns: int) -> None:
        for name, value in columns.items():
            self._connection.execute(_SET[name], (value, listing_id))

    def _keep_price(self, listing: Listing) -> None:
        """Points after this one go: they come from records that a clean sweep has overruled."""
        since, price = instant(listing.updated), listing.price
        self._connection.execute(
            "DELETE FROM prices WHERE listing_id = ? AND since >= ?", (listing.id, since)
        )
        self._connection.execute(
            "INSERT INTO prices VALUES (?, ?, ?, ?)",
            (listing.id, since, price and price.minor, price and price.currency),
        )

    def _keep_status(self, listing_id: str, since: datetime, status: str) -> None:
        """A point only where the status differs from the one before it."""
        last = self._connection.execute(
            "SELECT status FROM statuses WHERE listing_id = ? ORDER BY since DESC LIMIT 1",
            (listing_id,),
        ).fetchone()
        if last is None or last[0] != status:
            self._connection.execute(
                "INSERT OR REPLACE INTO statuses VALUES (?, ?, ?)",
                (listing_id, instant(since), status),
            )

    def _record(self, event: Event) -> None:
        self._connection.execute(
            "INSERT INTO events (dealer_id, at, listing_id, body) VALUES (?, ?, ?, ?)",
            (event.dealer_id, instant(event.when), event.listing_id, encode(event)),
        )
        self.changes.note_event(event)


_SET = {
    "suspect": "UPDATE listings SET suspect = ? WHERE id = ?",
    "sold": "UPDATE listings SET sold = ? WHERE id = ?",
    "updated": "UPDATE listings SET updated = ? WHERE id = ?",
}
