"""A car before a camera, and the marks that are made on its picture."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from syndicator.simulator.photos.body import Point, half_width
from syndicator.simulator.photos.camera import Camera, Frame, Pixel
from syndicator.simulator.photos.shapes import Shape, at

Rgba = tuple[int, int, int, int]

DARK: Rgba = (18, 19, 21, 255)


class Mark(NamedTuple):
    """A polygon of fixed colour, or a line where ``width`` is given; both in pixels."""

    points: tuple[Pixel, ...]
    color: Rgba
    width: float = 0


class View(NamedTuple):
    """A car before a camera."""

    shape: Shape
    camera: Camera
    frame: Frame

    def pixel(self, point: Point) -> Pixel:
        """Where a point of the car is in the picture."""
        return self.frame.place(self.camera.project(point))

    @property
    def centimetre(self) -> float:
        """Roughly how many pixels a centimetre has."""
        x, y, z = self.camera.place
        away = math.hypot(x - self.shape.length / 2, y, z - 60)
        return self.frame.scale / away

    def polygon(self, points: Iterable[Point], color: Rgba) -> Mark:
        """A flat piece."""
        return Mark(tuple(map(self.pixel, points)), color)

    @property
    def side(self) -> int:
        """The flank that is seen: 1 right, -1 left, 0 none."""
        y = self.camera.place[1]
        return 0 if abs(y) < self.shape.width / 2 else (1 if y > 0 else -1)

    @property
    def end(self) -> int:
        """The end that is seen: -1 the nose, 1 the tail, 0 none."""
        x = self.camera.place[0]
        return -1 if x < -20 else (1 if x > self.shape.length + 20 else 0)


def flank_at(shape: Shape, x: float, z: float) -> float:
    """How far the flank is from the middle, also where arches and sills leave none."""
    width = half_width(shape, min(max(x, 0), shape.length), z)
    return width if width > 0 else shape.width / 2 * at(shape.plan, x)


def hull(points: Sequence[Pixel]) -> tuple[Pixel, ...]:
    """The convex outline (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    halves = []
    for run in (ordered, ordered[::-1]):
        chain: list[Pixel] = []
        for point in run:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        halves += chain[:-1]
    return tuple(halves)


def _turn(a: Pixel, b: Pixel, c: Pixel) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
