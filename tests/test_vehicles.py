from decimal import Decimal
from typing import Any

import msgspec
import pytest
import scenarios
from lxml import etree

from syndicator.contract import Kit, Scope, View
from syndicator.exporters import vehicles
from syndicator.exporters.vehicles import Vehicles
from syndicator.models import (
    Body,
    CarPass,
    Co2Cycle,
    Dealer,
    Drive,
    FeatureCategory,
    Fuel,
    Listing,
    Money,
    Transmission,
    VatRegime,
)
from syndicator.testing import sample_dealer, sample_listing, sample_view
from syndicator.testing.stock import hostile_dealer, hostile_listing, sparse_listing

V = {"v": vehicles.NAMESPACE}
SCHEMA = etree.XMLSchema(etree.fromstring(vehicles.schema()))


def document(view: View, kit: Kit, **options: Any) -> etree._Element:
    (artefact,) = Vehicles(Vehicles.Options(**options), kit).export(view)
    root = etree.fromstring(b"".join(artefact.chunks))
    SCHEMA.assertValid(root)
    return root


def vehicle(listing: Listing, kit: Kit, **options: Any) -> etree._Element:
    found = document(sample_view([listing]), kit, **options).find("v:vehicle", V)
    assert found is not None
    return found


def everything(node: etree._Element) -> set[str]:
    """Every text and attribute value below an element."""
    return {value for each in node.iter() for value in ((each.text or "").strip(), *each.values())}


def plain(value: object) -> set[str]:
    """Every leaf of a model's value as the document writes it."""
    if value is None:
        return set()
    if isinstance(value, Money):
        return {f"{value.amount:.2f}", value.currency}
    if isinstance(value, msgspec.Struct):
        return plain(msgspec.structs.astuple(value))
    if isinstance(value, dict):
        return plain(tuple(value.values()))
    if isinstance(value, tuple):
        return set().union(*map(plain, value))
    return {
        str(msgspec.json.decode(msgspec.json.encode(value)))
        if not isinstance(value, bool)
        else str(value).lower()
    }


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_document_follows_the_schema(scenario: str, scope: Scope, kit: Kit) -> None:
    view = scenarios.view(scenario, scope=scope)
    root = document(view, kit, with_email=True)
    assert len(root.findall("v:vehicle", V)) == len(view.listings)
    assert len(root.findall("v:dealer", V)) == len(view.dealers)


@pytest.mark.parametrize("field", Listing.__struct_fields__)
def test_every_field_of_a_listing_can_be_read_back(field: str, kit: Kit) -> None:
    listing = sample_listing(
        sold=sample_listing().created, fuel=Fuel.OTHER, originals={"fuel": "waterstof"}
    )
    value = getattr(listing, field)
    assert value is not None
    assert plain(value) <= everything(vehicle(listing, kit))


@pytest.mark.parametrize("field", sorted(set(Dealer.__struct_fields__) - vehicles.WITHHELD))
def test_every_public_field_of_a_dealer_can_be_read_back(field: str, kit: Kit) -> None:
    dealer = sample_dealer(logo_url="https://i.example/l.png", updated=sample_listing().updated)
    view = sample_view(dealers=[dealer])
    node = document(view, kit, with_email=True).find("v:dealer", V)
    value = getattr(dealer, field)
    assert value is not None
    assert plain(value) <= everything(node)


def test_what_nobody_called_public_stays_out(kit: Kit) -> None:
    dealer = sample_dealer(metadata={"note": "inkoopprijs"})
    text = etree.tostring(document(sample_view(dealers=[dealer]), kit, with_vin=False)).decode()
    assert "inkoopprijs" not in text
    assert "leuven@voorbeeld.example" not in text
    assert sample_listing().vin not in text


CLOSED = [
    ("vatRegime", "vat_regime", VatRegime),
    ("fuel", "fuel", Fuel),
    ("transmission", "transmission", Transmission),
    ("body", "body", Body),
    ("drive", "drive", Drive),
    ("co2Cycle", "co2_cycle", Co2Cycle),
]


