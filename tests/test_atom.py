from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import msgspec
import pytest
import rfc4287
import scenarios
from lxml import etree
from pydantic import ValidationError

from syndicator.contract import Kit, Scope, View
from syndicator.errors import UsageError
from syndicator.exporters.atom import Atom
from syndicator.models import Body, Photo, Tombstone
from syndicator.selection import selected
from syndicator.testing import LargeStock, bodies, sample_dealer, sample_listing, sample_view
from syndicator.testing.stock import hostile_dealer, hostile_listing

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "georss": "http://www.georss.org/georss",
    "fh": "http://purl.org/syndication/history/1.0",
}


def document(view: View, kit: Kit, **options: Any) -> bytes:
    """The main one."""
    artefact = next(Atom(Atom.Options(**options), kit).export(view))
    return b"".join(artefact.chunks)


def documents(view: View, kit: Kit, **options: Any) -> dict[str, bytes]:
    made = bodies(Atom(Atom.Options(**options), kit).export(view))
    return {str(path): body for path, body in made.items()}


def stock_of(size: int, **changes: Any) -> View:
    """So many cars; every tenth was changed on a day of its own."""
    cars = list(LargeStock(size))
    for number in range(0, size, 10):
        when = cars[number].updated + timedelta(days=number)
        cars[number] = msgspec.structs.replace(cars[number], updated=when)
    return sample_view(cars, **changes)


def parsed(view: View, kit: Kit, **options: Any) -> etree._Element:
    return etree.fromstring(document(view, kit, **options))


def texts(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    return [str(each) for each in found]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_every_must_of_the_specification_is_kept(scenario: str, scope: Scope, kit: Kit) -> None:
    assert rfc4287.faults(document(scenarios.view(scenario, scope=scope), kit)) == []


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_keeps_them_too(language: str, kit: Kit) -> None:
    text = document(scenarios.view("group"), kit, language=language)
    assert rfc4287.faults(text) == []
    assert etree.fromstring(text).get(rfc4287.LANG, "").startswith(language)


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        (b"<updated>2026-03-03T16:40:22+00:00</updated>", b"<updated>2026-03-03</updated>", "3.3"),
        (b"<id>tag:", b"<id>", "4.2.6"),
        (b"<name>Voorbeeld Leuven</name>", b"", "3.2"),
        (b'type="html"', b'type="CDATA"', "4.1.3.1"),
        (b'<category term="wagon"', b"<category", "4.2.2"),
        (b'rel="enclosure"', b'rel="alternate" hreflang="x y"', "4.2.7.4"),
        (b"<generator>", b"<price/><generator>", "4.1"),
        (b' rel="enclosure" href="h', b' href="javascript h', "4.2.7.1"),
        (b"<published>", b"<published/><published>", "4.1.2"),
    ],
)
def test_the_checker_sees_what_is_wrong(old: bytes, new: bytes, section: str, kit: Kit) -> None:
    text = document(sample_view(), kit)
    assert old in text
    assert section in {fault.split(":")[0] for fault in rfc4287.faults(text.replace(old, new))}


@pytest.mark.parametrize("scenario", scenarios.NAMES)
def test_a_feed_reader_reads_it_without_complaint(scenario: str, kit: Kit) -> None:
    view = scenarios.view(scenario)
    feed = feedparser.parse(document(view, kit))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert [entry.title for entry in feed.entries] or not view.listings
    assert len(feed.entries) == len(view.listings)
    for entry, listing in zip(feed.entries, view.listings, strict=True):
        assert entry.link == view.links.vehicle(listing)
        assert entry.updated_parsed[:6] == listing.updated.timetuple()[:6]


def test_the_newest_come_first_and_no_more_than_asked(kit: Kit) -> None:
    view = msgspec.structs.replace(sample_view(), listings=LargeStock(50))
    ids = texts(parsed(view, kit, limit=3), "a:entry/a:id/text()")
    assert ids == [f"tag:okasie.be,2026:listing/large-{number:06}" for number in range(3)]


