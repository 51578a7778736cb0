"""Memory and time, by the numbers of the catalogue of faults: whatever becomes of the state, the
clocks and the configuration, what is out is what is for sale.
"""

import logging
import random
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from syndicator import bookmark, cli
from syndicator.crawls import EVERYTHING, Crawl
from syndicator.simulator.server import Simulator
from syndicator.simulator.stock import make_stock
from syndicator.source.clock import Clock
from syndicator.store import Store
from tests.meddling import BUSY, SLUG, Meddled
from tests.world import KEY

FAR = datetime(2999, 12, 31, tzinfo=UTC)
COMMON = Crawl(name=EVERYTHING)
LAGGING = ("lag=300",)


pytestmark = pytest.mark.usefixtures("small_pages")


@pytest.fixture
def world(fresh: Meddled) -> Meddled:
    """One whose whole stock is out."""
    assert fresh.build().code == 0
    assert fresh.shown() == set(fresh.active())
    return fresh


@pytest.fixture
def local_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine keeps the time of Belgium."""
    monkeypatch.setenv("TZ", "Europe/Brussels")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Off(Clock):
    """A machine's clock that is wrong by so much."""

    def __init__(self, clock: Clock, by: timedelta) -> None:
        self._clock = clock
        self._by = by

    def now(self) -> float:
        return self._clock.now()

    def utc(self) -> datetime:
        return self._clock.utc() + self._by

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


def state(world: Meddled) -> Path:
    return world.folder / ".syndicator" / "state.db"


def pages(world: Meddled) -> int:
    """How many pages of everything on offer the last build asked for."""
    asked = [each for each in world.asked() if each["status"] == "active"]
    return sum(each["pageSize"] != "1" for each in asked)


def since(world: Meddled) -> str:
    """The first moment since which the last build asked for changes."""
    return next(each["updatedSince"] for each in world.asked() if "updatedSince" in each)


