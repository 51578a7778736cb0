"""Lighthouse, as far as it does not look at a clock, and what a page weighs.

The performance score is ``python -m tests.lighthouse``: a busy machine would fail it here.
"""

import gzip
import os
import re
from pathlib import Path

import pytest

from tests import lighthouse

pytestmark = pytest.mark.yardstick

CAR_BYTES = 60 * 1024  # HTML, CSS and JS of a page, compressed, without photos
LIST_BYTES = 120 * 1024
STEADY = ("accessibility", "best-practices", "seo")


@pytest.mark.parametrize("kind", ["index", "list", "car"])
def test_lighthouse_finds_nothing_to_better(demo: Path, site: str, kind: str) -> None:
    modules = Path(os.environ["NPM_MODULES"])
    answer = lighthouse.ask(site + lighthouse.sample(demo)[kind], modules, STEADY)
    assert lighthouse.lacking(answer) == []
    assert lighthouse.scores(answer) == dict.fromkeys(STEADY, 100)


@pytest.mark.parametrize(("kind", "most"), [("list", LIST_BYTES), ("car", CAR_BYTES)])
def test_a_page_is_light(demo: Path, kind: str, most: int) -> None:
    page = demo / lighthouse.sample(demo)[kind].strip("/") / "index.html"
    html = page.read_text("utf-8")
    files = re.findall(r'<link rel="stylesheet" href="/([^"]+)"|<script src="/([^"]+)"', html)
    assets = [demo / (style or script) for style, script in files]
    assert len(assets) > 1
    weight = sum(len(gzip.compress(path.read_bytes())) for path in (page, *assets))
    assert weight <= most
