"""RSS 2.0: the newest cars of a slice for feed readers."""

from collections.abc import Iterator

from syndicator.contract import Artefact, Kit, Place, Scope, View
from syndicator.exporters import _feed
from syndicator.exporters._entries import FeedOptions, channel


class Rss:
    """RSS 2.0 by the profile of the RSS Advisory Board: summary and full text."""

    scopes = frozenset({Scope.SHOWROOM, Scope.SITE})
    place = Place.FEEDS
    media_type = "application/rss+xml"

    class Options(FeedOptions):
        """As every reader's feed."""

        filename: str = "rss.xml"

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """One document."""
        yield Artefact.stream(self.options.filename, self._chunks(view))

    def _chunks(self, view: View) -> Iterator[bytes]:
        yield _feed.rss(channel(view, self.kit, self.options))
