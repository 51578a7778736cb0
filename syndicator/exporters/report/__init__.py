"""The portal report: for each portal and car whether it is sent, sent poorer or left out, and why.

``feeds/report.json`` is for programs and for ``syndicator check``, ``report/`` is a page per
language for the dealer. It is made of what the slice's other feeds say of themselves.
"""

from collections.abc import Iterator

from pydantic import Field

from syndicator.contract import Artefact, ExporterOptions, Kind, Kit, Place, Scope, View
from syndicator.exporters.report.document import PATH, document
from syndicator.exporters.report.page import pages
from syndicator.exporters.report.tally import Tallies

__all__ = ["Report"]


class Report:
    """For the dealer: which portal takes which car, and why not."""

    scopes = frozenset({Scope.SHOWROOM})
    place = Place.ROOT
    media_type = ""
    reads_audits = True

    class Options(ExporterOptions):
        """The page tells of ``most_cars``; ``report.json`` of all."""

        most_cars: int = Field(default=200, ge=1, le=2000, description="cars told on the page")

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """The record of all cars, then the pages."""
        tallies = Tallies(view)
        words = self.kit.speak(view.site.languages[0])
        yield Artefact.stream(PATH, document(view, tallies, words), Kind.FEED)
        yield from pages(self.kit, view, tallies, most=self.options.most_cars)
