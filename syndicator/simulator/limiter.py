"""How often a key may ask: so many requests in a fixed window of a minute, five in any second."""

import math
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from syndicator.simulator.messages import Refusal, Response

WINDOW = 60  # seconds
BURST = 5  # requests in any second
UNLIMITED = 60_000  # what is stated per minute where nothing is limited


class Limiter:
    """Counts requests per key, refused ones too. ``clock`` gives Unix seconds.

    :param per_minute: 0 lifts the limit and the burst.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._counts: dict[str, tuple[int, int]] = {}  # key to window and count
        self._recent: dict[str, deque[float]] = {}

    def take(self, key: str) -> tuple[dict[str, str], Response | None]:
        """Count a request: the headers that state what is left, and the refusal if there is one."""
        now = self._clock()
        window = int(now // WINDOW)
        seen, count = self._counts.get(key, (window, 0))
        count = count + 1 if seen == window else 1
        self._counts[key] = window, count
        limit = self._per_minute or UNLIMITED
        reset = (window + 1) * WINDOW
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - count)),
            "X-RateLimit-Reset": str(reset),
        }
        return headers, self._refusal(now, reset, over=count > limit, burst=self._bursts(key, now))

    def _bursts(self, key: str, now: float) -> bool:
        recent = self._recent.setdefault(key, deque(maxlen=BURST))
        bursts = len(recent) == BURST and 0 <= now - recent[0] < 1
        recent.append(now)
        return bursts

    def _refusal(self, now: float, reset: int, *, over: bool, burst: bool) -> Response | None:
        if not self._per_minute or not (over or burst):
            return None
        wait = max(1, math.ceil(reset - now)) if over else 1
        retry_at = datetime.fromtimestamp(math.ceil(now + wait), UTC)
        return Refusal(
            429,
            "RATE_LIMITED",
            "Too many requests",
            headers={"Retry-After": str(wait)},
            retryAt=f"{retry_at:%Y-%m-%dT%H:%M:%SZ}",
        ).response
