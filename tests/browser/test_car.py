"""The car page and its price card, driven as a buyer and as the seller's staff would."""

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from syndicator.serve import server
from tests import odd_cars, shifts

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser

SHOWN = """index => {
  const strip = document.querySelector('#viewer[open] .strip') ?? document.getElementById('strip');
  const middle = strip.getBoundingClientRect().left + strip.clientWidth / 2;
  const photo = strip.children[index].getBoundingClientRect();
  return photo.left < middle && middle < photo.right;
}"""

CUT = """() => [...document.querySelectorAll('.face, .told, .asking, .law address')]
  .filter(each => each.scrollHeight > each.clientHeight + 2
    || each.scrollWidth > each.clientWidth + 2)
  .map(each => `${each.className || each.localName} ${each.scrollWidth}x${each.scrollHeight}`
    + ` in ${each.clientWidth}x${each.clientHeight}`)
"""


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the odd cars are served."""
    folder = tmp_path_factory.mktemp("odd")
    odd_cars.write(folder)
    httpd = server(folder, 0)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desk, without the watch that :class:`Visitor` keeps: here photos may be missing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nl-BE")
    yield context.new_page()
    context.close()


def shows(page: Page, number: int, last: int) -> None:
    """The photo is in the middle of the row, and the counter says so."""
    page.wait_for_function(SHOWN, arg=number - 1)
    inside = "#viewer" if page.locator("#viewer").evaluate("each => each.open") else ".stage"
    expect(page.locator(f"{inside} .position")).to_have_text(f"{number} / {last}")


def count(page: Page) -> int:
    return page.locator("#strip > li").count()


def test_the_gallery_is_walked_by_keyboard_in_and_out(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["vehicle"])
    last = count(page)
    page.locator("#strip a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    shows(page, 3, last)
    expect(page.locator("#strip a").nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer")).to_be_visible()
    shows(page, 3, last)
    page.keyboard.press("End")
    shows(page, last, last)
    page.keyboard.press("ArrowRight")
    shows(page, 1, last)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    shows(page, last - 1, last)
    expect(page.locator("#viewer [role=status]")).to_contain_text(f"{last - 1}")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator("#strip a").nth(last - 2)).to_be_focused()
    shows(page, last - 1, last)
    page.keyboard.press("Home")
    shows(page, 1, last)


def test_one_stop_of_the_tab_key_leads_past_all_photos(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["vehicle"])
    page.locator("#strip a").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator(".stage [data-turn='-1']")).to_be_focused()


def test_a_swipe_moves_the_counter(visitor: "Visitor", pages: dict[str, str]) -> None:
    page = visitor.go(pages["vehicle"])
    last = count(page)
    page.locator("#strip").evaluate("each => each.scrollBy({ left: each.clientWidth })")
    shows(page, 2, last)
    expect(page.locator(".stage [role=status]")).to_contain_text("2")


def test_a_swipe_in_the_large_view_moves_the_small_one_too(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["vehicle"])
    last = count(page)
    page.locator("#strip a").first.click()
    page.locator("#viewer .strip").evaluate("each => each.scrollBy({ left: each.clientWidth })")
    shows(page, 2, last)
    page.locator("#viewer [data-close]").click()
    shows(page, 2, last)


def test_buttons_turn_the_photos(visitor: "Visitor", pages: dict[str, str]) -> None:
    page = visitor.go(pages["vehicle"])
    last = count(page)
    page.locator(".stage [data-turn='1']").click()
    shows(page, 2, last)
    page.locator(".stage [data-turn='-1']").click()
    page.locator(".stage [data-turn='-1']").click()
    shows(page, last, last)


def test_a_thumb_shows_its_photo(page: Page, site: str, pages: dict[str, str]) -> None:
    page.goto(site + pages["vehicle"])
    page.locator(".thumbs a").nth(2).click()
    shows(page, 3, count(page))
    expect(page.locator(".thumbs [aria-current]")).to_have_count(1)


def test_fifty_photos_make_one_row_of_thumbs_that_follows(page: Page, odd: str) -> None:
    page.goto(odd + odd_cars.path("fifty-photos"))
    rail = page.locator(".thumbs").bounding_box()
    assert rail
    assert rail["height"] < 120
    page.locator("#strip a").first.focus()
    page.keyboard.press("End")
    shows(page, 50, 50)
    expect(page.locator(".thumbs a").last).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_one_photo_has_no_buttons_and_opens_all_the_same(page: Page, odd: str) -> None:
    page.goto(odd + odd_cars.path("one-photo"))
    expect(page.locator("[data-turn]")).to_have_count(0)
    page.locator("#strip a").click()
    expect(page.locator("#viewer img")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("#strip a")).to_be_focused()


def test_a_photo_that_does_not_come_leaves_a_frame_that_says_so(page: Page, odd: str) -> None:
    page.goto(odd + odd_cars.path("broken-photo"), wait_until="networkidle")
    first = page.locator("#strip > li").first
    expect(first.locator(".lost")).to_have_text("Deze foto is niet beschikbaar.")
    expect(page.locator("#strip .lost")).to_have_count(1)
    page.locator("#strip a").first.click()
    expect(page.locator("#viewer .lost")).to_be_visible()


def test_nothing_moves_while_a_car_page_comes(page: Page, odd: str) -> None:
    shifts.watch(page)
    for name in ("usual", "broken-photo", "fifty-photos", "unphotographed"):
        page.goto(odd + odd_cars.path(name), wait_until="networkidle")
        assert shifts.moved(page) < shifts.MOST, name


def test_the_link_is_copied_and_that_is_said(visitor: "Visitor", pages: dict[str, str]) -> None:
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.page.add_init_script("delete Navigator.prototype.share")
    page = visitor.go(pages["vehicle"])
    expect(page.locator("[data-share]")).to_have_text("Link kopiëren")
    page.locator("[data-share]").click()
    expect(page.locator(".tools .told")).to_have_text("De link is gekopieerd.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("link[rel=canonical]").get_attribute("href")


def test_a_device_that_can_share_is_asked_to(visitor: "Visitor", pages: dict[str, str]) -> None:
    visitor.page.add_init_script(
        "navigator.share = async what => { document.body.dataset.shared = what.url; }"
    )
    page = visitor.go(pages["vehicle"])
    expect(page.locator("[data-share]")).to_have_text("Delen")
    page.locator("[data-share]").click()
    canonical = page.locator("link[rel=canonical]").get_attribute("href") or ""
    expect(page.locator("body")).to_have_attribute("data-shared", canonical)


def test_where_nothing_can_be_copied_the_address_is_told(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    visitor.page.add_init_script(
        "delete Navigator.prototype.share;"
        "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
    )
    page = visitor.go(pages["vehicle"])
    page.locator("[data-share]").click()
    canonical = page.locator("link[rel=canonical]").get_attribute("href") or ""
    expect(page.locator(".tools .told")).to_contain_text(canonical)


def test_without_a_script_everything_can_be_read_and_no_dead_button_shows(
    scriptless: "Visitor", pages: dict[str, str]
) -> None:
    page = scriptless.go(pages["vehicle"])
    expect(page.locator("button:visible")).to_have_count(0)
    expect(page.locator("#strip img").first).to_be_visible()
    expect(page.locator(".tools a")).to_be_visible()
    for heading in ("#facts", "#environment", "#equipment", "#guarantee"):
        expect(page.locator(heading)).to_be_visible()
    page.locator(".office a").click()
    expect(page.locator(".sheet .amount")).to_be_visible()
    expect(page.locator("button:visible")).to_have_count(0)


@pytest.mark.parametrize("paper", ["a4", "a5"])
@pytest.mark.parametrize("name", ["usual", "wordy", "reduced", "dear", "bare"])
def test_a_price_card_is_one_sheet(page: Page, odd: str, name: str, paper: str) -> None:
    page.goto(f"{odd}{odd_cars.path(name, 'de')}card/")
    page.check(f"#{paper}")
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", sheet)) == 1
    (width, height) = {"a4": (595, 842), "a5": (420, 595)}[paper]
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet)
    assert [round(float(each)) for each in box] == [width, height]


@pytest.mark.parametrize("name", sorted(odd_cars.cars()))
def test_nothing_on_a_price_card_is_cut_off(page: Page, odd: str, name: str) -> None:
    for language in ("nl", "fr", "de"):
        page.goto(f"{odd}{odd_cars.path(name, language)}card/")
        assert page.evaluate(CUT) == [], language


@pytest.mark.parametrize(
    "name", ["usual", "wordy", "reduced", "electric", "loaded", "fifty-photos", "sold"]
)
def test_a_car_page_prints_on_one_sheet(page: Page, odd: str, name: str) -> None:
    page.goto(odd + odd_cars.path(name), wait_until="networkidle")
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", sheet)) == 1


@pytest.mark.parametrize("name", [*sorted(odd_cars.cars()), "pending", "sold"])
def test_an_odd_car_fits_its_page_at_every_width(page: Page, odd: str, name: str) -> None:
    page.goto(odd + odd_cars.path(name))
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_the_way_back_stands_above_the_car_also_within_a_frame(
    visitor: "Visitor", pages: dict[str, str]
) -> None:
    page = visitor.go(pages["vehicle"])
    page.locator("html").evaluate("each => each.classList.add('embedded')")
    expect(page.locator(".back a")).to_be_visible()
    page.locator(".back a").click()
    expect(page.locator("#stock")).to_be_visible()
