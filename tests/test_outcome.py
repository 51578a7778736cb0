from datetime import timedelta
from typing import Any

import msgspec
import pytest

from syndicator.config import Target
from syndicator.crawls import Crawl, Plan
from syndicator.errors import AnswerError, HoldError, KeyRefused, SyndicatorError, Unreachable
from syndicator.guard import Hold, Release
from syndicator.history import Changes
from syndicator.holds import Confirmed, Held
from syndicator.models import Dealer, Showroom
from syndicator.outcome import Standing, exit_code, tell
from syndicator.reading import Reading
from syndicator.settlement import Settled
from syndicator.summary import Summary
from syndicator.sync import Synced
from syndicator.tree import Tree
from tests.watch import START

TREE = Tree(
    [
        Dealer(id="a", location_code="GENT", parent_id="p"),
        Dealer(id="b", location_code="AALST", parent_id="p"),
    ]
)
ROOMS = {"dealer:a": Showroom(slug="gent", name="Gent", dealer_ids=("a",))}
HOLD = Hold(reason="the API shows none of 7 listings", release=Release.FORCE)
STANDING = Standing(
    active={"a": 3, "b": 1},
    held={},
    confirmed={"a": Confirmed(served=START, checked=START)},
    stale={"a": START - timedelta(hours=1)},
)
TARGETS = (Target(kind="location", value="GENT"), Target(kind="location", value="AALST"))


HOLDING = msgspec.structs.replace(STANDING, held={"b": Held(hold=HOLD, since=START)})


def told(reading: Reading, standing: Standing = STANDING, **settled: Any) -> Summary:
    crawl = reading.crawl.name
    plan = Plan(crawls=(reading.crawl,), serves={each.name: (crawl,) for each in TARGETS})
    facts = {"changes": {}, "held": {}, "grown": {}, "forgotten": frozenset()} | settled
    synced = Synced(plan=plan, readings={crawl: reading}, settled=Settled(**facts), warnings=[])
    summary = Summary(output="output")
    tell(summary, TARGETS, synced, rooms=ROOMS, standing=standing, tree=TREE)
    return summary


def whole() -> Reading:
    return Reading(crawl=Crawl(name="parent p"), is_whole=True, requests=3, seconds=1.5)


def test_each_target_counts_its_own_dealers() -> None:
    changes = Changes(by_dealer={"a": Changes(added=1, back=1, reserved=1, gone=2)})
    gent, aalst = told(whole(), changes={"parent p": changes}).targets
    assert (gent.slugs, gent.listings, gent.added, gent.gone) == (("gent",), 3, 2, 3)
    assert (aalst.slugs, aalst.listings, aalst.added, aalst.state) == ((), 1, 0, "ok")
    assert (gent.requests, gent.seconds) == (3, 1.5)


def test_since_when_things_are_as_they_are_is_told() -> None:
    gent, aalst = told(whole(), HOLDING).targets
    assert (gent.last_success, gent.stale_since, gent.held_since) == (
        "2026-11-24T12:00:00Z",
        "2026-11-24T11:00:00Z",
        "",
    )
    assert (aalst.last_success, aalst.held_since) == ("", "2026-11-24T12:00:00Z")


def test_a_hold_concerns_the_dealers_that_it_names() -> None:
    summary = told(whole(), HOLDING)
    assert [each.state for each in summary.targets] == ["ok", "held"]
    assert summary.targets[1].reason == "the API shows none of 7 listings"
    assert summary.exit_code == 4


def test_a_cut_walk_fails_all_that_it_serves() -> None:
    summary = told(Reading(crawl=Crawl(name="parent p"), error=Unreachable("away")))
    assert [each.state for each in summary.targets] == ["failed", "failed"]
    assert summary.exit_code == 6


def test_a_hold_that_this_run_could_not_look_into_goes_on() -> None:
    summary = told(Reading(crawl=Crawl(name="parent p"), error=Unreachable("away")), HOLDING)
    assert [each.state for each in summary.targets] == ["failed", "held"]
    assert summary.exit_code == 4


def test_a_published_dealer_that_nobody_asked_for_is_told_when_it_is_held() -> None:
    rooms = {"dealer:b": Showroom(slug="aalst", name="Aalst", dealer_ids=("b",))}
    for shown, code in ((rooms, 4), (ROOMS, 0)):
        summary = Summary(output="output")
        tell(summary, TARGETS[:1], None, rooms=shown, standing=HOLDING, tree=TREE)
        assert summary.exit_code == code
        assert bool(summary.warnings) is (code == 4)


def test_of_many_reasons_some_are_told() -> None:
    readings = [
        Reading(crawl=Crawl(name=f"dealer {number}"), error=Unreachable(f"away {number}"))
        for number in range(30)
    ]
    names = tuple(each.crawl.name for each in readings)
    plan = Plan(crawls=tuple(each.crawl for each in readings), serves={TARGETS[0].name: names})
    settled = Settled(changes={}, held={}, grown={}, forgotten=frozenset())
    synced = Synced(
        plan=plan,
        readings={each.crawl.name: each for each in readings},
        settled=settled,
        warnings=[],
    )
    summary = Summary(output="output")
    tell(summary, TARGETS[:1], synced, rooms=ROOMS, standing=STANDING, tree=TREE)
    assert summary.targets[0].reason.endswith("; and 20 more")


def test_offline_tells_what_is_stored() -> None:
    summary = Summary(output="output")
    tell(summary, TARGETS, None, rooms=ROOMS, standing=STANDING, tree=TREE)
    assert [each.listings for each in summary.targets] == [3, 1]
    assert summary.exit_code == 0


@pytest.mark.parametrize(
    ("errors", "all_failed", "code"),
    [
        ([], False, 0),
        ([AnswerError("x")], False, 3),
        ([Unreachable("x")], False, 3),
        ([Unreachable("x")], True, 6),
        ([Unreachable("x"), AnswerError("x")], True, 3),
        ([Unreachable("x"), HoldError("x")], True, 4),
        ([HoldError("x"), KeyRefused("x")], True, 5),
    ],
)
def test_the_gravest_error_decides(
    errors: list[SyndicatorError], code: int, *, all_failed: bool
) -> None:
    assert exit_code(errors, holds=False, jobs_failed=False, all_failed=all_failed) == code


def test_a_failed_job_is_no_success() -> None:
    assert exit_code([], holds=False, jobs_failed=True, all_failed=False) == 3
