"""What a feed's documents say of one car, made once for all slices and builds. Pure."""

from collections.abc import Callable

from syndicator.contract import Kit, View
from syndicator.exporters._basis import basis, of_listing
from syndicator.models import Listing


class Parts:
    """Those of one feed on one slice.

    A part depends on the listing, its dealer and where its pages are; on nothing else of the view
    that is not said to :meth:`of`.
    """

    def __init__(self, view: View, kit: Kit, language: str) -> None:
        links = view.links
        self._kit = kit
        self._homes = links.dealers
        self._dealers = {dealer.id: dealer for dealer in view.dealers}
        self._site = basis(
            *(links.site_url, links.languages, links.landing_template),
            *(view.site.authority, language),
        )
        self._known: dict[str, bytes] = {}  # by dealer id

    def of(self, listing: Listing, make: Callable[[], bytes], *others: object) -> bytes:
        """What ``make`` gives for this listing, or gave before.

        :param others: what else it depends on.
        """
        told = basis(*others) if others else b""
        key = self._dealer(listing.dealer_id) + of_listing(listing) + told
        return self._kit.fragment(key, make)

    def _dealer(self, dealer_id: str) -> bytes:
        known = self._known.get(dealer_id)
        if known is None:
            dealer, home = self._dealers.get(dealer_id), self._homes.get(dealer_id)
            known = self._known[dealer_id] = basis(self._site, dealer, home)
        return known
