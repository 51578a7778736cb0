import json
from collections import Counter
from typing import Any

import pytest

from syndicator.simulator.access import Partner
from syndicator.simulator.api import BASE_PATH
from syndicator.simulator.messages import Request
from syndicator.simulator.moments import milliseconds
from syndicator.simulator.mutation import Mutation
from syndicator.simulator.service import Service
from syndicator.simulator.stock import Stock, make_stock

NOON = 1_796_040_000.0
MINUTE = 60.0


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stock() -> Stock:
    return make_stock(4, 400, 6)


def statuses(stock: Stock) -> Counter[str]:
    return Counter(entry.status for entry in stock)


def shown(stock: Stock) -> dict[str, Any]:
    return {entry.id: stock.listing(entry.id) for entry in stock}


def active(stock: Stock) -> set[str]:
    return {entry.id for entry in stock if entry.status == "active"}


def test_nothing_changes_before_it_is_due(stock: Stock, clock: Clock) -> None:
    before = shown(stock)
    mutation = Mutation(stock, 60, clock)
    assert mutation.advance() == 0
    assert shown(stock) == before


def test_a_rate_of_nought_never_changes_anything(stock: Stock, clock: Clock) -> None:
    mutation = Mutation(stock, 0, clock)
    clock.now += 1e9
    assert mutation.advance() == 0


def test_as_much_changes_as_is_due_and_never_twice(stock: Stock, clock: Clock) -> None:
    mutation = Mutation(stock, 60, clock)
    clock.now += 10 * MINUTE
    assert 500 < mutation.advance() < 700
    assert mutation.advance() == 0


def test_changes_are_edits_additions_and_removals_in_their_shares(
    stock: Stock, clock: Clock
) -> None:
    before, counts = shown(stock), statuses(stock)
    mutation = Mutation(stock, 6, clock)
    clock.now += 20 * MINUTE
    changes = mutation.advance()
    after = shown(stock)
    added = after.keys() - before.keys()
    sold = statuses(stock)["sold"] - counts["sold"]
    edited = [
        each
        for each in before.keys() & after.keys()
        if after[each] != before[each] and after[each]["status"] == "active"
    ]
    assert before.keys() <= after.keys()
    assert 0.2 < len(added) / changes < 0.4
    assert 0.2 < sold / changes < 0.4
    assert 0.25 < len(edited) / changes < 0.5
    for each in edited:
        old, new = before[each], after[each]
        changed = {name for name in new if new[name] != old[name]}
        assert changed <= {"price", "mileage", "updatedAt"}
        assert len(changed) >= 2
        assert new["price"] is None or new["price"] >= 0


def test_changes_are_dated_to_the_millisecond_when_they_were_due(
    stock: Stock, clock: Clock
) -> None:
    before = {entry.id: entry.updated for entry in stock}
    mutation = Mutation(stock, 60, clock)
    clock.now += MINUTE
    mutation.advance()
    changed = [entry for entry in stock if before.get(entry.id) != entry.updated]
    assert len(changed) > 30
    for entry in changed:
        assert NOON * 1000 <= entry.updated <= clock.now * 1000
        listing = stock.listing(entry.id)
        assert milliseconds(listing["updatedAt"]) == entry.updated
        if entry.status == "sold":
            assert listing["soldAt"] == listing["updatedAt"]
    assert len({entry.updated % 1000 for entry in changed}) > 10


def test_a_listing_that_was_added_is_like_any_other(stock: Stock, clock: Clock) -> None:
    before = shown(stock)
    mutation = Mutation(stock, 60, clock)
    clock.now += MINUTE
    mutation.advance()
    fresh = [listing for identity, listing in shown(stock).items() if identity not in before]
    assert fresh
    for listing in fresh:
        assert listing.keys() == next(iter(before.values())).keys()
        assert listing["createdAt"] <= listing["updatedAt"]
        assert listing["dealerProfileId"] in stock.dealers
    references = [each["externalReference"] for each in fresh if each["externalReference"]]
    assert len(set(references)) == len(references)


@pytest.mark.parametrize("traceless", [0.0, 0.5, 1.0])
def test_a_share_of_the_removals_leaves_no_trace(
    stock: Stock, clock: Clock, traceless: float
) -> None:
    before = {entry.id for entry in stock}
    sold = statuses(stock)["sold"]
    mutation = Mutation(stock, 60, clock, traceless=traceless)
    clock.now += 3 * MINUTE
    mutation.advance()
    vanished = len(before - {entry.id for entry in stock})
    assert (vanished > 0) is (traceless > 0)
    assert (statuses(stock)["sold"] > sold) is (traceless < 1)


def test_the_same_seed_makes_the_same_changes_however_often_it_is_asked(clock: Clock) -> None:
    def changed(seed: int, steps: int) -> dict[str, Any]:
        stock = make_stock(4, 50, 4)
        clock.now = NOON
        mutation = Mutation(stock, 60, clock, seed)
        for _ in range(steps):
            clock.now += MINUTE / steps
            mutation.advance()
        return shown(stock)

    assert changed(1, 1) == changed(1, 64)
    assert changed(1, 1) != changed(2, 1)


def test_it_knows_who_was_for_sale_all_the_time(stock: Stock, clock: Clock) -> None:
    mutation = Mutation(stock, 60, clock, traceless=0.5)
    seen = [active(stock)]
    assert mutation.alive_throughout(NOON, NOON) == seen[0]
    for _ in range(200):
        clock.now += 1
        mutation.advance()
        seen.append(active(stock))
    end = clock.now
    assert mutation.alive_throughout(end, end) == seen[-1]
    assert mutation.alive_throughout(NOON + 50, end) == set.intersection(*seen[50:])
    assert mutation.alive_throughout(NOON, end) < seen[0]


def test_a_stock_may_run_dry_and_fill_again(clock: Clock) -> None:
    stock = make_stock(4, 0, 3)
    mutation = Mutation(stock, 60, clock)
    clock.now += 5 * MINUTE
    assert mutation.advance() > 200
    assert active(stock) == mutation.alive_throughout(clock.now, clock.now)
    assert len(stock) > 50


def test_a_service_changes_its_stock_before_each_answer(stock: Stock, clock: Clock) -> None:
    mutation = Mutation(stock, 60, clock)
    service = Service(stock, {"k": Partner()}, rate_limit=0, clock=clock, mutation=mutation)
    request = Request(
        method="GET",
        path=f"{BASE_PATH}/listings",
        headers={"x-api-key": "k"},
        query=(("status", "all"), ("updatedSince", "2026-11-30T00:00:00Z")),
    )

    def total() -> int:
        found: int = json.loads(service.answer(request).body)["pagination"]["totalItems"]
        return found

    assert total() == 0
    clock.now += MINUTE
    assert total() > 30
    assert mutation.advance() == 0
