import enum
from collections.abc import Mapping
from typing import Any

import googlefeed
import msgspec
import pytest
import scenarios
from googlefeed import G
from lxml import etree
from pydantic import ValidationError
from selecting import Selecting

from syndicator.contract import Exporter, Finding, Kit, Scope, View
from syndicator.exporters import google
from syndicator.exporters._sheet import (
    MISSING,
    NO_FIT_PHOTO,
    UNFIT,
    UNFIT_PHOTOS,
)
from syndicator.exporters.google import Google, fields
from syndicator.models import Body, CarPass, Co2Cycle, Feature, Fuel, Listing, Money, Photo
from syndicator.tags import Condition
from syndicator.testing import (
    ExporterContract,
    LargeStock,
    sample_dealer,
    sample_kit,
    sample_listing,
    sample_view,
)
from syndicator.testing.stock import hostile_dealer, hostile_listing

JPEG = (Photo(url="https://images.example/a.jpg"), Photo(url="https://images.example/b.JPEG?w=9"))
COUNTRIES = ("US", "CA", "AU", "GB", "FR", "DE", "IT", "ES", "JP", "NL")
NEW = {"conditions": ("new",), "mileage_km": 5, "first_registration": None}


def options(**given: Any) -> Google.Options:
    country = given.setdefault("country", "DE")
    if country in ("US", "CA", "AU"):
        given.setdefault("with_vin", True)
    if country in ("CA", "AU"):
        given.setdefault("price_type", "drive_away_price")
    return Google.Options(**given)


def exporter(kit: Kit, **given: Any) -> Any:
    return Selecting(Google(options(**given), kit))


def files(view: View, kit: Kit, **given: Any) -> list[bytes]:
    return [b"".join(each.chunks) for each in exporter(kit, **given).export(view)]


def car(**changes: Any) -> Listing:
    return sample_listing(**{"photos": JPEG} | changes)


def sent(listings: list[Listing], kit: Kit, **given: Any) -> list[etree._Element]:
    text, stores = files(sample_view(listings), kit, **given)
    assert googlefeed.faults(text, given.get("country", "DE")) == []
    assert googlefeed.store_faults(stores) == []
    return etree.fromstring(text).findall("channel/item")


def one(
    kit: Kit, country: str = "DE", options: Mapping[str, Any] | None = None, **changes: Any
) -> Any:
    (item,) = sent([car(**changes)], kit, country=country, **(options or {}))
    return item


def audit(listings: list[Listing], kit: Kit, **given: Any) -> list[Finding]:
    return list(Google(options(**given), kit).audit(sample_view(listings)))


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_document_passes_the_checker(scenario: str, country: str, kit: Kit) -> None:
    for scope in Scope:
        view = scenarios.view(scenario, scope=scope)
        text, stores = files(view, kit, country=country)
        assert googlefeed.faults(text, country) == []
        assert googlefeed.store_faults(stores) == []


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_passes_the_checker(language: str) -> None:
    text, _ = files(scenarios.view("group"), sample_kit(language), country="IT")
    assert len(etree.fromstring(text).findall("channel/item")) == 2
    assert googlefeed.faults(text, "IT") == []


