from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syndicator.config import Target
from syndicator.errors import (
    AnswerError,
    HoldError,
    KeyRefused,
    NotVisible,
    ScopeDenied,
    SyndicatorError,
    Unreachable,
    UsageError,
)
from syndicator.source.client import ListingQuery, LocationQuery, Page, Pagination
from syndicator.store import Store
from syndicator.sync import Synced, sync

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
A = Target(kind="location", value="A")
B = Target(kind="location", value="B")


def page(*facts: dict[str, Any]) -> Page:
    records = tuple(msgspec.json.encode(each) for each in facts)
    total = len(records)
    return Page(
        records=records,
        pagination=Pagination(page=1, page_size=200, total_items=total, total_pages=1),
        served=NOON,
    )


class Api:
    """Locations A and B with a car each; ``wrong`` are errors by location, or for the list."""

    def __init__(self, **wrong: SyndicatorError) -> None:
        self.wrong = wrong
        self.asked: list[str] = []

    def locations(self, _query: LocationQuery) -> Page:
        if "locations" in self.wrong:
            raise self.wrong["locations"]
        return page(*({"id": each.lower(), "locationCode": each} for each in "AB"))

    def listings(self, query: ListingQuery) -> Page:
        code = query.location_code or ""
        self.asked.append(code)
        if code in self.wrong:
            raise self.wrong[code]
        return page(
            {
                "id": f"car-{code}",
                "dealerProfileId": code.lower(),
                "dealer": {"id": code.lower(), "locationCode": code},
                "title": code,
                "status": "active",
                "createdAt": "2026-01-01T00:00:00Z",
                "updatedAt": "2026-01-02T00:00:00Z",
            }
        )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        yield opened


def run(api: Api, store: Store, *targets: Target) -> Synced:
    return sync(api, store, targets, lambda *_: None)  # type: ignore[arg-type]  # asks no more


def test_one_target_that_cannot_be_read_leaves_the_others_alone(store: Store) -> None:
    synced = run(Api(A=AnswerError("odd")), store, A, B)
    assert [str(error) for error in synced.errors] == ["odd"]
    assert synced.of(B).is_read
    assert store.live_ids() == {"car-B"}


def test_after_a_refused_key_nothing_more_is_asked(store: Store) -> None:
    api = Api(B=KeyRefused("no"))
    synced = run(api, store, A, B, Target(kind="dealer", value="b"))
    assert synced.of(A).is_read
    assert isinstance(synced.of(B).error, KeyRefused)
    assert api.asked[-1] == "B"
    with pytest.raises(KeyRefused):
        run(Api(A=KeyRefused("no")), store, A, B)


def test_a_dealer_that_was_read_under_any_target_and_is_hidden_now_is_held(store: Store) -> None:
    (never,) = run(Api(A=NotVisible("403")), store, A).errors
    assert isinstance(never, NotVisible)
    run(Api(), store, A)
    store.forget("crawl:location A")  # as after a run with --all
    (lost,) = run(Api(A=NotVisible("403")), store, A).errors
    assert isinstance(lost, HoldError)
    assert "access lost" in lost.message


def test_a_key_without_the_scope_for_locations_meets_dealers_in_listings(store: Store) -> None:
    synced = run(Api(locations=ScopeDenied("no scope")), store, A)
    assert synced.of(A).is_read
    assert synced.warnings == ["this key may not read locations: no scope"]


def test_an_unknown_code_and_an_api_that_is_away_are_told_apart(store: Store) -> None:
    nobody = Target(kind="location", value="C")
    with pytest.raises(UsageError, match="location 'C' is unknown"):
        run(Api(C=NotVisible("404")), store, nobody)
    with pytest.raises(Unreachable, match="away"):
        run(Api(locations=Unreachable("away")), store, nobody)
