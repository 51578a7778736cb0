"""After any change, what is rendered anew and what stays are together what a whole build makes."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from syndicator import furniture, jobs
from syndicator.config import DEFAULT_FEEDS, FeedTable, SearchTable
from syndicator.contract import Artefact
from syndicator.render import RenderKit, Templates
from tests.world import World

Change = Callable[[World], dict[str, Any]]
"""Changes a world, and says what else its next build is asked for."""

FEEDS = {name: FeedTable() for name in (*DEFAULT_FEEDS, "trovit")}
FEEDS["google"] = FeedTable.model_validate({"country": "NL"})
DAY = 24 * 3600.0
PER_PAGE = 10


def asked(**more: Any) -> dict[str, Any]:
    feeds = FEEDS | {"showroom": FeedTable.model_validate({"per_page": PER_PAGE})}
    searches = {
        "diesels": SearchTable.model_validate({"title": "Diesels", "when": {"fuel": "diesel"}})
    }
    usual = {"only": (), "feeds": feeds, "searches": searches, "languages": ("nl", "fr")}
    return usual | more


def members(**values: Any) -> Change:
    def change(world: World) -> dict[str, Any]:
        for each in world.active()[:3]:
            world.change(each, **values)
        return {}

    return change


def sale(world: World) -> dict[str, Any]:
    world.change(world.active()[3], status="sold")
    return {}


def absence(world: World) -> dict[str, Any]:
    world.change(world.active()[1], status="pending")
    return {}


def arrival(world: World) -> dict[str, Any]:
    seller = world.stock.listing(world.active()[0])["dealerProfileId"]
    world.stock.invent("a-car-of-today", seller, int(world.watch.unix() * 1000))
    return {}


CHANGES: dict[str, Change] = {
    "a price": members(price=12_345),
    "no price": members(price=None),
    "a title": members(title="Something else"),
    "a description": members(description="<p>New text</p>"),
    "photos": members(images=[]),
    "a Car-Pass": members(carPass={"url": "https://www.car-pass.be/x", "certificateNumber": None}),
    "a make": members(make="Lancia", model="Fulvia"),
    "the body": members(bodyType="suv"),
    "a new car": arrival,
    "a sale": sale,
    "a car that is reserved": absence,
    "weeks without news": lambda _: {"later": 40 * DAY},
    "another limit of a feed": lambda _: {
        "feeds": asked()["feeds"] | {"atom": FeedTable.model_validate({"limit": 7})}
    },
    "another language": lambda _: {"languages": ("nl", "fr", "en")},
    "one language less": lambda _: {"languages": ("nl",)},
    "pictures of an image service": lambda _: {"images": "netlify"},
    "another search": lambda _: {
        "searches": {"suvs": SearchTable.model_validate({"title": "Suvs", "when": {"body": "suv"}})}
    },
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_stays_is_what_a_whole_build_would_make(name: str, tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(**asked()).code == 0
    more = CHANGES[name](world)
    assert world.build(**asked(**more)).code == 0
    after_change = world.files()
    more.pop("later", None)
    assert world.build(**asked(**more), rerender=True, later=0).code == 0
    again = world.files()
    assert again.keys() == after_change.keys()
    assert [path for path, body in again.items() if body != after_change[path]] == []


def test_a_seller_who_moves_is_told_on_all_pages(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(**asked()).code == 0
    for seller in world.stock.dealers.values():
        seller.profile["phone"] = "+32 2 555 66 77"
    assert world.build(**asked(full=True)).code == 0
    moved = world.files()
    assert world.build(**asked(full=True, rerender=True), later=0).code == 0
    assert world.files() == moved
    assert any(b"+32 2 555 66 77" in body for body in moved.values())


def test_a_location_without_cars_that_moves_is_told_on_the_pages_of_its_group(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    location = world.dealer("DEX-LEUVEN")
    for entry in list(world.stock):
        if entry.dealer_id == location:
            world.stock.remove(entry.id)
    assert world.build(**asked(full=True)).code == 0
    world.stock.dealers[location].profile["phone"] = "+32 2 555 66 77"
    assert world.build(**asked(full=True)).code == 0
    moved = world.files()
    assert world.build(**asked(full=True, rerender=True), later=0).code == 0
    assert [path for path, body in world.files().items() if body != moved.get(path)] == []
    assert any(b"+32 2 555 66 77" in body for body in moved.values())


def test_what_a_template_of_ones_own_says_of_a_facet_stays_true(tmp_path: Path) -> None:
    world, templates = World(tmp_path / "world"), tmp_path / "templates"
    (templates / "showroom").mkdir(parents=True)
    (templates / "showroom/list.html").write_text(
        '{% extends "shipped/showroom/list.html" %}'
        "{% block toolbar %}<p>{{ facet }}</p>{% endblock %}"
    )
    assert world.build(**asked(templates=templates)).code == 0
    members(price=12_345)(world)
    assert world.build(**asked(templates=templates)).code == 0
    after_change = world.files()
    assert any(b"<p>Facet(" in body for body in after_change.values())
    assert world.build(**asked(templates=templates, rerender=True), later=0).code == 0
    assert [path for path, body in world.files().items() if body != after_change[path]] == []


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each template was rendered, and parts of documents were made."""
    found: Counter[str] = Counter()
    render, fragment = RenderKit.render, RenderKit.fragment

    def counting(self: RenderKit, template: str, /, **context: object) -> Iterator[bytes]:
        found[template] += 1
        return render(self, template, **context)

    def counting_parts(self: RenderKit, key: bytes, make: Callable[[], bytes], /) -> bytes:
        def made() -> bytes:
            found["part"] += 1
            return make()

        return fragment(self, key, made)

    jobs.templates.cache_clear()  # a test before may have rendered the same
    monkeypatch.setattr(RenderKit, "render", counting)
    monkeypatch.setattr(RenderKit, "fragment", counting_parts)
    return found


