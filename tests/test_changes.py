from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest
import rfc4287
from catalogues import missing, sources
from lxml import etree

from syndicator.contract import Kit, Scope, View
from syndicator.exporters.changes import Changes, numbered
from syndicator.models import Event, EventKind, Money, Tombstone
from syndicator.selection import selected
from syndicator.testing import LargeStock, sample_listing, sample_view
from syndicator.testing.stock import hostile_dealer, hostile_listing

ATOM = {"a": "http://www.w3.org/2005/Atom"}
GOLDEN = Path(__file__).parent / "golden" / "changes" / "life"
CAR = sample_listing()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = Money(minor=1_745_000, currency="EUR"), Money(minor=1_695_000, currency="EUR")


def event(kind: EventKind, hours: int = 0, **changes: Any) -> Event:
    fields = {"listing_id": CAR.id, "dealer_id": CAR.dealer_id, "when": NOON, "kind": kind}
    if kind is EventKind.PRICE:
        fields |= {"before": OLD, "after": NEW}
    if kind is EventKind.NEW:
        fields |= {"after": OLD}
    made = Event(**(fields | changes))
    return msgspec.structs.replace(made, when=made.when + timedelta(hours=hours))


def life() -> list[Event]:
    """One of each kind, newest first."""
    return [event(kind, hours) for hours, kind in enumerate(EventKind)][::-1]


def view_of(*events: Event, **changes: Any) -> View:
    return sample_view(events=events, **changes)


def document(view: View, kit: Kit, **options: Any) -> bytes:
    (artefact,) = Changes(Changes.Options(**options), kit).export(view)
    return b"".join(artefact.chunks)


def texts(text: bytes, path: str) -> list[str]:
    found = etree.fromstring(text).xpath(path, namespaces=ATOM)
    assert isinstance(found, list)
    return [str(each) for each in found]


def entries(text: bytes) -> dict[str, bytes]:
    """Each entry as it is written, by its id."""
    found = etree.fromstring(text).findall("a:entry", ATOM)
    return {each.findtext("a:id", namespaces=ATOM): etree.tostring(each) for each in found}


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        (
            "nl",
            [
                "Nieuw binnen: {}, € 17.450",
                "Prijs verlaagd: {}, € 17.450 → € 16.950",
                "Nu niet beschikbaar: {}",
                "Verkocht: {}",
                "Niet meer te koop: {}",
                "Opnieuw te koop: {}",
            ],
        ),
        (
            "fr",
            [
                "Nouvel arrivage : {}, 17 450 €",
                "Prix réduit : {}, 17 450 € → 16 950 €",
                "Pas disponible actuellement : {}",
                "Vendu : {}",
                "N'est plus en vente : {}",
                "De nouveau en vente : {}",
            ],
        ),
        (
            "de",
            [
                "Neu eingetroffen: {}, 17.450 €",
                "Preis gesenkt: {}, 17.450 € → 16.950 €",
                "Zurzeit nicht verfügbar: {}",
                "Verkauft: {}",
                "Nicht mehr verfügbar: {}",
                "Wieder zu verkaufen: {}",
            ],
        ),
        (
            "en",
            [
                "New arrival: {}, €17,450",
                "Price down: {}, €17,450 → €16,950",
                "Not available now: {}",
                "Sold: {}",
                "No longer for sale: {}",
                "For sale again: {}",
            ],
        ),
    ],
)
def test_each_event_is_an_entry_in_the_words_of_the_language(
    language: str, titles: list[str], kit: Kit
) -> None:
    text = document(view_of(*life()), kit, language=language)
    plain = str.maketrans("\xa0\u202f\u2019", "  '")
    found = [title.translate(plain) for title in texts(text, "a:entry/a:title/text()")]
    assert found == [title.format(CAR.title) for title in reversed(titles)]
    assert rfc4287.faults(text) == []
    feed = feedparser.parse(text)
    assert not feed.bozo
    assert feed.feed.language.startswith(language)


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_the_life_of_a_car_reads_as_in_the_golden_file(
    language: str, kit: Kit, *, update_golden: bool
) -> None:
    made = document(view_of(*life()), kit, language=language)
    golden = GOLDEN / f"{language}.xml"
    if update_golden:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(made)
    assert made.decode() == golden.read_text("utf-8")


