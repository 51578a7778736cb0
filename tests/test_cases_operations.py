"""Day after day, by the numbers of the catalogue of faults: what is built again and again, beside
another build, by another version, on another machine, for readers who have read it before.
"""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path, PurePosixPath

import msgspec
import pytest
from lxml import etree, html

from syndicator import database, lock
from syndicator.config import FeedTable
from syndicator.contract import Kit, Scope, View
from syndicator.exporters.showroom import sitemap
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.survey import Survey
from syndicator.links import RESERVED_ON_WINDOWS
from syndicator.simulator.stock import make_stock
from syndicator.testing import LargeStock, sample_view
from syndicator.testing.contract import MOST_HEAP_BYTES, _peak
from tests.meddling import BUSY, SLUG, Meddled

pytestmark = pytest.mark.usefixtures("small_pages")

FEEDS = {name: FeedTable() for name in ("atom", "rss", "jsonfeed", "changes", "vehicles")}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def world(fresh: Meddled) -> Meddled:
    """One whose whole stock is out."""
    assert fresh.build(only=()).code == 0
    return fresh


# 142: fifty thousand cars


def test_case_142_sitemaps_are_cut_at_the_limits_and_need_little_memory(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sitemap.MOST_URLS == 50_000
    assert sitemap.MOST_BYTES <= 50 * 1024**2
    monkeypatch.setattr(sitemap, "MOST_URLS", 1_000)
    view = sample_view(scope=Scope.SITE)
    made(kit, view)  # what is loaded once does not count
    large = msgspec.structs.replace(view, listings=LargeStock(2_500))
    sizes: dict[str, tuple[int, int]] = {}
    assert _peak(lambda: sizes.update(made(kit, large))) < MOST_HEAP_BYTES / 4
    index, *parts = (sizes.pop("sitemap.xml"), *sizes.values())
    assert index[0] == len(parts) >= 3
    assert sum(urls for urls, _ in parts) > 2_500
    assert max(urls for urls, _ in parts) == 1_000
    per_url = max(length / urls for urls, length in parts)
    assert per_url * sitemap.MOST_URLS < 50 * 1024**2  # so the number of cars is what cuts


def made(kit: Kit, view: View) -> dict[str, tuple[int, int]]:
    """Addresses and bytes of each sitemap."""
    sizes = {}
    frame = Frame(kit, view)
    survey = Survey(frame)
    for each in sitemap.sitemaps(frame, survey.census, survey.shares, survey.cars):
        urls = length = 0
        for chunk in each.chunks:
            urls, length = urls + chunk.count(b"<loc>"), length + len(chunk)
        sizes[str(each.path)] = urls, length
    return sizes


# 145, 146: those who read feeds


def feeds(world: Meddled) -> dict[str, bytes]:
    return {path: data for path, data in world.files().items() if "feeds/" in path}


def test_case_145_feeds_of_the_same_stock_are_the_same_bytes_whenever_they_are_made(
    tmp_path: Path,
) -> None:
    made = []
    for name, later in (("first", 900.0), ("second", 12_345.0)):
        (tmp_path / name).mkdir()
        world = Meddled(tmp_path / name, make_stock(3, 20, 3, photo_base="https://images.example"))
        assert world.build(only=(), later=later).code == 0
        made.append(feeds(world))
        for wait in (61.0, 86_400.0 * 2 + 7_201):
            shutil.rmtree(world.output)
            assert world.build(only=(), full=True, rerender=True, later=wait).code == 0
            made.append(feeds(world))
    assert len(made[0]) > 10
    assert all(each == made[0] for each in made)


def read(world: Meddled) -> dict[tuple[str, str], bytes]:
    """What readers know an entry by, in each feed, and the whole entry."""
    found: dict[tuple[str, str], bytes] = {}
    for path, data in feeds(world).items():
        if path.endswith(("atom.xml", "changes.xml")):
            for entry in etree.fromstring(data).iterfind("a:entry", ATOM):
                found[path, entry.findtext("a:id", "", ATOM)] = etree.tostring(entry)
        elif path.endswith("rss.xml"):
            for item in etree.fromstring(data).iter("item"):
                found[path, item.findtext("guid", "")] = etree.tostring(item)
        elif path.endswith("feed.json"):
            for item in json.loads(data)["items"]:
                found[path, item["id"]] = json.dumps(item).encode()
    return found


def test_case_146_what_changed_only_within_the_system_is_no_news_to_a_reader(
    world: Meddled,
) -> None:
    before = read(world)
    assert len({path for path, _ in before}) > 8
    world.stock.amend(world.active()[2], internalNotes="called back", viewCount=17)
    assert world.build(only=(), full=True).code == 0
    assert read(world) == before
    world.change(world.active()[2], internalNotes="called again", viewCount=18)
    world.change(world.active()[5])
    assert world.build(only=()).code == 0
    after = read(world)
    assert list(after) == list(before)  # none is new, none has moved
    touched = {key for key in before if before[key] != after[key]}
    assert {PurePosixPath(path).name for path, _ in touched} == {"atom.xml", "feed.json"}
    assert all(undated(before[key]) == undated(after[key]) for key in before)


def undated(entry: bytes) -> bytes:
    """Without when it was changed last, which the API tells."""
    return re.sub(rb'<updated>[^<]+</updated>|"date_modified": "[^"]+"', b"", entry)


def test_case_146_a_new_price_is_news_of_one_car_under_its_old_id(world: Meddled) -> None:
    before = read(world)
    world.change(world.active(BUSY)[2], price=9_876)
    assert world.build(only=()).code == 0
    after = read(world)
    fresh = {key for key in after.keys() - before.keys() if not key[0].endswith("changes.xml")}
    assert fresh == set()
    assert {key for key in before if before[key] != after.get(key)} != set()


# 147: a build that takes longer than the schedule


def test_case_147_a_build_beside_another_is_told_who_is_at_work(world: Meddled) -> None:
    before = world.files()
    world.change(world.active()[0], price=1_234)
    with lock.held(world.folder / ".syndicator" / "lock"):
        for _ in range(3):
            built = world.build(only=())
            assert built.code == 75
            assert f"process {os.getpid()}, since 2" in built.said
            assert world.requests == []
    assert world.files() == before
    assert world.build(only=()).code == 0
    assert world.files() != before


# 148: another version of the program


def version(path: Path, number: int | None = None) -> int:
    """Of the format of a file of ours, which may be set."""
    with closing(sqlite3.connect(path)) as connection:
        if number is not None:
            connection.execute(f"PRAGMA user_version = {number}")
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("name", ["state.db", "manifest.db"])
def test_case_148_what_a_newer_version_left_is_neither_read_nor_written(
    world: Meddled, name: str
) -> None:
    path = world.folder / ".syndicator" / name
    known = version(path)
    version(path, 99)
    before, out = path.read_bytes(), world.files()
    built = world.build(only=())
    assert (built.code, world.requests) == (2, [])
    assert "newer syndicator" in built.said
    assert name in built.said
    assert (path.read_bytes(), world.files()) == (before, out)
    version(path, known)
    assert world.build(only=()).code == 0


def test_case_148_a_migration_that_is_interrupted_leaves_what_was(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    first = ("CREATE TABLE a (x INTEGER) STRICT", "INSERT INTO a VALUES (7)")
    connection, _ = database.open_for_writing(path, [first])
    connection.close()
    second = ("ALTER TABLE a ADD COLUMN y INTEGER", "UPDATE a SET y = 1", "SELECT * FROM nowhere")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        database.open_for_writing(path, [first, second])
    assert version(path) == 1
    connection, rebuilt = database.open_for_writing(path, [first, second[:2]])
    assert rebuilt == ""
    assert connection.execute("SELECT x, y FROM a").fetchall() == [(7, 1)]
    connection.close()
    assert version(path) == 2


# 150: numbers as text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("19995.00", "19995.00"),
        (19995.0, "19995.00"),
        ("19995.5", "19995.50"),
        ("19.995,00", None),
        ("19,995.00", None),
        ("€ 19995", None),
        ("", None),
    ],
)
def test_case_150_a_price_is_exact_or_left_out(
    fresh: Meddled, given: object, told: str | None
) -> None:
    first, second = fresh.active()[:2]
    fresh.change(first, price=given)
    assert fresh.build().code == 0
    prices = fresh.told("price")
    assert prices.keys() == set(fresh.active())
    assert prices[first] == told
    assert prices[second] is not None


