import json
import re
import uuid
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from syndicator.simulator.moments import EPOCH, instant, milliseconds
from syndicator.simulator.stock import Order, Stock, make_stock


@pytest.fixture(scope="module")
def stock() -> Stock:
    return make_stock(7, 300, 12, "http://photos.example")


@pytest.fixture(scope="module")
def listings(stock: Stock) -> list[dict[str, Any]]:
    return [stock.listing(entry.id) for entry in stock]


def codes(stock: Stock) -> dict[str, str]:
    return {each.profile["locationCode"]: each.id for each in stock.dealers.values()}


def test_the_same_seed_gives_the_same_stock_in_any_order_of_asking(stock: Stock) -> None:
    again = make_stock(7, 300, 12, "http://photos.example")
    ids = [entry.id for entry in stock]
    assert ids == [entry.id for entry in again]
    backwards = {each: again.listing(each) for each in reversed(ids)}
    assert json.dumps([stock.listing(each) for each in ids]) == json.dumps(
        [backwards[each] for each in ids]
    )


def test_another_seed_gives_another_stock(stock: Stock) -> None:
    other = make_stock(8, 300, 12)
    assert not {entry.id for entry in stock} & {entry.id for entry in other}


def test_the_count_is_that_of_active_listings_and_others_come_on_top(stock: Stock) -> None:
    counts = Counter(entry.status for entry in stock)
    assert counts.pop("active") == 300
    assert sum(counts.values()) == 45
    assert set(counts) == {"sold", "pending", "draft"}


def test_listings_stand_newest_first(stock: Stock) -> None:
    order = [(-entry.updated, entry.id) for entry in stock]
    assert order == sorted(order)


def test_dates_are_spread_over_months_and_never_after_the_stocks_own_today(stock: Stock) -> None:
    dates = [entry.updated for entry in stock]
    assert max(dates) <= EPOCH.timestamp() * 1000
    assert max(dates) - min(dates) > 60 * 86_400_000


def test_the_group_has_a_head_office_and_three_locations(stock: Stock) -> None:
    ids = codes(stock)
    children = {
        each.profile["locationCode"]
        for each in stock.dealers.values()
        if each.profile["parentId"] == ids["DEX-HQ"]
    }
    assert children == {"DEX-GENT", "DEX-ANTWERPEN", "DEX-LEUVEN"}


def test_one_dealer_has_one_car_and_one_has_none(stock: Stock) -> None:
    counts = Counter(entry.dealer_id for entry in stock)
    assert counts[codes(stock)["SOLITAIR"]] == 1
    assert counts[codes(stock)["LEEGLOOP"]] == 0


@pytest.mark.parametrize("dealers", [1, 2, 5, 40, 300])
def test_any_number_of_dealers_can_be_had_and_codes_stay_distinct(dealers: int) -> None:
    stock = make_stock(1, 10, dealers)
    assert len(codes(stock)) == dealers
    assert {entry.dealer_id for entry in stock} <= set(stock.dealers)


def test_an_empty_stock_is_possible() -> None:
    assert len(make_stock(1, 0, 3)) == 0


def test_photos_are_where_the_base_says_and_no_more_than_asked() -> None:
    stock = make_stock(7, 60, 4, "http://photos.example", most_photos=3)
    shown = [stock.listing(entry.id) for entry in stock]
    assert max(len(each["images"]) for each in shown) == 3
    assert min(len(each["images"]) for each in shown) == 0
    for each in shown:
        urls = [image["url"] for image in each["images"]]
        assert urls == [
            f"http://photos.example/photos/{each['id']}/{at}.jpg" for at in range(len(urls))
        ]
        assert each["mainImageUrl"] == (urls[0] if urls else None)


def test_every_listing_has_the_same_members(listings: list[dict[str, Any]]) -> None:
    members = set(listings[0])
    assert all(set(each) == members for each in listings)
    assert {"slug", "listingUrl", "soldAt", "carPassUrl", "seats", "dealer"} <= members


