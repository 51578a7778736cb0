"""Lazy collections over the rows of a slice of the state file."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from syndicator.database import Connection, guarded, open_for_reading
from syndicator.models import Event, Listing, PricePoint, Tombstone
from syndicator.schema import STEPS, encode, moment, money, select

BATCH = 64  # bodies that are fetched at once
REMEMBERED = 1024  # price histories: the lists of a showroom show the same cars in turn

T = TypeVar("T")

Row = tuple[Any, ...]


class Reader:
    """The state file for reading. It pickles as its path, and opens when it is first asked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __getstate__(self) -> dict[str, Path]:
        return {"path": self.path}

    @cached_property
    def connection(self) -> Connection:
        """The one of this process."""
        return open_for_reading(self.path, STEPS)

    def close(self) -> None:
        """Let go of the file; another question opens it again."""
        if connection := self.__dict__.pop("connection", None):
            connection.close()

    def rows(
        self, query: str, dealer_ids: Collection[str] | None, **values: str | bytes | None
    ) -> Iterator[Row]:
        """The rows of a query on ``dealer_id IN slice``, read as they are walked.

        One by one: ``yield from`` would close the cursor with the walk, and fail if a walk that
        was cut short outlived the connection.
        """
        with guarded(self.path):
            for row in select(self.connection, query, dealer_ids, **values):  # noqa: UP028 - as said
                yield row

    def one(
        self, query: str, dealer_ids: Collection[str] | None, **values: str | bytes | None
    ) -> Row:
        """The first row of such a query; empty where there is none."""
        return next(self.rows(query, dealer_ids, **values), ())

    def under(self, query: str, key: str) -> list[Row]:
        """The rows under one key, as the query sorts them."""
        with guarded(self.path):
            return self.connection.execute(query, (key,)).fetchall()

    def keyed(self, query: str, keys: Sequence[str | int]) -> list[Row]:
        """The rows under a few keys, in no order."""
        with guarded(self.path):
            asked = msgspec.json.encode(keys).decode()
            return self.connection.execute(query, (asked,)).fetchall()


class Queries(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection asks. Keys are sorted without their bodies, which are large."""

    count: str
    keys: str
    body: str  # of some keys, as one JSON value; the key comes first; of prices, by one id
    holds: str = ""  # whether there is such an ``:identity``
    named: str = ""  # the keys of those that have one of the ``:identities``, a JSON list


class Rows(Collection[T]):
    """Rows of a slice: counted by a query, decoded one by one, as often as they are walked.

    A walk holds the bodies of a few.
    """

    def __init__(
        self,
        reader: Reader,
        queries: Queries,
        read: Callable[..., T],
        dealer_ids: Collection[str] | None,
        state: str | None = None,
    ) -> None:
        self._reader = reader
        self._queries = queries
        self._read = read
        self._dealer_ids = dealer_ids
        self._state = state

    def __len__(self) -> int:
        (count,) = self._reader.one(self._queries.count, self._dealer_ids, state=self._state)
        return int(count)

    def __iter__(self) -> Iterator[T]:
        return self.after(0)

    def after(self, count: int) -> Iterator[T]:
        """All but the first ones, which are not read."""
        every = self._reader.rows(self._queries.keys, self._dealer_ids, state=self._state)
        keys = islice(every, count, None)
        while batch := [key for (key,) in islice(keys, BATCH)]:
            rows = {key: row for key, *row in self._reader.keyed(self._queries.body, batch)}
            for key in batch:
                yield self._read(*rows[key])

    def among(self, identities: Iterable[str]) -> Iterator[T]:
        """Those that have one of these ids, in no order; it costs no walk."""
        asked = msgspec.json.encode([*identities]).decode()
        for (key,) in self._reader.rows(
            self._queries.named, self._dealer_ids, state=self._state, identities=asked
        ):
            for _, *row in self._reader.keyed(self._queries.body, [key]):
                yield self._read(*row)

    def __contains__(self, item: object) -> bool:
        """Listings and tombstones are known by the id, which may also stand for them."""
        identity = _identity(item)
        values = {"state": self._state, "identity": identity}
        return bool(self._reader.one(self._queries.holds, self._dealer_ids, **values))


class Prices(Mapping[str, Sequence[PricePoint]]):
    """Price histories of a slice, each read when it is first asked for; the last are kept."""

    def __init__(
        self, reader: Reader, queries: Queries, dealer_ids: Collection[str] | None
    ) -> None:
        self._reader = reader
        self._queries = queries
        self._dealer_ids = dealer_ids
        self._slice = None if dealer_ids is None else frozenset(dealer_ids)
        self._recent: dict[str, tuple[PricePoint, ...]] = {}

    def __len__(self) -> int:
        (count,) = self._reader.one(self._queries.count, self._dealer_ids)
        return int(count)

    def __iter__(self) -> Iterator[str]:
        return (key for (key,) in self._reader.rows(self._queries.keys, self._dealer_ids))

    def __getitem__(self, listing_id: str) -> tuple[PricePoint, ...]:
        known = self._recent.get(listing_id)
        if known is None:
            if len(self._recent) == REMEMBERED:
                self._recent.clear()
            known = self._recent[listing_id] = self._read(listing_id)
        return known

    def _read(self, listing_id: str) -> tuple[PricePoint, ...]:
        points = self._reader.under(self._queries.body, listing_id)
        if not points or not (self._slice is None or points[0][0] in self._slice):
            raise KeyError(listing_id)
        return tuple(
            PricePoint(since=moment(since), price=money(minor, currency))
            for _, since, minor, currency in points
            if since is not None
        )


def _identity(item: object) -> str | bytes | None:
    match item:
        case Listing():
            return item.id
        case Tombstone():
            return item.listing.id
        case Event():
            return encode(item)
        case str():
            return item
        case _:
            return None
