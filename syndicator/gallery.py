"""Sees to it that every picture that pages show is kept, as it is made today.

A picture that is out stays: where it cannot be had anew, the copies that we have are shown.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from syndicator.catalogue import Catalogue
from syndicator.fetch import Fetcher, host_of
from syndicator.mirror import Failed, Result, Wanted, is_whole, mirror
from syndicator.renditions import RECIPE
from syndicator.schema import MirroredPhoto
from syndicator.store import Store

log = logging.getLogger(__name__)

Lacking = Callable[[str], Wanted | None]
Mirror = Callable[[Iterable[Wanted], Fetcher, Path], Iterator[Result]]


def refresh(
    store: Store,
    catalogue: Catalogue,
    fetcher: Fetcher,
    folders: Sequence[Path],
    mirror: Mirror = mirror,
) -> Iterator[bool]:
    """Make what is lacking; tells of each such picture whether it could be had.

    :param folders: where copies may be; new ones go into the first.
    :param mirror: fetches, develops and keeps; on this machine unless told otherwise.
    :raises OutputError: the copies cannot be written.
    """
    gallery = _Gallery(store, folders)
    passes: tuple[tuple[Lacking, Iterator[str]], ...] = (
        (gallery.lacking, catalogue.photo_urls()),
        (gallery.lost, catalogue.every_photo_url()),  # of cars that left: no host is asked for new
    )
    for ask, urls in passes:
        for found in mirror(_those(ask, urls), fetcher, folders[0]):
            yield gallery.settle(found)


def tidy(store: Store, catalogue: Catalogue, folder: Path) -> None:
    """Forget the pictures of cars that have left for good, with all files that serve none."""
    needed = store.retain_photos(list(catalogue.every_photo_url()))
    for file in folder.rglob("*.*"):
        if not needed & {file.name, file.name.partition("-")[0]}:
            with suppress(OSError):  # it costs space, no more
                file.unlink()


def _those(ask: Lacking, urls: Iterable[str]) -> Iterator[Wanted]:
    return (wanted for wanted in map(ask, urls) if wanted)


class _Gallery:
    def __init__(self, store: Store, folders: Sequence[Path]) -> None:
        self._store = store
        self._folders = folders

    def lacking(self, url: str) -> Wanted | None:
        """A picture of which some copy is not there, or not as it is made today."""
        photo = self._store.photo(url)
        if photo and photo.recipe == RECIPE and is_whole(photo, self._folders):
            return None
        return Wanted(url=url, original=self._original(url))

    def lost(self, url: str) -> Wanted | None:
        """A picture that we had and of which some copy is not there."""
        photo, original = self._store.photo(url), self._original(url)
        is_lost = photo and not is_whole(photo, self._folders)
        return Wanted(url=url, original=original) if original or is_lost else None

    def settle(self, found: MirroredPhoto | Failed) -> bool:
        """Remember what was made, or what could not be."""
        original = self._store.original(found.url)
        if isinstance(found, MirroredPhoto):
            self._store.put_photo(found)
        else:
            log.info("no photo from %s: %s", host_of(found.url), found.reason)
            photo = self._store.photo(found.url)
            if photo is None or not is_whole(photo, self._folders):
                self._store.forget_photo(found.url)
        if original and not self._store.needs_original(original):
            with suppress(OSError):
                (self._folders[0] / original).unlink()
        return isinstance(found, MirroredPhoto)

    def _original(self, url: str) -> Path | None:
        name = self._store.original(url)
        places = [folder / name for folder in self._folders] if name else []
        return next((each for each in places if each.is_file()), None)
