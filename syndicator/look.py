"""How a showroom may depart from the shipped look, and how wide its photos are."""

import enum

import msgspec

WIDTHS_PX = (480, 960, 1600)  # of the copies of a photo, narrowest first


class Radius(enum.StrEnum):
    """How round corners are."""

    NONE = "none"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Font(enum.StrEnum):
    """A kind of letters that the visitor's device has."""

    SYSTEM = "system"
    HUMANIST = "humanist"
    GEOMETRIC = "geometric"
    SERIF = "serif"


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """How a showroom departs from the shipped look; ``accent`` is ``#rrggbb``."""

    accent: str | None = None
    logo: str | None = None
    radius: Radius = Radius.MEDIUM
    font: Font = Font.SYSTEM
