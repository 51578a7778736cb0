from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec
import pytest
from catalogues import missing, sources, unused
from hypothesis import given
from hypothesis import strategies as st

from syndicator.facts import (
    Group,
    euro_norm,
    facts,
    group_label,
    headline,
    is_electric,
    key_facts,
    price_text,
    summary,
    vat_text,
)
from syndicator.i18n import LANGUAGES, Words
from syndicator.models import (
    Body,
    Co2Cycle,
    Drive,
    Fuel,
    Listing,
    Money,
    Place,
    Transmission,
    VatRegime,
)
from syndicator.tags import Condition, condition, is_new
from syndicator.testing import sample_listing

NL = Words.of("nl")
ELSEWHERE = {  # said by the page around the facts, not by a line of the sheet
    "id", "dealer_id", "status", "title", "created", "updated", "sold", "slug", "url", "provider",
    "description", "price", "vat_regime", "photos", "features", "car_pass", "originals",
}  # fmt: skip
PARTS = {"co2_cycle": "co2_g_per_km", "warranty_months": "warranty", "conditions": "condition"}


def bare_listing(**changes: Any) -> Listing:
    """A car of which nothing is known but what a listing cannot be without."""
    full = sample_listing()
    kept = {name: getattr(full, name) for name in ("id", "dealer_id", "status", "title")}
    return Listing(**(kept | {"created": full.created, "updated": full.updated} | changes))


def told(listing: Listing, words: Words = NL, **options: Any) -> dict[str, str]:
    return {fact.name: fact.value for fact in facts(listing, words, **options)}


def test_everything_said_is_translated() -> None:
    assert missing(sources("syndicator/facts.py")) == []


def test_every_translation_is_said() -> None:
    assert unused("facts", sources("syndicator/facts.py")) == []


def test_a_sheet_in_french() -> None:
    assert [(each.label, each.value) for each in facts(sample_listing(), Words.of("fr"))] == [
        ("Marque", "Skoda"),
        ("Modèle", "Octavia"),
        ("Version", "Ambition"),
        ("État", "Occasion"),
        ("Première immatriculation", "09/2020"),
        ("Année de construction", "2020"),
        ("Kilométrage", "61\u202f200\xa0km"),
        ("Lieu", "3000 Leuven"),
        ("Référence", "VB-2207"),
        ("Carburant", "Essence"),
        ("Moteur", "1.0 TSI 110pk"),
        ("Puissance", "81 kW (110 ch)"),
        ("Boîte de vitesses", "Manuelle"),
        ("Rapports", "6"),
        ("Transmission (roues motrices)", "Traction avant"),
        ("Carrosserie", "Break"),
        ("Portes", "5"),
        ("Places assises", "5"),
        ("Couleur", "Gris"),
        ("Type de peinture", "Métallisé"),
        ("Couleur intérieure", "Noir"),
        ("Sellerie", "Tissu"),
        ("Poids à vide", "1\u202f320\xa0kg"),
        ("Propriétaires précédents", "1"),
        ("Carnet d\N{RIGHT SINGLE QUOTATION MARK}entretien", "Oui"),
        ("Garantie", "12 mois"),
        ("Émissions de CO₂", "121\xa0g/km (WLTP)"),
        ("Consommation", "5,3\xa0l/100\xa0km"),
        ("Norme Euro", "Euro 6d"),
    ]


def test_every_field_of_a_listing_is_told_or_stands_elsewhere() -> None:
    names = set(told(sample_listing(), vin=True))
    fields = {PARTS.get(name, name) for name in Listing.__struct_fields__} - ELSEWHERE
    assert names == fields


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_stand_in_the_order_of_their_groups(language: str) -> None:
    groups = [group for group, _ in groupby(facts(sample_listing(), Words.of(language)), _group)]
    assert groups == list(Group)
    assert len({group_label(group, Words.of(language)) for group in groups}) == len(Group)


def _group(fact: Any) -> Group:
    group: Group = fact.group
    return group


def test_what_is_unknown_is_absent() -> None:
    assert facts(bare_listing(), NL) == ()
    assert key_facts(bare_listing(), NL) == ()


def test_the_chassis_number_is_told_only_when_asked_for() -> None:
    assert "vin" not in told(sample_listing())
    assert told(sample_listing(), vin=True)["vin"] == "TMBZZZNE0L0000001"


def test_the_sheet_of_a_car_is_made_once_in_each_form() -> None:
    listing = sample_listing()
    french = Words.of("fr")
    assert facts(listing, NL) is facts(listing, NL)
    assert facts(listing, NL) != facts(listing, french) == facts(listing, french)
    assert facts(listing, NL) != facts(listing, NL, vin=True)
    again = msgspec.structs.replace(listing, make="Seat")  # the same id
    assert told(again)["make"] == "Seat"


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("fuel", Fuel.OTHER, "Waterstof"),
        ("transmission", Transmission.OTHER, "CVT"),
        ("body", Body.OTHER, "Pick-up"),
        ("drive", Drive.OTHER, "6x4"),
    ],
)
def test_another_value_is_told_in_the_sellers_word(field: str, value: Any, word: str) -> None:
    listing = bare_listing(**{field: value}, originals={field: word})
    assert told(listing) == {field: word}
    assert told(bare_listing(**{field: value})) == {field: "Andere"}


