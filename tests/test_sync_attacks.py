"""What an attacker found in the sync, each as a test that failed before it was mended."""

from pathlib import Path
from typing import Any

import pytest

from syndicator.simulator.faults import Script
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.stock import make_stock
from tests.test_cases_guards import stock_of
from tests.world import World

A, B, C = "DEX-GENT", "DEX-LEUVEN", "SOLITAIR"


@pytest.fixture
def world(tmp_path: Path) -> World:
    built = World(tmp_path, stock_of(DEX_GENT=30, DEX_LEUVEN=20, SOLITAIR=8, ZILVERMEEUW=8))
    assert built.build().code == 0
    return built


def give(world: World, listing_id: str, code: str, **members: Any) -> None:
    owner = world.dealer(code)
    world.change(listing_id, dealerProfileId=owner, dealer={"id": owner}, **members)


def test_a_held_dealer_loses_no_car_to_another_one(world: World) -> None:
    before = world.shown("dex-gent")
    for listing_id in world.active(A):
        give(world, listing_id, B)
    assert world.build().code == 4
    assert world.shown("dex-gent") == before


def test_what_is_sold_under_a_held_dealer_leaves_the_one_that_has_it(world: World) -> None:
    for listing_id in world.active(B)[:15]:
        world.stock.remove(listing_id)
    assert world.build().code == 4
    sold = world.active(A)[0]
    give(world, sold, B, status="sold")
    assert world.build().code == 4
    assert sold not in world.shown("dex-gent")


def test_a_word_that_is_renamed_empties_nobody(world: World) -> None:
    before = world.shown()
    for _ in range(3):
        built = world.build(faults=("unknown-status=100%",), full=True)
        assert world.shown() == before
        assert built.code == 4


def test_force_lifts_nothing_after_an_answer_that_proves_nothing(world: World) -> None:
    before = world.shown()
    for faults in (("status=404;body=html@listings#1+",), ("empty", "no-pagination")):
        world.build(faults=faults, force=(A,), full=True)
        assert world.shown() == before


def test_a_hold_is_not_lifted_by_asking_for_another_target(world: World) -> None:
    for listing_id in world.active(A):
        world.change(listing_id, price=None, images=[], mainImageUrl=None)
    assert world.build().code == 4
    assert world.build(A).code == 4
    assert world.build(B).code == 4  # it is still out, and still held
    assert world.build(secret=None).code == 4


def test_a_date_beyond_all_years_is_none(world: World) -> None:
    late = "header=Date: Fri, 31 Dec 9999 23:59:59 GMT"
    assert world.build(faults=(late,), full=True).code == 0
    assert world.build(faults=("header=Date: Mon, 01 Jan 0001 00:00:00 GMT",), full=True).code == 0


def test_an_id_may_be_forced_in_any_case(world: World) -> None:
    assert world.build(force=(world.dealer(A).upper(),)).code == 0


@pytest.fixture
def paged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("syndicator.walk.PAGE_SIZE", 10)
    monkeypatch.setattr("syndicator.crawls.PAGE", 10)
    built = World(tmp_path)
    assert built.build().code == 0
    return built


def test_changes_that_do_not_show_what_they_announce_are_read_again(paged: World) -> None:
    for listing_id in paged.active()[:6]:
        paged.change(listing_id, status="sold")
    assert paged.build(faults=("short-page@listings#1",)).code == 0
    assert paged.shown() == set(paged.active())
    for listing_id in paged.active()[:25]:
        paged.change(listing_id, price=12_345)
    assert paged.build(faults=("blank-page@listings#2",)).code == 0
    text = (paged.output / "feeds/vehicles.xml").read_text()
    assert text.count("12345.00") == 25


def test_what_the_changes_said_is_kept_where_the_sweep_fails(paged: World) -> None:
    sold, vanished = paged.active()[:2]
    paged.change(sold, status="sold")
    paged.stock.remove(vanished)
    for _ in range(2):
        built = paged.build(faults=("broken@listings#5+",))
        assert built.code == 3
        assert sold not in paged.shown()
        assert vanished in paged.shown()
    assert paged.build().code == 0
    assert paged.build().code == 0
    assert paged.shown() == set(paged.active())


def test_a_redirect_in_mid_run_costs_its_target_alone(tmp_path: Path) -> None:
    world = World(tmp_path, make_stock(3, 900, 6))
    assert world.build(A, C).code == 0
    sold = world.active(A)[0]
    world.change(sold, status="sold")
    answer = world._service.answer

    def answers(request: Request) -> Response:
        if dict(request.query).get("locationCode") == C:
            return Script.of("redirect=https://login.example/")(request, answer)
        return answer(request)

    world._service.answer = answers  # type: ignore[method-assign]
    assert world.build(A, C).code == 3
    assert sold not in world.shown()


def test_without_memory_what_is_out_is_not_left_out(world: World, tmp_path: Path) -> None:
    """The state is lost, and a dealer that is out was not read: all stays as it is."""
    before = world.files()
    (tmp_path / ".syndicator" / "state.db").unlink()
    built = world.build(A)
    assert built.code == 4
    assert "nothing is known any more" in built.said
    assert world.files() == before
    assert world.build().code == 0
    assert world.files() == before


def test_a_dealer_that_becomes_a_group_stops_nobody(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(only=()).code == 0
    head, other = world.dealer("ZILVERMEEUW"), world.dealer(C)
    world.stock.dealers[other].profile["parentId"] = head
    sold = world.active(A)[0]
    world.change(sold, status="sold")
    second = world.stock.dealers[world.dealer(B)].profile
    second["parentId"] = head
    assert world.build(only=(), full=True).code == 0
    assert sold not in world.shown()
    assert world.shown("zilvermeeuw") >= set(world.active("ZILVERMEEUW"))


def test_a_dealer_that_moves_to_another_parent_leaves_the_old_ones_site(tmp_path: Path) -> None:
    world = World(tmp_path)
    parent = f"parent {world.dealer('DEX-HQ')}"
    assert world.build(parent).code == 0
    world.stock.dealers[world.dealer(A)].profile["parentId"] = world.dealer("ZILVERMEEUW")
    assert world.build(parent, full=True).code == 0
    assert world.shown("dex-hq").isdisjoint(world.active(A))


def test_force_may_name_a_dealer_that_this_run_does_not_ask_for(tmp_path: Path) -> None:
    """It is read with the others, is published nowhere, and the walk proves nothing of it."""
    world = World(tmp_path)
    assert world.build(B, C).code == 0
    assert world.build(B, C, force=(A,), faults=("twice",)).code == 0
