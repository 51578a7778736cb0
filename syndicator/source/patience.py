"""Whether a request that failed is sent again, and after how long. Pure but for the dice."""

import random
from collections.abc import Callable
from typing import Protocol

import msgspec

from syndicator.errors import SyndicatorError

RETRIES = 4
FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0
LEAST_ASKED, MOST_ASKED = 1.0, 300.0


class Setback(msgspec.Struct, frozen=True, kw_only=True):
    """A request that failed: the error it ends in unless a later attempt succeeds.

    :ivar passing: whether the same request may well succeed later.
    :ivar asked: for how many seconds the API asked us to wait.
    """

    error: SyndicatorError
    passing: bool = False
    asked: float | None = None


class Patience(Protocol):
    """Decides; one instance serves all requests of a run, so it may keep a budget."""

    def next_wait(self, setback: Setback, attempt: int, /) -> float | None:
        """Seconds until the next attempt, or ``None`` to give up.

        :param attempt: how many there were of this request, from 1 on.
        """


class FewRetries:
    """At most four, spread by full jitter; never earlier than the API asked for."""

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        """:param draw: a number from 0 to 1."""
        self._draw = draw

    def next_wait(self, setback: Setback, attempt: int, /) -> float | None:
        """Exponential up to 20 s; a request to wait for more than 300 s is not worth it."""
        if not setback.passing or attempt > RETRIES:
            return None
        if setback.asked is None:
            return self._draw() * min(LONGEST_WAIT, FIRST_WAIT * 2.0**attempt)
        if setback.asked > MOST_ASKED:
            return None
        return max(LEAST_ASKED, setback.asked) + self._draw()