def test_a_hostile_stock_passes_the_checker(kit: Kit) -> None:
    listing = msgspec.structs.replace(hostile_listing(), photos=JPEG)
    view = sample_view([listing], dealers=[hostile_dealer()])
    text, stores = files(view, kit)
    assert len(etree.fromstring(text).findall("channel/item")) == 0
    view = sample_view([msgspec.structs.replace(listing, id="a", reference=None)])
    text, stores = files(view, kit)
    assert len(etree.fromstring(text).findall("channel/item")) == 1
    assert googlefeed.faults(text, "DE") == []
    assert googlefeed.store_faults(stores) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<channel>", b"<channel><car/>"),
        (b"<title>", b"<titel>x</titel><title>"),
        (b'version="2.0"', b'version="1.0"'),
        (b"<g:brand>Skoda</g:brand>", b""),
        (b"<g:brand>Skoda</g:brand>", b"<g:brand/>"),
        (b"<g:brand>", b"<g:maker>x</g:maker><g:brand>"),
        (b"<g:brand>Skoda</g:brand>", b"<brand>Skoda</brand>"),
        (b"17450.00 EUR", b"17450 EUR"),
        (b"17450.00 EUR", b"0.00 EUR"),
        (b"61200 km", b"61200"),
        (b">gasoline<", b">petrol<"),
        (b">used<", b">new<"),
        (b">station wagon<", b">wagon<"),
        (b"a.jpg", b"a.webp"),
        (b"121 g/km", b"121"),
        (b"5.3 l/100km", b"5.3 L/100km"),
        (b">euro6d<", b">Euro 6d<"),
        (b"{store_code}", b"VB"),
        (b">2020-09<", b">2020-13<"),
        (b"<g:date_first_registered>2020-09</g:date_first_registered>", b""),
        (b"<g:option>in_store</g:option>", b""),
        (b">Cruise control,", b">Cruise control,,"),
        (b"<g:vin>TMB", b"<g:vin>IOQ"),
    ],
)
def test_the_checker_refuses_what_is_wrong(old: bytes, new: bytes, kit: Kit) -> None:
    text, _ = files(sample_view([car()]), kit, with_vin=True)
    assert old in text
    assert googlefeed.faults(text, "DE") == []
    assert googlefeed.faults(text.replace(old, new), "DE")


def test_the_checker_refuses_ids_and_chassis_numbers_that_come_twice(kit: Kit) -> None:
    cars = [car(id="a", reference="A", vin="WVWZZZ1KZAW000001"), car()]
    text, _ = files(sample_view(cars), kit, with_vin=True)
    assert googlefeed.faults(text, "DE") == []
    assert googlefeed.faults(text.replace(b">A<", b">VB-2207<"), "DE") != []
    assert googlefeed.faults(text.replace(b"WVWZZZ1KZAW000001", cars[1].vin.encode()), "DE") != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"store_code", b"code"),
        (b"VB-LEUVEN", b""),
        (b", Belgium", b""),
        (b"+3216000000", b"016"),
        (b"\thttps", b"https"),
        (b"https://", b"ftp://"),
    ],
)
def test_the_checker_refuses_wrong_stores(old: bytes, new: bytes, kit: Kit) -> None:
    _, stores = files(sample_view(), kit)
    assert old in stores
    assert googlefeed.store_faults(stores.replace(old, new, 1)) != []
    assert googlefeed.store_faults(stores + stores.splitlines(keepends=True)[1]) != []


# What a country asks for


def test_belgium_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="Belgium was not open to vehicle ads"):
        Google.Options(country="BE")
    for none in ({}, {"country": "LU"}, {"country": "de"}):
        with pytest.raises(ValidationError, match="country"):
            Google.Options(**none)


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_used_car_goes_where_its_country_asks_for_nothing_unknown(country: str, kit: Kit) -> None:
    expected = 0 if country in ("CA", "JP") else 1
    assert len(sent([car()], kit, country=country)) == expected


@pytest.mark.parametrize(
    ("country", "given"), [("US", {}), ("AU", {"with_vin": True}), ("CA", {"with_vin": True})]
)
def test_a_country_that_needs_a_setting_refuses_its_absence(
    country: str, given: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="no car is taken without"):
        Google.Options(country=country, **given)