# 152, 153: dealers who move, cars that return


def test_case_152_a_new_phone_number_is_on_every_page_after_a_full_sweep(world: Meddled) -> None:
    dealer = world.stock.dealers[world.dealer(BUSY)]
    old, new = str(dealer.profile["phone"]), "+32 3 987 65 43"
    shown = pages_with(world, old)
    assert len(shown) > 20
    dealer.profile["phone"] = new
    assert world.build(only=(), full=True).code == 0
    assert pages_with(world, old) == set()
    assert pages_with(world, new) == shown


def pages_with(world: Meddled, phone: str) -> set[str]:
    """The pages that lead to a phone number."""
    digits = "".join(each for each in phone if each in "+0123456789")
    found = set()
    for path, data in world.files().items():
        if path.endswith(".html"):
            links = html.fromstring(data).xpath("//a[starts-with(@href, 'tel:')]/@href")
            if f"tel:{digits}" in links:
                found.add(path)
    return found


def test_case_153_a_sold_car_that_is_for_sale_again_has_its_old_address_and_id(
    world: Meddled,
) -> None:
    listing_id = world.active(BUSY)[3]
    address = world.told("url")[listing_id]
    known = {key for key in read(world) if "changes" not in key[0]}
    world.change(listing_id, status="sold")
    assert world.build(only=()).code == 0
    assert listing_id not in world.shown()
    world.change(listing_id, status="active")
    assert world.build(only=()).code == 0
    assert world.told("url")[listing_id] == address
    assert {key for key in read(world) if "changes" not in key[0]} == known
    page = address.removeprefix("https://s.example/") + "index.html"
    assert b"https://schema.org/InStock" in world.files()[page]


