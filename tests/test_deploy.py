"""``syndicator deploy`` against a server that speaks S3, and against a bucket that can be cut."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import obstore
import pytest
from obstore.store import LocalStore

from syndicator import bucket, cli, journal, ledger, lock
from syndicator.bucket import Address, Bucket, Found, address, opened, trouble
from syndicator.config import FeedTable
from syndicator.contract import Kind
from syndicator.deploy import Deployed, deploy, lines
from syndicator.errors import OutputError, SyndicatorError, Unreachable, UsageError
from syndicator.manifest import Entry, Manifest
from syndicator.places import Places, beside
from syndicator.shipment import CACHE, headers_of, stored_rules, tree
from syndicator.simulator.stock import make_stock
from tests.world import World

SECRET = "canary/8e1f0a77c2d94b5f+aws"
TOKEN = "canary-token-51c7d2aa90"
FEEDS = {name: FeedTable() for name in ("atom", "hosting", "showroom", "vehicles")}
Answer = tuple[str, bytes]


class Asked(NamedTuple):
    """A request that was answered with success."""

    method: str
    key: str  # with the bucket
    status: str


class Store:
    """A server that speaks S3, one request after the other.

    :ivar meddle: may answer in its place, from method and path.
    :ivar after: is told of each answer.
    :ivar banned: a key whose requests are too late, also those that are on their way.
    """

    def __init__(self, server_port: int) -> None:
        self.url = f"http://127.0.0.1:{server_port}"
        self.client = httpx.Client(base_url=self.url, trust_env=False, verify=False)
        self.log: list[Asked] = []
        self.meddle: Callable[[str, str], Answer | None] = lambda *_: None
        self.after: Callable[[Asked], None] = lambda _: None
        self.bucket = ""
        self.banned = "of nobody"

    def puts(self) -> list[str]:
        """The paths of what was put into the bucket since the log was cleared."""
        start = f"/{self.bucket}/"
        return [each.key.removeprefix(start) for each in self.log if each.method == "PUT"]

    def sent(self) -> list[str]:
        """The same, but for the record."""
        return [path.removeprefix("site/") for path in self.puts() if not path.endswith(".gz")]


@pytest.fixture(scope="module")
def server() -> Iterator[Store]:
    """moto, on loopback."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
            DomainDispatcherApplication,
            create_backend_app,
        )
        from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415
    moto = DomainDispatcherApplication(create_backend_app)
    turn = threading.Lock()

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_: object, **__: object) -> None:
            """Say nothing."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        with turn:
            instead = serving.meddle(method, path)
            if serving.banned in environ.get("HTTP_AUTHORIZATION", ""):
                instead = "403 Dead", b""
            if instead is not None:
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                start(instead[0], [("Content-Length", str(len(instead[1])))])
                return [instead[1]]
            said: list[str] = []

            def begin(status: str, *rest: Any) -> Any:
                said.append(status)
                return start(status, *rest)

            body = list(moto(environ, begin))
            if said[0].startswith("2"):
                asked = Asked(method, path, said[0])
                serving.log.append(asked)
                serving.after(asked)
            return body

    httpd = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    serving = Store(httpd.server_port)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield serving
    serving.client.close()
    httpd.shutdown()
    thread.join()
    httpd.server_close()


HEADERS = b"/feed.xml\n  Content-Type: application/atom+xml\n"
FIRST = {
    "a.css": (Kind.ASSET, b"a"),
    "car/index.html": (Kind.LEAF, b"car"),
    "sold/index.html": (Kind.LEAF, b"sold"),
    "404.html": (Kind.LEAF, b"nowhere"),
    "index.html": (Kind.INDEX, b"one"),
    "feed.xml": (Kind.FEED, b"feed one"),
    "sitemap.xml": (Kind.SITEMAP, b"map"),
    "_headers": (Kind.RECORD, HEADERS),
    "build.json": (Kind.RECORD, b"{1}"),
}
NEXT = {
    "a.css": (Kind.ASSET, b"a"),
    "b.css": (Kind.ASSET, b"b"),
    "car/index.html": (Kind.LEAF, b"CAR"),
    "new/index.html": (Kind.LEAF, b"new"),
    "404.html": (Kind.LEAF, b"nowhere"),
    "index.html": (Kind.INDEX, b"two"),
    "feed.xml": (Kind.FEED, b"feed two"),
    "_headers": (Kind.RECORD, HEADERS.replace(b"atom", b"rss")),
    "build.json": (Kind.RECORD, b"{2}"),
}


def landed(
    output: Path, files: Mapping[str, tuple[Kind, bytes]], gone: Sequence[str] = ()
) -> Places:
    """Land files as a build would."""
    places = beside(output.parent / "syndicator.toml")
    entries = {}
    for path, (kind, body) in files.items():
        file = output / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        entries[path] = Entry(
            digest=hashlib.blake2b(body, digest_size=16).hexdigest(),
            size=len(body),
            kind=kind,
            job="job",
            mtime_ns=file.stat().st_mtime_ns,
        )
    for path in gone:
        (output / path).unlink()
    places.root.mkdir(exist_ok=True)
    with Manifest.open(places.manifest) as manifest:
        manifest.record(output, written=entries.items(), removed=gone, keys={"job": "key"})
    return places


NUMBERS = count()


@pytest.fixture
def store(server: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The server with an empty bucket, and an environment that knows it."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIACANARY51C7D2AA90")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    moment = timedelta(milliseconds=1)
    backoff = {"init_backoff": moment, "max_backoff": 2 * moment, "base": 2}
    quick = {"max_retries": 2, "backoff": backoff}
    monkeypatch.setattr(bucket, "RETRIES", {**bucket.RETRIES, **quick})
    server.bucket = f"bucket-{next(NUMBERS)}"
    assert server.client.put(f"/{server.bucket}").is_success
    server.log.clear()
    yield server
    server.meddle, server.after = (lambda *_: None), (lambda _: None)


class Site:
    """An output that was built, and the command that is tried on it."""

    def __init__(self, folder: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        self.state = folder / ".syndicator"
        self.output = folder / "output"
        self.store = store
        self.url = f"s3://{store.bucket}/site"
        self.where = address(self.url)
        self.said = ""
        self._capsys = capsys
        self._buckets: dict[str, Bucket] = {}

    def deploy(self, *options: str, url: str = "") -> int:
        """The command's exit code; what it says is kept."""
        self.store.log.clear()
        code = cli.run(["deploy", url or self.url, *options])
        out, err = self._capsys.readouterr()
        self.said = err + out
        for secret in (SECRET, SECRET.partition("/")[2], TOKEN, "AKIACANARY"):
            assert secret not in self.said
        return code

    def result(self, *options: str) -> dict[str, Any]:
        """What a deploy that goes well came to."""
        assert self.deploy("--json", *options) == 0, self.said
        found = json.loads(self.said)
        assert isinstance(found, dict)
        return found

    def bucket(self, prefix: str = "site") -> Bucket:
        """A view of its own of what is there."""
        if prefix not in self._buckets:
            where = Address("s3", self.store.bucket, prefix)
            self._buckets[prefix] = opened(where, os.environ)
        return self._buckets[prefix]

    def there(self) -> dict[str, bytes]:
        """All objects below the prefix but the record."""
        return contents(self.bucket())

    def local(self) -> dict[str, bytes]:
        """What should be there."""
        files = (path for path in self.output.rglob("*") if path.is_file())
        named = {path.relative_to(self.output).as_posix(): path.read_bytes() for path in files}
        return {path: body for path, body in named.items() if not path.startswith("_")}

    def kinds(self) -> dict[str, Kind]:
        """Of every file."""
        with Manifest.open(self.state / "manifest.db", read_only=True) as known:
            return {path: entry.kind for path, entry in known.files(self.output).items()}


