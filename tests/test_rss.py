from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import msgspec
import pytest
import scenarios
from lxml import etree
from pydantic import ValidationError

from syndicator.contract import Kit, Scope, View
from syndicator.exporters.atom import Atom
from syndicator.exporters.rss import Rss
from syndicator.models import Photo
from syndicator.testing import LargeStock, bodies, sample_dealer, sample_listing, sample_view

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "georss": "http://www.georss.org/georss",
    "fh": "http://purl.org/syndication/history/1.0",
}


def document(view: View, kit: Kit, **options: Any) -> bytes:
    """The main one."""
    artefact = next(Rss(Rss.Options(**options), kit).export(view))
    return b"".join(artefact.chunks)


def channel(view: View, kit: Kit, **options: Any) -> etree._Element:
    found = etree.fromstring(document(view, kit, **options)).find("channel")
    assert found is not None
    return found


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_what_the_specification_and_the_profile_demand_is_there(
    scenario: str, scope: Scope, kit: Kit
) -> None:
    view = scenarios.view(scenario, scope=scope)
    root = channel(view, kit)
    assert [len(root.findall(name)) for name in ("title", "link", "description")] == [1, 1, 1]
    assert root.findtext("link") == view.links.home()
    guids = [item.findtext("guid") for item in root.findall("item")]
    assert len(guids) == len(set(guids)) == len(view.listings)
    for item in root.findall("item"):
        assert item.findtext("title")
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.findtext("link").startswith("https://")
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        for enclosure in item.findall("enclosure"):
            assert enclosure.get("url")
            assert enclosure.get("type")
            assert enclosure.get("length").isdigit()
        assert len(item.findall("enclosure")) <= 1


@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_a_feed_reader_reads_it_without_complaint(scenario: str, kit: Kit) -> None:
    view = scenarios.view(scenario)
    feed = feedparser.parse(document(view, kit))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "rss20"
    assert len(feed.entries) == len(view.listings)
    for entry, listing in zip(feed.entries, view.listings, strict=True):
        assert entry.link == view.links.vehicle(listing)
        assert entry.published_parsed[:6] == listing.created.timetuple()[:6]


def test_both_feeds_name_the_same_cars_in_the_same_order(kit: Kit) -> None:
    view = scenarios.view("group")
    (artefact,) = Atom(Atom.Options(), kit).export(view)
    atom = feedparser.parse(b"".join(artefact.chunks))
    rss = feedparser.parse(document(view, kit))
    assert [entry.id for entry in atom.entries] == [entry.id for entry in rss.entries]


