"""Pictures of the inside: the dashboard from between the seats, and the boot."""

import functools
import hashlib
import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter

from syndicator.simulator.photos.paints import Rgb, mix
from syndicator.simulator.photos.studio import FINE, HEIGHT, WIDTH

_TRIMS: tuple[Rgb, ...] = ((44, 45, 48), (58, 56, 54), (96, 72, 52), (150, 134, 112), (52, 55, 62))
_BLACK: Rgb = (16, 17, 19)
_CHROME: Rgb = (176, 180, 186)
_SCREENS: tuple[Rgb, ...] = ((22, 66, 104), (28, 84, 78), (54, 48, 96))

Box = tuple[float, float, float, float]


class Brush:
    """Shapes in units of a thousandth of the picture's width, with soft shading."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self._draw = ImageDraw.Draw(self.image)

    def polygon(self, points: Sequence[tuple[float, float]], rgb: Rgb) -> None:
        """A flat area."""
        self._draw.polygon([(_px(x), _px(y)) for x, y in points], fill=rgb)

    def panel(self, box: Box, rgb: Rgb, radius: float = 12) -> None:
        """A rounded rectangle."""
        self._draw.rounded_rectangle(tuple(map(_px, box)), _px(radius), fill=rgb)

    def disc(self, x: float, y: float, radius: float, rgb: Rgb) -> None:
        """A circle."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(tuple(map(_px, box)), fill=rgb)

    def arc(self, box: Box, angles: tuple[float, float], rgb: Rgb, width: float) -> None:
        """Part of an ellipse's rim, clockwise from three o'clock."""
        self._draw.arc(tuple(map(_px, box)), *angles, fill=rgb, width=round(_px(width)))

    def line(self, points: Sequence[tuple[float, float]], rgb: Rgb, width: float) -> None:
        """A stroke."""
        scaled = [(_px(x), _px(y)) for x, y in points]
        self._draw.line(scaled, fill=rgb, width=max(1, round(_px(width))), joint="curve")

    def fade(self, top: float, bottom: float, tones: tuple[Rgb, Rgb]) -> None:
        """A band across the picture, from one tone to the other."""
        for y, below in pairwise(range(round(_px(top)), round(_px(bottom)) + 4, 4)):
            share = (y - _px(top)) / (_px(bottom) - _px(top))
            self._draw.rectangle((0, y, self.image.width, below), fill=mix(*tones, min(share, 1)))


def inside(make: str, view: str, seed: int) -> Image.Image:
    """The dashboard (``cabin``) or the boot of a car of that make."""
    style = hashlib.blake2b(make.encode(), digest_size=2).digest()
    trim = _TRIMS[seed % len(_TRIMS)]
    brush = Brush(_outside().copy())
    if view == "boot":
        _boot(brush, trim)
    else:
        _dashboard(brush, trim, style[0])
    return brush.image.reduce(FINE)


@functools.cache
def _outside() -> Image.Image:
    """What is seen through the windscreen, out of focus. It is shared: copy it."""
    brush = Brush(Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE)))
    brush.fade(0, 330, ((198, 208, 218), (236, 239, 242)))
    brush.polygon([(0, 215), (1000, 235), (1000, 330), (0, 330)], (168, 174, 180))
    small = brush.image.reduce(4).filter(ImageFilter.GaussianBlur(5))
    return small.resize(brush.image.size, Image.Resampling.BILINEAR)


def _dashboard(brush: Brush, trim: Rgb, style: int) -> None:
    _frame(brush)
    _top(brush, trim)
    _console(brush, trim)
    _screen(brush, style)
    _cluster(brush)
    _steering(brush, style)
    _seats(brush, trim)


def _frame(brush: Brush) -> None:
    """The roof lining, the pillars and the mirror."""
    brush.polygon([(0, 0), (1000, 0), (1000, 42), (700, 30), (300, 30), (0, 42)], (192, 190, 186))
    brush.polygon([(0, 0), (120, 30), (36, 330), (0, 340)], (70, 71, 74))
    brush.polygon([(1000, 0), (880, 30), (964, 330), (1000, 340)], (70, 71, 74))
    brush.panel((478, 52, 642, 98), (30, 31, 34), 20)
    brush.panel((486, 60, 634, 91), (142, 152, 162), 15)


