"""The contract itself: it passes an honest exporter and catches each kind of broken one."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from syndicator.contract import Artefact, ExporterOptions, Kit, Place, Scope, View
from syndicator.testing import ExporterContract, LargeStock, sample_view
from syndicator.testing.clock import clock

NEW_YEAR = datetime(2031, 12, 31, 23, 30, tzinfo=UTC)


class Honest:
    """The least that keeps the contract."""

    scopes = frozenset({Scope.SHOWROOM})
    place = Place.FEEDS
    media_type = "application/json"

    class Options(ExporterOptions):
        filename: str = "count.json"

    def __init__(self, options: ExporterOptions, _kit: Kit) -> None:
        self.options = options

    def export(self, view: View) -> Iterator[Artefact]:
        yield Artefact.whole("count.json", str(len(view.listings)).encode())


class Clocked(Honest):
    def export(self, _view: View) -> Iterator[Artefact]:
        yield Artefact.whole("count.json", str(datetime.now(UTC).year).encode())


class Zoned(Honest):
    def export(self, _view: View) -> Iterator[Artefact]:
        yield Artefact.whole("count.json", time.strftime('"%H"', time.localtime(0)).encode())


class Counting(Honest):
    runs = 0

    def export(self, _view: View) -> Iterator[Artefact]:
        self.runs += 1
        yield Artefact.whole("count.json", str(self.runs).encode())


class Shared(Honest):
    seen: list[str] = []  # noqa: RUF012 - that is the fault

    def export(self, _view: View) -> Iterator[Artefact]:
        self.seen.append("x")
        yield Artefact.whole("count.json", str(len(self.seen)).encode())


class Hasty(Honest):
    """Its bodies all show what the last one was about."""

    def export(self, _view: View) -> Iterator[Artefact]:
        for self.current in ("count", "other"):
            yield Artefact.stream(f"{self.current}.json", self._body())

    def _body(self) -> Iterator[bytes]:
        yield f'"{self.current}"'.encode()


class Climbing(Honest):
    path = "../count.json"

    def export(self, _view: View) -> Iterator[Artefact]:
        yield Artefact.whole("count.json", b"1")
        yield Artefact.whole(self.path, b"1")


class Absolute(Climbing):
    path = "/etc/count.json"


class Shouting(Climbing):
    path = "COUNT.json"


class Elsewhere(Honest):
    def export(self, _view: View) -> Iterator[Artefact]:
        yield Artefact.whole("other.json", b"1")


class NotANumber(Honest):
    def export(self, _view: View) -> Iterator[Artefact]:
        yield Artefact.whole("count.json", b"NaN")


class Unescaped(Honest):
    def export(self, view: View) -> Iterator[Artefact]:
        text = "".join(listing.title for listing in view.listings)
        yield Artefact.whole("list.html", f"<!doctype html><p>{text}</p>".encode())


class Unquoted(Honest):
    def export(self, view: View) -> Iterator[Artefact]:
        text = "".join(listing.title for listing in view.listings)
        yield Artefact.whole("list.xml", f"<x>{text}</x>".encode())


class Hoarding(Honest):
    def export(self, view: View) -> Iterator[Artefact]:
        kept = list(view.listings)
        yield Artefact.whole("count.json", str(len(kept)).encode())


class Lenient(Honest):
    class Options(ExporterOptions, extra="ignore"):
        filename: str = "count.json"


class Forgetful(Honest):
    class Options(ExporterOptions):
        filename: str = "count.json"
        since: Any = NEW_YEAR  # as JSON it is text


class Stale(Honest):
    """Its parts are kept under less than they tell."""

    def __init__(self, options: ExporterOptions, kit: Kit) -> None:
        super().__init__(options, kit)
        self._kit = kit

    def export(self, view: View) -> Iterator[Artefact]:
        titles = (listing.title for listing in view.listings)
        text = self._kit.fragment(b"titles", lambda: "".join(titles).encode())
        yield Artefact.whole("titles.txt", text)


class Unmoved(Honest):
    """Its file is said to be of the number of cars, and tells their titles."""

    def export(self, view: View) -> Iterator[Artefact]:
        text = "".join(listing.title for listing in view.listings)
        yield Artefact.stream("titles.txt", [text.encode()], basis=str(len(view.listings)))


FAULTS: list[tuple[type[Honest], str]] = [
    (Clocked, "test_neither_clock_nor_time_zone_shows"),
    (Zoned, "test_neither_clock_nor_time_zone_shows"),
    (Counting, "test_the_same_view_gives_the_same_bytes"),
    (Shared, "test_two_instances_share_nothing"),
    (Hasty, "test_bodies_may_be_read_late_and_backwards"),
    (Climbing, "test_paths_are_relative_safe_and_unique"),
    (Absolute, "test_paths_are_relative_safe_and_unique"),
    (Shouting, "test_paths_are_relative_safe_and_unique"),
    (Elsewhere, "test_the_main_document_is_where_links_say"),
    (NotANumber, "test_documents_are_well_formed_whatever_the_stock"),
    (Unescaped, "test_documents_are_well_formed_whatever_the_stock"),
    (Unquoted, "test_documents_are_well_formed_whatever_the_stock"),
    (Hoarding, "test_a_large_stock_needs_little_memory"),
    (Stale, "test_parts_of_documents_are_kept_under_all_that_they_tell"),
    (Unmoved, "test_files_of_the_same_basis_are_the_same"),
    (Lenient, "test_options_survive_a_round_trip"),
    (Forgetful, "test_options_survive_a_round_trip"),
]
PROMISES = [name for name in dir(ExporterContract) if name.startswith("test_")]


def promise(exporter: type[Honest], name: str) -> Callable[[], None]:
    class Contract(ExporterContract):
        def make(self, kit: Kit) -> Honest:
            return exporter(exporter.Options(), kit)

    test: Callable[[], None] = getattr(Contract(), name)
    return test


@pytest.mark.parametrize("name", PROMISES)
def test_an_honest_exporter_keeps_every_promise(name: str) -> None:
    promise(Honest, name)()


@pytest.mark.parametrize(("exporter", "name"), FAULTS)
def test_a_broken_exporter_breaks_its_promise(exporter: type[Honest], name: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        promise(exporter, name)()


def test_every_promise_is_broken_by_somebody() -> None:
    assert {name for _, name in FAULTS} == set(PROMISES)


def test_the_clock_is_everybodys_and_runs_on_afterwards() -> None:
    before = time.timezone
    with clock(NEW_YEAR, "Pacific/Apia"):
        assert datetime.now(UTC) == dt.datetime.now(UTC) == NEW_YEAR
        assert datetime.now().isoformat().startswith("2032-01-01")  # noqa: DTZ005 - local time
        assert time.time() == NEW_YEAR.timestamp()
        assert isinstance(NEW_YEAR, datetime)
        assert time.timezone != before
    assert time.timezone == before
    assert datetime.now(UTC) != NEW_YEAR


def test_a_large_stock_is_in_the_order_of_the_contract() -> None:
    stock = list(LargeStock(100))
    assert tuple(stock) == sample_view(stock).listings
    assert len(LargeStock(100)) == len({listing.id for listing in stock}) == 100
    assert stock[3] in LargeStock(100)