@pytest.mark.parametrize(
    ("country", "changes", "source"),
    [
        ("US", {"year": None}, "year"),
        ("US", {"vin": None}, "vin"),
        ("US", {"vin": "WF0ZZZ"}, "vin"),
        ("GB", {"year": None}, "year"),
        ("NL", {"fuel": None}, "fuel"),
        ("FR", {"first_registration": None}, "first_registration"),
        ("IT", NEW | {"emission_class": None}, "emission_class"),
        ("IT", NEW | {"emission_class": "Euro 9"}, "emission_class"),
        ("ES", NEW | {"co2_g_per_km": None}, "co2_g_per_km"),
        ("ES", NEW | {"co2_cycle": Co2Cycle.NEDC}, "co2_g_per_km"),
        ("NL", NEW | {"consumption_l_per_100km": None}, "consumption_l_per_100km"),
        ("DE", {"make": None}, "make"),
        ("DE", {"model": None}, "model"),
        ("DE", {"model": "x" * 151}, "model"),
        ("DE", {"mileage_km": None}, "mileage_km"),
        ("DE", {"color": None}, "color"),
        ("DE", {"price": None}, "price"),
        ("DE", {"price": Money(minor=0, currency="EUR")}, "price"),
        ("DE", {"photos": ()}, "photos"),
        ("DE", {"id": "x" * 51, "reference": "y" * 51}, "reference"),
    ],
)
def test_a_car_without_what_its_country_requires_is_left_out_and_reported(
    country: str, changes: dict[str, Any], source: str, kit: Kit
) -> None:
    listing = car(**changes)
    assert sent([listing], kit, country=country) == []
    (finding,) = audit([listing], kit, country=country)
    assert (finding.listing_id, finding.outcome, finding.source) == (listing.id, "left-out", source)
    assert finding.reason in (MISSING, UNFIT)


@pytest.mark.parametrize(
    ("country", "changes"),
    [
        ("DE", {"year": None, "vin": None}),
        ("GB", {"fuel": None, "first_registration": None, "vin": None}),
        ("NL", {"first_registration": None}),
        ("FR", NEW | {"co2_g_per_km": None, "consumption_l_per_100km": None, "fuel": None}),
        ("ES", NEW | {"emission_class": None}),
    ],
)
def test_what_a_country_does_not_require_may_be_unknown(
    country: str, changes: dict[str, Any], kit: Kit
) -> None:
    one(kit, country, **changes)


@pytest.mark.parametrize(
    ("country", "changes", "attribute"),
    [
        ("DE", NEW, "certification"),
        ("NL", NEW | {"fuel": Fuel.ELECTRIC, "co2_g_per_km": 0}, "energy_consumption"),
        ("JP", {}, "vehicle_all_in_price"),
    ],
)
def test_what_nobody_states_is_named(
    country: str, changes: dict[str, Any], attribute: str, kit: Kit
) -> None:
    assert sent([car(**changes)], kit, country=country) == []
    (finding,) = audit([car(**changes)], kit, country=country)
    assert (finding.outcome, finding.reason) == ("left-out", google.NO_SOURCE)
    assert finding.values == {"attribute": attribute, "country": country}


# Words and values


@pytest.mark.parametrize(
    ("table", "members", "element", "field"),
    [(fields.BODIES, Body, "body_style", "body"), (fields.ENGINES, Fuel, "engine", "fuel")],
)
def test_every_closed_value_has_its_word(
    table: Mapping[Any, str | None], members: type[enum.Enum], element: str, field: str, kit: Kit
) -> None:
    assert set(table) == set(members)
    for member in set(members) - {Body.VAN}:
        assert one(kit, **{field: member}).findtext(G + element) == table[member]


@pytest.mark.parametrize(
    ("norm", "written"),
    [
        ("EURO 6", "euro6"), ("euro6b", "euro6"), ("Euro 6d-temp", "euro6d-TEMP"),
        ("Euro 5b", "euro5b"), ("5", "euro5"), ("Euro 7", None), ("groen", None), (None, None),
    ],
)  # fmt: skip
def test_an_emission_class_is_written_in_googles_way(
    norm: str | None, written: str | None, kit: Kit
) -> None:
    assert one(kit, emission_class=norm).findtext(f"{G}emissions_standard") == written


