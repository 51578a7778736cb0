"""A stock that changes while it is read, by the numbers of the catalogue of faults: what was for
sale before and after stays out, and what is gone goes, but not on the word of one walk.
"""

from pathlib import Path

import pytest

from syndicator.simulator.stock import Order, make_stock
from tests.meddling import BUSY, SLUG, Meddled

LONG_AGO = "2020-01-01T00:00:00Z"


pytestmark = pytest.mark.usefixtures("small_pages")


@pytest.fixture
def world(fresh: Meddled) -> Meddled:
    """One whose whole stock is out."""
    assert fresh.build(only=()).code == 0
    assert fresh.shown() == set(fresh.active())
    return fresh


def pages(world: Meddled) -> list[str]:
    """The pages of everything on offer that the last build asked for."""
    asked = [each for each in world.asked() if each["status"] == "active"]
    return [each["page"] for each in asked if each["pageSize"] != "1"]


def page_of(world: Meddled, listing_id: str) -> str:
    """The path of a listing's page, by the feed of all vehicles."""
    return world.told("url")[listing_id].removeprefix("https://s.example/") + "index.html"


def mentions(world: Meddled, text: str) -> set[str]:
    """The files that are out and say this."""
    return {path for path, data in world.files().items() if text.encode() in data}


@pytest.mark.parametrize("disturbed", [(2,), (2, 8)])
def test_case_62_a_car_that_slides_across_the_boundary_stays(
    world: Meddled, disturbed: tuple[int, ...]
) -> None:
    """In both walks, if need be: then nobody has seen the one that slid."""
    first, *_, last = world.active()[:10]
    leaving = dict(zip(disturbed, (first, last), strict=False))
    before = world.shown()

    def sell(number: int) -> None:
        if number in leaving:
            world.change(leaving[number], status="sold")

    built = world.build(before=sell, full=True)
    assert built.code == 0
    assert world.shown() == before - set(leaving.values())
    assert ("unsettled" in built.said) is (len(disturbed) == 2)
    assert world.build().code == 0
    assert world.shown() == set(world.active())


def test_case_62_a_first_build_reads_again_what_has_moved(fresh: Meddled) -> None:
    sold = fresh.active()[0]

    def sell(number: int) -> None:
        if number == 2:
            fresh.change(sold, status="sold")

    assert fresh.build(before=sell).code == 0
    assert fresh.shown() == set(fresh.active())
    assert len(pages(fresh)) == 12


@pytest.mark.parametrize("known", [False, True])
def test_case_63_a_car_that_jumps_to_a_page_that_was_read_is_out_once_and_new(
    fresh: Meddled, *, known: bool
) -> None:
    """It jumps in both walks, so that only the question for what changed shows it."""
    if known:
        assert fresh.build().code == 0
    everybody = fresh.active()
    jumping = {3: everybody[-1], 9: everybody[-2]}
    prices = {3: 12_345, 9: 12_456}

    def edit(number: int) -> None:
        if number in jumping:
            fresh.change(jumping[number], price=prices[number])

    assert fresh.build(before=edit, full=True).code == 0
    assert fresh.shown() == set(everybody)
    for number, listing_id in jumping.items():
        assert fresh.told("price")[listing_id] == f"{prices[number]}.00"
    assert len(pages(fresh)) == 12


@pytest.mark.parametrize("order", ["updated", "id"])
def test_case_64_a_car_that_a_clean_walk_has_missed_stays(tmp_path: Path, order: Order) -> None:
    """One leaves a page that was read, one comes at the end: total, ids and count agree."""
    world = Meddled(tmp_path, make_stock(3, 60, 6, order=order))
    assert world.build().code == 0
    everybody = world.active()
    removed, missed = everybody[0], everybody[10]
    extra = world.stock.listing(everybody[20])
    extra |= {"id": "ffffffff-0000", "createdAt": LONG_AGO, "updatedAt": LONG_AGO}

    def swap(number: int) -> None:
        if number == 2:
            world.stock.remove(removed)
            world.stock.put(extra)

    built = world.build(before=swap, full=True)
    assert (built.code, "unsettled" in built.said) == (0, False)
    assert len(pages(world)) == 6
    assert missed in world.shown()
    assert world.shown() == {*everybody, extra["id"]}
    for _ in range(2):
        assert world.build().code == 0
        assert missed in world.shown()
    assert world.shown() == set(world.active())


