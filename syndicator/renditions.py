"""Makes the copies of one photograph that pages choose from. Pure: bytes in, bytes out.

What comes in was made by strangers. What goes out has no metadata, neither the place where it was
taken nor a colour profile, is upright, sRGB and opaque, and never wider than what came in.
"""

import hashlib
import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
from PIL import Image, ImageCms, ImageOps

from syndicator.look import WIDTHS_PX

TAKEN = ("AVIF", "JPEG", "PNG", "WEBP")  # Pillow's names of what every browser shows
MAX_PIXELS = 40_000_000
MAX_HEIGHT_PX = 4000  # of a copy; WebP ends at 16 383
APART = 1.2  # a width that is nearer to the widest is of no use
ENCODINGS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "image/avif": ("AVIF", {"quality": 50, "speed": 8, "max_threads": 1}),  # else bytes may vary
    "image/webp": ("WEBP", {"quality": 75, "method": 4}),
    "image/jpeg": ("JPEG", {"quality": 80, "progressive": True, "optimize": True}),
}
PAPER = "white"  # behind what is transparent
_MADE_BY = 1  # to be raised when the code below makes other pictures of the same bytes


def _recipe() -> str:
    settings = repr((_MADE_BY, WIDTHS_PX, APART, MAX_HEIGHT_PX, sorted(ENCODINGS.items())))
    return hashlib.blake2b(settings.encode(), digest_size=8).hexdigest()


RECIPE = _recipe()
"""Changes with all that decides how a copy looks, and so do the names of copies."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_WITH_PROFILE = {"RGB", "CMYK", "L"}  # the modes that profiles speak of


class Refused(ValueError):
    """The bytes are no picture that we publish; the message says why."""


class Developed(msgspec.Struct, frozen=True, kw_only=True):
    """A picture ready to be encoded, as wide as its widest copy."""

    image: Any
    widths: tuple[int, ...]  # pixels, narrowest first
    tint: str  # mean colour, ``#rrggbb``


@contextmanager
def quiet() -> Iterator[None]:
    """Without what Pillow remarks on strangers' files; to be entered outside of the threads."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


def unable() -> tuple[str, ...]:
    """The formats that this Pillow was built without."""
    return tuple(name for name, _ in ENCODINGS.values() if name not in _writers())


def name_of(data: bytes) -> str:
    """What its copies are called: the same for the same bytes and recipe."""
    return hashlib.blake2b(data, digest_size=16, key=RECIPE.encode()).hexdigest()


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height in pixels by the header alone.

    :raises Refused: not one of the formats, or too many pixels.
    """
    with _opened(data) as picture:
        return picture.size


def develop(data: bytes) -> Developed:
    """The first frame, upright, opaque and in sRGB.

    :raises Refused: not one of the formats, too many pixels, or not whole.
    """
    try:
        with _opened(data) as picture:
            full = picture.size
            picture.draft(None, (WIDTHS_PX[-1], WIDTHS_PX[-1]))  # a JPEG is read at half its size
            picture.load()
            before = picture.size
            _turn_upright(picture)
            full = full if picture.size == before else full[::-1]
            image = _in_srgb(_shrunk(_opaque(picture), full), picture.info.get("icc_profile"))
    except Refused:
        raise
    except Exception as error:  # no list of what a decoder raises on forged bytes is complete
        raise Refused(f"not a whole picture ({type(error).__name__})") from error
    return Developed(image=image, widths=_widths(image.width), tint=_tint(image))


def encode(picture: Developed, width: int, media_type: str) -> bytes:
    """One copy, in the ratio of the picture."""
    image: Image.Image = picture.image
    if width != image.width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    name, options = ENCODINGS[media_type]
    data = io.BytesIO()
    image.save(data, name, **options)
    return data.getvalue()


def _writers() -> frozenset[str]:
    Image.init()
    return frozenset(Image.SAVE)


def _opened(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=TAKEN)
    except Exception as error:
        raise Refused(f"not a picture we publish ({type(error).__name__})") from error
    width, height = picture.size
    if width * height > MAX_PIXELS:
        picture.close()
        raise Refused(f"{width} x {height} pixels are too many")
    return picture


def _turn_upright(picture: Image.Image) -> None:
    with suppress(Exception):  # forged metadata costs the turn, not the picture
        ImageOps.exif_transpose(picture, in_place=True)


def _opaque(image: Image.Image) -> Image.Image:
    """In one of the modes that profiles speak of, on white."""
    if image.mode.startswith("I"):  # 16 bits of grey, which a conversion alone would clip
        return image.convert("I").point(lambda grey: grey / 256).convert("RGB")
    if image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")  # each copy is 4 x 40 MB
        paper = Image.new("RGBA", image.size, PAPER)
        return Image.alpha_composite(paper, image).convert("RGB")
    return image if image.mode in _WITH_PROFILE else image.convert("RGB")


def _shrunk(image: Image.Image, full: tuple[int, int]) -> Image.Image:
    """As wide as its widest copy shall be; ``full`` is its size before it was drafted."""
    width = min(full[0], WIDTHS_PX[-1], max(1, full[0] * MAX_HEIGHT_PX // full[1]))
    height = min(MAX_HEIGHT_PX, max(1, round(full[1] * width / full[0])))
    if (width, height) == image.size:
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):  # of a profile that is none
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
            if turned is not None:
                image = turned
    plain = image.convert("RGB")
    plain.info.clear()  # some encoders write what they find there
    return plain


def _widths(widest: int) -> tuple[int, ...]:
    return (*(each for each in WIDTHS_PX if each * APART <= widest), widest)


def _tint(image: Image.Image) -> str:
    mean: Any = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return "#{:02x}{:02x}{:02x}".format(*mean)
