"""The showroom in frames of others: another origin, hostile styles, a strict policy."""

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser.conftest import DESK, PHONE, Visitor
from playwright.sync_api import Browser, Frame, Locator, Page, expect

from syndicator.serve import server

pytestmark = pytest.mark.browser

HOSTS = Path(__file__).parent / "hosts"
INSIDE = "dealer-showroom iframe"
SPOKEN = """(each) => {
  globalThis.spoken = [];
  new MutationObserver(() => spoken.push(each.textContent)).observe(each, { childList: true });
}"""
HEARD = """() => {
  const end = (done) => addEventListener("message", ({ data }) => data === "end" && done());
  globalThis.heard = new Promise(end);
}"""


class Host:
    """Websites that embed the showroom of ``site``; the pages are those of ``hosts/``."""

    def __init__(self, httpd: ThreadingHTTPServer, site: str, dealers: tuple[str, str]) -> None:
        self.url = f"http://localhost:{httpd.server_port}"
        self.stranger = f"http://127.0.0.1:{httpd.server_port}"  # another origin, allowed nowhere
        self.site = site
        self.dealer, self.other = dealers


@pytest.fixture(scope="module")
def host(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The demo, which one foreign origin may embed, and that origin."""
    root = tmp_path_factory.mktemp("embed") / "output"
    shutil.copytree(demo, root, copy_function=_linked)
    rooms = sorted(each.name for each in root.glob("dex-*") if any(each.glob("*-????????/")))
    pages: dict[str, str] = {}
    foreign = ThreadingHTTPServer(("127.0.0.1", 0), _handler(pages))
    control = root / "_headers"
    policy = control.read_text("utf-8")
    control.unlink()  # else the demo's own would change
    origin = f"http://localhost:{foreign.server_port}"
    policy = policy.replace("frame-ancestors 'self'", f"frame-ancestors 'self' {origin}")
    control.write_text(re.sub(r".*X-Frame-Options.*\n", "", policy), "utf-8")
    own = server(root, 0)
    site = f"http://127.0.0.1:{own.server_port}"
    for page in HOSTS.glob("*.html"):
        text = page.read_text("utf-8").replace("SITE", site)
        pages[f"/{page.name}"] = text.replace("DEALER", rooms[0]).replace("OTHER", rooms[1])
    threads = [
        threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.05})
        for each in (foreign, own)
    ]
    for thread in threads:
        thread.start()
    yield Host(foreign, site, (rooms[0], rooms[1]))
    for each in (foreign, own):
        each.shutdown()
        each.server_close()
    for thread in threads:
        thread.join()


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def _handler(pages: dict[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = pages.get(path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if path == "/strict.html":
                source = re.search(r'src="(http://[^/]+)/embed', pages[path])[1]  # type: ignore[index]
                policy = (
                    f"default-src 'none'; img-src data:; script-src {source}; frame-src {source}"
                )
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Guest(Visitor):
    """Somebody on the foreign website: requests go to it and to the showroom, nowhere else."""

    def __init__(self, context: object, host: Host) -> None:
        self.host = host
        super().__init__(context, host.url)  # type: ignore[arg-type]

    def _judge(self, request: object) -> None:
        if not request.url.startswith((self.host.url, self.host.site, "data:")):  # type: ignore[attr-defined]
            self.faults.append(f"request to {request.url}")  # type: ignore[attr-defined]

    def inside(self, number: int = 0) -> Frame:
        """The document in a frame, once it is there."""
        handle = self.page.locator(INSIDE).nth(number).element_handle()
        frame = handle.content_frame()
        assert frame is not None
        return frame


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def guest(request: pytest.FixtureRequest, browser: Browser, host: Host) -> Iterator[Guest]:
    context = browser.new_context(viewport=request.param, locale="nl-BE")
    person = Guest(context, host)
    yield person
    context.close()
    assert person.faults == []


def fits(guest: Guest, number: int = 0) -> float:
    """Wait until a frame is as tall as its document, and say how tall."""
    frame = guest.inside(number)
    box = guest.page.locator(INSIDE).nth(number)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        inside = frame.evaluate("document.body.getBoundingClientRect().height")
        height: float = box.evaluate("each => each.getBoundingClientRect().height")
        if (
            frame.evaluate("document.documentElement.matches('.sized')")
            and inside <= height < inside + 1
        ):
            return height
        guest.page.wait_for_function("() => new Promise(requestAnimationFrame).then(() => true)")
    raise AssertionError(f"{height} pixels for a document of {inside}")


def say(guest: Guest, message: str) -> None:
    """Have the frame send a message, and wait until the host has heard it."""
    guest.page.evaluate(HEARD)
    guest.inside().evaluate(f"parent.postMessage({message}, '*'); parent.postMessage('end', '*')")
    guest.page.evaluate("heard")


def car(guest: Guest, number: int = 0) -> str:
    """Go to a car far down the list, as a visitor does; its name."""
    guest.page.locator(INSIDE).nth(number).evaluate("each => each.scrollIntoView()")
    link = guest.inside(number).locator("#stock .name a").nth(9)
    name = link.locator("bdi").first.inner_text()
    link.scroll_into_view_if_needed()
    link.dispatch_event("click")  # one with the mouse may miss: cards above get higher
    expect(guest.page.frame_locator(INSIDE).nth(number).locator("h1")).to_contain_text(name)
    return name


@pytest.mark.parametrize("page", ["plain", "wordpress", "strict"])
def test_the_frame_is_as_tall_and_wide_as_it_should_be(guest: Guest, page: str) -> None:
    guest.go(f"/{page}.html")
    first = fits(guest)
    frame = guest.inside()
    assert frame.locator("#stock > li").count() > 10
    assert first > 2000
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight + 1")
    room = guest.page.locator("dealer-showroom").evaluate("each => each.parentElement.clientWidth")
    width = guest.page.locator(INSIDE).evaluate("each => each.getBoundingClientRect().width")
    assert room * 0.8 < width <= room


def test_the_height_follows_a_narrower_window_and_a_filter(guest: Guest) -> None:
    guest.go("/plain.html")
    wide = fits(guest)
    guest.page.set_viewport_size({"width": 320, "height": 700})
    guest.inside().wait_for_function("() => innerWidth <= 320")
    narrow = fits(guest)
    assert narrow != wide
    guest.inside().locator("#q").fill("nothing is called so")
    expect(guest.inside().locator("#none")).to_be_visible()
    assert fits(guest) < narrow / 2


def test_a_car_has_an_address_on_the_host_and_back_leads_to_the_list(guest: Guest) -> None:
    page = guest.go("/plain.html?lang=nl&empty#part")
    fits(guest)
    name = car(guest)
    key = f"showroom-{guest.host.dealer}"
    page.wait_for_url(re.compile(rf"\?lang=nl&empty&{key}={guest.host.dealer}/[a-z0-9-]+#part$"))
    fits(guest)
    expect(page.locator(INSIDE)).to_be_in_viewport()
    assert page.locator(INSIDE).bounding_box()["y"] >= -1  # type: ignore[index]
    shared = page.url
    page.go_back()
    page.wait_for_url("**/plain.html?lang=nl&empty#part")
    expect(guest.inside().locator("#stock")).to_be_visible()
    fits(guest)
    expect(page.frame_locator(INSIDE).locator("#stock .name a").nth(9)).to_be_in_viewport()
    page.goto(shared)
    expect(page.frame_locator(INSIDE).locator("h1")).to_contain_text(name)
    page.reload()
    expect(page.frame_locator(INSIDE).locator("h1")).to_contain_text(name)


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example/x",
        "https://evil.example/",
        "../..",
        "a/../../b",
        "%2F%2Fevil.example",
        "%",
        "x.js",
    ],
)
def test_an_address_that_leads_elsewhere_opens_the_list(guest: Guest, place: str) -> None:
    guest.go(f"/plain.html?showroom-{guest.host.dealer}={place}")
    fits(guest)
    assert guest.inside().url == f"{guest.host.site}/{guest.host.dealer}/embed/"
    guest.page.wait_for_url("**/plain.html")


def test_two_embeds_on_a_page_do_not_disturb_each_other(guest: Guest) -> None:
    page = guest.go("/two.html")
    expect(page.locator(INSIDE)).to_have_count(2)
    one, other = guest.host.dealer, guest.host.other
    heights = {guest.inside(number).url.split("/")[3]: fits(guest, number) for number in (0, 1)}
    assert set(heights) == {one, other}
    car(guest, 0)
    page.wait_for_url(re.compile(rf"\?showroom-{one}={one}/"))
    assert f"/{other}/embed/" in guest.inside(1).url
    fits(guest, 0)
    car(guest, 1)
    page.wait_for_url(re.compile(rf"\?showroom-{one}={one}/.*&showroom-{other}={other}/"))
    page.go_back()
    page.wait_for_url(re.compile(rf"\?showroom-{one}={one}/[^&]*$"))
    expect(page.locator('dealer-showroom[dealer^="."] a')).to_be_visible()


def test_messages_of_others_change_nothing(guest: Guest) -> None:
    page = guest.go("/plain.html")
    height = fits(guest)
    lies = """() => new Promise((done) => {
      const lie = { type: "syndicator:size", height: 123 };
      const place = { type: "syndicator:place", path: "evil/" };
      postMessage(lie, "*");
      postMessage(place, "*");
      const other = document.createElement("iframe");
      document.body.append(other);
      other.contentWindow.eval(
        [lie, place].map((each) => `parent.postMessage(${JSON.stringify(each)}, "*");`).join(""));
      addEventListener("message", (event) => event.data === "end" && done());
      other.contentWindow.eval(`parent.postMessage("end", "*")`);
    })"""
    page.evaluate(lies)
    assert fits(guest) == height
    assert "evil" not in page.url
    frame = guest.inside()
    frame.evaluate(
        "new Promise((done) => { addEventListener('message', ({ data }) => data.top && done());"
        " postMessage({ type: 'syndicator:view', top: 77777, height: 5 }, '*'); })"
    )
    top = frame.evaluate("document.documentElement.style.getPropertyValue('--view-top')")
    assert top != "77777px"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "null",
        "7",
        "'x'",
        "{type:'syndicator:size',height:NaN}",
        "{type:'syndicator:size',height:'9'}",
        "{type:'syndicator:place'}",
    ],
)
def test_a_message_of_another_shape_is_not_understood(guest: Guest, path: str) -> None:
    guest.go("/plain.html")
    height = fits(guest)
    say(guest, path or "undefined")
    assert fits(guest) == height


def test_the_look_comes_from_attributes_and_stays_on_every_page(guest: Guest) -> None:
    guest.go("/strict.html")
    for kind in ("#stock", "#gallery"):
        expect(guest.page.frame_locator(INSIDE).locator(kind)).to_be_visible()
        fits(guest)
        seen = guest.inside().evaluate("""() => {
          const style = getComputedStyle(document.documentElement);
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = "var(--accent)";
          const found = [style.colorScheme, style.getPropertyValue("--round"),
            getComputedStyle(probe).color, getComputedStyle(document.body).backgroundColor];
          probe.remove();
          return found;
        }""")
        assert seen == ["dark", "0px", "rgb(255, 204, 0)", "rgb(17, 19, 21)"]
        assert guest.page.locator(INSIDE).get_attribute("title") == "Vorrat"
        if kind == "#stock":
            guest.inside().locator("#stock .name a").first.click()


def test_an_accent_that_could_not_be_read_is_shifted_until_it_can(guest: Guest) -> None:
    page = guest.go("/strict.html")
    page.locator("dealer-showroom").evaluate("each => each.setAttribute('theme', 'light')")
    expect(page.frame_locator(INSIDE).locator("#stock")).to_be_visible()
    fits(guest)
    ratio = guest.inside().evaluate("""() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "var(--accent)";
      const parts = getComputedStyle(probe).color.match(/[\\d.]+/g).map((each) => each / 255)
        .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
      return 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05);
    }""")
    assert 4.5 <= ratio < 6


def within(page: Page, dialog: Locator) -> bool:
    """Whether a dialog comes to lie in the window; the host must first have heard of scrolling."""
    height = page.evaluate("innerHeight")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        box = dialog.bounding_box()
        if box and box["y"] >= -1 and box["y"] + box["height"] <= height + 1:
            return True
        page.wait_for_function("() => new Promise(requestAnimationFrame).then(() => true)")
    return False


def test_dialogs_open_where_the_visitor_looks(guest: Guest) -> None:
    page = guest.go("/plain.html")
    fits(guest)
    inside = page.frame_locator(INSIDE)
    if page.viewport_size == PHONE:
        inside.locator("#opener").click()
        sheet = inside.locator("#sheet")
        expect(sheet).to_be_visible()
        expect(inside.locator("#show")).to_be_in_viewport()
        page.wait_for_function("scrollY > 0")  # the whole window is for the sheet
        assert (
            sheet.evaluate("each => Promise.all(each.getAnimations().map((one) => one.finished))")
            is not None
        )
        assert within(page, sheet)
        page.keyboard.press("Escape")
    car(guest)
    fits(guest)
    inside.locator("#strip a").first.click()
    viewer = inside.locator("dialog#viewer")
    expect(viewer).to_be_visible()
    expect(inside.locator("#viewer [data-close]")).to_be_in_viewport()
    assert within(page, viewer)


def test_a_fixed_bar_of_the_host_covers_nothing(guest: Guest) -> None:
    page = guest.go("/wordpress.html")
    fits(guest)
    car(guest)
    fits(guest)
    page.wait_for_function(
        "() => { const box = document.querySelector('dealer-showroom').getBoundingClientRect();"
        " return box.top >= 79 && box.top < innerHeight; }"
    )


def test_a_link_to_another_site_opens_beside(guest: Guest) -> None:
    guest.go("/plain.html")
    fits(guest)
    target = guest.inside().evaluate("""() => {
      const link = document.body.appendChild(document.createElement("a"));
      link.href = "https://example.org/";
      link.addEventListener("click", (event) => event.preventDefault());
      link.click();
      return [link.target, link.rel];
    }""")
    assert target == ["_blank", "noopener"]


def test_a_stranger_may_not_frame_it_and_shows_the_link(guest: Guest) -> None:
    page = guest.page
    page.goto(f"{guest.host.stranger}/strict.html")
    expect(page.locator("dealer-showroom a")).to_be_visible()
    assert any("frame-ancestors" in each for each in guest.faults)
    guest.faults.clear()


@pytest.mark.parametrize("page", ["plain", "strict"])
def test_without_scripts_there_is_a_plain_link(browser: Browser, host: Host, page: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    person = Guest(context, host)
    person.go(f"/{page}.html")
    person.page.locator(f'a[href*="/{host.dealer}/"]').click()
    expect(person.page.locator("#stock")).to_be_visible()
    context.close()
    assert person.faults == []


def test_the_framed_list_works_without_scripts(scriptless: Visitor, host: Host) -> None:
    page = scriptless.go(f"/{host.dealer}/embed/")
    expect(page.locator(".brand")).to_be_hidden()
    page.locator("a[hreflang=fr]").first.click()
    assert page.url.endswith(f"/{host.dealer}/embed/fr/")
    page.locator("#stock .name a").first.click()
    expect(page.locator("#gallery")).to_be_visible()


def test_the_dealer_chooses_a_look_and_copies_what_to_paste(visitor: Visitor, host: Host) -> None:
    page = visitor.go(f"/{host.dealer}/embed/howto/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    inside = page.frame_locator(INSIDE)
    expect(inside.locator("#stock")).to_be_visible()
    page.locator("#theme").select_option("dark")
    expect(page.locator("#snippet")).to_contain_text('data-theme="dark"')
    expect(page.locator("#element")).to_contain_text(' theme="dark"')
    expect(inside.locator("html")).to_have_css("color-scheme", "dark")
    button = page.locator('[data-copy="snippet"]')
    button.evaluate(SPOKEN)  # it says so for two seconds only
    button.click()
    page.wait_for_function("() => spoken.includes('Gekopieerd')")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#snippet").inner_text()
    page.locator("#theme").select_option("")
    expect(page.locator("#snippet")).not_to_contain_text("theme")
