from decimal import Decimal
from html import unescape
from typing import Any

import admarktfeed
import msgspec
import pytest
import scenarios
from admarktfeed import SETTINGS, A
from lxml import etree
from pydantic import ValidationError
from selecting import Selecting

from syndicator.contract import Exporter, Finding, Kit, Scope, View
from syndicator.exporters import admarkt
from syndicator.exporters._sheet import (
    MISSING,
    SHORTENED,
    UNFIT,
    UNFIT_AND_WANTED,
    UNFIT_PHOTOS,
)
from syndicator.exporters.admarkt import Admarkt
from syndicator.exporters.admarkt.fields import CONDITIONS
from syndicator.mistakes import found_by_pydantic
from syndicator.models import Body, CarPass, Feature, Fuel, Listing, Money, Photo, Place
from syndicator.tags import Condition
from syndicator.testing import (
    ExporterContract,
    LargeStock,
    sample_dealer,
    sample_kit,
    sample_listing,
    sample_view,
)
from syndicator.testing.stock import HOSTILE, hostile_dealer, hostile_listing

JPEG = (Photo(url="https://images.example/a.jpg"), Photo(url="https://images.example/b.PNG"))


def exporter(kit: Kit, **given: Any) -> Any:
    return Selecting(Admarkt(Admarkt.Options(**SETTINGS | given), kit))


def document(view: View, kit: Kit, **given: Any) -> bytes:
    (artefact,) = exporter(kit, **given).export(view)
    return b"".join(artefact.chunks)


def car(**changes: Any) -> Listing:
    return sample_listing(**{"photos": JPEG} | changes)


def sent(listings: list[Listing], kit: Kit, **given: Any) -> list[etree._Element]:
    text = document(sample_view(listings), kit, **given)
    assert admarktfeed.faults(text) == []
    return list(etree.fromstring(text))


def one(kit: Kit, options: dict[str, Any] | None = None, **changes: Any) -> Any:
    (ad,) = sent([car(**changes)], kit, **(options or {}))
    return ad


def said(ad: etree._Element, element: str) -> str | None:
    return ad.findtext("/".join(A + each for each in element.split("/")))


def attributes(ad: etree._Element) -> dict[str | None, str | None]:
    return {
        said(each, "attributeName"): said(each, "attributeValue")
        for each in ad.iterfind(f"{A}attributes/{A}attribute")
    }


def audit(listings: list[Listing], kit: Kit, **given: Any) -> list[Finding]:
    options = Admarkt.Options(**SETTINGS | given)
    return list(Admarkt(options, kit).audit(sample_view(listings)))


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_document_passes_the_checker(scenario: str, scope: Scope, kit: Kit) -> None:
    assert admarktfeed.faults(document(scenarios.view(scenario, scope=scope), kit)) == []


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_passes_the_checker(language: str) -> None:
    text = document(scenarios.view("group"), sample_kit(language))
    assert len(etree.fromstring(text)) == 3
    assert admarktfeed.faults(text) == []


def test_a_hostile_stock_passes_the_checker(kit: Kit) -> None:
    given = {"categories": {HOSTILE: 1}, "pickup": True}
    view = sample_view([hostile_listing()], dealers=[hostile_dealer()])
    assert len(etree.fromstring(document(view, kit, **given))) == 0  # its id is too long
    listing = msgspec.structs.replace(hostile_listing(), id="a", reference=None, photos=JPEG)
    text = document(sample_view([listing], dealers=[hostile_dealer()]), kit, **given)
    assert len(etree.fromstring(text)) == 1
    assert admarktfeed.faults(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"admarkt.marktplaats.nl/schemas/1.0", b"admarkt.marktplaats.nl/schemas/2.0"),
        (b"<vendorId>VB-2207</vendorId>", b""),
        (b"<title>Skoda", b"<title>www.garage.be Skoda"),
        (b"<title>Skoda", b"<title>Bel 0475 12 34 56 Skoda"),
        (b"<title>Skoda", b"<title>" + b"x" * 121),
        (b"&lt;ul&gt;", b"&lt;ol&gt;"),
        (b"&lt;p&gt;Break", b"&lt;p&gt;&lt;script&gt;Break"),
        (b"&lt;p&gt;Break", b"&lt;p class='x'&gt;Break"),
        (b"&lt;p&gt;Break", b"&lt;p&gt;jan@garage.example Break"),
        (b"<categoryId>100001<", b"<categoryId>Skoda<"),
        (b"<price>1745000</price>", b""),
        (b"<price>1745000<", b"<price>0<"),
        (b"<price>1745000<", b"<price>17450.00<"),
        (b"FIXED_PRICE", b"FIXED"),
        (b"+3216000000", b"+32 16 00 00 00"),
        (b"a.jpg", b"a.webp"),
        (b"<cpc>12</cpc>", b""),
        (b"<totalBudget>10000</totalBudget>", b""),
        (b"<attributeName>bouwjaar", b"<attributeName>" + b"x" * 33),
        (b"nl_BE", b"nl-BE"),
        (b"<brand>Skoda</brand>", b"<brand/>"),
        (b"<status>ACTIVE</status>", b"<status>SOLD</status>"),
        (b"<color>Grijs</color>", b"<color>a/b/c/d</color>"),
        (b"<condition>used</condition>", b"<condition>demo</condition>"),
        (b"<vanityUrl>", b"<microTip>x</microTip><vanityUrl>"),
    ],
)
def test_the_checker_refuses_what_is_wrong(old: bytes, new: bytes, kit: Kit) -> None:
    text = document(sample_view([car()]), kit)
    assert old in text
    assert admarktfeed.faults(text.replace(old, new)) != []


