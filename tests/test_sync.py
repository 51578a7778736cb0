"""How much is asked, and of whom: whole builds against the API in one process."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syndicator.simulator.access import Partner
from syndicator.simulator.faults import Script
from syndicator.simulator.messages import Request, Response
from tests.world import KEY, World


@pytest.fixture
def world(tmp_path: Path, small_pages: None) -> Iterator[World]:
    built = World(tmp_path)
    assert built.build().code == 0
    yield built
    assert built.refused == 0


def since(world: World) -> list[str | None]:
    return [query.get("updatedSince") for query in world.asked()]


def test_a_first_build_sweeps_and_catches_up(world: World) -> None:
    statuses = [query["status"] for query in world.asked()]
    assert statuses == ["active"] * 6 + ["all"]
    assert len(world.asked("locations")) == 1
    assert world.shown() == set(world.active())


def test_an_unchanged_stock_costs_two_questions_and_the_locations(world: World) -> None:
    assert world.build().code == 0
    changes, count = world.asked()
    assert (changes["status"], changes["pageSize"]) == ("all", "10")
    assert "updatedSince" in changes
    assert (count["status"], count["pageSize"]) == ("active", "1")
    assert len(world.requests) == 3


def test_a_location_alone_is_not_asked_for_by_name_again(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    assert other.build("DEX-GENT").code == 0
    assert other.build("DEX-GENT").code == 0
    assert [query["locationCode"] for query in other.asked()] == ["DEX-GENT"] * 3  # cheap: all
    assert len(other.asked("locations")) == 1


def test_a_change_is_published_after_the_question_for_changes(world: World) -> None:
    sold, dearer = world.active("DEX-GENT")[:2]
    world.change(sold, status="sold")
    world.change(dearer, price=12_345)
    assert world.build().code == 0
    assert len(world.requests) == 3
    assert sold not in world.shown()
    assert "12345.00" in (world.output / "dex-gent/feeds/vehicles.xml").read_text()


def test_the_watermark_is_the_newest_change_and_overlaps(world: World) -> None:
    world.change(world.active()[0], price=12_345)
    changed = world.watch.utc()
    world.build()
    world.build()
    asked = changed - timedelta(minutes=10)
    assert since(world)[0] == asked.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_everything_is_read_again_after_full_every_and_when_asked_to(world: World) -> None:
    assert world.build(full=True).code == 0
    assert len(world.asked()) == 7
    assert world.build(later=5 * 3600).code == 0
    assert len(world.asked()) == 2
    assert world.build(later=2 * 3600).code == 0
    assert len(world.asked()) == 7


def test_a_failed_question_costs_no_sweep_the_next_time(world: World) -> None:
    dearer = world.active("DEX-GENT")[0]
    world.change(dearer, price=12_345)
    assert world.build(faults=("status=404@listings#1+",)).code == 3
    assert "12345.00" not in (world.output / "dex-gent/feeds/vehicles.xml").read_text()
    assert world.build().code == 0
    assert len(world.asked()) == 2
    assert "12345.00" in (world.output / "dex-gent/feeds/vehicles.xml").read_text()


def test_a_car_that_comes_between_the_two_questions_costs_two_more(world: World) -> None:
    answer = world._service.answer

    def answers(request: Request) -> Response:
        found = answer(request)
        if len(world.requests) == 2:  # the changes have been read, the count not yet
            template = world.stock.listing(world.active("DEX-GENT")[0])
            now = world.watch.utc().isoformat().replace("+00:00", "Z")
            world.stock.put(template | {"id": "just-now", "updatedAt": now, "createdAt": now})
        return found

    world._service.answer = answers  # type: ignore[method-assign]
    assert world.build().code == 0
    assert len(world.asked()) == 4
    assert "just-now" in world.shown()


def test_a_new_location_of_the_key_is_found_by_the_count(world: World) -> None:
    everybody = tuple(world.stock.dealers)
    gent = world.dealer("DEX-GENT")
    world.partners[KEY] = Partner(roots=tuple(each for each in everybody if each != gent))
    world.partners[KEY] = Partner(roots=everybody)
    extra = world.stock.listing(world.active("DEX-GENT")[0])
    world.stock.put(extra | {"id": "old-but-new-to-us", "updatedAt": "2026-01-01T00:00:00Z"})
    assert world.build().code == 0
    assert "old-but-new-to-us" in world.shown()


def test_two_small_dealers_are_read_at_once_where_the_key_sees_little_else(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build("DEX-GENT", "SOLITAIR").code == 0
    assert [query.get("locationCode") for query in world.asked()] == [None, None]
    assert world.shown("dex-gent") == set(world.active("DEX-GENT"))
    assert world.shown("solitair") == set(world.active("SOLITAIR"))
    assert not (world.output / "dex-leuven").exists()


def test_what_breaks_the_walk_over_everything_costs_one_dealer(world: World) -> None:
    """A page that the API cannot make: its dealer is read apart and fails, the others do not."""
    before = world.shown()
    dearer = world.active("DEX-GENT")[0]
    world.change(dearer, price=12_345)
    gent = world.dealer("DEX-GENT")
    answer = world._service.answer

    def answers(request: Request) -> Response:
        query = dict(request.query)
        broken = query.get("dealerId") in (None, gent) and request.path.endswith("/listings")
        found = answer(request)
        return found.adding({"Content-Encoding": "br"}) if broken else found

    world._service.answer = answers  # type: ignore[method-assign]
    sold = world.active("SOLITAIR")[0]
    world.change(sold, status="sold")
    built = world.build(full=True)
    assert built.code == 3
    assert "each dealer was read apart" in built.said
    assert world.shown() == before - {sold}


def test_a_common_list_that_leaves_out_a_dealer_is_not_believed(tmp_path: Path) -> None:
    """By no filter the API shows nothing of this dealer, by its own all of it."""
    world = World(tmp_path)
    gent = world.dealer("DEX-GENT")
    answer = world._service.answer

    def answers(request: Request) -> Response:
        found = answer(request)
        if not request.path.endswith("/listings") or "dealerId" in dict(request.query):
            return found
        return Script.of("lost=DEX-GENT")(request, answer)

    world._service.answer = answers  # type: ignore[method-assign]
    built = world.build()
    assert built.code == 0
    assert "0 of 15 listings of dealer " + gent in built.said
    assert world.shown() == set(world.active())


def test_the_waits_of_a_dead_api_are_those_of_one_target(tmp_path: Path) -> None:
    world = World(tmp_path)
    targets = [world.code(each) for each in world.stock.dealers]
    assert world.build(*targets).code == 0
    assert world.build(*targets, full=True, faults=("hang",)).code == 6
    assert len(world.requests) <= 10


def test_time_that_is_used_up_ends_the_run_and_keeps_what_is_out(world: World) -> None:
    before = world.files()
    world.change(world.active()[0], price=12_345)
    world.script = ("latency=30",)
    built = world.build(full=True, deadline="2m")
    assert built.code in (3, 6)
    assert "too slowly for the time there is" in built.said
    assert world.files() == before
