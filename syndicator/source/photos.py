"""The pictures of a listing, in the order in which they are shown. Pure."""

from collections.abc import Iterator
from typing import Any

from syndicator.models import Photo
from syndicator.source.fields import Fields, address, whole

MAX_PHOTOS = 60
MAX_ENTRIES = 5_000  # what is looked at; the rest of an absurd list is not even sorted

_read_position = whole(-(10**9), 10**9)

Placed = tuple[tuple[bool, int], str]  # sorts by position; those without one come last


def photos(fields: Fields) -> tuple[Photo, ...]:
    """By ``position``, then as listed; ``mainImageUrl`` first; each address once; at most 60."""
    placed = sorted(_placed(fields), key=lambda each: each[0])  # stable
    main = fields.read("mainImageUrl", address)
    urls = list(dict.fromkeys(([main] if main else []) + [url for _, url in placed]))
    if len(urls) > MAX_PHOTOS:
        fields.note("images")(f"more than {MAX_PHOTOS}")
    return tuple(Photo(url=url) for url in urls[:MAX_PHOTOS])


def _placed(fields: Fields) -> Iterator[Placed]:
    for entry in fields.array("images", MAX_ENTRIES):
        url, position = _entry(fields, entry)
        if url is not None:
            yield (position is None, position or 0), url


def _entry(fields: Fields, entry: Any) -> tuple[str | None, int | None]:
    """An object with ``url`` (``imageUrl`` on write), or a bare address."""
    if not isinstance(entry, dict):
        return address(entry, fields.note("images[]")), None
    own = fields.entry("images", entry)
    url = own.read("url", address) or own.read("imageUrl", address)
    return url, own.read("position", _read_position)
