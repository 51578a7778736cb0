"""Meta automotive inventory: the catalogue behind vehicle ads on Facebook and Instagram.

Elements, limits and words are those of Meta's public reference ("Automotive inventory ads:
catalogue fields", developers.facebook.com/docs/marketing-api/auto-ads/reference), read in 2026.
A car without a field that Meta requires is left out and reported; no value is ever invented.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from lxml import etree
from pydantic import field_validator

from syndicator.contract import Artefact, ExporterOptions, Finding, Kit, Place, Scope, View
from syndicator.exporters import _xml
from syndicator.exporters._portal import Identities, check_template, cut, landing_page
from syndicator.exporters._xml import Node, add
from syndicator.facts import facts, is_new
from syndicator.models import Body, Dealer, Drive, Fuel, Listing, Money, Transmission

BODIES: Mapping[Body, str] = {
    Body.HATCHBACK: "HATCHBACK",
    Body.SEDAN: "SEDAN",
    Body.SUV: "SUV",
    Body.WAGON: "WAGON",
    Body.CONVERTIBLE: "CONVERTIBLE",
    Body.VAN: "VAN",
    Body.COUPE: "COUPE",
    Body.OTHER: "OTHER",
}
FUELS: Mapping[Fuel, str] = {
    Fuel.PETROL: "PETROL",
    Fuel.DIESEL: "DIESEL",
    Fuel.ELECTRIC: "ELECTRIC",
    Fuel.HYBRID: "HYBRID",
    Fuel.LPG: "OTHER",
    Fuel.CNG: "OTHER",
    Fuel.OTHER: "OTHER",
}
TRANSMISSIONS: Mapping[Transmission, str | None] = {
    Transmission.MANUAL: "MANUAL",
    Transmission.AUTOMATIC: "AUTOMATIC",
    Transmission.SEMI_AUTOMATIC: "OTHER",
    Transmission.OTHER: None,
}
DRIVES: Mapping[Drive, str | None] = {
    Drive.FWD: "FWD",
    Drive.RWD: "RWD",
    Drive.AWD: "AWD",
    Drive.FOUR_WD: "AWD",  # references disagree on the word for four-wheel drive
    Drive.OTHER: None,
}
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")  # ISO 3779

MOST_ID_CHARACTERS = 100
MOST_DESCRIPTION_CHARACTERS = 5000
MOST_TRIM_CHARACTERS = 50
MOST_IMAGES = 20

REQUIRED: Mapping[str, str] = {  # element to the field of Listing that it is made of
    "vehicle_id": "id",
    "title": "title",
    "description": "description",
    "url": "reference",  # a link template may ask for one
    "make": "make",
    "model": "model",
    "year": "year",
    "mileage": "mileage_km",
    "image": "photos",
    "body_style": "body",
    "exterior_color": "color",
    "price": "price",
    "address": "place",
}
RECOMMENDED: Mapping[str, str] = {
    "vin": "vin",
    "transmission": "transmission",
    "fuel_type": "fuel",
    "latitude": "place",
}

Values = dict[str, str | list[Node] | None]  # by element, in the document's order


class Meta:
    """One ``listing`` for each car that has all that Meta requires."""

    scopes = frozenset({Scope.SHOWROOM, Scope.SITE})
    place = Place.FEEDS
    media_type = "application/xml"

    class Options(ExporterOptions):
        """``link``: address of a car's page on the dealer's own site, else on ours.

        ``{reference}``, ``{id}`` and ``{slug}`` (``skoda-octavia-k3jx2m7q``) stand for the car's
        own. ``id``: what ``vehicle_id`` is; it must equal the id that the site's pixel sends.
        """

        filename: str = "meta.xml"
        link: str = ""
        id: Literal["reference", "listing"] = "reference"

        @field_validator("link")
        @classmethod
        def _is_template(cls, link: str) -> str:
            return check_template(link) if link else link

    def __init__(self, options: Options, kit: Kit) -> None:
        self.options = options
        self.kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        """One document."""
        yield Artefact.stream(self.options.filename, _xml.document("listings", self._nodes(view)))

    def audit(self, view: View) -> Iterator[Finding]:
        """What becomes of each car: sent, sent without a recommended field, or left out."""
        words = self.kit.words
        writer = _Writer(view, self.kit, self.options)
        for listing in view.listings:
            values = writer.values(listing)
            missing = _absent(values, REQUIRED)
            poorer = () if missing else _absent(values, RECOMMENDED)
            for field in missing:
                reason = words.text("Meta requires this field.")
                yield _finding(listing, "left-out", field, reason)
            for field in poorer:
                reason = words.text("Meta recommends this field.")
                yield _finding(listing, "poorer", field, reason)
            if not missing and not poorer:
                yield _finding(listing, "sent")

    def _nodes(self, view: View) -> Iterator[Node]:
        name = view.showroom.name if view.showroom else view.site.title
        title = etree.Element("title")
        title.text = self.kit.words.text("{name}: stock", name=name)
        yield title
        yield etree.Element("link", rel="self", href=view.links.own(self.options.filename))
        writer = _Writer(view, self.kit, self.options)
        for node in _xml.records(view.listings, writer.node):
            if node is not None:
                yield node


class _Writer:
    """Turns the listings of one view into Meta's values."""

    def __init__(self, view: View, kit: Kit, options: Meta.Options) -> None:
        self._links = view.links
        self._words = kit.words
        self._options = options
        self._dealers = {dealer.id: dealer for dealer in view.dealers}
        self._identities = Identities(view.listings, MOST_ID_CHARACTERS)

    def node(self, listing: Listing) -> Node | None:
        """The element of a car, or ``None`` where Meta would ignore it."""
        values = self.values(listing)
        if _absent(values, REQUIRED):
            return None
        node = etree.Element("listing")
        for name, value in values.items():
            if isinstance(value, list):
                node.extend(value)
            elif value:
                add(node, name, value)
        return node

    def values(self, listing: Listing) -> Values:
        """Every documented element that the listing can fill."""
        dealer = self._dealers.get(listing.dealer_id)
        place = listing.place
        located = place and place.latitude is not None and place.longitude is not None
        return {
            "vehicle_id": self._id(listing),
            "title": listing.title,
            "description": self._description(listing),
            "url": self._link(listing),
            "make": listing.make,
            "model": listing.model,
            "year": f"{listing.year:04}" if listing.year is not None else None,
            "mileage": _mileage(listing),
            "image": [_image(photo.url) for photo in listing.photos[:MOST_IMAGES]],
            "body_style": BODIES[listing.body] if listing.body else None,
            "transmission": TRANSMISSIONS[listing.transmission] if listing.transmission else None,
            "fuel_type": FUELS[listing.fuel] if listing.fuel else None,
            "drivetrain": DRIVES[listing.drive] if listing.drive else None,
            "vin": listing.vin if VIN.fullmatch(listing.vin or "") else None,
            "exterior_color": listing.color,
            "interior_color": listing.interior_color,
            "state_of_vehicle": "NEW" if is_new(listing) else "USED",
            "price": _price(listing.price),
            "availability": "AVAILABLE",
            "trim": cut(listing.variant or "", MOST_TRIM_CHARACTERS),
            "vehicle_type": "CAR_TRUCK",
            "date_first_on_lot": _day(listing.created),
            "address": _address(listing, dealer),
            "latitude": f"{place.latitude:f}" if place and located else None,
            "longitude": f"{place.longitude:f}" if place and located else None,
            "dealer_id": (dealer.location_code or dealer.id) if dealer else listing.dealer_id,
            "dealer_name": dealer.name if dealer else None,
            "dealer_phone": dealer.phone if dealer else None,
        }

    def _id(self, listing: Listing) -> str | None:
        if self._options.id == "listing":
            return listing.id if len(listing.id) <= MOST_ID_CHARACTERS else None
        return self._identities.of(listing)

    def _link(self, listing: Listing) -> str | None:
        template = self._options.link
        return landing_page(template, listing) if template else self._links.vehicle(listing)

    def _description(self, listing: Listing) -> str:
        """The seller's text, else the facts; Belgian law wants the Car-Pass in every advert."""
        told = listing.description or "; ".join(
            f"{fact.label}: {fact.value}" for fact in facts(listing, self._words)
        )
        proof = listing.car_pass and (listing.car_pass.url or listing.car_pass.number)
        line = f"\nCar-Pass: {proof}" if proof else ""
        room = MOST_DESCRIPTION_CHARACTERS - len(line)
        if room <= 0:
            return cut(told, MOST_DESCRIPTION_CHARACTERS)
        return (cut(told, room) + line).strip()


