"""What the showroom's pages promise, read from the pages themselves."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import msgspec
import pytest
from lxml import etree

from syndicator.contract import Artefact, Kind, Place, Scope, View
from syndicator.exporters._phone import international
from syndicator.exporters.showroom import Showroom, sitemap, theme
from syndicator.exporters.showroom.contact import contact
from syndicator.exporters.showroom.paging import Pages
from syndicator.exporters.showroom.reduction import reference
from syndicator.exporters.showroom.shelf import walk
from syndicator.i18n import Words
from syndicator.links import FeedAddress
from syndicator.look import Theme
from syndicator.models import CarPass, Listing, Money, PricePoint, Seller, Status, Tombstone
from syndicator.models import Showroom as Room
from syndicator.render import RenderKit, Templates
from syndicator.testing import (
    DEALER_ID,
    sample_dealer,
    sample_listing,
    sample_view,
)

OTHER_ID = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0003"
VOID = {"meta", "link", "img", "br", "input", "hr", "path", "rect", "circle"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
HOSTILE = "</script><script>alert(1)</script><!-- \"'><img src=x onerror=alert(1)> {{7*7}} & ﷽"
FOLDERS = [
    f"{before}{language}{after}"
    for language in ("", "fr/", "de/", "en/")
    for before, after in (("", ""), ("", "feeds/"), ("embed/", ""), ("embed/", "howto/"))
]
FEED = FeedAddress(name="atom", path="feeds/atom.xml", media_type="application/atom+xml")
TEMPLATES = Templates()


class Document(HTMLParser):
    """A page taken apart; complains where an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = {name: value or "" for name, value in attrs}
        assert len(fields) == len(attrs), f"an attribute twice: {attrs}"
        self.tags.append((tag, fields))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"script", "style"}:
            self.words.append(data)

    @property
    def visible(self) -> str:
        """Its text, blanks folded."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The elements of that name with these attributes."""
        return [
            fields
            for name, fields in self.tags
            if name == tag and all(fields.get(key) == value for key, value in wanted.items())
        ]

    @property
    def data(self) -> Mapping[str, Any]:
        """Its JSON-LD."""
        start = self.text.index('<script type="application/ld+json">') + 35
        document: Mapping[str, Any] = json.loads(
            self.text[start : self.text.index("</script>", start)]
        )
        return document

    def node(self, kind: str) -> Mapping[str, Any]:
        """The JSON-LD node of a type."""
        return next(node for node in self.data["@graph"] if node["@type"] == kind)


def kit(language: str = "nl") -> RenderKit:
    return RenderKit(TEMPLATES, language)


def showroom_view(listings: list[Listing] | None = None, **changes: Any) -> View:
    """One dealer's slice, with a feed."""
    view = sample_view(listings, place=Place.ROOT, **changes)
    links = msgspec.structs.replace(view.links, feeds=(FEED,))
    return msgspec.structs.replace(view, links=links)


def site_view(listings: list[Listing] | None = None, **changes: Any) -> View:
    return showroom_view(listings, scope=Scope.SITE, **changes)


def themed(view: View, **fields: Any) -> View:
    assert view.showroom
    room = msgspec.structs.replace(view.showroom, **fields)
    return msgspec.structs.replace(view, showroom=room)


def export(view: View, **options: Any) -> Iterator[Artefact]:
    chosen = {"price_cards": False} | options  # they have tests of their own
    return Showroom(Showroom.Options(**chosen), kit()).export(view)


def made(view: View, **options: Any) -> dict[str, str]:
    """Path in ``output/`` to text."""
    return {
        view.links.place + str(each.path): b"".join(each.chunks).decode()
        for each in export(view, **options)
    }


def documents(view: View, **options: Any) -> dict[str, Document]:
    files = made(view, **options)
    return {path: Document(text) for path, text in files.items() if path.endswith(".html")}


def page_of(view: View, listing: Listing, language: str = "nl", **options: Any) -> Document:
    return documents(view, **options)[view.links.vehicle_path(listing, language) + "index.html"]


def many(count: int, **changes: Any) -> list[Listing]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        sample_listing(id=f"car-{n:05}", created=start + timedelta(hours=n), **changes)
        for n in range(count)
    ]


