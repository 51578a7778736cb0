import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import metafeed
import pytest
import scenarios
from lxml import etree
from pydantic import ValidationError

from syndicator.contract import Finding, Kit, Scope, View
from syndicator.exporters import meta
from syndicator.exporters._sheet import (
    MISSING,
    NOT_UNIQUE,
    UNFIT,
    UNFIT_AND_WANTED,
    WANTED,
)
from syndicator.exporters.meta import Meta
from syndicator.models import (
    Body,
    CarPass,
    Drive,
    Fuel,
    Listing,
    Money,
    Photo,
    Place,
    Transmission,
)
from syndicator.selection import selected
from syndicator.testing import LargeStock, sample_dealer, sample_listing, sample_view


def document(view: View, kit: Kit, **given: Any) -> bytes:
    options = Meta.Options(**given)
    (artefact,) = Meta(options, kit).export(selected(view, options))
    return b"".join(artefact.chunks)


def audit(listings: list[Listing], kit: Kit, **given: Any) -> list[Finding]:
    options = Meta.Options(**given)
    return list(Meta(options, kit).audit(selected(sample_view(listings), options)))


def sent(listings: list[Listing], kit: Kit, **options: Any) -> list[etree._Element]:
    text = document(sample_view(listings), kit, **options)
    assert metafeed.faults(text) == []
    return etree.fromstring(text).findall("listing")


def one(kit: Kit, **changes: Any) -> etree._Element:
    (listing,) = sent([sample_listing(**changes)], kit)
    return listing


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_document_passes_the_checker(scenario: str, scope: Scope, kit: Kit) -> None:
    assert metafeed.faults(document(scenarios.view(scenario, scope=scope), kit)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<listings>", b"<listings><car/>"),
        (b"<make>Skoda</make>", b""),
        (b"<make>Skoda</make>", b"<make/>"),
        (b"<make>", b"<colour>x</colour><make>"),
        (b"17450 EUR", b"17.450 EUR"),
        (b"17450 EUR", b"0 EUR"),
        (b">WAGON<", b">BREAK<"),
        (b">PETROL<", b">LPG<"),
        (b"<vin>TMB", b"<vin>IOQ"),
        (b"<unit>KM</unit>", b""),
        (b'name="region"', b'name="province"'),
        (b'format="simple"', b""),
        (b">2020<", b">20<"),
        (b"<url>https", b"<url>ftp"),
        (b'rel="self"', b'rel="alternate"'),
    ],
)
def test_the_checker_refuses_what_is_wrong(old: bytes, new: bytes, kit: Kit) -> None:
    text = document(sample_view(), kit)
    assert old in text
    assert metafeed.faults(text.replace(old, new)) != []


def test_the_checker_refuses_an_id_that_comes_twice(kit: Kit) -> None:
    text = document(sample_view([sample_listing(id="a", reference="A"), sample_listing()]), kit)
    assert metafeed.faults(text.replace(b">A<", b">VB-2207<")) != []


@pytest.mark.parametrize(
    ("table", "members", "element", "field"),
    [
        (meta.BODIES, Body, "body_style", "body"),
        (meta.FUELS, Fuel, "fuel_type", "fuel"),
        (meta.TRANSMISSIONS, Transmission, "transmission", "transmission"),
        (meta.DRIVES, Drive, "drivetrain", "drive"),
    ],
)
def test_every_closed_value_has_its_word(
    table: Mapping[Any, str | None], members: type[enum.Enum], element: str, field: str, kit: Kit
) -> None:
    assert set(table) == set(members)
    for member in members:
        assert one(kit, **{field: member}).findtext(element) == table[member]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"make": None}, "make"),
        ({"model": None}, "model"),
        ({"year": None}, "year"),
        ({"mileage_km": None}, "mileage_km"),
        ({"photos": ()}, "photos"),
        ({"body": None}, "body"),
        ({"color": None}, "color"),
        ({"price": None}, "price"),
        ({"price": Money(minor=0, currency="EUR")}, "price"),
        ({"id": "x" * 101, "reference": None}, "reference"),
    ],
)
def test_a_car_without_a_required_field_is_left_out_and_reported(
    changes: dict[str, Any], field: str, kit: Kit
) -> None:
    listing = sample_listing(**changes)
    assert sent([listing], kit) == []
    (finding,) = audit([listing], kit)
    assert (finding.listing_id, finding.outcome, finding.source) == (listing.id, "left-out", field)
    assert finding.reason in (MISSING, UNFIT)


