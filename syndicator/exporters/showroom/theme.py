"""A showroom's colour, corners and letters as a style sheet. Pure.

Pages of several showrooms, the site's own and those of searches, wear the look that these share.
The accent is shifted until it can be read. Contrast is that of WCAG 2.2: 4.5 for text. A style
sheet, because the page's security policy allows no style in the markup.
"""

import colorsys
import hashlib
import re
from collections.abc import Iterator

from syndicator.contract import Artefact, Kind, View
from syndicator.look import Font, Radius, Theme

TEXT_CONTRAST = 4.5
STEPS = 100
LINEAR_UNTIL = 0.04045  # of sRGB

Colour = tuple[float, float, float]  # red, green, blue from 0 to 1

LIGHT_SURFACE: Colour = (0.955, 0.955, 0.945)  # --surface of showroom.css, the worse of the two
DARK_SURFACE: Colour = (0.125, 0.137, 0.153)
WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0)

RADII = {Radius.NONE: "0", Radius.SMALL: ".25rem", Radius.MEDIUM: "", Radius.LARGE: "1.25rem"}
# Letters that devices have: nothing is fetched, and nothing jumps when it comes.
FONTS = {
    Font.SYSTEM: "",
    Font.HUMANIST: 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans",sans-serif',
    Font.GEOMETRIC: 'Avenir,Montserrat,Corbel,"URW Gothic",sans-serif',
    Font.SERIF: 'Charter,"Bitstream Charter","Sitka Text",Cambria,serif',
}


def worn(view: View) -> Theme:
    """The look of a slice's pages."""
    room = view.showroom
    if room and not room.search:
        return room.theme
    first, *others = {each.theme for each in view.site.showrooms} or {Theme()}
    return Theme() if others else first


def stylesheets(theme: Theme) -> Iterator[Artefact]:
    """The style sheet of a slice that departs from the shipped look."""
    path = stylesheet(theme)
    if path:
        yield Artefact.whole(path, _css(theme), Kind.ASSET)


def stylesheet(theme: Theme) -> str | None:
    """Its path within the slice's folder, digest in the name; ``None`` for the shipped look."""
    css = _css(theme)
    if not css:
        return None
    return f"assets/theme.{hashlib.blake2b(css, digest_size=6).hexdigest()}.css"


def readable(accent: Colour, surface: Colour) -> Colour:
    """The accent, made darker or lighter until text in it is readable on the surface."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*accent)
    end = 0.0 if _luminance(surface) > _luminance(BLACK) + 0.5 else 1.0
    for step in range(STEPS + 1):
        shifted = lightness + (end - lightness) * step / STEPS
        colour = colorsys.hls_to_rgb(hue, shifted, saturation)
        if contrast(colour, surface) >= TEXT_CONTRAST:
            return colour
    return BLACK if end == 0 else WHITE


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def parse(colour: str) -> Colour | None:
    """``#0a5bd3`` as three shares; ``None`` for anything else."""
    match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", colour)
    if match is None:
        return None
    red, green, blue = (int(part, 16) / 255 for part in match.groups())
    return red, green, blue


def _css(theme: Theme) -> bytes:
    return (_shape(theme) + _colours(theme)).encode()


def _shape(theme: Theme) -> str:
    """Corners and letters."""
    rules = (
        RADII[theme.radius] and f"--round:{RADII[theme.radius]}",
        FONTS[theme.font] and f"--letters:{FONTS[theme.font]}",
    )
    told = ";".join(filter(None, rules))
    return f":root{{{told}}}\n" if told else ""


def _colours(theme: Theme) -> str:
    accent = parse(theme.accent or "")
    if accent is None:
        return ""
    light, dark = (readable(accent, surface) for surface in (LIGHT_SURFACE, DARK_SURFACE))
    plain = _rules(_hex(light), _hex(_ink(light)))
    both = _rules(_either(light, dark), _either(_ink(light), _ink(dark)))
    # As showroom.css has it: browsers of before 2024 stay light.
    return f"{plain}@supports (color:light-dark(#000,#fff)){{{both}}}\n"


def _rules(accent: str, ink: str) -> str:
    return f":root{{--accent:{accent};--on-accent:{ink}}}"


def _ink(ground: Colour) -> Colour:
    return max((WHITE, BLACK), key=lambda each: contrast(each, ground))


def _either(light: Colour, dark: Colour) -> str:
    return f"light-dark({_hex(light)},{_hex(dark)})"


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= LINEAR_UNTIL else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
