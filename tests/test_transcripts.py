"""What a page shows of a session at the prompt is what happens: each is typed, and compared.

A ``console`` block is one session, behind ``<!-- try: … -->``: after one good build with the files
that the page shows (``<!-- file: NAME -->``), unless it says ``nothing-built``, and with that wrong
with the world which the other words say: ``fault=…`` as ``simulate`` takes it, or one of
:data:`SCENES`.
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cache
from pathlib import Path

import pytest

from syndicator import build, disk, lock
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.service import Answer
from tests import pages
from tests.desk import Desk, put, restore, shows

SESSIONS = [
    pytest.param(block, id=f"{block.page}-{number}-{block.name or 'as-it-is'}")
    for number, block in enumerate(pages.all_blocks("try"))
]
NOTHING_BUILT = "nothing-built"


class Seat:
    """What the folder of one page is like before anything is typed."""

    def __init__(self, page: str, folder: Path, desk: Desk) -> None:
        (path,) = [each for each in pages.PAGES if each.name == page]
        self._folder = folder / "site"
        self._bare, self._built = folder / "bare", folder / "built"
        desk.sit(self._folder)
        put(
            self._folder,
            {each.name: each.text for each in pages.blocks(path) if each.kind == "file"},
        )
        shutil.copytree(self._folder, self._bare)
        said = desk.type("syndicator build")
        assert desk.code == 0, said
        shutil.copytree(self._folder, self._built)
        self._seconds = desk.watch.now()

    def take(self, desk: Desk, *, built: bool) -> None:
        """As if nothing had been typed yet, and no time had passed."""
        restore(self._built if built else self._bare, self._folder)
        desk.sit(self._folder)
        desk.watch.tick(self._seconds - desk.watch.now())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with (
        pytest.MonkeyPatch.context() as patch,
        Desk(tmp_path_factory.mktemp("desk"), patch).open() as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Callable[[str], Seat]:
    return cache(lambda page: Seat(page, tmp_path_factory.mktemp("page"), desk))


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Another build is at work."""
    with lock.held(desk.folder / ".syndicator" / "lock"):
        yield


@contextmanager
def full_disk(desk: Desk) -> Iterator[None]:
    """Nothing is left of the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "free_bytes", lambda _: 0)
        yield


@contextmanager
def bug(desk: Desk) -> Iterator[None]:
    """The program is at fault."""

    def broken(*_: object) -> None:
        raise RuntimeError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "build", broken)
        yield


@contextmanager
def interrupted(desk: Desk) -> Iterator[None]:
    """The host ends the build, while it asks the API."""

    def stop(request: Request, answer: Answer) -> Response:
        os.kill(os.getpid(), signal.SIGTERM)
        return answer(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "script_of", lambda: stop)
        yield


@contextmanager
def seven_hours_later(desk: Desk) -> Iterator[None]:
    """Nobody has built for longer than ``stale_after``."""
    desk.watch.tick(7 * 3600)
    yield


def cheaper(desk: Desk) -> AbstractContextManager[None]:
    """The dealer has made a car cheaper."""
    return desk.repriced("GEN-10018", 9_950)


SCENES: dict[str, Callable[[Desk], AbstractContextManager[None]]] = {
    "bug": bug,
    "cheaper": cheaper,
    "full-disk": full_disk,
    "interrupted": interrupted,
    "locked": locked,
    "seven-hours-later": seven_hours_later,
    NOTHING_BUILT: lambda _: nullcontext(),
}


@pytest.mark.parametrize("session", SESSIONS)
def test_a_session_goes_as_the_page_shows(
    session: pages.Block, desk: Desk, seats: Callable[[str], Seat]
) -> None:
    words = session.name.split()
    desk.faults = ()
    seats(session.page).take(desk, built=NOTHING_BUILT not in words)
    desk.faults = tuple(each[6:] for each in words if each.startswith("fault="))
    with ExitStack() as scene, pytest.MonkeyPatch.context() as patch:
        for word in words:
            if not word.startswith("fault="):
                scene.enter_context(SCENES[word](desk))
        for name in ("OKASIE_API_URL", "OKASIE_API_SECRET"):
            patch.setenv(name, os.environ[name])  # so that it is put back
        for line, shown in steps(session.text):
            told = desk.type(line)
            assert shows(told, shown), f"$ {line}\n{told}"


def steps(text: str) -> Iterator[tuple[str, str]]:
    """What is typed, and what follows."""
    before, *typed = f"\n{text}".split("\n$ ")
    assert not before.strip()
    for each in typed:
        line, _, shown = each.partition("\n")
        yield line, shown


def test_every_session_on_a_page_is_tried() -> None:
    loose = [
        f"{block.page}: {block.text.splitlines()[0]}"
        for block in pages.all_blocks()
        if block.language == "console" and block.kind != "try"
    ]
    assert loose == []


def test_every_scene_is_shown() -> None:
    shown = {word for block in pages.all_blocks("try") for word in block.name.split()}
    assert SCENES.keys() - shown == set()


@pytest.mark.parametrize(
    ("told", "shown"),
    [("a\nb\n", "a\nb"), ("a\nb\nc\n", "a\n…\nc"), ("a 1.5 s: x\n", "a … s: x"), ("", "")],
)
def test_a_gap_stands_for_what_it_hides(told: str, shown: str) -> None:
    assert shows(told, shown)


@pytest.mark.parametrize(
    ("told", "shown"), [("a\nb\n", "a"), ("a.b\n", "a.c"), ("more\n", ""), ("a\nb\n", "a…b")]
)
def test_what_is_not_shown_is_missed(told: str, shown: str) -> None:
    assert not shows(told, shown)