def test_ids_survive_a_change_of_site_title_price_and_language(kit: Kit) -> None:
    view = sample_view()
    moved = sample_view([sample_listing(title="Anders", price=None, updated=datetime.now(UTC))])
    site = msgspec.structs.replace(moved.site, url="https://elders.example")
    links = msgspec.structs.replace(moved.links, site_url="https://elders.example")
    moved = msgspec.structs.replace(moved, site=site, links=links)
    path = "a:entry/a:id/text()"
    assert texts(parsed(view, kit), path) == texts(parsed(moved, kit, language="fr"), path)


def test_another_language_is_another_feed_of_the_same_cars(kit: Kit) -> None:
    dutch, french = (parsed(sample_view(), kit, language=each) for each in ("nl", "fr"))
    assert texts(dutch, "a:id/text()") == ["tag:okasie.be,2026:showroom/vb-leuven"]
    assert texts(french, "a:id/text()") == ["tag:okasie.be,2026:showroom/vb-leuven/fr"]
    assert texts(dutch, "a:entry/a:id/text()") == texts(french, "a:entry/a:id/text()")
    assert "/fr/" in texts(french, "a:entry/a:link[not(@rel)]/@href")[0]
    assert "Essence" in texts(french, "a:entry/a:summary/text()")[0]


def test_a_language_that_the_site_lacks_is_a_mistake(kit: Kit) -> None:
    with pytest.raises(UsageError, match="'de'"):
        document(sample_view(languages=("nl", "fr")), kit, language="de")


def test_the_feed_is_never_older_than_what_is_in_it(kit: Kit) -> None:
    old = msgspec.structs.replace(sample_view(), as_of=datetime(2020, 1, 1, tzinfo=UTC))
    assert texts(parsed(old, kit), "a:updated/text()") == ["2026-03-03T16:40:22+00:00"]
    new = msgspec.structs.replace(old, as_of=datetime(2026, 5, 1, tzinfo=UTC))
    assert texts(parsed(new, kit), "a:updated/text()") == ["2026-05-01T00:00:00+00:00"]


def test_a_car_that_left_is_a_tombstone(kit: Kit) -> None:
    gone = Tombstone(listing=sample_listing(id="x/y"), when=sample_listing().updated, sold=True)
    root = parsed(sample_view([], gone=[gone]), kit)
    assert texts(root, "at:deleted-entry/@ref") == ["tag:okasie.be,2026:listing/x%2Fy"]
    assert texts(root, "at:deleted-entry/@when") == ["2026-03-03T16:40:22Z"]


@pytest.mark.parametrize(
    ("language", "sold", "left"),
    [
        ("nl", "Verkocht", "Niet meer te koop"),
        ("fr", "Vendu", "N\N{RIGHT SINGLE QUOTATION MARK}est plus en vente"),
        ("de", "Verkauft", "Nicht mehr verfügbar"),
        ("en", "Sold", "No longer for sale"),
    ],
)
def test_a_tombstone_says_why_in_the_language_of_the_feed(
    language: str, sold: str, left: str, kit: Kit
) -> None:
    gone = [
        Tombstone(listing=sample_listing(id=each), when=sample_listing().updated, sold=each == "a")
        for each in "ab"
    ]
    root = parsed(sample_view([], gone=gone), kit, language=language)
    assert texts(root, "at:deleted-entry/at:comment/text()") == [sold, left]


