"""The page that the site's own feed links lead to: what feeds there are, and what happened last."""

from datetime import timedelta

import msgspec
from test_showroom import FEED, STALE, documents, showroom_view

from syndicator.i18n import Words
from syndicator.links import FeedAddress
from syndicator.models import Event, EventKind, Money, Tombstone
from syndicator.testing import sample_listing


def test_the_page_of_the_feeds_names_each_with_its_address_and_its_use() -> None:
    view = showroom_view()
    news = FeedAddress(
        name="wat-nieuw",
        path="feeds/x.xml",
        media_type="application/atom+xml",
        exporter="changes",
    )
    portal = FeedAddress(name="meta", path="feeds/meta.xml", media_type="application/xml")
    links = msgspec.structs.replace(view.links, feeds=(FEED, portal, news))
    page = documents(msgspec.structs.replace(view, links=links))["vb-leuven/feeds/index.html"]
    copied = [each["href"] for each in page.all("a", type="application/atom+xml")]
    assert copied == ["/vb-leuven/feeds/x.xml", "/vb-leuven/feeds/atom.xml"]  # alerts first
    assert "https://voorraad.example/vb-leuven/feeds/atom.xml" in page.visible
    assert "De beste keuze voor meldingen." in page.visible
    assert "meta.xml" not in page.text
    assert page.all("meta", name="robots")[0]["content"] == "noindex"


def test_every_page_leads_there_and_none_where_no_reader_has_a_feed() -> None:
    view = showroom_view()
    for path, page in documents(view).items():
        assert page.all("a", href=f"/{_language(path)}feeds/"), path
    bare = msgspec.structs.replace(view.links, feeds=())
    pages = documents(msgspec.structs.replace(view, links=bare))
    assert not [path for path in pages if "/feeds/" in path]
    assert not pages["vb-leuven/index.html"].all("a", href="/vb-leuven/feeds/")


def _language(path: str) -> str:
    """The folder of the showroom in the language of a page."""
    spoken = [part for part in path.split("/") if part in ("fr", "de", "en")]
    return f"vb-leuven/{spoken[0]}/" if spoken else "vb-leuven/"


def test_a_feed_in_the_language_of_the_page_is_announced_rather_than_another() -> None:
    view = showroom_view()
    french = msgspec.structs.replace(FEED, name="fr", path="feeds/fr.xml", language="fr")
    links = msgspec.structs.replace(view.links, feeds=(FEED, french))
    pages = documents(msgspec.structs.replace(view, links=links))
    expected = {"": "atom", "fr/": "fr", "de/": "atom"}
    for folder, name in expected.items():
        announced = pages[f"vb-leuven/{folder}index.html"].all("link", type="application/atom+xml")
        names = [each["href"].rpartition("/")[2] for each in announced]
        assert f"{name}.xml" in names
        assert folder == "de/" or len(names) == 1


def test_the_page_of_the_feeds_tells_what_happened_last_for_people() -> None:
    car, sold = sample_listing(), sample_listing(id="sold", title="Fabia")
    day = timedelta(days=1)
    price = Event(
        kind=EventKind.PRICE,
        listing_id=car.id,
        dealer_id=car.dealer_id,
        when=STALE,
        before=Money(minor=1_800_000, currency="EUR"),
        after=Money(minor=1_745_000, currency="EUR"),
    )
    events = [
        price,
        msgspec.structs.replace(price, kind=EventKind.SOLD, listing_id="sold", before=None),
        msgspec.structs.replace(price, kind=EventKind.NEW, when=STALE - day, before=None),
        msgspec.structs.replace(price, listing_id="forgotten", when=STALE - day),
    ]
    gone = Tombstone(listing=sold, when=STALE, sold=True)
    view = showroom_view([car], events=events, gone=[gone])
    page = documents(view)["vb-leuven/feeds/index.html"]
    assert page.visible.count(Words.of("nl").day(STALE)) == 1
    assert "Prijs verlaagd" in page.visible
    assert "€ 18.000 → € 17.450" in page.visible.replace("\N{NO-BREAK SPACE}", " ")
    assert page.all("a", href=view.links.href(view.links.vehicle(sold)))
    assert "Fabia" in page.visible
