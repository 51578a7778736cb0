import pytest

from syndicator.config import Target
from syndicator.crawls import Crawl, Plan
from syndicator.errors import AnswerError, HoldError, KeyRefused, SyndicatorError, Unreachable
from syndicator.history import Changes
from syndicator.models import Dealer, Showroom
from syndicator.outcome import exit_code, tell
from syndicator.summary import Summary
from syndicator.sync import Synced
from syndicator.tree import Tree
from syndicator.walk import Outcome

TREE = Tree(
    [
        Dealer(id="a", location_code="GENT", parent_id="p"),
        Dealer(id="b", location_code="AALST", parent_id="p"),
    ]
)
ROOMS = {"dealer:a": Showroom(slug="gent", name="Gent", dealer_ids=("a",))}
TARGETS = (Target(kind="location", value="GENT"), Target(kind="location", value="AALST"))


def told(outcome: Outcome) -> Summary:
    crawl = outcome.crawl.name
    plan = Plan(crawls=(outcome.crawl,), serves={each.name: crawl for each in TARGETS})
    synced = Synced(plan=plan, outcomes={crawl: outcome}, warnings=[])
    summary = Summary(output="output")
    tell(summary, TARGETS, synced, rooms=ROOMS, active={"a": 3, "b": 1}, tree=TREE)
    return summary


def test_each_target_counts_its_own_dealers() -> None:
    outcome = Outcome(crawl=Crawl(name="parent p"))
    outcome.changes = Changes(by_dealer={"a": Changes(added=1, back=1, reserved=1, gone=2)})
    gent, aalst = told(outcome).targets
    assert (gent.slugs, gent.listings, gent.added, gent.gone) == (("gent",), 3, 2, 3)
    assert (aalst.slugs, aalst.listings, aalst.added, aalst.state) == ((), 1, 0, "ok")


def test_a_hold_concerns_the_dealers_that_it_names() -> None:
    outcome = Outcome(crawl=Crawl(name="parent p"), held=frozenset("b"), error=HoldError("none"))
    summary = told(outcome)
    assert [each.state for each in summary.targets] == ["ok", "held"]
    assert summary.exit_code == 4


def test_a_cut_walk_fails_all_that_it_serves() -> None:
    outcome = Outcome(crawl=Crawl(name="parent p"), error=Unreachable("away"))
    summary = told(outcome)
    assert [each.state for each in summary.targets] == ["failed", "failed"]
    assert summary.exit_code == 6


def test_offline_tells_what_is_stored() -> None:
    summary = Summary(output="output")
    tell(summary, TARGETS, None, rooms=ROOMS, active={"a": 3}, tree=TREE)
    assert [each.listings for each in summary.targets] == [3, 0]
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
    assert exit_code(errors, jobs_failed=False, all_failed=all_failed) == code


def test_a_failed_job_is_no_success() -> None:
    assert exit_code([], jobs_failed=True, all_failed=False) == 3
