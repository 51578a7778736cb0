"""A walk in lists of so many: for pages, of which one at a time is in memory. Pure."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of ``size``, the last one of what is left."""
    ahead = iter(things)
    while batch := list(islice(ahead, size)):
        yield batch
