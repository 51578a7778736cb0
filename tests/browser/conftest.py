"""A finished demo, served on loopback, and a real Chromium in front of it."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from syndicator import cli
from syndicator.serve import server

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
QUIET = (  # no connection of the browser's own
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=20_000)  # milliseconds: a machine of CI may be busy


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's output; CI hands over the one it has built."""
    if given := os.environ.get("DEMO_OUTPUT"):
        return Path(given)
    folder = tmp_path_factory.mktemp("demo")
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert cli.run(["demo", "--listings", "24", "--quiet"]) == 0
    finally:
        os.chdir(before)
    return folder / "output"


@pytest.fixture(scope="session")
def site(demo: Path) -> Iterator[str]:
    """Where the demo is served."""
    httpd = server(demo, 0)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


class Visitor:
    """A page, and everything in it that should not have happened."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self._site = site
        self.page.on("console", lambda each: self.faults.append(f"console: {each.text}"))
        self.page.on("pageerror", lambda each: self.faults.append(f"error: {each}"))
        self.page.on("dialog", lambda each: self.faults.append(f"dialog: {each.message}"))
        self.page.on("request", self._judge)
        self.page.on("response", self._doubt)

    def _judge(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((f"{self._site}/", "data:")):
            self.faults.append(f"request to {url}")

    def _doubt(self, response: object) -> None:
        if response.status >= 400 and not response.url.endswith("/nowhere/"):  # type: ignore[attr-defined]
            self.faults.append(f"{response.status} for {response.url}")  # type: ignore[attr-defined]

    def go(self, path: str) -> Page:
        self.page.goto(self._site + path, wait_until="networkidle")
        return self.page


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def visitor(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Visitor]:
    """Somebody with a script-running browser, on a phone and at a desk; nothing may go wrong."""
    context = browser.new_context(viewport=request.param, locale="nl-BE")
    context.set_default_navigation_timeout(60_000)
    person = Visitor(context, site)
    yield person
    person.page.evaluate("0")  # what it has still to tell comes before the answer
    context.close()
    assert person.faults == []


@pytest.fixture
def scriptless(browser: Browser, site: str) -> Iterator[Visitor]:
    """The same without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    person = Visitor(context, site)
    yield person
    context.close()
    assert person.faults == []


@pytest.fixture(scope="session")
def pages(demo: Path) -> dict[str, str]:
    """One path of each kind of page."""
    room = next(path for path in sorted(demo.glob("dex-*")) if any(path.glob("*-????????/")))
    vehicle = next(path for path in sorted(room.glob("*-????????/")))
    return {
        "index": "/",
        "showroom": f"/{room.name}/",
        "group": "/dex-hq/",
        "facet": "/dex-hq/make/peugeot/",
        "filtered": "/dex-hq/fr/?make=peugeot&fuel=diesel&q=zzz",
        "vehicle": f"/{room.name}/{vehicle.name}/",
        "vehicle-fr": f"/{room.name}/fr/{vehicle.name}/",
        "card": f"/{room.name}/{vehicle.name}/card/",
        "follow": f"/{room.name}/fr/feeds/",
        "embed": f"/{room.name}/embed/",
        "howto": f"/{room.name}/embed/fr/howto/",
        "report": f"/{room.name}/report/",
        "build": "/build/",
        "guide": "/schemas/vehicles-1.html",
        "nowhere": "/nowhere/",
    }
