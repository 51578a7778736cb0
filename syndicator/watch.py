"""``serve --watch``: what changes is rendered again, and the open page reloads itself.

Watched are the operator's templates, the configuration and the shipped templates, by size and time
of change. Pages that cannot be rendered stay as they were; the open one shows why.

The preview adds one script to each page that it sends. It is a file of the preview's own origin, so
the site's security policy allows it as it is.
"""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Condition
from typing import NoReturn

import msgspec

from syndicator.again import Outcome
from syndicator.plan import MARKER
from syndicator.render import shipped
from syndicator.serve import Own
from syndicator.sources import files

SCRIPT = "/.syndicator/reload.js"
NEWS = "/.syndicator/reload"
LOOK_SECONDS = 0.3
BUSY_SECONDS = 3.0  # until a build that is at work is asked for again
ALIVE_SECONDS = 15.0  # by then a page is written to, so that one that has gone is noticed
PACKAGE = Path(__file__).resolve().parent

Stamps = frozenset[tuple[str, int, int]]
"""Path, size in bytes and time of change in nanoseconds of every file that is watched."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What an open page is told: which build is out, and what keeps the next one away."""

    version: str
    problem: str = ""


Render = Callable[[], Outcome]
Tell = Callable[[str], None]


class Board:
    """The news, as the pages are told it (:class:`syndicator.serve.Live`). Safe for threads."""

    def __init__(self, output: Path) -> None:
        self._record = output / MARKER
        self._changed = Condition()
        self._news = News(version=self._version())

    @property
    def news(self) -> News:
        """The latest."""
        return self._news

    def look(self, problem: str | None = None) -> None:
        """Tell which build is out now, whoever has made it.

        :param problem: with the last rendering; ``None``: as before.
        """
        told = self._news.problem if problem is None else problem
        news = News(version=self._version(), problem=told)
        with self._changed:
            if news != self._news:
                self._news = news
                self._changed.notify_all()

    def answer(self, path: str) -> Own | None:
        """The script, or the news as they come (server-sent events of the HTML standard)."""
        if path == SCRIPT:
            body = (PACKAGE / "reload.js").read_bytes()
            return Own(media_type="text/javascript; charset=utf-8", chunks=(body,))
        if path == NEWS:
            return Own(media_type="text/event-stream", chunks=self._stream())
        return None

    def tail(self) -> bytes:
        """The script's element; what follows the end of a page is read as the end of its body."""
        version = self._news.version
        return f'<script src="{SCRIPT}" data-version="{version}" async></script>\n'.encode()

    def _stream(self) -> Iterator[bytes]:
        known = self._news
        yield event(known)
        while True:
            with self._changed:
                if self._news == known:
                    self._changed.wait(ALIVE_SECONDS)
                news = self._news
            yield event(news) if news != known else b": still here\n\n"
            known = news

    def _version(self) -> str:
        """A digest of ``build.json``, which has one of all that is out; empty where nothing is."""
        try:
            return hashlib.blake2b(self._record.read_bytes(), digest_size=8).hexdigest()
        except OSError:
            return ""


def event(news: News) -> bytes:
    """One message of a stream."""
    return b"data: " + msgspec.json.encode(news) + b"\n\n"


class Watch:
    """Looks whether anything has changed, and has it rendered once it has come to rest."""

    def __init__(self, board: Board, sources: Iterable[Path], render: Render, tell: Tell) -> None:
        self._board = board
        self._sources = tuple(sources)
        self._render = render
        self._tell = tell
        self._seen: Stamps = frozenset()
        self._rendered: Stamps | None = None
        self._is_waiting = False

    def follow(self, pause: Callable[[float], None] = time.sleep) -> NoReturn:
        """Look for ever."""
        while True:
            pause(self.look())

    def look(self) -> float:
        """Look once; render what has changed, unless it is changing still.

        :returns: the seconds after which another look is worth it.
        """
        seen, before = stamps(self._sources), self._seen
        self._seen = seen
        if seen == before and seen != self._rendered:
            return self.render()
        self._board.look()
        return LOOK_SECONDS

    def render(self) -> float:
        """Render now, and tell what came of it, here and to the open pages."""
        seen = stamps(self._sources)
        outcome = self._render()
        if outcome.is_busy:
            if not self._is_waiting:
                self._tell("another build is at work: what changed is rendered after it")
            self._is_waiting = True
            return BUSY_SECONDS
        self._is_waiting = False
        self._seen = self._rendered = seen
        self._tell(
            f"failed: {outcome.problem}"
            if outcome.problem
            else f"rendered: {outcome.changed} files changed"
        )
        self._board.look(outcome.problem)
        return LOOK_SECONDS


def sources(file: Path) -> tuple[Path, ...]:
    """The files and folders that pages are made of, beside the data.

    :param file: the configuration, whether or not it exists.
    """
    return (file, file.resolve().parent / "templates", shipped(PACKAGE))


def stamps(paths: Iterable[Path]) -> Stamps:
    """The state of all files that are there, but for what editors keep beside them."""
    return frozenset(
        (str(file), found.st_size, found.st_mtime_ns)
        for path in paths
        for file in (path, *_within(path))
        if (found := _status(file)) and stat.S_ISREG(found.st_mode)
    )


def _within(folder: Path) -> Iterator[Path]:
    return (file for file in files(folder) if not file.name.endswith("~"))


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:  # it has gone meanwhile, or was never there
        return None
