"""How fast requests may leave: two sliding windows, a little inside the API's allowance.

The API counts in windows that we do not see, so neither may any second nor any minute of ours
hold more than it allows. Shared by all threads that use one key.
"""

import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyrate_limiter import InMemoryBucket, Rate

STATED = 120  # a minute, documented; five of them may come in one second
PER_MINUTE = (39, 40)  # of what is stated: 117 of 120, for the network may bunch requests
PER_SECOND = (1, 30)  # of what is stated: 4 of 120
LEAST_PER_SECOND = 4
SECOND_MS, MINUTE_MS = 1_000, 60_000


class Pace:
    """Lets one request at a time pass; ``granted`` counts them."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.granted = 0
        self._clock = clock
        self._sleep = sleep
        self._stated = STATED
        self._lock = threading.Lock()
        self._bucket: InMemoryBucket | None = None

    def wait(self) -> None:
        """Return once the next request may leave."""
        while (seconds := self._ask()) > 0:
            self._sleep(seconds)

    def follow(self, stated: str | None) -> None:
        """Adopt the allowance a minute that ``X-RateLimit-Limit`` states; nonsense is ignored."""
        if stated is None or not re.fullmatch("[1-9][0-9]{0,4}", stated):
            return
        with self._lock:
            if int(stated) != self._stated:
                self._stated = int(stated)
                if self._bucket is not None:
                    self._bucket.rates = _rates(self._stated)  # what was granted stays counted

    def _ask(self) -> float:
        """Nought and a grant, or the seconds until it is worth asking again."""
        from pyrate_limiter import InMemoryBucket, RateItem  # noqa: PLC0415 - slow to import

        with self._lock:
            if self._bucket is None:
                self._bucket = InMemoryBucket(_rates(self._stated))
            now = int(self._clock() * 1_000)
            self._bucket.leak(now)
            request = RateItem("request", now)
            if self._bucket.put(request):
                self.granted += 1
                return 0
            wait_ms = self._bucket.waiting(request)
            assert isinstance(wait_ms, int)  # only buckets on other machines are awaited
            return max(wait_ms, 1) / 1_000


def _rates(stated: int) -> "list[Rate]":
    from pyrate_limiter import Rate  # noqa: PLC0415 - slow to import

    minute = max(1, stated * PER_MINUTE[0] // PER_MINUTE[1])
    second = max(LEAST_PER_SECOND, stated * PER_SECOND[0] // PER_SECOND[1])
    rates = [Rate(minute, MINUTE_MS)]
    return [Rate(second, SECOND_MS), *rates] if second < minute else rates
