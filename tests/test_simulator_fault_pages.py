from typing import Any

import pytest

from syndicator.simulator.moments import instant
from syndicator.simulator.stock import Stock, make_stock
from tests.asking import NOON, asking, body, every_id, ids


@pytest.fixture
def stock() -> Stock:
    return make_stock(3, 120, 6, "http://photos.example")


@pytest.mark.parametrize(
    ("spec", "pagination"),
    [
        ("total=700", {"page": 1, "pageSize": 50, "totalItems": 700, "totalPages": 3}),
        ("pages=1000000", {"page": 1, "pageSize": 50, "totalItems": 120, "totalPages": 1000000}),
        ("clamp=40", {"page": 1, "pageSize": 40, "totalItems": 120, "totalPages": 3}),
        ("clamp=80", {"page": 1, "pageSize": 50, "totalItems": 120, "totalPages": 3}),
        (
            "text-pagination",
            {"page": "1", "pageSize": "50", "totalItems": "120", "totalPages": "3"},
        ),
        ("short-page", {"page": 1, "pageSize": 50, "totalItems": 120, "totalPages": 3}),
        ("no-pagination", None),
    ],
)
def test_pagination_may_be_wrong(stock: Stock, spec: str, pagination: object) -> None:
    answered = body(asking(stock, spec)())
    assert answered.get("pagination") == pagination
    assert len(answered["data"]) == {"clamp=40": 40, "short-page": 25}.get(spec, 50)


def test_pages_that_are_clamped_hold_every_listing(stock: Stock) -> None:
    pages = every_id(asking(stock, "clamp=40"))
    assert [len(each) for each in pages] == [40, 40, 40]
    assert len({each for page in pages for each in page}) == 120


def test_a_page_in_the_middle_may_be_blank(stock: Stock) -> None:
    pages = every_id(asking(stock, "blank-page@listings#2"))
    assert [len(each) for each in pages] == [50, 0, 20]


def test_the_first_page_may_come_for_every_number(stock: Stock) -> None:
    ask = asking(stock, "first-page")
    first, second, third = every_id(ask)
    assert first == second == third
    assert body(ask("/listings?page=3"))["pagination"]["page"] == 3


@pytest.mark.parametrize(("spec", "status"), [("beyond", 404), ("beyond=422", 422)])
def test_a_page_behind_the_last_may_be_refused(stock: Stock, spec: str, status: int) -> None:
    ask = asking(stock, spec)
    assert ask("/listings?pageSize=50&page=3").status == 200
    refused = ask("/listings?pageSize=50&page=4")
    assert refused.status == status
    assert "Date" in refused.headers
    assert asking(stock, spec)("/listings?updatedSince=2090-01-01T00:00:00Z").status == 200


def test_a_location_may_have_neither_prices_nor_photos(stock: Stock) -> None:
    def bare(spec: str) -> set[str]:
        records = body(asking(stock, spec)("/listings?pageSize=200"))["data"]
        return {
            each["dealer"]["locationCode"]
            for each in records
            if each["price"] is None and each["images"] is None and each["mainImageUrl"] is None
        }

    assert bare("bare=dex-gent") == {"DEX-GENT"}
    assert {"DEX-GENT", "DEX-LEUVEN"} < bare("bare")


def test_a_stock_may_look_empty(stock: Stock) -> None:
    ask = asking(stock, "empty")
    answered = body(ask("/listings?status=all"))
    assert (answered["data"], answered["pagination"]["totalItems"]) == ([], 0)
    locations = body(ask("/locations"))["data"]
    assert len(locations) == 6
    assert {each["stats"]["totalListings"] for each in locations} == {0}


@pytest.mark.parametrize(("spec", "left"), [("missing", 60), ("missing=40%", 72)])
def test_a_share_of_every_dealer_is_missing_and_totals_agree(
    stock: Stock, spec: str, left: int
) -> None:
    ask = asking(stock, spec)
    answered = body(ask("/listings?pageSize=200"))
    assert answered["pagination"]["totalItems"] == pytest.approx(left, abs=3)
    found = {each["id"] for each in answered["data"]}
    assert len(found) == answered["pagination"]["totalItems"]
    assert found == {each for page in every_id(ask) for each in page}
    for location in body(ask("/locations"))["data"]:
        own = ids(ask(f"/locations/{location['id']}/listings?pageSize=200"))
        assert len(own) == location["stats"]["activeListings"]
        assert set(own) <= found


def test_each_request_may_have_another_order(stock: Stock) -> None:
    ask = asking(stock, "shuffled")
    first, second = ids(ask("/listings?pageSize=200")), ids(ask("/listings?pageSize=200"))
    assert first != second
    assert set(first) == set(second)


def test_rows_move_up_when_one_that_was_read_leaves(stock: Stock) -> None:
    plain = every_id(asking(stock))
    moved = every_id(asking(stock, "slide@listings#2+"))
    assert moved[0] == plain[0]
    assert moved[1] == [*plain[1][1:], plain[2][0]]
    assert plain[1][0] not in {each for page in moved for each in page}


