import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from syndicator.simulator.access import READ_LISTINGS, READ_LOCATIONS, Partner
from syndicator.simulator.api import BASE_PATH, respond
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.moments import milliseconds
from syndicator.simulator.stock import Stock, make_stock

STRANGER = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0009"


@pytest.fixture(scope="module")
def stock() -> Stock:
    return make_stock(3, 120, 9, "http://photos.example", most_photos=2)


@pytest.fixture(scope="module")
def ids(stock: Stock) -> dict[str, str]:
    return {each.profile["locationCode"]: each.id for each in stock.dealers.values()}


class Client:
    """Asks the API as one partner and reads the answer."""

    def __init__(self, stock: Stock, partner: Partner) -> None:
        self.stock = stock
        self.partner = partner

    def ask(self, target: str, method: str = "GET", **headers: str) -> Response:
        path, _, query = target.partition("?")
        sent = {"authorization": "Bearer secret"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        request = Request(
            method=method,
            path=BASE_PATH + path,
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            headers=sent,
        )
        return respond(request, self.stock, {"secret": self.partner})

    def read(self, target: str) -> dict[str, Any]:
        response = self.ask(target)
        assert response.status == 200, response.body
        answer: dict[str, Any] = json.loads(response.body)
        return answer

    def total(self, target: str) -> int:
        total: int = self.read(target)["pagination"]["totalItems"]
        return total

    def refused(self, target: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        response = self.ask(target, method, **headers)
        error = json.loads(response.body)["error"]
        assert error["message"]
        return response.status, error["code"]


@pytest.fixture(scope="module")
def client(stock: Stock) -> Client:
    return Client(stock, Partner())


@pytest.fixture(scope="module")
def group(stock: Stock, ids: dict[str, str]) -> Client:
    return Client(stock, Partner(roots=(ids["DEX-HQ"],)))


# Who may ask


def test_both_forms_of_the_key_open_the_door(client: Client) -> None:
    assert client.ask("/listings", authorization="bearer secret").status == 200
    assert client.ask("/listings", authorization="", x_api_key="secret").status == 200


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wrong", "Basic secret", "secret"])
def test_a_wrong_key_is_refused(client: Client, sent: str) -> None:
    assert client.refused("/listings", authorization=sent) == (401, "UNAUTHORIZED")


def test_each_endpoint_wants_its_own_scope(stock: Stock, ids: dict[str, str]) -> None:
    listings = Client(stock, Partner(scopes=frozenset({READ_LISTINGS})))
    locations = Client(stock, Partner(scopes=frozenset({READ_LOCATIONS})))
    own = f"/locations/{ids['DEX-GENT']}/listings"
    assert listings.ask("/listings").status == listings.ask(own).status == 200
    assert listings.refused("/locations") == (403, "SCOPE_DENIED")
    assert locations.ask("/locations").status == 200
    assert locations.refused("/listings") == (403, "SCOPE_DENIED")
    assert locations.refused(own) == (403, "SCOPE_DENIED")


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", "/listings/VB-1"),
        ("DELETE", "/listings/VB-1"),
        ("POST", "/listings/VB-1/status"),
        ("POST", "/listings/bulk-upsert"),
    ],
)
def test_nothing_can_be_written(client: Client, method: str, target: str) -> None:
    assert client.refused(target, method) == (403, "SCOPE_DENIED")


@pytest.mark.parametrize(
    "target", ["/", "/listing", "/listings/", "/locations/x", "/listings/a/b", "/x"]
)
def test_an_unknown_path_is_not_found(client: Client, target: str) -> None:
    assert client.refused(target) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [("POST", "/listings", "GET"), ("GET", "/listings/VB-1", "PUT, DELETE")],
)
def test_another_method_is_not_allowed(
    client: Client, method: str, target: str, allow: str
) -> None:
    response = client.ask(target, method)
    assert (response.status, response.headers["Allow"]) == (405, allow)


# Pages


def test_fifty_active_listings_come_without_being_asked_for(client: Client) -> None:
    answer = client.read("/listings")
    assert len(answer["data"]) == 50
    assert {each["status"] for each in answer["data"]} == {"active"}
    assert answer["pagination"] == {"page": 1, "pageSize": 50, "totalItems": 120, "totalPages": 3}


