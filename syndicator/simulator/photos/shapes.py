"""Bodies as measured curves: from these few numbers the pictures' cars are built.

Lengths are in centimetres: x from the nose to the tail, y from the middle to the right, z upwards.
"""

from bisect import bisect_right
from typing import NamedTuple

Curve = tuple[tuple[float, float], ...]


class Shape(NamedTuple):
    """One body type. The curves give heights (and ``plan`` a share of the half width) over x."""

    length: float
    width: float
    axles: tuple[float, float]
    wheel: float  # radius with the tyre
    top: Curve  # along the middle
    shoulder: Curve  # where the flank turns inwards
    bottom: Curve
    plan: Curve
    roof: float  # half width of the roof, as a share of that of the body
    windscreen: tuple[float, float]  # from the cowl to the roof
    backlight: tuple[float, float]  # from the roof to the tail; equal: none
    windows: tuple[tuple[float, float], ...]
    doors: tuple[float, ...]  # shut lines
    clad: bool = False  # black sills and arches
    rails: bool = False
    open_top: tuple[float, float] | None = None


def at(curve: Curve, x: float) -> float:
    """The height of a curve, smooth and never beyond its points (Fritsch and Carlson, 1980)."""
    if x <= curve[0][0]:
        return curve[0][1]
    if x >= curve[-1][0]:
        return curve[-1][1]
    right = bisect_right(curve, (x, float("inf")))
    (x0, z0), (x1, z1) = curve[right - 1], curve[right]
    width = x1 - x0
    t = (x - x0) / width
    m0, m1 = _slope(curve, right - 1), _slope(curve, right)
    return (
        (1 + 2 * t) * (1 - t) ** 2 * z0
        + t * (1 - t) ** 2 * width * m0
        + t * t * (3 - 2 * t) * z1
        + t * t * (t - 1) * width * m1
    )


def _slope(curve: Curve, at_point: int) -> float:
    if at_point in {0, len(curve) - 1}:
        first = 0 if at_point == 0 else at_point - 1
        return _secant(curve, first)
    before, after = _secant(curve, at_point - 1), _secant(curve, at_point)
    if before * after <= 0:
        return 0
    return 2 * before * after / (before + after)


def _secant(curve: Curve, first: int) -> float:
    (x0, z0), (x1, z1) = curve[first], curve[first + 1]
    return (z1 - z0) / (x1 - x0)


def _ends(length: float, width_at_tail: float = 0.76) -> Curve:
    return (
        (0, 0.66), (4, 0.78), (14, 0.89), (34, 0.96), (75, 1.0),
        (length - 80, 1.0), (length - 30, 0.96), (length - 8, 0.88), (length, width_at_tail),
    )  # fmt: skip


def _under(length: float, low: float) -> Curve:
    return (
        (0, low + 4), (5, low + 1), (25, low),
        (length - 40, low), (length - 6, low + 1), (length, low + 4),
    )  # fmt: skip


