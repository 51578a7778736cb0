"""What moves on a page while it opens, as Chromium sees it (Layout Instability API).

https://web.dev/articles/cls calls a sum of 0.1 good. Ours is to be a twentieth of that: a page
that is cut at an unlucky byte, on its way or by a busy machine, may move a word of its head.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

MOST = 0.005
WATCH = """globalThis.shifts = []; globalThis.movers = [];
const note = (entries) => {
    for (const each of entries) {
        shifts.push(each.value);
        for (const { node } of each.sources) {
            const element = node?.closest ? node : node?.parentElement;
            if (element?.closest('main')) movers.push(element.outerHTML.slice(0, 80));
        }
    }
};
const observer = new PerformanceObserver(list => note(list.getEntries()));
observer.observe({ type: 'layout-shift', buffered: true });
const frame = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
globalThis.seenAll = async () => {
    await new Promise(frame);
    note(observer.takeRecords());
};"""
PIECE = 150  # bytes
PAUSE = 0.02  # seconds: a frame of the screen


def watch(page: Page) -> None:
    """Begin, on each page that is opened from now on."""
    page.add_init_script(WATCH)


def moved(page: Page) -> float:
    """How much, in all, since the page was opened."""
    page.evaluate("seenAll()")
    return float(page.evaluate("shifts.reduce((sum, each) => sum + each, 0)"))


def movers(page: Page) -> list[str]:
    """The beginnings of the elements within ``main`` that moved."""
    page.evaluate("seenAll()")
    found: list[str] = page.evaluate("movers")
    return found


class Slow(SimpleHTTPRequestHandler):
    """Sends the body of a page a few words at a time."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Pages slowly, the rest as usual."""
        path = Path(self.directory) / self.path.partition("?")[0].strip("/") / "index.html"
        if not path.is_file():
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in _pieces(path.read_bytes()):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(PAUSE)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def _pieces(page: bytes) -> Iterator[bytes]:
    start = page.index(b"<body")
    yield page[:start]
    for at in range(start, len(page), PIECE):
        yield page[at : at + PIECE]


@contextmanager
def slowly(folder: Path) -> Iterator[str]:
    """Where a folder is served to somebody in a tunnel."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Slow, directory=str(folder))) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}"
        finally:
            httpd.shutdown()
            thread.join()