def test_a_new_price_costs_the_pages_and_the_parts_that_show_it(
    tmp_path: Path, rendered: Counter[str]
) -> None:
    world = World(tmp_path)
    assert world.build(**asked()).code == 0
    whole = rendered.copy()
    rendered.clear()
    cars = len(world.active())
    assert whole["showroom/vehicle.html"] == whole["showroom/pricecard.html"] == 2 * cars

    world.change(world.active()[0], price=12_345)
    assert world.build(**asked()).code == 0
    languages, similar = 2, 6  # at most so many pages show the car among those like it
    assert rendered["showroom/pricecard.html"] == languages
    assert languages <= rendered["showroom/vehicle.html"] <= languages * (1 + similar)
    assert 0 < rendered["showroom/list.html"] < whole["showroom/list.html"] / 2
    assert rendered["feeds/entry.html"] <= 1  # an earlier build of this process may have made it
    assert 0 < rendered["part"] <= 2 * len(FEEDS)


def test_to_render_all_anew_is_to_render_all(tmp_path: Path, rendered: Counter[str]) -> None:
    world = World(tmp_path)
    assert world.build(**asked()).code == 0
    rendered.pop("part")
    whole = rendered.copy()
    rendered.clear()
    jobs.templates.cache_clear()  # with what this process has rendered before
    assert world.build(**asked(rerender=True), later=0).code == 0
    rendered.pop("part")
    assert rendered == whole


def test_a_page_that_somebody_edited_is_made_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(**asked()).code == 0
    before = world.files()
    page = next(path for path in before if path.endswith("card/index.html"))
    (world.output / page).write_text("edited")
    assert world.build(**asked()).code == 0
    assert world.files() == before


@pytest.fixture
def dressed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the furniture of the site was made."""
    found: Counter[str] = Counter()
    schemas = furniture.schemas

    def counting(templates: Templates) -> Iterator[Artefact]:
        found["schemas"] += 1
        return schemas(templates)

    monkeypatch.setattr(furniture, "schemas", counting)
    return found


def test_furniture_is_made_once_and_again_where_it_is_missing(
    tmp_path: Path, dressed: Counter[str]
) -> None:
    world = World(tmp_path)
    assert world.build().code == world.build().code == 0
    assert dressed["schemas"] == 1
    before = world.files()
    (world.output / "schemas/vehicles-1.xsd").unlink()
    assert world.build().code == 0
    assert world.files() == before
    assert dressed["schemas"] == 2
    assert world.build(rerender=True).code == 0
    assert dressed["schemas"] == 3