def test_a_car_that_the_api_does_not_date_has_no_first_day_on_the_lot(kit: Kit) -> None:
    undated = one(kit, created=datetime(1970, 1, 1, tzinfo=UTC))
    assert undated.find("date_first_on_lot") is None
    assert one(kit).findtext("date_first_on_lot") == "2026-01-12"


def test_a_car_without_any_address_is_left_out(kit: Kit) -> None:
    nowhere = sample_view([sample_listing(place=None)], dealers=[sample_dealer(city=None)])
    assert etree.fromstring(document(nowhere, kit)).findall("listing") == []
    (finding,) = Meta(Meta.Options(), kit).audit(nowhere)
    assert (finding.outcome, finding.source) == ("left-out", "place")


def test_the_audit_names_what_would_serve_and_what_is_whole(kit: Kit) -> None:
    exporter = Meta(Meta.Options(), kit)
    poor = sample_listing(vin="WF0", fuel=None)
    found = list(exporter.audit(sample_view([poor])))
    assert [(each.field, each.outcome, each.reason) for each in found] == [
        ("fuel_type", "poorer", WANTED),
        ("vin", "poorer", UNFIT_AND_WANTED),
    ]
    (whole,) = exporter.audit(sample_view())
    assert (whole.outcome, whole.field, whole.reason) == ("sent", "", "")


@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_the_audit_and_the_document_agree(scenario: str, kit: Kit) -> None:
    view = scenarios.view(scenario)
    findings = list(Meta(Meta.Options(), kit).audit(view))
    told = {each.listing_id for each in findings if each.outcome != "left-out"}
    assert {each.listing_id for each in findings} == {each.id for each in view.listings}
    assert len(etree.fromstring(document(view, kit)).findall("listing")) == len(told)


@pytest.mark.parametrize(
    ("minor", "written"),
    [(1745000, "17450 EUR"), (1745050, "17450.50 EUR"), (1745005, "17450.05 EUR")],
)
def test_a_price_has_cents_only_where_there_are_any(minor: int, written: str, kit: Kit) -> None:
    price = Money(minor=minor, currency="EUR")
    assert one(kit, price=price).findtext("price") == written


def test_ids_are_unique_whatever_the_references(kit: Kit) -> None:
    cars = [
        sample_listing(id="a", reference="VB-1"),
        sample_listing(id="b", reference="VB-2"),
        sample_listing(id="c", reference="VB-2"),
        sample_listing(id="d", reference=None),
        sample_listing(id="e", reference="x" * 101),
        sample_listing(id="f", reference="a"),
    ]
    found = {each.findtext("vehicle_id") for each in sent(cars, kit)}
    assert found == {"VB-1", "b", "c", "d", "e", "f"}
    assert {each.findtext("vehicle_id") for each in sent(cars, kit, id="listing")} == set("abcdef")


def test_a_reference_that_cannot_serve_is_told_in_the_report(kit: Kit) -> None:
    cars = [
        sample_listing(id="a", reference="VB-1"),
        sample_listing(id="b", reference="VB-2"),
        sample_listing(id="c", reference="VB-2"),
        sample_listing(id="d", reference=None),
        sample_listing(id="e", reference="x" * 101),
    ]
    told = {each.listing_id for each in audit(cars, kit) if each.reason == NOT_UNIQUE}
    assert told == {"b", "c", "e"}
    assert not [each for each in audit(cars, kit, id="listing") if each.reason == NOT_UNIQUE]