@pytest.mark.parametrize(
    ("element", "field", "member"),
    [(element, field, member) for element, field, members in CLOSED for member in members],
)
def test_every_closed_value_is_in_the_schema(
    element: str, field: str, member: Any, kit: Kit
) -> None:
    node = vehicle(sample_listing(**{field: member}), kit).find(f"v:{element}", V)
    assert node.text == member.value
    assert node.get("original") is None


@pytest.mark.parametrize(("element", "field", "members"), CLOSED)
def test_a_word_outside_the_list_stands_beside_other(
    element: str, field: str, members: Any, kit: Kit
) -> None:
    listing = sample_listing(**{field: members.OTHER}, originals={field: "Iets <anders>"})
    node = vehicle(listing, kit).find(f"v:{element}", V)
    assert (node.text, node.get("original")) == ("other", "Iets <anders>")


def test_every_category_of_equipment_is_in_the_schema(kit: Kit) -> None:
    (feature,) = sample_listing().features[:1]
    every = tuple(msgspec.structs.replace(feature, category=each) for each in FeatureCategory)
    found = vehicle(sample_listing(features=every), kit).findall("v:feature", V)
    assert [each.get("category") for each in found] == [each.value for each in FeatureCategory]


def test_unknown_is_absent_and_false_is_not(kit: Kit) -> None:
    sparse = vehicle(sparse_listing(), kit)
    assert [etree.QName(child).localname for child in sparse] == ["title", "url"]
    told = vehicle(
        sample_listing(service_history=False, warranty=False, co2_g_per_km=0, mileage_km=0), kit
    )
    for name, value in (("serviceHistory", "false"), ("warranty", "false"), ("co2", "0")):
        assert told.findtext(f"v:{name}", namespaces=V) == value
    assert told.findtext("v:mileage", namespaces=V) == "0"


def test_units_prices_and_moments_are_exact(kit: Kit) -> None:
    root = document(sample_view([sample_listing(power_kw=Decimal("80.50"))]), kit)
    assert root.get("asOf") == "2026-03-03T16:40:22Z"
    node = root.find("v:vehicle", V)
    price = node.find("v:price", V)
    assert (price.text, price.get("currency")) == ("17450.00", "EUR")
    power = node.find("v:power", V)
    assert (power.text, power.get("unit")) == ("80.5", "kW")


def test_a_bare_certificate_number_is_no_address(kit: Kit) -> None:
    node = vehicle(sample_listing(car_pass=CarPass(number="98765432109")), kit)
    assert dict(node.find("v:carPass", V).attrib) == {"certificateNumber": "98765432109"}


def test_hostile_text_is_text(kit: Kit) -> None:
    view = sample_view([hostile_listing()], dealers=[hostile_dealer()])
    root = document(view, kit)
    assert root.find("v:vehicle", V).findtext("v:title", namespaces=V) == hostile_listing().title


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<fuel>petrol</fuel>", b"<fuel>steam</fuel>"),
        (b"<title>Skoda Octavia Combi 1.0 TSI</title>", b""),
        (b'unit="km"', b'unit="mi"'),
        (b"17450.00", b"17.450,00"),
        (b"2020-09<", b"09/2020<"),
        (b"<make>Skoda</make>", b"<make/>"),
        (b' dealerRef="2b1e', b' dealerRef="zzzz'),
        (b"<doors>5</doors>", b"<doors>vijf</doors>"),
        (b"<gears>", b"<colour>rood</colour><gears>"),
        (b'complete="true"', b'complete="false"'),
        (b"50.8798", b"150.8798"),
        (b'url="https', b'url="javascript'),
        (b"16:40:22Z", b"16:40:22"),
    ],
)
def test_the_schema_refuses_what_is_wrong(old: bytes, new: bytes, kit: Kit) -> None:
    (artefact,) = Vehicles(Vehicles.Options(), kit).export(sample_view())
    text = b"".join(artefact.chunks)
    assert SCHEMA.validate(etree.fromstring(text))
    assert old in text
    assert not SCHEMA.validate(etree.fromstring(text.replace(old, new)))
