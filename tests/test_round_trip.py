"""What the API says of a car comes back out of ``vehicles.xml``, with lxml and the schema's names.

Each member of each record is read back and compared, is one of :data:`KEPT_OUT`, or the gate has
complained of it; and nothing comes back that no record said. Texts are compared as the gate cleans
them, which has tests of its own.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import scenarios
from lxml import etree

from syndicator.exporters import vehicles
from syndicator.exporters.vehicles import Vehicles
from syndicator.simulator.stock import make_stock
from syndicator.source import fields, normalise
from syndicator.testing import sample_kit, sample_view

V = f"{{{vehicles.NAMESPACE}}}"
XS = {"xs": "http://www.w3.org/2001/XMLSchema"}
SCHEMA = etree.fromstring(vehicles.schema())

Json = dict[str, Any]
Read = Callable[[Any], Any]

KEPT_OUT = {
    "mainImageUrl": "the first photo is the main one: compared with the list of photos",
    "dealer.metadata": "free-form, and nobody vouches that it is public",
    "dealer.parent": "null: this dealer has none",
    "location": "null: nobody says where the car is",
}
SAME = {"btw": "deductible", "4x4": "4wd"}  # the API's documented words that have another name


def clean(reader: Callable[[Any, Callable[[str], None]], Any]) -> Read:
    return lambda value: reader(value, lambda _: None)


def number(value: Any) -> Decimal:
    return Decimal(str(value))


def price(value: Any) -> Decimal | None:
    return number(value) or None  # nought means "on request"


def word(kind: str) -> Read:
    """A word of a closed list as the schema has it, else the seller's own."""
    path = f"xs:simpleType[@name='{kind}Word']//xs:enumeration"
    known = {each.get("value") for each in SCHEMA.findall(path, XS)} - {"other"}

    def read(value: str) -> Any:
        plain = SAME.get(value.lower(), value.lower())
        return plain if plain in known else line(value)

    return read


def images(value: list[Json]) -> list[str]:
    placed = sorted(value, key=lambda each: each["position"])
    return [url for each in placed if (url := address(each["url"]))]


def equipment(value: list[Json]) -> list[tuple[str, str]]:
    path = "xs:simpleType[@name='FeatureCategoryWord']//xs:enumeration"
    known = {each.get("value") for each in SCHEMA.findall(path, XS)}
    named = ((line(each["name"]), each.get("category")) for each in value)
    return list(dict.fromkeys((name, kind if kind in known else "other") for name, kind in named))


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


line, address = clean(fields.line), clean(fields.address)
email, month = clean(fields.email), clean(fields.month_or_day)

EXPECTED: Mapping[str, Read] = {
    "id": str,
    "slug": line,
    "listingUrl": address,
    "dealerProfileId": str,
    "externalReference": line,
    "externalProvider": line,
    "title": clean(fields.headline),
    "description": clean(fields.paragraphs(20_000)),
    "status": str,
    "price": price,
    "currency": str,
    "vehicleType": word("VatRegime"),
    "brand": line,
    "model": line,
    "variant": line,
    "year": number,
    "firstRegistration": month,
    "mileage": number,
    "fuelType": word("Fuel"),
    "transmission": word("Transmission"),
    "bodyType": word("Body"),
    "driveType": word("Drive"),
    "engine": line,
    "gears": number,
    "powerKw": number,
    "doors": number,
    "seats": number,
    "weight": number,
    "color": line,
    "interiorColor": line,
    "interiorMaterial": line,
    "paintType": line,
    "previousOwners": number,
    "serviceHistory": bool,
    "warranty": bool,
    "warrantyMonths": number,
    "co2Emission": number,
    "co2Type": word("Co2Cycle"),
    "emissionClass": line,
    "fuelConsumption": number,
    "conditionTags": lambda tags: list(map(line, tags)),
    "vin": lambda vin: str(vin).upper(),
    "carPassUrl": str,
    "location.postalCode": line,
    "location.city": line,
    "location.province": line,
    "location.latitude": number,
    "location.longitude": number,
    "images": images,
    "features": equipment,
    "createdAt": moment,
    "updatedAt": moment,
    "soldAt": moment,
    "dealer.id": str,
    "dealer.parentId": str,
    "dealer.locationCode": line,
    "dealer.companyName": line,
    "dealer.fullName": line,
    "dealer.displayName": line,
    "dealer.email": email,
    "dealer.phone": line,
    "dealer.address": line,
    "dealer.postalCode": line,
    "dealer.city": line,
    "dealer.province": line,
    "dealer.logoUrl": address,
    "dealer.parent.id": str,
    "dealer.parent.locationCode": line,
    "dealer.parent.companyName": line,
    "dealer.parent.fullName": line,
    "dealer.parent.displayName": line,
}
"""The API's member, and what it means to a reader."""

