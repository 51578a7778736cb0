"""Whether a list of everything shows of each dealer what the dealer's own list does.

Only where the API's counts give reason to ask, and then of a few.
"""

import logging
from collections import Counter
from collections.abc import Mapping

from syndicator.errors import AnswerError, SourceError
from syndicator.guard import FEW, LOST_SHARE
from syndicator.incoming import Incoming
from syndicator.models import Dealer
from syndicator.reading import Reading
from syndicator.source.client import Client, ListingQuery

log = logging.getLogger(__name__)

MOST_ASKED = 5  # dealers


def check(
    client: Client, incoming: Incoming, reading: Reading, stated: Mapping[str, Dealer]
) -> None:
    """Turn the reading into one that failed where a dealer's own list is much longer.

    :param stated: dealers with the API's counts.
    """
    if reading.unusable_active:  # then a count proves nothing
        return
    shown = Counter(row.dealer_id for row in incoming.rows(reading.crawl.name) if row.is_active)
    doubtful = [key for key, each in stated.items() if _is_short(each, shown[key])]
    for dealer_id in doubtful[:MOST_ASKED]:
        total = _total(client, dealer_id)
        if total is not None and _is_far_below(shown[dealer_id], total):
            said = f"{shown[dealer_id]} of {total} listings of dealer {dealer_id}"
            reading.error = AnswerError(f"the list of everything shows {said}")
            reading.is_whole = False
            return


def _total(client: Client, dealer_id: str) -> int | None:
    try:
        page = client.listings(ListingQuery(page_size=1, dealer_id=dealer_id))
    except SourceError as error:
        log.info("dealer %s: cannot be counted: %s", dealer_id, error)
        return None
    return page.pagination.total_items if page.pagination else None


def _is_short(dealer: Dealer, shown: int) -> bool:
    stated = dealer.stats.active if dealer.stats else None
    return stated is not None and _is_far_below(shown, stated)


def _is_far_below(shown: int, total: int) -> bool:
    """Beyond what happens between two questions."""
    return total - shown > max(FEW, LOST_SHARE * total)