@pytest.mark.parametrize(
    ("before", "after", "title"),
    [
        (NEW, OLD, "Price up: {}, €16,950 → €17,450"),
        (None, OLD, "Price changed: {}, Price on request → €17,450"),
        (OLD, None, "Price changed: {}, €17,450 → Price on request"),
        (OLD, Money(minor=1, currency="USD"), "Price changed: {}, €17,450 → USD 0.01"),
    ],
)
def test_a_new_price_says_which_way_it_went_where_that_can_be_told(
    before: Money | None, after: Money | None, title: str, kit: Kit
) -> None:
    view = view_of(event(EventKind.PRICE, before=before, after=after))
    (found,) = texts(document(view, kit, language="en"), "a:entry/a:title/text()")
    assert found.replace("\xa0", " ") == title.format(CAR.title)


def test_a_new_car_whose_price_nobody_knew_has_none(kit: Kit) -> None:
    view = view_of(event(EventKind.NEW, after=None))
    assert texts(document(view, kit), "a:entry/a:title/text()") == [f"Nieuw binnen: {CAR.title}"]


def test_an_entry_is_dated_by_its_event_and_leads_to_the_car(kit: Kit) -> None:
    view = view_of(event(EventKind.SOLD))
    text = document(view, kit)
    assert texts(text, "a:entry/a:updated/text()") == ["2026-03-01T12:00:00+00:00"]
    assert texts(text, "a:entry/a:published/text()") == ["2026-03-01T12:00:00+00:00"]
    assert texts(text, "a:entry/a:link[not(@rel)]/@href") == [view.links.vehicle(CAR)]
    assert texts(text, "a:entry/a:link[@rel='enclosure']/@href") == [CAR.photos[0].url]
    assert texts(text, "a:entry/a:id/text()") == [
        f"tag:okasie.be,2026:event/{CAR.id}/sold/20260301T120000Z"
    ]
    assert texts(text, "a:entry/a:category/@term") == ["sold"]
    assert texts(text, "a:updated/text()") == ["2026-03-01T12:00:00+00:00"]
    assert texts(text, "a:id/text()") == ["tag:okasie.be,2026:showroom/vb-leuven/changes"]


def test_another_landing_page_is_where_entries_lead(kit: Kit) -> None:
    link = "https://dealer.example/{reference}"
    view = selected(view_of(event(EventKind.NEW)), Changes.Options(link=link))
    found = texts(document(view, kit, link=link), "a:entry/a:link[not(@rel)]/@href")
    assert found == ["https://dealer.example/VB-2207"]


def test_a_change_of_price_adds_one_entry_and_touches_no_other(kit: Kit) -> None:
    listed, lower = event(EventKind.NEW), event(EventKind.PRICE, 5)
    before = document(view_of(listed), kit)
    now = msgspec.structs.replace(
        CAR,
        price=NEW,
        updated=lower.when,
        description="Nu goedkoper!",
        features=(),
    )
    after = document(sample_view([now], events=[lower, listed]), kit)
    old, new = entries(before), entries(after)
    assert len(new) == 2
    assert old.items() <= new.items()


@pytest.mark.parametrize("place", ["pending", "gone"])
def test_a_car_that_leaves_the_list_keeps_its_entries(place: str, kit: Kit) -> None:
    events = [event(EventKind.PRICE, 1), event(EventKind.NEW)]
    before = entries(document(view_of(*events), kit))
    tombstone = Tombstone(listing=CAR, when=NOON, sold=True)
    elsewhere: dict[str, Any] = {"pending": [CAR]} if place == "pending" else {"gone": [tombstone]}
    assert entries(document(sample_view([], events=events, **elsewhere), kit)) == before
    assert len(before) == 2


def test_an_event_of_an_unknown_car_is_passed_over(kit: Kit) -> None:
    view = view_of(event(EventKind.GONE, listing_id="never seen"), event(EventKind.NEW))
    assert texts(document(view, kit), "a:entry/a:category/@term") == ["new"]