# The reader: names of the schema to the API's, and how their text is read.

ATTRIBUTES: Mapping[str, tuple[str, Read]] = {
    "id": ("id", str),
    "dealerRef": ("dealerProfileId", str),
    "status": ("status", str),
    "reference": ("externalReference", str),
    "provider": ("externalProvider", str),
    "slug": ("slug", str),
    "created": ("createdAt", moment),
    "updated": ("updatedAt", moment),
    "sold": ("soldAt", moment),
}
TEXTS = {"title", "description", "listingUrl", "variant", "model", "firstRegistration", "engine"}
TEXTS |= {"color", "interiorColor", "interiorMaterial", "emissionClass", "vin"}
NUMBERS = {"price", "year", "mileage", "gears", "doors", "seats", "weight", "previousOwners"}
NUMBERS |= {"warrantyMonths"}
RENAMED: Mapping[str, tuple[str, Read]] = {
    **{name: (name, str) for name in TEXTS},
    **{name: (name, Decimal) for name in NUMBERS},
    "make": ("brand", str),
    "paint": ("paintType", str),
    "power": ("powerKw", Decimal),
    "co2": ("co2Emission", Decimal),
    "consumption": ("fuelConsumption", Decimal),
    "serviceHistory": ("serviceHistory", "true".__eq__),
    "warranty": ("warranty", "true".__eq__),
}
CLOSED = {
    "vatRegime": "vehicleType",
    "fuel": "fuelType",
    "transmission": "transmission",
    "body": "bodyType",
    "drive": "driveType",
    "co2Cycle": "co2Type",
}
LISTS = {"condition": "conditionTags", "photo": "images", "feature": "features"}
OURS = {"url", "showroomUrl"}  # addresses on the site that publishes


def read_back(vehicle: etree._Element, dealer: etree._Element) -> Json:
    """The record as the document tells it, members of members as ``dealer.city``."""
    told: Json = {}
    for attribute, value in vehicle.attrib.items():
        name, read = ATTRIBUTES[attribute]
        told[name] = read(value)
    for node in vehicle:
        told |= of_element(node, node.tag.removeprefix(V), told)
    return told | {f"dealer.{name}": value for name, value in of_dealer(dealer)}


def of_element(node: etree._Element, name: str, told: Json) -> Json:
    if name in LISTS:
        return {LISTS[name]: [*told.get(LISTS[name], []), entry(node, name)]}
    if name in CLOSED:
        return {CLOSED[name]: node.get("original") or node.text}
    if name == "place":
        return dict(of_place(node))
    if name == "carPass":
        return {"carPassUrl": node.get("url") or node.get("certificateNumber")}
    if name in OURS:
        return {}
    own, read = RENAMED[name]
    currency = {"currency": node.get("currency")} if name == "price" else {}
    return {own: read(node.text), **currency}


def entry(node: etree._Element, name: str) -> Any:
    if name == "photo":
        return node.get("url")
    return (node.text, node.get("category")) if name == "feature" else node.text


def of_place(place: etree._Element) -> Iterator[tuple[str, Any]]:
    for node in place:
        name = node.tag.removeprefix(V)
        yield f"location.{name}", Decimal(node.text) if "tude" in name else node.text


def of_dealer(dealer: etree._Element) -> Iterator[tuple[str, Any]]:
    yield from dealer.attrib.items()
    for node in dealer:
        name = node.tag.removeprefix(V)
        if name == "parent":
            yield from ((f"parent.{own}", value) for own, value in of_dealer(node))
        elif name not in OURS:
            yield name, node.text


