"""The site around the showrooms: doors, wrong addresses, what is shared and what machines read."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import graphs
import msgspec
import pytest
from lxml import html

from syndicator.contract import Place, Scope, View
from syndicator.exporters.showroom import Showroom, social
from syndicator.models import Listing, Photo, Rendition
from syndicator.render import RenderKit, Templates
from syndicator.testing import sample_dealer, sample_listing, sample_view

TEMPLATES = Templates()
PHOTO = Photo(
    url="https://voorraad.example/p-1600.jpg",
    width_px=1600,
    height_px=1200,
    media_type="image/jpeg",
    renditions=(
        Rendition(url="https://voorraad.example/p-480.avif", width_px=480, media_type="image/avif"),
        *(
            Rendition(
                url=f"https://voorraad.example/p-{width}.jpg",
                width_px=width,
                media_type="image/jpeg",
            )
            for width in (480, 960, 1600)
        ),
    ),
)


def site_view(dealers: int = 1, **changes: Any) -> View:
    sellers = [
        sample_dealer(id=f"00000000-0000-4000-8000-{number:012}", location_code=f"D{number}")
        for number in range(dealers)
    ]
    cars = [
        sample_listing(id=f"car-{number}", dealer_id=seller.id)
        for number, seller in enumerate(sellers)
    ]
    return sample_view(cars, dealers=sellers, scope=Scope.SITE, place=Place.ROOT, **changes)


def pages(view: View) -> dict[str, html.HtmlElement]:
    exporter = Showroom(Showroom.Options(), RenderKit(TEMPLATES, "nl"))
    return {
        str(artefact.path): html.document_fromstring(b"".join(artefact.chunks))
        for artefact in exporter.export(view)
        if artefact.path.suffix == ".html"
    }


def car_page(listing: Listing) -> html.HtmlElement:
    found = pages(sample_view([listing], place=Place.ROOT))
    (path,) = (path for path in found if re.fullmatch(r"[^/]+-[a-z2-7]{8}/index\.html", path))
    return found[path]


def told(page: html.HtmlElement, name: str) -> list[str]:
    return [str(each) for each in page.xpath(f"//meta[@property='{name}']/@content")]


def test_few_dealers_need_no_search_and_many_have_one() -> None:
    assert not pages(site_view(8))["index.html"].xpath("//form")
    page = pages(site_view(9))["index.html"]
    assert page.xpath("//form[@role='search']//input[@type='search']")
    assert page.xpath("//script[contains(@src, 'doors.')]")
    assert len(page.xpath("//*[@class='doors']/li[@data-words]")) == 9


def test_a_door_says_when_its_data_is_old() -> None:
    view = site_view(2)
    old = datetime(2026, 1, 2, 3, tzinfo=UTC)
    stale, fresh = view.site.showrooms
    rooms = (msgspec.structs.replace(stale, stale_since=old), fresh)
    page = pages(
        msgspec.structs.replace(view, site=msgspec.structs.replace(view.site, showrooms=rooms))
    )["index.html"]
    assert [each.text for each in page.xpath("//*[@class='aged']")] == [
        "Gegevens van 2 januari 2026"
    ]


def test_a_wrong_address_leads_to_the_showrooms_in_its_language() -> None:
    found = pages(site_view(3))
    for language, prefix in (("nl", ""), ("fr", "fr/")):
        page = found[f"{prefix}404.html"]
        ways = page.xpath("//*[@class='ways']//a/@href")
        assert ways == [f"/d{number}/{prefix}" for number in range(3)], language
    assert not pages(site_view(13))["404.html"].xpath("//*[@class='ways']")


def test_every_page_has_icons_for_tab_and_home_screen() -> None:
    for path, page in pages(site_view()).items():
        assert len(page.xpath("//link[@rel='icon']")) == 2, path
        assert page.xpath("//link[@rel='apple-touch-icon']/@href"), path


def test_a_shared_car_shows_its_price_and_a_picture_of_moderate_size() -> None:
    page = car_page(sample_listing(photos=(PHOTO,)))
    assert told(page, "og:type") == ["product"]
    assert told(page, "product:price:amount") == ["17450.00"]
    assert told(page, "product:price:currency") == ["EUR"]
    assert told(page, "og:image") == ["https://voorraad.example/p-960.jpg"]
    assert told(page, "og:image:width") == ["960"]
    assert told(page, "og:image:height") == ["720"]
    assert all(told(page, "og:image:alt"))
    assert told(page, "og:locale") == ["nl_BE"]
    assert told(page, "og:locale:alternate") == ["fr_BE", "de_BE", "en"]


def test_a_price_on_request_is_not_shared_as_a_price() -> None:
    page = car_page(sample_listing(price=None))
    assert told(page, "og:type") == ["product"]
    assert told(page, "product:price:amount") == []


def test_a_picture_of_unknown_size_is_shared_as_it_is() -> None:
    photo = Photo(url="https://images.example/a.jpg")
    assert social.preview(photo, "Golf") == social.Preview(
        url="https://images.example/a.jpg", width=0, height=0, alt="Golf"
    )
    page = car_page(sample_listing(photos=(photo,)))
    assert told(page, "og:image") == ["https://images.example/a.jpg"]
    assert told(page, "og:image:width") == []


@pytest.mark.parametrize("view", [site_view(), sample_view(place=Place.ROOT)])
def test_what_machines_read_uses_only_what_schema_org_has(view: View) -> None:
    for path, page in pages(view).items():
        for block in page.xpath("//script[@type='application/ld+json']/text()"):
            document = json.loads(block)
            assert document["@context"] == "https://schema.org"
            found = [fault for node in document["@graph"] for fault in graphs.of_node(node)]
            assert found == [], path


def test_the_front_page_names_the_site_for_machines() -> None:
    page = pages(site_view())["fr/index.html"]
    (block,) = page.xpath("//script[@type='application/ld+json']/text()")
    (site,) = (node for node in json.loads(block)["@graph"] if node["@type"] == "WebSite")
    assert site["inLanguage"] == "fr-BE"
    assert site["url"].endswith("/fr/")


def test_the_order_of_doors_is_that_of_the_site() -> None:
    view = site_view(3)
    page = pages(view)["index.html"]
    hrefs = page.xpath("//*[contains(@class, 'doors')]//a/@href")
    assert hrefs == [f"/{room.slug}/" for room in view.site.showrooms]
