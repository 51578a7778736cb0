"""A stock that attacks wherever it can, in front of a real browser: nothing of it may ever run.

It is served twice: as our own server does it, with the headers of ``_headers``, and by a host that
ignores them, where the markup alone must hold.
"""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser.conftest import DESK, PHONE, Visitor
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tree import faults

from syndicator import cli
from syndicator.serve import server
from syndicator.simulator.hostile import ATTACKS

pytestmark = pytest.mark.browser

LISTINGS = 72  # all attacks in every field, and then some cars to choose from
KINDS = [
    *("index", "index-fr", "showroom", "list-de", "search", "facet", "vehicle", "vehicle-en"),
    *("card", "follow", "embed", "howto", "report", "guide", "nowhere", "asked"),
]
HOST = """<!DOCTYPE html><html lang="nl"><title>Host</title><link rel="icon" href="data:,">
<h1>Host</h1><script src="/embed.js" data-dealer="{room}" data-lang="fr"></script></html>"""
WATCH = """
addEventListener("securitypolicyviolation", (event) => console.log(
  `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
UNSOUND = """() => {
  const found = [];
  const http = /^(https?|mailto|tel):$/;
  for (const each of document.querySelectorAll("*")) {
    const tag = each.localName;
    const tell = (what) => found.push(`${what}: ${each.outerHTML.slice(0, 200)}`);
    for (const { name } of each.attributes) if (/^on|^srcdoc$|[^a-z:-]/i.test(name)) tell(name);
    if (/^(base|object|embed|applet|frame|frameset|math)$/.test(tag)) tell("element");
    if (tag === "script" && !each.src && !/json$/.test(each.type)) tell("inline");
    if (tag === "script" && each.src && !each.src.startsWith(location.origin)) tell("script");
    if (tag === "style" || (tag === "meta" && each.httpEquiv)) tell("element");
    if (["a", "area"].includes(tag) && each.href && !http.test(each.protocol)) tell("link");
    if (tag === "form" && new URL(each.action).origin !== location.origin) tell("form");
  }
  if (window.pwned !== undefined || Object.prototype.pwned !== undefined) found.push("pwned");
  return found;
}"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile demo, as the command builds it."""
    folder = tmp_path_factory.mktemp("hostile")
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert cli.run(["demo", "--hostile", "--listings", str(LISTINGS), "--quiet"]) == 0
    finally:
        os.chdir(before)
    return folder / "output"


class Bare(SimpleHTTPRequestHandler):
    """A host that knows files and nothing else."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def hosts(
    tree: Path, room: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Where it is served with our headers, and where without."""
    plain = tmp_path_factory.mktemp("bare") / "output"
    shutil.copytree(tree, plain, copy_function=os.link)
    (plain / "host.html").write_text(HOST.format(room=room), "utf-8")
    running = {
        "headers": server(tree, 0),
        "bare": ThreadingHTTPServer(("127.0.0.1", 0), partial(Bare, directory=str(plain))),
    }
    threads = [
        threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.05})
        for each in running.values()
    ]
    for thread in threads:
        thread.start()
    yield {name: f"http://127.0.0.1:{each.server_port}" for name, each in running.items()}
    for each in running.values():
        each.shutdown()
        each.server_close()
    for thread in threads:
        thread.join()


@pytest.fixture(scope="module")
def room(tree: Path) -> str:
    """The showroom with the most cars."""
    rooms = [path.parent.parent for path in tree.glob("*/report/index.html")]
    return max(rooms, key=lambda each: len(list(each.glob("*-????????/")))).name


@pytest.fixture(scope="module")
def paths(tree: Path, room: str) -> dict[str, str]:
    """One path of each kind of page."""
    vehicle = min((tree / room).glob("*-????????/")).name
    facet = min(tree.glob("*/make/*/"))
    return {
        "index": "/",
        "index-fr": "/fr/",
        "showroom": f"/{room}/",
        "list-de": f"/{room}/de/",
        "search": "/elektrisch/",
        "facet": f"/{facet.relative_to(tree)}/",
        "vehicle": f"/{room}/{vehicle}/",
        "vehicle-en": f"/{room}/en/{vehicle}/",
        "card": f"/{room}/{vehicle}/card/",
        "follow": f"/{room}/fr/feeds/",
        "embed": f"/{room}/embed/",
        "howto": f"/{room}/embed/howto/",
        "report": f"/{room}/report/",
        "guide": "/schemas/vehicles-1.html",
        "nowhere": "/nowhere/",
        "asked": f"/{room}/?q=%3Cscript%3Ealert(1)%3C/script%3E&make=__proto__&sort=constructor"
        "&model=%3Cimg%20src=x%20onerror=alert(1)%3E&price_to=javascript:alert(1)",
    }


