"""Which saved searches find a car. Pure."""

from collections.abc import Callable, Iterator

from syndicator.conditions import Conditions
from syndicator.models import Listing, Site


def finder(site: Site) -> Callable[[Listing], Iterator[str]]:
    """From a car to the slugs of the site's searches that find it."""
    searches = [(room.slug, Conditions.model_validate_json(room.search)) for room in site.searches]

    def found(listing: Listing) -> Iterator[str]:
        return (slug for slug, when in searches if when.fits(listing))

    return found