def test_the_lead_photo_is_an_enclosure_and_every_photo_is_media(kit: Kit) -> None:
    root = parsed(sample_view(), kit)
    (enclosure,) = root.findall("a:entry/a:link[@rel='enclosure']", NS)
    assert dict(enclosure.attrib) == {
        "rel": "enclosure",
        "href": "https://images.example/vb-2207/a.webp",
        "type": "image/webp",
        "length": "183204",
    }
    first, second = root.findall("a:entry/media:content", NS)
    assert first.get("width") == "1600"
    assert first.get("height") == "1200"
    assert first.get("fileSize") == "183204"
    assert dict(second.attrib) == {
        "url": "https://images.example/vb-2207/b.webp",
        "medium": "image",
        "type": "image/webp",
    }


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://i.example/a.JPG?w=3", "image/jpeg"),
        ("https://i.example/a.avif", "image/avif"),
        ("https://i.example/a", None),
        ("https://i.example/a.php?x=.png", None),
    ],
)
def test_a_media_type_is_told_by_the_address_or_not_at_all(
    url: str, media_type: str | None, kit: Kit
) -> None:
    root = parsed(sample_view([sample_listing(photos=(Photo(url=url),))]), kit)
    (photo,) = root.findall("a:entry/media:content", NS)
    assert photo.get("type") == media_type
    (enclosure,) = root.findall("a:entry/a:link[@rel='enclosure']", NS)
    assert enclosure.get("type") == media_type
    assert enclosure.get("length") is None


def test_categories_have_a_stable_term_and_a_label_of_the_language(kit: Kit) -> None:
    root = parsed(sample_view([sample_listing(make="Škoda")]), kit, language="fr")
    found = [dict(each.attrib) for each in root.findall("a:entry/a:category", NS)]
    assert found == [
        {"term": "skoda", "scheme": "tag:okasie.be,2026:make", "label": "Škoda"},
        {"term": "wagon", "scheme": "tag:okasie.be,2026:body", "label": "Break"},
        {"term": "petrol", "scheme": "tag:okasie.be,2026:fuel", "label": "Essence"},
    ]
    none = sample_listing(make=None, body=Body.OTHER, fuel=None)
    assert not parsed(sample_view([none]), kit).findall("a:entry/a:category", NS)


def test_a_place_is_latitude_then_longitude(kit: Kit) -> None:
    assert texts(parsed(sample_view(), kit), "a:entry/georss:point/text()") == ["50.8798 4.7005"]


def test_one_bad_entry_costs_that_entry_only(kit: Kit) -> None:
    bad = [
        sample_listing(id=f"bad{n}", title=t) for n, t in enumerate(["a\0b", "\ud800", "\ufffe"])
    ]
    worse = sample_listing(id="bad", description="a\x01b")
    ids = texts(parsed(sample_view([*bad, worse, sample_listing()]), kit), "a:entry/a:id/text()")
    assert ids == [f"tag:okasie.be,2026:listing/{sample_listing().id}"]


def test_content_never_holds_markup_of_the_seller(kit: Kit) -> None:
    view = sample_view([hostile_listing()], dealers=[hostile_dealer()])
    feed = feedparser.parse(document(view, kit), sanitize_html=False)
    (content,) = feed.entries[0].content
    inner = etree.HTML(content.value)
    assert {node.tag for node in inner.iter()} <= {
        "html", "body", "p", "a", "img", "strong", "br", "ul", "li"
    }  # fmt: skip
    assert not inner.xpath("//@onload | //@onerror | //@style")


def test_addresses_in_content_are_absolute_and_the_seller_is_named(kit: Kit) -> None:
    root = parsed(scenarios.view("group"), kit)
    for content in texts(root, "a:entry/a:content/text()"):
        inner = etree.HTML(content)
        assert inner.xpath("//a/@href")
        assert all(each.startswith("https://") for each in inner.xpath("//@href | //@src"))
    assert texts(root, "a:entry/a:author/a:name/text()") == [
        "Voorbeeld Gent",
        "Voorbeeld Gent",
        "Voorbeeld Leuven",
    ]


def test_the_chassis_number_is_not_told_to_readers(kit: Kit) -> None:
    assert b"TMBZZZNE0L0000001" not in document(sample_view(), kit)


def test_the_generator_is_ours_and_has_no_version(kit: Kit) -> None:
    assert texts(parsed(sample_view(), kit), "a:generator/text()") == ["syndicator"]
    assert b"feedgen" not in document(sample_view(), kit)


