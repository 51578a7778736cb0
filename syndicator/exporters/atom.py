"""Atom 1.0 (RFC 4287): the cars of a slice for feed readers, newest first."""

from collections.abc import Iterator

from syndicator.contract import Artefact, Kit, Place, Scope, View
from syndicator.exporters import _feed
from syndicator.exporters._channel import Filename, PagedOptions
from syndicator.exporters._stock import Page, Stock


class Atom:
    """Atom 1.0: full entries, tombstones for the cars that left."""

    scopes = frozenset(Scope)
    place = Place.FEEDS
    media_type = "application/atom+xml"
    mark = b"<entry>"

    class Options(PagedOptions):
        """As every reader's feed."""

        filename: Filename = "atom.xml"

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """A document, and more where there are more cars than one may hold."""
        stock = Stock(view, self.kit, self.options)
        for path, page in stock.pages():
            yield Artefact.stream(path, _chunks(stock, page))


def _chunks(stock: Stock, page: Page) -> Iterator[bytes]:
    yield _feed.atom(stock.channel(page, _feed.atom_entry))
