"""The output guard: its rule, and whole builds that must stop or go on."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from syndicator import cli, jobs, shrinkage
from syndicator.contract import Kind
from syndicator.errors import OutputError
from syndicator.records import is_counted, records
from syndicator.shrinkage import (
    Basis,
    Document,
    Shift,
    bare,
    basis_in,
    is_broken,
    judge,
    marked,
    shift_of,
    tallied,
)
from syndicator.simulator.server import Simulator
from syndicator.simulator.stock import Stock, make_stock

KEY = "canary-4f1c9e7b2d"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()

THIRTY = Basis(
    shape="s",
    languages=1,
    listings=30,
    pending=0,
    gone=0,
    events=30,
    dealers=1,
    showrooms=1,
    as_of=datetime(2026, 11, 24, 12, tzinfo=UTC),
)


def shift(before: Basis = THIRTY, **now: int) -> Shift:
    return Shift(before=before, now=msgspec.structs.replace(before, **now))


def stops(moved: Shift, old: int, new: int, kind: Kind | None = None) -> bool:
    return is_broken(moved.expected(old, kind), new)


# The rule


@pytest.mark.parametrize("kind", [None, *shrinkage.RECORDS])
def test_a_stock_that_stays_keeps_at_least_half_of_everything(kind: Kind | None) -> None:
    assert stops(shift(), 30, 14, kind)
    assert stops(shift(), 30, 0, kind)
    assert not stops(shift(), 30, 15, kind)


def test_what_the_stock_loses_may_go() -> None:
    assert not stops(shift(listings=0), 30, 0, Kind.FEED)
    assert not stops(shift(listings=20), 30, 20, Kind.FEED)
    assert not stops(shift(listings=20), 30, 10, Kind.FEED)
    assert stops(shift(listings=20), 30, 9, Kind.FEED)


def test_small_numbers_raise_no_alarm() -> None:
    few = msgspec.structs.replace(THIRTY, listings=2)
    assert not stops(shift(few), 2, 0, Kind.FEED)
    assert not stops(shift(few, listings=1), 5, 2)
    assert stops(shift(msgspec.structs.replace(THIRTY, listings=3)), 3, 0, Kind.FEED)


def test_a_listing_takes_its_page_in_every_language_along() -> None:
    four = msgspec.structs.replace(THIRTY, languages=4)
    assert not stops(shift(four, listings=0), 4 * 32, 4 * 2, Kind.SITEMAP)
    assert not stops(shift(four, listings=10), 4 * 31, 4 * 11)
    assert stops(shift(four), 4 * 31, 31)
    after_sales = msgspec.structs.replace(four, listings=10, gone=100)
    assert not stops(shift(after_sales, listings=0), 4 * 12, 4 * 2, Kind.SITEMAP)


def test_pages_that_expire_are_no_alarm_although_no_listing_leaves() -> None:
    after_a_sale = msgspec.structs.replace(THIRTY, listings=0, gone=30)
    assert not stops(shift(after_a_sale, gone=0), 31, 1)
    assert not stops(shift(after_a_sale, gone=0), 30, 0, Kind.FEED)
    half = msgspec.structs.replace(THIRTY, listings=10, pending=20)
    assert not stops(shift(half, pending=0), 31, 11)


def test_a_feed_with_a_limit_may_shrink_with_a_stock_far_above_it() -> None:
    large = msgspec.structs.replace(THIRTY, listings=1000)
    assert not stops(shift(large, listings=900), 200, 200, Kind.FEED)
    assert not stops(shift(large, listings=20), 200, 20, Kind.FEED)
    assert stops(shift(large, listings=990), 200, 90, Kind.FEED)


def test_the_list_pages_of_a_group_shrink_with_the_stock_of_its_locations() -> None:
    group = msgspec.structs.replace(THIRTY, listings=600, gone=400)
    assert not stops(shift(group, listings=60), 10, 1)
    assert not stops(shift(group, gone=380), 22, 2)


def test_showrooms_dealers_and_events_that_go_explain_what_goes_with_them() -> None:
    wide = msgspec.structs.replace(THIRTY, listings=5, showrooms=30, dealers=30, events=90)
    assert not stops(shift(wide, showrooms=1), 36, 7, Kind.SITEMAP)
    assert not stops(shift(wide, dealers=1), 30, 1, Kind.FEED)
    assert not stops(shift(wide, events=10), 90, 10, Kind.FEED)


def test_an_alarm_names_the_job_and_both_numbers_and_the_way_out() -> None:
    with pytest.raises(OutputError, match="atom@site: 30 feed entries would become 3,") as caught:
        judge("atom@site: 30 feed entries", 3, 28)
    assert "28 should be left" in caught.value.message
    assert "--rerender" in caught.value.hint
    assert caught.value.exit_code == 7


# What a key carries


def test_a_key_carries_what_files_were_made_of_and_is_found_again() -> None:
    key = marked("abc", THIRTY)
    assert (bare(key), basis_in(key)) == ("abc", THIRTY)
    assert bare("abc") == "abc"


@pytest.mark.parametrize("key", ["", "abc", "abc ", "abc []", 'abc ["s",1]', "abc {"])
def test_the_keys_of_other_programs_compare_with_nothing(key: str) -> None:
    assert basis_in(key) is None
    assert shift_of(key, marked("abc", THIRTY)) is None


def test_another_configuration_compares_with_nothing() -> None:
    other = msgspec.structs.replace(THIRTY, shape="t")
    assert shift_of(marked("a", THIRTY), marked("a", other)) is None
    assert shift_of(marked("a", THIRTY), marked("b", THIRTY)) == shift()


# Records


TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<vehicles><v><p/><p/><p/></v><v><p/></v></vehicles>", {"v": 2}),
        ("<urls><u/><u/><u/></urls>", {"u": 3}),  # none has parts: then all count
        (
            "<feed><id/><by><n/></by><l/><l/><l/><e><l/></e><e><l/></e></feed>",
            {"by": 1, "e": 2},
        ),
        (
            f"<f xmlns:t='{TOMBSTONES}'><t:deleted-entry><c/></t:deleted-entry><e><p/></e></f>",
            {"e": 1},
        ),
        (
            "<rss><channel><title/><item><a/><b/></item><item><a/><b/></item></channel></rss>",
            {"item": 2},
        ),
        ("<ads><ad><id/><picture/><picture/><picture/></ad></ads>", {"ad": 1}),
        ("<rss><channel><title/></channel></rss>", {"channel": 1}),
        ("<empty/>", {}),
    ],
)
def test_records_are_counted_where_they_stand(text: str, found: dict[str, int]) -> None:
    assert records("a.xml", [text.encode()[:9], text.encode()[9:]]) == Counter(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"version": "1", "items": [{"tags": [1, 2, 3]}, {}], "hubs": []}', {"/items": 2}),
        ('{"@context": "x", "@graph": [{}, {}, "]", [1, 2]]}', {"/@graph": 4}),
        ('{"feed": {"title": "[", "cars": [1, 2], "deep": {"er": [1, 2, 3]}}}', {"/feed/cars": 2}),
        ("[1, 2, 3]", {"": 3}),
        ('{"items": [1, 2', {}),
        ('"[]"', {}),
    ],
)
def test_json_is_counted_by_the_lists_on_its_first_two_levels(
    text: str, found: dict[str, int]
) -> None:
    assert +records("feeds/feed.json", [text.encode()[:9], text.encode()[9:]]) == Counter(found)


def test_only_documents_that_can_be_counted_are() -> None:
    assert is_counted("gent/feeds/feed.json")
    assert is_counted("feeds/meta.xml")
    assert not is_counted("site.webmanifest")
    assert not is_counted("feeds/stock.csv")


def document(folder: Path, name: str, text: str) -> Document:
    path = folder / name
    path.write_text(text)
    return Document(f"feeds/{name}{'.json' if text[0] in '{[' else '.xml'}", path, len(text))


def test_documents_of_a_job_are_counted_together_however_they_are_cut(tmp_path: Path) -> None:
    whole = document(tmp_path, "1", f"<urlset>{'<url/>' * 9}</urlset>")
    parts = [
        document(tmp_path, "2", f"<urlset>{'<url/>' * 5}</urlset>"),
        document(tmp_path, "3", f"<urlset>{'<url/>' * 4}</urlset>"),
        document(tmp_path, "4", "<sitemapindex><sitemap/><sitemap/></sitemapindex>"),
    ]
    assert tallied([whole], parts) == (9, 9)
    assert tallied([whole], parts[:1]) == (9, 5)
    assert tallied([], parts) == (0, 0)
    assert tallied([whole], []) == (9, 0)


def test_a_new_name_for_the_records_is_no_loss(tmp_path: Path) -> None:
    old = document(tmp_path, "1", f"<cars>{'<car/>' * 9}<info/></cars>")
    new = document(tmp_path, "2", f"<cars>{'<vehicle/>' * 8}<info/></cars>")
    assert tallied([old], [new]) == (9, 8)


def test_json_that_loses_its_items_has_lost_its_records(tmp_path: Path) -> None:
    old = document(tmp_path, "1", '{"items": [1, 2, 3, 4], "authors": [1]}')
    less = document(tmp_path, "2", '{"items": [], "authors": [1, 2, 3]}')
    other = document(tmp_path, "3", '{"cars": [1, 2, 3]}')
    assert tallied([old], [less]) == (4, 0)
    assert tallied([old], [other]) == (4, 3)


@pytest.mark.parametrize("suffix", ["xml", "json"])
def test_large_documents_that_keep_their_size_are_not_read(tmp_path: Path, suffix: str) -> None:
    path = f"feed.{suffix}"
    large = Document(path, tmp_path / "none", 4 << 20)
    assert tallied([large], [Document(path, tmp_path / "none", 3 << 20)]) == (0, 0)
    with pytest.raises(OutputError):
        tallied([large], [Document(path, tmp_path / "none", 2 << 20)])


# Whole builds


class Site:
    """A folder with the program's files, and the API that it talks to."""

    def __init__(self, folder: Path, simulator: Simulator, stock: Stock) -> None:
        self.folder = folder
        self.simulator = simulator
        self.stock = stock
        self.output = folder / "output"
        self.configure()

    def configure(self, languages: str = '"nl", "fr"', more: str = "") -> None:
        (self.folder / "syndicator.toml").write_text(
            f'[site]\nurl = "https://s.example"\nlanguages = [{languages}]\n'
            f'[[targets]]\nlocation = "DEX-GENT"\n[[targets]]\nlocation = "DEX-LEUVEN"\n{more}'
        )

    def build(self, *arguments: str) -> int:
        jobs.templates.cache_clear()  # each command has a process of its own
        return cli.run(["build", "--api-url", self.simulator.base_url, *arguments])

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in self.output.rglob("*")
            if path.is_file()
        }

    def active(self, code: str) -> list[str]:
        return [
            entry.id
            for entry in self.stock
            if entry.status == "active"
            and self.stock.dealers[entry.dealer_id].profile["locationCode"] == code
        ]

    def touch(self) -> None:
        """A change of the data, after which everything of one dealer and the site is made anew."""
        (listing, *_) = self.active("DEX-GENT")
        self.stock.amend(listing, price=12345, updatedAt="2026-11-24T12:00:00Z")

    def template(self, name: str, text: str) -> None:
        path = self.folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    stock = make_stock(3, 60, 6, photo_base="https://images.example")
    with Simulator(stock, key=KEY, rate_limit=0, clock=lambda: NOON) as simulator:
        yield Site(tmp_path, simulator, stock)


