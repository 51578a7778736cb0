"""What is seen of the inside where there is no roof."""

from collections.abc import Iterator

from syndicator.simulator.photos.shapes import at
from syndicator.simulator.photos.view import Mark, View, hull


def open_cabin(view: View) -> Iterator[Mark]:
    """Seats, then the windscreen in its frame; the other way round when seen from behind."""
    parts = [list(_seats(view)), list(_windscreen(view))]
    for part in parts if view.end != 1 else reversed(parts):
        yield from part


def _seats(view: View) -> Iterator[Mark]:
    shape = view.shape
    z = at(shape.shoulder, 240)
    far_first = (-1, 1) if view.camera.place[1] > 0 else (1, -1)
    for x, lift in ((296, 14), (232, 20)) if view.end != 1 else ((232, 20), (296, 14)):
        for side in far_first:
            for top, width, tone in ((lift - 7, 24, 52), (lift, 13, 66)):
                box = [
                    view.pixel((x + dx + dz * 0.25, side * 38 + dy, z + dz))
                    for dx in (0, 11)
                    for dy, dz in ((-width, -4), (-width, top - 4), (-width * 0.8, top),
                                   (width * 0.8, top), (width, top - 4), (width, -4))
                ]  # fmt: skip
                yield Mark(hull(box), (tone, tone - 4, tone - 8, 255))


def _windscreen(view: View) -> Iterator[Mark]:
    shape = view.shape
    (low_x, high_x), z = shape.windscreen, at(shape.top, shape.windscreen[0])
    low_y, high_y, high_z = shape.width / 2 * 0.84, shape.width / 2 * 0.70, 131.0
    corners = [
        (low_x, -low_y, z), (high_x, -high_y, high_z), (high_x, high_y, high_z), (low_x, low_y, z)
    ]  # fmt: skip
    yield view.polygon(corners, (150, 172, 190, 84))
    rim = map(view.pixel, corners)
    yield Mark(tuple(rim), (26, 27, 30, 255), 3.6 * view.centimetre)
