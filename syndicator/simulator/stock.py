"""An invented stock, the same for the same seed, in the order in which the API lists it."""

import random
import threading
import uuid
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from syndicator.simulator.compose import Entry, compose
from syndicator.simulator.dealers import Dealer, Json, make_dealers
from syndicator.simulator.moments import EPOCH, instant, milliseconds

OTHER_SHARE = 0.15  # sold, pending and draft listings, on top of the active ones
REMEMBERED = 100_000  # changes, for those who want to see the stock as it was
_DAY = 86_400_000  # milliseconds
_TODAY = int(EPOCH.timestamp()) * 1000

Order = Literal["updated", "created", "id", "random"]
Rank = tuple[int, str]
Twist = Callable[[Entry, Json], Json]


class Change(NamedTuple):
    """What a listing was before a change, and when that happened, in milliseconds since 1970."""

    at: int
    id: str
    entry: Entry | None
    written: Json | None


class Stock:
    """Dealers and listings. Entries are kept, whole listings are composed when asked for.

    ``amend``, ``put``, ``invent`` and ``remove`` change it between requests, as dealers do.

    :param photo_base: is put in front of the pictures' paths; empty, the simulator that serves the
        stock fills it in.
    :param order: newest change first, newest listing first, by id, or another for each request.
    :param written: listings that are not composed, by id.
    """

    def __init__(
        self,
        seed: int,
        dealers: tuple[Dealer, ...],
        entries: list[Entry],
        *,
        photo_base: str = "",
        most_photos: int = 20,
        order: Order = "updated",
        written: Mapping[str, Json] | None = None,
    ) -> None:
        self.dealers = {dealer.id: dealer for dealer in dealers}
        self.photo_base = photo_base
        self.twist: Twist | None = None  # what is done to a composed listing before it is shown
        self._seed = seed
        self._most_photos = most_photos
        self._order = order
        self._shuffle = random.Random(f"order/{seed}").shuffle
        self._lock = threading.Lock()  # tests change what the simulator's thread shows
        self._written = dict(written or {})
        self._past: deque[Change] = deque(maxlen=REMEMBERED)
        self._entries = {entry.id: entry for entry in entries}
        self._numbers = max((entry.number for entry in entries), default=-1)
        ranked = [(self._rank(entry), entry) for entry in entries]
        self._ranked = sorted(ranked, key=itemgetter(0))

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The entries in the stock's order, as it is now: later changes do not disturb it."""
        with self._lock:
            entries = [entry for _, entry in self._ranked]
        if self._order == "random":
            self._shuffle(entries)
        return iter(entries)

    def __contains__(self, listing_id: object) -> bool:
        return listing_id in self._entries

    def listing(self, listing_id: str) -> Json:
        """The whole listing, as the API shows it."""
        return self.show(self._entries[listing_id])

    def show(self, entry: Entry) -> Json:
        """The whole listing of an entry, be it in the stock or not."""
        listing = self._honest(entry)
        return self.twist(entry, listing) if self.twist else listing

    def honest(self, listing_id: str) -> Json:
        """The listing before it was twisted: what its pictures show."""
        return self._honest(self._entries[listing_id])

    def _honest(self, entry: Entry) -> Json:
        written = self._written.get(entry.id)
        if written is not None:
            return written
        listing = compose(self._seed, entry, self.dealers[entry.dealer_id], self._most_photos)
        for image in listing["images"]:
            image["url"] = self.photo_base + image["url"]
        if listing["mainImageUrl"]:
            listing["mainImageUrl"] = self.photo_base + listing["mainImageUrl"]
        return listing

    def amend(self, listing_id: str, **members: Any) -> None:
        """Change members of a listing; ``updatedAt`` moves only if it is among them."""
        self.put(self.listing(listing_id) | members)

    def put(self, listing: Json) -> None:
        """Add or replace a listing: ``id``, ``dealerProfileId``, ``status`` and ``updatedAt``."""
        entry = Entry(
            id=listing["id"],
            dealer_id=listing["dealerProfileId"],
            status=listing["status"],
            updated=milliseconds(listing["updatedAt"]),
            number=-1,
        )
        with self._lock:
            self._remember(entry.id, entry.updated)
            self._unrank(entry.id)
            self._written[entry.id] = listing
            self._entries[entry.id] = entry
            insort(self._ranked, (self._rank(entry), entry), key=itemgetter(0))

    def invent(self, listing_id: str, dealer_id: str, at: int) -> None:
        """Add an active listing that nobody had before, as of ``at``, milliseconds since 1970."""
        self._numbers += 1
        entry = Entry(
            id=listing_id, dealer_id=dealer_id, status="active", updated=at, number=self._numbers
        )
        self.put(self.show(entry) | {"createdAt": instant(at)})

    def remove(self, listing_id: str, at: int | None = None) -> None:
        """Let a listing vanish without a trace.

        :param at: when, in milliseconds since 1970; without it the past does not know it either.
        """
        with self._lock:
            if at is not None:
                self._remember(listing_id, at)
            self._unrank(listing_id)
            self._entries.pop(listing_id, None)
            self._written.pop(listing_id, None)

    def as_of(self, moment: int) -> "Stock":
        """The stock as it was then, in milliseconds since 1970, as far as changes were dated."""
        with self._lock:
            entries, written = dict(self._entries), dict(self._written)
            past = list(self._past)
        for change in reversed(past):
            if change.at > moment:
                _restore(entries, change.id, change.entry)
                _restore(written, change.id, change.written)
        earlier = Stock(
            self._seed,
            tuple(self.dealers.values()),
            list(entries.values()),
            photo_base=self.photo_base,
            most_photos=self._most_photos,
            order=self._order,
            written=written,
        )
        earlier.twist = self.twist
        return earlier

    def _remember(self, listing_id: str, at: int) -> None:
        entry, written = self._entries.get(listing_id), self._written.get(listing_id)
        self._past.append(Change(at, listing_id, entry, written))

    def _unrank(self, listing_id: str) -> None:
        entry = self._entries.get(listing_id)
        if entry is not None:
            del self._ranked[bisect_left(self._ranked, self._rank(entry), key=itemgetter(0))]

    def _rank(self, entry: Entry) -> Rank:
        return _RANKS[self._order](self, entry)


