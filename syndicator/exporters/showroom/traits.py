"""What the filters of a list know of one car. Pure.

The same few values stand in the cards of a short list and in the index of a long one, so that a
script treats both alike. They are no words of a language.
"""

from functools import lru_cache

import msgspec

from syndicator.exporters.showroom.card import year
from syndicator.exporters.showroom.paint import Colour, base
from syndicator.links import facet_slug
from syndicator.models import Listing
from syndicator.units import whole

REMEMBERED = 1024  # makes, as they are written

make_slug = lru_cache(maxsize=REMEMBERED)(facet_slug)
"""One for all makes that are written nearly alike."""


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """Unknown is ``None``; ``since`` is the first registration, else the year, as ``YYYYMM``."""

    make: str | None
    model: str | None
    price: int | None  # whole units of its currency
    since: int | None
    km: int | None
    kw: int | None
    fuel: str | None
    gearbox: str | None
    body: str | None
    colour: Colour | None
    place: str | None
    text: str  # what a search finds it by, in the seller's words

    @property
    def said(self) -> tuple[tuple[str, str | int], ...]:
        """Name and value of all that is known."""
        return tuple(
            (name, value)
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not None
        )


def traits(listing: Listing, place: str = "") -> Traits:
    """:param place: the town it stands in, where a list has several."""
    return Traits(
        make=make_slug(listing.make) if listing.make else None,
        model=listing.model,
        price=listing.price.minor // 100 if listing.price else None,
        since=_since(listing),
        km=listing.mileage_km,
        kw=whole(listing.power_kw) if listing.power_kw is not None else None,
        fuel=listing.fuel.value if listing.fuel else None,
        gearbox=listing.transmission.value if listing.transmission else None,
        body=listing.body.value if listing.body else None,
        colour=base(listing.color),
        place=place or None,
        text=_text(listing),
    )


def _since(listing: Listing) -> int | None:
    known = year(listing)
    if known is None:
        return None
    month = int(listing.first_registration[5:7]) if listing.first_registration else 0
    return known * 100 + month


def _text(listing: Listing) -> str:
    told = (listing.variant, listing.engine, listing.reference, listing.color)
    return " ".join(part for part in (listing.name, *told) if part)
