"""What Belgian rules ask of an advert and of a seller's page, and the data does not hold. Pure.

The rules: total price (Code of Economic Law VI.3), VAT regime (VAT Code 58 § 4), Car-Pass (law of
11 June 2004), CO2 and consumption (royal decree of 5 September 2001), legal guarantee (civil code
1649quater), the seller's identity (Code of Economic Law XII.6). A help for the dealer, no advice.
Nothing is left out for it: a car that lacks something is in the showroom all the same.
"""

import re
from collections.abc import Iterator

from syndicator.contract import Finding, Outcome, View
from syndicator.facts import (
    LEAST_WARRANTY_MONTHS,
    LEAST_WARRANTY_MONTHS_OTHERWISE,
    euro_norm,
    is_electric,
)
from syndicator.models import Co2Cycle, Dealer, Listing, Seller, VatRegime
from syndicator.tags import Condition, condition, is_new

NO_PRICE = "{what} is missing: consumers must be told the total price."
NO_VAT = "{what} is not known: buyers must know whether they can deduct VAT."
NO_CERTIFICATE = (
    "{what} is missing: every online advert for a registered car must link to it. Adverts without "
    "it can be fined, and a buyer who got none can undo the sale."
)
NUMBER_ONLY = "{what}: only its number is known, and an online advert must link to the document."
NO_NORM = "{what} is missing: the advert must state it where it is known."
UNREADABLE_NORM = "{what}: “{given}” is no Euro standard that can be read."
NO_CO2 = "{what} are missing: the advert must state the official figure where it is known."
NO_CYCLE = "{what} is not known (WLTP or NEDC): a CO₂ figure does not stand without it."
NO_CONSUMPTION = "{what} is missing: adverts for new cars must state the official figure."
SHORT_WARRANTY = "{what}: {months} is less than the {least} that the law gives the buyer."
NO_PHOTO = "There is no photo."
NO_NAME = "The seller's name is missing."
NO_ADDRESS = "The seller's address is missing or not complete."
NO_CONTACT = "The seller has neither a telephone number nor an e-mail address."
NO_ENTERPRISE = "The enterprise number is missing; it stands in the settings of this site."
NO_VAT_NUMBER = "The VAT number is missing; it stands in the settings of this site."
NO_FORM = "The legal form is missing, which a company must state; it stands in the settings."
NO_COURT = "The court of the register is missing, which a company must state (settings)."

REASONS = (
    *(NO_PRICE, NO_VAT, NO_CERTIFICATE, NUMBER_ONLY, NO_NORM, UNREADABLE_NORM, NO_CO2, NO_CYCLE),
    *(NO_CONSUMPTION, SHORT_WARRANTY, NO_PHOTO, NO_NAME, NO_ADDRESS, NO_CONTACT, NO_ENTERPRISE),
    *(NO_VAT_NUMBER, NO_FORM, NO_COURT),
)

HARDLY_USED_KM = 1000  # below, a car may be new though no tag says so
NORM = re.compile(r"Euro [1-7].*")

Lack = tuple[str, str, dict[str, str | int]]  # source, reason, values


def unmet(view: View) -> Iterator[Finding]:
    """What a showroom lacks: of its cars, in the order of the view, then of its sellers.

    A saved search and the site as a whole have no cars of their own. Each car has a finding.
    """
    room = view.showroom
    if room is None or room.search:
        return
    for listing in view.listings:
        lacks = tuple(of_car(listing))
        for source, reason, values in lacks:
            yield Finding(
                listing_id=listing.id,
                outcome=Outcome.POORER,
                source=source,
                reason=reason,
                values=values,
            )
        if not lacks:
            yield Finding(listing_id=listing.id, outcome=Outcome.SENT)
    for dealer in view.dealers:
        if dealer.id in view.links.dealers:
            yield from (_of_dealer(dealer.id, reason) for reason in of_dealer(dealer))
    owner = "" if room.is_group else room.dealer_ids[0]  # the settings are the showroom's
    yield from (_of_dealer(owner, reason) for reason in of_seller(room.seller))


def of_car(listing: Listing) -> Iterator[Lack]:
    """What an advert lacks, the gravest first."""
    yield from _car_pass(listing)
    if listing.price is None:
        yield "price", NO_PRICE, {}
    if listing.vat_regime in (None, VatRegime.OTHER):
        yield "vat_regime", NO_VAT, {}
    if not is_electric(listing):
        yield from _norm(listing)
        yield from _co2(listing)
        yield from _consumption(listing)
    yield from _warranty(listing)
    if not listing.photos:
        yield "photos", NO_PHOTO, {}


def of_dealer(dealer: Dealer) -> Iterator[str]:
    """What a page cannot say of a seller, of what the API knows."""
    if not (dealer.display_name or dealer.company_name or dealer.full_name):
        yield NO_NAME
    if not (dealer.address and dealer.postal_code and dealer.city):
        yield NO_ADDRESS
    if not (dealer.phone or dealer.email):
        yield NO_CONTACT


def of_seller(seller: Seller) -> Iterator[str]:
    """What it cannot say of him, of what only the configuration knows."""
    if seller.enterprise_number is None:
        yield NO_ENTERPRISE
    if seller.vat_number is None:
        yield NO_VAT_NUMBER
    if seller.legal_form is None:
        yield NO_FORM
    if seller.court is None:
        yield NO_COURT


def _of_dealer(dealer_id: str, reason: str) -> Finding:
    return Finding(listing_id="", dealer_id=dealer_id, outcome=Outcome.POORER, reason=reason)


def _car_pass(listing: Listing) -> Iterator[Lack]:
    """A car that was never registered has none."""
    if is_new(listing) and listing.first_registration is None:
        return
    proof = listing.car_pass
    if proof is None or not (proof.url or proof.number):
        yield "car_pass", NO_CERTIFICATE, {}
    elif not proof.url:
        yield "car_pass", NUMBER_ONLY, {}


def _norm(listing: Listing) -> Iterator[Lack]:
    """A classic car is older than the standards."""
    given = listing.emission_class
    if given is None:
        if condition(listing) is not Condition.CLASSIC:
            yield "emission_class", NO_NORM, {}
    elif not NORM.fullmatch(euro_norm(given)):
        yield "emission_class", UNREADABLE_NORM, {"given": given}


def _co2(listing: Listing) -> Iterator[Lack]:
    """Zero is no figure for a car that burns something."""
    if not listing.co2_g_per_km:
        if condition(listing) is not Condition.CLASSIC:
            yield "co2_g_per_km", NO_CO2, {}
    elif listing.co2_cycle in (None, Co2Cycle.OTHER):
        yield "co2_cycle", NO_CYCLE, {}


def _consumption(listing: Listing) -> Iterator[Lack]:
    km = listing.mileage_km
    may_be_new = is_new(listing) or (km is not None and km < HARDLY_USED_KM)
    if may_be_new and not listing.consumption_l_per_100km:
        yield "consumption_l_per_100km", NO_CONSUMPTION, {}


def _warranty(listing: Listing) -> Iterator[Lack]:
    """A warranty that is not told says nothing: the legal one stands."""
    months = listing.warranty_months
    least = LEAST_WARRANTY_MONTHS.get(condition(listing), LEAST_WARRANTY_MONTHS_OTHERWISE)
    if months and months < least:
        yield "warranty_months", SHORT_WARRANTY, {"months": months, "least": least}
