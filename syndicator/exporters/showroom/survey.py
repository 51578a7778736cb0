"""What the files of a site tell of its cars together, in one walk over them. Pure."""

from syndicator.exporters.showroom.doors import Census
from syndicator.exporters.showroom.facets import Shares
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.sitemap import Cut, entries_of


class Survey:
    """Counts for the front page, and how much room the cars take in the sitemap."""

    def __init__(self, frame: Frame) -> None:
        self.census = Census(frame.view.site)
        self.shares = Shares(frame.view.site)
        self.cars = Cut()
        for listing in frame.view.listings:
            self.census.add(listing)
            self.shares.add(listing)
            for entry in entries_of(frame, listing):
                self.cars.add(entry)
