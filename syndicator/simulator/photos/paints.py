"""Colour words of Dutch-speaking sellers to paint."""

from typing import NamedTuple

Rgb = tuple[int, int, int]

_WORDS: dict[str, Rgb] = {  # the longer word stands before the shorter one it contains
    "antraciet": (66, 70, 76),
    "parelwit": (240, 238, 230),
    "bordeaux": (96, 16, 30),
    "zilver": (178, 182, 186),
    "zwart": (20, 21, 24),
    "oranje": (214, 94, 22),
    "blauw": (30, 82, 160),
    "groen": (40, 106, 72),
    "bruin": (92, 66, 48),
    "beige": (194, 180, 150),
    "brons": (134, 98, 62),
    "paars": (86, 48, 118),
    "grijs": (120, 125, 130),
    "rood": (176, 22, 30),
    "geel": (232, 192, 32),
    "goud": (182, 150, 84),
    "wit": (238, 239, 240),
}
_UNKNOWN: Rgb = (112, 122, 134)


class Paint(NamedTuple):
    """A colour, and whether it glitters."""

    rgb: Rgb
    metallic: bool


def paint(words: str | None) -> Paint:
    """``Donkerblauw metallic`` to its paint; an unknown word is a blueish grey."""
    text = (words or "").casefold()
    rgb = next((rgb for word, rgb in _WORDS.items() if word in text), _UNKNOWN)
    if "donker" in text:
        rgb = mix(rgb, (6, 8, 12), 0.5)
    elif "licht" in text:
        rgb = mix(rgb, (235, 240, 245), 0.45)
    return Paint(rgb, "metallic" in text or rgb == _WORDS["zilver"])


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """``share`` of the other colour in the one."""
    r, g, b = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return r, g, b
