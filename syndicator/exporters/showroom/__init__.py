"""The showroom: pages for people, in every language of the site.

For a showroom: its list, page by page, and a page per car. For the site: the front page, the page
that says "not found", the sitemap, robots.txt and the web manifest.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from syndicator.contract import Artefact, ExporterOptions, Finding, Kit, Place, Scope, View
from syndicator.exporters.showroom.duties import unmet
from syndicator.exporters.showroom.embed import script
from syndicator.exporters.showroom.follow import follow
from syndicator.exporters.showroom.howto import howtos
from syndicator.exporters.showroom.lists import lists
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.site import front
from syndicator.exporters.showroom.sitemap import sitemaps
from syndicator.exporters.showroom.survey import Survey
from syndicator.exporters.showroom.theme import stylesheets, worn
from syndicator.exporters.showroom.vehicle import vehicles

__all__ = ["Showroom"]


class Showroom:
    """Static HTML that works without a script and calls no third party."""

    scopes = frozenset(Scope)
    place = Place.ROOT
    media_type = "text/html"
    title = "Showroom"
    has_pages = True

    class Options(ExporterOptions):
        """``per_page`` cars on a list, ``similar`` ones below a car; VINs stay private."""

        filename: Literal["index.html"] = "index.html"
        per_page: int = Field(default=60, ge=1, le=1000)
        similar: int = Field(default=3, ge=0, le=12)
        show_vin: bool = False
        price_cards: bool = Field(default=True, description="a sheet per car for the windscreen")
        pending_is_reserved: bool = Field(
            default=False, description="what the seller means by pending"
        )

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """The files of one showroom, or of the site around them."""
        yield from stylesheets(worn(view))
        if view.showroom is None:
            frame = Frame(self.kit, view)
            survey = Survey(frame)
            yield from front(frame, survey.census)
            yield from sitemaps(frame, survey.census, survey.shares, survey.cars)
            yield from follow(self.kit, view)
            yield script(self.kit, view)
            return
        yield from vehicles(
            self.kit,
            view,
            similar=self.options.similar,
            show_vin=self.options.show_vin,
            price_cards=self.options.price_cards,
            pending_is_reserved=self.options.pending_is_reserved,
        )
        yield from lists(self.kit, view, per_page=self.options.per_page)
        yield from follow(self.kit, view)
        yield from howtos(self.kit, view)

    def audit(self, view: View) -> Iterator[Finding]:
        """What Belgian rules ask for and a car or its seller lacks; no car is left out for it."""
        return unmet(view)
