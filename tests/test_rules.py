from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from syndicator.contract import StockOptions
from syndicator.mistakes import found_by_pydantic
from syndicator.models import Fuel
from syndicator.rules import FIXED, SETTABLE, Rule, mapped
from syndicator.testing import sample_listing
from syndicator.traits import Sort

VALUES = {  # where a field takes no other
    "first_registration": "2020-09",
    "url": "https://x.example/a?b=c",
    "car_pass_url": "https://x.example/",
}


def rule(**said: Any) -> Rule:
    return Rule.model_validate(said)


def test_a_rule_says_something_else_of_a_car() -> None:
    said = {
        "color": "Grey",
        "fuel": "diesel",
        "year": 2021,
        "power_kw": 85.5,
        "service_history": False,
        "city": "Gent",
        "car_pass_url": "https://x.example/",
    }
    changed = rule(set=said).changed(sample_listing())
    assert changed.color == "Grey"
    assert changed.fuel is Fuel.DIESEL
    assert (changed.year, type(changed.year)) == (2021, int)
    assert changed.power_kw == Decimal("85.5")
    assert changed.service_history is False
    assert changed.place is not None
    assert (changed.place.city, changed.place.postal_code) == ("Gent", "3000")
    assert changed.car_pass is not None
    assert changed.car_pass.url == "https://x.example/"


def test_what_is_set_is_known_whatever_it_was_called_before() -> None:
    odd = sample_listing(fuel=Fuel.OTHER, originals={"fuel": "Waterstof", "body": "Pick-up"})
    changed = rule(set={"fuel": "electric"}).changed(odd)
    assert (changed.fuel, changed.originals) == (Fuel.ELECTRIC, {"body": "Pick-up"})


def test_a_place_is_made_where_none_was_known() -> None:
    changed = rule(set={"city": "Gent"}).changed(sample_listing(place=None))
    assert changed.place is not None
    assert (changed.place.city, changed.place.province) == ("Gent", None)


def test_what_is_unset_is_unknown() -> None:
    changed = rule(unset=["vin", "conditions", "features", "place"]).changed(sample_listing())
    assert (changed.vin, changed.conditions, changed.features, changed.place) == (
        None,
        (),
        (),
        None,
    )


def test_who_and_when_cannot_be_changed() -> None:
    assert not FIXED & SETTABLE.keys()
    for name in sorted(FIXED):
        with pytest.raises(ValidationError):
            rule(set={name: "x"})
        with pytest.raises(ValidationError):
            rule(unset=[name])


@pytest.mark.parametrize("name", sorted(SETTABLE))
def test_every_field_that_can_be_set_takes_its_value(name: str) -> None:
    trait = SETTABLE[name]
    value: Any = {
        Sort.TEXT: "x",
        Sort.NUMBER: 7,
        Sort.BOOL: True,
        Sort.ENUM: trait.words[0] if trait.words else "",
    }[trait.sort]
    value = VALUES.get(name, value)
    changed = rule(set={name: value}).changed(
        sample_listing(**({} if trait.part else {name: None}))
    )
    assert trait.read(changed) == value


@pytest.mark.parametrize(
    ("rules", "what", "hint"),
    [
        ([{"when": {"fule": "x"}, "drop": True}], "rules[0].when.fule: unknown key", "'fuel'"),
        ([{"drop": True}, {"drop": "yes"}], "rules[1].drop: must be true or false", ""),
        ([{"when": {"fuel": "diesel"}}], "rules[0]: does nothing", "drop = true"),
        ([{"drop": True, "set": {"color": "x"}}], "rules[0]: drops the car and", "two rules"),
        ([{"set": {"colour": "x"}}], "rules[0].set.colour: unknown key", "'color'"),
        ([{"set": {"fuel": "gas"}}], "rules[0].set.fuel: 'gas' is none of", ""),
        ([{"set": {"color": ""}}], "rules[0].set.color: is empty", ""),
        ([{"set": {"power_kw": 0}}], "rules[0].set.power_kw: ", ""),
        ([{"set": {"price": 9000}}], "rules[0].set.price: unknown key", ""),
        ([{"set": {"mileage_km": 1e30}}], "rules[0].set.mileage_km: ", ""),
        ([{"set": {"seats": 0.4}}], "rules[0].set.seats: must be a whole number", ""),
        ([{"set": {"doors": 0}}], "rules[0].set.doors: ", ""),
        ([{"set": {"url": "javascript:alert(1)"}}], "rules[0].set.url: is no http", ""),
        ([{"set": {"first_registration": "bla"}}], "rules[0].set.first_registration: ", ""),
        ([{"set": {"title": "a\u0000b"}}], "rules[0].set.title: has a control character", ""),
        ([{"set": {"title": "a\u202eb"}}], "rules[0].set.title: has a control character", ""),
        ([{"unset": ["vinn"]}], "rules[0].unset[0]: 'vinn' is no field", "'vin'"),
        ([{"unset": ["title"]}], "rules[0].unset[0]: 'title' is no field", ""),
        ({"drop": True}, "rules: must be a list", "[[rules]]"),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_position(rules: Any, what: str, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        StockOptions.model_validate({"rules": rules})
    (mistake,) = found_by_pydantic(caught.value, StockOptions)
    assert str(mistake).startswith(what)
    assert hint in mistake.hint


def test_words_are_mapped_whatever_their_case() -> None:
    words = {"color": {"GRIJS": "Grey", "Zwart": "Black"}, "body": {"wagon": "other"}}
    changed = mapped(sample_listing(), words)
    assert (changed.color, changed.body) == ("Grey", "other")
    assert changed.interior_color == "Zwart"
    assert mapped(sample_listing(color=None), words).color is None


@pytest.mark.parametrize(
    ("values", "what", "hint"),
    [
        ({"colour": {"a": "b"}}, "values: 'colour' is no field of words", "'color'"),
        ({"year": {"2020": "2021"}}, "values: 'year' is no field of words", ""),
        ({"fuel": {"diesel": "gas"}}, "values: fuel cannot be 'gas'", "petrol, diesel"),
        ({"color": {"a": 3}}, "values.color.a: must be text in quotes", ""),
        ({"make": {"BMW": ""}}, "values: is empty", ""),
        ({"make": {"BMW": "B\u0001"}}, "values: has a control character", ""),
    ],
)
def test_a_mistake_in_a_value_map_is_told(values: Any, what: str, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        StockOptions.model_validate({"values": values})
    (mistake,) = found_by_pydantic(caught.value, StockOptions)
    assert str(mistake).startswith(what)
    assert hint in mistake.hint
