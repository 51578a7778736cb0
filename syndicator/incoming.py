"""Records that were read and not judged yet, in a temporary table beside the store's own.

A crawl that is cut or held leaves no trace in the store: what it read is dropped. A record that
says nothing new is kept without its body.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from syndicator.database import Connection, guarded, transaction
from syndicator.history import state_of
from syndicator.models import Listing, Status
from syndicator.schema import EPOCH, content_digest, encode, instant, moment, select

_TABLE = """CREATE TEMP TABLE incoming (
    crawl TEXT NOT NULL,
    id TEXT NOT NULL,
    dealer_id TEXT NOT NULL,
    status TEXT NOT NULL,
    updated INTEGER NOT NULL,
    priced INTEGER NOT NULL,
    pictured INTEGER NOT NULL,
    body BLOB,  -- NULL: as the store has it
    PRIMARY KEY (crawl, id)
) STRICT"""

_NEWS = """WITH held (id) AS (SELECT value FROM json_each(:held))
    SELECT incoming.id FROM incoming
    LEFT JOIN listings AS known ON known.id = incoming.id AND known.state <> 'gone'
    WHERE crawl = :crawl AND incoming.body IS NOT NULL
    AND COALESCE(known.dealer_id, incoming.dealer_id) NOT IN held
    AND (incoming.dealer_id NOT IN held OR incoming.status NOT IN ('active', 'pending'))
    ORDER BY incoming.id"""

_decode = msgspec.msgpack.Decoder(Listing).decode


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """As much of a record as a guard wants to know."""

    id: str
    dealer_id: str
    is_active: bool
    is_priced: bool
    is_pictured: bool


class Incoming:
    """The records of all crawls of a run, by crawl; of two with one id the newer, then the later.

    There can be one at a time for each open store.
    """

    def __init__(self, path: Path, connection: Connection) -> None:
        self._path = path
        self._connection = connection
        with guarded(path):
            connection.execute("DROP TABLE IF EXISTS temp.incoming")
            connection.execute(_TABLE)

    def put(self, crawl: str, listings: Iterable[Listing]) -> None:
        """Add what came in."""
        with guarded(self._path), transaction(self._connection):
            self._connection.executemany(
                """INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET dealer_id = excluded.dealer_id,
                    status = excluded.status, updated = excluded.updated,
                    priced = excluded.priced, pictured = excluded.pictured,
                    body = excluded.body
                    WHERE excluded.updated >= incoming.updated""",
                (self._row(crawl, self._dated(listing)) for listing in listings),
            )

    def rows(self, crawl: str) -> Iterator[Row]:
        """Every record of a crawl, by id."""
        with guarded(self._path):
            found = self._connection.execute(
                """SELECT id, dealer_id, status, priced, pictured FROM incoming
                    WHERE crawl = ? ORDER BY id""",
                (crawl,),
            )
            for identity, dealer_id, status, priced, pictured in found:
                yield Row(
                    id=identity,
                    dealer_id=dealer_id,
                    is_active=status == Status.ACTIVE.value,
                    is_priced=bool(priced),
                    is_pictured=bool(pictured),
                )

    def news(self, crawl: str, held: Collection[str]) -> Iterator[Listing]:
        """The listings that differ from what the store has, as far as no held dealer minds.

        A held dealer neither loses a car to another one nor gains one; what another dealer has,
        and is for sale nowhere any more, leaves all the same.
        """
        kept = msgspec.json.encode(sorted(held)).decode()
        with guarded(self._path):
            ids = self._connection.execute(_NEWS, {"crawl": crawl, "held": kept}).fetchall()
            for (identity,) in ids:  # one by one: the same connection writes meanwhile
                (body,) = self._connection.execute(
                    "SELECT body FROM incoming WHERE crawl = ? AND id = ?", (crawl, identity)
                ).fetchone()
                yield _decode(body)

    def active_after(self, crawl: str, dealer_ids: Collection[str] | None) -> int:
        """How many listings of these dealers would be on offer with the crawl's records."""
        query = """SELECT
            (SELECT COUNT(*) FROM listings WHERE dealer_id IN slice AND state = 'active'
                AND id NOT IN (SELECT id FROM incoming WHERE crawl = :crawl))
            + (SELECT COUNT(*) FROM incoming
                WHERE crawl = :crawl AND status = 'active')"""
        with guarded(self._path):
            (count,) = select(self._connection, query, dealer_ids, crawl=crawl).fetchone()
        return int(count)

    def _row(self, crawl: str, listing: Listing) -> tuple[object, ...]:
        is_news = self._is_news(listing)
        return (
            crawl,
            listing.id,
            listing.dealer_id,
            listing.status.value,
            instant(listing.updated),
            listing.price is not None,
            bool(listing.photos),
            encode(listing) if is_news else None,
        )

    def _dated(self, listing: Listing) -> Listing:
        """One without a date is as old as what the store has."""
        if listing.updated > EPOCH:
            return listing
        known = self._connection.execute(
            "SELECT updated FROM listings WHERE id = ?", (listing.id,)
        ).fetchone()
        updated = moment(known[0]) if known else listing.created
        return msgspec.structs.replace(listing, updated=updated)

    def _is_news(self, listing: Listing) -> bool:
        known = self._connection.execute(
            "SELECT updated, digest, state FROM listings WHERE id = ?", (listing.id,)
        ).fetchone()
        same = instant(listing.updated), content_digest(listing), state_of(listing).value
        return bool(known != same)
