"""How to reach a seller, and who that is before the law. Pure.

A link is made only of what is surely a number or an address; the text stays either way.
"""

import re
from urllib.parse import quote

import msgspec

from syndicator.contract import Words
from syndicator.exporters._phone import international
from syndicator.models import Dealer, Seller

BELGIAN_MOBILE = re.compile(r"\+324[5-9]\d{7}")


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A seller as a page shows him; empty where it is not known."""

    name: str
    street: str
    town: str
    phone: str
    email: str
    legal: tuple[str, ...]
    hours: tuple[str, ...]
    call: str  # addresses, ready for href
    mail: str
    whatsapp: str
    route: str


def contact(dealer: Dealer, seller: Seller, words: Words, about: str = "") -> Contact:
    """The seller in the words of a page.

    :param about: the car that a message is about, with its reference.
    """
    opening = words.text("I am interested in {car}.", car=about) if about else ""
    town = " ".join(part for part in (dealer.postal_code, dealer.city) if part)
    number = international(dealer.phone or "")
    return Contact(
        name=dealer.name,
        street=dealer.address or "",
        town=town,
        phone=dealer.phone or "",
        email=dealer.email or "",
        legal=_legal(dealer, seller, words),
        hours=seller.opening_hours,
        call=f"tel:{number}" if number else "",
        mail=_mail(dealer.email or "", about, opening),
        whatsapp=_whatsapp(number, opening),
        route=_route(dealer.name, dealer.address or "", town),
    )


def forward(about: str, address: str) -> str:
    """A letter to somebody else with the address of a page, ready for href."""
    return f"mailto:?subject={quote(about)}&body={quote(address)}"


def _mail(email: str, about: str, opening: str) -> str:
    if re.fullmatch(r"[\w.+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", email) is None:
        return ""
    letter = f"?subject={quote(about)}&body={quote(opening)}" if about else ""
    return f"mailto:{quote(email, safe='@+')}{letter}"


def _whatsapp(number: str, opening: str) -> str:
    """Only for a mobile number: a land line would lead nowhere."""
    if BELGIAN_MOBILE.fullmatch(number) is None:
        return ""
    return f"https://wa.me/{number[1:]}" + (f"?text={quote(opening)}" if opening else "")


def _route(name: str, street: str, town: str) -> str:
    if not (street and town):
        return ""
    place = quote(f"{name}, {street}, {town}")
    return f"https://www.google.com/maps/search/?api=1&query={place}"


def _legal(dealer: Dealer, seller: Seller, words: Words) -> tuple[str, ...]:
    """Name and form, numbers and register: Code of Economic Law, XII.6."""
    company = " ".join(part for part in (dealer.company_name, seller.legal_form) if part)
    register = words.text("Register of legal persons: {court}", court=seller.court)
    lines = (
        company,
        seller.enterprise_number
        and words.text("Enterprise number: {number}", number=seller.enterprise_number),
        seller.vat_number and words.text("VAT number: {number}", number=seller.vat_number),
        seller.court and register,
    )
    return tuple(line for line in lines if line)
