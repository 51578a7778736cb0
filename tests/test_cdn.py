from urllib.parse import parse_qs, urlsplit

import pytest

from syndicator.cdn import offered, service
from syndicator.exporters.showroom.pictures import picture
from syndicator.links import Links
from syndicator.models import Photo, Rendition

SITE = "https://voorraad.example"


def test_a_photo_is_offered_in_three_widths_in_whatever_format_the_browser_takes() -> None:
    found = offered(Photo(url="https://images.example/1.jpg"), service(SITE))
    asked = f"{SITE}/.netlify/images?url=https%3A%2F%2Fimages.example%2F1.jpg&w="
    assert found.renditions == tuple(
        Rendition(url=f"{asked}{width}", width_px=width, media_type=None)
        for width in (480, 960, 1600)
    )


def test_feeds_keep_the_address_that_the_dealer_gave() -> None:
    assert offered(Photo(url="https://images.example/1.jpg"), service(SITE)).url == (
        "https://images.example/1.jpg"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://images.example/a, b/1.jpg?w=5&h=6#top",
        "https://images.example/é%20%2C/&amp;w=1.jpg",
        'https://images.example/"><script>',
    ],
)
def test_no_address_can_add_to_the_question_or_to_the_list_of_widths(url: str) -> None:
    for rendition in offered(Photo(url=url), service(SITE)).renditions:
        query = parse_qs(urlsplit(rendition.url).query, strict_parsing=True)
        assert query == {"url": [url], "w": [str(rendition.width_px)]}
        assert not set(rendition.url) & set(" ,\"'<>")


def test_the_service_is_at_the_root_of_the_host_wherever_the_site_is() -> None:
    assert service("https://dealer.example/occasions") == "https://dealer.example/.netlify/images"


def test_a_visitor_asks_no_host_but_ours() -> None:
    links = Links(site_url=SITE, languages=("nl",), folder="", place="", dealers={}, feeds=())
    shown = picture(offered(Photo(url="https://images.example/1.jpg"), service(SITE)), links)
    assert shown.sources == ()
    addresses = [shown.href, shown.src, *(each.split()[0] for each in shown.srcset.split(", "))]
    assert len(addresses) == 5
    assert all(each.startswith("/.netlify/images?url=") for each in addresses)
    assert shown.href.endswith("&w=1600")
    assert shown.src.endswith("&w=960")
