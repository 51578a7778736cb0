"""Transport, by the numbers of the catalogue of faults: waits, retries and clocks."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from syndicator.simulator.access import Partner
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.service import Answer
from syndicator.simulator.stock import make_stock
from syndicator.source.clock import Clock
from tests.wired import Wired, jittered
from tests.world import KEY, World

HERE = ("--location", "DEX-GENT")


@pytest.fixture
def paged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Wired:
    """Nine pages and a bit: ten of ten cars."""
    monkeypatch.setattr("syndicator.walk.PAGE_SIZE", 10)
    stock = make_stock(3, 95, 6, photo_base="https://images.example")
    return Wired(tmp_path, monkeypatch, capsys, stock)


def fail(world: World, code: str, status: int, headers: dict[str, str]) -> None:
    """One location alone gets this answer."""
    answer = world._service.answer

    def answers(request: Request) -> Response:
        found = answer(request)
        if dict(request.query).get("locationCode") != code:
            return found
        return Response(status=status, headers={"Date": found.headers["Date"], **headers})

    world._service.answer = answers  # type: ignore[method-assign]


def test_case_19_three_failures_pass_and_the_waits_grow(wired: Wired) -> None:
    wired.draw = lambda: 1.0
    ran = wired.build(*HERE, faults=("status=500@listings#1-3",))
    assert (ran.code, ran.pages) == (0, ["1"] * 4)
    assert ran.naps[:3] == [1.0, 2.0, 4.0]
    wired.draw = random.Random(1).random
    naps = [wired.build(*HERE, "--full", faults=("status=500@listings#1-3",)).naps for _ in "ab"]
    assert naps[0] != naps[1]
    assert all(map(jittered, naps))


def test_case_20_a_wait_that_does_not_fit_is_not_waited_for(wired: Wired) -> None:
    wired.deadline = 60.0
    ran = wired.kept(6, "503", faults=("status=503;retry-after=120@listings#1+",))
    assert ran.pages == ["1"]
    assert ran.naps == []


def test_case_20_giving_up_one_target_leaves_the_time_to_the_others(tmp_path: Path) -> None:
    world = World(tmp_path, make_stock(3, 500, 6, photo_base="https://images.example"))
    targets = ("DEX-GENT", "SOLITAIR")
    assert world.build(*targets).code == 0
    before, sold = world.files(), world.active("SOLITAIR")[0]
    world.change(sold, status="sold")
    world.change(world.active("DEX-GENT")[0], price=12_345)
    fail(world, "DEX-GENT", 503, {"Retry-After": "120"})
    built = world.build(*targets, full=True, deadline="1m")
    assert built.code == 3
    assert sold not in world.shown()
    same = {path: data for path, data in before.items() if path.startswith("dex-gent/")}
    assert same.items() <= world.files().items()
    assert world.watch.slept < 5


@pytest.mark.parametrize("asked", ["date:-3600", "-5", "", "soon", "1e9", "Thu, 99 Foo"])
def test_case_21_a_senseless_retry_after_leaves_our_own_wait(wired: Wired, asked: str) -> None:
    wired.draw = lambda: 0.25
    ran = wired.build(*HERE, faults=(f"status=503;retry-after={asked}@listings#1-2",))
    assert ran.code == 0
    assert ran.naps[:2] == [0.25, 0.5]


def test_case_22_retries_of_a_hundred_targets_end_with_the_budget(tmp_path: Path) -> None:
    stock = make_stock(3, 350, 115, photo_base="https://images.example")
    world = World(tmp_path, stock)
    world.partners[KEY] = Partner(scopes=frozenset({"read:listings"}))  # no counts: all apart
    targets = [code for code in map(world.code, stock.dealers) if world.active(code)]
    assert len(targets) >= 100
    assert world.build(*targets, deadline="14m").code == 0
    for code in targets:
        for listing_id in world.active(code)[:1]:
            world.change(listing_id, price=12_345)
    built = world.build(*targets, full=True, deadline="14m", faults=("status=500@listings#3+",))
    assert built.code == 3
    assert len(world.requests) < 170
    assert len({each.get("locationCode") for each in world.asked()}) > 50


@pytest.mark.parametrize("hours", [8, -8])
def test_case_23_a_calendar_that_jumps_changes_no_deadline(paged: Wired, hours: int) -> None:
    def asleep(request: Request, answer: Answer) -> Response:
        if len(paged.times) == 4:
            paged.watch.start += timedelta(hours=hours)
        return answer(request)

    ran = paged.build("--all", fault=asleep, faults=("status=500@5",), rate_limit=120)
    assert ran.code == 0
    assert ran.times[-1] - ran.times[0] < 30
    assert max(ran.naps) < 20


def test_case_23_a_clock_that_counts_the_sleep_ends_the_run_at_once(paged: Wired) -> None:
    def asleep(request: Request, answer: Answer) -> Response:
        if len(paged.times) == 5:
            paged.watch.tick(8 * 3600)
        return answer(request)

    ran = paged.kept(6, "too slowly for the time there is", "--all", fault=asleep)
    assert max(ran.naps, default=0) < 20


def test_case_23_deadlines_are_taken_from_the_clock_that_nobody_sets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("syndicator.source.clock.time.monotonic", lambda: 5.0)
    assert Clock().now() == 5.0
