"""What ``state.db`` is made of: its tables, and how values are written in them.

Times are microseconds since 1970 in UTC; models are msgpack, equal models as equal bytes.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from syndicator.database import Connection, Cursor, Step
from syndicator.history import Known, State
from syndicator.models import Listing, Money

STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE dealers (
            id TEXT PRIMARY KEY,
            stated BLOB,        -- by /locations
            embedded BLOB,      -- in the listings
            body BLOB NOT NULL  -- both as one
        ) STRICT""",
        """CREATE TABLE listings (
            id TEXT PRIMARY KEY,
            dealer_id TEXT NOT NULL,  -- always in dealers
            state TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            digest BLOB NOT NULL,
            offered INTEGER NOT NULL,
            suspect INTEGER NOT NULL,
            gone_at INTEGER,
            sold INTEGER,
            body BLOB NOT NULL,  -- as last shown
            raw BLOB NOT NULL    -- the API's words, deflated: for fields that we ignore today
        ) STRICT""",
        """CREATE INDEX listings_by_slice ON listings
            (dealer_id, state, created DESC, id, updated, digest, gone_at, sold)""",
        """CREATE TABLE prices (
            listing_id TEXT NOT NULL,
            since INTEGER NOT NULL,
            minor INTEGER,  -- NULL: on request
            currency TEXT,
            PRIMARY KEY (listing_id, since)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE events (
            number INTEGER PRIMARY KEY,
            dealer_id TEXT NOT NULL,  -- always in dealers
            at INTEGER NOT NULL,
            listing_id TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT""",
        "CREATE INDEX events_by_slice ON events (dealer_id, at DESC, listing_id)",
        """CREATE TABLE photos (
            url TEXT PRIMARY KEY,
            digest TEXT NOT NULL,
            media_type TEXT NOT NULL,
            width_px INTEGER NOT NULL,
            height_px INTEGER NOT NULL,
            length_bytes INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE targets (
            name TEXT PRIMARY KEY,
            facts BLOB NOT NULL  -- JSON
        ) STRICT, WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE listings ADD COLUMN first_seen INTEGER",  # NULL: before this was kept
        """CREATE TABLE statuses (
            listing_id TEXT NOT NULL,
            since INTEGER NOT NULL,
            status TEXT NOT NULL,
            PRIMARY KEY (listing_id, since)
        ) STRICT, WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE originals (  -- pictures kept as they were sent, until they are developed
            url TEXT PRIMARY KEY,
            filename TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """INSERT INTO originals SELECT url, digest || CASE media_type
            WHEN 'image/avif' THEN '.avif'
            WHEN 'image/png' THEN '.png'
            WHEN 'image/webp' THEN '.webp'
            ELSE '.jpg' END FROM photos""",
        "DROP TABLE photos",
        """CREATE TABLE photos (
            url TEXT PRIMARY KEY,
            digest TEXT NOT NULL,
            recipe TEXT NOT NULL,
            widths TEXT NOT NULL,  -- JSON
            height_px INTEGER NOT NULL,
            length_bytes INTEGER NOT NULL,
            tint TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
    ),
    ("ALTER TABLE listings DROP COLUMN raw",),  # it held what nobody publishes, people too
)
"""The formats of the file, one after the other."""

PHOTO_EXTENSIONS: Mapping[str, str] = {
    "image/avif": "avif",
    "image/webp": "webp",
    "image/jpeg": "jpg",
}
"""What each picture is made into, by media type: best first, last what everything reads."""

PLAIN = "image/jpeg"  # of a picture's own address: portals and mail programs want it

_SLICE = """WITH slice (id) AS (
    SELECT value FROM json_each(:dealers) UNION ALL SELECT id FROM dealers WHERE :dealers IS NULL
) """
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

encode = msgspec.msgpack.Encoder(order="deterministic").encode


class MirroredPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """Our copies of a picture: each of the ``widths`` in each of ``PHOTO_EXTENSIONS``."""

    url: str  # where it came from
    digest: str  # of its bytes as sent and of the recipe
    recipe: str  # how the copies were made
    widths: tuple[int, ...]  # pixels, narrowest first
    height_px: int  # of the widest
    length_bytes: int  # of the widest in ``PLAIN``
    tint: str  # mean colour, ``#rrggbb``

    @property
    def width_px(self) -> int:
        """Of the widest."""
        return self.widths[-1]

    @property
    def filename(self) -> str:
        """The widest, for whoever takes one only."""
        return self.file(PLAIN, self.width_px)

    def file(self, media_type: str, width: int) -> str:
        """The name of one copy, in one of 256 folders: hosts dislike many files in one."""
        name = f"{self.digest}-{width}.{PHOTO_EXTENSIONS[media_type]}"
        return f"{self.digest[:2]}/{name}"

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all copies."""
        return tuple(self.file(kind, width) for kind in PHOTO_EXTENSIONS for width in self.widths)


def known_row(connection: Connection, listing_id: str) -> Known | None:
    """What is known of the listing; its price is the newest point of its history."""
    row = connection.execute(
        """SELECT state, updated, digest, offered, suspect, gone_at, first_seen, minor, currency
            FROM listings LEFT JOIN prices ON listing_id = id
            WHERE id = ? ORDER BY since DESC LIMIT 1""",
        (listing_id,),
    ).fetchone()
    if row is None:
        return None
    state, updated, digest, offered, suspect, gone_at, first_seen, minor, currency = row
    return Known(
        state=State(state),
        updated=moment(updated),
        digest=digest,
        price=money(minor, currency),
        offered=bool(offered),
        suspect=bool(suspect),
        gone_at=None if gone_at is None else moment(gone_at),
        first_seen=None if first_seen is None else moment(first_seen),
    )


def select(
    connection: Connection,
    query: str,
    dealer_ids: Collection[str] | None,
    **values: str | bytes | int | None,
) -> Cursor:
    """Ask about ``dealer_id IN slice``; ``None`` means every dealer.

    The ids travel as one JSON value, because SQLite limits the number of parameters.
    """
    dealers = None if dealer_ids is None else msgspec.json.encode(sorted(dealer_ids)).decode()
    return connection.execute(_SLICE + query, {"dealers": dealers, **values})


def instant(when: datetime) -> int:
    """An aware time as it is stored, exactly."""
    return (when - EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """A stored time, in UTC."""
    return EPOCH + timedelta(microseconds=stored)


def money(minor: int | None, currency: str | None) -> Money | None:
    """A stored price; ``None`` is on request."""
    return None if minor is None or currency is None else Money(minor=minor, currency=currency)


def content_digest(listing: Listing) -> bytes:
    """What tells two versions of a listing apart: all of it but ``updated``."""
    content = msgspec.structs.replace(listing, updated=EPOCH)
    return hashlib.blake2b(encode(content), digest_size=16).digest()