def packed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def contents(store: Bucket) -> dict[str, bytes]:
    paths = [each.path for each in store.list() if each.path != ledger.RECORD]
    return {path: store.read(path) or b"" for path in paths}


@pytest.fixture
def site(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Site:
    """A few files that have landed."""
    monkeypatch.chdir(tmp_path)
    landed(tmp_path / "output", FIRST)
    return Site(tmp_path, store, capsys)


class Showroom(Site):
    """A dealer with five cars, built from the API."""

    def __init__(self, folder: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder, store, capsys)
        self.world = World(folder, make_stock(1, 5, 0, photo_base="https://images.example"))
        self.build()

    def build(self) -> None:
        assert self.world.build(only=tuple(FEEDS), feeds=FEEDS).code == 0


@pytest.fixture
def showroom(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Showroom:
    """One that was built."""
    monkeypatch.chdir(tmp_path)
    return Showroom(tmp_path, store, capsys)


def test_a_first_deploy_puts_every_file_there_and_a_second_sends_nothing(
    showroom: Showroom,
) -> None:
    assert showroom.deploy() == 0
    assert showroom.said.startswith(f"deploy: {len(showroom.local())} sent (")
    assert showroom.said.endswith(f"0 removed, 0 unchanged in {showroom.url}\n")
    assert showroom.there() == showroom.local()
    assert "index.html" in showroom.there()
    assert not {"_headers", "_redirects"} & showroom.there().keys()
    assert showroom.result() == {
        "bucket": showroom.url,
        "changed": False,
        "dry_run": False,
        "removals": [],
        "removed": 0,
        "sends": [],
        "sent": 0,
        "sent_bytes": 0,
        "unchanged": len(showroom.local()),
        "warnings": [],
    }
    assert showroom.store.puts() == []
    assert showroom.deploy("-q") == 0
    assert showroom.said == ""


def test_a_changed_car_sends_what_changed_alone(showroom: Showroom) -> None:
    showroom.deploy()
    before = showroom.local()
    showroom.world.change(showroom.world.active()[0], title="Another title")
    showroom.build()
    changed = {path for path, body in showroom.local().items() if before.get(path) != body}
    assert 1 < len(changed) < len(before) / 2
    assert showroom.result()["sent"] == len(changed)
    assert set(showroom.store.sent()) == changed
    assert showroom.there() == showroom.local()


def test_what_others_need_is_there_before_them(showroom: Showroom) -> None:
    showroom.deploy()
    kinds = showroom.kinds()
    order = [kinds[path] for path in showroom.store.sent()]
    assert order == sorted(order)
    assert set(order) == {Kind.ASSET, Kind.LEAF, Kind.INDEX, Kind.FEED, Kind.SITEMAP, Kind.RECORD}


def test_objects_have_the_headers_that_the_build_asks_for(showroom: Showroom) -> None:
    showroom.deploy()
    stored = {path: showroom.bucket().headers(path) for path in showroom.local()}
    assert stored["index.html"] == {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "public, max-age=0, must-revalidate",
    }
    assert stored["feeds/atom.xml"] == {
        "Content-Type": "application/atom+xml; charset=utf-8",
        "Cache-Control": "public, max-age=300, stale-while-revalidate=600",
    }
    style = next(path for path in stored if path.endswith(".css"))
    assert stored[style] == {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    assert all(showroom.bucket().headers("index.html"))
    assert showroom.bucket().headers("none.html") == {}


def test_a_header_that_changes_is_sent_with_its_file(site: Site) -> None:
    site.deploy()
    landed(site.output, {"_headers": (Kind.RECORD, b"/404.html\n  Cache-Control: no-store\n")})
    sent = site.result()["sent"]
    assert sent == 2  # the feed has lost its rule
    assert "HEAD" not in {each.method for each in site.store.log}  # the record knows better
    assert site.bucket().headers("404.html")["Cache-Control"] == "no-store"
    assert site.there() == site.local()


def test_rules_cover_an_index_by_the_address_of_its_folder() -> None:
    rules = stored_rules(
        "/*\n  X-Frame-Options: DENY\n"
        "/\n  Cache-Control: a\n"
        "/:room/\n  Cache-Control: b\n"
        "/gent/x.csv\n  Content-Type: text/tsv\n  Content-Disposition: attachment\n"
    )
    assert len(rules) == 3
    page = {"Content-Type": "text/html; charset=utf-8"}
    assert headers_of("index.html", rules) == page | {"Cache-Control": "a"}
    assert headers_of("gent/index.html", rules) == page | {"Cache-Control": "b"}
    assert headers_of("gent/my-index.html", rules) == page | {"Cache-Control": CACHE}
    assert headers_of("gent/x.csv", rules) == {
        "Content-Type": "text/tsv",
        "Cache-Control": CACHE,
        "Content-Disposition": "attachment",
    }


def test_a_file_that_left_the_build_is_removed_last_and_nothing_else(site: Site) -> None:
    landed(site.output, {"old/index.html": (Kind.INDEX, b"old"), "old/x.css": (Kind.ASSET, b"x")})
    site.deploy()
    site.bucket().write("old/theirs.txt", b"theirs", {})
    site.bucket("other").write("index.html", b"theirs", {})
    landed(site.output, {"index.html": (Kind.INDEX, b"new")}, gone=["old/index.html", "old/x.css"])
    assert site.deploy() == 0
    assert "1 sent (3 B), 2 removed" in site.said
    steps = [(each.method, each.key.rpartition("/")[2]) for each in site.store.log]
    assert steps.index(("PUT", "index.html")) < steps.index(("POST", site.store.bucket))
    assert site.there() == site.local() | {"old/theirs.txt": b"theirs"}
    assert contents(site.bucket("other")) == {"index.html": b"theirs"}
    assert site.result()["changed"] is False


def test_somebody_elses_object_in_the_way_is_replaced_only_by_force(site: Site) -> None:
    site.bucket().write("index.html", b"theirs", {})
    site.bucket().write("theirs.txt", b"theirs", {})
    assert site.deploy() == 2
    assert "somebody else's objects are in the way: 1, among them index.html" in site.said
    assert site.store.puts() == []
    assert site.there() == {"index.html": b"theirs", "theirs.txt": b"theirs"}
    assert site.deploy("--force") == 0
    assert site.there() == site.local() | {"theirs.txt": b"theirs"}


def test_a_newcomer_in_the_way_is_refused_in_a_bucket_of_ours_too(site: Site) -> None:
    site.deploy()
    site.bucket().write("new.html", b"theirs", {})
    landed(site.output, {"new.html": (Kind.LEAF, b"ours")})
    assert site.deploy() == 2
    assert "among them new.html" in site.said


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        packed(b"{}"),
        packed(b"[1]"),
        packed(b'{"version":1,"files":{"a":1}}'),
        packed(b'{"version":1,"files":{"index.html":"00"}}')[:-9],
        packed(b"[" * 100_000),
        packed(b'{"version":1,"files":{"\xff":""}}'),
    ],
    ids=map(str, range(8)),
)
def test_a_damaged_record_costs_a_comparison(site: Site, damage: bytes) -> None:
    site.deploy()
    site.bucket().write(ledger.RECORD, damage, {})
    assert site.deploy() == 0
    assert f"warning: {site.url}: {ledger.RECORD} is damaged" in site.said
    assert f"0 sent (0 B), 0 removed, {len(site.local())} unchanged" in site.said
    assert site.deploy() == 0
    assert "warning" not in site.said


def test_without_a_record_only_what_differs_is_in_the_way(site: Site) -> None:
    site.deploy()
    site.bucket().remove([ledger.RECORD])
    assert site.result()["sent"] == 0
    site.bucket().remove([ledger.RECORD])
    body = site.bucket().read("404.html") or b""
    site.bucket().write("404.html", body, {"Content-Type": "text/plain"})
    assert site.deploy() == 2
    assert "are in the way: 1, among them 404.html" in site.said


def test_a_record_of_a_newer_program_is_left_alone(site: Site) -> None:
    site.bucket().write(ledger.RECORD, packed(b'{"version":2,"files":7}'), {})
    assert site.deploy() == 2
    assert "newer" in site.said
    assert site.there() == {}


def test_what_was_lost_or_cut_behind_our_back_is_sent_again(site: Site) -> None:
    site.deploy()
    site.bucket().remove(["index.html", "404.html"])
    site.bucket().write("sitemap.xml", b"cut off", {})
    assert site.result()["sent"] == 3
    assert sorted(site.store.sent()) == ["404.html", "index.html", "sitemap.xml"]
    assert site.there() == site.local()


def test_the_record_holds_paths_and_digests_and_no_more(site: Site) -> None:
    site.deploy()
    data = site.bucket().read(ledger.RECORD)
    assert data
    record = json.loads(gzip.decompress(data))
    assert record.keys() == {"version", "files"}
    assert record["files"].keys() == site.local().keys()
    assert all(len(bytes.fromhex(each)) == 12 for each in record["files"].values())


def test_a_dry_run_tells_and_sends_nothing(site: Site) -> None:
    landed(site.output, {"old.html": (Kind.LEAF, b"old")})
    site.deploy()
    landed(site.output, {"new.html": (Kind.LEAF, b"new")}, gone=["old.html"])
    assert site.deploy("--dry-run") == 0
    assert [each.method for each in site.store.log] == ["GET", "GET"]
    assert site.said.splitlines()[:2] == ["send new.html", "remove old.html"]
    assert "1 would be sent (3 B), 1 would be removed" in site.said
    found = site.result("--dry-run")
    assert (found["sends"], found["removals"], found["dry_run"]) == (
        ["new.html"],
        ["old.html"],
        True,
    )
    assert "old.html" in site.there()


def test_a_killed_deploy_goes_on_where_it_was(showroom: Showroom) -> None:
    key, arrived = "AKIAOFONEWHODIES", list[str]()
    started = threading.Event()

    def kill(asked: Asked) -> None:
        if asked.method == "PUT" and not asked.key.endswith(".gz"):
            arrived.append(asked.key.partition("/site/")[2])
            if len(arrived) == 20:
                showroom.store.banned = key
                started.wait()
                os.kill(process.pid, signal.SIGKILL)

    showroom.store.after = kill
    command = [sys.executable, "-m", "syndicator", "deploy", showroom.url]
    process = subprocess.Popen(
        command,
        env=os.environ | {"AWS_ACCESS_KEY_ID": key},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    started.set()
    assert process.communicate()[0] == b""
    assert process.returncode == -signal.SIGKILL
    showroom.store.after = lambda _: None
    assert showroom.there().keys() == set(arrived)
    found = showroom.result()
    assert found["unchanged"] == 20
    assert set(showroom.store.sent()) == showroom.local().keys() - set(arrived)
    assert showroom.there() == showroom.local()


def test_a_deploy_that_is_asked_to_stop_records_what_it_sent(showroom: Showroom) -> None:
    arrived: list[str] = []

    def stop(asked: Asked) -> None:
        if asked.method == "PUT" and not asked.key.endswith(".gz"):
            arrived.append(asked.key)
            if len(arrived) == 20:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.5)  # the others wait for their turn meanwhile

    showroom.store.after = stop
    assert showroom.deploy() == 143
    showroom.store.after = lambda _: None
    assert len(arrived) < len(showroom.local())
    known, _ = ledger.read(showroom.bucket())
    assert sum(map(bool, known.values())) == len(arrived)
    assert showroom.result()["unchanged"] == len(arrived)
    assert showroom.there() == showroom.local()


def test_a_store_that_stumbles_is_asked_again(site: Site) -> None:
    stumbles = [("503 Slow Down", b""), ("500 Internal Server Error", b"")]
    site.store.meddle = lambda method, _: stumbles.pop() if method == "PUT" and stumbles else None
    assert site.deploy() == 0
    assert stumbles == []
    assert site.there() == site.local()


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        ("403 Forbidden", b"<Code>AccessDenied</Code>", 2, "the store refused us"),
        ("401 Unauthorized", b"", 2, "the store refused us"),
        ("400 Bad Request", b"<Code>ExpiredToken</Code>", 2, "the store refused us"),
        ("301 Moved Permanently", b"", 2, "the bucket is elsewhere"),
        ("503 Slow Down", b"", 6, "the store cannot be reached"),
        ("400 Bad Request", b"<Code>Odd</Code>", 7, "the store failed"),
        ("200 OK", b"<html>", 7, "the store failed"),
    ],
)
def test_a_store_that_fails_on_the_way_is_told_in_a_line_and_what_was_sent_is_kept(
    site: Site, status: str, body: bytes, code: int, said: str
) -> None:
    failing = "/404.html"
    shown = f"{TOKEN} {SECRET}".encode()
    site.store.meddle = lambda method, path: (
        (status, body + shown) if method == "PUT" and path.endswith(failing) else None
    )
    assert site.deploy("-vv") == code
    assert site.said.splitlines()[0].startswith("syndicator: s3://")
    assert said in site.said
    assert len(site.said.splitlines()) == 2
    site.store.meddle = lambda *_: None
    arrived = site.there()
    assert arrived
    assert site.result()["unchanged"] == len(arrived)
    assert site.there() == site.local()