def test_ids_stay_unique_in_a_large_stock(kit: Kit) -> None:
    view = sample_view(list(LargeStock(300)))
    assert metafeed.faults(document(view, kit)) == []


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("", "https://voorraad.example/vb-leuven/skoda-octavia-ug2wcikt/"),
        ("https://d.example/auto/{reference}", "https://d.example/auto/VB%2F1%20%26%3F"),
        ("https://d.example/?car={id}#x", f"https://d.example/?car={sample_listing().id}#x"),
        ("https://d.example/{slug}", "https://d.example/skoda-octavia-ug2wcikt"),
    ],
)
def test_the_landing_page_follows_the_template(template: str, address: str, kit: Kit) -> None:
    (car,) = sent([sample_listing(reference="VB/1 &?")], kit, link=template)
    assert car.findtext("url") == address


def test_a_template_that_needs_a_reference_leaves_out_a_car_without(kit: Kit) -> None:
    listing = sample_listing(reference=None)
    options = {"link": "https://d.example/{reference}"}
    assert sent([listing], kit, **options) == []
    (finding,) = audit([listing], kit, **options)
    assert (finding.outcome, finding.source) == ("left-out", "reference")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)//{id}",
        "https://{reference}/",
        "https://d.example",
        "https://d.example/{vin}",
        "https://d.example/{id.__class__}",
        "https://d.example/{id!r}",
        "https://d.example/{id:>9}",
        "https://d.example/{",
        "https://d.example/{}",
    ],
)
def test_a_template_of_another_kind_is_a_mistake(link: str) -> None:
    with pytest.raises(ValidationError):
        Meta.Options(link=link)


@pytest.mark.parametrize(
    ("conditions", "state"),
    [((), "USED"), (("NIEUW",), "NEW"), (("new", "demo"), "USED"), (("oldtimer",), "USED")],
)
def test_new_is_what_the_seller_calls_so(conditions: tuple[str, ...], state: str, kit: Kit) -> None:
    assert one(kit, conditions=conditions).findtext("state_of_vehicle") == state


def test_a_description_ends_at_a_word_and_keeps_the_car_pass(kit: Kit) -> None:
    text = one(kit, description="woord " * 2000).findtext("description")
    assert text.endswith("woord\nCar-Pass: https://public.car-pass.be/vhr/example")
    assert 4990 <= len(text) <= 5000
    solid = one(kit, description="x" * 6000, car_pass=None).findtext("description")
    assert solid == "x" * 5000
    number = one(kit, car_pass=CarPass(number="98765432109")).findtext("description")
    assert number.endswith("\nCar-Pass: 98765432109")


def test_facts_stand_in_for_a_description(kit: Kit) -> None:
    text = one(kit, description=None).findtext("description")
    assert "Brandstof: Benzine" in text
    assert sample_listing().vin not in text


@pytest.mark.parametrize("vin", ["WF0ZZZ", "TMBZZZNE0L000000I", "tmbzzzne0l0000001", None])
def test_only_a_whole_chassis_number_is_sent(vin: str | None, kit: Kit) -> None:
    assert one(kit, vin=vin).find("vin") is None


def test_at_most_twenty_images_go(kit: Kit) -> None:
    photos = tuple(Photo(url=f"https://i.example/{number}.jpg") for number in range(25))
    urls = [image.findtext("url") for image in one(kit, photos=photos).findall("image")]
    assert urls == [photo.url for photo in photos[:20]]


def test_a_car_stands_where_its_seller_is(kit: Kit) -> None:
    elsewhere = Place(postal_code="9000", city="Gent", province="Oost-Vlaanderen")
    assert one(kit, place=elsewhere).findtext("address/component[@name='city']") == "Leuven"
    view = sample_view([sample_listing(place=elsewhere)], dealers=[sample_dealer(province=None)])
    (car,) = etree.fromstring(document(view, kit)).findall("listing")
    assert [each.text for each in car.find("address")] == ["Gent", "Oost-Vlaanderen", "9000", "BE"]