class Victim(Visitor):
    """Somebody whose browser tells of everything that it refuses, and of what ran."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        context.add_init_script(WATCH)
        super().__init__(context, site)
        self.page.on("dialog", lambda each: each.dismiss())  # told, and not waited for

    def look(self, page: Page) -> None:
        """No live markup in any frame, and no room needed sideways."""
        for frame in page.frames:
            assert frame.evaluate(UNSOUND) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def forgive(self, *words: str) -> None:
        self.faults = [each for each in self.faults if not any(word in each for word in words)]


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(params=["headers", "bare"])
def victim(
    request: pytest.FixtureRequest, browser: Browser, hosts: dict[str, str], size: dict[str, int]
) -> Iterator[Victim]:
    context = browser.new_context(viewport=size, locale="nl-BE")  # type: ignore[arg-type]
    person = Victim(context, hosts[request.param])
    yield person
    context.close()
    assert person.faults == []


@pytest.mark.parametrize("kind", KINDS)
def test_case_114_no_kind_of_page_runs_what_a_text_says(
    victim: Victim, paths: dict[str, str], kind: str
) -> None:
    page = victim.go(paths[kind])
    if kind == "nowhere":  # Chromium itself reports the 404 of the page
        victim.forgive("status of 404")
        if page.locator("h1").count() == 0:
            return  # a bare host's own page
    expect(page.locator("h1").first).to_be_visible()
    victim.look(page)


@pytest.mark.timeout(900)
def test_case_114_and_115_each_hostile_car_is_opened_and_only_read(
    browser: Browser, hosts: dict[str, str], tree: Path
) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    person = Victim(context, hosts["bare"])
    cars = sorted(tree.glob("*/*-????????/index.html"))
    assert len(cars) == LISTINGS
    for car in cars:
        person.page.goto(f"{hosts['bare']}/{car.parent.relative_to(tree)}/")
        person.look(person.page)
    context.close()
    assert person.faults == []


def test_an_embed_on_a_page_of_a_host_without_headers_stays_inside(
    browser: Browser, hosts: dict[str, str], size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    person = Victim(context, hosts["bare"])
    page = person.go("/host.html")
    inside = page.frame_locator("dealer-showroom iframe")
    expect(inside.locator("#stock .name a").first).to_be_visible()
    inside.locator("#stock .name a").first.click()
    expect(inside.locator(".vehicle")).to_be_visible()
    assert all(frame.evaluate("window.pwned") is None for frame in page.frames)
    context.close()
    assert person.faults == []


WORDS = [
    ATTACKS[0],
    ATTACKS[3],
    ATTACKS[6],
    "__proto__",
    "constructor",
    "{{7*7}}",
    "$& $' \\",
    "(.*",
]


def test_a_search_for_hostile_words_shows_them_as_words(
    victim: Victim, paths: dict[str, str]
) -> None:
    page = victim.go(paths["showroom"])
    for word in WORDS:
        page.locator("#q").fill(word)
        expect(page.locator("#chips")).to_contain_text(word)
        victim.look(page)
        page.reload(wait_until="networkidle")
        expect(page.locator("#chips")).to_contain_text(word)


def test_filters_of_hostile_names_find_their_cars(victim: Victim, paths: dict[str, str]) -> None:
    page = victim.go(paths["showroom"])
    if page.locator("#opener").is_visible():
        page.locator("#opener").click()
    for group in page.locator("#filters [data-group]").all():
        if not group.evaluate("each => each.open"):
            group.locator("summary").click()
        choices = group.locator("li:visible:not(:has(:disabled)) .choice")
        for number in range(min(2, choices.count())):
            box = choices.nth(number).locator("input")
            box.check()
            victim.look(page)
            box.uncheck()
    if page.locator("#sheet").is_visible():
        page.locator("#show").click()
    expect(page.locator("#stock > li").first).to_be_visible()


def test_favourites_and_a_comparison_of_hostile_titles(
    victim: Victim, paths: dict[str, str]
) -> None:
    page = victim.go(paths["showroom"])
    for number in range(3):
        for what in ("kept", "compared"):
            page.locator(".card").nth(number).locator(f"[data-pick={what}]").click()
    for what in ("kept", "compared"):
        page.locator(f"[data-open={what}]").click()
        expect(page.locator("#choice .frame")).to_have_count(3)
        expect(page.locator("#choice-body")).to_have_attribute("data-told", "yes")
        victim.look(page)
        page.keyboard.press("Escape")


def test_gallery_and_share_of_a_hostile_car(victim: Victim, tree: Path, room: str) -> None:
    shown = next(
        path
        for path in sorted((tree / room).glob("*-????????/index.html"))
        if 'id="strip"' in path.read_text("utf-8")
    )
    page = victim.go(f"/{shown.parent.relative_to(tree)}/")
    page.locator("#strip a").first.click()
    expect(page.locator("dialog#viewer")).to_be_visible()
    victim.look(page)
    page.keyboard.press("Escape")
    page.locator("[data-share]").click()
    expect(page.locator(".tools .told")).not_to_be_empty()
    victim.look(page)


def test_every_document_of_the_hostile_demo_parses_strictly_and_every_link_lives(
    tree: Path,
) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
    for path in tree.rglob("*"):
        if path.suffix in {".xml", ".xsd"}:
            etree.fromstring(path.read_bytes(), parser)
        elif path.suffix in {".json", ".webmanifest"}:
            json.loads(path.read_bytes(), parse_constant=_refuse)
    for path in tree.rglob("*.html"):
        for block in re.findall(
            r"<script type=\"application/(?:ld\+)?json\"[^>]*>(.*?)</script>",
            path.read_text("utf-8"),
            re.DOTALL,
        ):
            json.loads(block, parse_constant=_refuse)
    assert list(faults(tree)) == []


def _refuse(name: str) -> object:
    raise ValueError(name)


@pytest.mark.yardstick
def test_the_nu_html_checker_finds_no_error_on_any_kind_of_hostile_page(
    tree: Path, paths: dict[str, str]
) -> None:
    (jar,) = Path(os.environ["NPM_MODULES"]).glob("vnu-jar/**/vnu.jar")
    cars = sorted(tree.glob("*/*-????????/index.html"))
    kinds = [tree / path.partition("?")[0].strip("/") for path in paths.values()]
    files = {path if path.suffix else path / "index.html" for path in kinds} - {
        tree / "nowhere" / "index.html"
    }
    result = subprocess.run(
        ["java", "-Xss4m", "-jar", jar, "--errors-only", "--stdout", *sorted(files), *cars],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
