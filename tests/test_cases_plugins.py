"""Exporters of other packages, by the numbers of the catalogue of faults."""

import json
import sys
from collections.abc import Collection, Iterator
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from syndicator import crew
from tests.plugins import Install, installing
from tests.world import KEY, Built, World

ACME = """
import ctypes, os, re, signal, threading, time
from syndicator.contract import Artefact, ExporterOptions, Place, Scope

class Panic(BaseException):
    pass

class Mute(Exception):
    def __str__(self):
        raise self

def fail(error):
    raise error

def leave_behind(then):
    if os.fork():
        then()
    time.sleep(600)

DOES = {
    "well": lambda: None,
    "thread": lambda: threading.Thread(target=time.sleep, args=(600,)).start(),
    "print": lambda: print("an answer of its own", flush=True),
    "fork, exit": lambda: leave_behind(lambda: os._exit(3)),
    "fork, hang": lambda: leave_behind(lambda: time.sleep(600)),
    "raise": lambda: 1 / 0,
    "panic": lambda: fail(Panic("called `Option::unwrap()` on a `None` value")),
    "mute": lambda: fail(Mute()),
    "surrogate": lambda: fail(ValueError("\\ud800 \\x1b[31m")),
    "leave": lambda: fail(SystemExit(0)),
    "close": lambda: fail(GeneratorExit()),
    "exit": lambda: os._exit(0),
    "abort": os.abort,
    "segfault": lambda: ctypes.string_at(0),
    "loop": lambda: [None for _ in iter(int, 1)],
    "backtrack": lambda: re.match("(a+)+$", "a" * 64 + "b"),
}

class Acme:
    scopes = frozenset([Scope.SHOWROOM, Scope.SITE])
    place = Place.ROOT
    media_type = "application/xml"

    class Options(ExporterOptions):
        filename: str = "acme.xml"
        does: str = "well"
        path: str = ""
        body: str = "<acme/>"
        kind: str = ""

    def __init__(self, options, kit):
        self.options = options

    def export(self, view):
        prices = "".join(f"<p>{each.price.amount}</p>" for each in view.listings if each.price)
        yield Artefact.whole("acme.xml", f"<acme>{prices}</acme>".encode())
        if self.options.path and view.scope is Scope.SITE:
            kind = [self.options.kind] if self.options.kind else []
            yield Artefact.whole(self.options.path, self.options.body.encode(), *kind)
        DOES[self.options.does]()
"""
FEEDS = ("acme", "atom", "vehicles")
OWN = {"acme.xml", "dex-gent/acme.xml"}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    (tmp_path / "strangers").mkdir()
    yield from installing(tmp_path / "strangers", monkeypatch)


@pytest.fixture
def world(tmp_path: Path, install: Install) -> World:
    install("acme_one", source=ACME)
    return World(tmp_path)


def build(world: World, workers: int = 1, **options: Any) -> Built:
    return world.build("DEX-GENT", only=FEEDS, feeds={"acme": options}, workers=workers)


def spoilt(world: World, workers: int = 1, kept: Collection[str] = OWN, **options: Any) -> str:
    """What is said of the plugin after a build that it spoils; all else must publish."""
    assert build(world).code == 0
    before = world.files()
    world.change(world.active("DEX-GENT")[0], price=12_345)
    built = build(world, workers, **options)
    assert built.code == 3
    after = world.files()
    changed = {path for path in after if after[path] != before.get(path)}
    assert before.keys() == after.keys()
    assert before.keys() > OWN
    assert OWN & changed == OWN - kept
    assert changed >= {"feeds/vehicles.xml", "dex-gent/feeds/vehicles.xml", "feeds/atom.xml"}
    assert b"12345.00" in after["feeds/vehicles.xml"]
    assert active_children() == []
    assert built.summary
    assert all(each.startswith("acme@") for each in built.summary.failures)
    assert len(built.summary.failures) == built.summary.jobs.failed
    json.dumps(built.summary.failures).encode()
    return "\n".join(built.summary.failures)


