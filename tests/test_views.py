from syndicator.contract import Scope
from syndicator.links import FeedAddress
from syndicator.models import Showroom, Site
from syndicator.views import Narrowing, Setting, Slice, dealers_of, slices

GENT = Showroom(slug="gent", name="Gent", dealer_ids=("a",))
AALST = Showroom(slug="aalst", name="Aalst", dealer_ids=("b",))
GROUP = Showroom(slug="hq", name="Groep", dealer_ids=("a", "b", "p"), is_group=True)
ROOMS = {"dealer:a": GENT, "dealer:b": AALST, "group:p": GROUP}
SETTING = Setting(
    site=Site(
        url="https://s.example", title="S", languages=("nl",), showrooms=(GENT, AALST, GROUP)
    ),
    homes={"a": "gent", "b": "aalst"},
    feeds=(
        FeedAddress(name="own", path="feeds/own.xml", media_type="text/xml"),
        FeedAddress(name="all", path="feeds/all.xml", media_type="text/xml"),
    ),
    feed_scopes={"own": frozenset([Scope.SHOWROOM]), "all": frozenset(Scope)},
)


def test_there_is_a_slice_per_showroom_and_the_site_comes_last() -> None:
    assert [cut.key for cut in slices(ROOMS)] == [*ROOMS, "site"]
    assert [cut.folder for cut in slices(ROOMS)] == ["gent/", "aalst/", "hq/", ""]


def test_only_dealers_whose_cars_have_a_page_are_shown() -> None:
    group, site = slices(ROOMS)[2:]
    assert dealers_of(group, SETTING) == ("a", "b")
    assert dealers_of(site, SETTING) == ("a", "b")


def test_a_showroom_sees_itself_and_those_that_share_its_cars() -> None:
    own = Narrowing(SETTING).of(slices(ROOMS)[0])
    assert [room.slug for room in own.site.showrooms] == ["gent", "hq"]
    assert own.homes == {"a": "gent"}
    assert Narrowing(own).of(slices(ROOMS)[0]) == own


def test_a_slice_links_to_the_feeds_of_its_scope() -> None:
    site = Slice(key="site", scope=Scope.SITE)
    assert [feed.name for feed in Narrowing(SETTING).of(site).feeds] == ["all"]
    assert [feed.name for feed in Narrowing(SETTING).of(slices(ROOMS)[0]).feeds] == ["own", "all"]
