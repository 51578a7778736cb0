"""One price changes: only what shows that price, or when that car changed, is written anew."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from syndicator.config import DEFAULT_FEEDS, FeedTable
from syndicator.links import token
from tests.world import World

ENTRIES = {  # per document, where its records are and what names them
    "atom.xml": ("{http://www.w3.org/2005/Atom}entry", "{http://www.w3.org/2005/Atom}id"),
    "rss.xml": (".//item", "guid"),
    "vehicles.xml": ("{urn:syndicator:vehicles:1}vehicle", "@id"),
    "meta.xml": ("listing", "vehicle_id"),
    "trovit.xml": ("ad", "id"),
}


class Change:
    """Two builds with one price change between them."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.feeds = {name: FeedTable() for name in (*DEFAULT_FEEDS, "trovit")}
        self.build()
        self.before = self.files()
        self.car = next(
            car
            for car in map(self.world.stock.listing, self.world.active())
            if car["price"] and car["images"] and car["externalReference"]
        )
        self.world.change(self.car["id"], price=self.car["price"] - 1)
        self.build()
        self.after = self.files()

    def build(self) -> None:
        built = self.world.build(only=(), feeds=self.feeds, languages=("nl", "fr"))
        assert built.code == 0, built.said

    def files(self) -> dict[str, bytes]:
        return self.world.files() | {"build.json": (self.world.output / "build.json").read_bytes()}

    @property
    def touched(self) -> list[str]:
        return sorted(path for path in self.after if self.before.get(path) != self.after[path])

    def names_the_car(self, path: str) -> bool:
        """By its id, its reference or its address."""
        names = (self.car["id"], self.car["externalReference"], token(self.car["id"]))
        return any(name.encode() in self.after[path] for name in names)


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Change:
    return Change(tmp_path_factory.mktemp("change"))


def test_case_109_no_file_comes_or_goes(change: Change) -> None:
    assert change.before.keys() == change.after.keys()


def test_case_109_only_kinds_of_files_that_may_change_do(change: Change) -> None:
    allowed = (
        r"build\.json",  # the digest of the tree, and as_of
        r"sitemap\.xml",  # the date of the car's page
        r"(\w[\w-]*/)?feeds/(atom|rss|changes|vehicles|meta|trovit)\.xml",
        r"(\w[\w-]*/)?feeds/(feed|schemaorg|report)\.json",
        r"(\w[\w-]*/)?(fr/)?feeds/index\.html",  # what happened last
        r"\w[\w-]*/(embed/)?(fr/)?index\.html",  # its card
        r"\w[\w-]*/(fr/)?(make|fuel|body)/[\w-]+/index\.html",
        rf"\w[\w-]*/(fr/)?[\w-]*{token(change.car['id'])}/(card/)?index\.html",  # its page
        r"\w[\w-]*/(fr/)?[\w-]+-[a-z2-7]{8}/index\.html",  # cars like it show its price
    )
    for path in change.touched:
        assert any(re.fullmatch(each, path) for each in allowed), path


def test_case_109_every_file_that_changes_names_the_car(change: Change) -> None:
    for path in change.touched:
        assert path == "build.json" or change.names_the_car(path), path


def test_case_109_pages_differ_in_that_price_alone(change: Change) -> None:
    was, now = _any_way(change.car["price"]), _any_way(change.car["price"] - 1)
    for path in change.touched:
        tells_of_changes = path == "build/index.html" or "/feeds/" in f"/{path}"
        if path.endswith(".html") and not tells_of_changes:
            before, after = (
                re.sub(price, "PRICE", side[path].decode())
                for price, side in ((was, change.before), (now, change.after))
            )
            assert after == before, path


def test_case_109_only_the_cars_own_entry_differs_in_a_feed(change: Change) -> None:
    seen = set()
    for path in change.touched:
        name = path.rpartition("/")[2]
        if name in ENTRIES:
            seen.add(name)
            before, after = (
                _entries(side[path], *ENTRIES[name]) for side in (change.before, change.after)
            )
            assert before.keys() == after.keys()
            different = [key for key in before if before[key] != after[key]]
            assert len(different) == 1, path
            assert change.car["id"] in different[0] or different == [
                change.car["externalReference"]
            ]
    assert seen == set(ENTRIES)


def test_case_109_changes_gain_one_entry_and_keep_the_others(change: Change) -> None:
    path = "feeds/changes.xml"
    before, after = (
        _entries(side[path], *ENTRIES["atom.xml"]) for side in (change.before, change.after)
    )
    (new,) = after.keys() - before.keys()
    assert change.car["id"] in new
    assert all(after[key] == before[key] for key in before)


def test_case_109_lists_in_json_differ_in_one_place(change: Change) -> None:
    for name, members, key in (("feed.json", "items", "id"), ("schemaorg.json", "@graph", "@id")):
        path = f"feeds/{name}"
        before, after = (json.loads(side[path])[members] for side in (change.before, change.after))
        pairs = zip(before, after, strict=True)
        different = [one[key] for one, other in pairs if one != other]
        assert len(different) == 1, name
        assert change.car["id"] in different[0] or token(change.car["id"]) in different[0]


def _entries(document: bytes, path: str, key: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for node in etree.fromstring(document).findall(path):
        name: Any = node.get(key[1:]) if key.startswith("@") else node.findtext(key)
        found[name] = etree.tostring(node)
    return found


def _any_way(euro: float) -> str:
    """A pattern for a price however it is written: ``17450``, ``17.450``, ``17 450``."""
    text = f"{int(euro):,}"
    return text.replace(",", r"[.,\s]?")
