import pytest

from syndicator.config import Target
from syndicator.crawls import EVERYTHING, Crawl, apart, belongs, named, plan, resolve, unknown
from syndicator.errors import UsageError
from syndicator.models import Dealer, ParentRef, Stats
from syndicator.testing import sample_listing
from syndicator.tree import Tree

TREE = Tree(
    [
        Dealer(id="p", location_code="HQ"),
        Dealer(id="a", location_code="DEX-GENT", parent_id="p"),
        Dealer(id="b", location_code="DEX-AALST", parent_id="p"),
        Dealer(id="c", location_code="SOLO"),
    ]
)


def location(code: str) -> Target:
    return Target(kind="location", value=code)


def dealer(identity: str) -> Target:
    return Target(kind="dealer", value=identity)


def parent(identity: str) -> Target:
    return Target(kind="parent", value=identity)


def test_a_location_is_asked_for_by_its_code() -> None:
    (crawl,) = plan((location("dex-gent"),), TREE).crawls
    assert (crawl.location_code, crawl.dealer_ids) == ("dex-gent", frozenset("a"))


def test_one_dealer_by_code_and_by_id_is_fetched_once() -> None:
    made = plan((location("SOLO"), dealer("c")), TREE)
    assert len(made.crawls) == 1
    assert set(made.serves.values()) == {(made.crawls[0].name,)}


def test_a_parent_serves_its_locations_in_any_order() -> None:
    for targets in ((location("DEX-GENT"), parent("p")), (parent("p"), location("DEX-GENT"))):
        made = plan(targets, TREE)
        assert [crawl.parent_id for crawl in made.crawls] == ["p"]
        assert made.serves["location DEX-GENT"] == made.serves["parent p"]


def test_a_head_dealer_alone_does_not_serve_its_family() -> None:
    made = plan((dealer("p"), parent("p")), TREE)
    assert [crawl.parent_id for crawl in made.crawls] == ["p"]


def test_all_serves_everybody_with_one_walk() -> None:
    made = plan((location("SOLO"), Target(kind="all"), parent("p")), TREE)
    assert [crawl.name for crawl in made.crawls] == [EVERYTHING]
    assert set(made.serves.values()) == {(EVERYTHING,)}


def counted(**active: int) -> Tree:
    dealers = (Dealer(id=each, stats=Stats(active=count)) for each, count in active.items())
    return Tree(dealers)


def test_many_small_dealers_are_read_at_once_where_that_is_cheaper() -> None:
    tree = counted(a=50, b=50, c=50)
    assert [crawl.name for crawl in plan((dealer("a"), dealer("b")), tree).crawls] == [EVERYTHING]
    assert len(plan((dealer("a"),), tree).crawls) == 1
    assert plan((dealer("a"),), tree).crawls[0].dealer_id == "a"


def test_dealers_of_a_key_that_sees_much_more_are_read_one_by_one() -> None:
    tree = counted(a=50, b=50, others=100_000)
    assert [crawl.dealer_id for crawl in plan((dealer("a"), dealer("b")), tree).crawls] == [
        "a",
        "b",
    ]


def test_without_counts_nobody_knows_what_else_there_is() -> None:
    tree = Tree([Dealer(id="a"), Dealer(id="b"), Dealer(id="c", stats=Stats(active=1))])
    assert len(plan((dealer("a"), dealer("b")), tree).crawls) == 2


def test_apart_every_dealer_has_a_walk_of_its_own() -> None:
    made = apart((parent("p"), location("SOLO")), TREE)
    assert sorted(crawl.dealer_id or "" for crawl in made.crawls) == ["a", "b", "c", "p"]
    assert made.serves["parent p"] == ("dealer a", "dealer b", "dealer p")


def test_who_is_forced_may_be_named_in_many_ways() -> None:
    targets = (location("DEX-GENT"), Target(kind="parent", value="p", slug="groep"))
    for name in ("location DEX-GENT", "dex-gent", "a", " DEX-GENT "):
        assert named((name,), targets, TREE) == {"a"}
    assert named(("groep",), targets, TREE) == {"a", "b", "p"}
    with pytest.raises(UsageError, match="nobody is called so"):
        named(("DEX-GEND",), targets, TREE)


def test_strangers_in_an_answer_are_noticed() -> None:
    crawl = plan((location("DEX-GENT"),), TREE).crawls[0]
    assert belongs(crawl, sample_listing(dealer_id="a"), None)
    assert not belongs(crawl, sample_listing(dealer_id="b"), TREE["b"])


def test_a_new_location_of_a_parent_is_no_stranger() -> None:
    crawl = plan((parent("p"),), TREE).crawls[0]
    listing = sample_listing(dealer_id="new")
    assert belongs(crawl, listing, Dealer(id="new", parent_id="p"))
    assert belongs(crawl, listing, Dealer(id="new", parent=ParentRef(id="p")))
    assert not belongs(crawl, listing, Dealer(id="new", parent_id="q"))
    assert not belongs(crawl, listing, None)


def test_a_walk_over_everything_takes_everybody() -> None:
    assert belongs(Crawl(name=EVERYTHING), sample_listing(dealer_id="z"), None)


def test_unknown_targets_are_not_resolved_and_named_with_the_nearest_code() -> None:
    wrong = (location("DEX-GEND"), dealer("nobody"))
    assert resolve((*wrong, location("solo")), TREE) == {"location solo": "c"}
    error = unknown(wrong, TREE)
    assert error.message.splitlines() == [
        "location 'DEX-GEND' is unknown to this key; did you mean 'DEX-GENT'?",
        "dealer 'nobody' is unknown to this key",
    ]
    assert error.exit_code == 2
