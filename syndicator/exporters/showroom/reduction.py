"""Which reductions may be announced, and against which price. Pure.

Code of Economic Law, VI.18: the reference is the lowest price of the 30 days before the reduction;
for goods on offer for less than 30 days, that of at least 7 days. What our own record does not
cover is not announced.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from syndicator.models import Money, PricePoint

WINDOW = timedelta(days=30)
YOUNG = timedelta(days=7)


def reference(points: Sequence[PricePoint]) -> Money | None:
    """The price to strike through, or ``None`` where no reduction may be announced.

    :param points: oldest first; the last one is today's price.
    """
    if len(points) < 2 or points[-1].price is None:  # noqa: PLR2004 - before and after
        return None
    now, when = points[-1].price, points[-1].since
    if when - points[0].since < YOUNG:
        return None
    start = when - WINDOW
    asked = [point.price for point, following in pairwise(points) if following.since > start]
    known = [price for price in asked if price is not None and price.currency == now.currency]
    if len(known) < len(asked):
        return None
    lowest = min(known, key=lambda price: price.minor)
    return lowest if lowest.minor > now.minor else None
