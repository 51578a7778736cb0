"""Walks in parts: for pages, of which one at a time is in memory. Pure."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@runtime_checkable
class Skippable(Protocol[T_co]):
    """A stock whose walk may begin further on, without reading what comes before."""

    def after(self, count: int) -> Iterator[T_co]:
        """All but the first ones."""


def rest_of(stock: Iterable[T], count: int) -> Iterator[T]:
    """All but the first ones, in their order."""
    return stock.after(count) if isinstance(stock, Skippable) else islice(stock, count, None)


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of ``size``, the last one of what is left."""
    ahead = iter(things)
    while batch := list(islice(ahead, size)):
        yield batch
