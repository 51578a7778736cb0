import enum
from datetime import UTC, datetime
from typing import Any

import pytest
import scenarios
import trovitfeed
from lxml import etree
from selecting import Selecting

from syndicator.contract import Exporter, Finding, Kit, Scope, View
from syndicator.exporters._sheet import (
    MISSING,
    UNFIT,
)
from syndicator.exporters.trovit import Trovit
from syndicator.models import Body, CarPass, Fuel, Listing, Money, Place, Transmission
from syndicator.testing import (
    ExporterContract,
    LargeStock,
    sample_dealer,
    sample_kit,
    sample_listing,
    sample_view,
)
from syndicator.testing.stock import hostile_dealer, hostile_listing


def document(view: View, kit: Kit, **given: Any) -> bytes:
    exporter = Selecting(Trovit(Trovit.Options(**given), kit))
    (artefact,) = exporter.export(view)
    return b"".join(artefact.chunks)


def sent(listings: list[Listing], kit: Kit, **given: Any) -> list[etree._Element]:
    text = document(sample_view(listings), kit, **given)
    assert trovitfeed.faults(text) == []
    return etree.fromstring(text).findall("ad")


def one(kit: Kit, **changes: Any) -> etree._Element:
    (ad,) = sent([sample_listing(**changes)], kit)
    return ad


def audit(listings: list[Listing], kit: Kit) -> list[Finding]:
    return list(Trovit(Trovit.Options(), kit).audit(sample_view(listings)))


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_document_passes_the_checker(scenario: str, scope: Scope, kit: Kit) -> None:
    assert trovitfeed.faults(document(scenarios.view(scenario, scope=scope), kit)) == []


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_passes_the_checker(language: str) -> None:
    view = scenarios.view("group")
    assert trovitfeed.faults(document(view, sample_kit(language))) == []


def test_a_hostile_stock_passes_the_checker(kit: Kit) -> None:
    view = sample_view([hostile_listing(), sample_listing()], dealers=[hostile_dealer()])
    text = document(view, kit)
    assert trovitfeed.faults(text) == []
    assert len(etree.fromstring(text)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<trovit>", b"<trovit><car/>"),
        (b"<id>VB-2207</id>", b""),
        (b"<url>https", b"<url>ftp"),
        (b"<title>Skoda", b"<title>www.garage.be Skoda"),
        (b"<title>Skoda Octavia Combi 1.0 TSI</title>", b""),
        (b"<price>17450</price>", b"<price>17450.00</price>"),
        (b"<price>17450</price>", b"<price>0</price>"),
        (b"<mileage>61200<", b"<mileage>61.200<"),
        (b'<power unit="kW">', b"<power>"),
        (b">2020<", b">20<"),
        (b">03/03/2026<", b">2026-03-03<"),
        (b"<color>", b"<colour>x</colour><color>"),
        (b"<make>Skoda</make>", b"<make/>"),
        (b"<picture_title>Skoda Octavia</picture_title>", b"<title/>"),
        (b"<gears>6</gears>", b"<gears>6</gears><gears>6</gears>"),
    ],
)
def test_the_checker_refuses_what_is_wrong(old: bytes, new: bytes, kit: Kit) -> None:
    text = document(sample_view(), kit)
    assert old in text
    assert trovitfeed.faults(text.replace(old, new)) != []


def test_the_checker_refuses_an_id_that_comes_twice_and_a_short_text(kit: Kit) -> None:
    text = document(sample_view([sample_listing(id="a", reference="A"), sample_listing()]), kit)
    assert trovitfeed.faults(text.replace(b">A<", b">VB-2207<")) != []
    short = etree.fromstring(text)
    short.find("ad/content").text = "x" * 29
    assert trovitfeed.faults(etree.tostring(short)) != []


@pytest.mark.parametrize(
    ("changes", "source", "reason"),
    [
        ({"title": "www.garage.be"}, "title", MISSING),
        ({"id": "x" * 256, "reference": None}, "reference", UNFIT),
    ],
)
def test_a_car_without_a_required_field_is_left_out_and_reported(
    changes: dict[str, Any], source: str, reason: str, kit: Kit
) -> None:
    listing = sample_listing(**changes)
    assert sent([listing], kit) == []
    (finding,) = audit([listing], kit)
    assert (finding.outcome, finding.source, finding.reason) == ("left-out", source, reason)


def test_a_car_of_which_too_little_is_known_is_left_out(kit: Kit) -> None:
    poor = {name: None for name in sample_listing().__struct_fields__ if name in TOLD}
    poor |= {"conditions": ()}
    (finding,) = audit([sample_listing(**poor)], kit)
    assert (finding.field, finding.reason) == ("content", MISSING)
    (finding,) = audit([sample_listing(**poor | {"description": "Te kort."})], kit)
    assert (finding.field, finding.reason) == ("content", UNFIT)