# The record


def members(record: Json, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every member of a record, those of its objects too."""
    for name, value in record.items():
        if isinstance(value, dict) and name != "metadata":
            yield from members(value, f"{path}{name}.")
        else:
            yield path + name, value


def expected(record: Json) -> Json:
    """What a reader must find, from the API's own JSON.

    :raises KeyError: there is a member that nobody has thought of.
    """
    found = {}
    for path, value in members(record):
        if path in KEPT_OUT:
            assert value is None or path in ("mainImageUrl", "dealer.metadata"), path
        elif (read := EXPECTED[path]) and value not in (None, "", []):
            found[path] = read(value)
    if found.get("price") is None:
        found.pop("currency", None)
    return {path: value for path, value in found.items() if value not in (None, "", [])}


def differences(records: list[Json]) -> Iterator[str]:
    """What the document of these records has lost or made up, but for what the gate refused."""
    read = [normalise.listing(json.dumps(record).encode()) for record in records]
    dealers = {each.dealer.id: each.dealer for each in read if each.dealer}
    view = sample_view([each.listing for each in read], dealers=list(dealers.values()))
    (artefact,) = Vehicles(Vehicles.Options(with_email=True), sample_kit()).export(view)
    root = etree.fromstring(b"".join(artefact.chunks))
    sellers = {node.get("id"): node for node in root.findall(f"{V}dealer")}
    told = {node.get("id"): node for node in root.findall(f"{V}vehicle")}
    assert len(told) == len(records)
    for record, each in zip(records, read, strict=True):
        node = told[record["id"]]
        back = read_back(node, sellers[node.get("dealerRef")])
        wanted = expected(record)
        refused = {issue.path.partition("[")[0] for issue in each.issues}
        for path in sorted(back.keys() | wanted.keys()):
            if back.get(path) != wanted.get(path) and not (path in refused and path not in back):
                yield f"{record['id']}: {path} is {back.get(path)!r}, not {wanted.get(path)!r}"
        if main := address(record.get("mainImageUrl")):
            assert back["images"][0] == main


@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_record_of_a_scenario_comes_back_whole(scenario: str) -> None:
    records = json.loads((scenarios.FOLDER / f"{scenario}.json").read_text())["listings"]
    assert list(differences(records)) == []


def invented(seed: int) -> list[Json]:
    stock = make_stock(seed, 200, 6, photo_base="https://images.example")
    return [stock.show(entry) for entry in stock]


def test_every_record_of_an_invented_stock_comes_back_whole() -> None:
    records = invented(7)
    assert len(records) > 200
    assert {record["status"] for record in records} == {"active", "sold", "pending", "draft"}
    assert list(differences(records)) == []


def test_every_member_that_can_be_checked_is_there_to_be_checked() -> None:
    said = {path for record in invented(7) for path, value in members(record) if value is not None}
    assert EXPECTED.keys() - said <= {"dealer.logoUrl"}


def test_a_member_that_nobody_thought_of_is_noticed() -> None:
    record = invented(7)[0] | {"towBar": True}
    with pytest.raises(KeyError, match="towBar"):
        expected(record)


@pytest.mark.parametrize("path", ["paintType", "co2Type", "dealer.phone", "location.city"])
def test_a_value_that_is_lost_or_made_up_is_noticed(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record for record in invented(7) if dict(members(record)).get(path)][:3]
    assert list(differences(records)) == []
    clean_listing = normalise.listing

    def spoilt(raw: bytes) -> normalise.Normalised:
        made = clean_listing(raw)
        assert made.dealer
        assert made.listing.place
        return msgspec.structs.replace(
            made,
            dealer=msgspec.structs.replace(made.dealer, phone=None),
            listing=msgspec.structs.replace(
                made.listing,
                paint="Mat",
                co2_cycle=None,
                place=msgspec.structs.replace(made.listing.place, city="Elders"),
            ),
        )

    monkeypatch.setattr(normalise, "listing", spoilt)
    assert any(f": {path} is " in each for each in differences(records))