# 154, 155: ends and orders of lists


@pytest.mark.parametrize("status", ["400", "404", "422"])
def test_case_154_a_page_beyond_the_end_that_is_refused_is_the_end(
    fresh: Meddled, status: str
) -> None:
    """Without totals it is asked for."""
    script = (f"beyond={status}", "no-pagination")
    assert fresh.build(faults=script).code == 0
    assert fresh.shown() == set(fresh.active())
    assert "7" in {each.get("page") for each in fresh.asked()}  # of six
    changed = fresh.active()[3]
    fresh.change(changed, price=4_321)
    assert fresh.build(full=True, faults=script).code == 0
    assert fresh.shown() == set(fresh.active())
    assert fresh.told("price")[changed] == "4321.00"


def test_case_155_pages_in_another_order_each_time_lose_no_known_car(tmp_path: Path) -> None:
    world = Meddled(tmp_path, make_stock(3, 60, 6))
    assert world.build().code == 0
    everybody = set(world.active())
    world.stock._order = "random"
    for _ in range(4):
        built = world.build(full=True)
        assert built.code == 0
        assert "unsettled" in built.said
        assert world.shown() == everybody


# 158: other systems


def names(world: Meddled) -> Iterable[PurePosixPath]:
    return map(PurePosixPath, [*world.files(), "build.json"])


def test_case_158_every_name_is_one_on_every_system(world: Meddled) -> None:
    """Whether upper case counts there or not, and whatever is reserved."""
    paths = list(names(world))
    assert len({str(path).casefold() for path in paths}) == len(paths)
    for path in paths:
        assert len(str(path)) < 180, "Windows takes 260 characters with the folder above"
        for part in path.parts:
            assert part.isascii(), part
            assert not set(part) & set('<>:"\\|?*'), part
            assert not part.endswith((".", " ")), part
            assert part.partition(".")[0].lower() not in RESERVED_ON_WINDOWS, part


def test_case_158_a_folder_that_came_back_in_other_letters_is_built_anew(
    world: Meddled,
) -> None:
    """As after a copy from a disk that keeps no case."""
    before = world.files()
    shutil.move(world.output / SLUG, world.output / SLUG.upper())
    assert world.build(only=()).code == 0
    after = world.files()
    assert {path: after.get(path) for path in before} == before


def test_case_158_a_system_without_what_unix_has_is_written_to_all_the_same(
    fresh: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No ``fchmod``, no ``syncfs``: what Windows and macOS have not."""
    monkeypatch.delattr(os, "fchmod")
    monkeypatch.setattr("syndicator.disk._sync_file_system", None)
    assert fresh.build(only=()).code == 0
    assert fresh.shown() == set(fresh.active())