TOLD = frozenset(
    [
        "description", "make", "model", "variant", "year", "first_registration", "mileage_km",
        "fuel", "transmission", "body", "drive", "engine", "gears", "power_kw", "doors", "seats",
        "weight_kg", "color", "interior_color", "interior_material", "paint", "previous_owners",
        "service_history", "warranty", "warranty_months", "co2_g_per_km", "emission_class",
        "consumption_l_per_100km", "car_pass", "place", "reference",
    ]
)  # fmt: skip


def test_a_listing_without_its_link_is_left_out(kit: Kit) -> None:
    link = "https://d.example/{reference}"
    assert sent([sample_listing(reference=None)], kit, link=link) == []
    (ad,) = sent([sample_listing()], kit, link=link)
    assert ad.findtext("url") == "https://d.example/VB-2207"


@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_the_audit_and_the_document_agree(scenario: str, kit: Kit) -> None:
    view = scenarios.view(scenario)
    findings = list(Trovit(Trovit.Options(), kit).audit(view))
    told = {each.listing_id for each in findings if each.outcome != "left-out"}
    assert {each.listing_id for each in findings} == {each.id for each in view.listings}
    assert len(etree.fromstring(document(view, kit))) == len(told)


def test_a_short_text_is_followed_by_the_facts(kit: Kit) -> None:
    text = one(kit, description="Mooi.").findtext("content")
    assert text.startswith("Mooi.\nMerk: Skoda; ")
    assert text.endswith("\nCar-Pass: https://public.car-pass.be/vhr/example")
    enough = one(kit, description="x" * 30, car_pass=CarPass(number="98765432109"))
    assert enough.findtext("content") == "x" * 30 + "\nCar-Pass: 98765432109"


@pytest.mark.parametrize(
    ("price", "written"),
    [
        (Money(minor=1745049, currency="EUR"), "17450"),
        (Money(minor=1745050, currency="EUR"), "17451"),
        (Money(minor=0, currency="EUR"), None),
        (Money(minor=1745000, currency="USD"), None),
        (None, None),
    ],
)
def test_a_price_is_whole_euro(price: Money | None, written: str | None, kit: Kit) -> None:
    assert one(kit, price=price).findtext("price") == written


@pytest.mark.parametrize(
    ("field", "element", "members"),
    [
        ("fuel", "fuel", Fuel),
        ("transmission", "transmission", Transmission),
        ("body", "car_type", Body),
    ],
)
def test_every_closed_value_is_said_and_an_unknown_one_is_not(
    field: str, element: str, members: type[enum.Enum], kit: Kit
) -> None:
    for member in members:
        said = one(kit, **{field: member}).findtext(element)
        assert said == (None if member.name == "OTHER" else kit.words.label(member))
    own = {field: members["OTHER"], "originals": {field: "iets eigens"}}
    assert one(kit, **own).findtext(element) == "iets eigens"


def test_only_a_warranty_that_may_be_shown_is_told(kit: Kit) -> None:
    assert one(kit).findtext("warranty") == "12"
    assert one(kit, warranty_months=6).find("warranty") is None
    assert one(kit, warranty=False).find("warranty") is None
    assert one(kit, warranty_months=None).find("warranty") is None


def test_a_car_is_dated_by_its_last_change(kit: Kit) -> None:
    assert one(kit).findtext("date") == "03/03/2026"
    assert one(kit, updated=datetime(1970, 1, 1, tzinfo=UTC)).find("date") is None


def test_a_car_stands_where_its_seller_is(kit: Kit) -> None:
    elsewhere = Place(postal_code="9000", city="Gent", province="Oost-Vlaanderen")
    assert one(kit, place=elsewhere).findtext("city") == "Leuven"
    view = sample_view([sample_listing(place=elsewhere)], dealers=[sample_dealer(city=None)])
    (ad,) = etree.fromstring(document(view, kit))
    assert (ad.findtext("city"), ad.find("address"), ad.find("latitude")) == ("Gent", None, None)


def test_references_used_twice_give_way_to_ids(kit: Kit) -> None:
    cars = [sample_listing(id="a"), sample_listing(id="b"), sample_listing(id="c", reference="a")]
    assert {ad.findtext("id") for ad in sent(cars, kit)} == {"a", "b", "c"}
    assert trovitfeed.faults(document(sample_view(list(LargeStock(300))), kit)) == []


def test_no_more_cars_than_the_limit_are_sent(kit: Kit) -> None:
    assert len(sent(list(LargeStock(9)), kit, limit=4)) == 4


class TestContract(ExporterContract):
    large_stock = 3000

    def make(self, kit: Kit) -> Exporter:
        image = {"image": "https://img.example/{stem}.jpg", "link": "https://d.example/{id}"}
        return Selecting(Trovit(Trovit.Options(**image), kit))
