import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import scenarios

from syndicator.contract import Kit, Scope, View
from syndicator.exporters.jsonfeed import JsonFeed
from syndicator.look import Theme
from syndicator.models import Body, CarPass, Fuel, Photo
from syndicator.testing import (
    LargeStock,
    bodies,
    sample_dealer,
    sample_kit,
    sample_listing,
    sample_view,
)

SCHEMA = json.loads((Path(__file__).parent / "jsonfeed.schema.json").read_text())
BASE = "https://voorraad.example/vb-leuven/feeds/"


def documents(view: View, kit: Kit, **options: Any) -> dict[str, Any]:
    made = bodies(JsonFeed(JsonFeed.Options(**options), kit).export(view))
    return {str(path): json.loads(body) for path, body in made.items()}


def document(view: View, kit: Kit, **options: Any) -> dict[str, Any]:
    """The main one."""
    made: dict[str, Any] = next(iter(documents(view, kit, **options).values()))
    return made


def item(kit: Kit, **changes: Any) -> dict[str, Any]:
    (found,) = document(sample_view([sample_listing(**changes)]), kit)["items"]
    made: dict[str, Any] = found
    return made


def faults(made: object) -> list[str]:
    return [fault.message for fault in jsonschema.Draft202012Validator(SCHEMA).iter_errors(made)]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_rule_of_the_format_is_kept(scenario: str, scope: Scope, kit: Kit) -> None:
    view = scenarios.view(scenario, scope=scope)
    made = document(view, kit, hub="https://hub.example/x")
    assert faults(made) == []
    assert len(made["items"]) == len(view.listings)


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_keeps_them_too(language: str, kit: Kit) -> None:
    made = document(scenarios.view("group"), kit, language=language)
    assert faults(made) == []
    assert made["language"].startswith(language)
    assert all((f"/{language}/" in each["url"]) == (language != "nl") for each in made["items"])


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("version", "https://jsonfeed.org/version/1"),
        ("title", ""),
        ("feed_url", "feed.json"),
        ("author", {"name": "x"}),
        ("items", [{"id": "a"}]),
        ("items", [{"id": 1, "content_html": "x"}]),
        ("items", [{"id": "a", "content_html": "x", "attachments": [{"url": "https://x.y/"}]}]),
        ("items", [{"id": "a", "content_html": "x", "date_modified": "2026-03-03"}]),
    ],
)
def test_the_schema_sees_what_is_wrong(where: str, value: object, kit: Kit) -> None:
    assert faults(document(sample_view(), kit) | {where: value})


def test_the_head_says_whose_feed_it_is(kit: Kit) -> None:
    made = document(sample_view(), kit)
    del made["items"]
    assert made == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Voorbeeld Leuven: aanbod",
        "home_page_url": "https://voorraad.example/vb-leuven/",
        "feed_url": f"{BASE}feed.json",
        "description": "De nieuwste wagens van Voorbeeld Leuven",
        "authors": [
            {"name": "Voorbeeld Leuven", "url": "https://voorraad.example/vb-leuven/"},
        ],
        "language": "nl-BE",
    }


def test_an_item_is_the_car_as_the_other_feeds_tell_it(kit: Kit) -> None:
    made = item(kit)
    assert made["id"] == f"tag:okasie.be,2026:listing/{sample_listing().id}"
    assert made["url"] == sample_view().links.vehicle(sample_listing())
    assert made["title"] == "Skoda Octavia Combi 1.0 TSI"
    assert made["summary"].startswith("€\N{NO-BREAK SPACE}17.450 · 09/2020")
    assert made["content_html"].startswith("<p><a href=")
    assert made["image"] == "https://images.example/vb-2207/a.webp"
    assert made["date_published"] == "2026-01-12T08:15:00Z"
    assert made["date_modified"] == "2026-03-03T16:40:22Z"
    assert made["tags"] == ["Skoda", "Break", "Benzine"]
    assert made["attachments"] == [
        {
            "url": "https://images.example/vb-2207/a.webp",
            "mime_type": "image/webp",
            "size_in_bytes": 183_204,
        },
        {"url": "https://images.example/vb-2207/b.webp", "mime_type": "image/webp"},
    ]
    assert "authors" not in made  # the feed's own


def test_facts_are_plain_values(kit: Kit) -> None:
    made = item(kit)["_vehicle"]
    assert made["about"] == "urn:syndicator:jsonfeed:vehicle:1"
    assert (made["price"], made["currency"]) == (17450, "EUR")
    assert (made["mileage_km"], made["power_kw"]) == (61200, 81)
    assert (made["fuel"], made["body"], made["transmission"]) == ("petrol", "wagon", "manual")
    assert made["consumption_l_per_100km"] == 5.3
    assert made["co2_cycle"] == "wltp"
    assert made["service_history"] is True
    assert made["equipment"] == ["Cruise control", "ABS"]
    assert made["car_pass_url"] == "https://public.car-pass.be/vhr/example"
    assert (made["latitude"], made["longitude"]) == (50.8798, 4.7005)


