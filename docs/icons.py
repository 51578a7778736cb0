"""Draws the icons of ``templates/assets/`` anew from ``icon.svg``: ``python docs/icons.py``.

It needs the ``browser`` extra and the system's Chromium. A home screen rounds corners itself, so
the icons for it fill their square.
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ASSETS = Path(__file__).parent.parent / "templates" / "assets"
SIZES = {32: False, 180: True, 192: True, 512: True}  # px, and whether it fills its square
GROUND = "#14171a"
COLOURS = 32


def main() -> None:
    """One file per size."""
    drawing = (ASSETS / "icon.svg").read_text("utf-8")
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for size, filled in SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = GROUND if filled else "transparent"
            style = f"html,body{{margin:0;background:{ground}}}svg{{display:block}}"
            page.set_content(f"<style>{style}</style>{drawing}")
            shot = page.screenshot(omit_background=True)
            page.close()
            picture = Image.open(io.BytesIO(shot))
            if filled:
                picture = picture.convert("RGB").quantize(COLOURS)
            picture.save(ASSETS / f"icon-{size}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
