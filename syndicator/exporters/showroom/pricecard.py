"""The card behind the windscreen: one sheet, A4 or A5, with a code that leads to the car's page.

What must stand with a car in the lot is on it: the price with its VAT regime, what the Car-Pass
tells and a code of its address (law of 11 June 2004), and who sells (Code of Economic Law, XII.6).
It has nothing of the official CO2 label, which a price card must not imitate.
"""

from collections.abc import Iterator, Mapping

import msgspec

from syndicator.contract import Words
from syndicator.exporters import _structured as structured
from syndicator.exporters.showroom import qr
from syndicator.exporters.showroom.card import Card
from syndicator.exporters.showroom.contact import Contact
from syndicator.exporters.showroom.page import Frame
from syndicator.facts import Fact, headline, key_facts
from syndicator.models import Listing
from syndicator.tags import is_new

FOLDER = "card/"  # below that of the car
MOST_FACTS = 8  # four rows of two
MORE_FACTS = (  # after the key facts, while there is room
    *("emission_class", "co2_g_per_km", "consumption_l_per_100km"),
    *("body", "color", "doors", "seats", "previous_owners"),
)
ONE_LINE = 15  # characters of a name in the largest letters
TWO_LINES = 26  # in those of a long name
LONG_PRICE = 10


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """Where a visitor's phone is sent: the address as people read it, and its code."""

    shown: str
    code: qr.Code


class PriceCards:
    """Makes the cards of one slice in one language."""

    def __init__(self, frame: Frame, words: Words) -> None:
        self._frame = frame
        self._words = words
        self._top = frame.top(words.language)

    def href(self, listing: Listing) -> str:
        """The address of a car's card, for the car's page."""
        return self._frame.links.href(self._address(listing, self._words.language))

    def body(
        self,
        card: Card,
        sheet: tuple[Fact, ...],
        seller: Contact | None,
        pages: Mapping[str, str],
    ) -> Iterator[bytes]:
        """The card of a car for sale.

        :param sheet: every known fact of the car.
        :param pages: the addresses of the car's own page by language.
        """
        frame, words, listing = self._frame, self._words, card.listing
        known = {fact.name: fact for fact in sheet}
        more = (known[name] for name in MORE_FACTS if name in known)
        proof = listing.car_pass.url if listing.car_pass else None
        trail = (
            *self._top,
            frame.step(listing.name, pages[words.language]),
            frame.step(words.text("Price card"), self._address(listing, words.language)),
        )
        page = frame.page(
            words,
            {language: self._address(listing, language) for language in pages},
            trail,
            title=f"{words.text('Price card')} · {headline(listing)} · {frame.name}",
            indexed=False,
            styles=frame.styles("pricecard.css"),
            scripts=frame.scripts("share.js"),
            sellers=(),
            data=structured.graph(structured.breadcrumb(trail)),
        )
        return frame.render(
            "showroom/pricecard.html",
            page,
            words,
            card=card,
            listing=listing,
            facts=(*key_facts(listing, words), *more)[:MOST_FACTS],
            warranty=known.get("warranty"),
            is_new=is_new(listing),
            seller=seller,
            canonical=pages[words.language],
            car=lead(pages[words.language]),
            car_pass=lead(proof) if proof else None,
            has_long_name=len(listing.name) > ONE_LINE,
            is_tight=bool(card.was) or len(listing.name) > TWO_LINES,
            has_long_price=len(card.price) > LONG_PRICE,
        )

    def _address(self, listing: Listing, language: str) -> str:
        links = self._frame.links
        return links.at(links.vehicle_path(listing, language) + FOLDER)


def lead(address: str) -> Lead | None:
    """The code of an address with the address in writing; ``None`` where it fits in no code."""
    code = qr.code(address)
    shown = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    return Lead(shown=shown, code=code) if code else None