def test_pages_hold_every_listing_once_newest_first(client: Client, stock: Stock) -> None:
    pages = [client.read(f"/listings?status=all&pageSize=40&page={at}") for at in range(1, 5)]
    found = [each["id"] for page in pages for each in page["data"]]
    assert found == [entry.id for entry in stock]
    assert [len(page["data"]) for page in pages] == [40, 40, 40, 18]


@pytest.mark.parametrize(
    ("query", "page", "size"),
    [
        ("page=2&pageSize=10", 2, 10),
        ("page_number=2&page_size=10", 2, 10),
        ("limit=10", 1, 10),
        ("page=0&pageSize=0", 1, 1),
        ("page=-4&pageSize=-4", 1, 1),
        ("page=x&pageSize=x", 1, 50),
        ("pageSize=5000", 1, 200),
        ("pageSize=" + "9" * 5000, 1, 50),
        ("limit=10&page_size=20&pageSize=30", 1, 30),
        ("limit=10&page_size=20", 1, 20),
        ("pageSize=30&pageSize=40", 1, 30),
    ],
)
def test_page_numbers_and_sizes_are_put_right(
    client: Client, query: str, page: int, size: int
) -> None:
    shown = client.read(f"/listings?{query}")["pagination"]
    assert (shown["page"], shown["pageSize"]) == (page, size)


@pytest.mark.parametrize("page", ["4", "99999999999999999999"])
def test_a_page_beyond_the_last_is_empty_and_keeps_its_counts(client: Client, page: str) -> None:
    answer = client.read(f"/listings?page={page}")
    assert answer["data"] == []
    assert answer["pagination"]["totalItems"] == 120


def test_nothing_has_no_pages(client: Client) -> None:
    shown = client.read("/listings?locationCode=LEEGLOOP")["pagination"]
    assert (shown["totalItems"], shown["totalPages"]) == (0, 0)


# Filters


@pytest.mark.parametrize("status", ["active", "pending", "sold", "draft"])
def test_a_status_keeps_only_its_own(client: Client, stock: Stock, status: str) -> None:
    expected = [entry.id for entry in stock if entry.status == status]
    answer = client.read(f"/listings?status={status}&pageSize=200")
    assert [each["id"] for each in answer["data"]] == expected
    assert expected


def test_all_lifts_the_status_filter(client: Client, stock: Stock) -> None:
    assert client.total("/listings?status=all") == len(stock) == 138


@pytest.mark.parametrize("name", ["updatedSince", "updated_since"])
def test_updated_since_includes_its_own_instant(client: Client, stock: Stock, name: str) -> None:
    entries = list(stock)
    moment = stock.listing(entries[20].id)["updatedAt"]
    after = entries[20].updated + 1
    assert client.total(f"/listings?status=all&{name}={moment}") == 21
    assert sum(entry.updated >= after for entry in entries) == 20


def test_updated_since_alone_does_not_show_what_was_sold(client: Client) -> None:
    since = "updatedSince=2020-01-01T00:00:00Z"
    shown = client.read(f"/listings?{since}&pageSize=200")
    assert {each["status"] for each in shown["data"]} == {"active"}


def test_an_offset_is_heeded_and_must_be_encoded(client: Client, stock: Stock) -> None:
    moment = stock.listing(next(iter(stock)).id)["updatedAt"].replace("Z", "%2B00:00")
    assert client.total(f"/listings?status=all&updatedSince={moment}") == 1
    bare = moment.replace("%2B", "+")
    assert client.refused(f"/listings?updatedSince={bare}") == (422, "VALIDATION_FAILED")


@pytest.mark.parametrize("name", ["dealerId", "locationId", "profileId", "userId"])
def test_a_dealer_has_its_own_listings_and_not_its_childrens(
    client: Client, stock: Stock, ids: dict[str, str], name: str
) -> None:
    gent = ids["DEX-GENT"]
    expected = sum(entry.dealer_id == gent for entry in stock)
    assert client.total(f"/listings?status=all&{name}={gent}") == expected > 0
    assert client.total(f"/listings?status=all&{name}={ids['DEX-HQ']}") == 0