def test_without_events_there_is_an_empty_feed_as_old_as_the_stock(kit: Kit) -> None:
    text = document(view_of(), kit)
    assert texts(text, "a:updated/text()") == ["2026-03-03T16:40:22+00:00"]
    assert texts(text, "a:entry/a:id/text()") == []
    assert rfc4287.faults(text) == []
    assert b"fh:complete/>" not in text


def test_equal_events_of_one_moment_have_ids_of_their_own(kit: Kit) -> None:
    back = event(EventKind.PRICE, before=NEW, after=OLD)
    down = event(EventKind.PRICE)
    other = event(EventKind.PRICE, listing_id="other")
    text = document(view_of(back, other, down), kit)
    one = f"tag:okasie.be,2026:event/{CAR.id}/price/20260301T120000Z"
    assert texts(text, "a:entry/a:id/text()") == [f"{one}/2", one]
    assert rfc4287.faults(text) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_a_number_stays_whatever_comes_later_or_is_cut_off(limit: int) -> None:
    same = [event(EventKind.PRICE, after=Money(minor=n, currency="EUR")) for n in range(3)][::-1]
    first = {id(each): number for each, number in numbered(same, 9)}
    assert list(first.values()) == [3, 2, 1]
    later = [event(EventKind.SOLD, 1), event(EventKind.PRICE), *same]
    found = numbered(later, limit)
    assert [each for each, _ in found] == later[:limit]
    assert all(first.get(id(each), number) == number for each, number in found)
    assert [number for _, number in found] == [1, 4, 3, 2, 1][:limit]


def test_of_more_events_than_asked_the_newest_are_told(kit: Kit) -> None:
    view = view_of(*life())
    found = texts(document(view, kit, limit=2), "a:entry/a:category/@term")
    assert found == ["back", "gone"]


def test_the_cars_are_walked_once_however_many_events_there_are(kit: Kit) -> None:
    class Counted(LargeStock):
        walks = 0

        def __iter__(self) -> Any:
            self.walks += 1
            return super().__iter__()

    stock = Counted(50)
    events = [event(EventKind.NEW, -n, listing_id=f"large-{n:06}") for n in range(50)]
    view = msgspec.structs.replace(view_of(*events), listings=stock)
    assert len(entries(document(view, kit))) == 50
    assert stock.walks == 1


@pytest.mark.parametrize("scope", Scope)
def test_nothing_hostile_becomes_markup(scope: Scope, kit: Kit) -> None:
    car = hostile_listing()
    events = [event(kind, -n, listing_id=car.id) for n, kind in enumerate(EventKind)]
    view = sample_view([car], dealers=[hostile_dealer()], events=events, scope=scope)
    text = document(view, kit)
    assert rfc4287.faults(text) == []
    assert len(entries(text)) == len(EventKind)
    for content in texts(text, "a:entry/a:content/text()"):
        tags = {node.tag for node in etree.HTML(content).iter()}
        assert tags <= {"html", "body", "p", "a", "img", "strong", "br", "ul", "li"}


def test_one_bad_entry_costs_that_entry_only(kit: Kit) -> None:
    bad = sample_listing(id="bad", title="a\0b")
    worse = sample_listing(id="worse", title="\ud800")
    events = [event(EventKind.NEW, listing_id=each) for each in ("bad", "worse", CAR.id)]
    view = sample_view([bad, worse, CAR], events=events)
    assert len(entries(document(view, kit))) == 1


def test_a_search_tells_of_its_own_cars(kit: Kit) -> None:
    text = document(view_of(event(EventKind.NEW), scope=Scope.SEARCH), kit)
    assert texts(text, "a:title/text()") == ["Breaks: wijzigingen"]
    assert texts(text, "a:id/text()") == ["tag:okasie.be,2026:search/zoeken/changes"]
    assert texts(text, "a:author/a:name/text()") == ["Voorraad Voorbeeld"]


def test_the_hub_is_named(kit: Kit) -> None:
    text = document(view_of(), kit, hub="https://hub.example/x")
    assert texts(text, "a:link[@rel='hub']/@href") == ["https://hub.example/x"]


SAID = sources(
    *(f"syndicator/exporters/{name}.py" for name in ("_stock", "_entries", "changes", "jsonfeed")),
    "templates/feeds",
)


def test_everything_said_in_feeds_is_translated() -> None:
    assert missing(SAID) == []
