"""How the API departs from what it does by default, for one request. Nothing of it is documented.

What a fault needs to know of the whole stock is done here, where the API looks at it, so that
totals, pages and counts fit what is shown.
"""

from collections.abc import Callable

import msgspec

from syndicator.simulator.compose import Entry

Sift = Callable[[list[Entry]], list[Entry]]


def unchanged(entries: list[Entry]) -> list[Entry]:
    """The sift that changes nothing."""
    return entries


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """The departures; by default there are none.

    ``stock`` sees every entry before any filter, ``found`` those that match the filters.
    """

    stock: Sift = unchanged
    found: Sift = unchanged
    largest_page: int | None = None  # listings; the API's own limit without it
    lag: float = 0.0  # seconds: how old the stock is that is shown
    hidden: frozenset[str] = frozenset()  # location codes in lower case, as if out of scope
    forbidden_is_empty: bool = False  # an empty page instead of a refusal