def _top(brush: Brush, trim: Rgb) -> None:
    """The dashboard, darker above, with a strip of trim and the vents."""
    edge = [(x, 300 + 26 * math.cos(x / 1000 * 2 * math.pi)) for x in range(0, 1001, 25)]
    for drop in range(0, 120, 8):
        tone = mix((58, 60, 64), (22, 23, 25), drop / 112)
        brush.polygon([*((x, y + drop) for x, y in edge), (1000, 760), (0, 760)], tone)
    for lift, tone in ((0, mix(trim, (255, 255, 255), 0.25)), (4, trim), (44, _CHROME)):
        strip = [(x, y + 96 + lift) for x, y in edge if x >= 300]
        brush.polygon([*strip, *((x, y + 144) for x, y in reversed(edge) if x >= 300)], tone)
    for left in (30, 452, 566, 882):
        _vent(brush, left)


def _vent(brush: Brush, left: float) -> None:
    brush.panel((left, 366, left + 92, 408), _CHROME, 10)
    brush.panel((left + 3, 369, left + 89, 405), _BLACK, 8)
    for y in (376, 384, 392):
        brush.panel((left + 8, y, left + 84, y + 3), (62, 64, 68), 1)


def _screen(brush: Brush, style: int) -> None:
    """The touch screen: a map of nowhere."""
    brush.panel((448, 246, 662, 364), _BLACK, 12)
    rgb = _SCREENS[style % len(_SCREENS)]
    brush.panel((458, 254, 652, 356), mix(rgb, (0, 0, 0), 0.4), 6)
    brush.line([(458, 330), (520, 300), (560, 316), (652, 268)], (232, 236, 240), 5)
    brush.line([(520, 300), (500, 254)], mix(rgb, (255, 255, 255), 0.5), 3)
    brush.line([(560, 316), (584, 356)], mix(rgb, (255, 255, 255), 0.5), 3)
    brush.disc(560, 316, 8, (70, 160, 240))
    brush.panel((458, 254, 482, 356), mix(rgb, (0, 0, 0), 0.65), 4)
    for y in (266, 288, 310, 332):
        brush.panel((464, y, 476, y + 12), mix(rgb, (255, 255, 255), 0.6), 3)


def _console(brush: Brush, trim: Rgb) -> None:
    """The tunnel between the seats, with knobs and the gear lever."""
    brush.polygon([(440, 424), (672, 424), (700, 750), (412, 750)], (34, 35, 38))
    brush.polygon([(452, 430), (660, 430), (686, 750), (426, 750)], (24, 25, 27))
    for x in (484, 556, 628):
        brush.disc(x, 462, 21, _CHROME)
        brush.disc(x, 462, 18, (30, 31, 34))
        brush.line([(x, 446), (x, 458)], (220, 222, 226), 2.5)
    brush.panel((478, 540, 636, 690), mix(trim, _BLACK, 0.55), 26)
    brush.polygon([(526, 650), (588, 650), (574, 566), (540, 566)], (40, 41, 44))
    brush.disc(557, 552, 25, (48, 50, 54))
    brush.disc(551, 545, 13, (92, 95, 100))


def _cluster(brush: Brush) -> None:
    """The instruments behind the wheel."""
    brush.panel((130, 262, 412, 372), (26, 27, 30), 46)
    brush.panel((140, 272, 402, 372), (8, 9, 11), 38)
    for x, angle in ((205, 3.6), (337, 4.3)):
        brush.arc((x - 46, 278, x + 46, 370), (140, 400), (206, 212, 218), 3)
        brush.arc((x - 40, 284, x + 40, 364), (140, 400), (52, 104, 170), 2)
        tip = (x + 36 * math.cos(angle), 324 + 36 * math.sin(angle))
        brush.line([(x, 324), tip], (232, 74, 50), 3)
        brush.disc(x, 324, 6, (60, 62, 66))


