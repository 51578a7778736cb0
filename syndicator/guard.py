"""What may be published. Pure."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet


def emptied(stock: Mapping[str, Collection[str]], missed: AbstractSet[str]) -> frozenset[str]:
    """The dealers of whom everything would go at once without a trace, which nobody believes.

    :param stock: listings on offer by dealer, less those seen with another status.
    :param missed: listings that a crawl should have shown, and did not.
    """
    return frozenset(dealer for dealer, live in stock.items() if live and missed >= set(live))