@pytest.mark.parametrize("order", ["updated", "created", "id"])
def test_case_65_of_a_stock_that_never_rests_the_union_is_published(
    tmp_path: Path, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.source.pace.MOST_IN_FLIGHT", 1)  # threads take turns by chance
    stock = make_stock(3, 150, 6, order=order)
    world = Meddled(tmp_path, stock, seconds=0.5, per_minute=60, traceless=0.5)
    assert world.build(later=0).code == 0
    for _ in range(2):
        known, since = world.shown(), world.watch.unix()
        built = world.build(later=20, full=True)
        assert built.code == 0
        assert "unsettled: the stock changed while it was read" in built.said
        assert built.summary is not None
        assert [each.state for each in built.summary.targets] == ["ok"]
        assert len(pages(world)) >= 28
        alive = world.mutation.alive_throughout(since, world.watch.unix())
        assert known & alive <= world.shown()


def test_case_65_what_two_restless_walks_did_not_show_is_no_loss(world: Meddled) -> None:
    """However much it is: they were no witnesses."""
    before = world.files()
    built = world.build(only=(), full=True, faults=("shuffled@listings#1-12",))
    assert built.code == 0
    assert "unsettled" in built.said
    assert len(pages(world)) == 12
    assert world.files() == before
    for listing_id in world.active(BUSY)[:20]:
        world.stock.remove(listing_id)
    built = world.build(only=(), full=True, faults=("shuffled@listings#1-12",))
    assert built.code == 0
    assert world.files() == before


def test_case_65_an_unsettled_stock_is_read_again_first_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.source.pace.MOST_IN_FLIGHT", 1)  # threads take turns by chance
    world = Meddled(tmp_path, make_stock(3, 150, 6), seconds=0.5, per_minute=60, traceless=0.5)
    assert world.build(later=0).code == 0
    world.mutation._due = float("inf")  # now it rests
    for _ in range(2):
        assert world.build().code == 0
        assert len(pages(world)) >= 14
    assert world.shown() == set(world.active())


def test_case_66_a_car_that_one_walk_does_not_show_never_leaves(world: Meddled) -> None:
    hidden = world.active(BUSY)[3]
    listing, path, before = world.stock.listing(hidden), page_of(world, hidden), world.files()
    for _ in range(3):
        world.stock.remove(hidden)
        assert world.build(only=()).code == 0
        assert len(pages(world)) == 6
        assert world.files() == before
        world.stock.put(listing)
        assert world.build(only=()).code == 0
        assert world.files() == before
    assert page_of(world, hidden) == path


def test_case_67_a_car_that_two_walks_do_not_show_is_gone_everywhere(world: Meddled) -> None:
    vanished = world.active(BUSY)[3]
    path = page_of(world, vanished)
    address = path.removesuffix("index.html")
    photo = world.stock.listing(vanished)["mainImageUrl"]
    assert photo in world.files()[path].decode()
    assert {path, "sitemap.xml", f"{SLUG}/index.html"} <= mentions(world, address)
    world.stock.remove(vanished)
    for _ in range(2):
        assert world.build(only=()).code == 0
    assert world.shown() == set(world.active())
    folders = ("", f"{SLUG}/", "dex-hq/")
    names = ("atom.xml", "changes.xml", "index.html")  # which say for a month that it is gone
    told = {f"{folder}feeds/{name}" for folder in folders for name in names}
    told.add("build/index.html")
    assert mentions(world, vanished) <= {path, *told}
    assert mentions(world, address) <= {path, *told}
    assert mentions(world, photo) <= {path, *told}
    farewell = world.files()[path].decode()
    assert '<meta name="robots" content="noindex">' in farewell
    assert "https://schema.org/Discontinued" in farewell
    assert "https://schema.org/InStock" not in farewell


def test_case_67_the_farewell_of_a_gone_car_ends_after_a_month(world: Meddled) -> None:
    vanished = world.active(BUSY)[3]
    path = page_of(world, vanished)
    world.stock.remove(vanished)
    for _ in range(2):
        assert world.build(only=()).code == 0
    assert world.build(only=(), later=31 * 86_400.0).code == 0
    assert path not in world.files()
    assert mentions(world, vanished) == set()


@pytest.mark.parametrize("status", ["sold", "draft", "pending"])
def test_case_68_a_car_that_is_sold_leaves_without_a_walk(world: Meddled, status: str) -> None:
    sold = world.active(BUSY)[3]
    world.change(sold, status=status)
    assert world.build().code == 0
    assert pages(world) == []
    assert world.shown() == set(world.active())


def test_case_69_a_car_that_is_deleted_is_noticed_by_the_count(world: Meddled) -> None:
    assert world.build().code == 0
    assert pages(world) == []
    deleted = world.active(BUSY)[3]
    known = world.shown()
    world.stock.remove(deleted)
    assert world.build().code == 0
    assert len(pages(world)) == 6
    assert world.shown() == known  # one witness
    assert world.build().code == 0
    assert world.shown() == known - {deleted}
    assert world.build().code == 0
    assert pages(world) == []


def test_case_70_what_the_count_does_not_show_a_full_sweep_heals(world: Meddled) -> None:
    everybody = world.active()
    deleted = everybody[3]
    extra = world.stock.listing(everybody[20])
    extra |= {"id": "unseen", "createdAt": LONG_AGO, "updatedAt": LONG_AGO}
    world.stock.remove(deleted)
    world.stock.put(extra)
    assert world.build().code == 0
    assert pages(world) == []
    assert world.shown() == set(everybody)  # nobody can know better yet
    for _ in range(24):
        assert world.build().code == 0
    assert world.shown() == set(world.active())


def test_case_70_full_every_says_when(world: Meddled) -> None:
    assert world.build(full_every="2h", later=3600.0).code == 0
    assert pages(world) == []
    assert world.build(full_every="2h", later=3660.0).code == 0
    assert len(pages(world)) == 6


def test_case_66_a_car_that_comes_back_has_its_old_address(world: Meddled) -> None:
    hidden = world.active(BUSY)[3]
    listing, path = world.stock.listing(hidden), page_of(world, hidden)
    world.stock.remove(hidden)
    for _ in range(2):
        assert world.build(only=()).code == 0
    assert hidden not in world.shown()
    world.stock.put(listing)
    assert world.build(only=()).code == 0
    assert page_of(world, hidden) == path
    assert "https://schema.org/InStock" in world.files()[path].decode()
