from decimal import Decimal
from typing import Any

import msgspec
import pytest

from syndicator.contract import Finding, Kit, Outcome, Scope, View
from syndicator.exporters.showroom import Showroom
from syndicator.exporters.showroom.duties import (
    NO_ADDRESS,
    NO_CERTIFICATE,
    NO_CO2,
    NO_CONSUMPTION,
    NO_CONTACT,
    NO_COURT,
    NO_CYCLE,
    NO_ENTERPRISE,
    NO_FORM,
    NO_NAME,
    NO_NORM,
    NO_PHOTO,
    NO_PRICE,
    NO_VAT,
    NO_VAT_NUMBER,
    NUMBER_ONLY,
    REASONS,
    SHORT_WARRANTY,
    UNREADABLE_NORM,
    of_car,
    of_dealer,
    of_seller,
)
from syndicator.models import CarPass, Co2Cycle, Dealer, Fuel, Seller, VatRegime
from syndicator.testing import sample_dealer, sample_listing, sample_view

WHOLE = Seller(
    legal_form="BV",
    enterprise_number="0123.456.749",
    vat_number="BE 0123.456.749",
    court="Leuven",
)


def lacks(**changes: Any) -> list[str]:
    return [reason for _, reason, _ in of_car(sample_listing(**changes))]


def audit(view: View, kit: Kit) -> list[Finding]:
    return list(Showroom(Showroom.Options(), kit).audit(view))


def owned_by(seller: Seller, view: View) -> View:
    assert view.showroom is not None
    return msgspec.structs.replace(
        view, showroom=msgspec.structs.replace(view.showroom, seller=seller)
    )


def test_a_car_of_which_all_is_known_lacks_nothing() -> None:
    assert lacks() == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": None}, NO_PRICE),
        ({"vat_regime": None}, NO_VAT),
        ({"vat_regime": VatRegime.OTHER}, NO_VAT),
        ({"car_pass": None}, NO_CERTIFICATE),
        ({"car_pass": CarPass()}, NO_CERTIFICATE),
        ({"car_pass": CarPass(number="98765432109")}, NUMBER_ONLY),
        ({"emission_class": None}, NO_NORM),
        ({"emission_class": "schoon"}, UNREADABLE_NORM),
        ({"emission_class": "Euro 9"}, UNREADABLE_NORM),
        ({"co2_g_per_km": None}, NO_CO2),
        ({"co2_g_per_km": 0}, NO_CO2),
        ({"co2_cycle": None}, NO_CYCLE),
        ({"co2_cycle": Co2Cycle.OTHER}, NO_CYCLE),
        ({"mileage_km": 10, "consumption_l_per_100km": None}, NO_CONSUMPTION),
        ({"warranty_months": 6}, SHORT_WARRANTY),
        ({"photos": ()}, NO_PHOTO),
    ],
)
def test_what_a_used_car_lacks_is_named(changes: dict[str, Any], reason: str) -> None:
    assert lacks(**changes) == [reason]


@pytest.mark.parametrize(
    "changes",
    [
        {"emission_class": "EURO 6"},
        {"emission_class": "euro6d-temp"},
        {"consumption_l_per_100km": None},
        {"warranty": False, "warranty_months": None},
        {"warranty": None, "warranty_months": None},
    ],
)
def test_what_the_law_leaves_open_is_no_lack(changes: dict[str, Any]) -> None:
    assert lacks(**changes) == []


def test_a_new_car_needs_no_car_pass_but_its_consumption_and_two_years() -> None:
    new: dict[str, Any] = {"conditions": ("nieuw",), "car_pass": None, "mileage_km": None}
    assert lacks(**new, first_registration=None, warranty_months=24) == []
    assert lacks(**new, first_registration="2026-01", warranty_months=24) == [NO_CERTIFICATE]
    poor = lacks(**new, first_registration=None, consumption_l_per_100km=Decimal(0))
    assert poor == [NO_CONSUMPTION, SHORT_WARRANTY]


def test_an_electric_car_burns_nothing_and_a_classic_one_is_older_than_the_rules() -> None:
    unknown = {"emission_class": None, "co2_g_per_km": None, "co2_cycle": None}
    assert lacks(**unknown, fuel=Fuel.ELECTRIC) == []
    assert lacks(**unknown, conditions=("oldtimer",)) == []
    assert lacks(**unknown) == [NO_NORM, NO_CO2]


def test_the_gravest_comes_first() -> None:
    assert lacks(photos=(), price=None, car_pass=None)[0] == NO_CERTIFICATE


def test_each_lack_can_be_filled_in_somewhere() -> None:
    bare = sample_listing(price=None, vat_regime=None, car_pass=None, photos=(), co2_cycle=None)
    assert {source for source, _, _ in of_car(bare)} == {
        *("price", "vat_regime", "car_pass", "photos", "co2_cycle")
    }


def test_a_seller_of_whom_nothing_is_known_lacks_all() -> None:
    assert list(of_dealer(Dealer(id="x"))) == [NO_NAME, NO_ADDRESS, NO_CONTACT]
    assert list(of_dealer(sample_dealer(email=None))) == []
    assert list(of_dealer(sample_dealer(postal_code=None))) == [NO_ADDRESS]
    assert list(of_seller(Seller())) == [NO_ENTERPRISE, NO_VAT_NUMBER, NO_FORM, NO_COURT]
    assert list(of_seller(WHOLE)) == []


def test_no_car_is_left_out_and_each_has_a_finding(kit: Kit) -> None:
    cars = [sample_listing(), sample_listing(id="b", price=None, photos=())]
    found = audit(owned_by(WHOLE, sample_view(cars)), kit)
    assert [(each.listing_id, each.outcome) for each in found] == [
        (cars[0].id, Outcome.SENT),
        ("b", Outcome.POORER),
        ("b", Outcome.POORER),
    ]


def test_what_a_seller_lacks_is_said_of_him_and_of_the_settings_once(kit: Kit) -> None:
    two = sample_dealer(id="other", location_code="VB-GENT", phone=None, email=None)
    view = sample_view([], dealers=[sample_dealer(), two], group=True)
    found = [(each.dealer_id, each.reason) for each in audit(view, kit)]
    settings = list(of_seller(Seller()))
    assert found == [("other", NO_CONTACT), *(("", each) for each in settings)]  # of the group
    alone = [(each.dealer_id, each.reason) for each in audit(sample_view([]), kit)]
    assert alone == [(sample_dealer().id, each) for each in settings]


@pytest.mark.parametrize("scope", [Scope.SITE, Scope.SEARCH])
def test_only_showrooms_that_cars_live_in_have_duties(scope: Scope, kit: Kit) -> None:
    assert audit(sample_view([sample_listing(price=None)], scope=scope), kit) == []


def test_reasons_are_told_once_each() -> None:
    assert len(set(REASONS)) == len(REASONS) == 18
