from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from syndicator.conditions import Conditions
from syndicator.mistakes import found_by_pydantic
from syndicator.models import CarPass, Feature, Fuel, Listing, Money, Photo, Place
from syndicator.testing import sample_listing
from syndicator.traits import TRAITS, Sort

BARE = Listing(
    **{
        name: getattr(sample_listing(), name)
        for name in ("id", "dealer_id", "status", "title", "created", "updated")
    }
)


def fits(listing: Listing | None = None, **when: Any) -> bool:
    return Conditions.model_validate(when).fits(listing or sample_listing())


def test_every_field_of_a_listing_can_be_named() -> None:
    known = {each.part or each.name for each in TRAITS.values()}
    assert known == set(Listing.__struct_fields__)
    for trait in TRAITS.values():
        ways = [name for name in Conditions.model_fields if name.startswith(trait.name)]
        assert ways, trait.name


def test_fields_within_the_place_and_the_car_pass_stand_for_themselves() -> None:
    assert {name for name, trait in TRAITS.items() if trait.part == "place"} == set(
        Place.__struct_fields__
    )
    assert {name for name, trait in TRAITS.items() if trait.part == "car_pass"} == {
        "car_pass_url",
        "car_pass_number",
    }


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"fuel": "petrol"}, True),
        ({"fuel": ["diesel", "petrol"]}, True),
        ({"fuel": ["Petrol"]}, True),
        ({"fuel": "diesel"}, False),
        ({"fuel_not": "diesel"}, True),
        ({"fuel_not": ["diesel", "petrol"]}, False),
        ({"make": "SKODA"}, True),
        ({"make": "Skod"}, False),
        ({"make_contains": "kod"}, True),
        ({"make_contains": ["x", "oda"]}, True),
        ({"make_not": "Volvo"}, True),
        ({"price": 17450}, True),
        ({"price": [1, 17450.0]}, True),
        ({"price_not": 17450}, False),
        ({"price_below": 17450}, False),
        ({"price_below": 17450.01}, True),
        ({"price_to": 17450}, True),
        ({"price_above": 17450}, False),
        ({"price_from": 17450}, True),
        ({"year_from": 2020, "year_to": 2020}, True),
        ({"power_kw_above": 80.5}, True),
        ({"photos": 2}, True),
        ({"photos_from": 3}, False),
        ({"service_history": True}, True),
        ({"service_history": False}, False),
        ({"conditions": "USED"}, True),
        ({"conditions_not": "demo"}, True),
        ({"features": "cruise control"}, True),
        ({"features_contains": "cruise"}, True),
        ({"features_not": "Trekhaak"}, True),
        ({"city": "leuven"}, True),
        ({"postal_code": ["2000", "3000"]}, True),
        ({"latitude_from": 50.5}, True),
        ({"car_pass_known": True}, True),
        ({"car_pass_url_contains": "car-pass.be"}, True),
        ({"car_pass_number_known": False}, True),
        ({"created_after": date(2026, 1, 12)}, True),
        ({"created_before": datetime(2026, 1, 12, 8, 15, tzinfo=UTC)}, False),
        ({"updated_after": "2026-04-01"}, False),
        ({"sold_known": False}, True),
        ({"first_registration": "2020-09"}, True),
        ({"fuel": "petrol", "price_to": 20000, "body": "wagon"}, True),
        ({"fuel": "petrol", "price_to": 20000, "body": "suv"}, False),
    ],
)
def test_a_condition_holds_as_it_reads(when: dict[str, Any], *, holds: bool) -> None:
    assert fits(**when) is holds


@pytest.mark.parametrize(
    "when",
    [
        {"price": 0},
        {"price_below": 10**9},
        {"price_to": 10**9},
        {"price_above": 0},
        {"price_from": 0},
        {"fuel": ["petrol", "other"]},
        {"color_contains": "a"},
        {"city": "Gent"},
        {"service_history": False},
        {"sold_before": date(2100, 1, 1)},
        {"sold_after": date(2000, 1, 1)},
        {"features": "ABS"},
        {"features_contains": "a"},
        {"conditions_known": True},
        {"place_known": True},
    ],
)
def test_what_is_unknown_is_like_nothing(when: dict[str, Any]) -> None:
    assert fits(BARE, **when) is False