def test_a_known_value_is_told_in_our_word() -> None:
    listing = bare_listing(fuel=Fuel.PETROL, originals={"fuel": "SUPER 95"})
    assert told(listing) == {"fuel": "Benzine"}


@pytest.mark.parametrize(
    ("power_kw", "said"),
    [("81", "81 kW (110 pk)"), ("80.9", "81 kW (110 pk)"), ("1103.2", "1.103 kW (1.500 pk)")],
)
def test_power_is_told_in_kilowatt_and_horsepower(power_kw: str, said: str) -> None:
    assert told(bare_listing(power_kw=Decimal(power_kw))) == {"power_kw": said}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"co2_cycle": Co2Cycle.WLTP}, "121\xa0g/km (WLTP)"),
        ({"co2_cycle": Co2Cycle.NEDC}, "121\xa0g/km (NEDC)"),
        ({"co2_cycle": None}, "121\xa0g/km"),
        ({"co2_cycle": Co2Cycle.OTHER}, "121\xa0g/km"),
        ({"co2_cycle": Co2Cycle.OTHER, "originals": {"co2_cycle": "RDE"}}, "121\xa0g/km (RDE)"),
    ],
)
def test_emissions_name_their_procedure(changes: dict[str, Any], said: str) -> None:
    assert told(bare_listing(co2_g_per_km=121, **changes)) == {"co2_g_per_km": said}


def test_no_emissions_are_told_of_electric_cars_only() -> None:
    assert told(bare_listing(co2_g_per_km=0)) == {}
    assert told(bare_listing(co2_g_per_km=0, fuel=Fuel.DIESEL)) == {"fuel": "Diesel"}
    electric = told(bare_listing(co2_g_per_km=0, fuel=Fuel.ELECTRIC))
    assert electric["co2_g_per_km"] == "0\xa0g/km"


@pytest.mark.parametrize(("litres", "said"), [("5.3", "5,3"), ("5", "5,0"), ("5.25", "5,3")])
def test_consumption_has_one_decimal(litres: str, said: str) -> None:
    listing = bare_listing(consumption_l_per_100km=Decimal(litres))
    assert told(listing) == {"consumption_l_per_100km": f"{said}\xa0l/100\xa0km"}


@pytest.mark.parametrize(
    "changes",
    [
        {"fuel": Fuel.ELECTRIC, "consumption_l_per_100km": Decimal(16)},
        {"consumption_l_per_100km": Decimal(0)},
    ],
)
def test_consumption_is_left_out_where_it_means_nothing(changes: dict[str, Any]) -> None:
    assert "consumption_l_per_100km" not in told(bare_listing(**changes))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((True, 12), "12 maanden"),
        ((True, 24), "24 maanden"),
        ((None, 12), "12 maanden"),
        ((True, None), "Ja"),
        ((True, 0), "Ja"),
        ((True, 6), None),
        ((None, 6), None),
        ((False, None), None),
        ((False, 12), None),
        ((None, None), None),
    ],
)
def test_a_warranty_is_told_unless_it_is_less_than_the_law(
    given: tuple[bool | None, int | None], said: str | None
) -> None:
    listing = bare_listing(warranty=given[0], warranty_months=given[1])
    assert told(listing).get("warranty") == said


def test_a_new_car_has_two_years_of_warranty_or_none_is_told() -> None:
    new = {"warranty": True, "conditions": ("new",)}
    assert "warranty" not in told(bare_listing(**new, warranty_months=12))
    assert told(bare_listing(**new, warranty_months=24))["warranty"] == "24 maanden"


def test_yes_and_no_and_unknown_are_three_things() -> None:
    said = [told(bare_listing(service_history=each)) for each in (True, False, None)]
    assert said == [{"service_history": "Ja"}, {"service_history": "Nee"}, {}]


def test_nought_is_told_where_it_is_a_number() -> None:
    listing = bare_listing(mileage_km=0, previous_owners=0)
    assert told(listing) == {"mileage_km": "0\xa0km", "previous_owners": "0"}


