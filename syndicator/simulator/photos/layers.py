"""A scene as images that do not know the car's colour yet, so that they serve every colour."""

import functools
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

from syndicator.simulator.photos import studio
from syndicator.simulator.photos.body import BLACK, CABIN, GLASS, PAINT
from syndicator.simulator.photos.paints import Paint, Rgb, mix
from syndicator.simulator.photos.scene import Patch, Scene, Stand, scene
from syndicator.simulator.photos.studio import FINE, HEIGHT, WIDTH
from syndicator.simulator.photos.view import Mark

_FINE_SIZE = (WIDTH * FINE, HEIGHT * FINE)
_SOFTEN = 5  # pixels; the mesh is coarse, what it shines with is not
_KEPT = 40  # scenes of two to three megabytes


class Layers(NamedTuple):
    """From back to front; all are cut to ``box`` (left, top, right, bottom)."""

    box: tuple[int, int, int, int]
    under: Image.Image  # RGBA: shadow and tyres
    paint: Image.Image  # L: where the car is, paint or what lies over it
    light: Image.Image  # L: how light
    gloss: Image.Image  # L: how much of the lamps it mirrors
    over: Image.Image  # RGBA: glass, wheels, lamps, seams


@functools.lru_cache(maxsize=_KEPT)
def layers(body: str | None, stand: Stand) -> Layers:
    """The car of that body, seen from there, ready for any paint."""
    car = scene(body, stand)
    light, gloss = _lights(car.patches)
    shown = (
        _floor(car),
        _mask(car.patches, {PAINT, GLASS, BLACK, CABIN}).reduce(FINE),
        light,
        gloss,
        _over(car, light, gloss),
    )
    boxes = [image.getbbox() or (0, 0, WIDTH, HEIGHT) for image in (shown[0], shown[1], shown[4])]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return Layers(box, *(image.crop(box) for image in shown))


def compose(image: Image.Image, car: Layers, color: Paint) -> None:
    """Put the car, in its colour, into the studio."""
    left, top = car.box[:2]
    image.paste(car.under, (left, top), car.under)
    dark = mix((6, 7, 9), color.rgb, 0.18 if color.metallic else 0.3)
    painted = tinted(car.light, car.gloss, dark, color.rgb, 0.8)
    image.paste(painted, (left, top), car.paint)
    image.paste(car.over, (left, top), car.over)


def _floor(car: Scene) -> Image.Image:
    tyres = Image.new("RGBA", _FINE_SIZE)
    _draw(tyres, car.behind)
    floor = Image.new("RGBA", (WIDTH, HEIGHT), (14, 16, 20, 0))
    floor.putalpha(studio.shadow(car.footprint))
    floor.alpha_composite(tyres.reduce(FINE))
    return floor


def _over(car: Scene, light: Image.Image, gloss: Image.Image) -> Image.Image:
    over = Image.new("RGBA", _FINE_SIZE)
    glass = tinted(light, gloss, (10, 13, 16), (62, 71, 80), 0.75)
    over.paste(glass.resize(_FINE_SIZE), mask=_mask(car.patches, {GLASS}))
    over.paste(_dull(car.patches), mask=_mask(car.patches, {BLACK, CABIN}))
    _draw(over, car.marks)
    return over.reduce(FINE)


def _lights(patches: Sequence[Patch]) -> tuple[Image.Image, Image.Image]:
    """How light the car is and how much of the lamps it mirrors, smooth."""
    light, gloss = Image.new("L", (WIDTH, HEIGHT), 130), Image.new("L", (WIDTH, HEIGHT))
    on_light, on_gloss = ImageDraw.Draw(light), ImageDraw.Draw(gloss)
    for patch in patches:
        points = [(x / FINE, y / FINE) for x, y in patch.points]
        on_light.polygon(points, fill=round(patch.light * 255))
        on_gloss.polygon(points, fill=round(patch.gloss * 255))
    soften = ImageFilter.GaussianBlur(_SOFTEN)
    return light.filter(soften), gloss.filter(soften)


def _mask(patches: Sequence[Patch], materials: Container[int]) -> Image.Image:
    """Where some materials are seen, in fine pixels."""
    mask = Image.new("L", _FINE_SIZE)
    brush = ImageDraw.Draw(mask)
    for patch in patches:
        brush.polygon(patch.points, fill=255 if patch.material in materials else 0)
    return mask


def _dull(patches: Sequence[Patch]) -> Image.Image:
    """Plastic and the open cabin, which do not shine."""
    image = Image.new("RGB", _FINE_SIZE)
    brush = ImageDraw.Draw(image)
    for patch in patches:
        if patch.material in {BLACK, CABIN}:
            high = (46, 44, 42) if patch.material == CABIN else (40, 41, 44)
            brush.polygon(patch.points, fill=mix((11, 11, 13), high, patch.light))
    return image


def tinted(
    light: Image.Image, gloss: Image.Image, dark: Rgb, bright: Rgb, mirror: float
) -> Image.Image:
    """From dark to bright with the light, and to white with the gloss."""
    bands = [
        light.point([round(d + (b - d) * level / 255) for level in range(256)])
        for d, b in zip(dark, bright, strict=True)
    ]
    white = Image.new("RGB", light.size, (255, 255, 255))
    strength = gloss.point([round(level * mirror) for level in range(256)])
    return Image.composite(white, Image.merge("RGB", bands), strength)


def _draw(image: Image.Image, marks: Iterable[Mark]) -> None:
    """Marks in their order; what is behind a see-through one stays."""
    for mark in marks:
        if mark.color[3] == 255:
            _stroke(image, mark)
        else:
            _film(image, mark)


def _film(image: Image.Image, mark: Mark) -> None:
    xs, ys = [x for x, _ in mark.points], [y for _, y in mark.points]
    margin = mark.width + 2
    left, top = max(0, int(min(xs) - margin)), max(0, int(min(ys) - margin))
    right, bottom = min(image.width, max(xs) + margin), min(image.height, max(ys) + margin)
    if right <= left or bottom <= top:
        return  # out of the picture
    film = Image.new("RGBA", (int(right - left), int(bottom - top)))
    points = tuple((x - left, y - top) for x, y in mark.points)
    _stroke(film, mark._replace(points=points))
    image.alpha_composite(film, (left, top))


def _stroke(image: Image.Image, mark: Mark) -> None:
    brush = ImageDraw.Draw(image)
    if mark.width:
        brush.line(mark.points, fill=mark.color, width=max(1, round(mark.width)), joint="curve")
    else:
        brush.polygon(mark.points, fill=mark.color)
