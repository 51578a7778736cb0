"""Where the photographer stands: from centimetres around the car to pixels."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from syndicator.simulator.photos.body import Point

Pixel = tuple[float, float]


class Camera:
    """A pinhole camera on a circle around the car.

    :param yaw: degrees; 0 looks at the nose, 90 at the right flank, 180 at the tail.
    :param height: of the lens, in centimetres.
    :param target: the point looked at, in the car's own coordinates.
    """

    def __init__(self, yaw: float, height: float, distance: float, target: Point) -> None:
        around = math.radians(yaw)
        x, y, z = target
        self.place = (
            x - math.cos(around) * distance,
            y + math.sin(around) * distance,
            height,
        )
        self._ahead = _unit((x - self.place[0], y - self.place[1], z - self.place[2]))
        self._right = _unit((self._ahead[1], -self._ahead[0], 0))
        self._up = _cross(self._right, self._ahead)

    def project(self, point: Point) -> Pixel:
        """The picture plane at distance one; y grows downwards."""
        away = (point[0] - self.place[0], point[1] - self.place[1], point[2] - self.place[2])
        depth = _dot(away, self._ahead)
        return _dot(away, self._right) / depth, -_dot(away, self._up) / depth

    def towards(self, point: Point) -> Point:
        """The direction from a point to the lens, of length one."""
        x, y, z = self.place
        return _unit((x - point[0], y - point[1], z - point[2]))

    def distance(self, point: Point) -> float:
        """How far a point is, along the line of sight."""
        away = (point[0] - self.place[0], point[1] - self.place[1], point[2] - self.place[2])
        return _dot(away, self._ahead)


class Frame(NamedTuple):
    """From the picture plane to pixels."""

    scale: float
    left: float
    top: float

    def place(self, pixel: Pixel) -> Pixel:
        """The pixel of a point on the picture plane."""
        return pixel[0] * self.scale + self.left, pixel[1] * self.scale + self.top


def fit(points: Iterable[Pixel], box: tuple[float, float, float, float]) -> Frame:
    """The frame that stands all points on the lower edge of a box, in its middle."""
    plane = list(points)
    xs, ys = [x for x, _ in plane], [y for _, y in plane]
    left, top, right, bottom = box
    scale = min((right - left) / (max(xs) - min(xs)), (bottom - top) / (max(ys) - min(ys)))
    middle = (max(xs) + min(xs)) / 2
    return Frame(scale, (left + right) / 2 - middle * scale, bottom - max(ys) * scale)


def reflect(direction: Point, normal: Point) -> Point:
    """Where a mirror with this normal sends the look of someone in this direction."""
    twice = 2 * _dot(direction, normal)
    x, y, z = (twice * n - d for n, d in zip(normal, direction, strict=True))
    return x, y, z


def facing(direction: Point, normal: Point) -> float:
    """The cosine between the two."""
    return _dot(direction, normal)


def _dot(a: Point, b: Point) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Point, b: Point) -> Point:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _unit(a: Point) -> Point:
    size = math.sqrt(_dot(a, a)) or 1
    return a[0] / size, a[1] / size, a[2] / size
