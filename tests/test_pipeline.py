"""The whole: the simulator on loopback in, ``output/`` out, through the installed command."""

import base64
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator import cli, jobs, planning
from syndicator.config import DEFAULT_FEEDS
from syndicator.simulator.access import Partner
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.service import Answer, Fault
from syndicator.simulator.stock import Stock, make_stock
from tests.tree import faults
from tests.watch import Watch

KEY = "canary-4f1c9e7b2d"


class Site:
    """A folder with the program's files, and the API that it talks to."""

    def __init__(
        self, folder: Path, simulator: Simulator, stock: Stock, watch: Watch | None = None
    ) -> None:
        self.folder = folder
        self.watch = watch or Watch()
        self.simulator = simulator
        self.stock = stock
        self.output = folder / "output"

    def build(self, *arguments: str) -> int:
        where = ["--api-url", self.simulator.base_url, "--site-url", "https://s.example"]
        return cli.run(["build", *where, *arguments])

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in self.output.rglob("*")
            if path.is_file()
        }

    def stock_files(self) -> dict[str, bytes]:
        """All but the record, which says since when something is not well."""
        return {path: data for path, data in self.files().items() if path != "build.json"}

    def times(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self.output.rglob("*")}

    def active(self, code: str) -> list[str]:
        """The ids of a location's active listings."""
        found = []
        for entry in self.stock:
            dealer = self.stock.dealers[entry.dealer_id].profile
            if entry.status == "active" and dealer["locationCode"] == code:
                found.append(entry.id)
        return found


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries wait, and no test sleeps."""
    monkeypatch.setattr("syndicator.source.patience.ATTEMPTS", 1)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    stock = make_stock(3, 30, 6, photo_base="https://images.example")
    watch = Watch()  # the API's clock stands still, unless told
    with Simulator(stock, key=KEY, rate_limit=0, clock=watch.unix) as simulator:
        yield Site(tmp_path, simulator, stock, watch)


def answered(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The JSON object of the last command."""
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_everything_is_built_whole_and_a_second_build_touches_nothing(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.build("--all", "--json") == 0
    first = answered(capsys)
    assert first["changed"] is True
    assert list(faults(site.output)) == []
    for name in ("index.html", "404.html", "robots.txt", "sitemap.xml", "_headers", "build.json"):
        assert (site.output / name).is_file()
    for slug in ("dex-gent", "dex-hq"):
        for feed in ("atom.xml", "rss.xml", "vehicles.xml", "meta.xml"):
            assert (site.output / slug / "feeds" / feed).is_file()
    before = site.times()
    assert site.build("--all", "--json") == 0
    second = answered(capsys)
    assert second["changed"] is False
    assert second["files"]["written"] == 0  # type: ignore[index]
    assert second["jobs"]["run"] == 0  # type: ignore[index]
    assert site.times() == before


def test_a_run_for_one_location_forgets_no_other(site: Site) -> None:
    assert site.build("--location", "DEX-GENT") == 0
    assert site.build("--location", "dex-leuven") == 0
    index = (site.output / "index.html").read_text()
    assert "/dex-gent/" in index
    assert "/dex-leuven/" in index
    assert (site.output / "dex-gent" / "feeds" / "atom.xml").is_file()


def test_one_exporter_alone_leaves_the_files_of_the_others(site: Site) -> None:
    assert site.build("--location", "DEX-GENT") == 0
    before = site.files()
    (listing, *_) = site.active("DEX-GENT")
    site.stock.amend(listing, title="Andere titel", updatedAt="2026-11-24T12:00:00Z")
    assert site.build("--location", "DEX-GENT", "--exporter", "atom") == 0
    after = site.files()
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"dex-gent/feeds/atom.xml", "feeds/atom.xml", "build.json"}
    assert after.keys() == before.keys()