SPARSE_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{% for entry in entries %}
{% if loop.index % 3 == 0 %}<url><loc>{{ entry.address }}</loc></url>{% endif %}
{% endfor %}
</urlset>
"""


def test_a_template_that_drops_half_of_the_sitemap_publishes_nothing(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.build() == 0
    before = site.files()
    site.template("site/sitemap.xml", SPARSE_SITEMAP)
    site.touch()
    for _ in range(2):
        assert site.build() == 7
        said = capsys.readouterr().err
        assert "showroom@site: " in said
        assert "sitemap entries would become" in said
        assert "--rerender" in said
        assert site.files() == before
    assert site.build("--dry-run") == 7
    assert site.build("--rerender") == 0
    assert site.build() == 0
    assert site.files()["sitemap.xml"] != before["sitemap.xml"]


def test_a_mended_template_publishes_what_had_to_wait(site: Site) -> None:
    assert site.build() == 0
    site.template("site/sitemap.xml", SPARSE_SITEMAP)
    site.touch()
    assert site.build() == 7
    (site.folder / "templates/site/sitemap.xml").unlink()
    assert site.build() == 0
    assert b"12345.00" in site.files()["dex-gent/feeds/vehicles.xml"]


@pytest.mark.parametrize(
    ("feed", "what"),
    [("vehicles", "feed entries"), ("jsonfeed", "feed entries"), ("showroom", "files")],
)
def test_case_89_an_exporter_that_makes_half_publishes_nothing(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    feed: str,
    what: str,
) -> None:
    site.configure(more="[feeds.jsonfeed]\n")
    assert site.build() == 0
    before = site.files()
    site.touch()
    see = jobs.view

    def halved(*arguments: object) -> object:
        seen = see(*arguments)  # type: ignore[arg-type]
        third = tuple(seen.listings)[::3]
        return msgspec.structs.replace(seen, listings=third, pending=(), gone=())

    monkeypatch.setattr(jobs, "view", halved)
    assert site.build("--exporter", feed) == 7
    said = capsys.readouterr().err
    assert f"{feed}@dealer:" in said
    assert f" {what} would become " in said
    assert site.files() == before


def test_an_exporter_that_makes_nothing_at_all_publishes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.build() == 0
    before = site.files()
    site.touch()
    monkeypatch.setattr("syndicator.exporters.rss.Rss.mark", b"")  # else its census tells first
    monkeypatch.setattr("syndicator.exporters.rss.Rss.export", lambda *_: iter(()))
    assert site.build() == 7
    assert "feed entries would become 0" in capsys.readouterr().err
    assert site.files() == before


def test_a_language_less_is_no_fault(site: Site) -> None:
    site.configure('"nl", "fr", "de", "en"')
    assert site.build() == 0
    count = len(site.files())
    site.configure('"nl"')
    assert site.build() == 0
    assert 2 * len(site.files()) < count
    assert not (site.output / "fr").exists()


def test_a_smaller_limit_is_no_fault(site: Site) -> None:
    assert site.build() == 0
    site.configure(more="[feeds.atom]\nlimit = 1\n")
    assert site.build() == 0
    assert site.files()["feeds/atom.xml"].count(b"<entry") == 1


def test_listings_that_really_go_are_no_fault(site: Site) -> None:
    assert site.build() == 0
    for listing in site.active("DEX-GENT"):
        site.stock.amend(listing, status="sold", updatedAt="2026-11-24T12:00:00Z")
    assert site.build() == 0
    assert b"<vehicle " not in site.files()["dex-gent/feeds/vehicles.xml"]


def test_a_job_is_compared_with_its_own_last_making(site: Site) -> None:
    assert site.build() == 0
    listings = site.active("DEX-GENT")
    assert len(listings) > 5
    for listing in listings[1:]:
        site.stock.amend(listing, status="sold", updatedAt="2026-11-24T12:00:00Z")
    assert site.build("--exporter", "atom") == 0  # the others fall behind the stock
    assert site.build() == 0
    assert site.files()["dex-gent/feeds/vehicles.xml"].count(b"<vehicle ") == 1


def test_a_feed_that_says_what_it_leaves_out_is_not_at_fault(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.build() == 0
    for code in ("DEX-GENT", "DEX-LEUVEN"):
        for listing in site.active(code):
            site.stock.amend(listing, mileage=None, updatedAt="2026-11-24T12:00:00Z")
    assert site.build("--exporter", "meta") == 0
    assert b"<listing>" not in site.files()["feeds/meta.xml"]


def test_a_build_without_news_looks_at_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert site.build() == 0
    looked: list[object] = []
    monkeypatch.setattr(shrinkage, "basis_of", lambda *given: looked.append(given))
    monkeypatch.setattr(shrinkage, "tallied", lambda *given: looked.append(given))
    assert site.build() == 0
    assert looked == []
