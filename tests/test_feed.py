"""The defects of feedgen, each with the wrapping that keeps it out."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from syndicator.config import FeedTable, SearchTable
from syndicator.contract import Kit
from syndicator.exporters import _feed
from syndicator.exporters._channel import Entry, PagedOptions
from syndicator.exporters._stock import Stock
from syndicator.models import Listing, Photo
from syndicator.testing import sample_listing, sample_view
from tests.world import World

ATOM = "{http://www.w3.org/2005/Atom}"
PHOTOS = tuple(Photo(url=f"https://i.example/{number}.jpg") for number in range(3))
Write = Callable[..., bytes]


def document(
    kit: Kit, *listings: Listing, write: Write, write_entry: Callable[[Entry], bytes]
) -> bytes:
    cars = listings or (sample_listing(id="a", photos=PHOTOS),)
    stock = Stock(sample_view(cars), kit, PagedOptions(filename="x.xml"))
    ((_, page),) = stock.pages()
    return write(stock.channel(page, write_entry))


atom = partial(document, write=_feed.atom, write_entry=_feed.atom_entry)
rss = partial(document, write=_feed.rss, write_entry=_feed.rss_entry)
BOTH = pytest.mark.parametrize("write", [atom, rss])


def test_only_the_page_is_an_alternate_of_an_entry(kit: Kit) -> None:
    entry = etree.fromstring(atom(kit)).find(f"{ATOM}entry")
    links = [(link.get("rel"), link.get("href")) for link in entry.findall(f"{ATOM}link")]
    page = sample_view([]).links.vehicle(sample_listing(id="a"))
    assert links == [(None, page), ("enclosure", "https://i.example/0.jpg")]


def car(identity: str) -> Listing:
    return sample_listing(id=identity, photos=PHOTOS)


@BOTH
def test_entries_keep_their_order(write: Write, kit: Kit) -> None:
    found = re.findall(r":listing/(\w)<", write(kit, *map(car, "abc")).decode())
    assert found == ["a", "b", "c"]


@BOTH
def test_no_date_comes_from_the_clock(write: Write, kit: Kit) -> None:
    years = set(re.findall(r"\b20\d\d\b(?=-\d\d-\d\dT| \d\d:)", write(kit).decode()))
    assert years == {"2026"}
    days = re.findall(r"T(\d\d:\d\d)|(\d\d:\d\d):\d\d \+0000", write(kit).decode())
    assert {one or two for one, two in days} <= {"16:40", "08:15"}


@BOTH
def test_nothing_is_cdata_or_xhtml(write: Write, kit: Kit) -> None:
    text = write(kit)
    assert b"CDATA" not in text
    assert b"xhtml" not in text


@BOTH
def test_nothing_names_feedgen(write: Write, kit: Kit) -> None:
    assert b"feedgen" not in write(kit)


@BOTH
def test_photos_are_no_group_for_they_are_no_renditions_of_one(write: Write, kit: Kit) -> None:
    text = write(kit)
    assert text.count(b"<media:content ") == 3
    assert b"media:group" not in text


@BOTH
def test_an_entry_that_cannot_be_written_leaves_the_feed_incomplete(write: Write, kit: Kit) -> None:
    spoilt = sample_listing(id="a", title="a\0b")
    assert b"<fh:complete/>" in write(kit, car("a"), car("b"))
    text = write(kit, spoilt, car("b"))
    assert re.findall(rb":listing/(\w)<", text) == [b"b"]
    assert b"fh:complete/>" not in text


@BOTH
def test_writing_twice_gives_the_same(write: Write, kit: Kit) -> None:
    assert write(kit, car("a"), car("b")) == write(kit, car("a"), car("b"))


# From the API to feeds


def test_a_lower_price_is_one_new_entry_and_rewrites_what_shows_the_car(tmp_path: Path) -> None:
    paged: dict[str, Any] = {"limit": 10, "pages": 100}
    feeds = {
        "atom": FeedTable(**paged),
        "jsonfeed": FeedTable(**paged),
        "changes": FeedTable(),
    }
    search = SearchTable(title="Diesels", when={"fuel": "diesel"})
    world = World(tmp_path)

    def built() -> dict[str, bytes]:
        done = world.build(only=(), feeds=feeds, searches={"diesels": search})
        assert done.code == 0, done.said
        ours = re.compile(r"(.+/)?feeds/(atom|feed|changes)\b.*")
        return {path: body for path, body in world.files().items() if ours.fullmatch(path)}

    before = built()
    active = [world.stock.listing(each) for each in world.active()]
    diesels = [each["id"] for each in active if each["fuelType"] == "diesel"]
    for folder, count in (("", len(active)), ("diesels/", len(diesels))):
        pages = [body for path, body in before.items() if path.startswith(f"{folder}feeds/atom")]
        assert len(pages) == -(-count // 10)
        assert sum(len(feedparser.parse(body).entries) for body in pages) == count

    oldest = min((each for each in active if each["price"]), key=lambda each: each["createdAt"])
    world.change(oldest["id"], price=oldest["price"] - 500)
    after = built()
    assert after.keys() == before.keys()
    changed = {path for path, body in after.items() if body != before[path]}
    token = f":listing/{oldest['id']}".encode()
    showing = {path for path, body in after.items() if token in body}
    main = {f"{path.partition('feeds/')[0]}feeds/{{}}" for path in showing}
    assert changed == showing | {
        each.format(name) for each in main for name in ("atom.xml", "changes.xml")
    }
    now, then = (feedparser.parse(each["feeds/changes.xml"]).entries for each in (after, before))
    added = [each for each in now if each not in then]
    assert [each.title.partition(":")[0] for each in added] == ["Prijs verlaagd"]
    assert oldest["title"] in added[0].title
