"""What an attacker found in rules, searches and their guards: whole builds, wrong before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree, html

from syndicator import deadlinks
from syndicator.catalogue import Catalogue
from syndicator.check import check
from syndicator.config import DEFAULT_FEEDS, FeedTable, SearchTable
from syndicator.exporters._parts import Parts
from syndicator.simulator.stock import make_stock
from tests.tree import faults
from tests.world import Built, World

ATOM = "{http://www.w3.org/2005/Atom}"
VEHICLES = "{urn:syndicator:vehicles:1}"


class Site:
    """A world whose configuration changes between builds."""

    def __init__(self, folder: Path, listings: int = 30) -> None:
        stock = make_stock(3, listings, 4, photo_base="https://images.example")
        self.world = World(folder, stock)
        self.feeds: dict[str, dict[str, Any]] = {}
        self.searches: dict[str, dict[str, Any]] = {}

    def build(self, *targets: str, **asked: Any) -> Built:
        tables = {name: FeedTable() for name in DEFAULT_FEEDS} | {
            name: FeedTable(**table) for name, table in self.feeds.items()
        }
        found = {name: SearchTable(**table) for name, table in self.searches.items()}
        asked = {"only": (), "feeds": tables, "searches": found} | asked
        return self.world.build(*targets, **asked)

    def built(self, **asked: Any) -> Built:
        made = self.build(**asked)
        assert made.code == 0, made.said
        return made

    def root(self, path: str) -> etree._Element:
        return etree.fromstring((self.world.output / path).read_bytes())

    def price(self, listing_id: str) -> float:
        return float(self.world.stock.listing(listing_id)["price"] or 0)

    def change(self, wanted: Callable[[dict[str, Any]], bool], **members: Any) -> int:
        """Change all cars on offer that are meant; how many they are."""
        cars = [self.world.stock.listing(each) for each in self.world.active()]
        meant = [car["id"] for car in cars if wanted(car)]
        for each in meant:
            self.world.change(each, **members)
        return len(meant)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.mark.parametrize(
    "table",
    [
        {"values": {"make": {"Ford": "Ford Belgium", "Volvo": "Volvo Car"}}},
        {"rules": [{"set": {"make": "Volkswagen"}}]},
        {"rules": [{"unset": ["make", "model"]}]},
    ],
)
def test_no_rule_moves_the_address_of_a_car(site: Site, table: dict[str, Any]) -> None:
    site.feeds = dict.fromkeys(("atom", "rss", "jsonfeed", "vehicles", "schemaorg"), table)
    site.built()
    assert list(faults(site.world.output)) == []


def test_a_price_that_leaves_a_choice_turns_no_clock_back(site: Site) -> None:
    site.feeds = {"vehicles": {"price_to": 20000}}
    site.searches = {"koopjes": {"title": "Koopjes", "when": {"price_to": 20000}}}
    site.built()

    def moments() -> tuple[str, str]:
        feed = site.root("koopjes/feeds/atom.xml").findtext(f"{ATOM}updated")
        return str(site.root("feeds/vehicles.xml").get("asOf")), str(feed)

    before = moments()
    newest = max(
        (car for car in site.world.active() if 0 < site.price(car) <= 20000),
        key=lambda car: site.world.stock.listing(car)["updatedAt"],
    )
    site.world.change(newest, price=45000)
    site.built()
    assert moments() >= before
    site.change(lambda car: bool(car["price"]), price=45000)
    site.built()
    assert moments() >= before
    assert site.root("koopjes/feeds/atom.xml").findall(f"{ATOM}entry") == []


def test_a_search_that_is_no_longer_configured_goes_with_the_next_build(site: Site) -> None:
    site.searches = {"diesels": {"title": "Diesels", "when": {"fuel": "diesel"}}}
    site.built()
    site.searches = {}
    made = site.built()
    assert not list((site.world.output / "diesels").rglob("*.*"))
    assert made.summary is not None
    assert made.summary.files.removed > 5
    assert list(faults(site.world.output)) == []


def test_a_search_may_be_renamed_and_give_its_place_to_a_dealer(site: Site) -> None:
    slug = site.world.code(site.world.stock.listing(site.world.active()[0])["dealer"]["id"]).lower()
    diesel = {"title": "Diesels", "slug": slug, "when": {"fuel": "diesel"}}
    site.searches = {"a": diesel}
    site.built()
    site.searches = {"b": diesel}
    site.built()
    page = html.fromstring((site.world.output / slug / "index.html").read_bytes())
    assert page.xpath("string(//h1)") == "Diesels"
    site.searches = {}
    site.built()
    page = html.fromstring((site.world.output / slug / "index.html").read_bytes())
    assert page.xpath("string(//h1)") != "Diesels"
    assert list(faults(site.world.output)) == []


def test_a_narrowed_run_leads_into_a_new_search_that_is_there(site: Site) -> None:
    site.built()
    site.searches = {"diesels": {"title": "Diesels", "when": {"fuel": "diesel"}}}
    site.built(only=("atom",))
    assert list(faults(site.world.output)) == []


def test_rules_may_come_and_go_without_an_alarm(site: Site) -> None:
    harmless = {"rules": [{"when": {"year": 1900}, "drop": True}]}
    site.feeds = dict.fromkeys(("atom", "rss", "vehicles", "jsonfeed", "changes"), harmless)
    site.built()
    site.feeds = {}
    site.built()


def test_half_a_stock_may_be_sold_where_documents_are_short(site: Site) -> None:
    site.feeds = {name: {"limit": 5} for name in ("atom", "rss", "jsonfeed")}
    site.built()
    cars = site.world.active()
    for each in cars[: len(cars) // 2]:
        site.world.change(each, status="sold")
    site.built()


def test_an_exporter_that_loses_its_entries_is_seen_among_tombstones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path, 60)
    site.built()
    for each in site.world.active()[:45]:
        site.world.change(each, status="sold")
    site.built()

    def broken(*_: object) -> None:
        raise ValueError("no entry")

    monkeypatch.setattr(Parts, "of", broken)
    site.world.change(site.world.active()[0], price=12345)
    made = site.build()
    assert made.code == 7
    assert "its documents hold 0 cars" in made.said


def test_rules_that_leave_out_every_car_are_told(site: Site) -> None:
    site.feeds = {"vehicles": {"rules": [{"drop": True}]}, "meta": {"least_photos": 99}}
    made = site.built()
    assert made.summary is not None
    cars = len(site.world.active())
    assert f"feed vehicles: leaves out all {cars} cars" in made.summary.warnings
    assert f"feed meta: leaves out all {cars} cars" in made.summary.warnings
    assert sum(made.summary.left_out["vehicles"].values()) == cars


def test_feeds_that_are_switched_off_are_told_as_long_as_they_are_out(site: Site) -> None:
    site.built()
    site.feeds = {"atom": {"enabled": False}}
    made = site.built()
    assert made.summary is not None
    (warning,) = [each for each in made.summary.warnings if "--prune" in each]
    assert warning.partition(" ")[0].isdigit()
    pruned = site.built(prune=True)
    assert pruned.summary is not None
    assert not [each for each in pruned.summary.warnings if "--prune" in each]


@pytest.mark.parametrize(
    "text", ["https://[kijk", "https://s.example/bestaat-niet/", "http://s.example:99999/"]
)
def test_no_text_of_a_seller_makes_a_check_fail(site: Site, text: str) -> None:
    site.world.change(site.world.active()[0], title=text, description=text, listingUrl=text)
    site.built()
    root = site.world.folder
    verdict = check(site.world.output, root / ".syndicator/manifest.db", "https://s.example")
    assert (verdict.faults, verdict.exit_code) == ((), 0)


def test_a_dead_link_in_json_is_found(site: Site) -> None:
    site.built()
    path = site.world.output / "feeds/schemaorg.json"
    data = msgspec.json.decode(path.read_bytes())
    data["@graph"][-1]["url"] = "https://s.example/nowhere/"
    path.write_bytes(msgspec.json.encode(data))
    found = list(deadlinks.faults(site.world.output, "https://s.example"))
    assert found == ["feeds/schemaorg.json: dead link https://s.example/nowhere/"]


@pytest.mark.parametrize(
    "body", [b'{"a":"\xff"}', b"[" * 200_000, b'{"dealers": {}, "feeds": ["\xff"]}']
)
@pytest.mark.parametrize("name", ["feeds/feed.json", "dex-gent/feeds/report.json"])
def test_broken_json_is_a_fault_and_no_crash(site: Site, name: str, body: bytes) -> None:
    site.built()
    (site.world.output / name).write_bytes(body)
    root = site.world.folder
    verdict = check(site.world.output, root / ".syndicator/manifest.db", "https://s.example")
    assert verdict.exit_code == 7
    assert any(each.startswith(f"{name}: ") for each in verdict.faults)


# What a reviewer found


def test_searches_may_be_taken_away_all_at_once(tmp_path: Path) -> None:
    site = Site(tmp_path, 8)
    site.searches = {
        f"search-{at}": {"title": f"S{at}", "when": {"year_from": 1990 + at}} for at in range(12)
    }
    languages = ("nl", "fr", "de", "en")
    site.built(languages=languages)
    site.searches = {}
    site.built(languages=languages)


def test_what_happens_elsewhere_moves_no_file_of_a_choice(site: Site) -> None:
    site.searches = {
        "niets": {"title": "Niets", "when": {"year": 1900}},
        "koopjes": {"title": "Koopjes", "when": {"price_to": 15000}},
    }
    site.feeds = {"vehicles": {"rules": [{"drop": True}]}}
    site.built()
    cheap = next(each for each in site.world.active() if 0 < site.price(each) <= 15000)
    site.world.change(cheap, price=40000)
    site.built()
    before = site.world.files()
    site.world.change(cheap, mileage=123456)
    site.built()
    after = site.world.files()
    ours = ("niets/", "koopjes/", "feeds/vehicles.xml")
    assert [path for path in after if path.startswith(ours) and after[path] != before[path]] == []


@pytest.mark.parametrize("members", [{"fuelType": "lpg"}, {"price": 90000, "status": "sold"}])
def test_a_date_stays_when_a_car_leaves_a_choice_for_any_reason(
    site: Site, members: dict[str, Any]
) -> None:
    site.searches = {"diesels": {"title": "Diesels", "when": {"fuel": "diesel", "price_to": 60000}}}
    site.built()
    diesels = [
        car
        for car in map(site.world.stock.listing, site.world.active())
        if car["fuelType"] == "diesel" and 0 < (car["price"] or 0) <= 60000
    ]
    newest = max(diesels, key=lambda car: car["updatedAt"])
    path = "diesels/feeds/atom.xml"
    before = site.root(path).findtext(f"{ATOM}updated")
    for name, value in members.items():
        site.world.change(newest["id"], **{name: value})
        site.built()
        now = site.root(path).findtext(f"{ATOM}updated")
        assert str(now) >= str(before)
        before = now


def test_a_search_walks_the_stock_a_few_times_only(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def walks() -> float:
        read = 0
        of = Catalogue._read_listing

        def counted(catalogue: Catalogue, body: bytes) -> Any:
            nonlocal read
            read += 1
            return of(catalogue, body)

        with monkeypatch.context() as patch:
            patch.setattr(Catalogue, "_read_listing", counted)
            site.built()
        return read / len(site.world.active())

    site.built()
    site.change(lambda car: bool(car["price"]), price=11111)
    plain = walks()
    site.searches = {"diesels": {"title": "Diesels", "when": {"fuel": "diesel"}}}
    assert walks() - plain < 16  # five feeds and the front page: before it was 38


def test_feeds_for_readers_are_no_portals_in_the_report(site: Site) -> None:
    site.feeds = {"atom": {"least_photos": 5}, "rss": {"image": "https://i.example/{stem}.jpg"}}
    site.built()
    report = msgspec.json.decode((site.world.output / "dex-gent/feeds/report.json").read_bytes())
    assert {each["feed"] for each in report["feeds"]} == {"meta", "showroom"}
