"""Saved searches, from the configuration to pages and feeds."""

import json
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest
from lxml import html

from syndicator.config import Config, SearchTable, load
from syndicator.errors import UsageError
from syndicator.models import Showroom
from tests.world import Built, World

DIESEL = {"title": "Diesels", "when": {"fuel": "diesel", "price_to": 30000}}


def configured(text: str, folder: Path) -> Config:
    path = folder / "syndicator.toml"
    path.write_text(text)
    return load(path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[searches.a]\nwhen = {fuel = "diesel"}', "searches.a.title: is missing"),
        ('[searches.a]\ntitle = "x"', "searches.a.when: is missing"),
        ('[searches.a]\ntitle = "x"\nwhen = {}', "searches: a: finds every car"),
        ('[searches.a]\ntitle = "x"\nwhen = {fule = "x"}', "searches.a.when.fule: unknown key"),
        ('[searches.a]\ntitle = {es = "x"}\nwhen = {year = 1}', "searches.a.title"),
        ('[searches.a]\ntitle = {fr = "x"}\nwhen = {year = 1}', "title must be in 'nl'"),
        ("[searches.a]\ntitle = {}\nwhen = {year = 1}", "title must be in 'nl'"),
        ('[searches.a]\ntitle = {nl = "x", fr = "y"}\nwhen = {year = 1}', "languages of the site"),
        ('[searches.fr]\ntitle = "x"\nwhen = {year = 1}', "'fr' cannot be the name of a folder"),
        (
            '[searches]\na = {title = "x", when = {year = 1}}\nb = {title = "x", slug = "a", when = {year = 1}}',  # noqa: E501 - as it is written
            "two searches have the slug 'a'",
        ),
        (
            '[searches.a]\ntitle = "x"\nwhen = {year = 1}\n[[targets]]\nlocation = "A"\nslug = "a"',
            "searches.a and a target share the slug 'a'",
        ),
    ],
)
def test_a_mistake_in_a_search_is_told(text: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        configured(text, tmp_path)
    assert what in caught.value.message


def test_a_search_says_its_conditions_as_a_rule_does(tmp_path: Path) -> None:
    text = """
        [site]
        languages = ["nl", "fr"]

        [searches.breaks]
        title = { nl = "Breaks", fr = "Breaks d'occasion" }
        slug = "diesel-breaks"
        when = { fuel = "diesel", body = "wagon", price_to = 15_000 }
    """
    table = configured(text, tmp_path).searches["breaks"]
    assert table.slug == "diesel-breaks"
    assert json.loads(table.when.model_dump_json()) == {
        "fuel": ["diesel"],
        "body": ["wagon"],
        "price_to": "15000",
    }


class Site:
    """A world whose site has one search for each of the given tables."""

    def __init__(self, folder: Path, **searches: dict[str, Any]) -> None:
        self.world = World(folder)
        self._searches = searches
        assert self.build().code == 0

    def build(self) -> Built:
        tables = {name: SearchTable(**table) for name, table in self._searches.items()}
        return self.world.build(only=(), searches=tables)

    def read(self, path: str) -> bytes:
        return (self.world.output / path).read_bytes()

    def cars(self) -> list[dict[str, Any]]:
        """What the API has on offer."""
        return [self.world.stock.listing(each) for each in self.world.active()]

    def wanted(self) -> set[str]:
        """The ids of the cars that the search must find, from the stock itself."""
        diesels = (car for car in self.cars() if car["fuelType"] == "diesel")
        return {car["id"] for car in diesels if car["price"] and car["price"] <= 30000}


def test_a_search_has_a_page_and_feeds_of_all_dealers_cars_that_fit(tmp_path: Path) -> None:
    site = Site(tmp_path, diesels=DIESEL)
    page = html.fromstring(site.read("diesels/index.html"))
    assert page.xpath("string(//h1)") == "Diesels"
    feed = feedparser.parse(site.read("diesels/feeds/atom.xml"))
    assert {entry.id.rpartition("/")[2] for entry in feed.entries} == site.wanted()
    assert len(page.xpath("//ul[@id='stock']/li")) == len(site.wanted()) > 3
    dealers = {href.split("/")[1] for href in page.xpath("//ul[@id='stock']//h2/a/@href")}
    assert len(dealers) > 1
    assert "diesels" not in dealers


def test_a_search_has_no_portal_feed_and_no_page_of_a_car(tmp_path: Path) -> None:
    site = Site(tmp_path, diesels=DIESEL)
    files = {
        path.relative_to(site.world.output / "diesels").as_posix()
        for path in (site.world.output / "diesels").rglob("*")
        if path.is_file()
    }
    readers = {f"feeds/{name}" for name in ("atom.xml", "rss.xml", "feed.json", "changes.xml")}
    pages = {path for path in files if path.endswith(".html")}
    shown = ("make/", "fuel/", "body/")
    assert {path for path in pages if not path.startswith(shown)} == {
        "index.html",
        "feeds/index.html",
        "embed/index.html",
        "embed/howto/index.html",
    }
    assert files - pages == readers


def test_the_front_page_and_the_sitemap_lead_to_it(tmp_path: Path) -> None:
    site = Site(tmp_path, diesels=DIESEL)
    index = html.fromstring(site.read("index.html"))
    (section,) = index.xpath("//section[@class='searches']")
    assert section.xpath("string(.//li/a/@href)") == "/diesels/"
    assert str(len(site.wanted())) in section.text_content()
    assert b"/diesels/</loc>" in site.read("sitemap.xml")


def test_the_record_of_the_build_counts_dealers_only(tmp_path: Path) -> None:
    record = json.loads(Site(tmp_path, diesels=DIESEL).read("build.json"))
    assert "diesels" not in {target["slug"] for target in record["targets"]}


def test_a_change_elsewhere_writes_no_file_of_the_search(tmp_path: Path) -> None:
    site = Site(tmp_path, diesels=DIESEL)
    before = {p: p.read_bytes() for p in (site.world.output / "diesels").rglob("*") if p.is_file()}
    car = next(car for car in site.cars() if car["fuelType"] == "petrol" and car["price"])
    site.world.change(car["id"], price=car["price"] + 500)
    built = site.build()
    assert built.summary is not None
    assert built.summary.changed
    after = {p: p.read_bytes() for p in (site.world.output / "diesels").rglob("*") if p.is_file()}
    assert after == before


def test_a_search_that_finds_less_from_one_day_to_the_next_is_no_fault(tmp_path: Path) -> None:
    site = Site(tmp_path, diesels=DIESEL)
    for car in site.cars():
        if car["fuelType"] == "diesel":
            site.world.change(car["id"], price=45000)
    assert site.build().code == 0
    page = html.fromstring(site.read("diesels/index.html"))
    assert page.xpath("//ul[@id='stock']/li") == []


def test_a_dealer_whose_name_is_that_of_a_search_gives_way(tmp_path: Path) -> None:
    world = World(tmp_path)
    slug = world.code(world.stock.listing(world.active()[0])["dealer"]["id"]).lower()
    site = Site(tmp_path, **{slug: DIESEL})
    assert html.fromstring(site.read(f"{slug}/index.html")).xpath("string(//h1)") == "Diesels"
    assert len(list(site.world.output.glob(f"{slug}-*/index.html"))) == 1


def test_a_title_may_be_another_in_each_language() -> None:
    room = Showroom(slug="a", name="Breaks", dealer_ids=(), names={"fr": "Breaks d'occasion"})
    assert (room.called("nl"), room.called("fr")) == ("Breaks", "Breaks d'occasion")
    assert msgspec.json.decode(msgspec.json.encode(room), type=Showroom) == room
