from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syndicator import bookmark, holds
from syndicator.bookmark import Bookmark
from syndicator.crawls import Crawl
from syndicator.guard import Hold, Release
from syndicator.holds import Confirmed
from syndicator.store import Store
from tests.watch import START

HOLD = Hold(reason="x", release=Release.FORCE, after=3)
HOUR = timedelta(hours=1)
CRAWL = Crawl(name="everything")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        yield opened


def test_a_hold_that_goes_on_keeps_its_beginning(store: Store) -> None:
    holds.replace(store, ["a", "b"], {"a": HOLD}, START)
    holds.replace(store, ["a", "b"], {"a": HOLD, "b": HOLD}, START + HOUR)
    assert {key: each.since for key, each in holds.held(store).items()} == {
        "a": START,
        "b": START + HOUR,
    }


def test_only_those_that_were_judged_lose_their_hold(store: Store) -> None:
    holds.replace(store, ["a", "b"], {"a": HOLD, "b": HOLD}, START)
    holds.replace(store, ["a"], {}, START)
    assert holds.held(store).keys() == {"b"}


def test_a_stock_is_stale_by_the_clock_that_confirmed_it(store: Store) -> None:
    wrong = START + timedelta(days=400)  # this machine's clock, all the time
    holds.confirm(store, ["a"], Confirmed(served=START, checked=wrong))
    assert holds.stale(store, wrong + 5 * HOUR, 6 * HOUR) == {}
    assert holds.stale(store, wrong + 6 * HOUR, 6 * HOUR) == {"a": START}


def test_what_was_read_once_is_known(store: Store) -> None:
    assert not holds.was_read(store, "a")
    holds.confirm(store, ["a"], Confirmed(served=START, checked=START))
    assert holds.was_read(store, "a")


def mark(**changes: object) -> Bookmark:
    return Bookmark(**({"watermark": START, "swept": START} | changes))  # type: ignore[arg-type]


def test_a_bookmark_is_found_again(store: Store) -> None:
    assert bookmark.find(store, CRAWL) is None
    bookmark.keep(store, CRAWL, mark(unusable=2))
    assert bookmark.find(store, CRAWL) == mark(unusable=2)


@pytest.mark.parametrize("kept", ["{}", "[", '{"watermark": "soon"}'])
def test_one_that_cannot_be_read_is_none(store: Store, kept: str) -> None:
    store.remember("crawl:everything", {"bookmark": kept})
    assert bookmark.find(store, CRAWL) is None
    store.remember("crawl:everything", {"served": "2026-11-24T12:00:00+00:00"})
    assert bookmark.find(store, CRAWL) is None


@pytest.mark.parametrize(
    ("found", "now", "follows"),
    [
        (mark(), START, True),
        (mark(), START + 6 * HOUR - timedelta(seconds=1), True),
        (mark(), START + 6 * HOUR, False),
        (mark(), START - HOUR, False),  # the clock was set back
        (mark(is_due=True), START, False),
        (mark(edition="0"), START, False),
    ],
)
def test_when_changes_are_enough(found: Bookmark, now: object, *, follows: bool) -> None:
    assert found.allows_following(now, 6 * HOUR) is follows  # type: ignore[arg-type]
