"""Wheels, and the openings they stand in."""

import math
from collections.abc import Iterator

from syndicator.simulator.photos.body import Point
from syndicator.simulator.photos.shapes import at
from syndicator.simulator.photos.view import DARK, Mark, Rgba, View, flank_at, hull

_TYRE: Rgba = (26, 27, 29, 255)
_SPOKES = 5
_RINGS: tuple[tuple[float, Rgba], ...] = (  # share of the radius, from the tyre inwards
    (1.0, _TYRE), (0.965, (34, 35, 38, 255)), (0.90, (44, 45, 48, 255)), (0.86, (36, 37, 40, 255)),
    (0.745, (24, 25, 27, 255)), (0.73, (196, 199, 204, 255)), (0.695, (118, 121, 127, 255)),
    (0.67, (44, 46, 50, 255)), (0.45, (104, 106, 110, 255)), (0.435, (128, 130, 134, 255)),
    (0.22, (70, 72, 76, 255)),
)  # fmt: skip
_CALIPER = ((0.44, 10), (0.44, 13), (0.43, 16), (0.43, 20), (0.28, 20), (0.28, 10))


def tyre(view: View, axle: float, side: int) -> Mark:
    """The whole tyre on one side, of which the body hides the most."""
    radius = view.shape.wheel
    points = [
        view.pixel((axle + radius * math.sin(a), side * y, radius + radius * math.cos(a)))
        for y in (view.shape.width / 2 - 1.5, view.shape.width / 2 - 22)
        for a in (2 * math.pi * step / 28 for step in range(28))
    ]
    return Mark(hull(points), _TYRE)


def arch(view: View, axle: float) -> Iterator[Mark]:
    """The dark opening, cut off at the sill; around it a lip, black on clad cars."""
    shape = view.shape
    opening = shape.wheel * 1.13
    rings = ((opening * 1.12, DARK),) if shape.clad else ((opening * 1.03, (255, 255, 255, 36)),)
    for radius, color in (*rings, (opening, (10, 10, 12, 255))):
        points = []
        for step in range(41):
            angle = -math.pi * 0.75 + math.pi * 1.5 * step / 40
            z = max(shape.wheel + radius * math.cos(angle), at(shape.bottom, axle))
            x = axle + radius * math.sin(angle)
            fuller = max(z, at(shape.bottom, axle) + 14)  # the sill tucks in, the arch does not
            points.append((x, view.side * flank_at(shape, x, fuller), z))
        yield view.polygon(points, color)


def wheel(view: View, axle: float) -> Iterator[Mark]:
    """A wheel of the flank that is seen."""
    radius = view.shape.wheel
    for share, color in _RINGS:
        yield _disc(view, axle, radius * share, color)
    caliper = [_rim(view, axle, radius * r, a / 10) for r, a in _CALIPER]
    yield view.polygon(caliper, (84, 86, 91, 255))
    for spoke in range(_SPOKES):
        yield from _spoke(view, axle, 2 * math.pi * spoke / _SPOKES)
    yield _disc(view, axle, radius * 0.14, (202, 204, 208, 255))
    for bolt in range(_SPOKES):
        x, y, z = _rim(view, axle, radius * 0.095, 2 * math.pi * (bolt + 0.5) / _SPOKES)
        yield view.polygon(_circle((x, y, z), radius * 0.018, 8), (70, 72, 76, 255))
    yield _disc(view, axle, radius * 0.055, (120, 122, 128, 255))


def _circle(middle: Point, radius: float, steps: int) -> Iterator[Point]:
    x, y, z = middle
    for step in range(steps):
        angle = 2 * math.pi * step / steps
        yield x + radius * math.sin(angle), y, z + radius * math.cos(angle)


def _spoke(view: View, axle: float, angle: float) -> Iterator[Mark]:
    radius, light = view.shape.wheel, 0.5 + 0.5 * math.sin(angle + 0.6)
    for offset, tone in ((-0.13, 212), (0.13, 168)):
        outline = ((0.10, 0.0), (0.10, offset * 4), (0.70, offset * 1.7), (0.70, offset * 0.25))
        points = [_rim(view, axle, radius * r, angle + turn) for r, turn in outline]
        grey = int(tone * (0.72 + 0.28 * light))
        yield view.polygon(points, (grey, grey + 2, grey + 6, 255))


def _rim(view: View, axle: float, radius: float, angle: float) -> Point:
    y = view.side * (view.shape.width / 2 - 1.5)
    return axle + radius * math.sin(angle), y, view.shape.wheel + radius * math.cos(angle)


def _disc(view: View, axle: float, radius: float, color: Rgba) -> Mark:
    return view.polygon(_circle(_rim(view, axle, 0, 0), radius, 48), color)
