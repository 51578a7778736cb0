from collections.abc import Iterator
from datetime import UTC, datetime
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
    PricePoint,
    Seller,
    Showroom,
    Transmission,
    VatRegime,
)
from syndicator.selection import selected
from syndicator.testing import sample_dealer, sample_listing, sample_view
from syndicator.testing.stock import hostile_dealer, hostile_listing, sparse_listing

V = {"v": vehicles.NAMESPACE}
DEFINED = etree.fromstring(vehicles.schema())
SCHEMA = etree.XMLSchema(DEFINED)
XS = {"xs": "http://www.w3.org/2001/XMLSchema"}


def document(view: View, kit: Kit, **options: Any) -> etree._Element:
    chosen = Vehicles.Options(**options)
    (artefact,) = Vehicles(chosen, kit).export(selected(view, chosen))
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


# Where entries lead, and what is told only when asked for


def test_an_entry_leads_to_the_operators_page_and_without_one_to_ours(kit: Kit) -> None:
    link = "https://garage.example/{language}/{reference}"
    own = vehicle(sample_listing(), kit, link=link, language="fr")
    assert own.findtext("v:url", namespaces=V) == "https://garage.example/fr/VB-2207"
    listing = sample_listing(reference=None)
    ours = sample_view().links.vehicle(listing)
    assert vehicle(listing, kit, link=link).findtext("v:url", namespaces=V) == ours


def test_prices_of_the_past_are_told_on_request_oldest_first(kit: Kit) -> None:
    listing = sample_listing()
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (12, 13, 14)]
    history = [
        PricePoint(since=days[0], price=Money(minor=1799500, currency="EUR")),
        PricePoint(since=days[1], price=None),
        PricePoint(since=days[2], price=listing.price),
    ]
    view = msgspec.structs.replace(sample_view([listing]), prices={listing.id: history})
    told = document(view, kit, with_price_history=True).findall(".//v:priceChange", V)
    assert [dict(each.attrib) for each in told] == [
        {"since": "2026-01-12T00:00:00Z", "amount": "17995.00", "currency": "EUR"},
        {"since": "2026-01-13T00:00:00Z"},
        {"since": "2026-01-14T00:00:00Z", "amount": "17450.00", "currency": "EUR"},
    ]
    assert not document(view, kit).findall(".//v:priceChange", V)


def test_a_seller_has_the_particulars_of_the_showroom_that_holds_the_cars(kit: Kit) -> None:
    seller = Seller(
        legal_form="BV",
        enterprise_number="0123.456.749",
        vat_number="BE 0123.456.749",
        court="Leuven",
        opening_hours=("Ma-vr 9:00-18:00", "Za 10:00-16:00"),
    )
    view = sample_view(dealers=[sample_dealer(), sample_dealer(id="elsewhere")])
    homes = {sample_dealer().id: "vb-leuven"}
    room = Showroom(slug="vb-leuven", name="Leuven", dealer_ids=tuple(homes), seller=seller)
    view = msgspec.structs.replace(
        view,
        site=msgspec.structs.replace(view.site, showrooms=(room,)),
        links=msgspec.structs.replace(view.links, dealers=homes),
    )
    mine, other = document(view, kit).findall("v:dealer", V)
    assert plain(seller) <= everything(mine)
    assert mine.findtext("v:showroomUrl", namespaces=V) == "https://voorraad.example/vb-leuven/"
    assert not plain(seller) & (everything(other) - {"Leuven"})
    assert other.find("v:showroomUrl", V) is None


# The schema itself


@pytest.mark.parametrize(
    "path",
    ["element", "attribute", "complexType[@name]", "simpleType[@name]", "enumeration"],
)
def test_every_part_of_the_schema_is_documented(path: str) -> None:
    parts = DEFINED.findall(f".//xs:{path}", XS)
    assert parts
    for part in parts:
        told = part.findtext("xs:annotation/xs:documentation", "", XS).split()
        assert len(told) > 1 or part.get("value"), dict(part.attrib)
        assert told, dict(part.attrib)


def test_the_examples_in_the_schema_make_a_document_that_follows_it() -> None:
    (root,) = DEFINED.findall("xs:element", XS)
    SCHEMA.assertValid(exemplified(root))


def exemplified(declared: etree._Element) -> etree._Element:
    """An element with every child and attribute that the schema foresees for it."""
    node = etree.Element(f"{{{vehicles.NAMESPACE}}}{declared.get('name')}", nsmap={None: V["v"]})
    node.text = declared.findtext("xs:annotation/xs:appinfo[@source='#example']", None, XS)
    for attribute in within(declared, "attribute"):
        example = attribute.findtext("xs:annotation/xs:appinfo[@source='#example']", None, XS)
        node.set(attribute.get("name"), attribute.get("fixed") or example)
    node.extend(map(exemplified, within(declared, "element")))
    return node


def within(declared: etree._Element, kind: str) -> Iterator[etree._Element]:
    """The declarations in the type of an element, be it named or its own."""
    named = DEFINED.find(f"xs:complexType[@name='{declared.get('type')}']", XS)
    types = declared.find("xs:complexType", XS) if named is None else named
    return iter(()) if types is None else types.iter(f"{{{XS['xs']}}}{kind}")
