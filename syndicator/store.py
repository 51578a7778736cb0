"""What was read from the API, kept between runs; only ``sync`` writes here.

The store holds what the site may show: listings on offer, reserved ones and, for 30 days,
tombstones. A draft or a sold car that was never shown leaves no trace.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, Self

import msgspec

from syndicator.database import Connection, guarded, open_for_writing, transaction
from syndicator.history import Changes, Known, State, events, state_of
from syndicator.models import Dealer, Event, EventKind, Listing, Status
from syndicator.schema import (
    STEPS,
    MirroredPhoto,
    content_digest,
    encode,
    instant,
    known_row,
    photo_row,
    select,
)

__all__ = ["Changes", "MirroredPhoto", "Store"]

KEEP = timedelta(days=30)  # tombstones and events

_decode_dealer = msgspec.msgpack.Decoder(Dealer).decode


class Store:
    """The state file, open for its one writer.

    ``rebuilt`` says why an earlier file could not be used; it is empty where it could.
    """

    def __init__(self, path: Path, connection: Connection, rebuilt: str) -> None:
        self.path = path
        self.rebuilt = rebuilt
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or make the file; :func:`syndicator.database.open_for_writing` names the errors."""
        return cls(path, *open_for_writing(path, STEPS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All the writes within, or none."""
        with guarded(self.path), transaction(self._connection):
            yield

    def apply(
        self, records: Iterable[tuple[Listing, bytes]], *, authoritative: bool = False
    ) -> Changes:
        """Take in listings with their raw bytes; of two with one ``updated`` the later one wins.

        :param authoritative: from a clean full sweep: even a record older than ours wins.
        """
        changes = Changes()
        with self.transaction():
            for listing, raw in records:
                self._take_in(listing, raw, changes, authoritative=authoritative)
        return changes

    def bury(self, ids: Iterable[str], when: datetime, *, sold: bool = False) -> Changes:
        """Turn listings that are shown into tombstones; all other ids are left alone.

        :param when: by the API's clock.
        """
        changes = Changes()
        kind = EventKind.SOLD if sold else EventKind.GONE
        with self.transaction():
            for listing_id in ids:
                dealer_id = self._entomb(listing_id, when, sold=sold)
                if dealer_id is not None:
                    event = Event(kind=kind, listing_id=listing_id, dealer_id=dealer_id, when=when)
                    self._record(event, changes)
        return changes

    def live_ids(
        self, dealer_ids: Collection[str] | None = None, status: Status = Status.ACTIVE
    ) -> set[str]:
        """The listings on offer, or those reserved; ``None`` means all dealers."""
        query = "SELECT id FROM listings WHERE dealer_id IN slice AND state = :state"
        return self._ids(query, dealer_ids, state=status.value)

    def suspect(self, ids: Iterable[str]) -> None:
        """Mark listings that a full sweep did not show; to see one again clears its mark."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE listings SET suspect = 1 WHERE id = ?", ((each,) for each in ids)
            )

    def suspects(self, dealer_ids: Collection[str] | None = None) -> set[str]:
        """The marked listings that are still shown."""
        query = """SELECT id FROM listings
            WHERE dealer_id IN slice AND state IN ('active', 'pending') AND suspect"""
        return self._ids(query, dealer_ids)

    def raw(self, listing_id: str) -> bytes | None:
        """The API's own words of the listing as last shown."""
        row = self._row("SELECT raw FROM listings WHERE id = ?", listing_id)
        return zlib.decompress(row[0]) if row else None

    def put_dealers(self, dealers: Iterable[Dealer], *, from_location: bool) -> None:
        """Take in dealers; what ``/locations`` says wins over what is embedded in listings.

        A location replaces its earlier self. An embedded dealer, which is often partial, replaces
        only the embedded fields that it knows.
        """
        with self.transaction():
            for dealer in dealers:
                self._put_dealer(dealer, from_location=from_location)

    def dealers(self) -> tuple[Dealer, ...]:
        """Every dealer ever heard of, by id; of some only the id is known."""
        with guarded(self.path):
            rows = self._connection.execute("SELECT body FROM dealers ORDER BY id").fetchall()
        return tuple(_decode_dealer(body) for (body,) in rows)

    def put_photo(self, photo: MirroredPhoto) -> None:
        """Remember a picture that was mirrored."""
        with self.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO photos VALUES (?, ?, ?, ?, ?, ?)",
                msgspec.structs.astuple(photo),
            )

    def photo(self, url: str) -> MirroredPhoto | None:
        """Our copy of the picture at this address."""
        with guarded(self.path):
            return photo_row(self._connection, url)

    def photos_missing(self, urls: Iterable[str]) -> Iterator[str]:
        """Those of the addresses that were not mirrored yet, in their order."""
        return (url for url in urls if self.photo(url) is None)

    def remember(self, target: str, facts: Mapping[str, str]) -> None:
        """Keep what the next run must know of a target, in place of what was kept before."""
        with self.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO targets VALUES (?, ?)",
                (target, msgspec.json.encode(facts, order="deterministic")),
            )

    def recall(self, target: str) -> dict[str, str]:
        """What was kept of a target; empty for an unknown one."""
        row = self._row("SELECT facts FROM targets WHERE name = ?", target)
        return msgspec.json.decode(row[0], type=dict[str, str]) if row else {}

    def remembered(self, prefix: str) -> dict[str, dict[str, str]]:
        """Everything kept under names that begin like this, by name."""
        rows = self._connection.execute(
            "SELECT name, facts FROM targets WHERE substr(name, 1, ?) = ? ORDER BY name",
            (len(prefix), prefix),
        )
        return {name: msgspec.json.decode(facts, type=dict[str, str]) for name, facts in rows}

    def forget(self, target: str) -> None:
        """Drop what was kept of a target."""
        with self.transaction():
            self._connection.execute("DELETE FROM targets WHERE name = ?", (target,))

    def purge(self, now: datetime) -> None:
        """Forget what left or happened more than 30 days before ``now``, by the API's clock."""
        before = (instant(now - KEEP),)
        with self.transaction():
            self._connection.execute("DELETE FROM listings WHERE gone_at < ?", before)
            self._connection.execute("DELETE FROM events WHERE at < ?", before)
            self._connection.execute(
                "DELETE FROM prices WHERE listing_id NOT IN (SELECT id FROM listings)"
            )

    def _take_in(
        self, listing: Listing, raw: bytes, changes: Changes, *, authoritative: bool
    ) -> None:
        known = known_row(self._connection, listing.id)
        if known and known.suspect:
            self._connection.execute("UPDATE listings SET suspect = 0 WHERE id = ?", (listing.id,))
        if known and listing.updated < known.updated and not authoritative:
            changes.note(listing.dealer_id, "ignored")
            return
        if state_of(listing) is not State.GONE:
            self._show(known, listing, raw, changes)
        elif known:
            self._take_off(known, listing)
        for event in events(known, listing):
            self._record(event, changes)

    def _show(self, known: Known | None, listing: Listing, raw: bytes, changes: Changes) -> None:
        digest, state = content_digest(listing), state_of(listing)
        if known and known.state is not State.GONE:
            if known.digest != digest:
                changes.note(listing.dealer_id, "changed")
            elif known.updated == listing.updated:
                return
        self._connection.execute(
            "INSERT INTO dealers (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (listing.dealer_id, encode(Dealer(id=listing.dealer_id))),
        )
        offered = state is State.ACTIVE or (known is not None and known.offered)
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
                zlib.compress(raw),
            ),
        )
        if known is None or known.price != listing.price:
            self._price(listing)

    def _take_off(self, known: Known, listing: Listing) -> None:
        """The body stays as last shown, so that the address does; only its date moves."""
        sold = listing.status is Status.SOLD
        if known.state is not State.GONE:
            self._entomb(listing.id, listing.updated, sold=sold)
        elif sold:  # gone for an unknown reason until now
            self._connection.execute("UPDATE listings SET sold = 1 WHERE id = ?", (listing.id,))
        self._connection.execute(
            "UPDATE listings SET updated = ? WHERE id = ?", (instant(listing.updated), listing.id)
        )

    def _entomb(self, listing_id: str, when: datetime, *, sold: bool) -> str | None:
        """The dealer's id, or ``None`` if the listing is not shown."""
        row = self._connection.execute(
            """UPDATE listings SET state = 'gone', gone_at = ?, sold = ?, suspect = 0
                WHERE id = ? AND state <> 'gone' RETURNING dealer_id""",
            (instant(when), sold, listing_id),
        ).fetchone()
        return row[0] if row else None

    def _price(self, listing: Listing) -> None:
        """Points after this one go: they come from records that a clean sweep has overruled."""
        since, price = instant(listing.updated), listing.price
        self._connection.execute(
            "DELETE FROM prices WHERE listing_id = ? AND since >= ?", (listing.id, since)
        )
        self._connection.execute(
            "INSERT INTO prices VALUES (?, ?, ?, ?)",
            (listing.id, since, price and price.minor, price and price.currency),
        )

    def _record(self, event: Event, changes: Changes) -> None:
        self._connection.execute(
            "INSERT INTO events (dealer_id, at, listing_id, body) VALUES (?, ?, ?, ?)",
            (event.dealer_id, instant(event.when), event.listing_id, encode(event)),
        )
        changes.note_event(event)

    def _put_dealer(self, dealer: Dealer, *, from_location: bool) -> None:
        row = self._row("SELECT stated, embedded FROM dealers WHERE id = ?", dealer.id)
        stated, embedded = (each and _decode_dealer(each) for each in row or (None, None))
        if from_location:
            stated = dealer
        else:
            embedded = filled(dealer, embedded or dealer)
        both = [each for each in (stated, embedded) if each]
        self._connection.execute(
            "INSERT OR REPLACE INTO dealers (id, stated, embedded, body) VALUES (?, ?, ?, ?)",
            (
                dealer.id,
                stated and encode(stated),
                embedded and encode(embedded),
                encode(reduce(filled, both)),
            ),
        )

    def _row(self, query: str, value: str) -> tuple[Any, ...] | None:
        with guarded(self.path):
            row: tuple[Any, ...] | None = self._connection.execute(query, (value,)).fetchone()
        return row

    def _ids(
        self, query: str, dealer_ids: Collection[str] | None, state: str | None = None
    ) -> set[str]:
        with guarded(self.path):
            rows = select(self._connection, query, dealer_ids, state=state)
            return {listing_id for (listing_id,) in rows}


def filled(dealer: Dealer, other: Dealer) -> Dealer:
    """``dealer``, and from ``other`` what it does not know."""
    unknown = [name for name in dealer.__struct_fields__ if getattr(dealer, name) in (None, {})]
    return msgspec.structs.replace(dealer, **{name: getattr(other, name) for name in unknown})
