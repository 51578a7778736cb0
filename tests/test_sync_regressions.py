"""What a review of the sync found, each as a test that failed before it was mended."""

import re
from pathlib import Path

import pytest

from syndicator import bookmark
from syndicator.crawls import Crawl
from syndicator.models import Status
from syndicator.simulator.stock import Stock, make_stock
from syndicator.store import Store
from tests.meddling import BUSY, Meddled

LOCATION = Crawl(name="location DEX-GENT")


pytestmark = pytest.mark.usefixtures("small_pages")


def stock_of(**cars: int) -> Stock:
    stock = make_stock(3, 900, 6)
    donors = iter([each.id for each in stock])
    dealers = {each.profile["locationCode"]: key for key, each in stock.dealers.items()}
    for code, count in cars.items():
        own = dealers[code.replace("_", "-")]
        for _ in range(count):
            listing = stock.listing(next(donors))
            listing |= {"dealerProfileId": own, "dealer": {"id": own}, "status": "active"}
            stock.put(listing | {"price": listing["price"] or 9_000})
    for identity in donors:
        stock.remove(identity)
    return stock


def test_a_car_that_moves_between_two_crawls_is_not_buried(tmp_path: Path) -> None:
    world = Meddled(tmp_path, stock_of(DEX_GENT=25, DEX_LEUVEN=20, ZILVERMEEUW=200))
    targets = "DEX-LEUVEN", "DEX-GENT"
    assert world.build(*targets).code == 0
    moved = world.active("DEX-GENT")[12]
    leuven = world.dealer("DEX-LEUVEN")
    world.change(moved, dealerProfileId=leuven, dealer={"id": leuven})
    done: list[int] = []

    def sell(number: int) -> None:
        query = dict(world.requests[-1].query)
        wanted = {"locationCode": "DEX-GENT", "status": "active", "page": "2"}
        if wanted.items() <= query.items() and not done:
            done.append(number)
            world.change(world.active("DEX-GENT")[0], status="sold")

    assert world.build(*targets, before=sell).code == 0
    assert done
    assert moved in world.shown("dex-leuven")


def test_a_car_that_another_crawl_shows_is_not_suspect(tmp_path: Path) -> None:
    world = Meddled(tmp_path, stock_of(DEX_GENT=25, DEX_LEUVEN=20, ZILVERMEEUW=200))
    targets = "DEX-LEUVEN", "DEX-GENT"
    assert world.build(*targets).code == 0
    moved = world.active("DEX-GENT")[12]
    leuven = world.dealer("DEX-LEUVEN")
    world.change(moved, dealerProfileId=leuven, dealer={"id": leuven})
    assert world.build(*targets).code == 0
    with Store.open(tmp_path / ".syndicator" / "state.db") as store:
        assert store.suspects() == set()


def test_a_hold_outlives_a_walk_that_says_nothing_of_absence(tmp_path: Path) -> None:
    world = Meddled(tmp_path, stock_of(DEX_GENT=120, DEX_LEUVEN=30, SOLITAIR=4))
    assert world.build().code == 0
    for listing_id in world.active("DEX-GENT")[:90]:
        world.stock.remove(listing_id)
    assert world.build().code == 4
    since = world.status().targets["all"].held_since
    assert world.build(faults=("shuffled",)).code == 4
    assert world.build().code == 4
    assert world.status().targets["all"].held_since == since


