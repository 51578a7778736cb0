import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from syndicator.catalogue import Catalogue
from syndicator.models import Showroom
from syndicator.record import (
    Condition,
    build_record,
    holds_real_site,
    published_counts,
    tally,
    tells_of_others,
)
from syndicator.store import Store
from syndicator.testing import sample_listing

ROOM = Showroom(slug="gent", name="Gent", dealer_ids=("d-1",))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    with Store.open(tmp_path / "state.db") as store:
        store.apply([sample_listing(dealer_id="d-1")])
    return Catalogue(tmp_path / "state.db")


def test_the_record_says_what_is_out(catalogue: Catalogue) -> None:
    with catalogue:
        made = build_record([ROOM], catalogue, [("a", "1"), ("build.json", "old")], demo=False)
        again = build_record([ROOM], catalogue, [("a", "1"), ("build.json", "older")], demo=False)
    data = b"".join(made.chunks)
    facts = json.loads(data)
    assert data == b"".join(again.chunks)
    assert (facts["files"], facts["digest"]) == tally([("a", "1")])
    assert facts["targets"][0]["listings"] == 1
    assert facts["targets"][0]["as_of"].endswith("Z")


def targets(catalogue: Catalogue, *rooms: Showroom, **given: Any) -> list[dict[str, Any]]:
    with catalogue:
        made = build_record(rooms, catalogue, [], demo=False, **given)
    found: list[dict[str, Any]] = json.loads(b"".join(made.chunks))["targets"]
    return found


GROUP = Showroom(slug="groep", name="Groep", dealer_ids=("d-2", "d-1"), is_group=True)
EARLY, LATE = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_the_listings_of_every_dealer_are_counted_even_where_there_are_none(
    catalogue: Catalogue,
) -> None:
    room, group = targets(catalogue, ROOM, GROUP)
    assert room["dealers"] == {"d-1": 1}
    assert list(group["dealers"].items()) == [("d-1", 1), ("d-2", 0)]
    assert group["listings"] == 1


def test_a_target_in_good_order_says_nothing_of_its_condition(catalogue: Catalogue) -> None:
    (room,) = targets(catalogue, ROOM, conditions={"d-1": Condition(), "x": Condition()})
    assert room.keys() == {"slug", "name", "as_of", "listings", "dealers"}


def test_a_target_tells_the_earliest_trouble_of_its_dealers(catalogue: Catalogue) -> None:
    conditions = {
        "d-1": Condition(stale_since=LATE, held_since=LATE),
        "d-2": Condition(stale_since=EARLY),
        "d-3": Condition(held_since=EARLY),
    }
    room, group = targets(catalogue, ROOM, GROUP, conditions=conditions)
    assert (room["stale_since"], room["held_since"]) == (
        "2026-11-24T09:00:00Z",
        "2026-11-24T09:00:00Z",
    )
    assert (group["stale_since"], group["held_since"]) == (
        "2026-11-24T08:00:00Z",
        "2026-11-24T09:00:00Z",
    )


@pytest.mark.parametrize("demo", [False, True])
def test_what_was_published_is_read_back_for_the_same_kind_of_site(
    catalogue: Catalogue, tmp_path: Path, *, demo: bool
) -> None:
    with catalogue:
        made = build_record([ROOM, GROUP], catalogue, [], demo=demo)
    assert published_counts(tmp_path, demo=demo) == {}
    (tmp_path / "build.json").write_bytes(b"".join(made.chunks))
    assert published_counts(tmp_path, demo=demo) == {"d-1": 1, "d-2": 0}
    assert published_counts(tmp_path, demo=not demo) == {}


@pytest.mark.parametrize(
    "text",
    [
        '{"generator": "other", "targets": [{"dealers": {"d": 3}}]}',
        '{"generator": "syndicator", "targets": [{"dealers": {"d": -3}}]}',
        '{"generator": "syndicator", "targets": [{"dealers": {"d": "many"}}]}',
        '{"generator": "syndicator", "targets": [{"slug": "gent", "listings": 3}]}',
        '{"generator": "syndicator"}',
        "[",
    ],
)
def test_a_record_that_counts_nobody_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "build.json").write_text(text)
    assert published_counts(tmp_path, demo=False) == {}


def test_the_digest_minds_paths_and_bytes_and_not_the_record_itself() -> None:
    trees = [("a", "1")], [("b", "1")], [("a", "2")], [], [("a", "1"), ("b", "2")]
    counts, digests = zip(*map(tally, trees), strict=True)
    assert counts == (1, 1, 1, 0, 2)
    assert len(set(digests)) == len(trees)
    assert tally([("a", "1"), ("build.json", "0")]) == tally([("a", "1")])


def test_a_record_tells_of_its_own_tree(catalogue: Catalogue, tmp_path: Path) -> None:
    tree = [("a", "1"), ("b", "2")]
    assert not tells_of_others(tmp_path, tree)  # there is none
    with catalogue:
        made = build_record([ROOM], catalogue, tree, demo=False)
    (tmp_path / "build.json").write_bytes(b"".join(made.chunks).replace(b"\n", b"\r\n"))
    assert not tells_of_others(tmp_path, tree)
    assert tells_of_others(tmp_path, tree[:1])
    assert tells_of_others(tmp_path, [])


@pytest.mark.parametrize(
    ("text", "is_real"),
    [
        ('{"generator": "syndicator"}', True),
        ('{"generator": "syndicator", "demo": true}', False),
        ('{"generator": "other"}', False),
        ("[]", False),
        ("", False),
        ("\udcff", False),
    ],
)
def test_a_real_site_is_known_by_its_record(tmp_path: Path, text: str, *, is_real: bool) -> None:
    assert not holds_real_site(tmp_path)
    (tmp_path / "build.json").write_bytes(text.encode(errors="surrogateescape"))
    assert holds_real_site(tmp_path) is is_real