def test_the_channel_says_where_it_is_and_how_often_to_ask(kit: Kit) -> None:
    root = channel(sample_view(), kit, filename="nieuws.xml")
    itself = root.find("atom:link", NS)
    assert dict(itself.attrib) == {
        "href": "https://voorraad.example/vb-leuven/feeds/nieuws.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert root.findtext("link") == "https://voorraad.example/vb-leuven/"
    assert root.findtext("ttl") == "60"
    assert root.findtext("language") == "nl-BE"
    assert root.findtext("lastBuildDate") == "Tue, 03 Mar 2026 16:40:22 +0000"


def test_the_summary_comes_before_the_full_text(kit: Kit) -> None:
    (item,) = channel(sample_view(), kit).findall("item")
    names = [etree.QName(child).localname for child in item]
    assert names.index("description") < names.index("encoded")
    assert "<" not in item.findtext("description")
    assert "<ul>" in item.findtext("content:encoded", namespaces=NS)


def test_a_summary_is_escaped_as_html_once_more(kit: Kit) -> None:
    (item,) = channel(scenarios.view("hostile"), kit).findall("item")
    assert "waterstof &lt;b&gt;" in item.findtext("description")


@pytest.mark.parametrize(
    ("photo", "enclosure"),
    [
        (
            Photo(url="https://i.example/a.jpg", length_bytes=7),
            {"url": "https://i.example/a.jpg", "length": "7", "type": "image/jpeg"},
        ),
        (
            Photo(url="https://i.example/a", media_type="image/avif"),
            {"url": "https://i.example/a", "length": "0", "type": "image/avif"},
        ),
        (Photo(url="https://i.example/a"), None),
    ],
)
def test_an_enclosure_needs_a_type(
    photo: Photo, enclosure: dict[str, str] | None, kit: Kit
) -> None:
    (item,) = channel(sample_view([sample_listing(photos=(photo,))]), kit).findall("item")
    found = item.find("enclosure")
    assert (None if found is None else dict(found.attrib)) == enclosure
    assert len(item.findall("media:content", NS)) == 1


def test_the_seller_is_the_creator_and_no_address_is_told(kit: Kit) -> None:
    root = channel(scenarios.view("group"), kit)
    creators = [item.findtext("dc:creator", namespaces=NS) for item in root.findall("item")]
    assert creators == ["Voorbeeld Gent", "Voorbeeld Gent", "Voorbeeld Leuven"]
    assert not root.findall(".//author")
    assert b"leuven@voorbeeld.example" not in document(scenarios.view("group"), kit)


def test_plain_text_survives_readers_that_decode_it_twice(kit: Kit) -> None:
    name = "Smith & <b>Co</b>"
    cars = [sample_listing(title=f"Kia {name}")]
    view = sample_view(cars, dealers=[sample_dealer(display_name=name)])
    text = document(view, kit).decode()
    coded = "Smith &#x26; &#x3C;b&gt;Co&#x3C;/b&gt;"
    assert f"<title>Kia {coded}</title>" in text
    assert f"<title>{coded}: " in text
    assert f" {coded}</description>" in text
    assert f"<dc:creator>{coded}</dc:creator>" in text
    assert channel(view, kit).findtext("item/title") == f"Kia {name}"


def test_html_is_escaped_in_the_usual_way(kit: Kit) -> None:
    text = document(sample_view(), kit).decode()
    assert "<content:encoded>&lt;p&gt;" in text


def test_older_cars_follow_in_documents_that_lead_to_one_another(kit: Kit) -> None:
    base = "https://voorraad.example/vb-leuven/feeds/"
    view = msgspec.structs.replace(sample_view(), listings=LargeStock(25))
    made = bodies(Rss(Rss.Options(limit=10), kit).export(view))
    links, guids = {}, []
    for path, body in made.items():
        assert not feedparser.parse(body).bozo
        root = etree.fromstring(body).find("channel")
        links[str(path)] = {
            link.get("rel"): link.get("href").removeprefix(base)
            for link in root.findall("atom:link", NS)
        }
        assert {link.get("type") for link in root.findall("atom:link", NS)} == {Rss.media_type}
        assert root.findtext("link") == "https://voorraad.example/vb-leuven/"
        assert root.find("fh:complete", NS) is None
        guids += [item.findtext("guid") for item in root.findall("item")]
    ends = {"first": "rss.xml", "last": "rss/3.xml"}
    assert links == {
        "rss.xml": ends | {"self": "rss.xml", "next": "rss/2.xml"},
        "rss/2.xml": ends | {"self": "rss/2.xml", "previous": "rss.xml", "next": "rss/3.xml"},
        "rss/3.xml": ends | {"self": "rss/3.xml", "previous": "rss/2.xml"},
    }
    assert guids == [f"tag:okasie.be,2026:listing/large-{number:06}" for number in range(25)]


def test_one_document_of_all_cars_is_complete_and_names_the_hub(kit: Kit) -> None:
    root = channel(sample_view(), kit, hub="https://hub.example/x")
    assert len(root.findall("fh:complete", NS)) == 1
    hubs = [dict(link.attrib) for link in root.findall("atom:link[@rel='hub']", NS)]
    assert hubs == [{"rel": "hub", "href": "https://hub.example/x"}]


def test_a_hub_is_an_address(kit: Kit) -> None:
    with pytest.raises(ValidationError):
        Rss.Options(hub="javascript:alert(1)")


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_reads_well(language: str, kit: Kit) -> None:
    feed = feedparser.parse(document(scenarios.view("group"), kit, language=language))
    assert not feed.bozo
    assert feed.feed.language.startswith(language)
    assert all(f"/{language}/" in e.link for e in feed.entries) == (language != "nl")
