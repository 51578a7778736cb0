"""A price list to print: every car on one line, with a style sheet and a template of its own."""

from collections.abc import Iterator
from typing import Literal

from syndicator.contract import (
    Artefact,
    Finding,
    FormatField,
    Kind,
    Kit,
    Need,
    Outcome,
    Place,
    Scope,
    StockOptions,
    View,
)

MISSING = "{what} is missing: {portal} takes no car without it."  # a sentence that is translated


class PriceList:
    """A page with the price of every car, for the counter."""

    scopes = frozenset({Scope.SHOWROOM})
    place = Place.ROOT
    media_type = "text/html"
    title = "Prijslijst"
    mark = b"<li>"
    fields = (
        FormatField(name="name", need=Need.REQUIRED, source="title"),
        FormatField(name="price", need=Need.REQUIRED, source="price", note="with its currency"),
    )

    class Options(StockOptions):
        """``heading`` stands above the list; ``size`` is that of the paper."""

        filename: str = "prices/index.html"
        heading: str = "Prijslijst"
        size: Literal["A4", "A5"] = "A4"

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """One page; the template walks the cars, so a stock of any size streams through."""
        page = self.kit.render(
            "pricelist/page.html",
            options=self.options,
            view=view,
            words=self.kit.words,
            style=view.links.href(view.links.at(self.kit.asset("pricelist.css"))),
        )
        yield Artefact.stream(self.options.filename, page, Kind.LEAF)

    def audit(self, view: View) -> Iterator[Finding]:
        """What becomes of each car."""
        for listing in view.listings:
            if listing.price:
                yield Finding(listing_id=listing.id, outcome=Outcome.SENT)
            else:
                yield Finding(
                    listing_id=listing.id,
                    outcome=Outcome.LEFT_OUT,
                    field="price",
                    source="price",
                    reason=MISSING,
                )