def stamp(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def edit_bookmark(world: Meddled, **members: object) -> None:
    with Store.open(state(world)) as store:
        kept = bookmark.find(store, COMMON)
        assert kept is not None
        bookmark.keep(store, COMMON, msgspec.structs.replace(kept, **members))


def everything(world: Meddled) -> dict[Path, bytes]:
    """All files of the world but the status, which says what the last build came to."""
    return {
        path: path.read_bytes()
        for path in world.folder.rglob("*")
        if path.is_file() and path.name not in {"status.json", "history.jsonl", "lock"}
    }


def vehicles(world: Meddled) -> str:
    """The feed of all vehicles, but for the moment of which it tells."""
    return re.sub('asOf="[^"]*"', "", (world.output / "feeds/vehicles.xml").read_text())


def trade(world: Meddled, number: int) -> None:
    """A day's business: one car dearer, one sold, one new."""
    dearer, sold, template = world.active(BUSY)[-3:]
    world.change(dearer, price=20_000 + number)
    world.change(sold, status="sold")
    listing = world.stock.listing(template) | {"createdAt": stamp(world.watch.utc())}
    world.stock.put(listing | {"id": f"new-{number}", "updatedAt": listing["createdAt"]})


@pytest.mark.parametrize(
    "wrong", [{"watermark": FAR}, {"swept": FAR}, {"watermark": FAR, "swept": FAR}]
)
def test_case_71_a_watermark_of_the_year_2999_is_noticed_and_replaced(
    world: Meddled, caplog: pytest.LogCaptureFixture, wrong: dict[str, datetime]
) -> None:
    trade(world, 1)
    edit_bookmark(world, **wrong)
    with caplog.at_level(logging.WARNING):
        assert world.build().code == 0
    assert ("in the future" in caplog.text) is (wrong == {"watermark": FAR})
    assert pages(world) == 6
    for number in range(2, 5):
        trade(world, number)
        assert world.build().code == 0
        assert pages(world) == 0
        assert since(world) < stamp(world.watch.utc())
        assert world.shown() == set(world.active())


def test_case_71_a_bookmark_that_cannot_be_read_is_none(world: Meddled) -> None:
    with Store.open(state(world)) as store:
        store.remember(f"crawl:{EVERYTHING}", {"bookmark": '{"watermark":"soon"}'})
    trade(world, 1)
    assert world.build().code == 0
    assert pages(world) == 6
    assert world.build().code == 0
    assert world.shown() == set(world.active())


@pytest.mark.parametrize("hours", [(2, 2, 2, 2), (-2, -2, -2, -2), (2, -2, 0, 2), (-2, 2, -2, 0)])
def test_case_72_a_clock_that_is_wrong_misses_nothing(
    fresh: Meddled, hours: tuple[int, ...]
) -> None:
    assert fresh.build(clock=Off(fresh.watch, timedelta(hours=hours[0]))).code == 0
    for number, by in enumerate(hours):
        trade(fresh, number)
        assert fresh.build(clock=Off(fresh.watch, timedelta(hours=by))).code == 0
        assert fresh.shown() == set(fresh.active())
        assert "stale" not in (fresh.output / "build.json").read_text()


def test_case_72_a_clock_that_is_wrong_by_the_same_always_costs_no_sweep(fresh: Meddled) -> None:
    clock = Off(fresh.watch, timedelta(hours=-2))
    assert fresh.build(clock=clock).code == 0
    trade(fresh, 1)
    assert fresh.build(clock=clock).code == 0
    assert pages(fresh) == 0


def test_case_73_a_change_in_the_second_of_the_watermark_is_seen(world: Meddled) -> None:
    first, second = world.active(BUSY)[:2]
    moment = stamp(world.watch.utc())
    world.stock.amend(first, price=12_345, updatedAt=moment)
    assert world.build().code == 0
    world.stock.amend(second, price=12_456, updatedAt=moment)
    assert world.build().code == 0
    assert pages(world) == 0
    assert since(world) < moment
    assert (world.told("price")[first], world.told("price")[second]) == ("12345.00", "12456.00")


@pytest.mark.parametrize("full", [False, True])
def test_case_74_a_replica_that_lags_takes_nothing_back(world: Meddled, *, full: bool) -> None:
    trade(world, 1)
    assert world.build(later=60.0).code == 0
    published = world.files()
    assert world.shown() == set(world.active())
    for _ in range(2):
        assert world.build(later=60.0, full=full, faults=LAGGING).code == 0
        assert world.files() == published
    assert world.build().code == 0
    assert world.files() == published


@pytest.mark.usefixtures("local_time")
def test_case_75_a_change_of_summer_time_confuses_nobody(fresh: Meddled) -> None:
    for each in list(fresh.stock):
        date = {"createdAt": "2026-10-01T12:00:00+02:00", "updatedAt": "2026-10-02T12:00:00+02:00"}
        fresh.stock.amend(each.id, **date)
    fresh.watch.start = datetime(2026, 10, 25, tzinfo=UTC)  # an hour before it ends
    listing_id = fresh.active(BUSY)[0]
    assert fresh.build().code == 0
    for updated, price in (
        ("2026-10-25T02:20:00+02:00", 12_001),
        ("2026-10-25T02:50:00+02:00", 12_002),
        ("2026-10-25T02:10:00+01:00", 12_003),
        ("2026-10-25T02:20:00+01:00", 12_004),
    ):
        fresh.stock.amend(listing_id, price=price, updatedAt=updated)
        assert fresh.build(later=1_200.0).code == 0
        assert pages(fresh) == 0
        assert fresh.told("price")[listing_id] == f"{price}.00"
    fresh.stock.amend(listing_id, price=1, updatedAt="2026-10-25T02:55:00+02:00")  # an older one
    assert fresh.build(full=True, later=60.0).code == 0
    assert fresh.told("price")[listing_id] == "12004.00"
    text = (fresh.output / "feeds/vehicles.xml").read_text()
    assert 'updated="2026-10-25T01:20:00Z"' in text
    assert "+02:00" not in text


def test_case_76_without_its_memory_a_build_makes_the_same_bytes(fresh: Meddled) -> None:
    assert fresh.build(only=()).code == 0
    before = fresh.files()
    times = {path: path.stat().st_mtime_ns for path in fresh.output.rglob("*") if path.is_file()}
    state(fresh).unlink()
    built = fresh.build(only=())
    assert built.code == 0
    assert pages(fresh) == 6
    assert fresh.files() == before
    assert built.summary is not None
    assert built.summary.files.written == 0
    assert times == {
        path: path.stat().st_mtime_ns for path in fresh.output.rglob("*") if path.is_file()
    }


def test_case_76_what_is_out_is_the_last_good_when_the_memory_is_lost(world: Meddled) -> None:
    before = world.files()
    for answers, codes in (("missing=80%", {4}), ("status=500", {6}), ("empty", {4})):
        state(world).unlink()
        assert world.build(faults=(f"{answers}@listings#1+",)).code in codes
        assert world.files() == before
    assert world.build().code == 0
    assert world.files() == before


@pytest.mark.parametrize("damage", ["half", "head", "zeros", "noise", "noisy end", "text"])
def test_case_77_a_state_that_is_damaged_is_set_aside_and_made_anew(
    world: Meddled, damage: str
) -> None:
    before, data = world.files(), state(world).read_bytes()
    noise = random.Random(0).randbytes(len(data))
    spoilt = {
        "half": data[: len(data) // 2],
        "head": data[:600],
        "zeros": bytes(len(data)),
        "noise": noise,
        "noisy end": data[:8192] + noise[8192:],
        "text": b"this is no database\n" * 100,
    }[damage]
    state(world).write_bytes(spoilt)
    built = world.build()
    assert built.code == 0
    assert "it was kept as state.db.corrupt-1" in built.said
    assert state(world).with_name("state.db.corrupt-1").read_bytes() == spoilt
    assert pages(world) == 6
    assert world.files() == before
    trade(world, 1)
    built = world.build()
    assert (built.code, "corrupt" in built.said) == (0, False)
    assert world.shown() == set(world.active())


def test_case_77_a_state_without_a_byte_is_made_anew(world: Meddled) -> None:
    before = world.files()
    state(world).write_bytes(b"")
    built = world.build()
    assert (built.code, "state.db was empty" in built.said) == (0, True)
    assert world.files() == before


@pytest.mark.parametrize("spoilt", [b"", b"x" * 4096, bytes(4096)])
def test_case_77_a_damaged_record_of_what_is_out_is_made_anew(
    fresh: Meddled, spoilt: bytes
) -> None:
    assert fresh.build(only=()).code == 0
    before = fresh.files()
    state(fresh).with_name("manifest.db").write_bytes(spoilt)
    built = fresh.build(only=())
    assert (built.code, "manifest.db" in built.said) == (0, True)
    assert fresh.files() == before
    trade(fresh, 1)
    built = fresh.build(only=())
    assert (built.code, "manifest.db" in built.said) == (0, False)
    assert fresh.shown() == set(fresh.active())


def test_case_78_an_older_program_leaves_a_newer_state_alone(world: Meddled) -> None:
    connection = sqlite3.connect(state(world))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    trade(world, 1)
    before = everything(world)
    built = world.build()
    assert built.code == 2
    assert "written by a newer syndicator" in built.said
    assert world.requests == []
    assert everything(world) == before


@pytest.mark.parametrize("restored", ["state.db", "output", ".syndicator"])
def test_case_79_a_part_that_comes_from_a_backup_makes_no_difference(
    fresh: Meddled, tmp_path: Path, restored: str
) -> None:
    assert fresh.build(only=()).code == 0
    backup = tmp_path / "backup"
    shutil.copytree(fresh.folder / ".syndicator", backup / ".syndicator")
    shutil.copytree(fresh.output, backup / "output")
    for day in range(1, 3):
        trade(fresh, day)
        assert fresh.build(only=(), later=86_400.0).code == 0
    straight = fresh.files()
    if restored == "state.db":
        shutil.copy(backup / ".syndicator" / "state.db", state(fresh))
    else:
        shutil.rmtree(fresh.folder / restored)
        shutil.copytree(backup / restored, fresh.folder / restored)
    assert fresh.build(only=()).code == 0
    assert fresh.shown() == set(fresh.active())
    files = fresh.files()
    # An older output brings back what was removed since, which is nobody's: no page leads there.
    strangers = files.keys() - straight.keys() if restored == "output" else set()
    assert all(path.endswith("/card/index.html") for path in strangers)
    assert {path: files[path] for path in files.keys() - strangers} == straight
    other = Meddled(tmp_path / "other", fresh.stock)
    other.watch.tick(fresh.watch.now())
    assert other.build(later=0.0).code == 0
    assert vehicles(fresh) == vehicles(other)


def test_case_79_a_car_that_an_old_state_brings_back_leaves_again(fresh: Meddled) -> None:
    assert fresh.build().code == 0
    old = state(fresh).read_bytes()
    fresh.stock.remove(fresh.active(BUSY)[3])
    for _ in range(2):
        assert fresh.build().code == 0
    straight = vehicles(fresh)
    state(fresh).write_bytes(old)
    for _ in range(2):
        assert fresh.build().code == 0
    assert fresh.shown() == set(fresh.active())
    assert vehicles(fresh) == straight
    assert fresh.build().code == 0
    assert pages(fresh) == 0


def test_case_80_a_target_that_is_configured_no_more_stays_until_it_is_pruned(
    fresh: Meddled,
) -> None:
    assert fresh.build(BUSY, "DEX-LEUVEN", "SOLITAIR", only=()).code == 0
    before = fresh.files()
    for _ in range(2):
        assert fresh.build(BUSY, only=(), full=True).code == 0
        assert fresh.files() == before
    assert fresh.build(BUSY, "DEX-LEUVEN", only=(), prune=True).code == 0
    left = {path.partition("/")[0] for path in fresh.files() if "/" in path}
    assert {SLUG, "dex-leuven"} <= left
    assert "solitair" not in left


HALVES = {
    "empty": b"",
    "blank": b"\n \n",
    "comment": b"# to be written\n",
    "no targets": b"targets = []\n",
    "a target of nothing": b"[[targets]]\n",
    "cut in a word": b'[[targets]]\nlocation = "DEX-GENT"\n[[targets]]\nlocati',
    "cut in a text": b'[[targets]]\nlocation = "DEX-GENT"\n[[targets]]\nlocation = "DEX-LE',
    "cut after a table": b'[[targets]]\nlocation = "DEX-GENT"\n[[targets]]\n',
    "zeros": bytes(200),
    "site only": b'[site]\ntitle = "Occasions"\n',
}


@pytest.mark.parametrize("text", HALVES.values(), ids=HALVES)
def test_case_81_a_configuration_that_is_half_written_removes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    whole = b'[[targets]]\nlocation = "DEX-GENT"\n[[targets]]\nlocation = "DEX-LEUVEN"\n'
    Path("syndicator.toml").write_bytes(whole)
    with Simulator(make_stock(3, 12, 6), key=KEY, rate_limit=0) as simulator:
        build = ["build", "--api-url", simulator.base_url, "--site-url", "https://s.example"]
        assert cli.run([*build, "--exporter", "vehicles"]) == 0
        before = {path: path.read_bytes() for path in Path("output").rglob("*") if path.is_file()}
        asked = len(simulator.requests)
        Path("syndicator.toml").write_bytes(text)
        for more in ((), ("--prune",), ("--full", "--prune"), ("--offline", "--prune")):
            assert cli.run([*build, *more]) == 2
        assert len(simulator.requests) == asked
    after = {path: path.read_bytes() for path in Path("output").rglob("*") if path.is_file()}
    assert after == before