def test_a_bucket_that_is_missing_or_refuses_is_a_mistake_to_mend(site: Site) -> None:
    assert site.deploy(url="s3://no-such-bucket/site") == 2
    assert "s3://no-such-bucket/site: there is no such bucket" in site.said
    site.store.meddle = lambda *_: ("403 Forbidden", b"<Code>InvalidAccessKeyId</Code>")
    assert site.deploy() == 2
    assert "the store refused us" in site.said
    assert "AWS_ACCESS_KEY_ID" in site.said


def test_a_store_that_nobody_answers_for_is_unreachable(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert site.deploy() == 6
    assert "cannot be reached" in site.said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_ACCESS_KEY_ID", f"{SECRET}\n", "AWS_ACCESS_KEY_ID: has a line break"),
        ("AWS_ACCESS_KEY_ID", f"{SECRET}é", "AWS_ACCESS_KEY_ID: has a line break"),
        ("AWS_SESSION_TOKEN", f" {TOKEN}", "AWS_SESSION_TOKEN: has a line break"),
        ("AWS_ENDPOINT_URL", f"https://[{SECRET}", "the endpoint is no address"),
        ("AWS_ENDPOINT_URL", SECRET, "the endpoint is no address"),
        ("AWS_ENDPOINT_URL", "http://minio.example", "the endpoint is plain http"),
        ("AWS_SECRET_ACCESS_KEY", "", "the credentials are not whole"),
    ],
)
def test_an_environment_that_makes_no_sense_is_refused_without_its_values(
    site: Site, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    if not value:
        monkeypatch.delenv(name)
    assert site.deploy() == 2
    assert said in site.said
    assert site.store.log == []


def test_plain_http_elsewhere_is_for_those_who_ask_for_it() -> None:
    environ = {"AWS_ENDPOINT_URL": "http://minio.example", "AWS_ALLOW_HTTP": "true"}
    assert opened(address("s3://bucket"), environ)


def test_without_obstore_one_line_says_how_to_get_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    assert site.deploy() == 2
    assert 'pip install "syndicator[deploy]"' in site.said


def test_a_tree_that_was_edited_stays_here(site: Site) -> None:
    (site.output / "index.html").write_text("edited")
    (site.output / "404.html").unlink()
    assert site.deploy() == 7
    assert "files are not as they were built: 2, among them 404.html" in site.said
    assert "syndicator check" in site.said
    assert site.store.log == []


def test_a_file_that_was_only_touched_goes_out(site: Site) -> None:
    os.utime(site.output / "index.html", ns=(0, 0))
    assert site.deploy() == 0
    assert site.there() == site.local()


def test_a_build_that_was_cut_is_finished_first(site: Site) -> None:
    (site.state / journal.NAME).write_text("")
    assert site.deploy() == 7
    assert "an interrupted build is not finished" in site.said


def test_a_build_at_work_is_waited_for(site: Site) -> None:
    with lock.held(site.state / "lock"):
        assert site.deploy() == 75
    assert site.store.log == []


def test_output_that_nobody_remembers_building_stays_here(site: Site, tmp_path: Path) -> None:
    assert site.deploy("--output", str(tmp_path / "other")) == 2
    assert "other: nothing is built here" in site.said
    (site.state / "manifest.db").unlink()
    assert site.deploy() == 2
    assert "output: nothing is built here" in site.said


def test_a_large_file_goes_in_parts_and_arrives_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PART_BYTES", 5 << 20)  # S3 takes no smaller ones
    body = bytes(range(256)) * (5 << 12) + b"end"
    landed(site.output, {"large.bin": (Kind.ASSET, body)})
    assert site.deploy() == 0
    assert site.store.sent().count("large.bin") == 2
    assert site.bucket().read("large.bin") == body
    assert site.bucket().headers("large.bin")["Content-Type"] == "application/octet-stream"
    assert site.result()["sent"] == 0


def test_a_whole_bucket_and_odd_names_will_do(site: Site) -> None:
    odd = {f"{name}.html": (Kind.LEAF, b"x") for name in ("a b", "é", "100%", "%41", "x~y#z+&")}
    landed(site.output, odd)
    assert site.deploy(url=f"s3://{site.store.bucket}/") == 0
    assert contents(site.bucket("")) == site.local()
    assert site.deploy(url=f"s3://{site.store.bucket}") == 0
    assert f"{len(site.local())} unchanged in s3://{site.store.bucket}\n" in site.said


def test_a_name_that_cannot_be_listed_is_told(site: Site) -> None:
    assert site.store.client.put(f"/{site.store.bucket}/site/a//b", content=b"x").is_success
    assert site.deploy() == 7
    assert "holds an object that cannot be listed" in site.said


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("s3://bucket", Address("s3", "bucket", "")),
        ("s3://my.bucket/", Address("s3", "my.bucket", "")),
        ("gs://bucket_1/a/b", Address("gs", "bucket_1", "a/b")),
        ("az://$web/site/", Address("az", "$web", "site")),
    ],
)
def test_addresses_are_read(url: str, found: Address) -> None:
    assert address(url) == found
    assert str(found) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "bucket",
        "s3:/bucket",
        "s3://",
        "s3:///x",
        "ftp://bucket/x",
        f"s3://key:{SECRET}@bucket/x",
        f"s3://bucket/x?token={SECRET}",
        "s3://bucket//x",
        "s3://bucket/../x",
        "s3://bucket/./x",
        "s3://bucket/x\n",
        "file:///etc",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        address(url)
    assert caught.value.message == "no address of a bucket"
    assert "canary" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("url", "environ"),
    [
        ("gs://bucket/site", {}),
        (
            "az://$web/site",
            {"AZURE_STORAGE_ACCOUNT_NAME": "a", "AZURE_STORAGE_ACCOUNT_KEY": "QUJD"},
        ),
    ],
)
def test_other_stores_are_opened_without_a_request(
    url: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert opened(address(url), environ)


GET = "Generic S3 error: Error performing GET {} in 2s - "
STATUS = "Server returned non-2xx status code: "
PATH = "https://s/b/status%20code:%20404/169.254./configured%20region/x"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (
            GET.format("http://169.254.169.254/latest/api/token") + "HTTP error: x",
            UsageError,
            "there are no credentials",
        ),
        ("GCP credential error: Unable to open /x", UsageError, "the credentials are not whole"),
        ("Account must be specified", UsageError, "the credentials are not whole"),
        (GET.format(PATH) + "HTTP error: x", Unreachable, "the store cannot be reached"),
        (GET.format(PATH) + STATUS + "429 x", Unreachable, "the store cannot be reached"),
        (GET.format(PATH) + STATUS + "409 x", OutputError, "the store failed"),
        ("Anything else\n\nDebug source: status code: 403", OutputError, "the store failed"),
    ],
)
def test_errors_are_told_by_their_kind(text: str, kind: type[SyndicatorError], said: str) -> None:
    found = trouble(address("gs://bucket/site"), "x", Exception(text))
    assert type(found) is kind
    assert found.message == f"gs://bucket/site/x: {said}"


