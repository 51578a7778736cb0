"""The defects of feedgen, each with the wrapping that keeps it out."""

import re
from collections.abc import Callable

import pytest
from lxml import etree

from syndicator.contract import Kit
from syndicator.exporters import _feed
from syndicator.exporters._entries import Channel, FeedOptions, channel
from syndicator.models import Photo
from syndicator.testing import sample_listing, sample_view

ATOM = "{http://www.w3.org/2005/Atom}"
BOTH = pytest.mark.parametrize("write", [_feed.atom, _feed.rss])
Write = Callable[[Channel], bytes]


def feed(kit: Kit, *ids: str) -> Channel:
    photos = tuple(Photo(url=f"https://i.example/{number}.jpg") for number in range(3))
    cars = [sample_listing(id=each, photos=photos) for each in ids or ("a",)]
    return channel(sample_view(cars), kit, FeedOptions(filename="x.xml"))


def test_only_the_page_is_an_alternate_of_an_entry(kit: Kit) -> None:
    made = feed(kit)
    entry = etree.fromstring(_feed.atom(made)).find(f"{ATOM}entry")
    links = [(link.get("rel"), link.get("href")) for link in entry.findall(f"{ATOM}link")]
    assert links == [(None, made.entries[0].address), ("enclosure", "https://i.example/0.jpg")]


@BOTH
def test_entries_keep_their_order(write: Write, kit: Kit) -> None:
    found = re.findall(r":listing/(\w)<", write(feed(kit, "a", "b", "c")).decode())
    assert found == ["a", "b", "c"]


@BOTH
def test_no_date_comes_from_the_clock(write: Write, kit: Kit) -> None:
    years = set(re.findall(r"\b20\d\d\b(?=-\d\d-\d\dT| \d\d:)", write(feed(kit)).decode()))
    assert years == {"2026"}
    days = re.findall(r"T(\d\d:\d\d)|(\d\d:\d\d):\d\d \+0000", write(feed(kit)).decode())
    assert {one or two for one, two in days} <= {"16:40", "08:15"}


@BOTH
def test_nothing_is_cdata_or_xhtml(write: Write, kit: Kit) -> None:
    text = write(feed(kit))
    assert b"CDATA" not in text
    assert b"xhtml" not in text


@BOTH
def test_nothing_names_feedgen(write: Write, kit: Kit) -> None:
    assert b"feedgen" not in write(feed(kit))


@BOTH
def test_photos_are_no_group_for_they_are_no_renditions_of_one(write: Write, kit: Kit) -> None:
    text = write(feed(kit))
    assert text.count(b"<media:content ") == 3
    assert b"media:group" not in text


@BOTH
def test_writing_twice_gives_the_same(write: Write, kit: Kit) -> None:
    made = feed(kit, "a", "b")
    assert write(made) == write(made)
