"""What was read from the API, kept between runs; only ``sync`` writes here.

The store holds what the site may show: listings on offer, reserved ones and, for 30 days,
tombstones. A draft or a sold car that was never shown leaves no trace.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, Self

import msgspec

from syndicator import album
from syndicator.database import Connection, guarded, open_for_writing, transaction
from syndicator.guard import Have
from syndicator.history import Changes
from syndicator.incoming import Incoming
from syndicator.intake import Intake, Overrules
from syndicator.models import Dealer, EventKind, Listing, Status
from syndicator.schema import STEPS, MirroredPhoto, encode, instant, moment, select

__all__ = ["Changes", "MirroredPhoto", "Store"]

KEEP = timedelta(days=30)  # tombstones and events

_ORPHANS = (
    "DELETE FROM prices WHERE listing_id NOT IN (SELECT id FROM listings)",
    "DELETE FROM statuses WHERE listing_id NOT IN (SELECT id FROM listings)",
)

_decode_dealer = msgspec.msgpack.Decoder(Dealer).decode
_decode_listing = msgspec.msgpack.Decoder(Listing).decode


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

    def incoming(self) -> Incoming:
        """Where records wait until they are judged; empty, and forgotten with the connection."""
        return Incoming(self.path, self._connection)

    def apply(
        self,
        listings: Iterable[Listing],
        *,
        overrules: Overrules = lambda _: False,
        seen: datetime | None = None,
    ) -> Changes:
        """Take in listings; of two with one ``updated`` the later one wins.

        :param overrules: whether a record older than what is known wins all the same.
        :param seen: when they were read, by the API's clock.
        """
        intake = Intake(self._connection, overrules, seen)
        with self.transaction():
            for listing in listings:
                intake.take(listing)
        return intake.changes

    def bury(self, ids: Iterable[str], when: datetime, *, sold: bool = False) -> Changes:
        """Turn listings that are shown into tombstones; all other ids are left alone.

        :param when: by the API's clock.
        """
        intake = Intake(self._connection)
        kind = EventKind.SOLD if sold else EventKind.GONE
        with self.transaction():
            for listing_id in ids:
                intake.bury(listing_id, kind, when)
        return intake.changes

    def live_ids(
        self, dealer_ids: Collection[str] | None = None, status: Status = Status.ACTIVE
    ) -> set[str]:
        """The listings on offer, or those reserved; ``None`` means all dealers."""
        query = "SELECT id FROM listings WHERE dealer_id IN slice AND state = :state"
        return self._ids(query, dealer_ids, state=status.value)

    def on_offer(
        self, dealer_ids: Collection[str] | None = None, status: Status = Status.ACTIVE
    ) -> dict[str, str]:
        """The listings on offer, or those reserved, with their dealers, by id."""
        query = "SELECT id, dealer_id FROM listings WHERE dealer_id IN slice AND state = :state"
        with guarded(self.path):
            return dict(select(self._connection, query, dealer_ids, state=status.value))

    def have(self, dealer_id: str, but: Collection[str] = ()) -> Have:
        """How many of a dealer's listings on offer have what buyers look for.

        :param but: ids of listings that are not counted.
        """
        query = "SELECT id, body FROM listings WHERE dealer_id IN slice AND state = 'active'"
        with guarded(self.path):
            rows = select(self._connection, query, [dealer_id])
            found = [_decode_listing(body) for identity, body in rows if identity not in but]
        return Have(
            cars=len(found),
            priced=sum(each.price is not None for each in found),
            pictured=sum(bool(each.photos) for each in found),
        )

    def suspect(self, ids: Iterable[str]) -> None:
        """Mark listings that a full sweep did not show; to see one again clears its mark."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE listings SET suspect = 1 WHERE id = ?", ((each,) for each in ids)
            )

    def clear(self, ids: Iterable[str]) -> None:
        """Take the mark off listings that were seen again."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE listings SET suspect = 0 WHERE id = ? AND suspect",
                ((each,) for each in ids),
            )

    def fresher_than(self, when: datetime, dealer_ids: Collection[str] | None = None) -> set[str]:
        """The shown listings that were edited or first seen at ``when`` or later."""
        query = """SELECT id FROM listings WHERE dealer_id IN slice AND state <> 'gone'
            AND (updated >= :since OR first_seen >= :since)"""
        with guarded(self.path):
            rows = select(self._connection, query, dealer_ids, since=instant(when))
            return {listing_id for (listing_id,) in rows}

    def suspects(self, dealer_ids: Collection[str] | None = None) -> set[str]:
        """The marked listings that are still shown."""
        query = """SELECT id FROM listings
            WHERE dealer_id IN slice AND state IN ('active', 'pending') AND suspect"""
        return self._ids(query, dealer_ids)

    def statuses(self, listing_id: str) -> list[tuple[datetime, str]]:
        """The statuses a listing has had, oldest first; ``gone`` where it left without a word."""
        query = "SELECT since, status FROM statuses WHERE listing_id = ? ORDER BY since"
        with guarded(self.path):
            rows = self._connection.execute(query, (listing_id,)).fetchall()
        return [(moment(since), status) for since, status in rows]

    def first_seen(self, listing_id: str) -> datetime | None:
        """When we first saw the listing, by the API's clock; ``None`` where it is not known."""
        row = self._row("SELECT first_seen FROM listings WHERE id = ?", listing_id)
        return None if row is None or row[0] is None else moment(row[0])

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
            album.put(self._connection, photo)

    def forget_photo(self, url: str) -> None:
        """Forget a picture of which our copies are lost."""
        with self.transaction():
            album.forget(self._connection, url)

    def retain_photos(self, urls: Iterable[str]) -> set[str]:
        """Forget all other pictures; digests of those left, and names of files as sent."""
        with self.transaction():
            return album.retain(self._connection, urls)

    def photo(self, url: str) -> MirroredPhoto | None:
        """Our copies of the picture at this address."""
        with guarded(self.path):
            return album.find(self._connection, url)

    def original(self, url: str) -> str | None:
        """The name of the picture as sent, where a version before this one kept it."""
        with guarded(self.path):
            return album.original(self._connection, url)

    def needs_original(self, filename: str) -> bool:
        """Whether a picture as sent has still to be developed."""
        with guarded(self.path):
            return album.is_needed(self._connection, filename)

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
            for forget in _ORPHANS:
                self._connection.execute(forget)

    def _put_dealer(self, dealer: Dealer, *, from_location: bool) -> None:
        row = self._row("SELECT stated, embedded FROM dealers WHERE id = ?", dealer.id)
        stated, embedded = (each and _public(_decode_dealer(each)) for each in row or (None, None))
        if from_location:
            stated = _public(dealer)
        else:
            embedded = filled(_public(dealer), embedded or _public(dealer))
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


def _public(dealer: Dealer) -> Dealer:
    """Without what nobody vouches to be public: who gets the file must not get that."""
    return msgspec.structs.replace(dealer, metadata={})
