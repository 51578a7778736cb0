import re
from pathlib import Path

import pytest

from syndicator.exporters.showroom.pictures import Source, picture, tint_class
from syndicator.links import Links
from syndicator.models import Photo, Rendition

SITE = "https://voorraad.example"
LINKS = Links(site_url=SITE, languages=("nl",), folder="", place="", dealers={}, feeds=())
CSS = Path(__file__).parent.parent / "templates/assets/showroom.css"


def mirrored(*widths: int) -> Photo:
    kinds = {"image/avif": "avif", "image/webp": "webp", "image/jpeg": "jpg"}
    return Photo(
        url=f"{SITE}/p-{widths[-1]}.jpg",
        width_px=widths[-1],
        height_px=widths[-1] * 3 // 4,
        tint="#8a97a3",
        renditions=tuple(
            Rendition(url=f"{SITE}/p-{width}.{ending}", width_px=width, media_type=kind)
            for kind, ending in kinds.items()
            for width in widths
        ),
    )


def test_better_formats_come_first_and_a_jpeg_is_there_for_all() -> None:
    shown = picture(mirrored(480, 960), LINKS)
    assert shown.sources == (
        Source(media_type="image/avif", srcset="/p-480.avif 480w, /p-960.avif 960w"),
        Source(media_type="image/webp", srcset="/p-480.webp 480w, /p-960.webp 960w"),
    )
    assert shown.srcset == "/p-480.jpg 480w, /p-960.jpg 960w"


@pytest.mark.parametrize(
    ("widths", "src", "href"),
    [
        ((480, 960, 1600), "/p-960.jpg", "/p-1600.jpg"),
        ((480, 700), "/p-700.jpg", "/p-700.jpg"),
        ((1,), "/p-1.jpg", "/p-1.jpg"),
    ],
)
def test_who_cannot_choose_gets_a_middle_width_and_who_looks_closer_the_largest(
    widths: tuple[int, ...], src: str, href: str
) -> None:
    shown = picture(mirrored(*widths), LINKS)
    assert (shown.src, shown.href) == (src, href)


def test_a_photo_of_unknown_size_has_the_ratio_of_its_frame() -> None:
    shown = picture(Photo(url="https://images.example/1.jpg"), LINKS, "Volvo")
    assert (shown.src, shown.href) == ("https://images.example/1.jpg",) * 2
    assert (shown.width, shown.height) == (1600, 1200)
    assert (shown.srcset, shown.sources, shown.tint, shown.alt) == ("", (), "", "Volvo")


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#000000", "tint-000"), ("#ffffff", "tint-333"), ("#8a97a3", "tint-222"),
     ("#3f40c0", "tint-013")],
)  # fmt: skip
def test_a_colour_becomes_the_nearest_of_64(colour: str, name: str) -> None:
    assert tint_class(colour) == name


def test_the_style_sheet_knows_every_tint() -> None:
    written = set(re.findall(r"\.(tint-\d{3}) ", CSS.read_text()))
    steps = ("00", "40", "80", "c0")
    assert {tint_class(f"#{r}{g}{b}") for r in steps for g in steps for b in steps} == written
