"""What a page shows where somebody shares it. Pure.

The Open Graph protocol (ogp.me) with the product properties that Meta reads. Messengers drop heavy
pictures, so not the largest one is named.
"""

import msgspec

from syndicator.models import Listing, Money, Photo

WIDEST_PX = 1200
JPEG = "image/jpeg"


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A picture at an absolute address; its size is 0 where it is not known."""

    url: str
    width: int
    height: int
    alt: str


class Bid(msgspec.Struct, frozen=True, kw_only=True):
    """The offer of a car, for readers of product properties."""

    price: Money | None
    availability: str
    condition: str


def preview(photo: Photo, alt: str) -> Preview:
    """The widest JPEG up to 1200 pixels, else the photo itself."""
    fitting = [
        each for each in photo.renditions if each.media_type == JPEG and each.width_px <= WIDEST_PX
    ]
    if not fitting or not (photo.width_px and photo.height_px):
        return Preview(
            url=photo.url, width=photo.width_px or 0, height=photo.height_px or 0, alt=alt
        )
    best = max(fitting, key=lambda each: each.width_px)
    height = round(photo.height_px * best.width_px / photo.width_px)
    return Preview(url=best.url, width=best.width_px, height=height, alt=alt)


def bid(listing: Listing, *, is_new: bool) -> Bid:
    """Of a car for sale."""
    return Bid(
        price=listing.price,
        availability="in stock",
        condition="new" if is_new else "used",
    )
