"""The key and what lies around it, by the numbers of the catalogue of faults."""

import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from syndicator import build, cli
from syndicator.simulator.dealers import Json
from syndicator.source.client import Client, Secret
from tests.canary import CANARY, found_in, holders, traces
from tests.meddling import Meddled
from tests.plugins import Install, installing
from tests.wired import KEY, Wired

HERE = ("--location", "DEX-GENT")
HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"  # as Okasie makes them
NOBODY = "http://127.0.0.1:9"
CURIOUS = """
import json, os, sys
from pathlib import Path
from syndicator.contract import Artefact, ExporterOptions, Place, Scope

IMPORTED = dict(os.environ)

class Acme:
    scopes = frozenset([Scope.SITE])
    place = Place.FEEDS
    media_type = "application/json"

    class Options(ExporterOptions):
        filename: str = "acme.json"

    def __init__(self, options, kit):
        self.options = options

    def export(self, view):
        own = [Path(f"/proc/{pid}/{name}") for pid in ("self",) for name in ("environ", "cmdline")]
        seen = [path.read_bytes().decode(errors="replace") for path in own if path.exists()]
        seen += [dict(os.environ), IMPORTED, sys.argv, sys.orig_argv, os.getpid()]
        yield Artefact.whole("acme.json", json.dumps(seen).encode())
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    (tmp_path / "strangers").mkdir()
    yield from installing(tmp_path / "strangers", monkeypatch)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_case_134_no_process_that_is_started_inherits_the_key(
    wired: Wired, install: Install, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    install("acme_one", source=CURIOUS)
    monkeypatch.setenv("SEEN_BY_ALL", "yes")
    Path("syndicator.toml").write_text("[feeds.acme]\n")
    assert wired.build(*HERE, "--exporter", "acme", "--jobs", workers).code == 0
    seen = json.loads((wired.output / "feeds/acme.json").read_text())
    assert seen[-1] != os.getpid()
    assert KEY not in json.dumps(seen)
    assert "OKASIE_API_SECRET" not in json.dumps(seen)
    assert seen[-5]["SEEN_BY_ALL"] == "yes"
    assert os.environ["OKASIE_API_SECRET"] == KEY  # as it was, for whoever runs a command in Python


def test_case_135_nothing_that_holds_the_key_shows_it() -> None:
    secret = Secret(CANARY)
    with Client("https://api.example/v1", secret) as client:
        sent = client._request("https://api.example/v1/listings", {"a": "b"}, "id")
        assert sent.headers["Authorization"] == f"Bearer {CANARY}"
        holders = [secret, client, vars(client), sent, sent.headers, client._http, [secret]]
        assert not found_in(repr(holders).encode())
        assert not found_in(str(holders).encode())


@pytest.mark.parametrize("secret", [CANARY, HEX])
@pytest.mark.parametrize(
    "text",
    [
        "api_key = '{}'",
        "OKASIE_API_SECRET = '{}'",
        "OKASIE_API_SECRET={}",
        "site = '{}'",
        "output = {}",
        "api_url = '{}'",
        "api_url = 'https://{}@www.okasie.be/'",
        "api_url = 'https://www.okasie.be/?key={}'",
        "[site]\nurl = 'https://user:{}@voorraad.example'",
        "[site]\nimages = '{}'",
        "[site]\nlanguages = '{}'",
        "[site]\nlanguages = ['{}']",
        "[site]\ntag_authority = '{}'",
        "[sync]\nfull_every = '{}'",
        "[[targets]]\ndealer = '{}'",
        "[[targets]]\nlocation = 'X'\nslug = '{}/'",
        "[[targets]]\nlocation = 'X'\ntheme = {{ accent = '{}' }}",
        "[[targets]]\nlocation = 'X'\nembed_on = ['{}']",
        "[seller]\nenterprise_number = '{}'",
        "[feeds.meta]\nlink = '{}'",
        "[feeds.atom]\nexporter = '{}'",
        "[feeds.atom]\nlimit = '{}'",
    ],
)
@pytest.mark.parametrize("is_set", [True, False])
def test_case_137_a_key_in_the_wrong_place_is_refused_unseen(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, text: str, secret: str, *, is_set: bool
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", secret if is_set else KEY)
    Path("syndicator.toml").write_text(text.format(secret))
    ran = wired.run(None, *HERE, "-vv", *() if "api_url" in text else ("--api-url", NOBODY))
    assert ran.code == 2
    assert secret.casefold() not in ran.told.casefold()
    assert not wired.output.exists()


@pytest.mark.parametrize("option", ["--api-url", "--site-url", "OKASIE_API_URL"])
@pytest.mark.parametrize(
    "address",
    [
        "https://user:{}@api.example/v1",
        "https://{}@api.example/v1",
        "https://api.example/v1?key={}",
        "https://api.example/#{}",
        "{}",
    ],
)
def test_case_137_an_address_with_the_key_in_it_is_refused_unseen(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, option: str, address: str
) -> None:
    given = {"--api-url": NOBODY, option: address.format(CANARY)}
    if option == "OKASIE_API_URL":
        monkeypatch.setenv(option, given.pop(option))
        given.pop("--api-url")
    ran = wired.run(None, *HERE, *(word for pair in given.items() for word in pair), "-vv")
    assert ran.code == 2
    assert not found_in(ran.told.encode())


@pytest.mark.parametrize(
    "line",
    [
        "OKASIE_API_SECRET={}'",
        "OKASIE_API_SECRET='{}",
        "OKASIE_API_SECRET: {}",
        "{}",
        "OKASIE_API_SECRET={} {}",
        "OKASIE_API_SECRET='{}\u00e9'",
        "OKASIE_API_SECRET=Bearer {}",
    ],
)
def test_case_137_a_key_that_is_written_wrongly_is_not_repeated(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.delenv("OKASIE_API_SECRET")
    Path(".env").write_text(line.replace("{}", CANARY))
    Path(".env").chmod(0o600)
    ran = wired.run(None, *HERE, "-vv", "--api-url", NOBODY)
    assert ran.code == 2
    assert "OKASIE_API_SECRET" in ran.err
    assert not found_in(ran.told.encode())


@pytest.mark.parametrize("key", ["a", "html", "12345", "listing"])
def test_case_137_a_key_that_could_stand_in_any_page_is_refused(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", key)
    ran = wired.build(*HERE)
    assert (ran.code, ran.requests) == (2, 0)
    assert "the API key has fewer than 8 characters" in ran.err


def test_case_137_a_key_that_stands_in_our_own_pages_publishes_nothing(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", "vehicles")
    ran = wired.build(*HERE, key="vehicles")
    assert ran.code == 7
    assert "the API key" in ran.err
    assert "[key]" not in {path.name for path in wired.output.rglob("*")}
    assert wired.files() == {}


@pytest.mark.skipif(os.name != "posix", reason="asks for rights as POSIX has them")
def test_case_137_what_is_remembered_is_the_owners_alone(wired: Wired) -> None:
    before = os.umask(0)
    try:
        assert wired.build(*HERE).code == 0
    finally:
        os.umask(before)
    state = Path(".syndicator")
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    for name in ("state.db", "manifest.db"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="asks for rights as POSIX has them")
@pytest.mark.parametrize(("mode", "lines"), [(0o644, 1), (0o604, 1), (0o640, 0), (0o600, 0)])
def test_case_137_a_key_file_that_everybody_can_read_is_told_in_one_line(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, mode: int, lines: int
) -> None:
    monkeypatch.delenv("OKASIE_API_SECRET")
    Path(".env").write_text(f"OKASIE_API_SECRET={KEY}\n")
    Path(".env").chmod(mode)
    ran = wired.build(*HERE)
    assert ran.code == 0
    assert ran.told.count("every user of this machine can read the key: chmod 600 it") == lines


def test_case_137_a_file_without_the_key_may_be_read_by_everybody(wired: Wired) -> None:
    Path(".env").write_text("OKASIE_API_URL=https://api.example\n")
    Path(".env").chmod(0o644)
    assert "chmod" not in wired.build(*HERE).told


def test_case_137_a_bug_with_the_key_in_its_words_is_told_without(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        build.log.warning("odd: %s", KEY.upper())
        raise RuntimeError(KEY)

    monkeypatch.setattr(build, "log", cli.console.log, raising=False)
    monkeypatch.setattr("syndicator.build.sync", broken)
    with wired.serving() as simulator:
        assert cli.run(["build", *HERE, "--api-url", simulator.base_url, "-vv"]) == 1
    out, err = capsys.readouterr()
    assert "odd: [key]" in err
    assert KEY not in (out + err).lower()
    assert traces(wired.output.parent, told=out + err) == []


PRIVATE = "+32 470 99 88 77"
UNSHOWN = {"owner": PRIVATE, "createdBy": {"email": PRIVATE}, "internalNotes": PRIVATE}


def private(world: Meddled) -> list[str]:
    """Where in the memory of a build the number stands that nobody publishes."""
    assert PRIVATE.encode() not in b"".join(world.files().values())
    return holders(world.folder / ".syndicator", PRIVATE)


def test_case_138_the_memory_holds_nobody_whom_the_site_does_not_show(tmp_path: Path) -> None:
    world = Meddled(tmp_path)

    def told(payload: Json) -> Json:
        records = [each | UNSHOWN for each in payload["data"]]
        for each in records:
            each["dealer"] = (each.get("dealer") or {}) | UNSHOWN | {"metadata": UNSHOWN}
        return payload | {"data": records}

    assert world.build(rewrite=told).code == 0
    assert len(world.shown()) > 20
    assert private(world) == []


def test_case_138_an_update_forgets_what_earlier_programs_kept(tmp_path: Path) -> None:
    world = Meddled(tmp_path)
    assert world.build().code == 0
    before = world.files()
    path = world.folder / ".syndicator/state.db"
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("ALTER TABLE listings ADD COLUMN raw BLOB")
        connection.execute("UPDATE listings SET raw = ?", (PRIVATE.encode(),))
        connection.execute(f"PRAGMA user_version = {version - 1}")
        connection.commit()
    assert private(world) != []
    assert world.build().code == 0
    assert private(world) == []
    assert world.files() == before
