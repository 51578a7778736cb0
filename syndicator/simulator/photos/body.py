"""A car's body as a mesh, lofted from the curves of its shape."""

import functools
import math
from itertools import pairwise
from typing import NamedTuple

from syndicator.simulator.photos.shapes import Shape, at, shape_of

Point = tuple[float, float, float]

PAINT, GLASS, BLACK, CABIN = range(4)

# Cross-section: share of the height to share of the half width, from the sill to the shoulder ...
_FLANK = (
    (0.0, 0.895), (0.05, 0.93), (0.14, 0.957), (0.28, 0.978), (0.42, 0.991), (0.54, 1.0),
    (0.63, 1.0), (0.72, 0.991), (0.81, 0.977), (0.89, 0.962), (0.96, 0.945), (1.0, 0.925),
)  # fmt: skip
_SILL = 2  # columns of the flank that are black where the shape is clad
# ... and from there to the middle of the roof, where the second value is a share of the way in.
_ABOVE = (
    (0.02, 0.08), (0.05, 0.14), (0.25, 0.31), (0.45, 0.51), (0.65, 0.72), (0.84, 0.94),
    (0.91, 1.06), (0.955, 1.22), (0.98, 1.6), (0.99, 2.2), (1.0, 3.0),
)  # fmt: skip
_WINDOW = range(len(_FLANK) + 1, len(_FLANK) + 5)
_ROOF = range(len(_FLANK) + 6, len(_FLANK) + len(_ABOVE))


class Quad(NamedTuple):
    """A piece of the surface with its outward normal; ``corners`` in centimetres."""

    corners: tuple[Point, ...]
    normal: Point
    material: int


def half_width(shape: Shape, x: float, z: float) -> float:
    """How far the surface is from the middle at a height; negative outside the body."""
    low, shoulder, top = at(shape.bottom, x), at(shape.shoulder, x), at(shape.top, x)
    if not low <= z <= top or not 0 <= x <= shape.length:
        return -1
    half = shape.width / 2 * at(shape.plan, x)
    if z <= shoulder:
        return half * _along(_FLANK, (z - low) / (shoulder - low))
    way = _along(((0.0, 0.0), *_ABOVE), (z - shoulder) / max(top - shoulder, 0.1))
    return half * _inwards(shape, way)


@functools.lru_cache(maxsize=8)
def mesh(body: str | None) -> tuple[Quad, ...]:
    """The right half of the surface."""
    shape = shape_of(body)
    rings = [_ring(shape, x) for x in _stations(shape)]
    quads = [
        quad
        for x_pair, (one, two) in zip(pairwise(_stations(shape)), pairwise(rings), strict=True)
        for quad in _strip(shape, x_pair, one, two)
    ]
    return (*_cap(rings[0], -1), *quads, *_cap(rings[-1], 1))


def mirrored(quad: Quad) -> Quad:
    """The same piece on the left half."""
    corners = tuple((x, -y, z) for x, y, z in reversed(quad.corners))
    x, y, z = quad.normal
    return Quad(corners, (x, -y, z), quad.material)


def _stations(shape: Shape) -> list[float]:
    """Where the rings stand: dense at the ends, exact at the edges of glass."""
    length = shape.length
    ends = (0, 1.5, 4, 8, 13, 20, 28, 38)
    edges = {*ends, *(length - x for x in ends), *shape.windscreen, *shape.backlight}
    edges |= {x for window in shape.windows for x in window} | set(shape.open_top or ())
    inner = [length * step / 36 for step in range(4, 33)]
    edges |= {x for x in inner if min(abs(x - edge) for edge in edges) > 4}
    return sorted(edges)


def _ring(shape: Shape, x: float) -> list[Point]:
    low, shoulder, top = at(shape.bottom, x), at(shape.shoulder, x), at(shape.top, x)
    half = shape.width / 2 * at(shape.plan, x)
    ring = [(x, half * share, low + (shoulder - low) * t) for t, share in _FLANK]
    for t, way in _ABOVE:
        ring.append((x, half * _inwards(shape, way), shoulder + (top - shoulder) * t))
    return ring


def _inwards(shape: Shape, way: float) -> float:
    """From the shoulder (0) over the edge of the roof (1) to the middle (3)."""
    edge = _FLANK[-1][1]
    if way <= 1:
        return edge + (shape.roof - edge) * way
    return shape.roof * (3 - way) / 2


def _strip(shape: Shape, xs: tuple[float, float], one: list[Point], two: list[Point]) -> list[Quad]:
    middle = sum(xs) / 2
    return [
        _quad((one[c], two[c], two[c + 1], one[c + 1]), _material(shape, middle, c))
        for c in range(len(one) - 1)
    ]


def _material(shape: Shape, x: float, column: int) -> int:
    if shape.open_top and shape.open_top[0] < x < shape.open_top[1] and column >= _WINDOW[0]:
        return CABIN
    glazed = shape.windscreen[0] < x < shape.windscreen[1]
    glazed |= shape.backlight[0] < x < shape.backlight[1]
    if column in _ROOF and glazed and not shape.open_top:
        return GLASS
    if column in _WINDOW and any(first < x < last for first, last in shape.windows):
        return GLASS
    if shape.windows and column in _WINDOW and shape.windows[0][0] < x < shape.windows[-1][1]:
        return BLACK  # the pillars between the windows
    return BLACK if shape.clad and column < _SILL else PAINT


def _cap(ring: list[Point], direction: int) -> list[Quad]:
    return [
        Quad(
            (low, high, (high[0], 0, high[2]), (low[0], 0, low[2])),
            (float(direction), 0.0, 0.0),
            PAINT,
        )
        for low, high in pairwise(ring)
    ]


def _quad(corners: tuple[Point, ...], material: int) -> Quad:
    (ax, ay, az), (bx, by, bz), (cx, cy, cz), (dx, dy, dz) = corners
    ux, uy, uz = cx - ax, cy - ay, cz - az
    vx, vy, vz = dx - bx, dy - by, dz - bz
    nx, ny, nz = vy * uz - vz * uy, vz * ux - vx * uz, vx * uy - vy * ux
    size = math.sqrt(nx * nx + ny * ny + nz * nz) or 1
    return Quad(corners, (nx / size, ny / size, nz / size), material)


def _along(table: tuple[tuple[float, float], ...], t: float) -> float:
    for (t0, v0), (t1, v1) in pairwise(table):
        if t <= t1:
            return v0 + (v1 - v0) * (t - t0) / (t1 - t0)
    return table[-1][1]
