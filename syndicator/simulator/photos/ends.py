"""The nose and the tail: lamps, grille and number plate."""

from collections.abc import Iterator, Sequence

from syndicator.simulator.photos.body import half_width
from syndicator.simulator.photos.camera import Pixel
from syndicator.simulator.photos.shapes import Shape, at
from syndicator.simulator.photos.view import DARK, Mark, Rgba, View


def nose(view: View) -> Iterator[Mark]:
    """Air intakes, lamps and the number plate in front."""
    lip = at(view.shape.top, 20)
    low = at(view.shape.bottom, 20)
    for low_edge, low_half, high_edge, high_half in (
        (low + 6, 0.56, low + 17, 0.64),
        (lip - 26, 0.36, lip - 11, 0.42),
    ):
        low_line = ((-low_half, low_edge), (low_half, low_edge))
        yield _patch(view, (*low_line, (high_half, high_edge), (-high_half, high_edge)))
    for bar in (22, 18.5, 15):
        low_edge, high_edge = lip - bar, lip - bar + 0.9
        edge = ((-0.38, low_edge), (0.38, low_edge), (0.38, high_edge), (-0.38, high_edge))
        yield _patch(view, edge, (150, 153, 158, 255))
    for side in (1, -1):
        lamp = (
            (0.5, lip - 14),
            (0.895, lip - 13),
            (0.915, lip - 3),
            (0.8, lip - 4),
            (0.54, lip - 9),
        )
        yield _lamp(view, lamp, side, (58, 62, 70, 255))
        inner = ((0.55, lip - 12.4), (0.72, lip - 12), (0.74, lip - 6.5), (0.57, lip - 9.2))
        yield _lamp(view, inner, side, (236, 242, 250, 255))
        outer = ((0.76, lip - 12), (0.885, lip - 11.6), (0.905, lip - 5), (0.78, lip - 5.5))
        yield _lamp(view, outer, side, (198, 208, 222, 255))
    yield from _number_plate(view, low + 21, -1)


def tail(view: View) -> Iterator[Mark]:
    """Lamps and the number plate at the back."""
    shape = view.shape
    lip = at(shape.shoulder, shape.length - 12)
    low = at(shape.bottom, shape.length - 12)
    band = ((-0.56, low + 6), (0.56, low + 6), (0.62, low + 15), (-0.62, low + 15))
    yield _patch(view, band, DARK)
    for side in (1, -1):
        lamp = ((0.56, lip - 17), (0.895, lip - 17), (0.915, lip - 2), (0.58, lip - 4))
        yield _lamp(view, lamp, side, (120, 10, 16, 255))
        core = ((0.62, lip - 13), (0.88, lip - 13), (0.90, lip - 7), (0.64, lip - 8))
        yield _lamp(view, core, side, (226, 46, 44, 255))
        white = ((0.60, lip - 16.4), (0.74, lip - 16.4), (0.74, lip - 14), (0.60, lip - 14))
        yield _lamp(view, white, side, (236, 232, 228, 255))
    yield from _number_plate(view, (low + lip) / 2 + 2, 1)


def _number_plate(view: View, z: float, end: int) -> Iterator[Mark]:
    """White with a red rim, 52 by 11 cm, without a number."""
    half = view.shape.width / 2
    x = _end_at(view.shape, 0.15, z + 5, end) + end * 1.5
    for inset, color in ((0.0, (170, 24, 34, 255)), (1.0, (244, 245, 245, 255))):
        y = min(26, half) - inset
        corners = ((-y, z + inset), (y, z + inset), (y, z + 11 - inset), (-y, z + 11 - inset))
        yield view.polygon([(x, each, height) for each, height in corners], color)


def _lamp(view: View, outline: Sequence[Pixel], side: int, color: Rgba) -> Mark:
    return _patch(view, [(y * side, z) for y, z in outline], color)


def _patch(view: View, outline: Sequence[Pixel], color: Rgba = DARK) -> Mark:
    """A patch of the end that is seen; the outline is in shares of the half width, and height."""
    points = []
    for (y0, z0), (y1, z1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        for step in range(6):
            y, z = y0 + (y1 - y0) * step / 6, z0 + (z1 - z0) * step / 6
            x = _end_at(view.shape, abs(y), z, view.end)
            points.append((x, y * view.shape.width / 2, z))
    return view.polygon(points, color)


def _end_at(shape: Shape, y: float, z: float, end: int) -> float:
    """Where the nose (-1) or the tail (1) is, at a share of the half width and a height."""
    wanted = y * shape.width / 2
    for centimetre in range(80):
        x = float(centimetre) if end < 0 else shape.length - centimetre
        if half_width(shape, x, z) >= wanted:
            return x
    return 30.0 if end < 0 else shape.length - 30
