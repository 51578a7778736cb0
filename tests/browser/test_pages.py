import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser

KINDS = [
    *("index", "showroom", "group", "vehicle", "vehicle-fr", "card", "nowhere"),
    *("follow", "report", "build", "guide"),
    *("facet", "filtered"),
    *("embed", "howto"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_opens_without_a_word_and_without_sideways_scrolling(
    visitor: "Visitor", pages: dict[str, str], kind: str
) -> None:
    page = visitor.go(pages[kind])
    if kind == "nowhere":  # Chromium itself reports the 404 of the page
        visitor.faults = [each for each in visitor.faults if "status of 404" not in each]
    expect(page.locator("h1")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_photo_on_a_page_is_shown(visitor: "Visitor", pages: dict[str, str]) -> None:
    page = visitor.go(pages["vehicle"])
    page.evaluate(
        "Promise.all([...document.images].map(each => { each.loading = 'eager';"
        " return each.decode(); }))"
    )
    broken = page.evaluate("[...document.images].filter(each => !each.naturalWidth).length")
    assert broken == 0


def test_the_gallery_opens_and_closes_by_keyboard(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["vehicle"])
    page.locator("#strip a").first.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("dialog#viewer")
    expect(viewer).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


def test_without_scripts_every_car_is_there_with_its_link(
    scriptless: "Visitor", pages: dict[str, str]
) -> None:
    page = scriptless.go(pages["showroom"])
    cards = page.locator("#stock > li")
    assert cards.count() > 0
    assert cards.locator("a").count() == cards.count()
    cards.locator("a").first.click()
    expect(page.locator("dl dd").nth(5)).to_be_attached()


def test_the_language_switch_stays_on_the_car(scriptless: "Visitor", pages: dict[str, str]) -> None:
    page = scriptless.go(pages["vehicle"])
    page.locator("a[hreflang|=fr]").first.click()
    assert page.url.endswith(pages["vehicle-fr"])
    assert (page.locator("html").get_attribute("lang") or "").startswith("fr")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation(
    visitor: "Visitor", pages: dict[str, str], kind: str, scheme: str
) -> None:
    visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page = visitor.go(pages[kind])
    visitor.faults.clear()
    axe = Path(os.environ["NPM_MODULES"], "axe-core", "axe.min.js").read_text("utf-8")
    page.evaluate(axe)  # not as a script element: the pages' own policy would refuse it
    found = page.evaluate("axe.run().then(result => result.violations)")
    told = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    assert told == []
