"""Cars and sellers unlike most, as a finished showroom in a folder: for tests that look at it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from syndicator.contract import Place, View
from syndicator.exporters.showroom import Showroom
from syndicator.links import vehicle_slug
from syndicator.models import (
    CarPass,
    Feature,
    FeatureCategory,
    Fuel,
    Listing,
    Money,
    Photo,
    PricePoint,
    Seller,
    Tombstone,
)
from syndicator.render import RenderKit, Templates
from syndicator.testing import sample_dealer, sample_listing, sample_view

SITE = "https://voorraad.example"  # its pages link to one another without scheme and host
ROOM = "vb-leuven"
LONG = "Een wagen met een heel lange titel die niet wil ophouden en maar blijft doorgaan " * 3
STORY = "".join(
    f"Regel {number} van een lang verhaal, met <b>opmaak</b> &amp; meer.\n" for number in range(250)
)
SELLER = Seller(
    legal_form="BV",
    enterprise_number="0123.456.749",
    vat_number="BE 0123.456.749",
    court="Leuven",
    opening_hours=("Ma-vr 9.00-18.00", "Za 10.00-17.00"),
)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
    'height="{height}"><path fill="{colour}" d="M0 0h{width}v{height}H0z"/></svg>'
)
PRICED = datetime(2026, 1, 1, tzinfo=UTC)


def photos(count: int) -> tuple[Photo, ...]:
    """Drawings that the folder holds; the address of a broken one leads nowhere."""
    return tuple(Photo(url=f"{SITE}/photos/{number}.svg") for number in range(1, count + 1))


def cars() -> Mapping[str, Listing]:
    """By what is odd about each."""
    broken = (Photo(url=f"{SITE}/photos/none.svg"), *photos(2))
    unknown: dict[str, Any] = dict.fromkeys(
        ("vat_regime", "year", "first_registration", "mileage_km", "fuel", "transmission"), None
    )
    odd: dict[str, dict[str, Any]] = {
        "usual": {"photos": photos(6)},
        "unphotographed": {"photos": ()},
        "one-photo": {"photos": photos(1)},
        "fifty-photos": {"photos": photos(50)},
        "broken-photo": {"photos": broken},
        "priceless": {"price": None, "photos": photos(2)},
        "wordy": {"make": None, "model": None, "title": LONG[:200], "description": STORY[:15_000]},
        "long-name": {"make": "Volkswagen", "model": "Transporter Dubbele Cabine Lange Wielbasis"},
        "ancient": {"first_registration": "1900-01", "year": 1900, "mileage_km": 999_999},
        "electric": {"fuel": Fuel.ELECTRIC, "co2_g_per_km": 0, "first_registration": "2027-01"},
        "reduced": {"price": Money(minor=1_645_000, currency="EUR")},
        "dear": {"price": Money(minor=123_456_789, currency="CHF")},
        "numbered": {"car_pass": CarPass(number="12345678901")},
        "bare": {"photos": (), "features": (), "description": None, "car_pass": None} | unknown,
        "loaded": {
            "features": tuple(
                Feature(name=f"Optie {number}", category=FeatureCategory.COMFORT)
                for number in range(120)
            )
        },
    }
    defaults = {"photos": photos(3)}
    return {name: sample_listing(id=name, **(defaults | changes)) for name, changes in odd.items()}


def view() -> View:
    """Them all at one seller's, with one reserved and one sold."""
    known = cars()
    when = known["usual"].updated
    fewer = {"photos": photos(3)}
    before = PricePoint(since=PRICED, price=Money(minor=1_745_000, currency="EUR"))
    after = PricePoint(since=when, price=known["reduced"].price)
    made = sample_view(
        list(known.values()),
        dealers=[sample_dealer(phone="0471 12 34 56")],
        place=Place.ROOT,
        pending=[sample_listing(id="pending", **fewer)],
        gone=[Tombstone(listing=sample_listing(id="sold", **fewer), when=when, sold=True)],
        prices={"reduced": (before, after)},
    )
    assert made.showroom
    return msgspec.structs.replace(
        made, showroom=msgspec.structs.replace(made.showroom, seller=SELLER)
    )


def path(name: str, language: str = "nl") -> str:
    """Of a car's page on the server, by what is odd about it."""
    folder = "" if language == "nl" else f"{language}/"
    car = cars().get(name) or sample_listing(id=name)
    return f"/{ROOM}/{folder}{vehicle_slug(car)}/"


def write(folder: Path) -> None:
    """The showroom of them, with its assets and photos."""
    templates = Templates()
    files = dict(templates.assets()) | {"index.html": b"", "site.webmanifest": b"{}"}
    options = Showroom.Options(pending_is_reserved=True)
    for artefact in Showroom(options, RenderKit(templates, "nl")).export(view()):
        files[f"{ROOM}/{artefact.path}"] = b"".join(artefact.chunks)
    for number in range(1, 51):
        width, height = ((1600, 1200), (1200, 1600), (2400, 800))[number % 3]
        colour = f"#{number * 5 % 256:02x}80{255 - number * 5 % 256:02x}"
        drawing = DRAWING.format(width=width, height=height, colour=colour)
        files[f"photos/{number}.svg"] = drawing.encode()
    for where, body in files.items():
        target = folder / where
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