def test_an_electric_car_burns_nothing(kit: Kit) -> None:
    item = one(kit, fuel=Fuel.ELECTRIC, co2_g_per_km=0, emission_class=None)
    assert item.findtext(f"{G}co2_emissions") == "0 g/km"
    assert item.findtext(f"{G}emissions_standard") == "zero_emissions"
    assert item.find(f"{G}fuel_consumption") is None
    unknown = one(kit, fuel=Fuel.ELECTRIC, co2_g_per_km=None)
    assert unknown.find(f"{G}co2_emissions") is None
    assert one(kit, co2_g_per_km=0).find(f"{G}co2_emissions") is None


@pytest.mark.parametrize(
    ("changes", "engine"),
    [
        ({"variant": "T8 PHEV"}, "plug-in_hybrid"),
        ({"title": "Volvo Plug-In hybride"}, "plug-in_hybrid"),
        ({"engine": "1.6 plug in"}, "plug-in_hybrid"),
        ({"engine": "1.6 plugin"}, "plug-in_hybrid"),
        ({"engine": "1.6 HEV"}, "hybrid"),
        ({"variant": "PHEV", "fuel": Fuel.PETROL}, "gasoline"),
    ],
)
def test_a_plug_in_is_found_where_the_setting_says_so(
    changes: dict[str, Any], engine: str, kit: Kit
) -> None:
    changes = {"fuel": Fuel.HYBRID} | changes
    item = one(kit, options={"detect_plug_in": True}, **changes)
    assert item.findtext(f"{G}engine") == engine
    assert one(kit, **changes).findtext(f"{G}engine") != "plug-in_hybrid"


def test_a_van_goes_only_where_the_setting_calls_it_one_for_passengers(kit: Kit) -> None:
    (finding,) = audit([car(body=Body.VAN)], kit)
    assert (finding.outcome, finding.source, finding.reason) == ("left-out", "body", google.VAN)
    for van in ("minivan", "full size van"):
        item = one(kit, options={"van": van}, body=Body.VAN)
        assert item.findtext(f"{G}body_style") == van
        assert one(kit, options={"van": van}).findtext(f"{G}body_style") == "station wagon"


@pytest.mark.parametrize("condition", Condition)
def test_a_car_is_new_or_used_and_never_damaged(condition: Condition, kit: Kit) -> None:
    listing = car(conditions=(condition.value,))
    if condition is Condition.DAMAGED:
        assert sent([listing], kit, country="ES") == []
        (finding,) = audit([listing], kit)
        assert (finding.outcome, finding.reason) == ("left-out", google.DAMAGED)
    else:
        (item,) = sent([listing], kit, country="ES")
        expected = "new" if condition is Condition.NEW else "used"
        assert item.findtext(f"{G}condition") == expected


def test_a_price_has_two_decimals_and_a_currency(kit: Kit) -> None:
    price = Money(minor=1745005, currency="EUR")
    assert one(kit, price=price).findtext(f"{G}price") == "17450.05 EUR"


def test_features_are_one_list_with_commas(kit: Kit) -> None:
    names = ["Airco, automatisch", "x" * 257, " , ", *(f"optie {n}" for n in range(250))]
    listing = car(features=tuple(Feature(name=each) for each in names))
    (item,) = sent([listing], kit)
    options = item.findtext(f"{G}vehicle_option").split(",")
    assert options[:2] == ["Airco automatisch", "optie 0"]
    assert len(options) == 200
    (finding,) = audit([listing], kit)
    assert (finding.outcome, finding.source, finding.values) == ("poorer", "features", {"n": 200})


def test_a_description_keeps_the_car_pass(kit: Kit) -> None:
    item = one(kit, description="woord " * 2000, car_pass=CarPass(number="98765432109"))
    text = item.findtext(f"{G}description")
    assert len(text) <= 5000
    assert text.endswith("woord\nCar-Pass: 98765432109")