def test_pages_that_stay_as_they_are_keep_their_style(site: Site) -> None:
    assert site.build("--all") == 0
    style = site.folder / "templates" / "assets" / "showroom.css"
    style.parent.mkdir(parents=True)
    style.write_text("body { color: red }")
    assert site.build("--all", "--exporter", "atom") == 0
    assert list(faults(site.output)) == []
    assert site.build("--all") == 0
    assert list(faults(site.output)) == []
    assert len(list(site.output.glob("assets/showroom.*.css"))) == 1


def test_a_lost_state_never_empties_a_site_offline(site: Site) -> None:
    assert site.build("--location", "DEX-GENT") == 0
    before = site.files()
    assert site.build("--offline", "--prune") == 2
    (site.folder / ".syndicator" / "state.db").unlink()
    assert site.build("--offline") == 2
    assert site.files() == before


def test_overlapping_targets_fetch_each_listing_once(site: Site) -> None:
    parent = next(
        each.id for each in site.stock.dealers.values() if each.profile["locationCode"] == "DEX-HQ"
    )
    assert site.build("--parent", parent, "--location", "DEX-GENT", "--location", "dex-gent") == 0
    sweeps = [
        dict(request.query)
        for request in site.simulator.requests
        if request.path.endswith("/listings") and dict(request.query)["status"] == "active"
    ]
    assert [sweep.get("parentDealerId") for sweep in sweeps] == [parent]
    for slug in ("dex-hq", "dex-gent", "dex-leuven", "dex-antwerpen"):
        assert (site.output / slug / "index.html").is_file()


def test_a_sold_car_leaves_at_once_and_a_vanished_one_when_missed_twice(site: Site) -> None:
    assert site.build("--all") == 0
    sold, vanished = site.active("DEX-GENT")[:2]
    site.stock.amend(sold, status="sold", updatedAt="2026-11-24T12:00:00Z")
    site.stock.remove(vanished)

    def shown(listing: str) -> bool:
        return listing in (site.output / "dex-gent/feeds/vehicles.xml").read_text()

    site.watch.tick(900)
    assert site.build("--all") == 0
    assert (shown(sold), shown(vanished)) == (False, True)
    assert site.build("--all") == 0
    assert not shown(vanished)
    assert list(faults(site.output)) == []


def test_a_showroom_is_never_emptied_by_an_answer_alone(site: Site) -> None:
    assert site.build("--location", "SOLITAIR") == 0
    before = site.stock_files()
    for listing in site.active("SOLITAIR"):
        site.stock.remove(listing)
    for _ in range(3):
        assert site.build("--location", "SOLITAIR") == 4
        assert site.stock_files() == before


def test_the_last_car_may_be_sold(site: Site) -> None:
    assert site.build("--location", "SOLITAIR") == 0
    for listing in site.active("SOLITAIR"):
        site.stock.amend(listing, status="sold", updatedAt="2026-11-24T12:00:00Z")
    assert site.build("--location", "SOLITAIR") == 0
    assert "<vehicle " not in (site.output / "solitair/feeds/vehicles.xml").read_text()


def test_without_its_state_a_build_gives_the_same_bytes(site: Site) -> None:
    assert site.build("--all") == 0
    before = site.files()
    shutil.rmtree(site.folder / ".syndicator")
    assert site.build("--all") == 0
    assert site.files() == before


def test_worker_processes_write_the_same_bytes(site: Site) -> None:
    assert site.build("--all") == 0
    before = site.files()
    shutil.rmtree(site.output)
    shutil.rmtree(site.folder / ".syndicator")
    assert site.build("--all", "--jobs", "2") == 0
    assert site.files() == before


def test_a_dry_run_tells_and_writes_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.build("--all", "--dry-run", "--json") == 0
    assert answered(capsys)["changed"] is True
    assert list(site.folder.iterdir()) == []
    assert site.build("--all") == 0
    capsys.readouterr()
    before = {path: path.stat().st_mtime_ns for path in site.folder.rglob("*")}
    assert site.build("--all", "--dry-run", "--json") == 0
    assert answered(capsys)["changed"] is False
    assert {path: path.stat().st_mtime_ns for path in site.folder.rglob("*")} == before


