"""Whether a request that failed is sent again, and after how long. Pure but for dice and clock.

One instance serves all requests of a run: a dead service must not be asked five times for each of
a hundred targets, and two builds of one schedule must not meet.
"""

import random
import threading
from collections.abc import Callable

import msgspec

from syndicator.errors import SyndicatorError
from syndicator.source.clock import SYSTEM, Clock

ATTEMPTS = 5  # of a request that failed on its way
READINGS = 3  # of one whose answer makes no sense
FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0
LEAST_ASKED, MOST_ASKED = 1.0, 300.0
RETRIES = 50.0  # of a run, to begin with
EARNED = 0.2  # retries, by each success
RUN_SECONDS = 600.0


class Setback(msgspec.Struct, frozen=True, kw_only=True):
    """A request that failed: the error it ends in unless a later attempt succeeds.

    :ivar attempts: how often a request may fail like this; 1 if it would do so again.
    :ivar asked: for how many seconds the API asked us to wait.
    :ivar limited: we asked too often.
    """

    error: SyndicatorError
    attempts: int = 1
    asked: float | None = None
    limited: bool = False


class Patience:
    """At most five attempts, spread by full jitter; never earlier than the API asked for."""

    def __init__(
        self,
        clock: Clock = SYSTEM,
        *,
        seconds: float = RUN_SECONDS,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """:param seconds: of the whole run.

        :param draw: a number from 0 to 1.
        """
        self._clock = clock
        self._draw = draw
        self._retries = RETRIES
        self._lock = threading.Lock()
        self.deadline = clock.now() + seconds

    @property
    def left(self) -> float:
        """Seconds of the run; negative once they are used up."""
        return self.deadline - self._clock.now()

    def succeeded(self) -> None:
        """A success earns a fifth of a retry."""
        with self._lock:
            self._retries = min(RETRIES, self._retries + EARNED)

    def next_wait(self, setback: Setback, attempt: int, alike: int | None = None) -> float | None:
        """Seconds until the next attempt, or ``None`` to give up.

        :param attempt: how many there were of this request, from 1 on.
        :param alike: how many of them failed in this way; all of them by default.
        """
        if attempt >= ATTEMPTS or (alike or attempt) >= setback.attempts:
            return None
        wait = self._wait(setback, attempt)
        if wait is None or wait >= self.left:
            return None
        with self._lock:
            if self._retries < 1:
                return None
            self._retries -= 1
        return wait

    def _wait(self, setback: Setback, attempt: int) -> float | None:
        jitter = self._draw() * min(LONGEST_WAIT, FIRST_WAIT * 2.0**attempt)
        if setback.asked is not None and setback.asked > MOST_ASKED:
            return None
        if setback.limited:
            asked = jitter if setback.asked is None else setback.asked
            return max(LEAST_ASKED, asked) + self._draw()
        return jitter if setback.asked is None else max(LEAST_ASKED, setback.asked, jitter)
