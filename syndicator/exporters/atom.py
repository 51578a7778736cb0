"""Atom 1.0 (RFC 4287): the newest cars of a slice for feed readers."""

from collections.abc import Iterator

from syndicator.contract import Artefact, Kit, Place, Scope, View
from syndicator.exporters import _feed
from syndicator.exporters._entries import FeedOptions, channel


class Atom:
    """Atom 1.0: full entries, tombstones for the cars that left."""

    scopes = frozenset({Scope.SHOWROOM, Scope.SITE})
    place = Place.FEEDS
    media_type = "application/atom+xml"

    class Options(FeedOptions):
        """As every reader's feed."""

        filename: str = "atom.xml"

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """One document."""
        yield Artefact.stream(self.options.filename, self._chunks(view))

    def _chunks(self, view: View) -> Iterator[bytes]:
        yield _feed.atom(channel(view, self.kit, self.options))