def test_a_location_that_answers_404_is_held_since_now(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build("DEX-GENT").code == 0
    built = world.build("DEX-GENT", faults=("status=404@listings#1+",))
    assert built.code == 4
    assert "unsettled" not in built.said
    with Store.open(tmp_path / ".syndicator" / "state.db") as store:
        kept = bookmark.find(store, LOCATION)
    assert kept is not None
    assert kept.watermark.year == 2026
    assert world.status().targets["location DEX-GENT"].held_since.startswith("2026")


def test_many_small_losses_are_seen_together_across_crawls(tmp_path: Path) -> None:
    cars = {"DEX_GENT": 20, "DEX_LEUVEN": 20, "DEX_ANTWERPEN": 20, "DEX_HQ": 20, "SOLITAIR": 20}
    world = Meddled(tmp_path, stock_of(**cars, ZILVERMEEUW=200))
    targets = [each.replace("_", "-") for each in cars]
    assert world.build(*targets).code == 0
    for code in targets:
        for listing_id in world.active(code)[:5]:
            world.stock.remove(listing_id)
    assert world.build(*targets).code == 4


def test_a_large_loss_hides_no_small_ones(tmp_path: Path) -> None:
    cars = {"DEX_GENT": 20, "DEX_LEUVEN": 20, "DEX_ANTWERPEN": 20, "DEX_HQ": 20, "SOLITAIR": 20}
    world = Meddled(tmp_path, stock_of(**cars))
    assert world.build().code == 0
    for code in list(cars)[:4]:
        for listing_id in world.active(code.replace("_", "-"))[:5]:
            world.stock.remove(listing_id)
    for listing_id in world.active("SOLITAIR")[:12]:
        world.stock.remove(listing_id)
    assert "of all dealers" in world.build().said


def test_small_dealers_whose_whole_stock_turns_into_drafts_are_held(tmp_path: Path) -> None:
    cars = {"DEX_GENT": 15, "DEX_LEUVEN": 15, "DEX_ANTWERPEN": 15, "DEX_HQ": 15, "SOLITAIR": 15}
    world = Meddled(tmp_path, stock_of(**cars))
    assert world.build().code == 0
    before = world.files()
    for listing_id in world.active():
        world.change(listing_id, status="draft")
    assert world.build().code == 4
    assert world.files() == before


def test_a_known_car_whose_id_is_null_counts_as_seen(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build().code == 0
    known = world.shown()
    for _ in range(3):
        assert world.build(faults=("null-id=2@listings#1",), full=True).code == 0
        assert world.shown() == known


def test_a_reserved_car_that_is_deleted_does_not_stay_reserved_for_ever(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build().code == 0
    reserved = world.active(BUSY)[3]
    world.change(reserved, status="pending")
    assert world.build().code == 0
    world.stock.remove(reserved)
    for _ in range(40):
        assert world.build(full=True, later=86_400.0).code == 0
    with Store.open(tmp_path / ".syndicator" / "state.db") as store:
        assert reserved not in store.live_ids(status=Status.PENDING)


def test_a_hold_of_another_version_stops_no_build(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build().code == 0
    with Store.open(tmp_path / ".syndicator" / "state.db") as store:
        store.remember("hold:" + world.dealer(BUSY), {"note": "{}"})
    assert world.build().code == 0


def test_a_blank_page_of_one_walk_is_healed_by_the_second(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build(BUSY).code == 0
    assert world.build(BUSY, faults=("blank-page@listings#2",), full=True).code == 0


def test_without_a_date_a_vanished_car_leaves_after_two_walks(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build(faults=("no-date",)).code == 0
    world.stock.remove(world.active(BUSY)[3])
    for _ in range(3):
        assert world.build(faults=("no-date",)).code == 0
    assert world.shown() == set(world.active())


def test_a_warning_counts_listings(tmp_path: Path) -> None:
    world = Meddled(tmp_path, make_stock(3, 60, 6))  # whose pictures have no usable address
    found = re.findall(r"in (\d+) of (\d+) listings", world.build().said)
    assert found
    assert all(int(count) <= int(total) for count, total in found)


def test_a_run_that_reads_changes_only_warns_of_no_nought(tmp_path: Path) -> None:
    world = Meddled(tmp_path, make_stock(3, 60, 6))
    assert world.build().code == 0
    assert "0 of 0 listings" not in world.build().said


def test_a_filter_that_is_ignored_is_a_hold_with_a_beginning(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build(BUSY).code == 0
    for _ in range(2):
        assert world.build(BUSY, faults=("ignore=dealer",), full=True).code == 4
    assert world.status().targets[f"location {BUSY}"].held_since != ""


def test_an_api_that_takes_no_request_is_no_success_of_nobody(fresh: Meddled) -> None:
    built = fresh.build(faults=("status=400",))
    assert built.code == 3
    assert "400" in built.said