@pytest.mark.parametrize("workers", [1, 2])
def test_case_140_a_stranger_that_behaves_publishes_like_ours(world: World, workers: int) -> None:
    assert build(world, workers).code == 0
    assert world.files().keys() >= OWN


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("raise", "ZeroDivisionError: division by zero"),
        ("mute", "Mute: (it cannot say why)"),
        ("surrogate", "ValueError: ? \x1b[31m"),
        ("leave", "SystemExit: 0"),
        ("close", "GeneratorExit: "),
    ],
)
def test_case_140_what_raises_keeps_what_it_has_out(world: World, does: str, words: str) -> None:
    assert spoilt(world, does=does).count(words) == len(OWN)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../acme.xml", "a part starts with a dot"),
        ("feeds/../../../acme.xml", "a part starts with a dot"),
        ("/tmp/acme.xml", "the path is absolute"),
        ("..\\acme.xml", "a part starts with a dot"),
        ("C:\\acme.xml", "Windows forbids"),
        ("_headers\n/x", "do not print"),
        ("dex-gent/feeds/vehicles.xml", "belongs to another part of the site"),
        ("DEX-GENT/acme.txt", "belongs to another part of the site"),
        ("assets/acme.js", "belongs to another part of the site"),
        ("build.json", "belongs to another part of the site"),
        ("feeds/vehicles.xml", "belongs to vehicles@site"),
        ("feeds/Vehicles.XML", "belongs to vehicles@site"),
        ("feeds/vehicles.xml/x", "belongs to vehicles@site"),
        ("feeds", "belongs to atom@site"),
    ],
)
def test_case_140_what_writes_elsewhere_is_told_and_keeps_what_it_has_out(
    world: World, tmp_path: Path, path: str, words: str
) -> None:
    around = {each for each in tmp_path.parent.rglob("*") if tmp_path not in each.parents}
    said = spoilt(world, path=path, kept={"acme.xml"})
    assert said.startswith("acme@site: ")
    assert words in said
    assert not list(tmp_path.rglob("*acme.xml.*"))
    assert {each for each in tmp_path.parent.rglob("*") if tmp_path not in each.parents} == around


@pytest.mark.parametrize("path", ["feeds/vehicles.xml", "build.json", "feeds"])
def test_case_140_a_file_of_ours_is_never_taken_even_by_who_comes_first(
    world: World, path: str
) -> None:
    built = build(world, path=path)
    assert built.code == 3
    assert world.files()["feeds/vehicles.xml"] != b"<acme/>"
    assert (world.output / "build.json").read_bytes() != b"<acme/>"
    assert "acme.xml" not in world.files()
    assert "dex-gent/acme.xml" in world.files()
    assert build(world).code == 0
    assert world.files().keys() >= OWN


@pytest.mark.parametrize("does", ["thread", "print"])
def test_case_140_what_it_leaves_running_or_says_is_no_matter(
    world: World, capfd: pytest.CaptureFixture[str], does: str
) -> None:
    assert build(world, does=does).code == 0
    assert world.files().keys() >= OWN
    assert "an answer" not in capfd.readouterr().out
    assert active_children() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": "x.xml", "body": "<acme>&nothing;"}, "x.xml: is no sound XML"),
        ({"path": "x.html", "body": "<html>"}, "x.html: does not end with </html>"),
        ({"path": "x.json", "body": "{"}, "x.json: is no sound JSON"),
        ({"path": "x.txt", "body": f"key {KEY}"}, "x.txt: holds the API key"),
        ({"path": "x.txt", "kind": "feed"}, "'feed' is not a valid Kind"),
    ],
)
def test_case_140_what_is_not_sound_keeps_what_it_has_out(
    world: World, options: dict[str, str], words: str
) -> None:
    said = spoilt(world, kept={"acme.xml"}, **options)
    assert said.startswith("acme@site: ")
    assert words in said


@pytest.mark.parametrize("does", ["loop", "backtrack", "fork, hang"])
def test_case_140_what_hangs_is_ended_and_keeps_what_it_has_out(
    world: World, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    assert build(world).code == 0
    monkeypatch.setattr(crew, "JOB_SECONDS", 5.0)
    said = spoilt(world, does=does)
    assert crew.DIED in said
    assert crew.GIVEN_UP in said


@pytest.mark.parametrize(
    ("does", "workers"),
    [("panic", 1), ("exit", 1), ("fork, exit", 1), ("segfault", 1), ("segfault", 2)],
)
def test_case_141_what_panics_or_ends_its_process_keeps_what_it_has_out(
    world: World, does: str, workers: int
) -> None:
    said = spoilt(world, workers, does=does)
    assert ("Panic: called `Option::unwrap()`" in said) == (does == "panic")
    assert (crew.DIED in said) == (does != "panic")


def test_case_139_an_installed_plugin_that_nobody_named_is_not_imported(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "strangers/acme_one/acme_one.py").write_text("raise SystemExit('imported')")
    assert world.build("DEX-GENT").code == 0
    assert world.build("DEX-GENT", feeds={"acme": {"enabled": False}}).code == 0
    assert "acme_one" not in sys.modules
    built = world.build("DEX-GENT", feeds={"acme": {}})
    assert built.code == 2
    assert "exporter 'acme' of acme_one 1.2 cannot be imported: SystemExit: imported" in built.said
