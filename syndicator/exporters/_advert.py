"""What adverts on portals have in common: text, price, photos, labels. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from syndicator.contract import Words
from syndicator.exporters import _xml
from syndicator.exporters._sheet import (
    NO_FIT_PHOTO,
    UNFIT_PHOTOS,
    Sheet,
)
from syndicator.facts import facts
from syndicator.mistakes import nearest, wrong
from syndicator.models import Listing, Money
from syndicator.templating import told
from syndicator.traits import TRAITS, Sort


def _single(name: str) -> str:
    kinds = (Sort.TEXT, Sort.ENUM, Sort.NUMBER)
    known = [each for each, trait in TRAITS.items() if trait.sort in kinds]
    if name not in known:
        raise wrong(f"{name!r} is no field with one value", nearest(name, known))
    return name


SingleField = Annotated[str, AfterValidator(_single)]
"""The name of a field of the listing that has one value."""


def label(listing: Listing, field: str) -> str | None:
    """The value of a :data:`SingleField` as the model writes it, for the operator's own labels."""
    value = TRAITS[field].read(listing)
    return None if value is None else _xml.text(value)


def body_text(listing: Listing, words: Words) -> str:
    """The seller's description, else the facts."""
    return listing.description or fact_text(listing, words)


def fact_text(listing: Listing, words: Words) -> str:
    """All that is known of the car, on one line."""
    return "; ".join(f"{fact.label}: {fact.value}" for fact in facts(listing, words))


def car_pass(listing: Listing) -> str:
    """A last line: Belgian law wants the Car-Pass in every advert. Empty where there is none."""
    proof = listing.car_pass and (listing.car_pass.url or listing.car_pass.number)
    return f"\nCar-Pass: {proof}" if proof else ""


def amount(price: Money) -> str:
    """``17450.00``."""
    whole, cents = divmod(price.minor, 100)
    return f"{whole}.{cents:02}"


def dated(when: datetime) -> bool:
    """Whether the moment is told, and is not the 1970 that stands for none."""
    return bool(when.timestamp())


def photo_urls(
    sheet: Sheet, field: str, listing: Listing, kinds: Mapping[str, str], *, required: bool
) -> tuple[str, ...]:
    """Addresses of the photos that the portal can read; those of unknown kind are not.

    Sellers' photos without a suffix are WebP or AVIF more often than not, so a kind is never
    supposed.

    :param kinds: media types to what people call them.
    :param required: leave the car out where none is left of its photos.
    """
    fit = tuple(each.url for each in listing.photos if told(each).media_type in kinds)
    refused = len(listing.photos) - len(fit)
    names = ", ".join(_distinct(kinds.values()))
    if refused and required and not fit:
        sheet.leave_out(NO_FIT_PHOTO, "photos", field, kinds=names)
    elif refused:
        sheet.impoverish(UNFIT_PHOTOS, "photos", field, n=refused, kinds=names)
    return fit


def _distinct(names: Collection[str]) -> list[str]:
    return list(dict.fromkeys(names))
