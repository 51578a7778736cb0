"""Fetches photographs and keeps copies of each, so that pages need no other host.

A picture that cannot be had costs that picture; the next run asks again.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import msgspec

from syndicator import renditions
from syndicator.darkroom import Darkroom
from syndicator.errors import OutputError
from syndicator.fetch import Fetcher, FetchError
from syndicator.renditions import Refused
from syndicator.schema import PHOTO_EXTENSIONS, MirroredPhoto

THREADS = min(8, 2 + (os.cpu_count() or 1))  # some wait for the network while others develop
WINDOW = 32


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to be had; ``original`` is where it is kept as sent, if it is."""

    url: str
    original: Path | None = None


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that cannot be had now."""

    url: str
    reason: str


Result: TypeAlias = MirroredPhoto | Failed


def is_whole(photo: MirroredPhoto, folders: Sequence[Path]) -> bool:
    """Whether all its copies are in one or the other of the folders."""
    return all(any(_size(each / name) for each in folders) for name in photo.files)


def mirror(wanted: Iterable[Wanted], fetcher: Fetcher, folder: Path) -> Iterator[Result]:
    """Fetch, develop and keep each picture; results come in the order asked.

    :raises OutputError: the cache cannot be written, or Pillow cannot write a format.
    """
    prepare(folder)
    with ThreadPoolExecutor(THREADS) as pool, Darkroom() as darkroom:
        studio = Studio(fetcher, darkroom, folder)
        try:
            yield from in_order(
                lambda each: pool.submit(studio.take, each).result, wanted, lambda: WINDOW
            )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def prepare(folder: Path) -> None:
    """See to it that copies can be made and kept.

    :raises OutputError: the cache cannot be written, or Pillow cannot write a format.
    """
    if unable := renditions.unable():
        raise OutputError(
            f"this Pillow cannot write {', '.join(unable)}",
            hint='install Pillow from PyPI, or say images = "remote"',
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot keep photos in {folder}: {error.strerror}") from error


def in_order(
    begin: Callable[[Wanted], Callable[[], Result]],
    wanted: Iterable[Wanted],
    window: Callable[[], int],
) -> Iterator[Result]:
    """What comes of each, in the order asked.

    :param begin: starts one and returns how to wait for it.
    :param window: how many may be under way now, at least one.
    """
    ahead = iter(wanted)
    under_way: deque[Callable[[], Result]] = deque()
    while True:
        under_way.extend(map(begin, islice(ahead, max(0, window() - len(under_way)))))
        if not under_way:
            return
        yield under_way.popleft()()


class Studio:
    """What the threads share."""

    def __init__(self, fetcher: Fetcher, darkroom: Darkroom, folder: Path) -> None:
        self._fetcher = fetcher
        self._darkroom = darkroom
        self._folder = folder

    def take(self, wanted: Wanted) -> Result:
        """The picture as sent, or else from where it came."""
        with suppress(OSError, Refused):
            if wanted.original:
                return self._develop(wanted.url, wanted.original.read_bytes())
        try:
            return self._develop(wanted.url, self._fetcher.get(wanted.url).data)
        except (FetchError, Refused) as error:
            return Failed(url=wanted.url, reason=str(error))

    def _develop(self, url: str, data: bytes) -> MirroredPhoto:
        with self._darkroom.developed(data) as (shape, copy):
            photo = MirroredPhoto(
                url=url,
                digest=renditions.name_of(data),
                recipe=renditions.RECIPE,
                widths=shape.widths,
                height_px=shape.height,
                length_bytes=0,
                tint=shape.tint,
            )
            sizes = [
                _keep(self._folder / photo.file(kind, width), partial(copy, width, kind))
                for kind in PHOTO_EXTENSIONS
                for width in photo.widths
            ]
        return msgspec.structs.replace(photo, length_bytes=sizes[-1])


def _size(file: Path) -> int:
    """In bytes; of nothing, or of what a power cut has emptied, 0."""
    return file.stat().st_size if file.is_file() else 0


def _keep(target: Path, copy: Callable[[], bytes]) -> int:
    """Write one copy under its own name, whole or not at all, unless it is there; its bytes."""
    try:
        if size := _size(target):
            return size
        target.parent.mkdir(exist_ok=True)
        data = copy()
        part = target.with_name(f".{target.name}.{uuid4().hex}")
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        raise OutputError(
            f"cannot keep a photo in {target.parent}: {error.strerror or error}",
            hint="check free space and rights",
        ) from error
    return len(data)