def _steering(brush: Brush, style: int) -> None:
    box = (98, 262, 446, 620)
    brush.arc((box[0] - 4, box[1] - 4, box[2] + 4, box[3] + 4), (0, 360), (12, 12, 14), 42)
    brush.arc(box, (0, 360), (38, 39, 42), 32)
    brush.arc((box[0] + 4, box[1] + 4, box[2] - 4, box[3] - 4), (190, 300), (74, 76, 80), 7)
    lower = [(248, 520), (296, 520), (304, 604), (240, 604)]
    spokes = [[(120, 428), (216, 412), (216, 470), (124, 462)],
              [(424, 428), (328, 412), (328, 470), (420, 462)]]  # fmt: skip
    for spoke in [*spokes, lower] if style % 2 else spokes:
        brush.polygon(spoke, (34, 35, 38))
    if not style % 2:
        for tilt in (-1, 1):
            brush.line([(272 + 30 * tilt, 510), (272 + 66 * tilt, 588)], (44, 45, 48), 26)
    for x in (146, 172, 366, 392):
        brush.panel((x - 8, 434, x + 8, 450), (84, 87, 92), 4)
    brush.disc(272, 444, 72, (22, 23, 25))
    brush.disc(272, 444, 68, (46, 48, 52))
    brush.disc(268, 438, 54, (54, 56, 60))


def _seats(brush: Brush, trim: Rgb) -> None:
    """The edges of the front seats, in the colour of the upholstery."""
    for side in (-1, 1):
        for inset in range(0, 30, 3):
            tone = mix(mix(trim, _BLACK, 0.35), mix(trim, (255, 255, 255), 0.1), inset / 30)
            x = 500 + side * (500 - 30)
            box = (x - 190 + inset * 2, 636 + inset, x + 190 - inset * 2, 900)
            brush.panel(box, tone, 70)
        seam = [(500 + side * (300 + 6 * t), 700 + t * 6 - t * t * 0.3) for t in range(9)]
        brush.line(seam, mix(trim, (255, 255, 255), 0.35), 2)


def _boot(brush: Brush, trim: Rgb) -> None:
    """The open tailgate: carpet, side walls and the back of the rear seats."""
    brush.fade(0, 752, ((58, 60, 64), (30, 31, 34)))
    brush.polygon([(120, 90), (880, 90), (930, 620), (70, 620)], (20, 21, 23))
    for step in range(12):
        tone = mix((50, 51, 54), (84, 85, 88), step / 12)
        y, near = 400 + step * 18.5, 180 - step * 9
        far = 1000 - near
        brush.polygon([(near, y), (far, y), (far + 9, y + 19), (near - 9, y + 19)], tone)
    for side in (0, 1000):
        out = [(abs(side - x), y) for x, y in ((130, 110), (196, 150), (186, 400), (76, 620))]
        brush.polygon(out, (40, 41, 44))
        lamp = [(abs(side - x), y) for x, y in ((148, 250), (172, 252), (171, 272), (146, 270))]
        brush.polygon(lamp, (248, 240, 212))
        x = abs(side - 150)
        brush.arc((x - 60, 400, x + 60, 560), (180, 360), (30, 31, 33), 8)
    _backrests(brush, trim)
    brush.line([(196, 604), (804, 604)], (26, 27, 29), 4)
    brush.panel((466, 560, 534, 584), _CHROME, 8)
    brush.panel((474, 566, 526, 580), (40, 41, 44), 6)
    brush.fade(622, 752, (_CHROME, (110, 114, 120)))
    brush.fade(640, 752, ((40, 41, 44), (18, 19, 21)))
    brush.panel((120, 632, 880, 646), (150, 153, 158), 5)
    brush.panel((462, 84, 538, 98), (60, 62, 66), 6)


def _backrests(brush: Brush, trim: Rgb) -> None:
    for left, right in ((200, 470), (476, 596), (602, 800)):
        for inset in range(0, 16, 2):
            tone = mix(mix(trim, _BLACK, 0.5), mix(trim, _BLACK, 0.15), inset / 16)
            brush.panel((left + inset, 190 + inset, right - inset, 402), tone, 24)
        middle = (left + right) / 2
        brush.panel((middle - 46, 128, middle + 46, 184), mix(trim, _BLACK, 0.3), 22)
        for x in (middle - 20, middle + 20):
            brush.line([(x, 182), (x, 194)], _CHROME, 4)


def _px(length: float) -> float:
    return length * WIDTH * FINE / 1000
