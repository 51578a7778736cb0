"""Keeps a copy of each photograph, named by its content, so that pages need no other host.

A picture that cannot be had costs that picture; the next run asks again.
"""

import hashlib
import io
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import msgspec
from PIL import Image, UnidentifiedImageError

from syndicator.errors import OutputError
from syndicator.fetch import Fetcher, FetchError
from syndicator.schema import MirroredPhoto

FORMATS = {  # Pillow's name to media type; what every browser shows and nothing else
    "AVIF": "image/avif",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
MAX_PIXELS = 40_000_000
THREADS = 4
WINDOW = 32


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that is left out of this build."""

    url: str
    reason: str


def mirror(urls: Iterable[str], fetcher: Fetcher, folder: Path) -> Iterator[MirroredPhoto | Failed]:
    """Fetch, examine and keep each picture; results come in the order asked.

    :raises OutputError: the cache cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot keep photos in {folder}: {error.strerror}") from error

    def one(url: str) -> MirroredPhoto | Failed:
        try:
            data = fetcher.get(url).data
            return keep(examine(url, data), data, folder)
        except (FetchError, UnidentifiedImageError, ValueError) as error:
            return Failed(url=url, reason=str(error))

    with ThreadPoolExecutor(THREADS) as pool:
        ahead = iter(urls)
        while window := list(islice(ahead, WINDOW)):  # pool.map alone would submit them all
            yield from pool.map(one, window)


def examine(url: str, data: bytes) -> MirroredPhoto:
    """Format, size and digest by the bytes, never by what the host calls them.

    :raises ValueError: not one of the formats, or too many pixels.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as picture:
                kind, (width, height) = picture.format or "", picture.size
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise ValueError(f"not a picture we publish ({type(error).__name__})") from error
    if width * height > MAX_PIXELS:
        raise ValueError(f"{width} x {height} pixels are too many")
    return MirroredPhoto(
        url=url,
        digest=hashlib.blake2b(data, digest_size=16).hexdigest(),
        media_type=FORMATS[kind],
        width_px=width,
        height_px=height,
        length_bytes=len(data),
    )


def keep(picture: MirroredPhoto, data: bytes, folder: Path) -> MirroredPhoto:
    """Write the bytes under their own name, whole or not at all."""
    target = folder / picture.filename
    if not target.exists():
        part = target.with_suffix(f".{hashlib.blake2b(picture.url.encode()).hexdigest()[:12]}")
        try:
            part.write_bytes(data)
            part.replace(target)
        except OSError as error:
            raise OutputError(
                f"cannot keep a photo in {folder}: {error.strerror}",
                hint="check free space and rights",
            ) from error
    return picture
