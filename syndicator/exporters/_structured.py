"""What machines read in a page: schema.org as JSON-LD, the same facts that people see. Pure.

Units are UN/CEFACT Recommendation 20 codes. What is unknown is left out.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from syndicator.exporters._phone import international
from syndicator.facts import Fact, is_electric, promised_months
from syndicator.models import Dealer, Drive, Listing
from syndicator.models import Place as Where
from syndicator.tags import Condition, condition

Node = dict[str, object]

SCHEMA = "https://schema.org"
ON_OFFER = "InStock"
CONDITIONS: Mapping[Condition, str] = {  # OfferItemCondition
    Condition.NEW: f"{SCHEMA}/NewCondition",
    Condition.DEMO: f"{SCHEMA}/UsedCondition",
    Condition.USED: f"{SCHEMA}/UsedCondition",
    Condition.CLASSIC: f"{SCHEMA}/UsedCondition",
    Condition.DAMAGED: f"{SCHEMA}/DamagedCondition",
}
DRIVES: Mapping[Drive, str] = {
    Drive.FWD: f"{SCHEMA}/FrontWheelDriveConfiguration",
    Drive.RWD: f"{SCHEMA}/RearWheelDriveConfiguration",
    Drive.AWD: f"{SCHEMA}/AllWheelDriveConfiguration",
    Drive.FOUR_WD: f"{SCHEMA}/FourWheelDriveConfiguration",
}


class Step(Protocol):
    """One level of the way to a page."""

    @property
    def name(self) -> str:
        """As people read it."""

    @property
    def address(self) -> str:
        """Of its page."""


class Card(Protocol):
    """One car of a list."""

    @property
    def title(self) -> str:
        """As people read it."""

    @property
    def address(self) -> str:
        """Of its page."""


def graph(*nodes: object) -> Node:
    """One document of several nodes."""
    return {"@context": SCHEMA, "@graph": [node for node in nodes if node]}


def breadcrumb(trail: Sequence[Step]) -> Node:
    """The way from the front page to this one."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": step.name, "item": step.address}
            for position, step in enumerate(trail, start=1)
        ],
    }


def website(name: str, address: str, language: str) -> Node:
    """The site as a whole; ``language`` is a BCP 47 tag."""
    return {"@type": "WebSite", "name": name, "url": address, "inLanguage": language}


def item_list(cards: Iterable[Card], first: int) -> Node:
    """The cars of a list page, counted on from the pages before."""
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "url": card.address, "name": card.title}
            for position, card in enumerate(cards, start=first + 1)
        ],
    }


def dealer_node(dealer: Dealer, address: str, where: Where | None = None) -> Node:
    """A seller."""
    return _known(
        {
            "@type": "AutoDealer",
            "@id": f"{address}#dealer",
            "name": dealer.name,
            "legalName": dealer.company_name,
            "url": address,
            "logo": dealer.logo_url,
            "telephone": international(dealer.phone or "") or None,
            "email": dealer.email,
            "address": _address(dealer),
            "geo": _geo(where),
        }
    )


def car(listing: Listing, sheet: Collection[Fact], address: str, offer: Node) -> Node:
    """A car, told in as much detail as its page does.

    :param sheet: the facts on the page; empty for a car that is not on offer.
    """
    node = {
        "@type": "Car",
        "@id": f"{address}#car",
        "name": listing.title,
        "url": address,
        "image": [photo.url for photo in listing.photos],
        "brand": {"@type": "Brand", "name": listing.make} if listing.make else None,
        "model": listing.model,
        "vehicleConfiguration": listing.variant,
        "offers": offer,
    }
    return _known(node | (_details(listing, sheet) if sheet else {}))


def _details(listing: Listing, sheet: Iterable[Fact]) -> Node:
    """Closed values in the words of the page; the chassis number only where the page has it."""
    told = {fact.name: fact.value for fact in sheet}
    return {
        "description": listing.description,
        "sku": listing.reference,
        "itemCondition": CONDITIONS[condition(listing)] if "condition" in told else None,
        "productionDate": str(listing.year) if listing.year else None,
        "dateVehicleFirstRegistered": listing.first_registration,
        "vehicleIdentificationNumber": told.get("vin"),
        "mileageFromOdometer": _quantity(listing.mileage_km, "KMT"),
        "fuelType": told.get("fuel"),
        "vehicleTransmission": told.get("transmission"),
        "bodyType": told.get("body"),
        "driveWheelConfiguration": DRIVES.get(listing.drive) if listing.drive else None,
        "vehicleEngine": _engine(listing),
        "numberOfForwardGears": listing.gears,
        "numberOfDoors": listing.doors,
        "vehicleSeatingCapacity": listing.seats,
        "weight": _quantity(listing.weight_kg, "KGM"),
        "color": told.get("color"),
        "vehicleInteriorColor": told.get("interior_color"),
        "vehicleInteriorType": told.get("interior_material"),
        "emissionsCO2": listing.co2_g_per_km if "co2_g_per_km" in told else None,
        "meetsEmissionStandard": told.get("emission_class"),
        "fuelConsumption": _consumption(listing),
        "additionalProperty": [
            {"@type": "PropertyValue", "name": feature.name} for feature in listing.features
        ],
    }


def offer(listing: Listing, address: str, seller: str, availability: str) -> Node:
    """What the car costs and whether it can be had; ``availability`` as schema.org has it."""
    price = listing.price if availability == ON_OFFER else None
    return _known(
        {
            "@type": "Offer",
            "url": address,
            "availability": f"{SCHEMA}/{availability}",
            "price": price.amount if price else None,
            "priceCurrency": price.currency if price else None,
            "seller": {"@id": f"{seller}#dealer"},
            "warranty": _warranty(listing) if availability == ON_OFFER else None,
        }
    )


def _warranty(listing: Listing) -> Node | None:
    """What the seller promises, where its length is known and the page may tell it."""
    months = promised_months(listing)
    if months is None:
        return None
    return {"@type": "WarrantyPromise", "durationOfWarranty": _quantity(months, "MON")}


def _engine(listing: Listing) -> Node | None:
    power = _quantity(listing.power_kw, "KWT")
    if not (power or listing.engine):
        return None
    return _known({"@type": "EngineSpecification", "name": listing.engine, "enginePower": power})


def _consumption(listing: Listing) -> Node | None:
    """Litres only: what the figure means for an electric car is not told."""
    value = listing.consumption_l_per_100km
    if value is None or is_electric(listing):
        return None
    return {"@type": "QuantitativeValue", "value": value, "unitText": "L/100 km"}


def _quantity(value: Decimal | int | None, unit: str) -> Node | None:
    if value is None:
        return None
    return {"@type": "QuantitativeValue", "value": value, "unitCode": unit}


def _address(dealer: Dealer) -> Node | None:
    address = _known(
        {
            "streetAddress": dealer.address,
            "postalCode": dealer.postal_code,
            "addressLocality": dealer.city,
            "addressRegion": dealer.province,
        }
    )
    if not address:
        return None
    belgian = re.fullmatch(r"[1-9]\d{3}", dealer.postal_code or "")
    return {"@type": "PostalAddress", **address, **({"addressCountry": "BE"} if belgian else {})}


def _geo(where: Where | None) -> Node | None:
    if where is None or where.latitude is None or where.longitude is None:
        return None
    return {
        "@type": "GeoCoordinates",
        "latitude": where.latitude,
        "longitude": where.longitude,
    }


def _known(node: Node) -> Node:
    return {key: value for key, value in node.items() if value not in (None, "", [])}
