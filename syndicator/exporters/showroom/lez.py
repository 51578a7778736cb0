"""Where a buyer asks whether a car may enter the low-emission zones of Belgium. Pure.

Each zone has its own rules by fuel and Euro standard, and changes them: the page names the cities'
own checks and promises nothing.
"""

import msgspec

from syndicator.contract import Words
from syndicator.facts import is_electric
from syndicator.models import Listing


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """One zone: the city's name, and the address of its own check."""

    city: str
    href: str


def zones(listing: Listing, words: Words) -> tuple[Zone, ...]:
    """The three of Belgium; none where there is nothing to ask.

    That is for an electric car, and where neither fuel nor Euro standard is known.
    """
    if is_electric(listing) or not (listing.fuel or listing.emission_class):
        return ()
    spoken = "nl" if words.language == "nl" else "en"  # of the pages of Antwerp
    return (
        Zone(city=words.text("Brussels"), href="https://lez.brussels/"),
        Zone(city=words.text("Antwerp"), href=f"https://www.slimnaarantwerpen.be/{spoken}/lez"),
        Zone(city=words.text("Ghent"), href="https://stad.gent/lez"),
    )
