import io
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from syndicator.simulator import photos
from syndicator.simulator.photos.paints import paint
from syndicator.simulator.photos.shapes import SHAPES
from syndicator.simulator.phrases import COLORS


def picture(body: str = "suv", color: str = "Rood", view: str = "right", seed: int = 0) -> bytes:
    return photos.draw("Skoda", body, color, view, seed)


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def difference(one: bytes, other: bytes) -> float:
    """The mean difference per channel, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(opened(one), opened(other))).mean) / 3


@pytest.mark.parametrize("view", photos.VIEWS)
def test_every_view_is_a_jpeg_of_its_size_and_the_same_every_time(view: str) -> None:
    data = picture(view=view)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", (960, 720))
    assert picture(view=view) == data


def test_views_differ() -> None:
    drawn = [picture(view=view) for view in photos.VIEWS]
    assert min(difference(*pair) for pair in combinations(drawn, 2)) > 2


def test_bodies_can_be_told_apart_by_their_outline() -> None:
    drawn = [picture(body, "Zwart") for body in SHAPES]
    assert min(difference(*pair) for pair in combinations(drawn, 2)) > 0.8


@pytest.mark.parametrize("body", ["", "other", "Pick-up"])
def test_an_unknown_body_is_drawn_as_a_hatchback(body: str) -> None:
    assert picture(body) == picture("hatchback")


@pytest.mark.parametrize(
    ("color", "channels"),
    [("Rood", "rgb"), ("Donkerblauw metallic", "bgr"), ("Groen", "gbr"), ("Oranje", "rgb")],
)
def test_the_door_has_the_colour_of_the_listing(color: str, channels: str) -> None:
    patch = opened(picture("suv", color)).crop((470, 430, 500, 460))
    levels = dict(zip("rgb", ImageStat.Stat(patch).mean, strict=True))
    assert levels[channels[0]] == max(levels.values())
    assert levels[channels[0]] > 1.3 * min(levels.values())


def test_white_is_lighter_than_grey_and_grey_than_black() -> None:
    doors = [
        opened(picture("suv", color)).crop((470, 430, 500, 460)).convert("L")
        for color in ("Wit", "Grijs", "Zwart")
    ]
    levels = [ImageStat.Stat(door).mean[0] for door in doors]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] - levels[2] > 120


def test_every_colour_word_of_the_stock_is_a_paint() -> None:
    unknown = paint("Marsviolet")
    assert all(paint(color) != unknown for color in COLORS)


def test_dark_and_light_are_heeded() -> None:
    dark, plain, light = (sum(paint(word).rgb) for word in ("Donkerblauw", "Blauw", "Lichtblauw"))
    assert dark < plain < light


def test_the_pictures_of_a_listing_show_different_sides_first() -> None:
    listing = {"id": "a", "brand": None, "bodyType": "van", "color": None}
    views = [photos.subject(listing, number)[3] for number in range(len(photos.VIEWS))]
    assert sorted(views) == sorted(photos.VIEWS)
    make, body, color, _, _ = photos.subject(listing, 0)
    assert (make, body, color) == ("", "van", "")
