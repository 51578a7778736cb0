"""The room the cars are photographed in: a wall, a floor and a shadow."""

import functools

from PIL import Image, ImageDraw, ImageFilter

from syndicator.simulator.photos.paints import Rgb, mix

WIDTH, HEIGHT = 960, 720
FINE = 2  # pixels drawn per pixel shown, each way

_WALLS: tuple[tuple[Rgb, Rgb, Rgb], ...] = (  # wall above, wall at the floor, floor in front
    ((196, 201, 207), (233, 236, 239), (176, 181, 187)),
    ((188, 194, 203), (226, 231, 237), (164, 170, 178)),
    ((204, 201, 196), (236, 234, 230), (182, 179, 174)),
)
_HORIZON = 0.56  # of the height


@functools.lru_cache(maxsize=len(_WALLS))
def backdrop(variant: int) -> Image.Image:
    """The empty studio. It is shared: copy it before drawing."""
    above, bright, front = _WALLS[variant % len(_WALLS)]
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        t = y / HEIGHT
        if t < _HORIZON:
            rgb = mix(above, bright, (t / _HORIZON) ** 1.4)
        else:
            down = (t - _HORIZON) / (1 - _HORIZON)
            rgb = mix(mix(bright, front, 0.35), front, down**0.8)
        column.putpixel((0, y), rgb)
    column = column.filter(ImageFilter.BoxBlur((0, 16)))
    room = column.resize((WIDTH, HEIGHT))
    return Image.composite(room, Image.new("RGB", room.size, mix(above, (0, 0, 0), 0.25)), _pool())


def shadow(footprint: tuple[tuple[float, float], ...]) -> Image.Image:
    """How dark the floor is under a car: a wide soft shadow and a dense one within it.

    :param footprint: in fine pixels.
    """
    coarse = 4
    mask = Image.new("L", (WIDTH // coarse, HEIGHT // coarse))
    outline = [(x / (coarse * FINE), y / (coarse * FINE)) for x, y in footprint]
    ImageDraw.Draw(mask).polygon(outline, fill=205)
    dense, soft = (mask.filter(ImageFilter.GaussianBlur(radius)) for radius in (2, 8))
    return Image.blend(soft, dense, 0.5).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _pool() -> Image.Image:
    """More light in the middle than at the edges."""
    small = Image.new("L", (96, 72), 120)
    ImageDraw.Draw(small).ellipse((-4, -6, 100, 74), fill=255)
    blurred = small.filter(ImageFilter.GaussianBlur(14))
    return blurred.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