def test_labels_are_fields_of_the_operators_choice(kit: Kit) -> None:
    item = one(kit, options={"custom_labels": ("vat_regime", "price")})
    assert item.findtext(f"{G}custom_label_0") == "deductible"
    assert item.findtext(f"{G}custom_label_1") == "17450"
    with pytest.raises(ValidationError, match="no field with one value"):
        options(custom_labels=("photos_",))


# Chassis numbers


def test_a_chassis_number_goes_only_where_the_setting_says_so(kit: Kit) -> None:
    assert one(kit).find(f"{G}vin") is None
    assert one(kit, options={"with_vin": True}).findtext(f"{G}vin") == sample_listing().vin
    assert one(kit, options={"with_vin": True}, vin="WF0ZZZ").find(f"{G}vin") is None


def test_a_chassis_number_of_two_cars_is_sent_for_neither(kit: Kit) -> None:
    cars = [car(id=each, reference=each) for each in "ab"]
    cars.append(car(id="c", reference="c", vin="WVWZZZ1KZAW000001"))
    vins = [item.findtext(f"{G}vin") for item in sent(cars, kit, with_vin=True)]
    assert sorted(map(str, vins)) == ["None", "None", "WVWZZZ1KZAW000001"]
    found = [each for each in audit(cars, kit, with_vin=True) if each.outcome == "poorer"]
    assert {each.listing_id for each in found} == {"a", "b"}
    assert {each.reason for each in found} == {google.VIN_TWICE}


def test_a_country_that_requires_it_gets_neither_of_two_cars_with_one_number(kit: Kit) -> None:
    cars = [car(id=each, reference=each) for each in "ab"]
    cars.append(car(id="c", reference="c", vin="WVWZZZ1KZAW000001"))
    assert [item.findtext(f"{G}id") for item in sent(cars, kit, country="US")] == ["c"]
    found = audit(cars, kit, country="US")
    assert [each.outcome for each in found] == ["left-out", "left-out", "sent"]


# Photos, links and stores


def test_only_photos_of_known_and_allowed_kinds_go(kit: Kit) -> None:
    photos = (Photo(url="https://i.example/a.webp"), *JPEG, Photo(url="https://i.example/c"))
    item = one(kit, photos=photos)
    assert item.findtext(f"{G}image_link") == JPEG[0].url
    assert [each.text for each in item.findall(f"{G}additional_image_link")] == [JPEG[1].url]
    (finding,) = audit([car(photos=photos)], kit)
    assert (finding.outcome, finding.reason) == ("poorer", UNFIT_PHOTOS)


def test_a_car_with_photos_of_no_allowed_kind_is_left_out_with_a_reason(kit: Kit) -> None:
    listing = sample_listing()  # its photos are WebP
    assert sent([listing], kit) == []
    (finding,) = audit([listing], kit)
    assert (finding.outcome, finding.source, finding.reason) == ("left-out", "photos", NO_FIT_PHOTO)
    assert finding.values["kinds"] == "GIF, JPEG, PNG, BMP, TIFF"
    moved = sent([listing], kit, image="https://img.example/{stem}.jpg")
    assert moved[0].findtext(f"{G}image_link") == "https://img.example/vb-2207/a.jpg"


def test_ten_more_images_go_at_most(kit: Kit) -> None:
    photos = tuple(Photo(url=f"https://i.example/{n}.png") for n in range(15))
    assert len(one(kit, photos=photos).findall(f"{G}additional_image_link")) == 10


@pytest.mark.parametrize(
    ("link", "written"),
    [
        ("https://d.example/{id}", "https://d.example/a?store={store_code}"),
        ("https://d.example/?car={id}", "https://d.example/?car=a&store={store_code}"),
        ("https://d.example/{id}#foto", "https://d.example/a?store={store_code}#foto"),
    ],
)
def test_the_link_template_holds_the_stores_place(link: str, written: str, kit: Kit) -> None:
    item = one(kit, options={"link": link}, id="a")
    assert item.findtext(f"{G}link_template") == written


