import io
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageCms, features

from syndicator import renditions
from syndicator.renditions import (
    ENCODINGS,
    MAX_HEIGHT_PX,
    MAX_PIXELS,
    RECIPE,
    Developed,
    Refused,
    develop,
    encode,
    name_of,
    quiet,
    size_of,
)
from syndicator.schema import PHOTO_EXTENSIONS

pytestmark = pytest.mark.usefixtures("unremarked")

RED, BLUE = (220, 30, 30), (30, 30, 220)


@pytest.fixture
def unremarked() -> Iterator[None]:
    with quiet():
        yield


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    return saved(Image.new("RGB", size, "#336699"), kind)


def forged(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its one pixel has not."""
    body = picture("PNG", (1, 1))
    body = body[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + body[24:]
    return body[:29] + zlib.crc32(body[12:29]).to_bytes(4, "big") + body[33:]


def copies(developed: Developed) -> dict[tuple[str, int], Image.Image]:
    return {
        (kind, width): Image.open(io.BytesIO(encode(developed, width, kind)))
        for kind in ENCODINGS
        for width in developed.widths
    }


def colour(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    found: Any = image.convert("RGB").getpixel(at)
    return tuple(found)


def near(found: tuple[int, ...], wanted: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


def test_a_large_photo_becomes_three_widths_in_three_formats_and_one_ratio() -> None:
    made = copies(develop(picture(size=(2000, 1500))))
    sizes = {key: image.size for key, image in made.items()}
    assert sizes == {
        (kind, width): (width, width * 3 // 4)
        for kind in ("image/avif", "image/webp", "image/jpeg")
        for width in (480, 960, 1600)
    }
    assert {kind: image.format for (kind, _), image in made.items()} == {
        "image/avif": "AVIF",
        "image/webp": "WEBP",
        "image/jpeg": "JPEG",
    }


def test_what_is_made_is_what_has_a_name() -> None:
    assert list(ENCODINGS) == list(PHOTO_EXTENSIONS)


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, (1,)),
        (300, (300,)),
        (480, (480,)),
        (500, (500,)),
        (640, (480, 640)),
        (1000, (480, 1000)),
        (1300, (480, 960, 1300)),
        (1600, (480, 960, 1600)),
    ],
)
def test_a_photo_is_never_made_wider(width: int, widths: tuple[int, ...]) -> None:
    assert develop(picture("PNG", (width, 3))).widths == widths


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_one_pixel_is_a_picture_of_every_format(kind: str) -> None:
    made = copies(develop(picture(kind, (1, 1))))
    assert {image.size for image in made.values()} == {(1, 1)}


@pytest.mark.parametrize("size", [(20_000, 3), (3, 20_000), (20_000, 1)])
def test_a_strip_is_shown_within_our_bounds(size: tuple[int, int]) -> None:
    for image in copies(develop(picture("PNG", size))).values():
        assert 1 <= image.width <= 1600
        assert 1 <= image.height <= MAX_HEIGHT_PX


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", picture("GIF"), b"\xff\xd8\xff"],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="not a picture"):
        develop(data)


@pytest.mark.parametrize("size", [(MAX_PIXELS + 1, 1), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    for ask in (develop, size_of):
        with pytest.raises(Refused, match=r"too many|DecompressionBomb"):
            ask(forged(*size))


def test_a_header_that_lies_is_refused() -> None:
    with pytest.raises(Refused, match="not a whole picture"):
        develop(forged(300, 300))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_truncated_file_is_refused(kind: str) -> None:
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    data = saved(noise, kind)
    with pytest.raises(Refused):
        develop(data[: len(data) * 2 // 3])


@pytest.mark.parametrize("flipped", [3, 6, 8])
def test_a_photo_stands_upright(flipped: int) -> None:
    """Red is at the top left once the turn that EXIF asks for is made."""
    upright = Image.new("RGB", (60, 40), BLUE)
    upright.paste(RED, (0, 0, 20, 20))
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90,
            8: Image.Transpose.ROTATE_270}  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = flipped
    found = develop(saved(upright.transpose(back[flipped]), "JPEG", exif=exif, quality=95))
    assert found.image.size == (60, 40)
    assert near(colour(found.image, (6, 6)), RED)
    assert near(colour(found.image, (50, 34)), BLUE)


def test_a_large_photo_that_lies_on_its_side_has_the_ratio_it_is_seen_in() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(Image.new("RGB", (4000, 3000), RED), "JPEG", exif=exif)
    assert develop(data).image.size == (1600, 2133)


def test_no_copy_says_where_the_photo_was_taken_or_anything_else() -> None:
    exif = Image.Exif()
    exif[0x010E] = "canary description"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 13.0, 12.0)
    data = saved(
        Image.new("RGB", (600, 400), RED),
        "JPEG",
        exif=exif,
        comment=b"canary comment",
        xmp=b"<x:xmpmeta>canary</x:xmpmeta>",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    assert b"canary" in data
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)
    developed = develop(data)
    for (kind, width), image in copies(developed).items():
        assert b"canary" not in encode(developed, width, kind)
        assert not {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp"} & set(image.info)
        assert not image.getexif().get_ifd(0x8825)


def test_forged_metadata_costs_no_picture() -> None:
    data = saved(Image.new("RGB", (40, 30), RED), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert near(colour(develop(data).image, (9, 9)), RED)


@pytest.mark.parametrize(
    ("image", "wanted"),
    [
        (Image.new("CMYK", (20, 20), (0, 255, 255, 0)), (255, 0, 0)),
        (Image.new("L", (20, 20), 120), (120, 120, 120)),
        (Image.new("1", (20, 20), 1), (255, 255, 255)),
    ],
)
def test_other_colour_spaces_become_rgb(image: Image.Image, wanted: tuple[int, int, int]) -> None:
    for copy in copies(develop(saved(image, "JPEG", quality=95))).values():
        assert copy.mode == "RGB"
        assert near(colour(copy, (9, 9)), wanted)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_becomes_white(mode: str) -> None:
    image = Image.new("RGBA", (20, 20), (10, 10, 10, 0))
    image.paste((10, 10, 10, 255), (0, 0, 10, 20))
    found = develop(saved(image.convert(mode))).image
    assert near(colour(found, (3, 9)), (10, 10, 10))
    assert near(colour(found, (17, 9)), (255, 255, 255))


def test_a_palette_without_transparency_keeps_its_colours() -> None:
    image = Image.new("RGB", (20, 20), RED).convert("P", palette=Image.Palette.ADAPTIVE)
    assert near(colour(develop(saved(image)).image, (9, 9)), RED)


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_of_what_moves_the_first_frame_is_shown(kind: str) -> None:
    second = Image.new("RGB", (20, 20), BLUE)
    data = saved(
        Image.new("RGB", (20, 20), RED), kind, save_all=True, append_images=[second], duration=50
    )
    for copy in copies(develop(data)).values():
        assert getattr(copy, "n_frames", 1) == 1
        assert near(colour(copy, (9, 9)), RED, by=20)


def test_a_colour_profile_is_followed() -> None:
    """In a space where red and blue have changed places, red is blue."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    for kind, mode in (("PNG", "RGB"), ("WEBP", "RGB"), ("PNG", "RGBA")):
        data = saved(Image.new(mode, (20, 20), RED), kind, icc_profile=swapped)
        assert near(colour(develop(data).image, (9, 9)), RED[::-1], by=30)


def test_a_profile_that_is_none_is_ignored() -> None:
    data = saved(Image.new("RGB", (20, 20), RED), icc_profile=b"no profile at all")
    assert colour(develop(data).image, (9, 9)) == RED


def test_the_tint_is_the_mean_colour() -> None:
    half = Image.new("RGB", (20, 20), (0, 0, 0))
    half.paste((255, 255, 255), (0, 0, 10, 20))
    assert develop(saved(half)).tint in {"#7f7f7f", "#808080"}
    assert develop(picture("PNG")).tint == "#336699"


def test_the_same_bytes_have_the_same_name_and_the_same_copies() -> None:
    noise = saved(Image.effect_noise((500, 375), 60).convert("RGB"), "JPEG")
    one, two = develop(noise), develop(bytes(noise))
    assert name_of(noise) == name_of(bytes(noise))
    assert name_of(noise) != name_of(noise + b"\0")
    for kind in ENCODINGS:
        assert encode(one, 500, kind) == encode(two, 500, kind)


def test_another_setting_is_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    before = name_of(b"x")
    monkeypatch.setattr(renditions, "WIDTHS_PX", (320, 640, 1280))
    assert renditions._recipe() != RECIPE
    monkeypatch.setattr(renditions, "RECIPE", renditions._recipe())
    assert name_of(b"x") != before


def test_a_pillow_that_lacks_a_format_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert renditions.unable() == ()
    assert features.check("avif")
    without = frozenset(Image.SAVE) - {"AVIF"}
    monkeypatch.setattr(renditions, "_writers", lambda: without)
    assert renditions.unable() == ("AVIF",)


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    image = Image.new("I;16", (20, 20), 0x4000)
    found = develop(saved(image)).image
    assert near(colour(found, (9, 9)), (64, 64, 64))
