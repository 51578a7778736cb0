"""Finding a car on a list of many pages: a script has an index and takes cards from the pages."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from syndicator.contract import Place, Scope, View
from syndicator.exporters.hosting import Hosting
from syndicator.exporters.showroom import Showroom
from syndicator.links import FeedAddress
from syndicator.models import Money
from syndicator.render import RenderKit, Templates
from syndicator.serve import server
from syndicator.testing import sample_dealer, sample_listing, sample_view

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser

LIST = "/vb-leuven/"
COUNT = 130
PER_PAGE = 12
FIRST = 24  # cards that the script shows at a time
TEMPLATES = Templates()
FEED = FeedAddress(name="atom", path="feeds/atom.xml", media_type="application/atom+xml")


def view(scope: Scope) -> View:
    """Every third car is a BMW; the newest costs most."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    listings = [
        sample_listing(
            id=f"car-{n:03}",
            created=start + timedelta(hours=n),
            make="BMW" if n % 3 == 0 else "Škoda",
            model=f"{n % 7}",
            reference=f"REF-{n:03}",
            price=Money(minor=(1_000 + n) * 100, currency="EUR"),
            photos=(),
        )
        for n in range(COUNT)
    ]
    dealers = [sample_dealer(logo_url=None)]
    made = sample_view(listings, dealers=dealers, scope=scope, place=Place.ROOT)
    return msgspec.structs.replace(made, links=msgspec.structs.replace(made.links, feeds=(FEED,)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The showroom alone, with the host's own security policy."""
    root = tmp_path_factory.mktemp("long")
    kit = RenderKit(TEMPLATES, "nl")
    room = view(Scope.SHOWROOM)
    exported = [
        (room, each) for each in Showroom(Showroom.Options(per_page=PER_PAGE), kit).export(room)
    ]
    site = view(Scope.SITE)
    exported += [(site, each) for each in Hosting(Hosting.Options(), kit).export(site)]
    exported += [(site, each) for each in Showroom(Showroom.Options(), kit).export(site)]
    bodies = {each.links.place + str(file.path): b"".join(file.chunks) for each, file in exported}
    for path, body in {**bodies, **dict(TEMPLATES.assets())}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(body)
    return root


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """Where it is served; takes the place of the demo."""
    httpd = server(folder, 0)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def cards(page: Page) -> Locator:
    return page.locator("#stock > li:not(.skeleton)")


def shown(page: Page) -> list[int]:
    found: list[int] = cards(page).evaluate_all("all => all.map(each => Number(each.dataset.n))")
    return found


def test_the_index_is_asked_for_only_when_it_is_needed(visitor: "Visitor") -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    page = visitor.go(LIST)
    expect(cards(page)).to_have_count(PER_PAGE)
    assert not [url for url in asked if url.endswith(".json")]
    page.locator("#q").fill("ref-000")
    expect(cards(page)).to_have_count(1)
    assert shown(page) == [COUNT]
    assert len([url for url in asked if url.endswith(".json")]) == 1
    assert len([url for url in asked if "/page/" in url]) == 1


def test_cars_of_all_pages_come_by_and_by_in_the_order_asked_for(visitor: "Visitor") -> None:
    page = visitor.go(f"{LIST}?make=bmw&sort=price")
    expect(cards(page)).to_have_count(FIRST)
    found = shown(page)
    assert found == sorted(found, reverse=True)
    expect(page.locator("#count")).to_have_text("44 wagens")
    expect(page.locator("#pages")).to_be_hidden()
    page.locator("#onward button").press("Enter")
    expect(cards(page)).to_have_count(44)
    expect(cards(page).nth(FIRST).locator("a")).to_be_focused()
    expect(page.locator("#onward")).to_be_hidden()
    found = shown(page)
    assert found == sorted(found, reverse=True)
    assert page.locator(".skeleton").count() == 0


def test_a_list_left_for_a_car_is_found_again_as_it_was(visitor: "Visitor") -> None:
    page = visitor.go(f"{LIST}?make=bmw&sort=price")
    expect(cards(page)).to_have_count(FIRST)
    page.locator("#onward button").press("Enter")
    expect(cards(page)).to_have_count(44)
    last = cards(page).nth(40).locator("a")
    last.press("Enter")  # a click may miss: cards above get higher
    expect(page.locator("h1")).to_contain_text("BMW")
    page.wait_for_load_state("networkidle")
    page.go_back(wait_until="networkidle")
    expect(cards(page)).to_have_count(44)
    expect(cards(page).nth(40)).to_be_in_viewport()


def test_clearing_brings_the_page_back_with_its_numbers(visitor: "Visitor") -> None:
    page = visitor.go(f"{LIST}page/2/?q=bmw")
    expect(cards(page)).to_have_count(FIRST)
    page.locator("#chips .chip").first.click()
    expect(cards(page)).to_have_count(PER_PAGE)
    assert shown(page) == list(range(PER_PAGE + 1, 2 * PER_PAGE + 1))
    expect(page.locator("#pages")).to_be_visible()
    assert page.url.endswith("/page/2/")


def test_a_page_that_cannot_be_had_is_asked_for_again_on_request(visitor: "Visitor") -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page = visitor.go(LIST)
    page.route("**/page/*/", refuse)
    page.locator("#q").fill("ref-000")
    expect(page.locator("#trouble")).to_be_visible()
    page.unroute("**/page/*/", refuse)
    page.locator("#trouble button").click()
    expect(cards(page)).to_have_count(1)
    expect(page.locator("#trouble")).to_be_hidden()
    visitor.faults[:] = [each for each in visitor.faults if "ERR_FAILED" not in each]


LEAVING = """addEventListener("pagehide", () => {
  sessionStorage.setItem("trouble", String(!document.getElementById("trouble").hidden));
});"""


def test_a_newer_build_is_loaded_once(visitor: "Visitor") -> None:
    page = visitor.go(LIST)
    page.evaluate(LEAVING)
    asked: list[bool] = []
    page.on("request", lambda each: asked.append(each.is_navigation_request()))

    def renew(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-order="', 'data-order="x'))

    page.route("**/page/*/", renew)
    with page.expect_event("load"):
        page.locator("#q").fill("ref-000")
    assert page.evaluate("sessionStorage.getItem('trouble')") == "false"
    expect(page.locator("#trouble")).to_be_visible()
    expect(cards(page)).to_have_count(0)
    assert asked.count(True) == 1


def test_a_page_for_a_make_keeps_to_it_over_all_pages(visitor: "Visitor") -> None:
    page = visitor.go(f"{LIST}fr/make/bmw/")
    expect(cards(page)).to_have_count(PER_PAGE)
    page.locator("#sort").select_option("price")
    expect(cards(page)).to_have_count(FIRST)
    expect(page.locator("#count")).to_have_text("44 voitures")
    assert all((COUNT - n) % 3 == 0 for n in shown(page))
    for name in cards(page).locator(".name").all():
        assert (name.text_content() or "").strip().startswith("BMW")


def test_without_scripts_every_car_is_there_page_by_page(scriptless: "Visitor") -> None:
    page = scriptless.go(LIST)
    seen = shown(page)
    while page.locator("a[rel=next]").count():
        with page.expect_navigation():
            page.locator("a[rel=next]").press("Enter")  # a click may miss: cards above get higher
        seen += shown(page)
    assert seen == list(range(1, COUNT + 1))