def test_a_panic_of_obstore_is_told_as_trouble(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def fail(*_: object, **__: object) -> None:
        raise panic(SECRET)

    monkeypatch.setattr("obstore.get", fail)
    assert site.deploy() == 7
    assert "the store failed" in site.said


def test_removing_what_is_gone_already_is_fine_where_the_store_minds(tmp_path: Path) -> None:
    here = LocalStore(tmp_path)
    files = bucket._Store(address("gs://bucket"), obstore, here)
    for path in ("a", "c"):
        files.write(path, b"x", {})
    with pytest.raises(FileNotFoundError):
        obstore.delete(here, ["b"])
    files.remove(["a", "b", "c"])
    assert list(files.list()) == []


# A bucket in memory, which can be cut after any step.


class Killed(BaseException):
    """In place of a SIGKILL: from now on nothing is done any more."""


class Shelf:
    """A bucket in memory.

    :ivar steps: that are done before it is cut; negative for no end.
    """

    def __init__(self, *, md5: bool = True) -> None:
        self.objects: dict[str, tuple[bytes, Mapping[str, str]]] = {}
        self.steps = -1
        self.written: list[str] = []
        self.changes = 0
        self._md5 = md5
        self._lock = threading.Lock()

    def list(self) -> Iterator[Found]:
        for path, (body, _) in list(self.objects.items()):
            state = hashlib.md5(body, usedforsecurity=False)
            yield Found(path, len(body), state.hexdigest() if self._md5 else f"0x{len(body)}")

    def read(self, path: str) -> bytes | None:
        return self.objects[path][0] if path in self.objects else None

    def headers(self, path: str) -> Mapping[str, str]:
        return self.objects[path][1] if path in self.objects else {}

    def write(self, path: str, body: bytes | Path, headers: Mapping[str, str]) -> None:
        data = body.read_bytes() if isinstance(body, Path) else body
        with self._lock:
            self._step()
            self.objects[path] = data, headers
            self.written.append(path)

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            with self._lock:
                self._step()
                self.objects.pop(path, None)

    def _step(self) -> None:
        if self.steps == 0:
            raise Killed
        self.steps -= 1
        self.changes += 1


Trees = tuple[tuple[Path, Places], tuple[Path, Places]]


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    """One build and the next, beside each other."""
    made = []
    for name, files in (("first", FIRST), ("next", NEXT)):
        output = tmp_path / name / "output"
        made.append((output, landed(output, files)))
    return made[0], made[1]


def shelved(shelf: Shelf, which: tuple[Path, Places], **options: Any) -> Any:
    return deploy(*which, shelf, "s3://shelf", **options)


def is_exactly(shelf: Shelf, which: tuple[Path, Places]) -> bool:
    """Whether the shelf holds that build, each file with its headers, and the record says so."""
    items = tree(*which)
    wanted = {item.path: ((which[0] / item.path).read_bytes(), item.headers) for item in items}
    objects = {path: each for path, each in shelf.objects.items() if path != ledger.RECORD}
    marks, damage = ledger.read(shelf)
    return not damage and objects == wanted and marks == {each.path: each.mark for each in items}


@pytest.mark.parametrize("md5", [True, False])
@pytest.mark.parametrize("back", [True, False])
def test_after_a_kill_at_any_step_the_next_deploy_ends_in_exactly_its_tree(
    trees: Trees, *, md5: bool, back: bool
) -> None:
    first, after = trees
    whole = Shelf(md5=md5)
    shelved(whole, first)
    before, done = whole.changes, []
    shelved(whole, after)
    for steps in range(whole.changes - before):
        shelf = Shelf(md5=md5)
        shelved(shelf, first)
        shelf.steps = steps
        with pytest.raises(Killed):
            shelved(shelf, after)
        shelf.steps = -1
        goal = first if back else after  # what was built meanwhile
        shelved(shelf, goal)
        done.append(is_exactly(shelf, goal))
        shelf.written.clear()
        assert shelved(shelf, goal).changed is False
        assert shelf.written == []
    assert len(done) > 8
    assert all(done)


def test_a_kill_of_a_first_deploy_leaves_nothing_that_the_next_takes_for_foreign(
    trees: Trees,
) -> None:
    first, after = trees
    for steps in range(len(FIRST) + 1):
        shelf = Shelf(md5=False)
        shelf.steps = steps
        with pytest.raises(Killed):
            shelved(shelf, first)
        shelf.steps = -1
        shelved(shelf, after)
        assert is_exactly(shelf, after)


def test_what_arrived_before_a_kill_is_not_sent_again_where_the_store_tells_digests(
    trees: Trees,
) -> None:
    shelf = Shelf()
    shelf.steps = 4  # the claims and three files
    with pytest.raises(Killed):
        shelved(shelf, trees[0])
    arrived = set(shelf.written) - {ledger.RECORD}
    assert len(arrived) == 3
    shelf.steps = -1
    shelf.written.clear()
    shelved(shelf, trees[0])
    assert not arrived & set(shelf.written)
    assert is_exactly(shelf, trees[0])


def test_of_many_files_the_record_is_saved_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.deploy.BATCH", 10)
    output = tmp_path / "output"
    places = landed(output, {f"{n}.html": (Kind.LEAF, b"%d" % n) for n in range(100)})
    shelf = Shelf(md5=False)
    shelf.steps = 65
    with pytest.raises(Killed):
        shelved(shelf, (output, places))
    known, _ = ledger.read(shelf)
    assert len(known) == 100
    assert 40 <= sum(map(bool, known.values())) <= 65
    shelf.steps = -1
    shelf.written.clear()
    shelved(shelf, (output, places))
    assert shelf.written.count(ledger.RECORD) < 12
    assert len(shelf.written) <= 60 + 12


@pytest.mark.parametrize("failing", ["b.css", "car/index.html", "index.html", "feed.xml"])
def test_a_stage_that_fails_is_the_last(trees: Trees, failing: str) -> None:
    class Failing(Shelf):
        def write(self, path: str, body: bytes | Path, headers: Mapping[str, str]) -> None:
            if path == failing:
                raise Unreachable("no answer")
            super().write(path, body, headers)

    shelf = Failing()
    with pytest.raises(Unreachable):
        shelved(shelf, trees[1])
    came = {NEXT[path][0] for path in shelf.objects if path != ledger.RECORD}
    assert max(came, default=Kind.ASSET) <= NEXT[failing][0]
    known, _ = ledger.read(shelf)
    assert {path for path, mark in known.items() if mark} == shelf.objects.keys() - {ledger.RECORD}


def test_several_files_of_a_stage_are_under_way_at_once(trees: Trees) -> None:
    together = threading.Barrier(2, timeout=60)

    class Waiting(Shelf):
        def write(self, path: str, body: bytes | Path, headers: Mapping[str, str]) -> None:
            if path in ("car/index.html", "sold/index.html"):
                together.wait()
            super().write(path, body, headers)

    shelf = Waiting()
    shelved(shelf, trees[0])
    assert is_exactly(shelf, trees[0])


def test_progress_is_told(trees: Trees) -> None:
    told: list[tuple[str, int, int | None]] = []
    shelved(Shelf(), trees[0], notify=lambda *each: told.append(each))
    assert told == [("uploading", n, 8) for n in range(1, 9)]


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_300_000, "1.3 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_the_result_is_a_line(size: int, said: str) -> None:
    done = Deployed(bucket="s3://b", sent=12, sent_bytes=size, removed=2, unchanged=2401)
    assert list(lines(done)) == [f"deploy: 12 sent ({said}), 2 removed, 2 401 unchanged in s3://b"]
