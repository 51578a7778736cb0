import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from syndicator.errors import RecordError
from syndicator.models import Dealer, ParentRef, Stats
from syndicator.source import normalise
from syndicator.source.normalise import Issue

LEUVEN = {
    "id": "b",
    "parentId": "h",
    "isRoot": False,
    "locationCode": "VB-LEUVEN",
    "companyName": "Voorbeeld Leuven BV",
    "fullName": "Voorbeeld Leuven vol",
    "displayName": "Voorbeeld Leuven",
    "email": "leuven@voorbeeld.example",
    "phone": "+32 16 00 00 00",
    "address": "Stationsstraat 5",
    "postalCode": "3000",
    "city": "Leuven",
    "province": "Vlaams-Brabant",
    "logoUrl": "https://images.example/logo.png",
    "metadata": {
        "chat": "ja",
        "open": [1, {"b": 2, "a": 1.5}],
        "vip": True,
        "none": None,
        " ": "x",
    },
    "parent": {"id": "h", "locationCode": "VB-HQ", "companyName": "Voorbeeld NV"},
    "stats": {"activeListings": 31, "totalListings": 58, "avgActivePrevMonth": 29.5},
    "updatedAt": "2026-03-03T16:40:22Z",
}


def read(**members: Any) -> tuple[Dealer, tuple[Issue, ...]]:
    return normalise.location(json.dumps({"id": "b"} | members).encode())


def flat(*records: Any) -> tuple[tuple[Dealer, ...], tuple[Issue, ...]]:
    return normalise.locations(json.dumps(each).encode() for each in records)


def test_every_field_of_a_location_arrives() -> None:
    assert read(**LEUVEN) == (
        Dealer(
            id="b",
            parent_id="h",
            location_code="VB-LEUVEN",
            company_name="Voorbeeld Leuven BV",
            full_name="Voorbeeld Leuven vol",
            display_name="Voorbeeld Leuven",
            email="leuven@voorbeeld.example",
            phone="+32 16 00 00 00",
            address="Stationsstraat 5",
            postal_code="3000",
            city="Leuven",
            province="Vlaams-Brabant",
            logo_url="https://images.example/logo.png",
            metadata={"chat": "ja", "open": '[1, {"a": 1.5, "b": 2}]', "vip": "true"},
            parent=ParentRef(id="h", location_code="VB-HQ", company_name="Voorbeeld NV"),
            is_root=False,
            stats=Stats(active=31, total=58, average_active_last_month=Decimal("29.5")),
            updated=datetime(2026, 3, 3, 16, 40, 22, tzinfo=UTC),
        ),
        (),
    )


def test_no_field_of_the_model_is_left_out_of_that_example() -> None:
    dealer, _ = read(**LEUVEN)
    assert None not in [getattr(dealer, name) for name in dealer.__struct_fields__]


@pytest.mark.parametrize("name", sorted(LEUVEN.keys() - {"id", "parent"}))
@pytest.mark.parametrize("wrong", [5, "\x00", [], [{}], {"id": 5}])
def test_a_member_of_the_wrong_type_costs_no_other(name: str, wrong: Any) -> None:
    expected, _ = read(**LEUVEN)
    dealer, issues = read(**LEUVEN | {name: wrong})
    changed = [
        field
        for field in Dealer.__struct_fields__
        if getattr(dealer, field) != getattr(expected, field)
    ]
    assert len(changed) <= 1
    assert all(issue.path.startswith(name) for issue in issues)


@pytest.mark.parametrize("bad", ["x", "a@b", "a@b.c?bcc=d@e.f", "a b@c.d", "<a@b.c>", 5])
def test_an_e_mail_address_is_one_or_unknown(bad: Any) -> None:
    dealer, issues = read(email=bad)
    assert dealer.email is None
    assert [issue.path for issue in issues] == ["email"]


def test_the_parent_says_the_parent_id_where_that_is_missing() -> None:
    assert read(parent={"id": "h"})[0].parent_id == "h"


def test_a_dealer_is_not_above_itself() -> None:
    dealer, issues = read(parentId="b", parent={"id": "b"})
    assert (dealer.parent_id, dealer.parent) == (None, None)
    assert issues == (Issue("parent", "a dealer above itself"),)


@pytest.mark.parametrize("bad", [{}, {"id": None}, {"id": 5}, [], None, "x"])
def test_an_unusable_id_costs_the_location(bad: Any) -> None:
    with pytest.raises(RecordError):
        normalise.location(json.dumps(bad).encode())


def test_nested_children_are_flattened_to_any_depth() -> None:
    tree = {"id": "h", "children": [{"id": "m", "children": [{"id": "b"}]}, {"id": "c"}]}
    dealers, issues = flat(tree)
    assert {each.id: each.parent_id for each in dealers} == {
        "h": None,
        "m": "h",
        "c": "h",
        "b": "m",
    }
    assert issues == ()


def test_of_two_records_with_one_id_the_outermost_wins() -> None:
    nested = {"id": "h", "children": [{"id": "b", "city": "Gent"}]}
    dealers, _ = flat(nested, {"id": "b", "city": "Leuven"})
    assert [(each.id, each.city) for each in dealers] == [("h", None), ("b", "Leuven")]


def test_a_bad_location_is_counted_and_does_not_hide_its_children() -> None:
    dealers, issues = flat({"id": 5, "children": [{"id": "b"}, 7, None]}, [], {"id": "c"})
    assert [each.id for each in dealers] == ["c", "b"]
    assert [issue.path for issue in issues] == ["location"] * 4


def test_metadata_is_bounded() -> None:
    dealer, issues = read(metadata={str(each): "x" * 1000 for each in range(100)})
    assert len(dealer.metadata) == 50
    assert {len(each) for each in dealer.metadata.values()} == {300}
    assert issues == (Issue("metadata", "more than 50"),)
