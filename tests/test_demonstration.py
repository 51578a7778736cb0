"""The demo, and its stock that attacks wherever it can."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, UnidentifiedImageError

from syndicator import cli
from syndicator.simulator import hostile
from syndicator.simulator.messages import Response, answer
from syndicator.simulator.stock import Stock, make_stock
from syndicator.source import normalise, wire
from tests.tree import faults

LISTINGS = len(hostile.ATTACKS)
SEEN = frozenset(hostile.ATTACKS)


@pytest.fixture
def stock() -> Stock:
    armed = make_stock(1, LISTINGS, 7, most_photos=2)
    hostile.arm(armed)
    return armed


def shown(stock: Stock) -> list[dict[str, Any]]:
    """The active listings, as the API shows them."""
    return [stock.show(entry) for entry in stock if entry.status == "active"]


@pytest.mark.parametrize("field", hostile.TEXTS)
def test_every_attack_meets_every_text_of_a_listing(stock: Stock, field: str) -> None:
    assert {listing[field] for listing in shown(stock)} == SEEN


@pytest.mark.parametrize("field", hostile.DEALER_TEXTS)
def test_every_attack_meets_every_text_of_a_seller(stock: Stock, field: str) -> None:
    assert {listing["dealer"][field] for listing in shown(stock)} == SEEN


@pytest.mark.parametrize("field", hostile.PLACE_TEXTS)
def test_every_attack_meets_every_text_of_a_place(stock: Stock, field: str) -> None:
    assert {listing["location"][field] for listing in shown(stock)} == SEEN


def test_every_attack_stands_among_equipment_photos_conditions_and_in_descriptions(
    stock: Stock,
) -> None:
    cars = shown(stock)
    assert {each["name"] for car in cars for each in car["features"]} == SEEN
    assert {each["url"] for car in cars for each in car["images"] if each} >= SEEN
    assert {each for car in cars for each in car["conditionTags"]} == SEEN
    assert all(any(attack in car["description"] for car in cars) for attack in SEEN)


def test_no_record_is_lost_and_the_gate_lets_no_character_through_that_xml_forbids(
    stock: Stock,
) -> None:
    page = wire.page(answer(200, {"data": shown(stock), "pagination": {}, "meta": {}}).body)
    cars = [normalise.listing(record).listing for record in page.records]
    assert len({car.id for car in cars}) == LISTINGS
    for car in cars:
        assert all(character.isprintable() for character in car.title)


def test_the_same_seed_attacks_in_the_same_places(stock: Stock) -> None:
    again = make_stock(1, LISTINGS, 7, most_photos=2)
    hostile.arm(again)
    assert shown(again) == shown(stock)
    assert [each.profile for each in again.dealers.values()] == [
        each.profile for each in stock.dealers.values()
    ]


def test_photos_are_what_they_say_or_a_script_a_page_a_bomb_half_a_photo_or_both() -> None:
    data = io.BytesIO()
    Image.new("RGB", (32, 24)).save(data, "JPEG")
    photo = Response(status=200, body=data.getvalue(), headers={"Content-Type": "image/jpeg"})
    honest, svg, page, bomb, half, both = (
        hostile.disguise("00000000-0000", number, photo) for number in range(6)
    )
    assert honest == photo
    for lie in (svg, page):
        with pytest.raises(UnidentifiedImageError):
            Image.open(io.BytesIO(lie.body))
    assert bomb.body[16:24] == 2 * hostile.ABSURD_PX.to_bytes(4)
    assert photo.body.startswith(half.body)
    assert b"<script>" in both.body
    assert Image.open(io.BytesIO(both.body)).size == (32, 24)


def test_the_hostile_demo_is_built_whole_and_says_so_without_a_control_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["demo", "--hostile", "--listings", "6", "--dealers", "2"]) == 0
    assert list(faults(tmp_path / "output")) == []
    told = capsys.readouterr()
    assert all(line.isprintable() for line in (told.out + told.err).splitlines())
    assert {each.name for each in tmp_path.iterdir()} == {"output", ".syndicator"}


def test_an_exporter_that_does_not_exist_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["demo", "--listings", "2", "--exporter", "atmo", "--quiet"]) == 2
    assert "atmo" in capsys.readouterr().err
    assert not (tmp_path / "output").exists()
