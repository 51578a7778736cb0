"""The sides: seams, handles, rails and mirrors."""

from collections.abc import Iterator, Sequence

from syndicator.simulator.photos.shapes import at
from syndicator.simulator.photos.view import DARK, Mark, Rgba, View, flank_at, hull

_SEAM: Rgba = (8, 9, 11, 150)
_GLINT: Rgba = (255, 255, 255, 70)
_SHADE: Rgba = (0, 0, 0, 60)


def flank(view: View) -> Iterator[Mark]:
    """What lies on the flank that is seen."""
    shape = view.shape
    for x in shape.doors:
        low, high = at(shape.bottom, x) + 9, at(shape.shoulder, x)
        yield _line(view, [(x, low + (high - low) * t / 8) for t in range(9)], _SEAM, 0.7)
    first, last = shape.doors[0], shape.doors[-1]
    steps = [first + (last - first) * t / 10 for t in range(11)]
    yield _line(view, [(x, at(shape.bottom, x) + 9) for x in steps], _SEAM, 0.7)
    for x in shape.doors[1:]:
        yield from _handle(view, x)
    long = [shape.length * (0.06 + 0.86 * t / 24) for t in range(25)]
    yield _line(view, [(x, at(shape.shoulder, x) * 0.86) for x in long], _GLINT, 0.9)
    yield _line(view, [(x, at(shape.shoulder, x) * 0.86 - 1.2) for x in long], _SHADE, 0.9)
    if shape.rails:
        front, back = shape.windscreen[1] + 20, shape.backlight[0] - 10
        yield _rail(view, [front + (back - front) * t / 16 for t in range(17)])


def _handle(view: View, x: float) -> Iterator[Mark]:
    shape = view.shape
    z = at(shape.shoulder, x) * 0.9
    for lift, color in ((0.0, (0, 0, 0, 90)), (1.1, (228, 230, 234, 200))):
        outline = ((-20, 0), (-6, 0), (-6, 2.6), (-20, 2.6))
        points = [
            (x + dx, view.side * (flank_at(shape, x + dx, z) + 1), z + dz + lift)
            for dx, dz in outline
        ]
        yield view.polygon(points, color)


def _rail(view: View, xs: Sequence[float]) -> Mark:
    shape = view.shape
    points = []
    for x in xs:
        z = at(shape.top, x) - (at(shape.top, x) - at(shape.shoulder, x)) * 0.05
        y = view.side * shape.width / 2 * shape.roof * 0.9
        points.append(view.pixel((x, y, z + 1)))
    return Mark(tuple(points), (24, 25, 28, 255), 3.2 * view.centimetre)


def _line(view: View, points: Sequence[tuple[float, float]], color: Rgba, width: float) -> Mark:
    on_flank = [(x, view.side * flank_at(view.shape, x, z), z) for x, z in points]
    return Mark(tuple(map(view.pixel, on_flank)), color, width * view.centimetre)


def mirror(view: View, side: int) -> Iterator[Mark]:
    """The outside mirror of one side."""
    shape = view.shape
    x, z = shape.windscreen[0] + 20, at(shape.shoulder, shape.windscreen[0] + 20) + 4
    inner = shape.width / 2 * 0.96
    box = [
        view.pixel((x + dx, side * (inner + dy), z + dz))
        for dx in (0, 8)
        for dy, dz in ((2, 3), (4, 0), (18, 1), (20, 5), (19, 12), (5, 13))
    ]
    foot = ((2, -3, -3), (8, -3, -3), (8, 7, 4), (2, 7, 4))
    yield view.polygon([(x + dx, side * (inner + dy), z + dz) for dx, dy, dz in foot], DARK)
    yield Mark(hull(box), (44, 46, 50, 255))
