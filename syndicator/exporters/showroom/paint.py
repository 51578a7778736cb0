"""The plain colour behind what a Belgian seller writes: ``Donkerblauw metallic`` is blue. Pure."""

import enum
import re
from collections.abc import Mapping
from functools import lru_cache

from syndicator.trade import INFLECTED

REMEMBERED = 1024  # what sellers write repeats


class Colour(enum.StrEnum):
    """The colours that people search by, in the order of a list."""

    WHITE = "white"
    BLACK = "black"
    GREY = "grey"
    SILVER = "silver"
    BLUE = "blue"
    RED = "red"
    GREEN = "green"
    BROWN = "brown"
    BEIGE = "beige"
    YELLOW = "yellow"
    ORANGE = "orange"
    PURPLE = "purple"
    PINK = "pink"
    GOLD = "gold"
    BRONZE = "bronze"
    OTHER = "other"


DUTCH: Mapping[Colour, str] = {
    Colour.WHITE: "wit",
    Colour.BLACK: "zwart",
    Colour.GREY: "grijs",
    Colour.SILVER: "zilver",
    Colour.BLUE: "blauw",
    Colour.RED: "rood",
    Colour.GREEN: "groen",
    Colour.BROWN: "bruin",
    Colour.BEIGE: "beige",
    Colour.YELLOW: "geel",
    Colour.ORANGE: "oranje",
    Colour.PURPLE: "paars",
    Colour.PINK: "roze",
    Colour.GOLD: "goud",
    Colour.BRONZE: "brons",
}
"""The entry of the trade table that names each."""

SHADES: Mapping[str, Colour] = {
    **{word: colour for colour, word in DUTCH.items()},
    "antraciet": Colour.GREY,
    "grafiet": Colour.GREY,
    "bordeaux": Colour.RED,
    "crème": Colour.BEIGE,
    "champagne": Colour.BEIGE,
    "ivoor": Colour.WHITE,
    "turkoois": Colour.BLUE,
    "violet": Colour.PURPLE,
    "kaki": Colour.GREEN,
}


@lru_cache(maxsize=REMEMBERED)
def base(word: str | None) -> Colour | None:
    """The first colour that the words name; ``None`` where nothing is said.

    Dutch puts the colour last in a compound: ``zilvergrijs`` is grey.
    """
    if not word:
        return None
    parts = (INFLECTED.get(part, part) for part in re.findall(r"\w+", word.casefold()))
    found = (colour for part in parts for shade, colour in SHADES.items() if part.endswith(shade))
    return next(found, Colour.OTHER)