def test_a_place_needs_a_town() -> None:
    assert told(bare_listing(place=Place(postal_code="3000"))) == {}
    assert told(bare_listing(place=Place(city="Leuven"))) == {"place": "Leuven"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("EURO 6", "Euro 6"),
        ("euro6", "Euro 6"),
        ("Euro 6d", "Euro 6d"),
        ("EURO 6D-TEMP", "Euro 6d-TEMP"),
        ("Euro 6d Temp", "Euro 6d-TEMP"),
        ("EURO 5B", "Euro 5b"),
        ("6d", "Euro 6d"),
        ("Euro-4", "Euro 4"),
        ("6d-ISC-FCM", "6d-ISC-FCM"),
        ("EURO VI", "Euro VI"),
        ("Euro 6d-ISC", "Euro 6d-ISC"),
        ("60", "60"),
        ("onbekend", "onbekend"),
    ],
)
def test_a_euro_norm_is_written_in_one_way(given: str, said: str) -> None:
    assert euro_norm(given) == said


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ((), Condition.USED),
        (("used",), Condition.USED),
        (("iets anders",), Condition.USED),
        (("New",), Condition.NEW),
        (("nieuw",), Condition.NEW),
        (("neuf", "metallic"), Condition.NEW),
        (("new", "demo"), Condition.DEMO),
        (("new", "tweedehands"), Condition.USED),
        (("oldtimer",), Condition.CLASSIC),
        (("oldtimer", "damaged"), Condition.DAMAGED),
    ],
)
def test_the_condition_is_what_the_tags_tell(tags: tuple[str, ...], kind: Condition) -> None:
    listing = bare_listing(conditions=tags)
    assert condition(listing) is kind
    assert is_new(listing) is (kind is Condition.NEW)


def test_a_condition_that_no_tag_tells_is_no_fact() -> None:
    assert told(bare_listing(conditions=("mooi",))) == {}
    assert told(bare_listing(conditions=("DEMO",))) == {"condition": "Demowagen"}


def test_only_the_electric_are_electric() -> None:
    electric = [fuel for fuel in Fuel if is_electric(bare_listing(fuel=fuel))]
    assert electric == [Fuel.ELECTRIC]
    assert not is_electric(bare_listing())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"make": "Skoda", "model": "Octavia", "variant": "RS"}, "Skoda Octavia RS"),
        ({"make": "Skoda"}, "Skoda"),
        ({"model": "Octavia", "variant": "RS"}, "Octavia RS"),
        ({"variant": "RS"}, "Mooie wagen"),
        ({}, "Mooie wagen"),
    ],
)
def test_the_headline_is_the_car_or_else_the_title(changes: dict[str, str], said: str) -> None:
    assert headline(bare_listing(title="Mooie wagen", **changes)) == said


def test_a_price_is_told_or_told_on_request() -> None:
    assert price_text(sample_listing(), NL) == "€\xa017.450"
    said = [price_text(bare_listing(), Words.of(each)) for each in LANGUAGES]
    assert said == [
        "Prijs op aanvraag",
        "Prix sur demande",
        "Preis auf Anfrage",
        "Price on request",
    ]


def test_a_free_car_has_a_price() -> None:
    assert price_text(bare_listing(price=Money(minor=0, currency="EUR")), NL) == "€\xa00"


@pytest.mark.parametrize(
    ("regime", "said"),
    [
        (VatRegime.DEDUCTIBLE, "Btw aftrekbaar"),
        (VatRegime.MARGIN, "Marge, btw niet aftrekbaar"),
        (VatRegime.OTHER, None),
        (None, None),
    ],
)
def test_vat_is_told_only_where_it_is_known(regime: VatRegime | None, said: str | None) -> None:
    assert vat_text(bare_listing(vat_regime=regime), NL) == said


def test_key_facts_are_five() -> None:
    assert [fact.value for fact in key_facts(sample_listing(), Words.of("en"))] == [
        "09/2020",
        "61,200\xa0km",
        "Petrol",
        "Manual",
        "81 kW (110 hp)",
    ]


def test_the_year_stands_in_for_the_first_registration() -> None:
    listing = bare_listing(year=2020, fuel=Fuel.LPG)
    assert [fact.name for fact in key_facts(listing, NL)] == ["year", "fuel"]


def test_a_summary_is_one_line() -> None:
    listing = bare_listing(year=2020, mileage_km=61200)
    assert summary(listing, NL) == "Prijs op aanvraag · 2020 · 61.200\xa0km"


ANY_LISTING = st.fixed_dictionaries(
    {},
    optional={
        "price": st.builds(
            Money, minor=st.integers(0, 10**10), currency=st.from_regex("[A-Z]{3}", fullmatch=True)
        ),
        "fuel": st.sampled_from(Fuel),
        "co2_cycle": st.sampled_from(Co2Cycle),
        "vat_regime": st.sampled_from(VatRegime),
        "color": st.text(),
        "emission_class": st.text(),
        "engine": st.text(),
        "conditions": st.lists(st.text()).map(tuple),
        "originals": st.dictionaries(st.sampled_from(["fuel", "co2_cycle"]), st.text()),
        "power_kw": st.decimals(1, 3000, places=2),
        "consumption_l_per_100km": st.decimals(0, 100, places=2),
        "mileage_km": st.integers(0, 5_000_000),
        "co2_g_per_km": st.integers(0, 2000),
        "warranty": st.booleans(),
        "warranty_months": st.integers(0, 600),
    },
)


@given(ANY_LISTING, st.sampled_from(LANGUAGES))
def test_no_listing_is_unspeakable(changes: dict[str, Any], language: str) -> None:
    listing, words = bare_listing(**changes), Words.of(language)
    sheet = facts(listing, words)
    assert all(fact.label and fact.value for fact in sheet)
    assert facts(msgspec.structs.replace(listing), words) == sheet
    assert price_text(listing, words) in summary(listing, words)
