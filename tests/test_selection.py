from datetime import UTC, datetime
from typing import Any

import pytest

from syndicator.contract import ExporterOptions, Outcome, StockOptions, View
from syndicator.models import Event, EventKind, Listing, Money, Tombstone
from syndicator.selection import (
    BY_RULE,
    NEVER,
    TOO_CHEAP,
    TOO_DEAR,
    TOO_FEW_PHOTOS,
    choice_of,
    dropped,
    found,
    selected,
)
from syndicator.testing import sample_listing, sample_view

CHEAP = sample_listing(id="cheap", price=Money(minor=250_000, currency="EUR"))
DEAR = sample_listing(id="dear", price=Money(minor=9_900_000, currency="EUR"))
ASKED = sample_listing(id="asked", price=None)
BARE = sample_listing(id="bare", photos=())


def options(**given: Any) -> StockOptions:
    return StockOptions.model_validate(given)


def ids(view: View) -> set[str]:
    return {listing.id for listing in view.listings}


def test_without_any_wish_the_view_stays_as_it_is() -> None:
    view = sample_view([CHEAP, DEAR])
    assert selected(view, options()) is view
    assert selected(view, ExporterOptions()) is view
    assert choice_of(options(language="fr", link="https://d.example/{id}")) is None


def test_the_link_template_is_the_feeds_own() -> None:
    view = selected(sample_view([CHEAP]), options(link="https://d.example/{id}"))
    assert view.links.landing(CHEAP) == "https://d.example/cheap"
    assert sample_view([CHEAP]).links.landing(CHEAP) != "https://d.example/cheap"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"price_from": 2500}, {"cheap", "dear", "asked", "bare"}),
        ({"price_from": 2501}, {"dear", "asked", "bare"}),
        ({"price_to": 20000}, {"cheap", "asked", "bare"}),
        ({"least_photos": 1}, {"cheap", "dear", "asked"}),
        ({"rules": [{"when": {"price_known": False}, "drop": True}]}, {"cheap", "dear", "bare"}),
        ({"rules": [{"drop": True}]}, set()),
        (
            {
                "rules": [
                    {"when": {"price_above": 90000}, "set": {"paint": "Gold"}},
                    {"when": {"paint": "Gold"}, "drop": True},
                ]
            },
            {"cheap", "asked", "bare"},
        ),
    ],
)
def test_what_is_not_wanted_is_gone(given: dict[str, Any], left: set[str]) -> None:
    view = selected(sample_view([CHEAP, DEAR, ASKED, BARE]), options(**given))
    assert ids(view) == left
    assert len(view.listings) == len(left)
    assert (CHEAP in view.listings) is ("cheap" in left)


def test_each_dropped_car_has_its_reason_and_no_other() -> None:
    given = options(
        price_from=3000,
        price_to=50000,
        least_photos=1,
        rules=[
            {"when": {"fuel": "diesel"}, "drop": True},
            {"when": {"price_known": False}, "drop": True},
        ],
    )
    view = sample_view([CHEAP, DEAR, ASKED, BARE, sample_listing()])
    told = {each.listing_id: (each.reason, each.values) for each in dropped(view, given)}
    assert told == {
        "cheap": (TOO_CHEAP, {"amount": "€ 3000"}),
        "dear": (TOO_DEAR, {"amount": "€ 50000"}),
        "bare": (TOO_FEW_PHOTOS, {"n": 1}),
        "asked": (BY_RULE, {"number": 2}),
    }
    assert {each.outcome for each in dropped(view, given)} == {Outcome.LEFT_OUT}
    assert told.keys() | ids(selected(view, given)) == ids(view)


def test_words_come_before_rules_and_pictures_last() -> None:
    given = options(
        values={"color": {"Grijs": "Grey"}},
        rules=[{"when": {"color": "grey"}, "set": {"paint": "Solid"}}],
        image="https://i.example/{stem}.jpg",
    )
    (car,) = selected(sample_view(), given).listings
    assert (car.color, car.paint) == ("Grey", "Solid")
    assert [photo.url for photo in car.photos] == [
        "https://i.example/vb-2207/a.jpg",
        "https://i.example/vb-2207/b.jpg",
    ]


def test_reserved_and_gone_cars_and_events_follow_the_same_rules() -> None:
    when = datetime(2026, 3, 4, tzinfo=UTC)
    view = sample_view(
        [CHEAP],
        pending=[DEAR],
        gone=[Tombstone(listing=BARE, when=when, sold=True)],
        events=[
            Event(kind=EventKind.NEW, listing_id=each, dealer_id="d", when=when)
            for each in ("cheap", "dear", "bare", "forgotten")
        ],
    )
    left = selected(view, options(price_to=20000))
    assert len(left.pending) == 0
    assert [each.listing.id for each in left.gone] == ["bare"]
    assert [event.listing_id for event in left.events] == ["cheap", "bare"]
    assert len(left.events) == 2
    assert view.events[0] in left.events  # type: ignore[index]


def test_what_is_left_out_moves_no_date() -> None:
    later = sample_listing(id="later", fuel="diesel", updated=datetime(2027, 1, 1, tzinfo=UTC))
    view = sample_view([CHEAP, later])
    without = selected(view, options(rules=[{"when": {"fuel": "diesel"}, "drop": True}]))
    assert (view.as_of, without.as_of) == (later.updated, CHEAP.updated)
    assert selected(view, options(rules=[{"drop": True}])).as_of == NEVER


def test_a_saved_search_finds_the_cars_that_fit() -> None:
    view = found(sample_view([CHEAP, DEAR, ASKED]), '{"price_to": "3000", "fuel": ["petrol"]}')
    assert ids(view) == {"cheap"}


def test_a_selection_can_be_walked_many_times() -> None:
    def cars() -> list[Listing]:
        return list(view.listings)

    view = selected(sample_view([CHEAP, DEAR]), options(price_to=5000))
    assert cars() == cars() == [CHEAP]
