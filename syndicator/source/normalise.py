"""One raw record of the API to our models. Pure, and the only place that forgives.

What cannot be used makes its field unknown and is counted with its path; only an unusable id,
status or dealer costs the record.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from syndicator.errors import RecordError
from syndicator.models import CarPass, Dealer, Feature, FeatureCategory, Listing, Money, Place
from syndicator.source import dealers, scrub, vocabulary, wire
from syndicator.source.dealers import location, locations
from syndicator.source.fields import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_LINE,
    Fields,
    Issue,
    Note,
    Reader,
    address,
    decimal,
    flag,
    headline,
    instant,
    line,
    month_or_day,
    paragraphs,
    split,
    whole,
)
from syndicator.source.photos import photos

__all__ = ["Issue", "Normalised", "listing", "location", "locations"]

MAX_DESCRIPTION = 20_000
MAX_FEATURES = 200
MAX_CONDITIONS = 20
MAX_VIN = 32
MAX_PRICE = 100_000_000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
CAR_PASS_HOSTS = frozenset(["car-pass.be", "public.car-pass.be", "www.car-pass.be"])

MEMBERS: Mapping[str, tuple[str, Reader[Any]]] = {
    "sold": ("soldAt", instant),
    "slug": ("slug", line),
    "url": ("listingUrl", address),
    "reference": ("externalReference", line),
    "provider": ("externalProvider", line),
    "description": ("description", paragraphs(MAX_DESCRIPTION)),
    "make": ("brand", line),
    "model": ("model", line),
    "variant": ("variant", line),
    "year": ("year", whole(FIRST_YEAR, LAST_YEAR)),
    "first_registration": ("firstRegistration", month_or_day),
    "mileage_km": ("mileage", whole(0, 5_000_000)),
    "engine": ("engine", line),
    "gears": ("gears", whole(1, 12)),
    "power_kw": ("powerKw", decimal(1, 3_000, places=2)),
    "doors": ("doors", whole(1, 10)),
    "seats": ("seats", whole(1, 10)),
    "weight_kg": ("weight", whole(1, 100_000)),
    "color": ("color", line),
    "interior_color": ("interiorColor", line),
    "interior_material": ("interiorMaterial", line),
    "paint": ("paintType", line),
    "previous_owners": ("previousOwners", whole(0, 100)),
    "service_history": ("serviceHistory", flag),
    "warranty": ("warranty", flag),
    "warranty_months": ("warrantyMonths", whole(0, 600)),
    "co2_g_per_km": ("co2Emission", whole(0, 2_000)),
    "emission_class": ("emissionClass", line),
    "consumption_l_per_100km": ("fuelConsumption", decimal(0, 100, places=2)),
}
"""Our field to the API's member and how it is read."""

WORDS: Mapping[str, tuple[str, Mapping[str, StrEnum]]] = {
    "status": ("status", vocabulary.STATUS),
    "vat_regime": ("vehicleType", vocabulary.VAT_REGIME),
    "fuel": ("fuelType", vocabulary.FUEL),
    "transmission": ("transmission", vocabulary.TRANSMISSION),
    "body": ("bodyType", vocabulary.BODY),
    "drive": ("driveType", vocabulary.DRIVE),
    "co2_cycle": ("co2Type", vocabulary.CO2_CYCLE),
}
"""Our field to the API's member and the table of its words."""

PLACE: Mapping[str, tuple[str, Reader[Any]]] = {
    "postal_code": ("postalCode", line),
    "city": ("city", line),
    "province": ("province", line),
    "latitude": ("latitude", decimal(-90, 90, places=7)),
    "longitude": ("longitude", decimal(-180, 180, places=7)),
}

_read_price = decimal(0, MAX_PRICE, places=2)


class Normalised(msgspec.Struct, frozen=True, kw_only=True):
    """A listing, the dealer embedded in it, and what of both could not be used."""

    listing: Listing
    dealer: Dealer | None
    issues: tuple[Issue, ...]


def listing(raw: bytes) -> Normalised:
    """One record of ``/listings``.

    :raises RecordError: it is no object, or its id, status or dealer is unusable.
    """
    issues: list[Issue] = []
    fields = Fields(wire.members(raw), issues)
    listing_id = dealers.identity(fields, "id")
    if listing_id is None:
        raise RecordError("id: not a usable id")
    dealer_id, dealer = _dealer(fields, listing_id)
    words, originals = _words(fields)
    if words["status"] is None:
        raise RecordError("status: not a usable word", record_id=listing_id)
    plain: dict[str, Any] = {
        field: fields.read(name, reader) for field, (name, reader) in MEMBERS.items()
    }
    created, updated = _dates(fields)
    found = Listing(
        id=listing_id,
        dealer_id=dealer_id,
        title=_title(fields, plain) or scrub.line(listing_id) or scrub.ELLIPSIS,
        created=created,
        updated=updated,
        price=_price(fields),
        conditions=_conditions(fields),
        place=_place(fields.object("location")),
        vin=fields.read("vin", _vin),
        car_pass=fields.read("carPassUrl", _car_pass),
        photos=photos(fields),
        features=_features(fields),
        originals=originals,
        **words,
        **plain,
    )
    return Normalised(listing=found, dealer=dealer, issues=tuple(issues))


