"""Who is told: a webhook on loopback that takes down what it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from syndicator.webhook import Webhook

PATH = "/services/T0/B0/canary-hook-91ab"


class Receiver:
    """What came, and how the next is answered.

    :ivar texts: of the messages that were taken.
    :ivar attempts: all requests as method, path and headers.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.webhook = Webhook(address)
        self.texts: list[str] = []
        self.attempts: list[tuple[str, str, dict[str, str]]] = []
        self.status = 200
        self.location = ""

    def taken(self) -> list[str]:
        """The messages since the last time, without their heads."""
        lines = [line for text in self.texts for line in text.splitlines()[1:]]
        self.texts.clear()
        return lines


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.attempts.append((self.command, self.path, dict(self.headers)))
            if receiver.status == 200:
                assert body.keys() == {"text"}
                receiver.texts.append(body["text"])
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the name is the library's

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}{PATH}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
