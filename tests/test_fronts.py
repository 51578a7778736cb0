from datetime import UTC, datetime

from syndicator.fronts import Front, homes, merge, of_everything, of_group, showrooms, slugs
from syndicator.links import token
from syndicator.look import Theme
from syndicator.models import Dealer, ParentRef
from syndicator.tree import Tree

HEAD = ParentRef(id="p", location_code="HQ", display_name="Groep")


def tree(*dealers: Dealer) -> Tree:
    return Tree(dealers)


def location(identity: str, code: str, *, parent: bool = False) -> Dealer:
    return Dealer(
        id=identity,
        location_code=code,
        display_name=f"Garage {code}",
        parent_id="p" if parent else None,
        parent=HEAD if parent else None,
    )


GROUP = tree(location("a", "Gent", parent=True), location("b", "Aalst", parent=True))


def test_a_parent_gives_the_group_and_each_location_with_listings() -> None:
    fronts = of_group(Front(dealer_id="p", is_group=True), GROUP, {"a": 3, "b": 0})
    assert [front.key for front in fronts] == ["group:p", "dealer:a"]


def test_everything_means_dealers_with_listings_and_parents_of_two_visible_locations() -> None:
    lonely = location("c", "Solo")
    fronts = of_everything(
        tree(*(GROUP[each] for each in GROUP.ids), lonely, location("d", "Leeg")), {"a": 1, "c": 1}
    )
    assert [front.key for front in fronts] == ["group:p", "dealer:a", "dealer:c"]


def test_a_parent_of_one_location_gives_no_group() -> None:
    one = tree(location("a", "Gent", parent=True))
    assert [front.key for front in of_everything(one, {"a": 1})] == ["dealer:a"]


def test_everybody_has_the_look_and_the_seller_that_all_were_given() -> None:
    one = tree(location("a", "Gent"))
    look = Front(dealer_id="", theme=Theme(accent="#ff0000"), embed_on=("https://a.example",))
    (front,) = of_everything(one, {"a": 1}, look)
    assert (front.dealer_id, front.theme, front.embed_on) == ("a", look.theme, look.embed_on)


def test_the_group_takes_the_place_of_the_head_dealers_own_front() -> None:
    fronts = merge([Front(dealer_id="p"), Front(dealer_id="p", is_group=True)])
    assert list(fronts) == ["group:p"]


def test_a_configured_look_is_kept_when_the_same_dealer_comes_in_twice() -> None:
    themed = Front(dealer_id="a", theme=Theme(accent="#0a5bd3"))
    for order in ([Front(dealer_id="a"), themed], [themed, Front(dealer_id="a")]):
        assert merge(order) == {"dealer:a": themed}


def test_a_group_is_named_and_addressed_by_what_its_locations_know() -> None:
    fronts = merge(of_group(Front(dealer_id="p", is_group=True), GROUP, {"a": 1, "b": 1}))
    rooms = showrooms(fronts, GROUP)
    assert rooms["group:p"].slug == "hq"
    assert rooms["group:p"].name == "Groep"
    assert rooms["group:p"].dealer_ids == ("a", "b", "p")
    assert homes(rooms, fronts) == {"p": "hq", "a": "gent", "b": "aalst"}


def test_a_showroom_is_as_stale_as_the_stalest_of_its_dealers() -> None:
    fronts = merge(of_group(Front(dealer_id="p", is_group=True), GROUP, {"a": 1, "b": 1}))
    early, late = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)

    def since(stale: dict[str, datetime]) -> list[datetime | None]:
        rooms = showrooms(fronts, GROUP, stale)
        return [rooms[key].stale_since for key in ("dealer:a", "dealer:b", "group:p")]

    assert since({}) == [None, None, None]
    assert since({"a": late, "b": early, "z": early}) == [late, early, early]
    assert since({"a": late}) == [late, None, late]


def test_codes_that_meet_each_carry_a_token_whoever_is_published() -> None:
    two = tree(location("a", "GENT"), location("b", "gent"))
    alone = slugs(merge([Front(dealer_id="a")]), two)
    assert alone["a"] == f"gent-{token('a')}"
    assert slugs(merge([Front(dealer_id="b")]), two)["a"] == alone["a"]


def test_a_configured_slug_is_kept_to_the_letter_and_others_make_way() -> None:
    two = tree(location("a", "GENT"), location("b", "Zuid"))
    folders = slugs(merge([Front(dealer_id="b", slug="gent")]), two)
    assert folders == {"a": f"gent-{token('a')}", "b": "gent"}


def test_names_that_hosts_or_file_systems_keep_for_themselves_are_never_folders() -> None:
    odd = tree(location("a", "_redirects"), location("b", "CON"), location("c", "Assets"))
    folders = slugs({}, odd)
    assert folders == {
        "a": "redirects",
        "b": f"con-{token('b')}",
        "c": f"assets-{token('c')}",
    }


def test_a_cycle_of_parents_ends() -> None:
    loop = tree(
        Dealer(id="a", parent_id="b", location_code="A"),
        Dealer(id="b", parent_id="a", location_code="B"),
    )
    assert loop.family("a") == ("a", "b")
    assert loop.locations("a") == ("b",)
