"""The store as exporters see it: read-only, lazy, in a fixed order.

Nothing is read before it is walked, and nothing walked is kept. A walk in progress keeps the
store from committing.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from syndicator import album
from syndicator.cdn import offered
from syndicator.database import guarded, open_for_reading
from syndicator.errors import OutputError
from syndicator.models import (
    Dealer,
    Event,
    Listing,
    Photo,
    PricePoint,
    Rendition,
    Status,
    Tombstone,
)
from syndicator.reader import Prices, Queries, Reader, Rows
from syndicator.schema import (
    PHOTO_EXTENSIONS,
    PLAIN,
    STEPS,
    MirroredPhoto,
    encode,
    moment,
    select,
)

REMEMBERED = 1024  # listings of this process: the feeds of a dealer walk the same cars in turn
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


class _Pictured(msgspec.Struct):
    """As much of a listing as its photos."""

    photos: tuple[Photo, ...] = ()


_decode = msgspec.msgpack.Decoder(Listing).decode
_pictured = msgspec.msgpack.Decoder(_Pictured).decode
_dealer = msgspec.msgpack.Decoder(Dealer).decode
_event = msgspec.msgpack.Decoder(Event).decode


@lru_cache(maxsize=REMEMBERED)
def _listing(body: bytes, service: str | None) -> Listing:
    """A listing as it is stored, its photos in the widths of the image service, if there is one."""
    listing = _decode(body)
    if service is None:
        return listing
    photos = tuple(offered(photo, service) for photo in listing.photos)
    return msgspec.structs.replace(listing, photos=photos)


_LISTINGS = Queries(
    count="SELECT COUNT(*) FROM listings WHERE dealer_id IN slice AND state = :state",
    keys="""SELECT rowid FROM listings WHERE dealer_id IN slice AND state = :state
        ORDER BY created DESC, id""",
    body="SELECT rowid, body FROM listings WHERE rowid IN (SELECT value FROM json_each(?))",
    holds="""SELECT 1 FROM listings
        WHERE dealer_id IN slice AND state = :state AND id = :identity""",
    named="""SELECT rowid FROM listings WHERE dealer_id IN slice AND state = :state
        AND id IN (SELECT value FROM json_each(:identities))""",
)
_GONE = msgspec.structs.replace(
    _LISTINGS,
    keys="""SELECT rowid FROM listings WHERE dealer_id IN slice AND state = :state
        ORDER BY gone_at DESC, id""",
    body="""SELECT rowid, body, gone_at, sold FROM listings
        WHERE rowid IN (SELECT value FROM json_each(?))""",
)
_EVENTS = Queries(
    count="SELECT COUNT(*) FROM events WHERE dealer_id IN slice",
    keys="""SELECT number FROM events WHERE dealer_id IN slice
        ORDER BY at DESC, listing_id, number DESC""",
    body="SELECT number, body FROM events WHERE number IN (SELECT value FROM json_each(?))",
    holds="SELECT 1 FROM events WHERE dealer_id IN slice AND body = :identity",
)
_PRICES = Queries(
    count="SELECT COUNT(*) FROM listings WHERE dealer_id IN slice",
    keys="SELECT id FROM listings WHERE dealer_id IN slice ORDER BY id",
    body="""SELECT dealer_id, since, minor, currency
        FROM listings LEFT JOIN prices ON listing_id = id WHERE id = ? ORDER BY since""",
)
_AS_OF = """SELECT MAX(at) FROM (
    SELECT MAX(CASE state WHEN 'gone' THEN gone_at ELSE updated END) AS at
        FROM listings WHERE dealer_id IN slice
    UNION ALL SELECT MAX(at) FROM events WHERE dealer_id IN slice
)"""
_VISIBLE = (
    """SELECT id, state, digest, CASE state WHEN 'gone' THEN gone_at ELSE updated END, sold
        FROM listings WHERE dealer_id IN slice ORDER BY dealer_id, state, created DESC, id""",
    """SELECT id, since, minor, currency FROM listings JOIN prices ON listing_id = id
        WHERE dealer_id IN slice ORDER BY dealer_id, state, created DESC, id, since""",
    """SELECT body FROM events WHERE dealer_id IN slice
        ORDER BY dealer_id, at DESC, listing_id, number DESC""",
)
_DEALERS = "SELECT body FROM dealers WHERE id IN slice ORDER BY id"
_BODIES = "SELECT body FROM listings WHERE dealer_id IN slice ORDER BY dealer_id, state, id"
_SHOWN_BODIES = """SELECT body FROM listings WHERE dealer_id IN slice AND state <> 'gone'
    ORDER BY dealer_id, state, id"""


class Catalogue:
    """What the state file holds, by slice; ``dealer_ids=None`` is the whole site everywhere.

    It pickles as its path; each process opens the file when it first asks.

    :param mirror: the address of the folder with our copies of pictures. Photos then point into
        it, and those without a copy are left out.
    :param service: the address of an image service. Photos are then offered in the widths that it
        makes of them.
    """

    def __init__(
        self, path: Path, *, mirror: str | None = None, service: str | None = None
    ) -> None:
        self.path = path
        self.mirror = mirror
        self.service = service
        self._reader = Reader(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; another question opens it again."""
        self._reader.close()

    def listings(
        self, dealer_ids: Collection[str] | None = None, status: Status = Status.ACTIVE
    ) -> Rows[Listing]:
        """The listings on offer, or those ``PENDING``: newest first by ``created``, then by id."""
        return Rows(self._reader, _LISTINGS, self._read_listing, dealer_ids, status.value)

    def pending(self, dealer_ids: Collection[str] | None = None) -> Rows[Listing]:
        """The reserved listings."""
        return self.listings(dealer_ids, Status.PENDING)

    def gone(self, dealer_ids: Collection[str] | None = None) -> Rows[Tombstone]:
        """The tombstones, latest first, then by id."""
        return Rows(self._reader, _GONE, self._read_tombstone, dealer_ids, "gone")

    def events(self, dealer_ids: Collection[str] | None = None) -> Collection[Event]:
        """The events, latest first, then by listing."""
        return Rows(self._reader, _EVENTS, self._read_event, dealer_ids)

    def prices(
        self, dealer_ids: Collection[str] | None = None
    ) -> Mapping[str, Sequence[PricePoint]]:
        """The prices of every listing, oldest first, by its id."""
        return Prices(self._reader, _PRICES, dealer_ids)

    def as_of(self, dealer_ids: Collection[str] | None = None) -> datetime:
        """The newest change in the slice, else in the site, else 1970."""
        for ids in (dealer_ids, None):
            (newest,) = self._reader.one(_AS_OF, ids)
            if newest is not None:
                return moment(newest)
        return NEVER

    def dealers(self, ids: Collection[str] | None = None) -> tuple[Dealer, ...]:
        """Those of the dealers that are known, by id."""
        rows = self._reader.rows(_DEALERS, ids)
        return tuple(self._decoded(_dealer, body) for (body,) in rows)

    def counts(self) -> Mapping[str, int]:
        """How many listings each dealer has on offer; dealers without any are missing."""
        query = """SELECT dealer_id, COUNT(*) FROM listings WHERE dealer_id IN slice
            AND state = 'active' GROUP BY dealer_id ORDER BY dealer_id"""
        return dict(self._reader.rows(query, None))

    def digest(
        self, dealer_ids: Collection[str] | None = None, told: Collection[str] | None = None
    ) -> str:
        """Changes when, and only when, something that a view of the slice shows has changed.

        :param told: the dealers that the view tells of, if they are not the same.
        """
        hasher = hashlib.blake2b(encode(self.as_of(dealer_ids)), digest_size=16)
        asked = [(query, dealer_ids) for query in _VISIBLE]
        for query, ids in (*asked, (_DEALERS, dealer_ids if told is None else told)):
            hasher.update(encode(query))
            for row in self._reader.rows(query, ids):
                hasher.update(encode(row))
        if self.mirror is not None:
            hasher.update(encode(self.mirror))
            for photo in self.mirrored(dealer_ids):
                hasher.update(encode(photo))
        if self.service is not None:
            hasher.update(encode(self.service))
        return hasher.hexdigest()

    def photo_urls(self, dealer_ids: Collection[str] | None = None) -> Iterator[str]:
        """Where the pictures of shown listings come from, each once; the store may write."""
        return self._photo_urls(_SHOWN_BODIES, dealer_ids)

    def every_photo_url(self, dealer_ids: Collection[str] | None = None) -> Iterator[str]:
        """The same with those of tombstones."""
        return self._photo_urls(_BODIES, dealer_ids)

    def mirrored(self, dealer_ids: Collection[str] | None = None) -> Iterator[MirroredPhoto]:
        """Our copies of all pictures in the slice, those of tombstones too."""
        for url in self.every_photo_url(dealer_ids):
            if photo := self._photo(url):
                yield photo

    def _read_listing(self, body: bytes) -> Listing:
        listing = self._decoded(partial(_listing, service=self.service), body)
        if self.mirror is None:
            return listing
        copies = (self._photo(photo.url) for photo in listing.photos)
        photos = tuple(self._at_home(copy) for copy in copies if copy)
        return msgspec.structs.replace(listing, photos=photos)

    def _read_tombstone(self, body: bytes, gone_at: int, sold: int) -> Tombstone:
        return Tombstone(listing=self._read_listing(body), when=moment(gone_at), sold=bool(sold))

    def _read_event(self, body: bytes) -> Event:
        return self._decoded(_event, body)

    def _decoded(self, decode: Callable[[bytes], T], body: bytes) -> T:
        try:
            return decode(body)
        except msgspec.DecodeError as error:
            raise OutputError(
                f"{self.path}: {error}", hint="delete the file; the next build makes it anew"
            ) from error

    def _photo(self, url: str) -> MirroredPhoto | None:
        with guarded(self.path):
            return album.find(self._reader.connection, url)

    def _at_home(self, photo: MirroredPhoto) -> Photo:
        return Photo(
            url=f"{self.mirror}/{photo.filename}",
            width_px=photo.width_px,
            height_px=photo.height_px,
            media_type=PLAIN,
            length_bytes=photo.length_bytes,
            tint=photo.tint,
            renditions=tuple(
                Rendition(
                    url=f"{self.mirror}/{photo.file(kind, width)}", width_px=width, media_type=kind
                )
                for kind in PHOTO_EXTENSIONS
                for width in photo.widths
            ),
        )

    def _photo_urls(self, query: str, dealer_ids: Collection[str] | None) -> Iterator[str]:
        """Gathered in a temporary table: out of memory, and out of the writer's way."""
        with guarded(self.path), closing(open_for_reading(self.path, STEPS)) as own:
            own.execute("CREATE TEMP TABLE urls (number INTEGER PRIMARY KEY, url TEXT UNIQUE)")
            own.execute("BEGIN")
            for (body,) in select(own, query, dealer_ids):
                photos = self._decoded(_pictured, body).photos
                own.executemany(
                    "INSERT OR IGNORE INTO urls (url) VALUES (?)", ((each.url,) for each in photos)
                )
            own.execute("COMMIT")
            for (url,) in own.execute("SELECT url FROM urls ORDER BY number"):
                yield url