@pytest.mark.parametrize("name", ["parentDealerId", "parentId", "companyId"])
def test_a_parent_has_the_listings_of_all_its_children(
    client: Client, stock: Stock, ids: dict[str, str], name: str
) -> None:
    family = {each for code, each in ids.items() if code.startswith("DEX-")}
    expected = sum(entry.dealer_id in family for entry in stock)
    assert client.total(f"/listings?status=all&{name}={ids['DEX-HQ']}") == expected > 0


@pytest.mark.parametrize("name", ["locationCode", "location_code"])
def test_a_location_code_is_compared_without_case_and_whole(client: Client, name: str) -> None:
    assert client.total(f"/listings?{name}=dex-gent") > 0
    assert client.total(f"/listings?{name}=dex") == 0


def test_filters_must_all_hold(client: Client, ids: dict[str, str]) -> None:
    gent = f"dealerId={ids['DEX-GENT']}"
    assert client.total(f"/listings?{gent}&locationCode=DEX-GENT") > 0
    assert client.total(f"/listings?{gent}&locationCode=DEX-LEUVEN") == 0


def test_the_answer_says_which_filters_it_applied(client: Client) -> None:
    answer = client.read("/listings?status=all&location_code=DEX-GENT")
    assert answer["meta"]["filters"] == {"status": "all", "locationCode": "DEX-GENT"}


@pytest.mark.parametrize(
    "query",
    [
        "status=SOLD",
        "status=",
        "updatedSince=yesterday",
        "updatedSince=2026-03-01",
        "dealerId=42",
        "parentDealerId=",
        "sort=price",
        "includeChildren=true",
    ],
)
def test_what_makes_no_sense_is_named(client: Client, query: str) -> None:
    response = client.ask(f"/listings?{query}")
    error = json.loads(response.body)["error"]
    assert (response.status, error["code"]) == (422, "VALIDATION_FAILED")
    assert error["issues"][0]["path"] == query.partition("=")[0]


# What a key may see


def test_a_global_key_says_so(client: Client) -> None:
    access = client.read("/listings?pageSize=1")["meta"]["partner"]["access"]
    assert access == {"scope": "global", "rootProfileIds": None, "profileIds": None}


def test_a_restricted_key_sees_its_roots_and_their_children(
    group: Client, stock: Stock, ids: dict[str, str]
) -> None:
    family = [ids[f"DEX-{place}"] for place in ("HQ", "GENT", "ANTWERPEN", "LEUVEN")]
    answer = group.read("/listings?status=all&pageSize=200")
    assert answer["meta"]["partner"]["access"] == {
        "scope": "restricted",
        "rootProfileIds": [ids["DEX-HQ"]],
        "profileIds": family,
    }
    assert len(answer["data"]) == sum(entry.dealer_id in family for entry in stock)
    assert {each["dealerProfileId"] for each in answer["data"]} <= set(family)


@pytest.mark.parametrize("name", ["dealerId", "parentDealerId"])
def test_a_restricted_key_may_not_ask_for_others(
    group: Client, ids: dict[str, str], name: str
) -> None:
    for identity in (ids["ZILVERMEEUW"], STRANGER):
        refused = group.refused(f"/listings?{name}={identity}")
        assert refused == (403, "PROFILE_FORBIDDEN")
    assert group.total("/listings?locationCode=ZILVERMEEUW") == 0


def test_a_key_for_one_location_does_not_open_its_sisters(
    stock: Stock, ids: dict[str, str]
) -> None:
    client = Client(stock, Partner(roots=(ids["DEX-GENT"],)))
    assert client.read("/locations")["meta"]["profileIds"] == [ids["DEX-GENT"]]
    assert client.refused(f"/locations/{ids['DEX-LEUVEN']}/listings") == (404, "NOT_FOUND")


# One location


def test_a_location_shows_its_own_and_on_request_its_childrens(
    client: Client, ids: dict[str, str]
) -> None:
    head = f"/locations/{ids['DEX-HQ']}/listings?status=all"
    assert client.total(head) == 0
    assert client.total(f"{head}&includeChildren=false") == 0
    expected = client.total(f"/listings?status=all&parentDealerId={ids['DEX-HQ']}")
    assert client.total(f"{head}&includeChildren=true") == expected > 0


