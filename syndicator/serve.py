"""Previews ``output/`` on loopback as the host will serve it: headers, redirects and 404.

Reads the build's own ``_headers`` and ``_redirects``, in the grammar that Netlify and Cloudflare
Pages share: a path line, indented ``Name: value`` lines; ``from to status``.
"""

import logging
import mimetypes
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from email.utils import formatdate
from functools import cache, partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import msgspec

from syndicator.errors import UsageError

CONTROL = ("_headers", "_redirects")
CHUNK = 64 * 1024
PAGE = "text/html"

log = logging.getLogger(__name__)


class HeaderRule(msgspec.Struct, frozen=True):
    """Headers for the paths that match; ``*`` stands for anything."""

    pattern: str
    headers: tuple[tuple[str, str], ...]


class RedirectRule(msgspec.Struct, frozen=True):
    """An answer for paths that are no file."""

    pattern: str
    target: str
    status: int


def header_rules(text: str) -> tuple[HeaderRule, ...]:
    """The rules of a ``_headers`` file, in order."""
    rules: list[HeaderRule] = []
    for line in text.splitlines():
        if line.startswith("/"):
            rules.append(HeaderRule(line.strip(), ()))
        elif ":" in line and rules and not line.lstrip().startswith("#"):
            name, _, value = line.strip().partition(":")
            last = rules[-1]
            rules[-1] = HeaderRule(last.pattern, (*last.headers, (name, value.strip())))
    return tuple(rules)


def redirect_rules(text: str) -> tuple[RedirectRule, ...]:
    """The rules of a ``_redirects`` file, in order; the first match wins."""
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        RedirectRule(parts[0], parts[1], int(parts[2].rstrip("!")) if len(parts) > 2 else 301)  # noqa: PLR2004 - from, to, status
        for parts in lines
        if len(parts) > 1
    )


def matches(pattern: str, path: str) -> bool:
    """Whether a path pattern of either file covers a path: ``*`` is anything, ``:x`` a folder."""
    return _form(pattern).fullmatch(path) is not None


@cache
def _form(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*|(?<=/):\w+)", pattern)
    wild = {"*": ".*", ":": "[^/]+"}
    return re.compile("".join(wild.get(part[:1]) or re.escape(part) for part in parts))


def headers_for(rules: Iterable[HeaderRule], path: str) -> dict[str, str]:
    """All headers of a path; a later rule replaces an earlier one of the same name."""
    found: dict[str, str] = {}
    for rule in rules:
        if matches(rule.pattern, path):
            found |= dict(rule.headers)
    return found


class Site:
    """A finished tree, looked up the way a static host does it."""

    def __init__(self, root: Path) -> None:
        if not (root / "index.html").is_file():
            raise UsageError(
                f"{root} holds no site", hint="run `syndicator build` or `syndicator demo` first"
            )
        self.root = root.resolve()
        self._control = {self.root / name for name in CONTROL}

    def read(self, name: str) -> str:
        """A control file's text; empty where the build makes none."""
        file = self.root / name
        return file.read_text("utf-8") if file.is_file() else ""

    def find(self, path: str) -> Path | None:
        """The file behind a path, or ``None``; never one outside the tree or a control file."""
        try:
            target = (self.root / unquote(path).lstrip("/")).resolve()
            if not target.is_relative_to(self.root) or target in self._control:
                return None
            if target.is_dir():
                target /= "index.html"
            return target if target.is_file() else None
        except (OSError, ValueError):  # too long, or with a NUL
            return None

    def answer(self, path: str) -> tuple[int, str, Path | None]:
        """Status, address for a redirect, and file."""
        file = self.find(path)
        if file is not None and (path.endswith("/") or not (self.root / path.strip("/")).is_dir()):
            return HTTPStatus.OK, "", file
        if file is not None:
            return HTTPStatus.MOVED_PERMANENTLY, f"{path}/", None
        for rule in redirect_rules(self.read("_redirects")):
            if matches(rule.pattern, path):
                if rule.status == HTTPStatus.NOT_FOUND:
                    return rule.status, "", self.find(rule.target)
                return rule.status, rule.target, None
        return HTTPStatus.NOT_FOUND, "", self.find("/404.html")


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of the preview itself, that is no file of the site; it may go on for ever."""

    media_type: str
    chunks: Iterable[bytes]


class Live(Protocol):
    """What a preview adds to a site that somebody works on."""

    def answer(self, path: str) -> Own | None:
        """What stands at a path of the preview's own."""

    def tail(self) -> bytes:
        """What follows each page."""


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    protocol_version = "HTTP/1.1"
    server_version = "syndicator"

    def __init__(self, site: Site, live: Live | None, *args: object) -> None:
        self.site = site
        self.live = live
        super().__init__(*args)  # type: ignore[arg-type]  # the base class takes three sockets' ends

    def do_GET(self) -> None:
        """Send the head and the body."""
        self._send(body=True)

    def do_HEAD(self) -> None:
        """Send the head."""
        self._send(body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
        """Stay quiet: a preview is watched in the browser."""

    def _send(self, *, body: bool) -> None:
        path = urlsplit(self.path).path
        own = self.live.answer(path) if self.live else None
        if own is not None:
            self._send_own(own, body=body)
            return
        status, location, file = self.site.answer(path)
        with file.open("rb") if file else nullcontext() as stream:  # a build may replace it
            found = os.fstat(stream.fileno()) if stream else None
            if status == HTTPStatus.NOT_FOUND and file:  # the headers of what is sent, as hosts do
                path = f"/{file.relative_to(self.site.root).as_posix()}"
            fields = dict(self._headers(path, location, file))
            is_page = fields.get("Content-Type", "").startswith(PAGE)
            tail = self.live.tail() if self.live and is_page else b""
            self.send_response(status)
            self.send_header("Content-Length", str((found.st_size if found else 0) + len(tail)))
            if found:
                self.send_header("Last-Modified", formatdate(found.st_mtime, usegmt=True))
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            if body and stream:
                while chunk := stream.read(CHUNK):
                    self.wfile.write(chunk)
                self.wfile.write(tail)

    def _send_own(self, own: Own, *, body: bool) -> None:
        """Its end is that of the connection."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", own.media_type)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in own.chunks if body else ():
            self.wfile.write(chunk)

    def _headers(self, path: str, location: str, file: Path | None) -> Iterator[tuple[str, str]]:
        own = headers_for(header_rules(self.site.read("_headers")), path)
        if location:
            yield "Location", location
        if file is not None and "Content-Type" not in own:
            yield "Content-Type", media_type(file)
        # On loopback there is no https to insist on, and a browser would remember it for weeks.
        quiet = {"Strict-Transport-Security"}
        yield from ((name, value) for name, value in own.items() if name not in quiet)


def media_type(file: Path) -> str:
    """By extension, with the character set where there is text."""
    guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


class Server(ThreadingHTTPServer):
    """Answers each request in a thread."""

    def handle_error(self, _request: object, client_address: object) -> None:
        """A browser that hangs up early is no news."""
        log.info("request of %s: %r", client_address, sys.exception())


def server(root: Path, port: int, live: Live | None = None) -> ThreadingHTTPServer:
    """A server on loopback, not yet running.

    :param live: what it adds, where somebody works on the site.
    :raises UsageError: nothing was built there, or the port is taken.
    """
    site = Site(root)
    try:
        return Server(("127.0.0.1", port), partial(Handler, site, live))
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}", hint="choose another with --port"
        ) from error
