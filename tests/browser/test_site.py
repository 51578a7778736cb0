"""The site's front page with many showrooms: one finds a dealer by name or town."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from syndicator.contract import Place, Scope, View
from syndicator.exporters.hosting import Hosting
from syndicator.exporters.showroom import Showroom
from syndicator.render import RenderKit, Templates
from syndicator.serve import server
from syndicator.testing import sample_dealer, sample_listing, sample_view

if TYPE_CHECKING:
    from browser.conftest import Visitor

pytestmark = pytest.mark.browser

TEMPLATES = Templates()
TOWNS = ("Liège", "Gent", "Brugge", "Sint-Niklaas")
COUNT = 40


def view(doors: int) -> View:
    """Dealers of four towns in turn; each has a car without a photo."""
    sellers = [
        sample_dealer(
            id=f"00000000-0000-4000-8000-{number:012}",
            location_code=f"G{number:02}",
            display_name=f"Garage {number:02}",
            city=TOWNS[number % len(TOWNS)],
            logo_url=None,
        )
        for number in range(doors)
    ]
    cars = [sample_listing(id=each.id, dealer_id=each.id, photos=()) for each in sellers]
    return sample_view(cars, dealers=sellers, scope=Scope.SITE, place=Place.ROOT)


@pytest.fixture(scope="module", params=[1, COUNT], ids=["one", "many"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's own pages, with the host's security policy."""
    root = tmp_path_factory.mktemp("doors")
    kit, site = RenderKit(TEMPLATES, "nl"), view(request.param)
    exporters = (Hosting(Hosting.Options(), kit), Showroom(Showroom.Options(), kit))
    exported = (each for exporter in exporters for each in exporter.export(site))
    bodies = {str(file.path): b"".join(file.chunks) for file in exported}
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


@pytest.mark.parametrize("folder", [COUNT], indirect=True)
def test_a_dealer_is_found_by_name_or_town_without_accents(visitor: "Visitor") -> None:
    page = visitor.go("/fr/")
    doors, found = page.locator(".doors li:visible"), page.locator("#found")
    expect(doors).to_have_count(COUNT)
    page.get_by_role("searchbox").fill("liege")
    expect(found).to_have_text("10 concessionnaires")
    expect(doors).to_have_count(10)
    page.get_by_role("searchbox").fill("GENT 05")
    expect(doors).to_have_count(1)
    expect(doors).to_contain_text("Garage 05")
    page.get_by_role("searchbox").fill("nowhere")
    expect(doors).to_have_count(0)
    expect(found).not_to_be_empty()
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("searchbox").fill("")
    expect(doors).to_have_count(COUNT)
    expect(found).to_be_empty()


@pytest.mark.parametrize("folder", [COUNT], indirect=True)
def test_without_a_script_every_door_is_there_and_no_search(scriptless: "Visitor") -> None:
    page = scriptless.go("/")
    expect(page.locator(".doors li:visible")).to_have_count(COUNT)
    expect(page.locator("#find")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_one_door_and_many_fit_any_width(visitor: "Visitor", width: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/de/"):
        page = visitor.go(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for link in page.locator(".doors a").all()[:3]:
            box = link.locator("xpath=ancestor::li").bounding_box()
            assert box is not None
            assert box["height"] >= 44


@pytest.mark.parametrize("language", ["", "fr/"])
def test_a_wrong_address_at_any_depth_leads_back_in_its_language(
    scriptless: "Visitor", language: str
) -> None:
    page = scriptless.go(f"/{language}a/b/c/nowhere/")
    scriptless.faults.clear()
    assert page.locator("html").get_attribute("lang") == ("fr-BE" if language else "nl-BE")
    page.locator("main .button").click()
    expect(page.locator(".doors")).to_be_visible()
    assert page.url.endswith(f"/{language}")