@pytest.mark.parametrize("identity", [STRANGER, "nonsense"])
def test_an_unknown_location_is_not_found(client: Client, identity: str) -> None:
    assert client.refused(f"/locations/{identity}/listings") == (404, "NOT_FOUND")


def test_a_location_takes_the_paging_filters_and_no_dealer(
    client: Client, ids: dict[str, str]
) -> None:
    own = f"/locations/{ids['DEX-GENT']}/listings"
    shown = client.read(
        f"{own}?limit=2&page_number=2&status=all&updated_since=2020-01-01T00:00:00Z"
    )
    assert shown["pagination"]["page"] == shown["pagination"]["pageSize"] == 2
    assert client.total(f"{own}?locationCode=DEX-LEUVEN") == 0
    assert client.refused(f"{own}?dealerId={ids['DEX-GENT']}") == (422, "VALIDATION_FAILED")


@pytest.mark.parametrize("value", ["1", "yes", "True", ""])
def test_a_flag_is_true_or_false(client: Client, ids: dict[str, str], value: str) -> None:
    target = f"/locations/{ids['DEX-GENT']}/listings?includeChildren={value}"
    assert client.refused(target) == (422, "VALIDATION_FAILED")


# Locations


def test_locations_come_all_at_once(client: Client, stock: Stock) -> None:
    answer = client.read("/locations")
    assert [each["id"] for each in answer["data"]] == list(stock.dealers)
    assert answer["meta"]["total"] == 9
    assert answer["meta"]["profileIds"] == list(stock.dealers)
    assert answer["meta"]["rootProfileIds"] is None
    assert answer["meta"]["filters"] == {"parentId": None, "search": None}


def test_counts_agree_with_the_listings(client: Client) -> None:
    for location in client.read("/locations")["data"]:
        own = f"/listings?dealerId={location['id']}"
        assert location["stats"]["activeListings"] == client.total(own)
        assert location["stats"]["totalListings"] == client.total(f"{own}&status=all")


def test_counts_are_left_out_on_request(client: Client) -> None:
    assert all("stats" not in each for each in client.read("/locations?withCounts=false")["data"])


def test_without_children_only_roots_are_left(client: Client, ids: dict[str, str]) -> None:
    shown = client.read("/locations?includeChildren=false")["data"]
    assert all(each["isRoot"] and each["parent"] is None for each in shown)
    assert len(shown) == len(ids) - 3


@pytest.mark.parametrize("name", ["parentId", "parent_id"])
def test_the_children_of_a_parent_can_be_asked_for(
    client: Client, ids: dict[str, str], name: str
) -> None:
    shown = client.read(f"/locations?{name}={ids['DEX-HQ']}")["data"]
    assert {each["locationCode"] for each in shown} == {"DEX-GENT", "DEX-ANTWERPEN", "DEX-LEUVEN"}
    assert {each["parent"]["locationCode"] for each in shown} == {"DEX-HQ"}


@pytest.mark.parametrize("word", ["leuv", "LEUVEN", "dex-leu", "Vlaams-Brabant"])
def test_locations_are_found_by_part_of_a_name_place_or_code(client: Client, word: str) -> None:
    shown = client.read(f"/locations?search={word}")["data"]
    assert "DEX-LEUVEN" in {each["locationCode"] for each in shown}
    assert len(shown) < 5


def test_a_listing_changed_between_pages_moves_to_the_front() -> None:
    stock = make_stock(3, 30, 5)
    client = Client(stock, Partner())
    seen = [each["id"] for each in client.read("/listings?pageSize=10")["data"]]
    late = client.read("/listings?pageSize=10&page=3")["data"][-1]["id"]
    stock.amend(late, updatedAt="2026-11-21T09:00:00.000Z")
    second = [each["id"] for each in client.read("/listings?pageSize=10&page=2")["data"]]
    assert set(seen) & set(second) == {seen[-1]}
    assert milliseconds(stock.listing(late)["updatedAt"]) == next(iter(stock)).updated
