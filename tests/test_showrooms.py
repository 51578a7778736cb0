from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator.config import Target
from syndicator.fronts import Front
from syndicator.holds import Confirmed, confirm
from syndicator.look import Theme
from syndicator.models import Dealer
from syndicator.showrooms import recall, remember, settle, wished
from syndicator.store import Store
from syndicator.tree import Tree
from tests.watch import START

GENT = Target(kind="location", value="gent")
GROUP = Target(kind="parent", value="p")
ACTIVE = {"a": 2, "b": 1, "p": 1}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        opened.put_dealers(
            [
                Dealer(id="a", location_code="GENT", parent_id="p"),
                Dealer(id="b", location_code="AALST", parent_id="p"),
                Dealer(id="p", location_code="HQ"),
            ],
            from_location=True,
        )
        yield opened


def read(store: Store, *dealer_ids: str) -> None:
    confirm(store, dealer_ids, Confirmed(served=START, checked=START))


def test_targets_nobody_answers_to_wish_for_nothing(store: Store) -> None:
    assert wished([Target(kind="location", value="none")], Tree(store.dealers()), ACTIVE) == ()


def test_a_dealer_that_was_half_read_has_no_showroom(store: Store) -> None:
    assert settle(store, ACTIVE, [GENT], prune=False) == {}
    read(store, "a")
    assert list(settle(store, ACTIVE, [GENT], prune=False)) == ["dealer:a"]


def test_a_group_waits_until_its_head_was_read_too(store: Store) -> None:
    read(store, "a", "b")
    assert "group:p" not in settle(store, ACTIVE, [GROUP], prune=False)
    read(store, "p")
    assert list(settle(store, ACTIVE, [GROUP], prune=False)) == ["dealer:a", "dealer:b", "group:p"]


def test_earlier_showrooms_stay_unless_pruned(store: Store) -> None:
    themed = Front(dealer_id="b", slug="zuid", theme=Theme(accent="#0a5bd3"))
    remember(store, {themed.key: themed})
    read(store, "a")
    assert settle(store, ACTIVE, [GENT], prune=False)["dealer:b"] == themed
    assert list(settle(store, ACTIVE, [GENT], prune=True)) == ["dealer:a"]


def test_only_what_was_settled_last_is_remembered(store: Store) -> None:
    for identity in ("a", "b"):
        front = Front(dealer_id=identity)
        remember(store, {front.key: front})
    assert recall(store) == {"dealer:b": Front(dealer_id="b")}
