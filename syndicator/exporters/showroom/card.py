"""One car on a list. Pure."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from syndicator.contract import Words
from syndicator.exporters._basis import basis, of_listing
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.pictures import Picture, picture
from syndicator.exporters.showroom.reduction import reference
from syndicator.facts import is_electric, key_facts, price_text, vat_text
from syndicator.models import Fuel, Listing, Money

NEW_DAYS = 7  # before the newest change in the slice's data
REMEMBERED = 256  # cards per language: two shelves
FIRST = 3  # facts that are read first


class Card(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a card says; ``key_facts`` are the three that are read first."""

    listing: Listing
    href: str
    address: str
    title: str
    variant: str
    photo: Picture | None
    price: str
    was: str  # the lowest price of the 30 days before, where there is a reduction to announce
    vat: str
    key_facts: tuple[str, ...]
    more_facts: tuple[str, ...]
    badges: tuple[str, ...]
    town: str
    year: int | None

    @property
    def line(self) -> str:
        """Price and facts in one line, for a description."""
        return " · ".join((self.price, *self.key_facts, *self.more_facts))


class Cards:
    """Makes the cards of one slice in one language."""

    def __init__(self, frame: Frame, words: Words) -> None:
        self._frame = frame
        self._words = words
        self._view = frame.view
        self._recent: dict[str, Card] = {}
        self._bases: dict[str, bytes] = {}
        self._new_since = frame.view.as_of - timedelta(days=NEW_DAYS)

    def card(self, listing: Listing) -> Card:
        """The card of one listing; a car is often shown again soon, beside those like it."""
        card = self._recent.get(listing.id)
        if card is None:
            if len(self._recent) == REMEMBERED:
                self._recent.clear()
            card = self._recent[listing.id] = self._make(listing)
        return card

    def basis(self, listing: Listing) -> bytes:
        """A digest of all that the card says, and a template can see of its car."""
        known = self._bases.get(listing.id)
        if known is None:
            if len(self._bases) == REMEMBERED:
                self._bases.clear()
            news = self._was(listing), self._is_new(listing)
            known = self._bases[listing.id] = basis(of_listing(listing), *news)
        return known

    def _was(self, listing: Listing) -> Money | None:
        prices = self._view.prices.get(listing.id, ())
        return reference(prices, listing.created, self._view.as_of)

    def _is_new(self, listing: Listing) -> bool:
        return listing.created >= self._new_since

    def _make(self, listing: Listing) -> Card:
        links, words = self._frame.links, self._words
        address = links.vehicle(listing, words.language)
        key = tuple(fact.value for fact in key_facts(listing, words))
        was = self._was(listing)
        return Card(
            listing=listing,
            href=links.href(address),
            address=address,
            title=listing.name,
            variant=variant(listing),
            photo=picture(listing.photos[0], links) if listing.photos else None,
            price=price_text(listing, words),
            was=words.money(was) if was else "",
            vat=vat_text(listing, words) or "",
            key_facts=key[:FIRST],
            more_facts=key[FIRST:],
            badges=tuple(self._badges(listing, reduced=was is not None)),
            town=self._town(listing),
            year=year(listing),
        )

    def _badges(self, listing: Listing, *, reduced: bool) -> Iterator[str]:
        if reduced:
            yield self._words.text("Price reduced")
        if self._is_new(listing):
            yield self._words.text("New arrival")
        if is_electric(listing):
            yield self._words.label(Fuel.ELECTRIC)

    def _town(self, listing: Listing) -> str:
        """Where the car stands, told only where a list has several places."""
        if len(self._frame.dealers) < 2:  # noqa: PLR2004 - one place needs no name
            return ""
        dealer = self._frame.dealers.get(listing.dealer_id)
        return (dealer.city or dealer.name) if dealer else ""


def variant(listing: Listing) -> str:
    """What the name leaves out: the variant, or else the engine."""
    return listing.variant or (listing.engine if listing.make or listing.model else "") or ""


def year(listing: Listing) -> int | None:
    """Of the first registration, else of build."""
    return int(listing.first_registration[:4]) if listing.first_registration else listing.year
