"""The ways from the site's front page into its showrooms and saved searches. Pure."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import msgspec

from syndicator.contract import Words
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.pictures import Picture, picture
from syndicator.exporters.showroom.searches import finder
from syndicator.models import Listing, Photo, Showroom, Site

ALL = ""  # neither a dealer's id nor a slug


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """One showroom as the front page lists it."""

    name: str
    href: str
    towns: tuple[str, ...]
    count: int
    photo: Picture | None
    locations: int  # of a group; 0 for one dealer
    stale_since: datetime | None


class Census:
    """Per dealer id and slug of a search: the cars, and the newest one's first photo.

    :ivar updated: the newest change among the cars of a dealer, by his id.
    """

    def __init__(self, site: Site) -> None:
        self.counts: Counter[str] = Counter()
        self.photos: dict[str, Photo] = {}
        self.updated: dict[str, datetime] = {}
        self._found = finder(site)

    @property
    def total(self) -> int:
        """All cars of the site."""
        return self.counts[ALL]

    def add(self, listing: Listing) -> None:
        """One more car, older than those before."""
        self.counts[ALL] += 1
        known = self.updated.get(listing.dealer_id)
        self.updated[listing.dealer_id] = max(known or listing.updated, listing.updated)
        for key in (listing.dealer_id, *self._found(listing)):
            self.counts[key] += 1
            if listing.photos:
                self.photos.setdefault(key, listing.photos[0])


def showrooms(frame: Frame, words: Words, census: Census) -> tuple[Door, ...]:
    """Of every dealer and group, in the order of the site."""
    return tuple(
        _door(frame, words, room, census, room.dealer_ids) for room in frame.view.site.showrooms
    )


def searches(frame: Frame, words: Words, census: Census) -> tuple[Door, ...]:
    """Of every saved search."""
    return tuple(
        _door(frame, words, room, census, [room.slug]) for room in frame.view.site.searches
    )


def _door(
    frame: Frame, words: Words, room: Showroom, census: Census, keys: Collection[str]
) -> Door:
    """:param keys: what the showroom's cars are counted under."""
    dealers = [frame.dealers[each] for each in keys if each in frame.dealers]
    photo = next((census.photos[each] for each in keys if each in census.photos), None)
    address = frame.links.at(f"{room.slug}/{frame.prefix(words.language)}")
    return Door(
        name=room.called(words.language),
        href=frame.links.href(address),
        towns=tuple(sorted({dealer.city for dealer in dealers if dealer.city})),
        count=sum(census.counts[each] for each in keys),
        photo=picture(photo, frame.links) if photo else None,
        locations=len(dealers) if room.is_group else 0,
        stale_since=room.stale_since,
    )
