"""The demo's dealers in every format that there is, each judged by the checker of its own world."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import admarktfeed
import feedparser
import googlefeed
import graphs
import jsonschema
import metafeed
import pytest
import rfc4287
import trovitfeed
from lxml import etree

from syndicator.config import DEFAULT_FEEDS, FeedTable
from syndicator.exporters import vehicles
from syndicator.simulator.stock import make_stock
from syndicator.testing.contract import elements
from tests.tree import faults
from tests.world import World

LANGUAGES = ("nl", "fr", "de", "en")
STOCK = (1, 48, 7)  # seed, listings and dealers of the demo
READERS = {"atom": "xml", "rss": "xml", "jsonfeed": "json", "changes": "xml"}
JPEG = {"image": "https://images.example/{stem}.jpg"}
JSON_FEED = json.loads((Path(__file__).parent / "jsonfeed.schema.json").read_text("utf-8"))
XSD = etree.XMLSchema(etree.fromstring(vehicles.schema()))

Checker = Callable[[bytes], list[str]]


def by_xsd(document: bytes) -> list[str]:
    XSD.validate(etree.fromstring(document))
    return [str(each) for each in XSD.error_log]


def by_feedparser(document: bytes) -> list[str]:
    found = feedparser.parse(document)
    return [str(found.bozo_exception)] if found.bozo else []


def by_json_feed(document: bytes) -> list[str]:
    validator = jsonschema.Draft202012Validator(JSON_FEED)
    return [each.message for each in validator.iter_errors(json.loads(document))]


CHECKERS: Mapping[str, tuple[Checker, ...]] = {
    "atom": (rfc4287.faults, by_feedparser),
    "changes": (rfc4287.faults, by_feedparser),
    "rss": (by_feedparser,),
    "jsonfeed": (by_json_feed,),
    "vehicles": (by_xsd,),
    "meta": (metafeed.faults,),
    "google": (partial(googlefeed.faults, country="IT"),),
    "google-stores": (googlefeed.store_faults,),
    "trovit": (trovitfeed.faults,),
    "admarkt": (admarktfeed.faults,),
    "schemaorg": (graphs.faults,),
}


def feeds(makes: set[str]) -> dict[str, FeedTable]:
    """Every feed there is, and those for readers once in each language."""
    spoken = {
        f"{name}-{language}": {
            "exporter": name,
            "language": language,
            "filename": f"{name}-{language}.{ending}",
            "limit": 20,  # so that there are pages
        }
        for name, ending in READERS.items()
        for language in LANGUAGES
    }
    admarkt = {
        "categories": {make: 100 + at for at, make in enumerate(sorted(makes))},
        "attributes": {"year": {"name": "bouwjaar"}, "fuel": {"name": "brandstof"}},
        "budget": {"cpc": 5, "total_budget": 5000},
    }
    tables = spoken | {"google": {"country": "IT"} | JPEG, "trovit": {}, "admarkt": admarkt | JPEG}
    return {name: FeedTable() for name in DEFAULT_FEEDS} | {
        name: FeedTable(**table) for name, table in tables.items()
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Built twice, with some news in between."""
    made = World(
        tmp_path_factory.mktemp("formats"), make_stock(*STOCK, photo_base="https://images.example")
    )
    makes = {made.stock.listing(each)["brand"] for each in made.active()}
    build = partial(made.build, only=(), languages=LANGUAGES, feeds=feeds(makes))
    assert build().code == 0
    cars = made.active()
    for at, listing_id in enumerate(cars[:6]):
        price = made.stock.listing(listing_id)["price"] or 10_000
        made.change(listing_id, price=price + (500 if at % 2 else -500))
    made.change(cars[6], status="sold")
    made.change(cars[7], status="pending")
    assert build().code == 0
    return made


@pytest.mark.parametrize("name", CHECKERS)
def test_every_document_of_a_format_passes_its_checkers(name: str, world: World) -> None:
    paths = [
        path
        for path in sorted(world.output.rglob("feeds/**/*"))
        if path.is_file() and (path.stem == _stem(name) or f"/{_stem(name)}-" in path.as_posix())
        if path.stem != "google-stores" or name == "google-stores"
    ]
    assert len(paths) > 4, name
    for path in paths:
        for check in CHECKERS[name]:
            assert check(path.read_bytes()) == [], path


def _stem(name: str) -> str:
    return "feed" if name == "jsonfeed" else name


def test_feeds_for_readers_go_on_in_further_documents(world: World) -> None:
    for name, ending in READERS.items():
        for language in LANGUAGES:
            pages = list(world.output.glob(f"feeds/{name}-{language}/*.{ending}"))
            assert (len(pages) >= 2) is (name != "changes"), f"{name}-{language}"


def test_no_document_is_empty_by_accident(world: World) -> None:
    for name, element in (("vehicles", "vehicle"), ("meta", "listing"), ("trovit", "ad")):
        root = etree.fromstring((world.output / f"feeds/{name}.xml").read_bytes())
        assert len([each for each in root if etree.QName(each).localname == element]) > 30, name
    for name, element in (("google", "item"), ("admarkt", "ad")):
        document = (world.output / f"feeds/{name}.xml").read_bytes()
        found = [each for each in etree.fromstring(document).iter() if isinstance(each.tag, str)]
        assert [etree.QName(each).localname for each in found].count(element) > 20, name


def test_the_whole_tree_is_sound(world: World) -> None:
    assert list(faults(world.output)) == []
    for path in world.output.rglob("*.xml"):
        assert elements(path.relative_to(world.output), path.read_bytes())
