"""At which requests a fault happens: ``2``, ``4-6``, ``8+``, ``30%``, and lists of these."""

import random
import re
from math import inf

import msgspec

from syndicator.simulator.faults.effect import FaultError, percentage

PATHS = ("listings", "locations")

_SPAN = re.compile(r"([0-9]{1,9})(?:(\+)|-([0-9]{1,9}))?")


class When(msgspec.Struct, frozen=True, kw_only=True):
    """Spans of request numbers, counted from 1 over one path or, without one, over all requests."""

    path: str = ""
    spans: tuple[tuple[int, float], ...] = ()
    share: float = 0.0

    def covers(self, path: str, number: int, rng: random.Random) -> bool:
        """Whether the fault happens at this request; ``number`` counts what ``path`` says."""
        if self.path not in {"", path}:
            return False
        if any(first <= number <= last for first, last in self.spans):
            return True
        return rng.random() < self.share


ALWAYS = When(spans=((1, inf),))


def times(text: str) -> When:
    """What stands behind the ``@`` of a fault.

    :raises FaultError: it cannot be understood.
    """
    path, mark, spans = text.rpartition("#")
    if mark and path not in PATHS:
        raise FaultError(f"unknown path {path!r}", hint=f"one of {', '.join(PATHS)}")
    words = [each.strip() for each in spans.split(",")]
    shares = [percentage(each) for each in words if each.endswith("%")]
    numbers = tuple(_span(each) for each in words if not each.endswith("%"))
    return When(path=path, spans=numbers, share=max(shares, default=0.0))


def _span(text: str) -> tuple[int, float]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise FaultError(f"{text!r} is no request", hint="write 2, 4-6, 8+ or 30%")
    first = int(found[1])
    last = inf if found[2] else int(found[3] or first)
    if first < 1 or last < first:
        raise FaultError(f"{text!r} covers no request", hint="they are counted from 1")
    return first, last
