"""Asks for the next pages while this one is under way, where one at a time would be too slow.

As few as the pace needs. A request that left is never cancelled: it counts, and its connection is
kept. What was asked for and is not wanted any more is dropped.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from syndicator.source.background import begun
from syndicator.source.wire import Page

if TYPE_CHECKING:
    from concurrent.futures import Future

Fetch = Callable[[int], Page]


class Ahead:
    """A way to fetch a page by number that may have it already."""

    def __init__(
        self,
        fetch: Fetch,
        in_flight: Callable[[float], int],
        now: Callable[[], float] = time.monotonic,
        *,
        last: int = 1,
    ) -> None:
        """:param in_flight: how many requests may be under way at once, this one included.

        It is told for how many seconds the last page kept its reader busy.

        :param last: a page that the list has for certain, as far as anybody knows.
        """
        self._fetch = fetch
        self._in_flight = in_flight
        self._now = now
        self._handed_on: float | None = None
        self._coming: dict[int, Future[Page]] = {}
        self._last = last

    def __call__(self, number: int) -> Page:
        """The page, or what the request for it raised."""
        busy = 0.0 if self._handed_on is None else self._now() - self._handed_on
        coming = self._coming.pop(number, None)
        for later in range(number + 1, min(number + self._in_flight(busy) - 1, self._last) + 1):
            if later not in self._coming:
                self._coming[later] = begun(partial(self._fetch, later))
        page = self._fetch(number) if coming is None else coming.result()
        self._last = _last(page)
        self._handed_on = self._now()
        return page


def _last(page: Page) -> int:
    """How far the list goes as far as the page says; beyond it nothing is asked for in advance."""
    stated = page.pagination
    if stated is None or not stated.total_items or not stated.page_size:
        return 1
    return -(-stated.total_items // stated.page_size)
