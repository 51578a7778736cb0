"""How fast requests may leave: two sliding windows a little inside the API's allowance.

The API counts in windows that we do not see, so neither may any second nor any minute of ours
hold more than it allows; and where it counts more than we do, its own word is followed. Shared by
all threads that use one key.
"""

import math
import re
import threading
from typing import TYPE_CHECKING

import msgspec

from syndicator.source.clock import SYSTEM, Clock

if TYPE_CHECKING:
    from pyrate_limiter import InMemoryBucket, Rate

STATED = 120  # a minute, documented; five of them may come in one second
PER_MINUTE = (39, 40)  # of what is stated: 117 of 120, for the network may bunch requests
PER_SECOND = (1, 30)  # of what is stated: 4 of 120
LEAST_PER_SECOND = 4
SECOND_MS, MINUTE_MS = 1_000, 60_000
LONGEST_WINDOW = 90.0  # seconds: a reset further away is not the minute that is documented
MOST_IN_FLIGHT = 4
SPARE = 1.4  # more than the mean needs: answers do not come evenly
TURN = 0.1  # seconds between two looks at whether another thread's answer has come


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What the ``X-RateLimit-*`` headers of an answer say; ``None`` for nothing of use."""

    limit: int | None = None  # a minute
    remaining: int | None = None
    reset: float | None = None  # seconds from now

    @classmethod
    def stated(cls, limit: str, remaining: str, reset: float | None) -> "Allowance":
        """From the headers' text; nonsense is nothing."""
        return cls(
            limit=int(limit) if re.fullmatch("[1-9][0-9]{0,4}", limit) else None,
            remaining=int(remaining) if re.fullmatch("[0-9]{1,6}", remaining) else None,
            reset=reset if reset is not None and 0 < reset <= LONGEST_WINDOW else None,
        )


class Pace:
    """Lets requests pass one by one; ``granted`` counts them."""

    def __init__(self, clock: Clock = SYSTEM) -> None:
        self.granted = 0
        self._clock = clock
        self._stated = STATED
        self._lock = threading.Lock()
        self._bucket: InMemoryBucket | None = None
        self._in_flight = 0
        self._not_before = self._granted_at = 0.0
        self._is_probing = False  # after a refusal one request goes alone
        self._has_probe_left = False
        self._latency = 0.0

    def wait(self, deadline: float) -> bool:
        """Return once the next request may leave, or at once, with False, if not by then.

        :param deadline: on the clock.
        """
        while (seconds := self._ask()) > 0:
            if self._clock.now() + seconds > deadline:
                return False
            self._clock.sleep(seconds)
        return True

    def answered(self, seconds: float | None, *, refused: bool = False) -> None:
        """A request that was let through has ended.

        :param seconds: how long its answer took; ``None`` where there was none.
        """
        with self._lock:
            self._in_flight -= 1
            if seconds is not None:
                self._latency = 0.7 * self._latency + 0.3 * seconds if self._latency else seconds
            if self._has_probe_left:  # what left before the refusal says nothing
                self._is_probing = refused or seconds is None
                self._has_probe_left = False

    def pause(self, seconds: float) -> None:
        """Let nothing leave for so long, as the API asked; then one request, to see."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock.now() + seconds)
            self._is_probing = True

    def follow(self, said: Allowance) -> None:
        """Adopt the limit that the API states, and slow down where it counts more than we do."""
        with self._lock:
            if said.limit is not None and said.limit != self._stated:
                self._stated = said.limit
                if self._bucket is not None:
                    self._bucket.rates = _rates(self._stated)  # what was granted stays counted
            if said.remaining is not None and said.reset is not None:
                self._steer(said.remaining - self._in_flight + 1, said.reset)

    def in_flight(self, busy: float = 0.0) -> int:
        """How many requests must be under way at once to use the allowance: one to four.

        :param busy: seconds from an answer to the next question.
        """
        per_second = _minute(self._stated) / 60
        needed = math.ceil(SPARE * (self._latency + busy) * per_second)
        return max(1, min(MOST_IN_FLIGHT, needed))

    def _steer(self, left: int, reset: float) -> None:
        """Spread what is left over the rest of the API's window; nothing left waits for it."""
        now = self._clock.now()
        if left <= 0:
            self._not_before = max(self._not_before, now + reset)
        elif left / reset < _minute(self._stated) / 60:
            self._not_before = max(self._not_before, self._granted_at + reset / left)

    def _ask(self) -> float:
        """Nought and a grant, or the seconds until it is worth asking again."""
        from pyrate_limiter import InMemoryBucket, RateItem  # noqa: PLC0415 - slow to import

        with self._lock:
            now = self._clock.now()
            if now < self._not_before:
                return self._not_before - now
            if self._is_probing and self._in_flight:
                return TURN
            if self._bucket is None:
                self._bucket = InMemoryBucket(_rates(self._stated))
            request = RateItem("request", int(now * 1_000))
            self._bucket.leak(request.timestamp)
            if self._bucket.put(request):
                self.granted += 1
                self._in_flight += 1
                self._granted_at = now
                self._has_probe_left = self._is_probing
                return 0
            wait_ms = self._bucket.waiting(request)
            assert isinstance(wait_ms, int)  # only buckets on other machines are awaited
            return max(wait_ms, 1) / 1_000


def _minute(stated: int) -> int:
    return max(1, stated * PER_MINUTE[0] // PER_MINUTE[1])


def _rates(stated: int) -> "list[Rate]":
    from pyrate_limiter import Rate  # noqa: PLC0415 - slow to import

    minute = _minute(stated)
    second = max(LEAST_PER_SECOND, stated * PER_SECOND[0] // PER_SECOND[1])
    rates = [Rate(minute, MINUTE_MS)]
    return [Rate(second, SECOND_MS), *rates] if second < minute else rates