def _absent(values: Values, fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(field for element, field in fields.items() if not values[element])


def _finding(listing: Listing, outcome: str, field: str = "", reason: str = "") -> Finding:
    return Finding(listing_id=listing.id, outcome=outcome, field=field, reason=reason)


def _mileage(listing: Listing) -> list[Node]:
    if listing.mileage_km is None:
        return []
    node = etree.Element("mileage")
    add(node, "value", listing.mileage_km)
    add(node, "unit", "KM")
    return [node]


def _day(when: datetime) -> str | None:
    """The date, unless it is the 1970 that stands for none."""
    return when.date().isoformat() if when.timestamp() else None


def _image(address: str) -> Node:
    node = etree.Element("image")
    add(node, "url", address)
    add(node, "tag", "Photo")  # free text; what a picture shows is not known
    return node


def _price(price: Money | None) -> str | None:
    if price is None or price.minor <= 0:
        return None
    whole, cents = divmod(price.minor, 100)
    return f"{whole}.{cents:02} {price.currency}" if cents else f"{whole} {price.currency}"


def _address(listing: Listing, dealer: Dealer | None) -> list[Node]:
    """The dealer's, where buyers go; else the place of the car."""
    for where in (dealer, listing.place):
        if where and where.city and where.province and where.postal_code:
            node = etree.Element("address", format="simple")
            components = {
                "addr1": where.address if isinstance(where, Dealer) else None,
                "city": where.city,
                "region": where.province,
                "postal_code": where.postal_code,
                "country": "BE",
            }
            for name, text in components.items():
                add(node, "component", text, name=name)
            return [node]
    return []
