"""Which reductions may be announced, and against which price. Pure.

Code of Economic Law, VI.18: the reference is the lowest price of the 30 days before the reduction;
for goods on offer for less than 30 days, that of at least 7 days. What our own record does not
cover is not announced.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from syndicator.models import Money, PricePoint

WINDOW = timedelta(days=30)
YOUNG = timedelta(days=7)
NOTICED = timedelta(days=1)  # between the seller's entry and our first look


def reference(points: Sequence[PricePoint], created: datetime, as_of: datetime) -> Money | None:
    """The price to strike through, or ``None`` where no reduction may be announced.

    Not one that is older than the window: the lowest price of the last 30 days is then today's.

    :param points: oldest first; the last one is today's price.
    :param created: when the car came on offer.
    :param as_of: the newest change in the data.
    """
    if len(points) < 2 or points[-1].price is None:  # noqa: PLR2004 - before and after
        return None
    now, when, known_since = points[-1].price, points[-1].since, points[0].since
    is_covered = known_since <= max(when - WINDOW, created + NOTICED)
    if when - known_since < YOUNG or not is_covered or as_of - when > WINDOW:
        return None
    start = when - WINDOW
    asked = [point.price for point, following in pairwise(points) if following.since > start]
    known = [price for price in asked if price is not None and price.currency == now.currency]
    if len(known) < len(asked):
        return None
    lowest = min(known, key=lambda price: price.minor)
    return lowest if lowest.minor > now.minor else None
