"""What is out while builds are at work, stopped or killed, by the numbers of the catalogue of
faults. The crash loop itself, which has most of them, is ``test_crash.py``.
"""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from syndicator import cli, disk, journal
from syndicator.links import token
from syndicator.simulator.stock import make_stock
from tests.landing import Killed
from tests.meddling import Meddled
from tests.wired import KEY, Wired

ROOT = Path(__file__).parent.parent
BUSY = 75
LONG = "status=503;retry-after=290"  # seconds: much longer than a test may take
ASKED = ("--location", "DEX-GENT", "--site-url", "https://s.example")
SLOW_TO_LEAVE = """
import sys
from syndicator import cli, outputs, publish

def waiting(word):
    def wait(*_):
        print(word, flush=True)
        sys.stdin.read()
    return wait

publish.verify = waiting("working")
outputs._discard = waiting("leaving")
sys.exit(cli.run(sys.argv[1:]))
"""


@pytest.fixture
def world(tmp_path: Path) -> Meddled:
    """A few cars of which nothing was built yet."""
    return small(tmp_path / "world")


def small(folder: Path, **known: Any) -> Meddled:
    return Meddled(folder, make_stock(3, 10, 4, photo_base="https://images.example"), **known)


def whole(world: Meddled, **asked: Any) -> int:
    """The exit code of a build with all feeds and pages."""
    return world.build(only=(), **asked).code


def news(world: Meddled) -> str:
    """Another price for a car; its id."""
    car = world.active()[0]
    world.change(car, price=12_345)
    return car


@contextmanager
def started(*command: str, **known: Any) -> Iterator["subprocess.Popen[str]"]:
    """A process that does not outlive the block."""
    pipe = subprocess.PIPE
    streams = {"stdin": pipe, "stdout": pipe, "stderr": pipe, "text": True}
    with subprocess.Popen(command, **streams, **known) as process:
        try:
            yield process
        finally:
            process.kill()


def until(lines: Any, words: str) -> str:
    """All that a process says up to a line with these words."""
    said = []
    for line in lines:
        said.append(line)
        if words in line:
            return "".join(said)
    raise AssertionError("".join(said))


# 91: somebody reads


def test_case_91_a_reader_never_meets_half_a_file_or_a_dead_link(tmp_path: Path) -> None:
    world = small(tmp_path, per_minute=0.3, seed=5)
    assert whole(world) == 0
    written = 0
    with started(sys.executable, "-m", "tests.crash.reader", str(world.output), cwd=ROOT) as reader:
        until(reader.stdout, "reading")
        for _ in range(20):
            built = world.build(only=())
            assert built.code in (0, 4)
            written += bool(built.summary and built.summary.files.written)
        said, trouble = reader.communicate()
    assert (reader.returncode, trouble) == (0, ""), said
    assert written > 10
    assert int(said) > 1


# 93, 94: signals


def test_case_93_a_build_that_waits_at_the_apis_wish_ends_when_it_is_asked_to(
    wired: Wired,
) -> None:
    assert wired.build(*ASKED).code == 0
    before = wired.files()
    wired.change()
    with wired.serving(LONG) as simulator:
        command = ("build", "-v", *ASKED, "--api-url", simulator.base_url)
        with started(sys.executable, "-m", "syndicator", *command) as process:
            until(process.stderr, "again in 290")
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate()
    assert process.returncode == 143
    assert said.splitlines()[-1] == "syndicator: stopped; what was published stays as it is"
    assert wired.files() == before
    assert wired.build(*ASKED).code == 0


def test_case_94_a_second_interruption_ends_at_once(wired: Wired) -> None:
    assert wired.build(*ASKED).code == 0
    before = wired.files()
    wired.change()
    with wired.serving() as simulator:
        command = ("build", *ASKED, "--api-url", simulator.base_url, "--exporter", "vehicles")
        with started(sys.executable, "-c", SLOW_TO_LEAVE, *command) as process:
            for word in ("working", "leaving"):
                until(process.stdout, word)
                process.send_signal(signal.SIGINT)
            process.wait()
    assert process.returncode == -signal.SIGINT
    assert wired.files() == before
    assert wired.build(*ASKED).code == 0


# 96: a disk that is full at one car


def test_case_96_a_disk_that_is_full_at_one_cars_page_is_not_one_bad_car(
    world: Meddled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = small(tmp_path / "twin")
    for each in (world, twin):
        assert whole(each) == 0
        car = news(each)
    before = world.files()
    (page,) = (path for path in before if path.endswith(f"{token(car)}/index.html"))
    address = f"https://s.example/{page.removesuffix('index.html')}".encode()
    perform = disk._perform

    def full(call: Any, *args: Any, **named: Any) -> Any:
        if call is os.write and b'rel="canonical" href="' + address in bytes(args[1]):
            raise OSError(errno.ENOSPC, "No space left on device")
        return perform(call, *args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(disk, "_perform", full)
        built = world.build(only=(), later=0.0)
    assert built.code == 7
    assert "No space left" in built.said
    assert world.files() == before
    assert whole(world) == whole(twin) == 0
    assert world.files() == twin.files() != before


# 105, 106: the lock


def test_case_105_of_two_builds_at_once_the_second_yields_and_a_killed_one_holds_nothing(
    wired: Wired, capsys: pytest.CaptureFixture[str]
) -> None:
    with wired.serving(LONG) as simulator:
        command = ("build", "-v", *ASKED, "--api-url", simulator.base_url)
        with started(sys.executable, "-m", "syndicator", *command) as process:
            until(process.stderr, "again in 290")
            assert cli.run([*command]) == BUSY
            said = capsys.readouterr().err
            assert f"process {process.pid}, since" in said
            assert KEY not in said
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert wired.build(*ASKED).code == 0


@pytest.mark.parametrize(
    "left",
    [
        b"",
        b'{"pid":1,"since":"2020-01-01T00:00:00Z"}',  # its number is somebody else's by now
        b'{"pid":4194304,"since":"2020-01-01T00:00:00Z"}',
        b"\xff\x00 half a",
    ],
)
def test_case_106_a_lock_file_that_a_dead_process_left_needs_no_hand(
    world: Meddled, left: bytes
) -> None:
    lock = world.folder / ".syndicator" / "lock"
    lock.parent.mkdir(parents=True)
    lock.write_bytes(left)
    assert whole(world) == 0
    assert f'"pid":{os.getpid()}'.encode() in lock.read_bytes()


# 112: a landing that was cut


@pytest.mark.parametrize("moved", [0, 1, 7])
def test_case_112_a_landing_that_was_cut_is_finished_before_anything_else(
    world: Meddled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    twin = small(tmp_path / "twin")
    for each in (world, twin):
        assert whole(each) == 0
        news(each)
    assert whole(twin) == 0
    state = world.folder / ".syndicator"
    with monkeypatch.context() as patched:
        patched.setattr(disk, "move", cut_after(moved + 1, disk.move))  # the journal's comes first
        with pytest.raises(Killed):
            whole(world)
    assert journal.exists(state)
    assert world.files() != twin.files()
    asked = []

    def look(number: int) -> None:
        asked.append((number, journal.exists(state), world.files() == twin.files()))

    assert whole(world, before=look) == 0
    assert asked[0] == (1, False, True)
    assert world.files() == twin.files()


def cut_after(moves: int, move: Any) -> Any:
    """A move of files that works so many times, and then never again."""
    left = iter(range(moves))

    def cut(source: Any, target: Any) -> None:
        if next(left, None) is None:
            raise Killed
        move(source, target)

    return cut
