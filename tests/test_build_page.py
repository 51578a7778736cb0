"""The page ``build/``: it says what ``build.json`` says, and moves no more than that file."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from catalogues import entries, forms, messages, missing, read_catalogue, sources, unused
from lxml import html

from syndicator import deadlinks
from syndicator.config import DEFAULT_FEEDS, FeedTable
from syndicator.contract import Kind, Kit, Place, Scope, View
from syndicator.exporters.showroom import Showroom
from syndicator.exporters.showroom.build import NEWEST
from syndicator.i18n import LANGUAGES, SHIPPED
from syndicator.links import FeedAddress
from syndicator.models import Event, EventKind, Listing, Money, Tombstone
from syndicator.testing import sample_dealer, sample_kit, sample_listing, sample_view
from tests.world import World

PAGE = "build/index.html"
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)  # in Belgium
SPOKEN = sources("syndicator/exporters/showroom/build.py", "templates/site/build.html")
GENT, GEEL = (
    sample_dealer(id=f"00000000-0000-4000-8000-{number}", location_code=name, display_name=name)
    for number, name in ((1, "Gent"), (2, "Geel"))
)


def car(name: str, seller: str = GENT.id, **changes: Any) -> Listing:
    return sample_listing(**({"id": name, "dealer_id": seller, "updated": NOON} | changes))


def happened(kind: EventKind, listing: Listing, hours: float = 0, **prices: Money) -> Event:
    when = NOON + timedelta(hours=hours)
    return Event(kind=kind, listing_id=listing.id, dealer_id=listing.dealer_id, when=when, **prices)


def eur(amount: int) -> Money:
    return Money(minor=100 * amount, currency="EUR")


def site(listings: Sequence[Listing] = (), **changes: Any) -> View:
    known = {"dealers": (GENT, GEEL), "languages": ("nl", "fr")} | changes
    return sample_view(listings, scope=Scope.SITE, place=Place.ROOT, **known)


def made(view: View, kit: Kit) -> dict[str, bytes]:
    exporter = Showroom(Showroom.Options(), kit)
    return {str(each.path): b"".join(each.chunks) for each in exporter.export(view)}


def page(view: View, kit: Kit | None = None) -> Any:
    return html.document_fromstring(made(view, kit or sample_kit())[PAGE])


def said(node: Any) -> str:
    return " ".join(node.text_content().split())


def rows(found: Any) -> list[str]:
    return [" ".join(map(said, each)) for each in found.xpath("//table//tbody/tr")]


def news(found: Any) -> list[str]:
    return [said(each) for each in found.xpath("//section[@class='news']//li")]


# What it says


def test_each_showroom_is_told_with_its_cars_and_its_newest_change() -> None:
    cars = (car("a"), car("b", updated=NOON + timedelta(days=1)), car("c", GEEL.id))
    found = page(site(cars))
    assert rows(found) == [
        "Gent 2 25 november 2026, 12:00",
        "Geel 1 24 november 2026, 12:00",
    ]
    assert said(found.xpath("//*[@class='lead']")[0]) == (
        "3 wagens · Laatste wijziging: 25 november 2026, 12:00"
    )
    assert found.xpath("//tbody//a/@href") == ["/gent/", "/geel/"]
    assert found.xpath("//tbody//time/@datetime")[1] == "2026-11-24T11:00:00.000+00:00"


@pytest.mark.parametrize("what", ["pending", "gone", "events"])
def test_what_is_no_car_for_sale_any_more_is_a_change_too(what: str) -> None:
    later = NOON + timedelta(days=2)
    left = {
        "pending": car("b", updated=later),
        "gone": Tombstone(listing=car("b"), when=later, sold=True),
        "events": Event(kind=EventKind.BACK, listing_id="a", dealer_id=GENT.id, when=later),
    }
    found = page(site([car("a")], **{what: [left[what]]}))
    assert rows(found)[0] == "Gent 1 26 november 2026, 12:00"


def test_a_showroom_of_which_nothing_is_known_is_as_old_as_the_site() -> None:
    assert rows(page(site([car("a")])))[1] == "Geel 0 24 november 2026, 12:00"


def test_old_data_says_so_beneath_its_showroom() -> None:
    view = site([car("a")])
    rooms = tuple(
        msgspec.structs.replace(each, stale_since=NOON if each.slug == "geel" else None)
        for each in view.site.showrooms
    )
    view = msgspec.structs.replace(view, site=msgspec.structs.replace(view.site, showrooms=rooms))
    assert rows(page(view))[1:] == [
        "Geel 0 24 november 2026, 12:00",
        "Dit aanbod is voor het laatst bijgewerkt op 24 november 2026 om 12:00.",
    ]


def test_what_happened_is_told_newest_first_by_day_with_its_own_prices_and_its_seller() -> None:
    one, two, gone = car("a"), car("b", GEEL.id), car("c")
    view = site(
        [one, two],
        gone=[Tombstone(listing=gone, when=NOON, sold=True)],
        events=[
            happened(EventKind.SOLD, gone, 2),
            happened(EventKind.PRICE, two, 1, before=eur(9000), after=eur(8500)),
            happened(EventKind.RESERVED, one, -24),
            happened(EventKind.NEW, one, -25, after=eur(7000)),
        ],
    )
    found = page(view)
    assert news(found) == [
        "24 november 2026",
        f"14:00 Verkocht {gone.title} Gent",
        f"13:00 Prijs verlaagd {two.title} Geel € 9.000 → € 8.500",
        "23 november 2026",
        f"12:00 Nu niet beschikbaar {one.title} Gent",
        f"11:00 Nieuw binnen {one.title} Gent € 7.000",
    ]
    links = found.xpath("//section[@class='news']//a/@href")
    assert links[0] == view.links.href(view.links.vehicle(gone))


def test_on_a_site_of_one_seller_events_do_not_name_him() -> None:
    view = site([car("a")], dealers=(GENT,), events=[happened(EventKind.SOLD, car("a"))])
    assert news(page(view))[1] == f"12:00 Verkocht {car('a').title}"


def test_an_event_of_a_car_that_nobody_knows_is_left_out_and_others_are_bounded() -> None:
    many = [happened(EventKind.SOLD, car("a"), -number) for number in range(NEWEST + 5)]
    events = [happened(EventKind.SOLD, car("unknown"), 1), *many]
    told = page(site([car("a")], events=events)).xpath("//section[@class='news']//a")
    assert len(told) == NEWEST - 1


def test_feeds_are_told_with_their_whole_addresses_and_pages_are_none() -> None:
    view = site([car("a")])
    feeds = (
        FeedAddress(name="atom", path="feeds/atom.xml", media_type="application/atom+xml"),
        FeedAddress(name="showroom", path="index.html", media_type="text/html"),
    )
    view = msgspec.structs.replace(view, links=msgspec.structs.replace(view.links, feeds=feeds))
    found = page(view)
    (entry,) = found.xpath("//section[@class='documents']//li")
    assert said(entry) == "atom application/atom+xml https://voorraad.example/feeds/atom.xml"
    assert entry.xpath(".//a/@href") == ["/feeds/atom.xml"]
    assert entry.xpath(".//a/@type") == ["application/atom+xml"]


def test_an_empty_site_has_the_page_too() -> None:
    found = page(sample_view([], dealers=(), scope=Scope.SITE, place=Place.ROOT))
    assert not found.xpath("//table | //section")
    assert "Er zijn nog geen showrooms." in said(found)


# For whom it is


def test_it_is_made_in_the_first_language_alone_and_no_search_engine_takes_it() -> None:
    files = made(site([car("a")]), sample_kit("fr"))
    assert [path for path in files if "build" in path] == [PAGE]
    found = html.document_fromstring(files[PAGE])
    assert found.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert not found.xpath("//link[@rel='canonical'] | //*[@class='languages']")
    assert found.xpath("//html/@lang") == ["nl-BE"]
    assert b"/build/" not in files["sitemap.xml"]


def test_it_lands_after_all_that_it_leads_to(kit: Kit) -> None:
    exporter = Showroom(Showroom.Options(), kit)
    (kind,) = (each.kind for each in exporter.export(site()) if str(each.path) == PAGE)
    assert kind is Kind.RECORD


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_each_language_without_english_left_over(language: str) -> None:
    view = site([car("a")], languages=(language,))
    found = page(view, sample_kit(language))
    catalogue = read_catalogue(SHIPPED / language / "build.po")
    told = {forms(each.id)[0]: forms(each.string)[0] for each in entries(catalogue)}
    assert said(found.xpath("//h1")[0]) == told["What is online"]
    alike = {english for english, text in told.items() if english == text}
    assert language == "en" or alike <= {"Showroom", "Feeds"}


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    assert "What is online" in messages(SPOKEN)
    assert missing(SPOKEN) == []
    assert unused("build", SPOKEN) == []


# In a build


class Change:
    """A site that lives for a while, beside what its record says."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        feeds = {name: FeedTable() for name in DEFAULT_FEEDS}
        self.asked = {"only": (), "feeds": feeds, "languages": ("nl", "fr")}
        self.build()
        sold, dearer, reserved = self.world.active()[:3]
        self.world.change(sold, status="sold")
        self.world.change(dearer, price=12_345)
        self.build()
        self.world.change(reserved, status="pending")
        self.build()

    def build(self, **more: Any) -> Any:
        built = self.world.build(**(self.asked | more))
        assert built.code == 0, built.said
        return built.summary

    @property
    def body(self) -> bytes:
        return (self.world.output / PAGE).read_bytes()


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Change:
    return Change(tmp_path_factory.mktemp("site"))


