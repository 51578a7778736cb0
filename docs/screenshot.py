"""Makes ``docs/showroom.webp``, the picture in the README, from a served demo.

``syndicator demo --serve`` in one terminal, then ``python docs/screenshot.py`` in another; it needs
the ``browser`` extra and the system's Chromium. Another address may be given as an argument. The
letters are those of the machine's own user interface, as the style sheet asks for.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, sync_playwright

SITE = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
TARGET = Path(__file__).parent / "showroom.webp"
DESK = (1280, 900)
PHONE = (390, 844)
LIST = "/dex-antwerpen/"
GROUND = "#e9ebe6"
ROUND = 14


def shot(browser: Browser, path: str, size: tuple[int, int]) -> Image.Image:
    """One page, as somebody with that window sees it."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(SITE + path, wait_until="networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def third_car(browser: Browser) -> str:
    """The one that the phone will hide on the desk's list."""
    page = browser.new_page()
    page.goto(SITE + LIST, wait_until="networkidle")
    path = page.locator("#stock > li a").nth(2).get_attribute("href")
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


def main() -> None:
    """Compose and save."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        desk = shot(browser, LIST, DESK)
        phone = shot(browser, third_car(browser), PHONE)
        browser.close()
    ground = Image.new("RGB", (1600, 1020), GROUND)
    put(ground, desk, (60, 60))
    put(ground, phone, (1150, 130))
    ground.save(TARGET, quality=82, method=6)


if __name__ == "__main__":
    main()