def test_rows_move_down_when_one_is_put_in_front(stock: Stock) -> None:
    plain = every_id(asking(stock))
    moved = every_id(asking(stock, "push@listings#2+"))
    assert moved[1] == [plain[0][-1], *plain[1][:-1]]
    fresh = body(asking(stock, "push=2")())
    assert fresh["pagination"]["totalItems"] == 122
    assert [each["id"] in stock for each in fresh["data"][:3]] == [False, False, True]


def test_a_row_may_leave_while_another_is_added_at_the_end(stock: Stock) -> None:
    ask = asking(stock, "slide@2+", "append@2+")
    pages = every_id(ask)
    assert [len(each) for each in pages] == [50, 50, 20]
    assert len({each for page in pages for each in page}) == 120
    assert pages[2][-1] not in stock
    assert body(ask())["pagination"]["totalItems"] == 120


@pytest.mark.parametrize("spec", ["slide", "push", "append"])
def test_nothing_moves_where_nothing_is(stock: Stock, spec: str) -> None:
    answered = body(asking(stock, spec)("/listings?updatedSince=2090-01-01T00:00:00Z"))
    assert (answered["data"], answered["pagination"]["totalItems"]) == ([], 0)


def test_a_replica_lags_behind(stock: Stock) -> None:
    edited, gone, *_ = (entry.id for entry in stock if entry.status == "active")
    before = stock.listing(edited)
    now = int(NOON * 1000)
    stock.amend(edited, price=1, updatedAt=instant(now - 100_000))
    stock.remove(gone, now - 100_000)
    dealer = before["dealerProfileId"]
    stock.invent("new", dealer, now - 50_000)

    def found(*faults: str) -> dict[str, Any]:
        records = body(asking(stock, *faults)("/listings?pageSize=200"))["data"]
        return {each["id"]: each for each in records}

    assert found()[edited]["price"] == 1
    late = found("lag=300")
    assert late[edited] == before
    assert gone in late
    assert "new" not in late
    assert found("lag=70").keys() == found().keys() - {"new"}
    since = f"/listings?updatedSince={instant(now - 200_000)}"
    assert ids(asking(stock, "lag=300")(since)) == []
    assert set(ids(asking(stock)(since))) == {edited, "new"}


@pytest.mark.parametrize("restricted", [True, False])
def test_access_to_a_location_may_be_lost(stock: Stock, *, restricted: bool) -> None:
    head, gent, antwerp, *_ = stock.dealers
    ask = asking(stock, "lost=dex-gent@3+", roots=(head,) if restricted else None)
    assert gent in {each["id"] for each in body(ask("/locations"))["data"]}
    assert ids(ask(f"/listings?dealerId={gent}"))
    refused = ask(f"/listings?dealerId={gent}")
    assert (refused.status, body(refused)["error"]["code"]) == (403, "PROFILE_FORBIDDEN")
    assert ask(f"/locations/{gent}/listings").status == 404
    locations = body(ask("/locations"))
    assert gent not in {each["id"] for each in locations["data"]}
    assert gent not in locations["meta"]["profileIds"]
    answered = body(ask("/listings?pageSize=200"))
    assert gent not in {each["dealerProfileId"] for each in answered["data"]}
    assert antwerp in {each["dealerProfileId"] for each in answered["data"]}
    if restricted:
        assert gent not in answered["meta"]["partner"]["access"]["profileIds"]


def test_a_root_that_is_lost_is_no_root_any_more(stock: Stock) -> None:
    head = next(iter(stock.dealers))
    meta = body(asking(stock, "lost=DEX-HQ", roots=(head,))("/locations"))["meta"]
    assert meta["rootProfileIds"] == []
    assert head not in meta["profileIds"]


def test_a_lost_location_may_answer_with_an_empty_page(stock: Stock) -> None:
    gent = list(stock.dealers)[1]
    ask = asking(stock, "lost=DEX-GENT;as=empty")
    for target in (f"/listings?dealerId={gent}", f"/locations/{gent}/listings"):
        answered = body(ask(target))
        assert (answered["data"], answered["pagination"]["totalItems"]) == ([], 0)
    assert gent not in {each["id"] for each in body(ask("/locations"))["data"]}


def test_a_filter_may_be_ignored(stock: Stock) -> None:
    gent = list(stock.dealers)[1]
    for query in (f"dealerId={gent}", f"profileId={gent}", "locationCode=DEX-GENT"):
        found = body(asking(stock, "ignore=dealer")(f"/listings?pageSize=200&{query}"))["data"]
        assert len({each["dealerProfileId"] for each in found}) > 1
    found = body(asking(stock, "ignore=status")("/listings?pageSize=200"))["data"]
    assert {each["status"] for each in found} >= {"active", "sold"}
    ask = asking(stock, "ignore=updatedSince")
    assert len(ids(ask("/listings?updated_since=2090-01-01T00:00:00Z"))) == 50