def test_an_offline_build_asks_nothing(site: Site) -> None:
    assert site.build("--all") == 0
    asked = len(site.simulator.requests)
    assert site.build("--offline", "--rerender") == 0
    assert len(site.simulator.requests) == asked


def test_prune_removes_what_is_no_longer_asked_for(site: Site) -> None:
    assert site.build("--location", "DEX-GENT", "--location", "DEX-LEUVEN") == 0
    assert site.build("--location", "DEX-GENT", "--prune") == 0
    assert not (site.output / "dex-leuven").exists()
    assert "dex-leuven" not in (site.output / "index.html").read_text()


def test_configured_targets_are_never_pruned_by_a_narrower_run(site: Site) -> None:
    (site.folder / "syndicator.toml").write_text(
        '[[targets]]\nlocation = "DEX-GENT"\nslug = "gent"\n[[targets]]\nlocation = "DEX-LEUVEN"\n'
    )
    assert site.build() == 0
    assert (site.output / "gent" / "index.html").is_file()
    before = site.files()
    assert site.build("--location", "DEX-LEUVEN", "--prune") == 2
    assert site.build("--location", "DEX-LEUVEN") == 0
    assert site.files() == before


def test_a_failing_exporter_costs_its_own_files_only(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.build("--location", "DEX-GENT") == 0
    before = site.files()
    (listing, *_) = site.active("DEX-GENT")
    site.stock.amend(listing, price=12345, updatedAt="2026-11-24T12:00:00Z")
    make = jobs.make

    def broken(workshop: jobs.Workshop, job: jobs.Job) -> jobs.Report:
        if job.feed.feed == "atom":
            raise ZeroDivisionError("odd")
        return make(workshop, job)

    monkeypatch.setattr(jobs, "make", broken)
    assert site.build("--location", "DEX-GENT", "--json") == 3
    facts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(facts["failures"]) == 2
    after = site.files()
    assert after["dex-gent/feeds/atom.xml"] == before["dex-gent/feeds/atom.xml"]
    assert b"12345.00" in after["dex-gent/feeds/vehicles.xml"]


def test_a_real_build_clears_a_demo_away_and_no_demo_takes_its_place(site: Site) -> None:
    assert cli.run(["demo", "--listings", "3", "--dealers", "5", "--quiet"]) == 0
    assert json.loads((site.output / "build.json").read_text())["demo"] is True
    assert site.build("--location", "SOLITAIR") == 0
    folders = {path.name for path in site.output.iterdir() if path.is_dir()}
    assert folders == {"assets", "build", "feeds", "schemas", "solitair"}
    assert cli.run(["demo", "--listings", "3", "--quiet"]) == 2


def test_the_key_is_nowhere(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.build("--all", "-vv") == 0
    printed = capsys.readouterr()
    written = [path.read_bytes() for path in site.folder.rglob("*") if path.is_file()]
    haystack = b"\n".join([*written, printed.out.encode(), printed.err.encode()])
    assert KEY.encode() not in haystack
    assert base64.b64encode(KEY.encode()).rstrip(b"=") not in haystack


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "nothing to publish"),
        (("--location", "DEX-GEND"), 2, "did you mean 'DEX-GENT'?"),
        (("--location", " "), 2, "is empty"),
        (("--location", "DEX-GENT", "--exporter", "atm"), 2, "did you mean 'atom'?"),
        (("--all", "--site-url", "ftp://x"), 2, "http"),
        (("--all", "--api-url", "http://api.example"), 2, "https"),
        (("--all", "--config", "none.toml"), 2, "no such file"),
        (("--all", "--api-url", "http://127.0.0.1:9"), 6, "127.0.0.1"),
        (("--location", "DEX-GENT", "--api-url", "http://127.0.0.1:9"), 6, "127.0.0.1"),
    ],
)
def test_bad_input_is_one_clear_line_and_nothing_is_written(
    site: Site,
    arguments: tuple[str, ...],
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert site.build(*arguments) == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert not site.output.exists()


def test_no_key_and_a_wrong_key_are_told_apart(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", "wrong-key")
    assert site.build("--all") == 5
    assert len(site.simulator.requests) == 1
    monkeypatch.delenv("OKASIE_API_SECRET")
    assert site.build("--all") == 2
    assert "OKASIE_API_SECRET" in capsys.readouterr().err
    assert not site.output.exists()


def test_an_output_that_cannot_be_written_is_known_before_any_request(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, as in CI, may write everywhere
    assert site.build("--all") == 7
    assert len(site.simulator.requests) == 0
    assert not site.output.exists()


def fail_after(count: int) -> Fault:
    """The API breaks down after so many answers."""
    left = iter(range(count))

    def fault(request: Request, answer: Answer) -> Response:
        return answer(request) if next(left, None) is not None else Response(status=404)

    return fault


def test_a_cut_crawl_publishes_no_half_dealer_and_keeps_the_last_good_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    stock = make_stock(3, 450, 6, photo_base="https://images.example")
    with Simulator(stock, key=KEY, rate_limit=0, fault=fail_after(2)) as simulator:
        cut = Site(tmp_path, simulator, stock)
        assert cut.build("--all") == 3
        assert not (cut.output / "dex-gent").exists()
    with Simulator(stock, key=KEY, rate_limit=0) as simulator:
        assert Site(tmp_path, simulator, stock).build("--all") == 0
    with Simulator(stock, key=KEY, rate_limit=0, fault=fail_after(2)) as simulator:
        again = Site(tmp_path, simulator, stock)
        before = again.files()
        assert again.build("--all") == 3
        assert again.files() == before


def test_a_key_without_the_scope_for_locations_still_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", "narrow-key")
    stock = make_stock(3, 30, 6, photo_base="https://images.example")
    narrow = {"narrow-key": Partner(scopes=frozenset({"read:listings"}))}
    with Simulator(stock, key=KEY, partners=narrow, rate_limit=0) as simulator:
        site = Site(tmp_path, simulator, stock)
        assert site.build("--location", "DEX-GENT") == 0
        assert "may not read locations" in capsys.readouterr().err
        assert (site.output / "dex-gent" / "index.html").is_file()


def test_a_dealer_that_a_key_may_no_longer_see_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", "narrow-key")
    stock = make_stock(3, 30, 6, photo_base="https://images.example")
    ids = {each.profile["locationCode"]: each.id for each in stock.dealers.values()}
    before: dict[str, bytes] = {}
    for codes, code in (("DEX-GENT", "SOLITAIR"), 0), (("SOLITAIR",), 4):
        narrow = {"narrow-key": Partner(roots=tuple(ids[each] for each in codes))}
        with Simulator(stock, key=KEY, partners=narrow, rate_limit=0) as simulator:
            site = Site(tmp_path, simulator, stock)
            assert site.build("--dealer", ids["DEX-GENT"], "--location", "SOLITAIR") == code
            assert not before or site.stock_files() == before
            before = site.stock_files()


def test_with_another_version_of_a_package_all_is_rendered_anew_and_what_differs_is_written(
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert site.build("--location", "SOLITAIR") == 0
    capsys.readouterr()
    installed = tmp_path / "installed"
    (installed / "babel-9.9.9.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(installed))
    planning.program.cache_clear()
    assert site.build("--location", "SOLITAIR", "--json") == 0
    facts = answered(capsys)
    assert facts["jobs"] == {"run": len(DEFAULT_FEEDS) + 8, "fresh": 0, "failed": 0}
    assert facts["changed"] is False