SHAPES: dict[str, Shape] = {
    "hatchback": Shape(
        length=400, width=178, axles=(80, 332), wheel=33,
        top=((0, 66), (4, 76), (18, 86), (92, 101), (164, 143), (212, 149), (292, 147), (346, 140),
             (384, 112), (394, 96), (400, 78)),
        shoulder=((0, 64), (4, 72), (18, 81), (92, 94), (200, 96), (330, 101), (382, 102),
                  (394, 92),
                  (400, 74)),
        bottom=_under(400, 19), plan=_ends(400), roof=0.74,
        windscreen=(94, 162), backlight=(348, 383),
        windows=((112, 214), (221, 302)), doors=(106, 218, 306),
    ),
    "sedan": Shape(
        length=468, width=184, axles=(88, 368), wheel=34.5,
        top=((0, 62), (4, 72), (18, 80), (124, 98), (204, 138), (250, 144), (304, 142), (392, 110),
             (430, 107), (460, 104), (468, 82)),
        shoulder=((0, 60), (4, 68), (18, 75), (124, 91), (240, 94), (380, 99), (446, 101),
                  (460, 97),
                  (468, 78)),
        bottom=_under(468, 17), plan=_ends(468), roof=0.70,
        windscreen=(126, 200), backlight=(310, 386),
        windows=((146, 250), (257, 340)), doors=(140, 254, 346),
    ),
    "wagon": Shape(
        length=466, width=182, axles=(86, 362), wheel=34,
        top=((0, 64), (4, 74), (18, 82), (112, 99), (188, 141), (238, 148), (340, 148), (424, 141),
             (450, 112), (460, 96), (466, 78)),
        shoulder=((0, 62), (4, 70), (18, 77), (112, 93), (230, 95), (380, 99), (446, 100),
                  (460, 92),
                  (466, 74)),
        bottom=_under(466, 18), plan=_ends(466), roof=0.75,
        windscreen=(114, 186), backlight=(426, 449),
        windows=((134, 238), (245, 334), (341, 414)), doors=(128, 242, 338), rails=True,
    ),
    "suv": Shape(
        length=440, width=190, axles=(88, 354), wheel=38.5,
        top=((0, 82), (4, 94), (16, 105), (104, 118), (166, 158), (214, 166), (320, 166),
             (386, 158),
             (424, 126), (434, 108), (440, 92)),
        shoulder=((0, 80), (4, 90), (16, 100), (104, 111), (220, 112), (350, 117), (420, 117),
                  (434, 102), (440, 88)),
        bottom=_under(440, 27), plan=_ends(440, 0.8), roof=0.78,
        windscreen=(106, 164), backlight=(389, 423),
        windows=((124, 228), (235, 322), (329, 378)), doors=(118, 232, 326), clad=True, rails=True,
    ),
    "convertible": Shape(
        length=420, width=178, axles=(82, 336), wheel=33.5,
        top=((0, 60), (4, 70), (18, 78), (130, 96), (150, 96), (310, 95), (350, 98), (398, 94),
             (414, 89), (420, 72)),
        shoulder=((0, 58), (4, 66), (18, 73), (130, 89), (240, 89), (340, 93), (398, 89), (414, 84),
                  (420, 68)),
        bottom=_under(420, 16), plan=_ends(420), roof=0.72,
        windscreen=(134, 186), backlight=(0, 0),
        windows=(), doors=(138, 262), open_top=(150, 322),
    ),
    "van": Shape(
        length=484, width=194, axles=(84, 388), wheel=34.5,
        top=((0, 80), (4, 92), (18, 104), (62, 120), (122, 178), (160, 191), (300, 194), (450, 193),
             (474, 184), (479, 122), (484, 90)),
        shoulder=((0, 78), (4, 88), (18, 98), (62, 112), (160, 114), (300, 115), (466, 115),
                  (479, 106), (484, 86)),
        bottom=_under(484, 22), plan=((0, 0.74), (4, 0.84), (14, 0.92), (34, 0.97), (75, 1.0),
                                      (440, 1.0), (474, 0.985), (484, 0.93)),
        roof=0.89, windscreen=(64, 120), backlight=(474, 478.5),
        windows=((84, 166),), doors=(76, 172, 296),
    ),
    "coupe": Shape(
        length=446, width=188, axles=(86, 352), wheel=35.5,
        top=((0, 58), (4, 67), (18, 75), (142, 94), (214, 128), (254, 132), (300, 129), (404, 103),
             (430, 100), (439, 96), (446, 78)),
        shoulder=((0, 56), (4, 63), (18, 70), (142, 87), (250, 90), (360, 97), (425, 95), (439, 89),
                  (446, 74)),
        bottom=_under(446, 14), plan=_ends(446, 0.82), roof=0.66,
        windscreen=(146, 210), backlight=(306, 392),
        windows=((166, 268), (274, 328)), doors=(160, 288),
    ),
}  # fmt: skip


def shape_of(body: str | None) -> Shape:
    """The shape for the API's word; what is unknown looks like a hatchback."""
    return SHAPES.get(body or "", SHAPES["hatchback"])
