"""How search engines and messengers find the demo's pages; needs no browser, but the demo."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from lxml import etree, html

pytestmark = pytest.mark.yardstick

LANGUAGES = {"nl", "fr", "de", "en", "x-default"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
HEAVIEST_BYTES = 300_000  # messengers drop heavier pictures


class Found(msgspec.Struct):
    """What the head of a page tells of its addresses."""

    path: Path
    canonical: str
    versions: Mapping[str, str]  # by hreflang
    picture: str


@pytest.fixture(scope="module")
def indexed(demo: Path) -> dict[str, Found]:
    """The pages that may be found, by the address that they give themselves."""
    found = [_read(path) for path in sorted(demo.rglob("*.html"))]
    return {each.canonical: each for each in found if each is not None}


def _read(path: Path) -> Found | None:
    page = html.document_fromstring(path.read_bytes(), html.HTMLParser(encoding="utf-8"))
    canonical = page.xpath("//link[@rel='canonical']/@href")
    if page.xpath("//meta[@name='robots' and contains(@content, 'noindex')]") or not canonical:
        return None
    links = page.xpath("//link[@rel='alternate' and @hreflang]")
    return Found(
        path=path,
        canonical=str(canonical[0]),
        versions={str(each.get("hreflang")): str(each.get("href")) for each in links},
        picture=str(next(iter(page.xpath("//meta[@property='og:image']/@content")), "")),
    )


def test_an_address_that_may_be_found_is_that_of_its_page(
    demo: Path, indexed: dict[str, Found]
) -> None:
    base = _base(indexed)
    for address, page in indexed.items():
        folder = page.path.relative_to(demo).as_posix().removesuffix("index.html")
        assert address in (base + folder, base + page.path.relative_to(demo).as_posix())


def test_the_languages_of_a_page_name_each_other(indexed: dict[str, Found]) -> None:
    told = [page for page in indexed.values() if page.versions]
    assert len(told) > 100
    for page in told:
        assert set(page.versions) == LANGUAGES, page.path
        assert page.canonical in page.versions.values(), page.path
        for other in page.versions.values():
            assert indexed[other].versions == page.versions, page.path


def test_the_sitemap_names_pages_that_may_be_found_and_no_others(
    demo: Path, indexed: dict[str, Found]
) -> None:
    tree = etree.parse(demo / "sitemap.xml")
    named = [str(each.text) for each in tree.iterfind("s:url/s:loc", SITEMAP)]
    assert len(named) == len(set(named)) > 100
    assert set(named) <= set(indexed)
    cars = {each for each in indexed if re.search(r"-[a-z2-7]{8}/$", each)}
    assert cars <= set(named)


def test_a_shared_page_shows_a_picture_that_messengers_take(
    demo: Path, indexed: dict[str, Found]
) -> None:
    base = _base(indexed)
    pictures = {each.picture for each in indexed.values() if each.picture.startswith(base)}
    assert pictures
    for picture in sorted(pictures):
        file = demo / picture.removeprefix(base)
        assert file.suffix == ".jpg"
        assert file.stat().st_size < HEAVIEST_BYTES, picture


def _base(indexed: dict[str, Found]) -> str:
    return min(indexed, key=len)
