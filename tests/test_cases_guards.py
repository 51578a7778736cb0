"""The guard rails, by their numbers in the catalogue of faults: nobody's stock is emptied because
something failed, and no hold is silent or lasts for ever.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator.simulator.dealers import Json
from syndicator.simulator.stock import Stock, make_stock
from tests.world import World

A, B, C = "DEX-GENT", "DEX-LEUVEN", "SOLITAIR"


def stock_of(**cars: int) -> Stock:
    """So many active cars at each of these locations, and none anywhere else."""
    stock = make_stock(3, 200, 6, photo_base="https://images.example")
    donors = iter([each.id for each in stock])
    dealers = {each.profile["locationCode"]: key for key, each in stock.dealers.items()}
    for code, count in cars.items():
        for _ in range(count):
            stock.put(_moved(stock.listing(next(donors)), dealers[code.replace("_", "-")]))
    for identity in donors:
        stock.remove(identity)
    return stock


def _moved(listing: Json, dealer_id: str) -> Json:
    own = {"dealerProfileId": dealer_id, "dealer": {"id": dealer_id}, "status": "active"}
    return listing | own | {"price": listing["price"] or 9_000}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    built = World(tmp_path, stock_of(DEX_GENT=120, DEX_LEUVEN=30, SOLITAIR=4))
    assert built.build().code == 0
    yield built
    assert built.refused == 0


def vanish(world: World, code: str, count: int) -> None:
    for listing_id in world.active(code)[:count]:
        world.stock.remove(listing_id)


def turn(world: World, code: str, count: int, status: str) -> None:
    for listing_id in world.active(code)[:count]:
        world.change(listing_id, status=status)


def test_case_82_a_stock_that_vanishes_is_kept_until_somebody_says_so(world: World) -> None:
    before = world.files()
    vanish(world, A, 120)
    for _ in range(3):
        built = world.build()
        assert built.code == 4
        assert "the API shows none of 120 listings" in built.said
        assert world.files() == before
    assert world.build(force=(A,)).code == 0
    assert world.shown("dex-gent") == set()


def test_case_83_a_loss_of_many_is_published_once_a_second_sweep_agrees(world: World) -> None:
    before = world.files()
    vanish(world, A, 50)
    built = world.build()
    assert built.code == 4
    assert "50 of 120 listings vanished" in built.said
    assert world.files() == before
    assert world.build().code == 0
    assert len(world.shown("dex-gent")) == 70
    assert world.shown() == set(world.active())


def test_case_83_a_second_sweep_that_says_something_else_does_not_lift_it(world: World) -> None:
    vanish(world, A, 30)
    assert world.build().code == 4
    vanish(world, A, 20)
    assert world.build().code == 4
    assert world.build().code == 0
    assert world.shown() == set(world.active())


def test_case_84_a_loss_of_most_is_kept_until_somebody_says_so(world: World) -> None:
    before = world.files()
    vanish(world, A, 90)
    for _ in range(3):
        assert world.build().code == 4
        assert world.files() == before
    assert world.build(force=(A.lower(),)).code == 0
    assert world.shown() == set(world.active())


def test_case_85_force_lifts_the_hold_it_names_and_no_other(world: World) -> None:
    vanish(world, A, 120)
    vanish(world, B, 30)
    held = world.build(force=(A,))
    assert held.code == 4
    assert (len(world.shown("dex-gent")), len(world.shown("dex-leuven"))) == (0, 30)
    assert world.status().targets["all"].reason == "Dexa Leuven: the API shows none of 30 listings"


def test_case_85_a_name_that_nobody_has_is_a_mistake(world: World) -> None:
    built = world.build(force=("DEX-GEND",))
    assert built.code == 2
    assert "DEX-GEND" in built.said


def test_case_86_force_publishes_nothing_after_an_error(world: World) -> None:
    before = world.files()
    vanish(world, A, 120)
    assert world.build(force=(A,), faults=("status=500@listings#1+",)).code in (3, 6)
    assert world.files() == before


def test_case_87_when_most_dealers_fall_at_once_nothing_is_published(world: World) -> None:
    before = world.files()
    vanish(world, A, 120)
    vanish(world, B, 30)
    world.change(world.active(C)[0], price=12_345)
    built = world.build()
    assert built.code == 4
    assert "2 of 3 dealers fell at once: nothing is published" in built.said
    assert world.files() == before


def test_case_87_many_small_losses_are_seen_together(tmp_path: Path) -> None:
    codes = {"DEX_GENT": 20, "DEX_LEUVEN": 20, "DEX_ANTWERPEN": 20, "DEX_HQ": 20, "SOLITAIR": 20}
    world = World(tmp_path, stock_of(**codes))
    assert world.build().code == 0
    before = world.files()
    for code in codes:
        vanish(world, code.replace("_", "-"), 5)
    built = world.build()
    assert built.code == 4
    assert "25 of 100 listings vanished" in built.said
    assert world.files() == before
    assert world.build().code == 0
    assert world.shown() == set(world.active())


def test_case_88_of_a_few_cars_some_may_go(world: World) -> None:
    vanish(world, C, 2)
    assert world.build().code == 0
    assert len(world.shown("solitair")) == 4  # one witness
    assert world.build().code == 0
    assert len(world.shown("solitair")) == 2


def test_case_90_a_hold_says_every_time_why_and_since_when(world: World) -> None:
    vanish(world, A, 120)
    assert world.build().code == 4
    since = world.status().targets["all"].held_since
    for _ in range(12):  # three days
        assert world.build(later=6 * 3600.0).code == 4
        told = world.status().targets["all"]
        assert (told.state, told.held_since) == ("held", since)
        assert "none of 120 listings" in told.reason
    record = (world.output / "build.json").read_text()
    assert f'"held_since": "{since}"' in record


def test_a_hold_ends_by_itself_when_the_cars_are_back(world: World) -> None:
    listings = [world.stock.listing(each) for each in world.active(A)]
    vanish(world, A, 120)
    assert world.build().code == 4
    for listing in listings:
        world.stock.put(listing)
    assert world.build().code == 0
    assert world.status().targets["all"].held_since == ""
    assert len(world.shown("dex-gent")) == 120


def test_a_dealer_that_sells_out_for_good_reasons_is_published(world: World) -> None:
    turn(world, C, 4, "sold")
    assert world.build().code == 0
    assert world.shown("solitair") == set()


def test_case_156_the_last_three_cars_may_be_sold_one_by_one(world: World) -> None:
    for _ in range(4):
        turn(world, C, 1, "sold")
        assert world.build(only=()).code == 0
    assert (world.output / "solitair" / "index.html").is_file()
    assert world.shown("solitair") == set()


def test_case_157_a_whole_stock_turned_into_drafts_waits_for_a_second_run(world: World) -> None:
    before = world.files()
    turn(world, A, 120, "draft")
    assert world.build().code == 4
    assert world.files() == before
    assert world.build().code == 0
    assert world.shown("dex-gent") == set()


def test_case_151_fields_that_became_null_all_at_once_are_held(world: World) -> None:
    before = world.files()
    for listing_id in world.active(A):
        world.change(listing_id, price=None, images=[], mainImageUrl=None)
    built = world.build()
    assert built.code == 4
    assert "fields lost" in built.said
    assert world.files() == before
    assert world.build(force=(A,)).code == 0


def test_a_stock_that_grows_beyond_belief_is_published_with_a_warning(world: World) -> None:
    extra = stock_of(DEX_LEUVEN=150)
    for each in list(extra):
        world.stock.put(extra.listing(each.id) | {"id": f"extra-{each.id}"})
    built = world.build()
    assert built.code == 0
    assert "grew from 30 to 180 listings" in built.said
