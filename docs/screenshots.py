"""Pictures of a built demo, as a buyer, a dealer and the README want them.

``python docs/screenshots.py output shots`` serves the folder ``output`` on loopback and writes to
``shots`` the dealer page, a car page, its price card and the embed at three widths; without
``shots`` it makes ``docs/showroom.webp``, the picture in the README. It needs the ``browser``
extra and the system's Chromium. The letters are those of the machine's own user interface, as the
style sheet asks for.
"""

import io
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, sync_playwright

from syndicator.serve import server

README = Path(__file__).parent / "showroom.webp"
HEIGHTS = {390: 844, 768: 1024, 1280: 900}  # px, by width: a phone, a tablet, a desk
LIST = "/dex-antwerpen/"
GROUND = "#e9ebe6"
ROUND = 14


@contextmanager
def served(output: Path) -> Iterator[str]:
    """The address at which the folder is served."""
    httpd = server(output, 0)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def shot(browser: Browser, address: str, width: int, below: str = "") -> Image.Image:
    """One page, as somebody with a window of that width sees it.

    :param below: a selector of what shall be at the window's top.
    """
    page = browser.new_page(viewport={"width": width, "height": HEIGHTS[width]})
    page.goto(address, wait_until="networkidle")
    if below:
        page.locator(below).first.evaluate("each => each.scrollIntoView()")
        page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def third_car(browser: Browser, site: str) -> str:
    """The one that the phone will hide on the desk's list."""
    page = browser.new_page()
    page.goto(site + LIST, wait_until="networkidle")
    path = page.locator("#stock .name a").nth(2).get_attribute("href")
    page.close()
    return path or "/"


def put(ground: Image.Image, picture: Image.Image, at: tuple[int, int]) -> None:
    """A window with round corners and a soft shadow."""
    mask = Image.new("L", picture.size)
    box = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, ROUND, fill=255)
    shadow = Image.new("L", ground.size)
    shadow.paste(mask.point(lambda value: value // 4), (at[0], at[1] + 14))
    ground.paste("#30342e", mask=shadow.filter(ImageFilter.GaussianBlur(22)))
    ground.paste(picture, at, mask)


def compose(browser: Browser, site: str) -> None:
    """The picture in the README: a list on a desk, and a car on a phone before it."""
    ground = Image.new("RGB", (1600, 1020), GROUND)
    put(ground, shot(browser, site + LIST, 1280), (60, 60))
    put(ground, shot(browser, site + third_car(browser, site), 390), (1150, 130))
    ground.save(README, quality=82, method=6)


def collect(browser: Browser, site: str, folder: Path) -> None:
    """Each kind of page at each width."""
    folder.mkdir(parents=True, exist_ok=True)
    car = third_car(browser, site)
    pages = {
        "dealer": (LIST, ""),
        "car": (car, ""),
        "price-card": (f"{car}card/", ""),
        "embed": (f"{LIST}embed/howto/", "dealer-showroom"),
    }
    for name, (path, below) in pages.items():
        for width in HEIGHTS:
            shot(browser, site + path, width, below).save(folder / f"{name}-{width}.png")


def main() -> None:
    """Serve, look, save."""
    output, *folder = map(Path, sys.argv[1:] or ["output"])
    with served(output) as site, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        if folder:
            collect(browser, site, folder[0])
        else:
            compose(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