def test_years_mileage_and_price_fit_one_another(listings: list[dict[str, Any]]) -> None:
    def middle(shown: list[float]) -> float:
        return sorted(shown)[len(shown) // 2]

    priced = [each for each in listings if each["price"]]
    old = [each for each in priced if each["year"] < 2018]
    young = [each for each in priced if each["year"] >= 2023]
    assert middle([each["price"] for each in young]) > 2 * middle([each["price"] for each in old])
    assert middle([each["mileage"] for each in old]) > 2 * middle(
        [each["mileage"] for each in young]
    )
    for each in listings:
        assert each["firstRegistration"] <= f"{EPOCH:%Y-%m}"
        assert 0 <= int(each["firstRegistration"][:4]) - each["year"] <= 1


def test_electric_cars_burn_nothing(listings: list[dict[str, Any]]) -> None:
    electric = [each for each in listings if each["fuelType"] == "electric"]
    assert electric
    for each in electric:
        assert each["co2Emission"] in {0, None}
        assert each["fuelConsumption"] is None
        assert each["emissionClass"] is None


def test_the_odd_ones_are_there(listings: list[dict[str, Any]]) -> None:
    active = [each for each in listings if each["status"] == "active"]
    prices = [each["price"] for each in active]
    assert None in prices
    assert 0 in prices
    assert any(isinstance(price, float) for price in prices)
    assert {"Waterstof", "electric", "hybrid", "lpg"} <= {each["fuelType"] for each in active}
    assert {"CHF", "EUR"} == {each["currency"] for each in active}
    assert any(not each["title"].isascii() and "✓" in each["title"] for each in active)
    assert any("<p>" in (each["description"] or "") for each in active)


def test_one_reference_is_used_by_two_providers_and_only_one(
    listings: list[dict[str, Any]],
) -> None:
    counts = Counter(each["externalReference"] for each in listings if each["externalReference"])
    ((twin, count),) = [each for each in counts.items() if each[1] > 1]
    assert count == 2
    providers = [each["externalProvider"] for each in listings if each["externalReference"] == twin]
    assert len(set(providers)) == 2


def test_a_car_pass_is_an_address_a_bare_number_or_missing(
    listings: list[dict[str, Any]],
) -> None:
    kinds = Counter(
        "none" if each["carPassUrl"] is None
        else "number" if re.fullmatch(r"\d{11}", each["carPassUrl"])
        else "url" if each["carPassUrl"].startswith("https://public.car-pass.be/vhr/")
        else "other"
        for each in listings
    )  # fmt: skip
    assert set(kinds) == {"none", "number", "url"}
    assert kinds["url"] > kinds["number"] + kinds["none"]


def test_nobody_real_can_be_called_or_written_to(stock: Stock) -> None:
    for dealer in stock.dealers.values():
        assert re.fullmatch(r"\+32 \d{1,2} 00 00 \d\d", dealer.profile["phone"])
        assert dealer.profile["email"].endswith(".example")


def test_a_sold_car_says_when_but_for_some_that_do_not(listings: list[dict[str, Any]]) -> None:
    sold = [each for each in listings if each["status"] == "sold"]
    assert {each["soldAt"] is None for each in sold} == {True, False}
    assert all(each["soldAt"] is None for each in listings if each["status"] != "sold")


def test_amending_moves_a_listing_only_with_its_date() -> None:
    stock = make_stock(7, 20, 4)
    first, *_, last = stock
    stock.amend(last.id, price=1)
    assert [entry.id for entry in stock][-1] == last.id
    assert stock.listing(last.id)["price"] == 1
    stock.amend(last.id, status="sold", updatedAt="2026-11-21T00:00:00Z")
    assert [entry.id for entry in stock][:2] == [last.id, first.id]
    assert next(iter(stock)).status == "sold"


def test_a_listing_can_be_added_and_can_vanish() -> None:
    stock = make_stock(7, 20, 4)
    entry = next(iter(stock))
    fresh = stock.listing(entry.id) | {"id": str(uuid.UUID(int=1))}
    stock.put(fresh)
    assert len(stock) == 24
    stock.remove(entry.id)
    assert entry.id not in stock
    assert stock.listing(fresh["id"]) == fresh
    with pytest.raises(KeyError):
        stock.listing(entry.id)


def test_a_stock_can_be_listed_by_date_of_birth_or_by_id() -> None:
    by_id = [entry.id for entry in make_stock(7, 60, 4, order="id")]
    assert by_id == sorted(by_id)
    stock = make_stock(7, 60, 4, order="created")
    born = [stock.listing(entry.id)["createdAt"] for entry in stock]
    assert born == sorted(born, reverse=True)
    assert sorted(entry.id for entry in stock) == by_id


def test_a_stock_can_be_listed_in_another_order_each_time() -> None:
    stock = make_stock(7, 60, 4, order="random")
    first, second = list(stock), list(stock)
    assert first != second
    assert set(first) == set(second)
    assert list(make_stock(7, 60, 4, order="random")) == first


@pytest.mark.parametrize("order", ["updated", "created", "id"])
def test_changes_keep_the_order(order: Order) -> None:
    stock = make_stock(7, 30, 4, order=order)
    first, second, *_, last = stock
    stock.amend(last.id, updatedAt="2026-11-21T00:00:00Z", createdAt="2026-11-21T00:00:00Z")
    stock.amend(second.id, createdAt=None)
    stock.remove(first.id)
    stock.invent("new", second.dealer_id, milliseconds("2026-11-22T00:00:00Z"))
    listings = [stock.listing(entry.id) for entry in stock]
    written = {listing["id"]: listing for listing in listings}
    again = Stock(1, tuple(stock.dealers.values()), list(stock), order=order, written=written)
    assert list(again) == list(stock)
    assert len(stock) == len(listings) == 35 - 1
    assert (listings[0]["id"] == "new") is (order != "id")


def test_many_small_listings_are_put_quickly() -> None:
    (dealer,) = make_stock(1, 0, 1).dealers.values()
    stock = Stock(1, (dealer,), [])
    for number in range(4_000):
        stock.put(
            {
                "id": f"{number:04}",
                "dealerProfileId": dealer.id,
                "status": "active",
                "updatedAt": f"2026-11-20T12:00:00.{number % 1000:03}Z",
            }
        )
    assert len(list(stock)) == 4_000
    assert next(iter(stock)).id == "0999"


def test_a_stock_can_be_seen_as_it_was() -> None:
    stock = make_stock(7, 20, 4)
    before = {entry.id: stock.listing(entry.id) for entry in stock}
    edited, vanished, *_ = stock
    stock.amend(edited.id, price=1, updatedAt="2026-11-21T10:00:00Z")
    stock.amend(edited.id, price=2, updatedAt="2026-11-21T11:00:00Z")
    stock.remove(vanished.id, milliseconds("2026-11-21T12:00:00Z"))
    stock.invent("new", edited.dealer_id, milliseconds("2026-11-21T13:00:00Z"))

    def as_of(hour: int | str) -> dict[str, Any]:
        then = stock.as_of(milliseconds(f"2026-11-21T{hour}:30:00Z"))
        return {entry.id: then.listing(entry.id) for entry in then}

    assert as_of(13) == {entry.id: stock.listing(entry.id) for entry in stock}
    assert "new" not in as_of(12)
    assert vanished.id not in as_of(12)
    assert as_of(11)[vanished.id] == before[vanished.id]
    assert as_of(10)[edited.id]["price"] == 1
    assert as_of("09") == before


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"),
        ("2026-03-01T12:00:00.250+02:00", "2026-03-01T10:00:00.250Z"),
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00.000Z"),
    ],
)
def test_moments_survive_the_way_there_and_back(text: str, same: str) -> None:
    assert instant(milliseconds(text)) == same
    assert milliseconds(same) == int(datetime.fromisoformat(same).timestamp() * 1000)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-01", "2026-03-01T10:00:00 02:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        milliseconds(text)