def test_the_checker_refuses_another_order_and_an_id_that_comes_twice(kit: Kit) -> None:
    text = document(sample_view([car(id="a", reference="A"), car()]), kit)
    assert admarktfeed.faults(text.replace(b">A<", b">VB-2207<")) != []
    root = etree.fromstring(text)
    root[0].append(root[0][0])
    assert admarktfeed.faults(etree.tostring(root)) != []


# What only the operator can say


@pytest.mark.parametrize("option", ["categories", "attributes", "budget"])
def test_nothing_runs_without_what_the_operator_must_say(option: str) -> None:
    given = {name: value for name, value in SETTINGS.items() if name != option}
    with pytest.raises(ValidationError) as caught:
        Admarkt.Options(**given)
    mistakes = list(found_by_pydantic(caught.value, Admarkt.Options, prefix="feeds.admarkt"))
    assert [str(each) for each in mistakes] == [f"feeds.admarkt.{option}: is missing"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("categories", {}),
        ("categories", {"Skoda": 0}),
        ("categories", {"Skoda": "100001"}),
        ("categories", {"Skoda": 1, "SKODA": 2}),
        ("attributes", {"yaer": {"name": "bouwjaar"}}),
        ("attributes", {"photos_": {"name": "x"}}),
        ("attributes", {"year": {"name": ""}}),
        ("attributes", {"year": {"name": "x" * 33}}),
        ("attributes", {"year": {}}),
        ("attributes", {"year": {"name": "a"}, "fuel": {"name": "a"}}),
        ("attributes", {"year": {"name": "a", "vaules": {}}}),
        ("budget", {}),
        ("budget", {"cpc": 5}),
        ("budget", {"total_budget": 100}),
        ("budget", {"cpc": 5, "autobid": True, "total_budget": 100}),
        ("budget", {"cpc": 0, "total_budget": 100}),
        ("budget", {"cpc": 5, "total_budget": 100, "daily_budget": 101}),
        ("budget", {"cpc": 0.5, "total_budget": 100}),
    ],
)
def test_a_setting_that_cannot_be_is_a_mistake(option: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Admarkt.Options(**SETTINGS | {option: value})


def test_a_make_finds_its_category_in_any_letters(kit: Kit) -> None:
    assert said(one(kit, make="SKODA"), "categoryId") == "100001"


def test_a_make_without_a_category_is_left_out_and_named(kit: Kit) -> None:
    listing = car(make="Lada")
    assert sent([listing], kit) == []
    (finding,) = audit([listing], kit)
    assert (finding.outcome, finding.source, finding.reason) == (
        "left-out", "make", admarkt.NO_CATEGORY
    )  # fmt: skip
    assert finding.values == {"make": "Lada"}


def test_the_budget_is_the_operators(kit: Kit) -> None:
    by_click = [(each.tag, each.text) for each in one(kit).find(f"{A}budget")]
    assert by_click == [
        (f"{A}cpc", "12"),
        (f"{A}autobid", "false"),
        (f"{A}totalBudget", "10000"),
        (f"{A}dailyBudget", "500"),
    ]
    given = {"budget": {"autobid": True, "total_budget": 7000}}
    bid = [(each.tag, each.text) for each in one(kit, given).find(f"{A}budget")]
    assert bid == [(f"{A}autobid", "true"), (f"{A}totalBudget", "7000")]


def test_attributes_are_said_in_the_tenants_words(kit: Kit) -> None:
    assert attributes(one(kit)) == {
        "bouwjaar": "2020",
        "kilometerstand": "61200",
        "brandstof": "Benzine",
        "transmissie": "Manueel",
        "carrosserie": "Break",
        "vermogen": "81",
        "kleur": "Grijs",
        "euronorm": "Euro 6d",
    }
    assert attributes(one(kit, fuel=Fuel.HYBRID))["brandstof"] == "Hybride (HEV)"


def test_an_unknown_attribute_is_absent(kit: Kit) -> None:
    found = attributes(
        one(
            kit, year=None, mileage_km=0, body=Body.OTHER, color="x" * 513, power_kw=Decimal("80.5")
        )
    )
    assert {"bouwjaar", "carrosserie", "kleur"}.isdisjoint(found)
    assert (found["kilometerstand"], found["vermogen"]) == ("0", "80.5")
    own = attributes(one(kit, body=Body.OTHER, originals={"body": "pick-up"}))
    assert own["carrosserie"] == "pick-up"
    none = one(kit, {"attributes": {"doors": {"name": "deuren"}}}, doors=None)
    assert none.find(f"{A}attributes") is None


@pytest.mark.parametrize(
    ("language", "locale"), [("nl", "nl_BE"), ("fr", "fr_BE"), ("de", None), ("en", None)]
)
def test_only_a_documented_locale_is_named(language: str, locale: str | None) -> None:
    ad = one(sample_kit(language))
    assert said(ad, "attributes/attribute/attributeLocale") == locale


# What an ad holds


@pytest.mark.parametrize(
    ("changes", "source", "reason"),
    [
        ({"make": None}, "make", MISSING),
        ({"price": None}, "price", MISSING),
        ({"price": Money(minor=0, currency="EUR")}, "price", UNFIT),
        ({"price": Money(minor=10_000_000_001, currency="EUR")}, "price", UNFIT),
        ({"price": Money(minor=100, currency="USD")}, "price", admarkt.OTHER_CURRENCY),
        ({"title": "www.garage.be"}, "title", MISSING),
        ({"id": "x" * 65, "reference": "y" * 65}, "reference", UNFIT),
    ],
)
def test_a_car_without_a_required_field_is_left_out_and_reported(
    changes: dict[str, Any], source: str, reason: str, kit: Kit
) -> None:
    listing = car(**changes)
    assert sent([listing], kit) == []
    (finding,) = audit([listing], kit)
    assert (finding.outcome, finding.source, finding.reason) == ("left-out", source, reason)


def test_a_price_is_in_cents(kit: Kit) -> None:
    assert said(one(kit, price=Money(minor=1745005, currency="EUR")), "price") == "1745005"
    most = one(kit, price=Money(minor=10_000_000_000, currency="EUR"))
    assert said(most, "price") == "10000000000"


def test_a_car_without_price_may_be_on_demand(kit: Kit) -> None:
    ad = one(kit, {"without_price": "ON_DEMAND"}, price=None)
    assert (said(ad, "priceType"), ad.find(f"{A}price")) == ("ON_DEMAND", None)
    assert said(one(kit, {"without_price": "ON_DEMAND"}), "priceType") == "FIXED_PRICE"


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_its_word(condition: Condition, kit: Kit) -> None:
    assert set(CONDITIONS) == set(Condition)
    ad = one(kit, conditions=(condition.value,))
    assert said(ad, "condition") == ("new" if condition is Condition.NEW else "used")


def test_photos_that_the_portal_cannot_read_do_not_go(kit: Kit) -> None:
    photos = (Photo(url="https://i.example/a.avif"), *JPEG, Photo(url="https://i.example/c"))
    ad = one(kit, photos=photos)
    assert [each.get("url") for each in ad.iterfind(f"{A}media/{A}image")] == [
        each.url for each in JPEG
    ]
    (finding,) = audit([car(photos=photos)], kit)
    assert (finding.outcome, finding.reason) == ("poorer", UNFIT_PHOTOS)
    webp = sample_listing()
    (ad,) = sent([webp], kit)
    assert ad.find(f"{A}media") is None
    (ad,) = sent([webp], kit, image="https://img.example/{stem}.jpg")
    assert said(ad, "media/image") == ""


def test_titles_and_descriptions_hold_no_way_around_the_portal(kit: Kit) -> None:
    told = "Bel 0475 12 34 56 of mail jan@garage.be.\nZie https://garage.be/x?a=<b> & kom langs."
    ad = one(
        kit,
        title="Skoda Octavia www.garage.be",
        description=told,
        features=(Feature(name="Zie garage.be"), Feature(name="ABS")),
    )
    assert said(ad, "title") == "Skoda Octavia"
    text = said(ad, "description")
    assert text.startswith("<p>Bel of mail</p><p>Zie &amp; kom langs.</p><ul><li>")
    assert "garage" not in text
    assert "car-pass" not in text.casefold()  # it is an address
    assert text.endswith("<li>Zie</li><li>ABS</li></ul>")


def test_a_bare_car_pass_number_stands_in_the_facts(kit: Kit) -> None:
    text = said(one(kit, car_pass=CarPass(number="00123456789")), "description")
    assert text.endswith("<li>Car-Pass: 00123456789</li></ul>")


def test_a_description_is_escaped_within_its_markup(kit: Kit) -> None:
    text = said(one(kit, description='<b onclick="x">1 & 2</b> ]]> <p>'), "description")
    assert text.startswith('<p>&lt;b onclick="x"&gt;1 &amp; 2&lt;/b&gt; ]]&gt; &lt;p&gt;</p>')


@pytest.mark.parametrize("text", ["woord & " * 20_000, "&" * 70_000, "regel\n" * 20_000])
def test_a_long_description_is_cut_and_keeps_the_facts(text: str, kit: Kit) -> None:
    listing = car(description=text)
    (ad,) = sent([listing], kit)
    markup = said(ad, "description")
    assert 10_000 < len(markup) <= 65_535
    assert markup.endswith("</ul>")
    assert unescape(markup).startswith(f"<p>{text[:5].strip()}")
    (finding,) = audit([listing], kit)
    assert (finding.outcome, finding.reason, finding.values) == ("poorer", SHORTENED, {"n": 65_535})


def test_facts_that_fill_a_description_give_way_to_the_text(kit: Kit) -> None:
    many = tuple(Feature(name=f"optie {n} " + "x" * 90) for n in range(1000))
    text = said(one(kit, features=many), "description")
    assert text == "<p>Break, eerste eigenaar.</p><p>Onderhoudsboekje aanwezig.</p>"


def test_a_long_title_ends_at_a_word(kit: Kit) -> None:
    title = said(one(kit, title="woord " * 40), "title")
    assert len(title) <= 120
    assert title.endswith("woord")


def test_the_link_may_be_the_operators_or_absent(kit: Kit) -> None:
    given = {"link": "https://d.example/{reference}"}
    ad = one(kit, given)
    assert (said(ad, "url"), said(ad, "vanityUrl")) == ("https://d.example/VB-2207", "d.example")
    none = one(kit, given, reference=None)
    assert (none.find(f"{A}url"), none.find(f"{A}vanityUrl")) == (None, None)
    long = {"link": "https://d.example/" + "x" * 2048 + "/{id}"}
    assert one(kit, long).find(f"{A}url") is None
    view = sample_view([car()])
    view = msgspec.structs.replace(
        view, links=msgspec.structs.replace(view.links, landing_template=long["link"])
    )
    (finding,) = Admarkt(Admarkt.Options(**SETTINGS), kit).audit(view)
    assert (finding.outcome, finding.field, finding.reason) == ("poorer", "url", UNFIT_AND_WANTED)


def test_delivery_is_told_where_the_setting_says_so(kit: Kit) -> None:
    assert one(kit).find(f"{A}shippingOptions") is None
    ad = one(kit, {"pickup": True})
    assert said(ad, "shippingOptions/shippingOption/location") == "3000"
    assert one(kit, {"pickup": True}, place=Place(city="Gent")).find(f"{A}shippingOptions") is None


def test_the_seller_is_named_and_can_be_called(kit: Kit) -> None:
    dealer = sample_dealer(display_name="Garage " + "x " * 40, phone="geen")
    (ad,) = etree.fromstring(document(sample_view([car()], dealers=[dealer]), kit))
    assert len(said(ad, "sellerName")) <= 60
    assert ad.find(f"{A}phoneNumber") is None
    assert said(one(kit), "phoneNumber") == "+3216000000"
    assert said(one(kit, {"email_advertiser": True}), "emailAdvertiser") == "true"


# The whole


@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_the_audit_and_the_document_agree(scenario: str, kit: Kit) -> None:
    view = scenarios.view(scenario)
    findings = list(Admarkt(Admarkt.Options(**SETTINGS), kit).audit(view))
    told = {each.listing_id for each in findings if each.outcome != "left-out"}
    assert {each.listing_id for each in findings} == {each.id for each in view.listings}
    assert len(etree.fromstring(document(view, kit))) == len(told)


def test_no_id_comes_twice_whatever_the_references(kit: Kit) -> None:
    cars = [
        car(id="a"),
        car(id="b"),
        car(id="c", reference="a"),
        car(id="d", reference="x" * 65),
        car(id="e", reference=None),
    ]
    assert {said(ad, "vendorId") for ad in sent(cars, kit)} == set("abcde")
    assert admarktfeed.faults(document(sample_view(list(LargeStock(300))), kit)) == []


class TestContract(ExporterContract):
    large_stock = 2000

    def make(self, kit: Kit) -> Exporter:
        return exporter(kit, image="https://img.example/{stem}.jpg", pickup=True)
