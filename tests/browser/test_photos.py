"""Photos as a browser takes them, and where there are none to take."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser

from tests import shifts

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser

TAKEN = re.compile(r"/assets/photos/([0-9a-f]{2})/\1[0-9a-f]{30}-(\d+)\.avif$")
FRAMES = """[...document.querySelectorAll('main img[decoding]')].map(each => {
    const box = each.getBoundingClientRect(); return [box.width, box.height]; })"""


def seen(browser: Browser, address: str, *, broken: bool) -> tuple[Any, float]:
    """The boxes of all photos of a page, and how far things have jumped."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    if broken:
        context.route("**/assets/photos/**", lambda route: route.fulfill(status=404))
    page = context.new_page()
    shifts.watch(page)
    page.goto(address, wait_until="networkidle")
    found = page.evaluate(FRAMES), shifts.moved(page)
    context.close()
    return found


def test_the_best_format_is_taken_in_a_width_that_the_screen_needs(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["showroom"])
    shown = page.locator(".card .frame picture img").first
    assert shown.evaluate("each => each.complete && each.naturalWidth > 0")
    taken = TAKEN.search(shown.evaluate("each => each.currentSrc"))
    assert taken
    width = int(taken[2])
    assert shown.evaluate("each => each.clientWidth") <= width <= 960


@pytest.mark.parametrize("kind", ["showroom", "vehicle", "index"])
def test_a_photo_that_cannot_be_had_leaves_its_frame_as_it_was(
    browser: Browser, site: str, pages: dict[str, str], kind: str
) -> None:
    whole, _ = seen(browser, site + pages[kind], broken=False)
    frames, shift = seen(browser, site + pages[kind], broken=True)
    assert frames == whole
    assert frames
    assert shift < shifts.MOST
