"""A whole site with photos through the host's image service."""

from pathlib import Path

import pytest
from lxml import html

from syndicator.config import FeedTable
from syndicator.deadlinks import faults
from syndicator.simulator.stock import make_stock
from tests.world import World

PHOTOS = "https://images.example"
FEEDS = {name: FeedTable() for name in ("showroom", "hosting", "meta", "vehicles")}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, make_stock(3, 12, 3, photo_base=PHOTOS))


def pictures(output: Path) -> list[str]:
    """Where the pictures of all pages come from."""
    pages = (html.fromstring(page.read_bytes()) for page in output.rglob("*.html"))
    return [str(each) for page in pages for each in page.xpath("//img/@src | //img/@srcset")]


def test_pages_ask_our_own_host_for_photos_and_feeds_name_the_dealers(world: World) -> None:
    assert world.build(only=(), feeds=FEEDS, images="netlify").code == 0
    found = pictures(world.output)
    assert any(
        each.startswith("/.netlify/images?url=https%3A%2F%2Fimages.example") for each in found
    )
    assert not [each for each in found if PHOTOS in each]
    policy = (world.output / "_headers").read_text()
    assert "img-src 'self' data:;" in policy
    assert f"{PHOTOS}/" in (world.output / "feeds" / "vehicles.xml").read_text()
    assert "/.netlify/" not in (world.output / "feeds" / "vehicles.xml").read_text()
    assert list(faults(world.output, "https://s.example")) == []


def test_a_change_of_mode_is_seen_by_the_next_build(world: World) -> None:
    world.build(only=(), feeds=FEEDS)
    assert any(each.startswith(PHOTOS) for each in pictures(world.output))
    world.build(only=(), feeds=FEEDS, images="netlify")
    assert not any(each.startswith(PHOTOS) for each in pictures(world.output))
    world.build(only=(), feeds=FEEDS)
    assert any(each.startswith(PHOTOS) for each in pictures(world.output))
