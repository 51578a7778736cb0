"""A car before the camera: the flat pieces of a picture, back to front, not yet coloured."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from syndicator.simulator.photos import details
from syndicator.simulator.photos.body import Point, Quad, mesh, mirrored
from syndicator.simulator.photos.camera import Camera, Frame, Pixel, facing, fit, reflect
from syndicator.simulator.photos.shapes import Shape, shape_of
from syndicator.simulator.photos.view import Mark, View

CLOSE_BEHIND = 0.02  # cosine below which a surface is seen from the back


class Stand(NamedTuple):
    """Where the camera stands, and the box of pixels in which the car then is."""

    yaw: float  # degrees; 0: before the nose
    height: float  # cm
    distance: float  # cm
    box: tuple[float, float, float, float]


class Patch(NamedTuple):
    """A polygon in pixels: how light it is, how much white it mirrors (0 to 1), what it is."""

    points: tuple[Pixel, ...]
    light: float
    gloss: float
    material: int


class Scene(NamedTuple):
    """What is painted: the body's patches, marks of fixed colour under and over it, the floor."""

    behind: tuple[Mark, ...]
    patches: tuple[Patch, ...]
    marks: tuple[Mark, ...]
    footprint: tuple[Pixel, ...]


def scene(body: str | None, stand: Stand) -> Scene:
    """The car of that body, seen from there."""
    shape = shape_of(body)
    camera = Camera(stand.yaw, stand.height, stand.distance, (shape.length / 2, 0.0, 60.0))
    quads = _both_halves(body)
    corners = (corner for quad in quads for corner in quad.corners)
    frame = fit(map(camera.project, corners), _above_floor(stand.box, shape))
    view = View(shape, camera, frame)
    half = shape.width / 2
    floor = ((0.0, -half), (0.0, half), (shape.length, half), (shape.length, -half))
    return Scene(
        behind=tuple(details.behind(view)),
        patches=tuple(_patches(quads, camera, frame)),
        marks=tuple(details.marks(view)),
        footprint=tuple(view.pixel((x, y, 0.0)) for x, y in floor),
    )


def _above_floor(
    box: tuple[float, float, float, float], shape: Shape
) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left, top, right, bottom - shape.bottom[2][1] * (right - left) / shape.length * 0.9


def _both_halves(body: str | None) -> list[Quad]:
    one = mesh(body)
    return [*one, *map(mirrored, one)]


def _patches(quads: Sequence[Quad], camera: Camera, frame: Frame) -> Iterator[Patch]:
    seen = []
    for quad in quads:
        middle = _middle(quad.corners)
        towards = camera.towards(middle)
        angle = facing(towards, quad.normal)
        if angle > CLOSE_BEHIND:
            seen.append((camera.distance(middle), angle, towards, quad))
    seen.sort(key=lambda each: each[0], reverse=True)
    for _, angle, towards, quad in seen:
        points = tuple(frame.place(camera.project(corner)) for corner in quad.corners)
        light, gloss = _shade(quad, angle, reflect(towards, quad.normal))
        yield Patch(points, light, gloss, quad.material)


def _shade(quad: Quad, angle: float, mirrored_look: Point) -> tuple[float, float]:
    """A studio: a wide lamp above, light walls, a dark line at the horizon, a grey floor."""
    up = mirrored_look[2]
    sky = smooth(-0.25, 0.75, 0.55 * quad.normal[2] + 0.45 * up)
    wall = smooth(-0.45, 0.25, up)
    lamp = 0.5 * smooth(0.55, 0.9, up)
    strip = 0.2 * smooth(0.06, 0.18, up) * (1 - smooth(0.26, 0.42, up))
    grazing = 0.3 * (1 - angle) ** 4
    light = 0.36 + 0.24 * wall + 0.34 * sky + 0.1 * angle
    return min(light, 1.0), min(lamp + strip + grazing, 0.9)


def smooth(low: float, high: float, value: float) -> float:
    """0 below ``low``, 1 above ``high``, and a soft step between them."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _middle(corners: Sequence[Point]) -> Point:
    count = len(corners)
    x, y, z = (sum(each) / count for each in zip(*corners, strict=True))
    return x, y, z
