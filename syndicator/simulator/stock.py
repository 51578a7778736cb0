"""An invented stock, the same for the same seed, in the order in which the API lists it."""

import random
import uuid
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from syndicator.simulator.compose import Entry, compose
from syndicator.simulator.dealers import Dealer, Json, make_dealers
from syndicator.simulator.moments import EPOCH, milliseconds

OTHER_SHARE = 0.15  # sold, pending and draft listings, on top of the active ones
_DAY = 86_400_000  # milliseconds
_TODAY = int(EPOCH.timestamp()) * 1000


class Stock:
    """Dealers and listings. Entries are kept, whole listings are composed when asked for.

    ``amend``, ``put`` and ``remove`` change it between requests, as dealers do. ``photo_base`` is
    put in front of the pictures' paths; empty, the simulator that serves the stock fills it in.
    """

    def __init__(
        self,
        seed: int,
        dealers: tuple[Dealer, ...],
        entries: list[Entry],
        *,
        photo_base: str = "",
        most_photos: int = 20,
    ) -> None:
        self.dealers = {dealer.id: dealer for dealer in dealers}
        self.photo_base = photo_base
        self._seed = seed
        self._most_photos = most_photos
        self._written: dict[str, Json] = {}
        self._entries = {entry.id: entry for entry in sorted(entries, key=_newest_first)}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The entries by ``updatedAt``, newest first, then by id."""
        return iter(self._entries.values())

    def __contains__(self, listing_id: object) -> bool:
        return listing_id in self._entries

    def listing(self, listing_id: str) -> Json:
        """The whole listing, as the API shows it."""
        written = self._written.get(listing_id)
        if written is not None:
            return written
        entry = self._entries[listing_id]
        dealer = self.dealers[entry.dealer_id]
        listing = compose(self._seed, entry, dealer, self._most_photos)
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
        self._written[entry.id] = listing
        entries = self._entries | {entry.id: entry}
        self._entries = {each.id: each for each in sorted(entries.values(), key=_newest_first)}

    def remove(self, listing_id: str) -> None:
        """Let a listing vanish without a trace."""
        self._entries = {key: each for key, each in self._entries.items() if key != listing_id}
        self._written.pop(listing_id, None)


def make_stock(
    seed: int, listings: int, dealers: int, photo_base: str = "", *, most_photos: int = 20
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
    return Stock(seed, sellers, entries, photo_base=photo_base, most_photos=most_photos)


def _newest_first(entry: Entry) -> tuple[int, str]:
    return -entry.updated, entry.id
