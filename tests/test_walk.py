from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syndicator.crawls import Crawl
from syndicator.errors import AnswerError, HoldError
from syndicator.source.client import ListingQuery, Page, Pagination
from syndicator.store import Store
from syndicator.walk import Outcome, Walk, read_once

DEALER = "d-1"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def record(identity: str, **members: Any) -> bytes:
    facts: dict[str, Any] = {
        "id": identity,
        "dealerProfileId": DEALER,
        "title": identity,
        "status": "active",
        "price": 1000,
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-02T00:00:00Z",
    }
    return msgspec.json.encode(facts | members)


class Api:
    """What the API answers: pages of the stock on offer, and what changed lately."""

    def __init__(self, *offered: bytes, changed: tuple[bytes, ...] = (), **stated: int) -> None:
        self.offered = offered
        self.changed = changed
        self.stated = stated
        self.asked: list[ListingQuery] = []

    def listings(self, query: ListingQuery) -> Page:
        self.asked.append(query)
        records = self.changed if query.status == "all" else self.offered
        total = len(records) if query.status == "all" else self.stated.get("total", len(records))
        pages = Pagination(page=query.page, page_size=200, total_items=total, total_pages=1)
        return Page(records=records, pagination=pages, served=NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        yield opened


@pytest.fixture
def walk(store: Store) -> Callable[[Api], Outcome]:
    def take(api: Api) -> Outcome:
        crawl = Crawl(name="dealer d-1", dealer_id=DEALER, dealer_ids=frozenset([DEALER]))
        outcome = Outcome(crawl=crawl)
        Walk(api, store, outcome, lambda *_: None).take()  # type: ignore[arg-type]  # asks no more
        return outcome

    return take


Take = Callable[[Api], Outcome]


def test_a_first_walk_stores_what_is_on_offer(walk: Take, store: Store) -> None:
    outcome = walk(Api(record("a"), record("b")))
    assert store.live_ids() == {"a", "b"}
    assert (outcome.changes.added, outcome.records, outcome.is_settled) == (2, 2, True)
    assert store.recall(read_once(DEALER))


def test_the_catch_up_asks_for_every_status_since_the_last_walk_began(walk: Take) -> None:
    api = Api(record("a"))
    walk(api)
    sweep, catch_up = api.asked
    assert (sweep.status, sweep.dealer_id, sweep.updated_since) == ("active", DEALER, None)
    assert (catch_up.status, catch_up.dealer_id) == ("all", DEALER)
    assert catch_up.updated_since == datetime(2026, 11, 24, 11, 50, tzinfo=UTC)


def test_a_listing_seen_as_sold_goes_at_once(walk: Take, store: Store) -> None:
    walk(Api(record("a"), record("b")))
    sold = record("a", status="sold", updatedAt="2026-11-24T11:59:00Z")
    assert walk(Api(record("b"), changed=(sold,))).changes.gone == 1
    assert store.live_ids() == {"b"}


def test_absence_needs_two_witnesses(walk: Take, store: Store) -> None:
    walk(Api(record("a"), record("b")))
    assert walk(Api(record("b"))).changes.gone == 0
    assert store.live_ids() == {"a", "b"}
    assert walk(Api(record("b"))).changes.gone == 1
    assert store.live_ids() == {"b"}


def test_a_listing_seen_again_is_no_longer_suspect(walk: Take, store: Store) -> None:
    for offered in ((b"a", b"b"), (b"b",), (b"a", b"b"), (b"b",)):
        walk(Api(*(record(each.decode()) for each in offered)))
    assert store.live_ids() == {"a", "b"}


def test_an_unsettled_walk_removes_nothing(walk: Take, store: Store) -> None:
    many = [record(str(number)) for number in range(100)]
    walk(Api(*many))
    for _ in range(3):
        assert not walk(Api(*many[1:], total=100)).is_settled
    assert len(store.live_ids()) == 100


def test_half_an_answer_is_refused(walk: Take, store: Store) -> None:
    with pytest.raises(AnswerError, match="5 of 50"):
        walk(Api(*(record(str(number)) for number in range(5)), total=50))
    assert not store.recall(read_once(DEALER))


def test_everything_gone_at_once_is_held(walk: Take, store: Store) -> None:
    walk(Api(record("a"), record("b")))
    for _ in range(3):
        with pytest.raises(HoldError, match="none of 2"):
            walk(Api())
    assert store.live_ids() == {"a", "b"}


def test_listings_of_other_dealers_are_refused_whole(walk: Take, store: Store) -> None:
    with pytest.raises(AnswerError, match="other dealers"):
        walk(Api(record("a"), record("b", dealerProfileId="d-2")))
    assert store.live_ids() == set()


def test_a_bad_record_costs_itself_and_is_counted_once(walk: Take, store: Store) -> None:
    odd = record("a", fuelType="Waterstof", updatedAt="2026-11-24T11:59:00Z")
    outcome = walk(Api(odd, record("b"), b'{"id": null}', changed=(odd,)))
    assert store.live_ids() == {"a", "b"}
    assert (outcome.records, outcome.skipped, outcome.issues["fuelType"]) == (3, 1, 1)


def test_many_bad_records_hold_a_dealer_that_was_read_before(walk: Take) -> None:
    walk(Api(record("a"), record("b")))
    with pytest.raises(HoldError, match="1 of 2 records"):
        walk(Api(record("a"), b'{"id": "b"}'))


def test_a_listing_that_the_catch_up_shows_is_not_missed(walk: Take, store: Store) -> None:
    walk(Api(record("a"), record("b")))
    edited = record("a", title="x", updatedAt="2026-11-24T11:59:00Z")
    walk(Api(record("b"), changed=(edited,)))
    walk(Api(record("b")))
    assert store.live_ids() == {"a", "b"}


def test_a_date_in_the_future_blinds_no_later_walk(walk: Take, store: Store) -> None:
    class Undated(Api):
        def listings(self, query: ListingQuery) -> Page:
            return msgspec.structs.replace(super().listings(query), served=None)

    walk(Undated(record("a", updatedAt="2099-01-01T00:00:00Z")))
    assert store.recall("crawl:dealer d-1")["served"] < "2098"
    store.remember("crawl:dealer d-1", {"served": "2999-12-31T00:00:00+00:00"})
    api = Api(record("a"))
    walk(api)
    assert api.asked[-1].updated_since == datetime(2026, 11, 24, 11, 50, tzinfo=UTC)


def test_one_dealer_emptied_among_many_is_held_and_the_rest_goes_on(store: Store) -> None:
    def take(api: Api) -> Outcome:
        outcome = Outcome(crawl=Crawl(name="everything"))
        try:
            Walk(api, store, outcome, lambda *_: None).take()  # type: ignore[arg-type]
        except HoldError as error:
            outcome.error = error
        return outcome

    others = [record("b", dealerProfileId="d-2"), record("c", dealerProfileId="d-2")]
    take(Api(record("a"), *others))
    for _ in range(3):
        outcome = take(Api(others[0]))
        assert outcome.held == {"d-1"}
        assert "none of 1 listings of d-1" in str(outcome.error)
    assert store.live_ids() == {"a", "b"}


def test_a_location_that_a_walk_discovers_counts_as_read(store: Store) -> None:
    crawl = Crawl(name="parent p", parent_id="p", dealer_ids=frozenset(["p"]))
    dealer = {"id": "new", "parent": {"id": "p"}}
    api = Api(record("a", dealerProfileId="new", dealer=dealer))
    Walk(api, store, Outcome(crawl=crawl), lambda *_: None).take()  # type: ignore[arg-type]
    assert store.recall(read_once("new"))
