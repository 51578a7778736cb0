"""RSS 2.0: the cars of a slice for feed readers, newest first."""

from collections.abc import Iterator

from syndicator.contract import Artefact, Kit, Place, Scope, View
from syndicator.exporters import _feed
from syndicator.exporters._channel import Filename, PagedOptions
from syndicator.exporters._stock import Page, Stock


class Rss:
    """RSS 2.0 by the profile of the RSS Advisory Board: summary and full text."""

    scopes = frozenset(Scope)
    place = Place.FEEDS
    media_type = "application/rss+xml"
    mark = b"<item>"

    class Options(PagedOptions):
        """As every reader's feed."""

        filename: Filename = "rss.xml"

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """A document, and more where there are more cars than one may hold."""
        stock = Stock(view, self.kit, self.options)
        for path, page in stock.pages():
            yield Artefact.stream(path, _chunks(stock, page))


def _chunks(stock: Stock, page: Page) -> Iterator[bytes]:
    yield _feed.rss(stock.channel(page, _feed.rss_entry))
