"""A price list to print: every car on one line, with a style sheet and a template of its own."""

from collections.abc import Iterator
from typing import Literal

from syndicator.contract import Artefact, Kind, Kit, Place, Scope, StockOptions, View


class PriceList:
    """A page with the price of every car, for the counter."""

    scopes = frozenset({Scope.SHOWROOM})
    place = Place.ROOT
    media_type = "text/html"

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