def _dealer(fields: Fields, listing_id: str) -> tuple[str, Dealer | None]:
    """Whose it is: ``dealerProfileId``, else the embedded dealer's own id."""
    embedded = fields.object("dealer")
    stated = dealers.identity(fields, "dealerProfileId")
    own = dealers.identity(embedded, "id") if embedded else None
    dealer_id = stated or own
    if dealer_id is None:
        raise RecordError("dealerProfileId: not a usable id", record_id=listing_id)
    if own is not None and own != dealer_id:
        fields.note("dealer.id")("not the dealerProfileId")
        return dealer_id, None
    return dealer_id, dealers.dealer(embedded, dealer_id) if embedded else None


def _words(fields: Fields) -> tuple[dict[str, Any], dict[str, str]]:
    """The members of our enums, and the API's own word for each that we do not know."""
    words: dict[str, Any] = {}
    originals: dict[str, str] = {}
    for field, (name, table) in WORDS.items():
        word = fields.read(name, line)
        words[field] = None if word is None else table.get(vocabulary.key(word))
        if word is not None and words[field] is None:
            fields.note(name)(f"unknown word {word!r}")
            words[field] = table["other"]
            originals[field] = word
    return words, originals


def _title(fields: Fields, plain: Mapping[str, Any]) -> str | None:
    title = fields.read("title", headline)
    if title is not None:
        return title
    fields.note("title")("missing")
    named = " ".join(filter(None, (plain["make"], plain["model"])))
    return scrub.cut(named, MAX_LINE) or plain["reference"]


def _dates(fields: Fields) -> tuple[datetime, datetime]:
    """Created and updated; one stands in for the other."""
    created = fields.read("createdAt", instant)
    updated = fields.read("updatedAt", instant)
    if created is None and updated is None:
        fields.note("updatedAt")("no date at all")
    return created or updated or NEVER, updated or created or NEVER


def _price(fields: Fields) -> Money | None:
    """Nought means "no price". Without a currency the documented default is the euro."""
    amount = fields.read("price", _read_price)
    currency = fields.read("currency", _currency, default="EUR")
    if not amount or currency is None:
        return None
    return Money(minor=int(amount * 100), currency=currency)


def _currency(value: object, note: Note) -> str | None:
    """An ISO 4217 code."""
    text = value.strip().upper() if isinstance(value, str) else ""
    if re.fullmatch("[A-Z]{3}", text):
        return text
    note("not a currency code")
    return None


def _conditions(fields: Fields) -> tuple[str, ...]:
    """The tags as given, and the single ``condition`` that the API had until June 2026."""
    note = fields.note("conditionTags[]")
    tags = [line(each, note) for each in fields.array("conditionTags", MAX_CONDITIONS)]
    tags.append(fields.read("condition", line))
    return tuple(dict.fromkeys(filter(None, tags)))


def _vin(value: object, note: Note) -> str | None:
    """Not held to 17 characters: the API contradicts itself about its length."""
    vin = line(value.upper() if isinstance(value, str) else value, note)
    if vin is None or len(vin) <= MAX_VIN:
        return vin
    note(f"longer than {MAX_VIN} characters")
    return None


def _car_pass(value: object, note: Note) -> CarPass | None:
    text = value.strip() if isinstance(value, str) else None
    if text and re.fullmatch("[0-9]{11}", text):
        return CarPass(number=text)
    parts = split(text) if text else None
    if parts and parts.hostname in CAR_PASS_HOSTS:
        return CarPass(url=address(text, note))
    note("neither a Car-Pass address nor an eleven-digit number")
    return None


def _place(fields: Fields | None) -> Place | None:
    if fields is None:
        return None
    place = Place(**{field: fields.read(name, reader) for field, (name, reader) in PLACE.items()})
    return None if place == Place() else place


def _features(fields: Fields) -> tuple[Feature, ...]:
    entries = fields.array("features", MAX_FEATURES)
    return tuple(dict.fromkeys(filter(None, (_feature(fields, each) for each in entries))))


def _feature(fields: Fields, entry: object) -> Feature | None:
    """An entry with its category, or a bare name."""
    if not isinstance(entry, dict):
        name = line(entry, fields.note("features[]"))
        return Feature(name=name) if name else None
    own = fields.entry("features", entry)
    name = own.read("name", line) or own.read("feature", line)
    category = own.read("category", _category) or FeatureCategory.OTHER
    return Feature(name=name, category=category) if name else None


def _category(value: object, note: Note) -> FeatureCategory | None:
    word = line(value, note)
    category = vocabulary.FEATURE_CATEGORY.get(vocabulary.key(word)) if word else None
    if word and category is None:
        note(f"unknown word {word!r}")
    return category