def test_a_listing_without_its_link_is_left_out(kit: Kit) -> None:
    link = "https://d.example/{reference}"
    assert sent([car(reference=None)], kit, link=link) == []


def test_a_store_may_have_another_code_than_the_location(kit: Kit) -> None:
    given = {"stores": {"VB-LEUVEN": "shop 1"}, "store_parameter": "winkel"}
    text, stores = files(sample_view([car()]), kit, **given)
    item = etree.fromstring(text).find("channel/item")
    assert item.findtext(f"{G}store_code") == "shop 1"
    assert item.findtext(f"{G}vehicle_fulfillment/{G}store_code") == "shop 1"
    assert item.findtext(f"{G}link_template").endswith("?winkel={store_code}")
    assert stores.splitlines()[1].startswith(b"shop 1\t")


@pytest.mark.parametrize("code", [None, "x" * 65])
def test_a_car_of_a_store_without_a_usable_code_is_left_out(code: str | None, kit: Kit) -> None:
    view = sample_view([car()], dealers=[sample_dealer(location_code=code)])
    text, stores = files(view, kit)
    assert etree.fromstring(text).find("channel/item") is None
    assert stores.splitlines() == [googlefeed.HEADERS]
    findings = list(Google(options(), kit).audit(view))
    assert {(each.outcome, each.source) for each in findings} == {("left-out", "dealer_id")}


def test_stores_need_an_address_and_stand_once_and_in_one_line(kit: Kit) -> None:
    dealers = [
        sample_dealer(display_name="Tab\there\nand there"),
        sample_dealer(id="b"),
        sample_dealer(id="c", location_code="C", address=None),
        sample_dealer(id="d", location_code="D", phone="geen"),
    ]
    _, stores = files(sample_view([], dealers=dealers), kit)
    assert googlefeed.store_faults(stores) == []
    rows = [line.split("\t") for line in stores.decode().splitlines()[1:]]
    assert [row[:2] for row in rows] == [
        ["VB-LEUVEN", "Tab here and there"], ["D", "Voorbeeld Leuven"]
    ]  # fmt: skip
    assert rows[1][3] == ""


def test_the_store_file_is_named_after_the_feed(kit: Kit) -> None:
    made = exporter(kit, filename="google-fr.xml", country="FR").export(sample_view([]))
    assert [str(each.path) for each in made] == ["google-fr.xml", "google-fr-stores.tsv"]


# The whole


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_the_audit_and_the_document_agree(scenario: str, country: str, kit: Kit) -> None:
    view = scenarios.view(scenario)
    findings = list(Google(options(country=country), kit).audit(view))
    told = {each.listing_id for each in findings if each.outcome != "left-out"}
    assert {each.listing_id for each in findings} == {each.id for each in view.listings}
    text, _ = files(view, kit, country=country)
    assert len(etree.fromstring(text).findall("channel/item")) == len(told)


def test_references_used_twice_give_way_to_ids(kit: Kit) -> None:
    cars = [car(id="a"), car(id="b"), car(id="c", reference="a"), car(id="d", reference="x" * 51)]
    assert {item.findtext(f"{G}id") for item in sent(cars, kit)} == {"a", "b", "c", "d"}


def test_ids_stay_unique_in_a_large_stock(kit: Kit) -> None:
    text, _ = files(sample_view(list(LargeStock(300))), kit, image="https://i.example/{stem}.png")
    assert googlefeed.faults(text, "DE") == []
    assert len(etree.fromstring(text).findall("channel/item")) == 300


class TestContract(ExporterContract):
    large_stock = 3000

    def make(self, kit: Kit) -> Exporter:
        return exporter(kit, image="https://img.example/{stem}.jpg", with_vin=True)
