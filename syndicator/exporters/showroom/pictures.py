"""A photo as a page shows it: the widths and formats to choose from, and what is seen before. Pure.

A browser takes the first format that it knows and of its widths the one that its screen needs
(HTML Living Standard, ``picture``). Until then the frame has the picture's colour, one of 64, for
the security policy allows no style in the markup.
"""

from collections.abc import Iterator

import msgspec

from syndicator.links import Links
from syndicator.models import Photo, Rendition

UNKNOWN_SIZE_PX = (1600, 1200)  # 4:3, the ratio of every frame
SHOWN_PX = 800  # the width for browsers that cannot choose
PREFERRED = ("image/avif", "image/webp")  # before what every browser shows
STEPS = 4  # per channel of a tint


class Source(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One format of a picture in its widths."""

    media_type: str
    srcset: str


class Picture(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the macro ``picture`` needs; ``href`` is the largest, to be looked at alone."""

    href: str
    src: str
    srcset: str
    sources: tuple[Source, ...]
    width: int
    height: int
    alt: str
    tint: str  # a class of the style sheet; empty where the colour is not known


def picture(photo: Photo, links: Links, alt: str = "") -> Picture:
    """The photo with addresses as a page of this site writes them."""
    plain = tuple(each for each in photo.renditions if each.media_type not in PREFERRED)
    largest = plain[-1].url if plain else photo.url
    wide_enough = (each.url for each in plain if each.width_px >= SHOWN_PX)
    return Picture(
        href=links.href(largest),
        src=links.href(next(wide_enough, largest)),
        srcset=_srcset(plain, links),
        sources=tuple(_sources(photo, links)),
        width=photo.width_px or UNKNOWN_SIZE_PX[0],
        height=photo.height_px or UNKNOWN_SIZE_PX[1],
        alt=alt,
        tint=tint_class(photo.tint) if photo.tint else "",
    )


def tint_class(colour: str) -> str:
    """``#8a97a3`` as ``tint-222``: each channel in one of four steps."""
    steps = (int(colour[at : at + 2], 16) * STEPS // 256 for at in (1, 3, 5))
    return "tint-" + "".join(map(str, steps))


def _sources(photo: Photo, links: Links) -> Iterator[Source]:
    for media_type in PREFERRED:
        found = tuple(each for each in photo.renditions if each.media_type == media_type)
        if found:
            yield Source(media_type=media_type, srcset=_srcset(found, links))


def _srcset(renditions: tuple[Rendition, ...], links: Links) -> str:
    return ", ".join(f"{links.href(each.url)} {each.width_px}w" for each in renditions)