# More cars than one document may hold


def test_older_cars_follow_in_further_documents(kit: Kit) -> None:
    made = documents(stock_of(25), kit, limit=10)
    assert list(made) == ["atom.xml", "atom/2.xml", "atom/3.xml"]
    ids = [
        each
        for body in made.values()
        for each in texts(etree.fromstring(body), "a:entry/a:id/text()")
    ]
    assert ids == [f"tag:okasie.be,2026:listing/large-{number:06}" for number in range(25)]
    assert all(rfc4287.faults(body) == [] for body in made.values())
    assert not any(feedparser.parse(body).bozo for body in made.values())


def test_documents_of_a_feed_share_its_id_and_lead_to_one_another(kit: Kit) -> None:
    base = "https://voorraad.example/vb-leuven/feeds/"
    made = {
        path: etree.fromstring(body)
        for path, body in documents(stock_of(25), kit, limit=10, filename="x/y.xml").items()
    }
    assert {each for root in made.values() for each in texts(root, "a:id/text()")} == {
        "tag:okasie.be,2026:showroom/vb-leuven/feed/x%2Fy.xml"
    }
    links = {
        path: {link.get("rel"): link.get("href") for link in root.findall("a:link", NS)}
        for path, root in made.items()
    }
    ends = {
        "first": f"{base}x/y.xml",
        "last": f"{base}x/y/3.xml",
        "alternate": "https://voorraad.example/vb-leuven/",
    }
    assert links == {
        "x/y.xml": ends | {"self": f"{base}x/y.xml", "next": f"{base}x/y/2.xml"},
        "x/y/2.xml": ends
        | {
            "self": f"{base}x/y/2.xml",
            "previous": f"{base}x/y.xml",
            "next": f"{base}x/y/3.xml",
        },
        "x/y/3.xml": ends | {"self": f"{base}x/y/3.xml", "previous": f"{base}x/y/2.xml"},
    }


def test_a_changed_car_rewrites_its_own_document_and_the_main_one(kit: Kit) -> None:
    view = stock_of(45)
    cars = list(view.listings)
    cars[25] = msgspec.structs.replace(
        cars[25], mileage_km=99_000, updated=datetime(2026, 11, 1, tzinfo=UTC)
    )
    before = documents(view, kit, limit=10)
    after = documents(sample_view(cars), kit, limit=10)
    assert before.keys() == after.keys()
    changed = [path for path, body in before.items() if body != after[path]]
    assert changed == ["atom.xml", "atom/3.xml"]
    moments = [texts(etree.fromstring(after[path]), "a:updated/text()") for path in changed]
    assert moments == [["2026-11-01T00:00:00+00:00"]] * 2


def test_only_the_main_document_tells_what_left_and_where_the_hub_is(kit: Kit) -> None:
    gone = Tombstone(listing=sample_listing(id="x"), when=sample_listing().updated, sold=True)
    view = stock_of(15, gone=[gone])
    main, older = documents(view, kit, limit=10, hub="https://hub.example/x").values()
    assert texts(etree.fromstring(main), "a:link[@rel='hub']/@href") == ["https://hub.example/x"]
    assert len(texts(etree.fromstring(main), "at:deleted-entry/@ref")) == 1
    assert b"hub.example" not in older
    assert b"deleted-entry" not in older


@pytest.mark.parametrize(
    ("size", "options", "is_complete"),
    [
        (0, {}, True),
        (10, {"limit": 10}, True),
        (11, {"limit": 10}, False),
        (11, {"limit": 10, "pages": 1}, False),
    ],
)
def test_a_feed_is_complete_where_one_document_holds_every_car(
    size: int, options: dict[str, int], kit: Kit, *, is_complete: bool
) -> None:
    for body in documents(stock_of(size), kit, **options).values():
        found = etree.fromstring(body).findall("fh:complete", NS)
        assert len(found) == is_complete


