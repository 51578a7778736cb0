"""The stock as one JSON-LD document of schema.org: sellers, then cars, each car with its offer.

The nodes are those that the pages have, under the same ``@id``; their properties and units are
those of schema.org/Car, Offer and AutoDealer. What is unknown is absent, a price on request too.
"""

from collections.abc import Iterator
from functools import partial
from itertools import chain

import msgspec
from pydantic import Field

from syndicator.contract import Artefact, Kit, Place, Scope, StockOptions, View
from syndicator.exporters import _structured as structured
from syndicator.exporters._parts import Parts
from syndicator.exporters._xml import records
from syndicator.facts import facts
from syndicator.models import Listing

encode = msgspec.json.Encoder(decimal_format="number").encode


class SchemaOrg:
    """The whole stock of a slice as linked data, in the feed's language."""

    scopes = frozenset({Scope.SHOWROOM, Scope.SITE})
    place = Place.FEEDS
    media_type = "application/ld+json"
    mark = b'"@type":"Car"'

    class Options(StockOptions):
        """``with_email``, ``with_vin``: whether data that may be personal is published."""

        filename: str = "schemaorg.json"
        with_email: bool = Field(default=False, description="the e-mail addresses of dealers")
        with_vin: bool = Field(default=False, description="chassis numbers")

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """One document."""
        parts = Parts(view, self.kit, self.kit.words.language)
        cars = records(view.listings, lambda each: parts.of(each, partial(self._car, view, each)))
        body = _document(chain(self._dealers(view), cars))
        yield Artefact.stream(self.options.filename, body)

    def _dealers(self, view: View) -> Iterator[bytes]:
        """Those whose cars have pages here; no offer names another."""
        for dealer in view.dealers:
            if dealer.id in view.links.dealers:
                node = structured.dealer_node(dealer, view.links.dealer(dealer.id))
                if not self.options.with_email:
                    node.pop("email", None)
                yield encode(node)

    def _car(self, view: View, listing: Listing) -> bytes:
        """The page here names the car; where the offer leads is the operator's choice."""
        words, links = self.kit.words, view.links
        page = links.vehicle(listing, words.language)
        address = links.entry(listing, words.language)
        sheet = facts(listing, words, vin=self.options.with_vin)
        offer = structured.offer(
            listing, address, links.dealer(listing.dealer_id), structured.ON_OFFER
        )
        node = structured.car(listing, sheet, page, offer) | {"url": address}
        return encode(node)


def _document(nodes: Iterator[bytes]) -> Iterator[bytes]:
    """A line per node."""
    yield encode(structured.graph()).removesuffix(b"]}")
    for number, node in enumerate(nodes):
        yield (b",\n" if number else b"\n") + node
    yield b"\n]}\n"
