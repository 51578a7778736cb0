"""A checker for JSON-LD of cars and sellers, written from schema.org; it knows no exporter.

What each type may have and must have, of which kind, and the units (UN/CEFACT Recommendation 20)
of each quantity. Relative addresses, prices as text and unit names instead of codes are faults.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any], bool]


def matching(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_count(value: Any) -> bool:
    return is_number(value) and value == int(value) and value > 0


def one_of(*words: str) -> Check:
    return lambda value: value in [f"https://schema.org/{word}" for word in words]


def quantity(unit: str) -> Check:
    return lambda value: value["@type"] == "QuantitativeValue" and value.get("unitCode") == unit


def typed(name: str) -> Check:
    return lambda value: isinstance(value, dict) and value.get("@type") == name


def every(check: Check) -> Check:
    return lambda value: isinstance(value, list) and len(value) > 0 and all(map(check, value))


text = matching(r"(?s).*\S.*")
address = matching(r"https?://\S+")
reference = matching(r"https?://\S+#[a-z]+")

TYPES: Mapping[str, Mapping[str, Check]] = {
    "AutoDealer": {
        "@id": reference,
        "name": text,
        "legalName": text,
        "url": address,
        "logo": address,
        "telephone": matching(r"\+[1-9][0-9]{6,14}"),
        "email": matching(r"[^@\s]+@[^@\s]+"),
        "address": typed("PostalAddress"),
        "geo": typed("GeoCoordinates"),
    },
    "PostalAddress": {
        "streetAddress": text,
        "postalCode": text,
        "addressLocality": text,
        "addressRegion": text,
        "addressCountry": matching("[A-Z]{2}"),
    },
    "GeoCoordinates": {"latitude": is_number, "longitude": is_number},
    "Car": {
        "@id": reference,
        "name": text,
        "description": text,
        "url": address,
        "image": every(address),
        "sku": text,
        "brand": typed("Brand"),
        "model": text,
        "vehicleConfiguration": text,
        "productionDate": matching("[0-9]{4}"),
        "dateVehicleFirstRegistered": matching("[0-9]{4}-[0-9]{2}(-[0-9]{2})?"),
        "vehicleIdentificationNumber": text,
        "itemCondition": one_of("NewCondition", "UsedCondition", "DamagedCondition"),
        "mileageFromOdometer": quantity("KMT"),
        "fuelType": text,
        "vehicleTransmission": text,
        "bodyType": text,
        "driveWheelConfiguration": one_of(
            "FrontWheelDriveConfiguration",
            "RearWheelDriveConfiguration",
            "AllWheelDriveConfiguration",
            "FourWheelDriveConfiguration",
        ),
        "vehicleEngine": typed("EngineSpecification"),
        "numberOfForwardGears": is_count,
        "numberOfDoors": is_count,
        "vehicleSeatingCapacity": is_count,
        "weight": quantity("KGM"),
        "color": text,
        "vehicleInteriorColor": text,
        "vehicleInteriorType": text,
        "emissionsCO2": is_number,
        "meetsEmissionStandard": text,
        "fuelConsumption": lambda value: value.get("unitText") == "L/100 km",
        "additionalProperty": every(typed("PropertyValue")),
        "offers": typed("Offer"),
    },
    "Brand": {"name": text},
    "EngineSpecification": {"name": text, "enginePower": quantity("KWT")},
    "QuantitativeValue": {
        "value": is_number,
        "unitCode": matching("KMT|KWT|KGM|MON"),
        "unitText": matching("L/100 km"),
    },
    "PropertyValue": {"name": text},
    "Offer": {
        "url": address,
        "availability": one_of("InStock"),
        "price": lambda value: is_number(value) and value > 0,
        "priceCurrency": matching("[A-Z]{3}"),
        "seller": lambda value: set(value) == {"@id"} and reference(value["@id"]),
        "warranty": typed("WarrantyPromise"),
    },
    "WarrantyPromise": {"durationOfWarranty": quantity("MON")},
    "WebSite": {"name": text, "url": address, "inLanguage": text},
    "BreadcrumbList": {"itemListElement": every(typed("ListItem"))},
    "ItemList": {"itemListElement": every(typed("ListItem"))},
    "ListItem": {"position": is_count, "name": text, "item": address, "url": address},
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "AutoDealer": ("@id", "name", "url"),
    "Car": ("@id", "name", "url", "offers"),
    "Offer": ("url", "availability", "seller"),
    "QuantitativeValue": ("value",),
    "GeoCoordinates": ("latitude", "longitude"),
    "PropertyValue": ("name",),
    "Brand": ("name",),
}


def faults(body: bytes) -> list[str]:
    """What is wrong with a document; empty where nothing is."""
    document = json.loads(body)
    if set(document) != {"@context", "@graph"} or document["@context"] != "https://schema.org":
        return ["no document of schema.org with a graph"]
    nodes = document["@graph"]
    found = [fault for node in nodes for fault in of_node(node)]
    ids = [node.get("@id") for node in nodes]
    found += [f"@id twice: {each}" for each in {each for each in ids if ids.count(each) > 1}]
    sellers = {node.get("@id") for node in nodes if node.get("@type") == "AutoDealer"}
    for node in nodes:
        if node.get("@type") not in ("AutoDealer", "Car"):
            found.append(f"not a node of this document: {node.get('@type')}")
        seller = node.get("offers", {}).get("seller", {}).get("@id")
        if node.get("@type") == "Car" and seller not in sellers:
            found.append(f"no such seller: {seller}")
    return found


def of_node(node: Mapping[str, Any]) -> Iterator[str]:
    """The faults of one node and of all within it."""
    name = node.get("@type", "")
    known = TYPES.get(name)
    if known is None:
        yield f"no known type: {name!r}"
        return
    for key in REQUIRED.get(name, ()):
        if key not in node:
            yield f"{name} without {key}"
    if name == "Offer" and ("price" in node) != ("priceCurrency" in node):
        yield "a price without its currency, or the other way round"
    for key, value in node.items():
        if key not in {*known, "@type"}:
            yield f"{name} has no {key}"
        elif key != "@type" and not known[key](value):
            yield f"{name}.{key} may not be {value!r}"
        yield from (fault for inner in within(value) for fault in of_node(inner))


def within(value: Any) -> list[dict[str, Any]]:
    """The nodes that are a value, or among its entries; a bare reference is none."""
    entries = value if isinstance(value, list) else [value]
    return [each for each in entries if isinstance(each, dict) and set(each) != {"@id"}]