def make_stock(
    seed: int,
    listings: int,
    dealers: int,
    photo_base: str = "",
    *,
    most_photos: int = 20,
    order: Order = "updated",
) -> Stock:
    """A stock of ``listings`` active cars, and 15 % more that are sold, pending or drafts.

    :param dealers: profiles in all: a head office, its three locations, then independent garages.
    :param photo_base: scheme, host and port in front of ``/photos/...``.
    """
    rng = random.Random(f"stock/{seed}")
    sellers = make_dealers(rng, max(1, dealers))
    shares = list(accumulate(dealer.weight for dealer in sellers))
    lonely = next((each.id for each in sellers if each.profile["locationCode"] == "SOLITAIR"), None)
    entries = []
    for number in range(listings + round(listings * OTHER_SHARE)):
        active = number < listings
        seller = rng.choices(sellers, cum_weights=shares)[0] if shares[-1] else sellers[0]
        entries.append(
            Entry(
                id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
                dealer_id=lonely if lonely and number == 0 else seller.id,
                status="active" if active else rng.choice(("sold", "sold", "pending", "draft")),
                updated=_TODAY - min(int(rng.expovariate(1 / 25) * _DAY), 200 * _DAY),
                number=number,
            )
        )
    return Stock(
        seed, sellers, entries, photo_base=photo_base, most_photos=most_photos, order=order
    )


def _newest_change_first(_: Stock, entry: Entry) -> Rank:
    return -entry.updated, entry.id


def _newest_listing_first(stock: Stock, entry: Entry) -> Rank:
    created = stock.show(entry).get("createdAt")
    return -(milliseconds(created) if created else entry.updated), entry.id


def _by_id(_: Stock, entry: Entry) -> Rank:
    return 0, entry.id


_RANKS: dict[Order, Callable[[Stock, Entry], Rank]] = {
    "updated": _newest_change_first,
    "created": _newest_listing_first,
    "id": _by_id,
    "random": _by_id,
}


def _restore(kept: dict[str, Any], key: str, value: object) -> None:
    if value is None:
        kept.pop(key, None)
    else:
        kept[key] = value
