"""No car is lost on the way into a document: each feed's documents hold what the stock has."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syndicator.census import Census
from syndicator.config import DEFAULT_FEEDS, FeedTable
from syndicator.contract import Artefact, View
from syndicator.exporters.vehicles import Vehicles
from syndicator.models import Listing
from syndicator.registry import activate
from syndicator.simulator.stock import make_stock
from tests.world import World

STOCK = (2, 12, 2)  # seed, listings and dealers
MAKES = {stock.listing(each.id)["brand"] for stock in [make_stock(*STOCK)] for each in stock}
TABLES: Mapping[str, dict[str, Any]] = {
    "google": {"country": "IT", "image": "https://images.example/{stem}.jpg"},
    "admarkt": {
        "categories": dict.fromkeys(MAKES, 1),
        "attributes": {"year": {"name": "bouwjaar"}},
        "budget": {"cpc": 5, "total_budget": 5000},
        "image": "https://images.example/{stem}.jpg",
    },
}
PORTALS = ("meta", "trovit", "google", "admarkt")
MARKED = ("vehicles", "atom", "rss", "jsonfeed", "schemaorg", *PORTALS, "showroom")


class Marked:
    """An exporter, as far as its census goes."""

    mark = b"<car>"


class Uneven(Collection[Listing]):
    """Listings, of which a walk shows the newest not at all, or twice."""

    def __init__(self, whole: Collection[Listing], times: int) -> None:
        self._whole = whole
        self._times = times

    def __iter__(self) -> Iterator[Listing]:
        for number, each in enumerate(self._whole):
            yield from [each] * (self._times if number == 0 else 1)

    def __len__(self) -> int:
        return len(self._whole)

    def __contains__(self, listing: object) -> bool:
        return listing in self._whole


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, make_stock(*STOCK, photo_base="https://images.example"))


def feeds(*names: str, **options: Any) -> dict[str, FeedTable]:
    return {name: FeedTable(**TABLES.get(name, {}) | options) for name in names}


def uneven(patch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """Let the exporter of a feed forget a car, or tell of it twice, and say nothing."""
    (feed,) = activate(feeds(name))
    kind = feed.recipe().load()[0]
    export = kind.export

    def faulty(self: Any, view: View) -> Iterator[Artefact]:
        return export(self, msgspec.structs.replace(view, listings=Uneven(view.listings, times)))

    patch.setattr(kind, "export", faulty)


@pytest.mark.parametrize("size", range(1, 9))
def test_marks_are_counted_wherever_a_chunk_ends(size: int) -> None:
    document = b"<cars><car>a</car><car><car>b</cars><car"
    census = Census(Marked())  # type: ignore[arg-type]
    chunks = [document[at : at + size] for at in range(0, len(document), size)]
    assert list(census.counted(chunks)) == chunks
    assert census._told.count == 3


@pytest.mark.parametrize("name", MARKED)
def test_an_exporter_that_silently_loses_a_car_publishes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked = {"only": (), "feeds": feeds(*DEFAULT_FEEDS, *PORTALS)}
    assert world.build(**asked).code == 0
    before = world.files()
    world.change(world.active()[0], price=9_999)
    uneven(monkeypatch, name, 0)
    built = world.build(**asked)
    assert built.code == 7
    assert f"feed {name} of " in built.said
    assert world.files() == before
    monkeypatch.undo()
    assert world.build(**asked).code == 0
    assert world.files() != before


def test_both_numbers_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    uneven(monkeypatch, "vehicles", 0)
    built = world.build(only=("vehicles",))
    told = re.search(
        r"of ([\w-]+)/: .* hold (\d+) cars, by the stock they must hold (\d+)", built.said
    )
    assert told is not None
    offered = len(world.active(told[1].upper()))
    assert (int(told[2]), int(told[3])) == (offered - 1, offered)
    assert not world.output.exists()


def test_a_car_that_is_told_twice_is_found_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    uneven(monkeypatch, "vehicles", 2)
    assert world.build(only=("vehicles",)).code == 7


RULE = {"rules": [{"when": {"fuel": "diesel"}, "drop": True}]}
SEARCH = {"diesel": {"title": "Diesels", "when": {"fuel": "diesel"}}}
DEMANDING = {"least_photos": 4, "price_to": 20_000}


@pytest.mark.parametrize("options", [{}, RULE, DEMANDING])
@pytest.mark.parametrize("limits", [{}, {"limit": 2, "pages": 2}, {"limit": 1}])
def test_what_is_left_out_on_purpose_is_no_loss(
    world: World, options: dict[str, object], limits: dict[str, object]
) -> None:
    chosen = feeds("vehicles", "schemaorg", **options)
    chosen |= feeds("atom", "rss", "jsonfeed", **options, **limits)
    own = {"limit": limits["limit"]} if limits else {}
    chosen |= feeds(*PORTALS, **options, **own)
    for each in world.active()[:3]:
        world.change(each, price=None)
    world.change(world.active()[4], images=[], description="")
    world.change(world.active()[5], status="sold")
    built = world.build(only=(), feeds=chosen | feeds("showroom"), searches=SEARCH)
    assert built.code == 0, built.said


def test_a_mark_stands_in_no_text_of_a_seller(world: World) -> None:
    marks = {getattr(each.recipe().load()[0], "mark", b"") for each in activate(feeds(*MARKED))}
    hostile = b" ".join([Vehicles.mark, *marks]).decode()
    for each in world.active()[:4]:
        world.change(each, title=f"Golf {hostile}", description=hostile)
    assert world.build(only=(), feeds=feeds(*DEFAULT_FEEDS, *PORTALS)).code == 0