def bare_listing() -> Listing:
    """Only what every listing has."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Listing(
        id="bare",
        dealer_id=DEALER_ID,
        status=Status.ACTIVE,
        title="?",
        created=moment,
        updated=moment,
    )


# Complete pages


def test_every_page_is_complete_and_says_what_it_is() -> None:
    for path, page in {**documents(showroom_view()), **documents(site_view())}.items():
        assert page.text.startswith("<!DOCTYPE html>"), path
        assert page.all("html")[0]["lang"]
        assert len(page.all("h1")) == 1
        assert len(page.all("title")) == 1
        assert page.all("meta", name="description")[0]["content"]
        assert page.all("link", rel="icon")
        assert len(page.all("main")) == 1
        identities = [fields["id"] for _, fields in page.tags if "id" in fields]
        assert len(identities) == len(set(identities)), path


def test_each_page_has_a_title_of_its_own() -> None:
    pages = documents(showroom_view(), per_page=1)
    for language in ("nl", "fr", "de", "en"):
        lang = {"nl": "nl-BE", "fr": "fr-BE", "de": "de-BE"}.get(language, language)
        titles = [
            page.text.split("<title>")[1].split("</title>")[0]
            for page in pages.values()
            if page.all("html")[0]["lang"].startswith(lang[:2])
        ]
        assert len(titles) == len(set(titles)) == 5


def test_files_land_in_an_order_that_leaves_no_link_dangling() -> None:
    kinds = {str(each.path): each.kind for each in export(showroom_view())}
    assert {kind for path, kind in kinds.items() if "skoda" in path} == {Kind.LEAF}
    assert {kind for path, kind in kinds.items() if "skoda" not in path} == {Kind.INDEX}
    site = {str(each.path): each.kind for each in export(site_view())}
    assert site["sitemap.xml"] is Kind.SITEMAP
    assert site["index.html"] is Kind.INDEX


def test_the_same_view_gives_the_same_bytes() -> None:
    for view in (showroom_view(many(5)), site_view(many(5))):
        assert made(view) == made(view)


def test_bodies_may_be_consumed_late_and_in_any_order() -> None:
    view = showroom_view(many(5))
    held = list(export(view, per_page=2))
    late = {
        view.links.place + str(each.path): b"".join(each.chunks).decode() for each in held[::-1]
    }
    assert late == made(view, per_page=2)


# How old the data is

STALE = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
DATED = {
    "nl-BE": "24 november 2026 om 14:05",
    "fr-BE": "24 novembre 2026 à 14:05",
    "de-BE": "24. November 2026 um 14:05 Uhr",
    "en": "24 November 2026 at 14:05",
}


def test_every_page_of_a_stale_showroom_says_once_how_old_its_data_is() -> None:
    gone = Tombstone(listing=sample_listing(id="gone"), when=STALE, sold=True)
    extra = {"pending": [sample_listing(id="pending")], "gone": [gone]}
    pages = documents(themed(showroom_view(many(3), **extra), stale_since=STALE), per_page=2)
    assert len(pages) == 4 * (2 + 3 + 2 + 1 + 2)
    for path, page in pages.items():
        assert len(page.all("p", role="note")) == 1, path
        assert page.visible.count(DATED[page.all("html")[0]["lang"]]) == 1, path


def test_a_stale_page_asks_for_a_call_only_where_there_is_a_car_to_ask_for() -> None:
    car, sold = sample_listing(), sample_listing(id="sold", model="Fabia")
    gone = Tombstone(listing=sold, when=STALE, sold=True)
    full = themed(showroom_view([car], gone=[gone]), stale_since=STALE)
    empty = themed(showroom_view([]), stale_since=STALE)
    assert "of deze wagen er nog is." in page_of(full, car).visible
    assert "er nog is." not in page_of(full, sold).visible
    assert "of een wagen er nog is." in documents(full)["vb-leuven/index.html"].visible
    assert "er nog is." not in documents(empty)["vb-leuven/index.html"].visible


def test_a_fresh_showroom_and_the_site_around_it_say_nothing_of_age() -> None:
    for page in [*documents(showroom_view()).values(), *documents(site_view()).values()]:
        assert not page.all("p", role="note")


# Links


def test_every_internal_link_leads_to_a_file() -> None:
    cars = many(7)
    gone = Tombstone(listing=sample_listing(id="gone"), when=cars[0].created, sold=True)
    extra = {"pending": [sample_listing(id="pending")], "gone": [gone]}
    room = themed(showroom_view(cars, **extra), theme=Theme(accent="#c2410c"))
    site = site_view(cars)
    files = {**made(room, per_page=3), **made(site)}
    known = set(files) | {path for path, _ in TEMPLATES.assets()} | {"vb-leuven/feeds/atom.xml"}
    known |= {"feeds/atom.xml"}
    checked = 0
    for path, text in files.items():
        if not path.endswith(".html"):
            continue
        for tag, fields in Document(text).tags:
            for name in ("href", "src", "data-home", "data-index"):
                address = fields.get(name, "")
                if not address or address.startswith(("tel:", "mailto:", "#")):
                    continue
                full = urljoin(f"{site.site.url}/{path}", address)
                if full.startswith(site.site.url):
                    target = full.removeprefix(f"{site.site.url}/")
                    target += "index.html" if target.endswith("/") or not target else ""
                    assert target in known, (path, tag, address)
                    checked += 1
    assert checked > 500


def test_languages_name_each_other_and_the_switch_stays_on_the_car() -> None:
    car = sample_listing()
    view = showroom_view([car])
    sets = []
    for language in view.site.languages:
        page = page_of(view, car, language)
        own = view.links.vehicle(car, language)
        assert page.all("link", rel="canonical")[0]["href"] == own
        assert page.all("meta", property="og:url")[0]["content"] == own
        alternates = {
            each["hreflang"]: each["href"] for each in page.all("link") if "hreflang" in each
        }
        sets.append(alternates)
        switch = {each["hreflang"]: each["href"] for each in page.all("a") if "hreflang" in each}
        assert switch == {
            each: view.links.href(view.links.vehicle(car, each)) for each in view.site.languages
        }
    assert all(each == sets[0] for each in sets)
    assert set(sets[0]) == {"nl", "fr", "de", "en", "x-default"}


def test_a_site_in_one_language_has_no_switch() -> None:
    for page in documents(showroom_view(languages=("fr",))).values():
        assert not [each for each in page.all("a") if "hreflang" in each]
        assert not [each for each in page.all("link") if "hreflang" in each]
        assert page.all("html")[0]["lang"] == "fr-BE"


def test_feeds_are_announced_on_every_page() -> None:
    for page in documents(showroom_view()).values():
        feed = page.all("link", rel="alternate", type="application/atom+xml")
        assert [each["href"] for each in feed] == ["/vb-leuven/feeds/atom.xml"]
        assert feed[0]["title"]


# The list


def test_a_list_is_cut_into_pages_that_link_to_each_other() -> None:
    cars = many(7)
    pages = documents(showroom_view(cars), per_page=3)
    lists = [path for path in pages if "skoda" not in path and "/fr/" not in path]
    first, second, third = (
        pages[f"vb-leuven/{folder}index.html"] for folder in ("", "page/2/", "page/3/")
    )
    assert {"vb-leuven/page/2/index.html", "vb-leuven/page/3/index.html"} <= set(lists)
    assert "vb-leuven/fr/page/3/index.html" in pages
    assert [len(page.all("article")) for page in (first, second, third)] == [3, 3, 1]
    assert first.all("a", rel="next")[0]["href"] == "/vb-leuven/page/2/"
    assert not first.all("a", rel="prev")
    assert second.all("a", rel="prev")[0]["href"] == "/vb-leuven/"
    assert not third.all("a", rel="next")


def test_the_numbers_of_a_long_list_show_the_ends_and_what_is_near() -> None:
    hrefs = tuple(str(number) for number in range(20))
    assert Pages(number=10, hrefs=hrefs).numbers == (1, None, 8, 9, 10, 11, 12, None, 20)
    assert Pages(number=1, hrefs=hrefs).numbers == (1, 2, 3, None, 20)
    assert Pages(number=1, hrefs=("",)).numbers == (1,)


def test_a_card_has_one_link() -> None:
    car = sample_listing()
    page = documents(showroom_view([car]))["vb-leuven/index.html"]
    cards = [fields for fields in page.all("li") if "data-n" in fields]
    assert cards == [
        {
            "data-id": car_folder(car),
            "data-n": "1",
        }
    ]
    hrefs = [fields["href"] for fields in page.all("a")]
    assert hrefs.count(f"/vb-leuven/{car_folder(car)}/") == 1


def car_folder(listing: Listing) -> str:
    view = sample_view([listing], place=Place.ROOT)
    return view.links.vehicle_path(listing).removeprefix("vb-leuven/").rstrip("/")


def test_a_card_tells_price_tax_and_the_first_facts() -> None:
    page = documents(showroom_view())["vb-leuven/index.html"]
    for wanted in ("Skoda Octavia", "Ambition", "17.450", "Btw aftrekbaar", "09/2020", "61.200 km"):
        assert wanted in page.visible
    assert "Benzine" in page.visible
    assert "Car-Pass" in page.visible


def test_an_empty_showroom_says_so_and_stays_reachable() -> None:
    pages = documents(showroom_view([]))
    assert set(pages) == {f"vb-leuven/{folder}index.html" for folder in FOLDERS}
    page = pages["vb-leuven/index.html"]
    assert "Momenteel geen wagens" in page.visible
    assert page.all("a", href="tel:+3216000000")
    assert not page.all("form")


def test_the_first_photos_are_wanted_at_once_and_the_others_when_near() -> None:
    page = documents(showroom_view(many(5)))["vb-leuven/index.html"]
    photos = [each for each in page.all("img") if each["src"].startswith("https://images")]
    assert [each.get("loading") for each in photos] == [None, None, "lazy", "lazy", "lazy"]
    assert all(each["referrerpolicy"] == "no-referrer" for each in photos)


def test_a_list_shows_its_first_photo_where_it_is_shared() -> None:
    bare, pictured = sample_listing(id="bare", photos=()), sample_listing(id="pictured")
    view = showroom_view([bare, pictured])
    for page in (
        documents(view)["vb-leuven/index.html"],
        documents(site_view([bare, pictured]))["index.html"],
    ):
        (image,) = page.all("meta", property="og:image")
        assert image["content"] == pictured.photos[0].url
    assert not documents(showroom_view([]))["vb-leuven/index.html"].all("meta", property="og:image")


def test_a_list_names_its_seller_once_below_the_cars() -> None:
    page = documents(showroom_view())["vb-leuven/index.html"]
    assert page.visible.count("Stationsstraat 5") == 1
    assert "leuven@voorbeeld.example" in page.visible


def test_without_a_logo_the_way_up_stands_in_the_head() -> None:
    plain = showroom_view(dealers=[sample_dealer(logo_url=None)])
    for view in (plain, showroom_view()):
        page = documents(view)["vb-leuven/index.html"]
        head = page.text[page.text.index("<header") : page.text.index("</header>")]
        assert ('class="trail"' in head) == (view == plain)
        assert page.text.count('class="trail"') == 1
        logos = [each["alt"] for each in page.all("img") if "logo" in each["src"]]
        assert logos == ([] if view == plain else ["Voorbeeld Leuven"])


# A group


def group_view(listings: list[Listing]) -> View:
    dealers = [sample_dealer(), sample_dealer(id=OTHER_ID, location_code="VB-GENT", city="Gent")]
    view = showroom_view(listings, dealers=dealers)
    room = Room(slug="groep", name="Groep", dealer_ids=(DEALER_ID, OTHER_ID), is_group=True)
    links = msgspec.structs.replace(view.links, folder="groep/", place="groep/")
    return msgspec.structs.replace(view, showroom=room, links=links)


def test_a_group_lists_the_cars_of_its_locations_and_makes_no_page_for_them() -> None:
    cars = [sample_listing(id="a"), sample_listing(id="b", dealer_id=OTHER_ID)]
    view = group_view(cars)
    pages = documents(view)
    assert set(pages) == {f"groep/{folder}index.html" for folder in FOLDERS}
    page = pages["groep/fr/index.html"]
    for car in cars:
        assert page.all("a", href=view.links.href(view.links.vehicle(car, "fr")))
    assert "Leuven" in page.visible
    assert "Gent" in page.visible


def test_a_head_dealers_own_cars_have_their_pages_in_the_group() -> None:
    view = group_view([sample_listing(id="a"), sample_listing(id="b", dealer_id=OTHER_ID)])
    homes = {**view.links.dealers, OTHER_ID: "groep"}
    links = msgspec.structs.replace(view.links, dealers=homes)
    pages = documents(msgspec.structs.replace(view, links=links))
    assert len([path for path in pages if "skoda" in path]) == 4


# One car


def test_a_car_page_tells_everything_that_is_known() -> None:
    car = sample_listing()
    page = page_of(showroom_view([car]), car)
    for wanted in (
        "Break, eerste eigenaar.",
        "Cruise control",
        "Voorbeeld Leuven",
        "+32 16 00 00 00",
        "121",
        "Euro 6d",
        "Bekijk de Car-Pass",
        "Btw aftrekbaar",
    ):
        assert wanted in page.visible, wanted
    assert page.all("a", href="https://public.car-pass.be/vhr/example")
    assert page.all("meta", property="og:image")[0]["content"] == car.photos[0].url


def test_the_chassis_number_stays_private_unless_asked_for() -> None:
    car = sample_listing()
    view = showroom_view([car])
    assert not any(str(car.vin) in text for text in made(view).values())
    assert str(car.vin) in page_of(view, car, show_vin=True).text


def test_a_bare_certificate_number_becomes_no_address() -> None:
    car = sample_listing(car_pass=CarPass(number="12345678901"))
    page = page_of(showroom_view([car]), car)
    assert "12345678901" in page.visible
    assert not [each for each in page.all("a") if "12345678901" in each.get("href", "")]


def test_what_is_not_known_is_not_shown() -> None:
    car = bare_listing()
    for language in ("nl", "fr", "de", "en"):
        page = page_of(showroom_view([car]), car, language)
        assert "None" not in page.visible
        assert "Car-Pass" not in page.visible
    assert "Prijs op aanvraag" in page_of(showroom_view([car]), car).visible


def test_a_description_keeps_its_paragraphs_and_lines() -> None:
    car = sample_listing(description="Een\ntwee\n\n\ndrie", features=())
    text = page_of(showroom_view([car]), car).text
    prose = text[text.index('class="prose"') :]
    assert "<p>Een<br>twee</p>" in prose
    assert "<p>drie</p>" in prose


def test_a_long_description_is_folded_after_its_first_lines() -> None:
    lines = [f"Optie {number}" for number in range(60)]
    car = sample_listing(description="\n".join(lines))
    text = page_of(showroom_view([car]), car).text
    shown, folded = text.split('<details class="fold"><summary>Lees meer</summary>')
    assert [line for line in lines if f"{line}<br>" in shown] == lines[:19]
    assert "Optie 19</p>" in shown
    assert "<p>Optie 20<br>" in folded
    assert "Optie 59</p>" in folded


def test_a_description_that_is_hardly_too_long_is_not_folded() -> None:
    car = sample_listing(description="\n\n".join(["Een\ntwee"] * 12))
    assert not page_of(showroom_view([car]), car).all("details")


def test_the_first_facts_of_a_car_carry_their_labels() -> None:
    car = sample_listing(first_registration=None)
    text = page_of(showroom_view([car]), car).text
    first = text[text.index('<dl class="tiles">') : text.index("</dl>")]
    assert "<dt>Bouwjaar</dt><dd><bdi>2020</bdi></dd>" in first
    assert "<dt>Vermogen</dt><dd><bdi>81 kW (110 pk)</bdi></dd>" in first
    assert "<dt>Koetswerk</dt><dd><bdi>Break</bdi></dd>" in first


def test_a_thumbnail_leads_to_its_photo_and_is_nothing_to_a_screen_reader() -> None:
    car = sample_listing()
    page = page_of(showroom_view([car]), car)
    thumbs = [each for each in page.all("a") if each["href"].startswith("#photo-")]
    assert [each["href"][1:] for each in thumbs] == [
        each["id"] for each in page.all("li") if "id" in each
    ]
    assert thumbs
    assert all(each["tabindex"] == "-1" for each in thumbs)
    assert page.all("ul", **{"class": "thumbs", "aria-hidden": "true"})
    one = sample_listing(photos=car.photos[:1])
    assert not page_of(showroom_view([one]), one).all("ul", **{"class": "thumbs"})


def test_neighbours_follow_the_order_of_the_list() -> None:
    cars = many(3)
    view = showroom_view(cars)
    newest, middle, oldest = view.listings
    page = page_of(view, middle)
    hrefs = {rel: page.all("a", rel=rel)[0]["href"] for rel in ("prev", "next")}
    assert hrefs == {
        "prev": view.links.href(view.links.vehicle(newest)),
        "next": view.links.href(view.links.vehicle(oldest)),
    }


def test_a_car_that_is_not_for_sale_now_keeps_a_page_that_is_not_found_by_searching() -> None:
    pending = sample_listing(id="pending")
    view = showroom_view([], pending=[pending])
    page = page_of(view, pending)
    assert page.all("meta", name="robots")[0]["content"] == "noindex"
    assert "Momenteel niet beschikbaar" in page.visible
    assert "17.450" not in page.visible
    assert not page.all("link", rel="canonical")
    assert car_folder(pending) not in made(view)["vb-leuven/index.html"]


@pytest.mark.parametrize(("sold", "words"), [(True, "Verkocht"), (False, "Niet meer te koop")])
def test_a_car_that_left_says_so_and_shows_others_like_it(sold: bool, words: str) -> None:  # noqa: FBT001 - a case
    left = sample_listing(id="left")
    stone = Tombstone(listing=left, when=left.updated, sold=sold)
    view = showroom_view(many(3), gone=[stone])
    page = page_of(view, left)
    assert words in page.visible
    assert page.all("meta", name="robots")[0]["content"] == "noindex"
    assert len(page.all("article")) == 1 + 3
    state = "SoldOut" if sold else "Discontinued"
    node = page.node("Car")
    assert node["offers"]["availability"] == f"https://schema.org/{state}"
    assert "price" not in node["offers"]
    assert "description" not in node


# Words


def test_each_language_speaks_its_own_words() -> None:
    view = showroom_view(many(5))
    said = {
        language: documents(view)[f"vb-leuven/{folder}index.html"].visible
        for language, folder in (("nl", ""), ("fr", "fr/"), ("de", "de/"), ("en", "en/"))
    }
    for language, wanted in {
        "nl": ("5 wagens", "Benzine", "Sorteren op"),
        "fr": ("5 voitures", "Essence", "Trier par"),
        "de": ("5 Fahrzeuge", "Benzin", "Sortieren nach"),
        "en": ("5 cars", "Petrol", "Sort by"),
    }.items():
        assert all(words in said[language] for words in wanted)
    for language in ("nl", "fr", "de"):
        assert "Sort by" not in said[language]
        assert " cars" not in said[language]


# Hostile text


def test_hostile_text_is_shown_and_never_obeyed() -> None:
    fields = ("title", "make", "model", "variant", "description", "color", "emission_class")
    car = sample_listing(
        **dict.fromkeys([*fields, "reference", "engine", "interior_color"], HOSTILE),
        features=(msgspec.convert({"name": HOSTILE}, type(sample_listing().features[0])),),
    )
    dealer = sample_dealer(display_name=HOSTILE, address=HOSTILE, phone=HOSTILE, email=HOSTILE)
    view = showroom_view([car], dealers=[dealer])
    for path, page in documents(view).items():
        assert not [tag for tag, fields in page.tags if "onerror" in fields], path
        scripts = page.all("script")
        assert all("src" in each or each["type"] == "application/ld+json" for each in scripts)
        assert page.data["@graph"]
        assert "49" not in page.visible.replace("17.450", "")
    assert HOSTILE.partition(" ")[0] in page_of(view, car).visible


def test_structured_data_equals_the_data_whatever_it_holds() -> None:
    car = sample_listing(description=HOSTILE, title=HOSTILE)
    node = page_of(showroom_view([car]), car).node("Car")
    assert node["description"] == HOSTILE
    assert node["name"] == HOSTILE


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("+32 16 00 00 00", "+3216000000"),
        ("016 00 00 00", "+3216000000"),
        ("0032 (0)16/00.00.00", "+3216000000"),
        ("0471-12 34 56", "+32471123456"),
        ("javascript:alert(1)", ""),
        ("bel ons", ""),
        ("", ""),
    ],
)
def test_a_number_is_called_only_where_it_is_one(phone: str, number: str) -> None:
    assert international(phone) == number


def test_a_message_names_the_car_and_only_a_mobile_number_gets_whatsapp() -> None:
    words = Words.of("nl")
    mobile = contact(sample_dealer(phone="0471 12 34 56"), Seller(), words, "Skoda & co")
    assert mobile.whatsapp.startswith("https://wa.me/32471123456?text=")
    assert "Skoda%20%26%20co" in mobile.mail
    assert contact(sample_dealer(), Seller(), words).whatsapp == ""
    assert contact(sample_dealer(email="x@y?bcc=z"), Seller(), words).mail == ""


def test_the_seller_is_named_as_the_law_asks() -> None:
    seller = Seller(
        legal_form="BV",
        enterprise_number="0123.456.749",
        vat_number="BE 0123.456.749",
        court="Leuven",
    )
    for page in documents(themed(showroom_view(), seller=seller)).values():
        for wanted in (
            "Voorbeeld Leuven BV",
            "0123.456.749",
            "BE 0123.456.749",
            "Stationsstraat 5",
        ):
            assert wanted in page.visible


# Structured data


def test_structured_data_tells_what_the_page_tells() -> None:
    car = sample_listing()
    view = showroom_view([car])
    page = page_of(view, car)
    node = page.node("Car")
    assert node["mileageFromOdometer"] == {
        "@type": "QuantitativeValue",
        "value": 61200,
        "unitCode": "KMT",
    }
    assert node["offers"]["price"] == 17450
    assert node["offers"]["priceCurrency"] == "EUR"
    assert node["offers"]["availability"] == "https://schema.org/InStock"
    assert node["vehicleEngine"]["enginePower"]["unitCode"] == "KWT"
    assert node["url"] == view.links.vehicle(car)
    assert node["offers"]["seller"]["@id"] == page.node("AutoDealer")["@id"]
    assert page.node("AutoDealer")["telephone"] == "+3216000000"
    trail = page.node("BreadcrumbList")["itemListElement"]
    assert [step["position"] for step in trail] == [1, 2, 3]
    assert trail[-1]["item"] == view.links.vehicle(car)


def test_a_price_on_request_is_no_price_for_machines() -> None:
    car = sample_listing(price=None)
    offer = page_of(showroom_view([car]), car).node("Car")["offers"]
    assert "price" not in offer
    assert "priceCurrency" not in offer


def test_a_list_counts_on_from_the_pages_before() -> None:
    pages = documents(showroom_view(many(5)), per_page=2)
    items = pages["vb-leuven/page/2/index.html"].node("ItemList")["itemListElement"]
    assert [item["position"] for item in items] == [3, 4]
    assert all(item["url"].startswith("https://voorraad.example/vb-leuven/") for item in items)


# Reductions

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def points(*prices: tuple[int, int | None]) -> list[PricePoint]:
    """Day and whole euro."""
    return [
        PricePoint(
            since=START + day * DAY,
            price=None if euro is None else Money(minor=euro * 100, currency="EUR"),
        )
        for day, euro in prices
    ]


@pytest.mark.parametrize(
    ("history", "euro"),
    [
        ([(0, 10_000), (40, 9_000)], 10_000),
        ([(0, 10_000), (20, 12_000), (40, 9_000)], 10_000),
        ([(0, 8_000), (5, 12_000), (40, 9_000)], 12_000),
        ([(0, 10_000), (6, 9_000)], None),
        ([(0, 10_000), (7, 9_000)], 10_000),
        ([(0, 9_000), (40, 10_000)], None),
        ([(0, 8_000), (30, 12_000), (40, 9_000)], None),
        ([(0, None), (40, 9_000)], None),
        ([(0, 10_000)], None),
        ([(0, 10_000), (40, None)], None),
        ([], None),
    ],
)
def test_only_a_lawful_reduction_is_announced(
    history: list[tuple[int, int | None]], euro: int | None
) -> None:
    known = points(*history)
    found = reference(known, START, known[-1].since if known else START)
    assert (found.minor // 100 if found else None) == euro


def test_no_reduction_is_announced_where_our_record_does_not_cover_the_time_before() -> None:
    known = points((50, 12_000), (60, 11_000))  # on offer from day 0, seen from day 50 on
    when = known[-1].since
    assert reference(known, START, when) is None
    assert reference(known, known[0].since - timedelta(hours=20), when) == known[0].price


def test_a_reduction_is_no_news_after_thirty_days() -> None:
    known = points((0, 12_000), (40, 11_000))
    when = known[-1].since
    assert reference(known, START, when + timedelta(days=30)) == known[0].price
    assert reference(known, START, when + timedelta(days=31)) is None


def test_a_reduction_shows_the_reference_price() -> None:
    car = sample_listing(created=START)
    view = showroom_view([car], prices={car.id: points((0, 19_000), (40, 17_450))})
    page = page_of(view, car)
    assert "Prijs verlaagd" in page.visible
    assert "19.000" in page.visible
    assert "Laagste prijs van de voorbije 30 dagen" in page.visible


# Neighbours


def test_every_car_is_walked_once_with_its_neighbours_across_shelves() -> None:
    cars = many(25)
    placed = list(walk(cars, similar=3, size=10))
    assert [each.listing for each in placed] == cars
    assert [each.before for each in placed] == [None, *cars[:-1]]
    assert [each.after for each in placed] == [*cars[1:], None]
    assert all(each.listing not in each.similar for each in placed)
    assert all(len(each.similar) == 3 for each in placed)


def test_the_most_alike_car_comes_first() -> None:
    def car(identity: str, euro: int, **changes: Any) -> Listing:
        price = Money(minor=euro * 100, currency="EUR")
        return sample_listing(id=identity, price=price, **changes)

    cars = [
        car("a", 10_000),
        car("other-make", 10_000, make="Audi", model="A4"),
        car("other-model", 10_000, model="Superb"),
        car("far", 20_000),
        car("near", 11_000),
    ]
    first = next(walk(cars, similar=4))
    assert [each.id for each in first.similar] == ["near", "far", "other-model", "other-make"]


# Accent


@pytest.mark.parametrize(
    "accent", ["#ffff00", "#000000", "#ffffff", "#c2410c", "#0a5bd3", "#7f7f7f"]
)
def test_any_accent_can_be_read_in_light_and_dark(accent: str) -> None:
    colour = theme.parse(accent)
    assert colour is not None
    for surface in (theme.LIGHT_SURFACE, theme.DARK_SURFACE):
        shifted = theme.readable(colour, surface)
        assert theme.contrast(shifted, surface) >= theme.TEXT_CONTRAST


def test_contrast_is_that_of_the_recommendation() -> None:
    assert theme.contrast(theme.BLACK, theme.WHITE) == pytest.approx(21)
    assert theme.contrast((119 / 255,) * 3, theme.WHITE) == pytest.approx(4.48, abs=0.01)


def test_an_accent_becomes_a_style_sheet_that_every_page_loads() -> None:
    view = themed(showroom_view(), theme=Theme(accent="#c2410c"))
    files = made(view)
    (sheet,) = [path for path in files if path.endswith(".css")]
    assert "--accent:#" in files[sheet]
    for page in documents(view).values():
        assert page.all("link", rel="stylesheet")[-1]["href"] == f"/{sheet}"


def test_an_accent_that_is_no_colour_changes_nothing() -> None:
    view = themed(showroom_view(), theme=Theme(accent="red;}body{display:none"))
    assert made(view) == made(showroom_view())


# The site's own files


def test_the_front_page_lists_the_showrooms_with_their_counts() -> None:
    page = documents(site_view(many(3)))["fr/index.html"]
    assert page.all("a", href="/vb-leuven/fr/")
    assert "3 voitures" in page.visible


def test_robots_are_sent_to_the_sitemap() -> None:
    text = made(site_view())["robots.txt"]
    assert "Sitemap: https://voorraad.example/sitemap.xml" in text.splitlines()
    assert "Disallow: /" not in text


def test_the_manifest_names_a_file_that_exists() -> None:
    manifest = json.loads(made(site_view())["site.webmanifest"])
    assert manifest["icons"][0]["src"].lstrip("/") in {path for path, _ in TEMPLATES.assets()}


def locations(text: str) -> list[str]:
    root = etree.fromstring(text.encode())
    return [str(node.text) for node in root.findall(".//s:loc", SITEMAP)]


def test_the_sitemap_holds_every_page_that_may_be_found_and_no_other() -> None:
    cars = many(3)
    gone = Tombstone(listing=sample_listing(id="gone"), when=cars[0].created, sold=True)
    extra: dict[str, Any] = {"gone": [gone], "pending": [sample_listing(id="pending")]}
    pages = {**documents(showroom_view(cars, **extra)), **documents(site_view(cars, **extra))}
    indexed = {
        page.all("link", rel="canonical")[0]["href"]
        for page in pages.values()
        if not page.all("meta", name="robots")
    }
    found = locations(made(site_view(cars, **extra))["sitemap.xml"])
    assert set(found) == indexed
    assert len(found) == len(set(found))


def test_the_sitemap_says_when_a_page_changed_and_names_its_photos() -> None:
    car = sample_listing()
    text = made(site_view([car]))["sitemap.xml"]
    root = etree.fromstring(text.encode())
    urls = [[etree.QName(child).localname for child in url] for url in root]
    assert urls[0] == ["loc", "lastmod"]
    assert ["loc", "lastmod", "image", "image"] in urls
    assert text.count(car.updated.isoformat()) == len(urls)
    assert text.count("<image:loc>") == len(car.photos)


@pytest.mark.parametrize("most", [1, 5, 10, 11])
def test_a_large_site_gets_an_index_of_sitemaps(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    cars = many(9)
    whole = locations(made(site_view(cars))["sitemap.xml"])
    monkeypatch.setattr(sitemap, "MOST_URLS", most)
    files = made(site_view(cars))
    index = locations(files["sitemap.xml"])
    assert index == [
        f"https://voorraad.example/sitemap-{number}.xml" for number in range(1, len(index) + 1)
    ]
    parts = [
        locations(files[address.removeprefix("https://voorraad.example/")]) for address in index
    ]
    assert max(map(len, parts)) == most
    assert sum(len(part) < most for part in parts) <= 2  # the last of other pages, and of cars
    assert [address for part in parts for address in part] == whole


def test_a_sitemap_never_outgrows_the_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        sitemap.Entry(address=f"https://x.example/{n * 'é&'}", changed=None) for n in range(90)
    ]
    for most_urls, most_bytes in ((7, 10**9), (10**9, 4_000)):
        monkeypatch.setattr(sitemap, "MOST_URLS", most_urls)
        monkeypatch.setattr(sitemap, "MOST_BYTES", most_bytes)
        cut = sitemap.Cut()
        for each in entries:
            cut.add(each)
        parts = cut.parts
        assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
        assert parts[-1].stop == len(entries)
        for part in parts:
            assert part.stop - part.start <= most_urls
            weight = sum(entry.weight for entry in entries[part.start : part.stop])
            assert weight <= most_bytes or part.stop - part.start == 1


def test_a_site_without_cars_has_a_sitemap_too() -> None:
    assert len(locations(made(site_view([]))["sitemap.xml"])) == 8
