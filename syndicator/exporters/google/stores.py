"""The store data source: who sells the cars, for a dealer without a linked Business Profile. Pure.

Headers and limits are those of support.google.com/merchants/answer/11192313, read in 2026: code and
full address are required, a file has 10,000 rows at most and expires after 90 days.
"""

from collections.abc import Iterable, Iterator, Mapping

from syndicator.contract import View
from syndicator.exporters._phone import international
from syndicator.exporters.google.fields import MOST_STORE_CODE_CHARACTERS
from syndicator.models import Dealer

HEADERS = ("store_code", "store_name", "store_address", "phone_number", "website_url")
MOST_ROWS = 10_000
COUNTRY = "Belgium"  # the API knows no seller elsewhere


def store_code(dealer: Dealer, stores: Mapping[str, str]) -> str | None:
    """The operator's code for a location, else the location's own; case-sensitive."""
    own = dealer.location_code or ""
    return stores.get(own) or stores.get(dealer.id) or own or None


def rows(view: View, stores: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """A row for each location with code and address; a code stands once."""
    seen: set[str] = set()
    for dealer in view.dealers:
        code = store_code(dealer, stores)
        address = _address(dealer)
        if not code or not address or code in seen or len(code) > MOST_STORE_CODE_CHARACTERS:
            continue
        if len(seen) == MOST_ROWS:
            return
        seen.add(code)
        website = view.links.dealer(dealer.id) if dealer.id in view.links.dealers else ""
        yield code, dealer.name, address, international(dealer.phone or ""), website


def table(lines: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    """Tab-separated UTF-8 with headers; tabs and line breaks within a value become blanks."""
    for line in (HEADERS, *lines):
        yield ("\t".join(" ".join(each.split()) for each in line) + "\n").encode()


def _address(dealer: Dealer) -> str | None:
    if not (dealer.address and dealer.postal_code and dealer.city):
        return None
    return f"{dealer.address}, {dealer.postal_code} {dealer.city}, {COUNTRY}"
