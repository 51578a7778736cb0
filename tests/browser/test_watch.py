"""A page that is worked on reloads itself, under the policy that the site has anyway."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import DESK, Visitor
from playwright.sync_api import Browser, Page, expect

from syndicator.serve import server
from syndicator.watch import Board

pytestmark = pytest.mark.browser


class Bench:
    """A copy of the demo whose front page is worked on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.board = Board(folder)

    def publish(self, heading: str) -> None:
        """As a build would: the page, then the record."""
        page = self.folder / "index.html"
        text = page.read_text("utf-8")
        page.write_text(text.replace("<h1", f"<h1>{heading}</h1><h1 hidden", 1), "utf-8")
        record = self.folder / "build.json"
        record.write_text(record.read_text("utf-8") + "\n", "utf-8")
        self.board.look()


@pytest.fixture
def bench(demo: Path, tmp_path: Path) -> Bench:
    shutil.copytree(demo, tmp_path / "output")
    return Bench(tmp_path / "output")


@pytest.fixture
def developer(bench: Bench, browser: Browser) -> Iterator[Visitor]:
    httpd = server(bench.folder, 0, bench.board)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    person = Visitor(context, f"http://127.0.0.1:{httpd.server_port}")
    yield person
    context.close()
    httpd.shutdown()
    thread.join()
    httpd.server_close()
    assert person.faults == []


def opened(person: Visitor) -> Page:
    """The front page; it never comes to rest, for it listens."""
    person.page.goto(f"{person._site}/", wait_until="load")
    return person.page


def test_the_open_page_reloads_when_another_build_is_out(developer: Visitor, bench: Bench) -> None:
    page = opened(developer)
    for heading in ("First", "Second"):
        bench.publish(heading)
        expect(page.locator("h1:visible")).to_have_text(heading)


def test_a_problem_is_shown_on_the_page_as_text_until_it_is_mended(
    developer: Visitor, bench: Bench
) -> None:
    page = opened(developer)
    note = page.locator("body > pre[role=alert]")
    bench.board.look("template <b>site/index.html</b>:3: unexpected '}'")
    expect(note).to_have_text("template <b>site/index.html</b>:3: unexpected '}'")
    page.reload()
    expect(note).to_be_visible()  # also on a page that is opened later
    bench.board.look("")
    expect(note).to_have_count(0)


def test_a_page_that_has_gone_from_sight_listens_again_when_it_is_back(
    developer: Visitor, bench: Bench
) -> None:
    page = opened(developer)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    bench.publish("Meanwhile")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
    expect(page.locator("h1:visible")).to_have_text("Meanwhile")