def test_the_chassis_number_is_not_told(kit: Kit) -> None:
    assert "TMBZZZNE0L0000001" not in json.dumps(item(kit))


def test_what_is_unknown_is_absent(kit: Kit) -> None:
    made = item(
        kit,
        price=None,
        vat_regime=None,
        fuel=Fuel.OTHER,
        body=Body.OTHER,
        mileage_km=None,
        doors=0,
        co2_g_per_km=0,
        place=None,
        photos=(Photo(url="https://i.example/a"),),
        features=(),
        car_pass=CarPass(number="98765432109"),
    )
    absent = {"price", "currency", "vat_regime", "fuel", "body", "mileage_km", "doors", "city"}
    absent |= {"co2_g_per_km", "co2_cycle", "latitude", "equipment", "car_pass_url"}
    assert absent.isdisjoint(made["_vehicle"])
    assert made["_vehicle"]["car_pass_number"] == "98765432109"
    assert made["image"] == "https://i.example/a"
    assert "attachments" not in made  # for want of a media type


def test_a_group_names_the_seller_of_each_car(kit: Kit) -> None:
    made = document(scenarios.view("group"), kit)
    assert made["authors"][0]["name"] == "Groep Voorbeeld"
    sellers = [each["authors"][0]["name"] for each in made["items"]]
    assert sellers == ["Voorbeeld Gent", "Voorbeeld Gent", "Voorbeeld Leuven"]


def test_older_cars_follow_in_further_documents(kit: Kit) -> None:
    view = msgspec.structs.replace(sample_view(), listings=LargeStock(25))
    made = documents(view, kit, limit=10, hub="https://hub.example/x")
    assert [(each["feed_url"], each.get("next_url")) for each in made.values()] == [
        (f"{BASE}feed.json", f"{BASE}feed/2.json"),
        (f"{BASE}feed/2.json", f"{BASE}feed/3.json"),
        (f"{BASE}feed/3.json", None),
    ]
    assert list(made) == ["feed.json", "feed/2.json", "feed/3.json"]
    ids = [each["id"] for body in made.values() for each in body["items"]]
    assert ids == [f"tag:okasie.be,2026:listing/large-{number:06}" for number in range(25)]
    assert [each.get("hubs") for each in made.values()] == [
        [{"type": "WebSub", "url": "https://hub.example/x"}],
        None,
        None,
    ]


def test_items_are_written_one_at_a_time(kit: Kit) -> None:
    view = msgspec.structs.replace(sample_view(), listings=LargeStock(50))
    artefact = next(JsonFeed(JsonFeed.Options(), kit).export(view))
    pieces = list(artefact.chunks)
    assert len(pieces) == 52
    assert max(map(len, pieces)) < 2 * min(map(len, pieces[1:-1]))


@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_bad_item_costs_that_item_only(position: int, kit: Kit) -> None:
    cars = [sample_listing(id=each) for each in "abc"]
    cars[position] = msgspec.structs.replace(cars[position], title="\ud800")
    ids = [each["id"][-1] for each in document(sample_view(cars), kit)["items"]]
    assert ids == ["abc"[n] for n in range(3) if n != position]


@pytest.mark.parametrize(
    ("theme", "dealers", "icon"),
    [
        (None, [None], None),
        (None, ["https://l.example/a.png"], "https://l.example/a.png"),
        (None, ["https://l.example/a.png", "https://l.example/b.png"], None),
        ("https://own.example/c.svg", ["https://l.example/a.png"], "https://own.example/c.svg"),
    ],
)
def test_the_icon_is_the_logo_of_the_showroom(
    theme: str | None, dealers: list[str | None], icon: str | None, kit: Kit
) -> None:
    sellers = [
        sample_dealer(id=sample_dealer().id + "b" * number, logo_url=url)
        for number, url in enumerate(dealers)
    ]
    view = sample_view(dealers=sellers, group=len(sellers) > 1)
    room = msgspec.structs.replace(view.showroom, theme=Theme(logo=theme))
    made = document(msgspec.structs.replace(view, showroom=room), kit)
    assert made.get("icon") == icon


def test_a_logo_among_the_assets_is_an_address_too() -> None:
    view = sample_view()
    room = msgspec.structs.replace(view.showroom, theme=Theme(logo="icon.svg"))
    made = document(msgspec.structs.replace(view, showroom=room), sample_kit())
    assert made["icon"] == f"https://voorraad.example/{sample_kit().asset('icon.svg')}"