@pytest.mark.parametrize(
    "when",
    [
        {"price_not": 0},
        {"fuel_not": "petrol"},
        {"features_not": "ABS"},
        {"color_known": False},
        {"conditions_known": False},
        {"photos_below": 1},
    ],
)
def test_what_is_unknown_is_not_what_it_is_said_not_to_be(when: dict[str, Any]) -> None:
    assert fits(BARE, **when) is True


def test_text_is_compared_as_the_gate_composes_it() -> None:
    assert fits(sample_listing(make="Citro\u00ebn"), make="Citroe\u0308n") is True
    assert fits(sample_listing(make="Citro\u00ebn"), make_contains="ROE\u0308") is True


def test_the_sellers_own_word_for_another_value_can_be_asked_for() -> None:
    odd = sample_listing(fuel=Fuel.OTHER, originals={"fuel": "Waterstof"})
    assert fits(odd, fuel="other", originals="waterstof") is True
    assert fits(odd, originals="stoom") is False


def test_conditions_survive_json() -> None:
    when = Conditions.model_validate(
        {
            "price_to": 15000.5,
            "fuel": "diesel",
            "created_after": date(2026, 1, 1),
            "vin_known": True,
        }
    )
    again = Conditions.model_validate_json(when.model_dump_json())
    assert again == when
    assert again.model_fields_set == when.model_fields_set
    assert "color" not in when.model_dump_json()


@pytest.mark.parametrize(
    ("when", "what", "hint"),
    [
        ({"fule": "diesel"}, "fule: unknown key", "did you mean 'fuel'?"),
        ({"fuel": "diesl"}, "fuel[0]: 'diesl' is none of", "did you mean 'diesel'?"),
        ({"price_below": "cheap"}, "price_below: must be a number", ""),
        ({"price_below": True}, "price_below: must be a number", ""),
        ({"price_below": float("nan")}, "price_below: should be a finite number", ""),
        ({"make": 3}, "make[0]: must be text in quotes", ""),
        ({"make": []}, "make: has too few entries", ""),
        ({"year": []}, "year: has too few entries", ""),
        ({"make_contains": ""}, "make_contains[0]: is empty", ""),
        ({"make": ["Volvo", " "]}, "make[1]: is empty", ""),
        ({"vin_known": "yes"}, "vin_known: must be true or false", ""),
        ({"created_after": "soon"}, "created_after: ", ""),
    ],
)
def test_a_mistake_is_told_with_its_place(when: dict[str, Any], what: str, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Conditions.model_validate(when)
    (mistake,) = found_by_pydantic(caught.value, Conditions)
    assert str(mistake).startswith(what)
    assert hint in mistake.hint


@pytest.mark.parametrize("name", sorted(Conditions.model_fields))
def test_every_condition_answers_on_every_kind_of_car(name: str) -> None:
    """No condition may fail: it is asked of each car of a stock."""
    trait = next(
        trait
        for key, trait in sorted(TRAITS.items(), key=lambda each: -len(each[0]))
        if name.startswith(key)
    )
    ending = name.removeprefix(trait.name)
    value: Any = {
        Sort.TEXT: "x",
        Sort.TEXTS: "x",
        Sort.NUMBER: 5,
        Sort.ENUM: trait.words[0] if trait.words else "",
        Sort.BOOL: True,
        Sort.MOMENT: datetime(2026, 1, 1, tzinfo=UTC),
        Sort.PART: True,
    }[trait.sort]
    if ending == "_known":
        value = True
    when = Conditions.model_validate({name: value})
    full = sample_listing(
        car_pass=CarPass(url="https://x.example/", number="1"),
        photos=(Photo(url="https://x.example/1.jpg"),) * 5,
        features=(Feature(name="x"),),
        sold=datetime(2026, 1, 1, tzinfo=UTC),
        originals={"fuel": "x"},
        price=Money(minor=500, currency="EUR"),
        power_kw=Decimal(5),
    )
    for listing in (BARE, full):
        assert when.fits(listing) in (True, False)