def test_it_says_what_the_record_says(change: Change) -> None:
    record = json.loads((change.world.output / "build.json").read_bytes())
    found = html.document_fromstring(change.body)
    told = [
        (link.strip("/"), int(count), datetime.fromisoformat(when))
        for row in found.xpath("//tbody/tr")
        for link, count, when in [
            (*row.xpath(".//a/@href"), said(row.xpath("./td")[0]), *row.xpath(".//time/@datetime"))
        ]
    ]
    assert len(told) > 2
    assert told == [
        (each["slug"], each["listings"], datetime.fromisoformat(each["as_of"]))
        for each in record["targets"]
    ]


def test_it_tells_of_the_sale_the_price_and_the_reservation(change: Change) -> None:
    text = " ".join(news(html.document_fromstring(change.body)))
    for each in ("Verkocht", "12.345", "Nu niet beschikbaar"):
        assert each in text


def test_its_links_lead_somewhere_and_no_page_leads_to_it(change: Change) -> None:
    output = change.world.output
    assert list(deadlinks.faults(output, "https://s.example")) == []
    pages = [path for path in output.rglob("*.html") if path != output / PAGE]
    assert len(pages) > 100
    assert [path for path in pages if b"/build/" in path.read_bytes()] == []


def test_an_unchanged_stock_leaves_it_as_it_is_whatever_the_clock_says(change: Change) -> None:
    before = change.body
    assert change.build().files.written == 0
    assert change.build(secret=None, later=0).files.written == 0
    assert change.build(rerender=True, later=0).files.written == 0
    assert change.body == before