def test_a_feed_may_be_kept_to_so_many_documents(kit: Kit) -> None:
    made = documents(stock_of(45), kit, limit=10, pages=2)
    assert list(made) == ["atom.xml", "atom/2.xml"]
    assert b'rel="next"' not in made["atom/2.xml"]
    assert b'2.xml" rel="last"' in made["atom.xml"]
    assert list(documents(stock_of(45), kit, limit=10, pages=9))[-1] == "atom/5.xml"


@pytest.mark.parametrize("filename", ["atom", "feeds/atom", ".xml", "atom.", ""])
def test_a_filename_without_ending_leaves_no_name_for_the_folder(filename: str) -> None:
    with pytest.raises(ValidationError, match="no ending"):
        Atom.Options(filename=filename)


# Whose feed it is


def test_a_search_is_called_as_it_is_and_published_by_the_site(kit: Kit) -> None:
    view = sample_view(scope=Scope.SEARCH)
    room = msgspec.structs.replace(view.showroom, names={"fr": "Les breaks"})
    root = parsed(msgspec.structs.replace(view, showroom=room), kit, language="fr")
    assert texts(root, "a:title/text()") == ["Les breaks"]
    assert texts(root, "a:subtitle/text()") == ["Les dernières voitures de cette recherche"]
    assert texts(root, "a:id/text()") == ["tag:okasie.be,2026:search/zoeken/fr"]
    assert texts(root, "a:author/a:name/text()") == ["Voorraad Voorbeeld"]
    assert texts(root, "a:entry/a:author/a:name/text()") == ["Voorbeeld Leuven"]


def test_a_showroom_is_called_as_the_language_calls_it(kit: Kit) -> None:
    view = sample_view()
    room = msgspec.structs.replace(view.showroom, names={"de": "Beispiel Löwen"})
    root = parsed(msgspec.structs.replace(view, showroom=room), kit, language="de")
    assert texts(root, "a:title/text()") == ["Beispiel Löwen: Angebot"]
    assert texts(root, "a:author/a:name/text()") == ["Beispiel Löwen"]


def test_a_feed_of_another_filename_is_another_whatever_it_chooses(kit: Kit) -> None:
    def id_of(**given: Any) -> str:
        (found,) = texts(parsed(sample_view(), kit, **given), "a:id/text()")
        return str(found)

    usual = "tag:okasie.be,2026:showroom/vb-leuven"
    assert id_of() == id_of(price_to=9000) == id_of(values={"color": {"Grijs": "Grey"}}) == usual
    assert id_of(filename="koopjes.xml") == f"{usual}/feed/koopjes.xml"
    assert id_of(filename="fr.xml", language="fr") == f"{usual}/fr/feed/fr.xml"


def test_entries_lead_where_the_operator_wants_them_else_to_our_page(kit: Kit) -> None:
    cars = [sample_listing(), sample_listing(id="b", reference=None)]
    options = {"link": "https://dealer.example/{language}/{reference}", "language": "fr"}
    view = selected(sample_view(cars), Atom.Options(**options))
    root = parsed(view, kit, **options)
    ours = view.links.vehicle(cars[1], "fr")
    addresses = ["https://dealer.example/fr/VB-2207", ours]
    assert texts(root, "a:entry/a:link[not(@rel)]/@href") == addresses
    for content, address in zip(texts(root, "a:entry/a:content/text()"), addresses, strict=True):
        assert set(etree.HTML(content).xpath("//a/@href")) - {sample_listing().car_pass.url} == {
            address
        }


def test_a_hostile_dealer_cannot_break_a_document(kit: Kit) -> None:
    name = "</title><b>&amp;\u202e"
    view = sample_view(dealers=[sample_dealer(display_name=name)])
    assert rfc4287.faults(document(view, kit)) == []
    assert texts(parsed(view, kit), "a:author/a:name/text()") == [name]
