"""What every exporter promises, as tests that its own test class inherits."""

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath

import msgspec
from pydantic import ValidationError

from syndicator.contract import Artefact, Exporter, Kit, Scope, View
from syndicator.testing.clock import clock
from syndicator.testing.documents import elements
from syndicator.testing.kit import KeepingKit, sample_kit
from syndicator.testing.samples import sample_view
from syndicator.testing.stock import HOSTILE_TAG, LargeStock, changing_views, sample_views

MOST_HEAP_BYTES = 16 * 1024 * 1024
CLOCKS = (
    (datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC), "Pacific/Apia"),
    (datetime(1999, 2, 3, 4, 5, 6, tzinfo=UTC), "America/St_Johns"),
)

Bodies = dict[PurePosixPath, bytes]


def bodies(artefacts: Iterator[Artefact]) -> Bodies:
    """Path to bytes, each body read as soon as it is named."""
    return {artefact.path: b"".join(artefact.chunks) for artefact in artefacts}


class ExporterContract:
    """Inherit it in a class that pytest collects, and say how the exporter is made.

    :cvar large_stock: of how many listings the memory test is; fewer where each is many pages.
    """

    large_stock = 20_000

    def make(self, kit: Kit) -> Exporter:
        """A new instance of the exporter under test."""
        raise NotImplementedError

    def kit(self) -> Kit:
        """The services it is given."""
        return sample_kit()

    def views(self) -> Mapping[str, View]:
        """What it is tried on: each kind of stock on each of its scopes, by name."""
        exporter = self.make(self.kit())
        return {
            f"{scope.value}-{name}": view
            for scope in sorted(exporter.scopes)
            for name, view in sample_views(scope, exporter.place).items()
        }

    def changing_views(self) -> Iterator[View]:
        """A stock as it changes, on each of its scopes."""
        exporter = self.make(self.kit())
        for scope in sorted(exporter.scopes):
            yield from changing_views(scope, exporter.place)

    def test_the_same_view_gives_the_same_bytes(self) -> None:
        """A second run of the same instance."""
        exporter = self.make(self.kit())
        for name, view in self.views().items():
            assert bodies(exporter.export(view)) == bodies(exporter.export(view)), name

    def test_neither_clock_nor_time_zone_shows(self) -> None:
        """Dates come from data."""
        views = self.views()
        now = {name: self._bodies(view) for name, view in views.items()}
        for moment, zone in CLOCKS:
            with clock(moment, zone):
                then = {name: self._bodies(view) for name, view in views.items()}
            assert then == now, f"{moment} in {zone}"

    def test_bodies_may_be_read_late_and_backwards(self) -> None:
        """The build may name all files before it writes one."""
        exporter = self.make(self.kit())
        for name, view in self.views().items():
            artefacts = list(exporter.export(view))
            late = {each.path: b"".join(each.chunks) for each in reversed(artefacts)}
            assert late == self._bodies(view), name

    def test_two_instances_share_nothing(self) -> None:
        """Their runs may interleave."""
        for name, view in self.views().items():
            one, two = (self.make(self.kit()).export(view) for _ in range(2))
            for first, second in zip(one, two, strict=True):
                assert first.path == second.path, name
                pieces = zip(first.chunks, second.chunks, strict=True)
                assert all(mine == yours for mine, yours in pieces), f"{name}: {first.path}"

    def test_parts_of_documents_are_kept_under_all_that_they_tell(self) -> None:
        """Put together from parts of earlier stocks, a document is as if it were made anew."""
        kept: dict[bytes, bytes] = {}
        exporter = self.make(KeepingKit(self.kit(), kept))
        for number, view in enumerate(self.changing_views()):
            again = bodies(exporter.export(view))
            assert again == self._bodies(view), f"stock {number}"

    def test_files_of_the_same_basis_are_the_same(self) -> None:
        """So that one which is out may stay, whatever else has changed in the stock."""
        exporter = self.make(self.kit())
        known: dict[tuple[Scope, PurePosixPath, str], bytes] = {}
        for number, view in enumerate(self.changing_views()):
            if view.links.landing_template:
                continue  # another configuration
            for each in exporter.export(view):
                if each.basis:
                    body = b"".join(each.chunks)
                    before = known.setdefault((view.scope, each.path, each.basis), body)
                    assert body == before, f"stock {number}: {each.path}"

    def test_paths_are_relative_safe_and_unique(self) -> None:
        """On every file system, with and without case."""
        exporter = self.make(self.kit())
        for name, view in self.views().items():
            paths = [artefact.path for artefact in exporter.export(view)]
            for path in paths:
                assert not path.is_absolute(), f"{name}: {path}"
                assert ".." not in path.parts, f"{name}: {path}"
                assert str(path).isascii(), f"{name}: {path}"
                assert not set(str(path)) & set('\\:*?"<>| '), f"{name}: {path}"
            folded = [str(path).casefold() for path in paths]
            assert len(folded) == len(set(folded)), name

    def test_the_main_document_is_where_links_say(self) -> None:
        """``options.filename`` is made on every stock, the empty one too."""
        exporter = self.make(self.kit())
        filename = self._options(exporter).get("filename")
        if exporter.media_type:
            for name, view in self.views().items():
                assert PurePosixPath(str(filename)) in self._bodies(view), name

    def test_documents_are_well_formed_whatever_the_stock(self) -> None:
        """Parsed strictly, by the kind that the name says; no hostile text has become markup."""
        for name, view in self.views().items():
            for path, body in self._bodies(view).items():
                try:
                    found = elements(path, body)
                except (AssertionError, ValueError, SyntaxError) as error:
                    raise AssertionError(f"{name}: {path}: {error}") from error
                assert HOSTILE_TAG not in found, f"{name}: {path}"

    def test_a_large_stock_needs_little_memory(self) -> None:
        """Listings and bodies pass through one at a time."""
        exporter = self.make(self.kit())
        most = max(exporter.scopes, key=[Scope.SEARCH, Scope.SITE, Scope.SHOWROOM].index)
        small = sample_view(scope=most, place=exporter.place)
        _drain(exporter.export(small))  # what is loaded once does not count
        view = msgspec.structs.replace(small, listings=LargeStock(self.large_stock))
        peak = _peak(lambda: _drain(exporter.export(view)))
        assert peak < MOST_HEAP_BYTES, f"{peak / 2**20:.1f} MiB"

    def test_options_survive_a_round_trip(self) -> None:
        """Through plain values and JSON; what is not an option is refused."""
        exporter = self.make(self.kit())
        options = exporter.Options.model_validate(self._options(exporter))
        again = exporter.Options.model_validate(options.model_dump())
        assert again == options
        assert exporter.Options.model_validate_json(options.model_dump_json()) == options
        try:
            exporter.Options.model_validate({"no-such-option": True})
        except ValidationError:
            return
        raise AssertionError("an unknown option was accepted")

    def _bodies(self, view: View) -> Bodies:
        return bodies(self.make(self.kit()).export(view))

    @staticmethod
    def _options(exporter: Exporter) -> dict[str, object]:
        """As configured where the exporter shows its ``options``, else the defaults."""
        options = getattr(exporter, "options", None) or exporter.Options()
        return dict(options.model_dump())


def _drain(artefacts: Iterator[Artefact]) -> None:
    for artefact in artefacts:
        for _ in artefact.chunks:
            pass


def _peak(run: Callable[[], None]) -> int:
    """Of the Python heap in bytes, over what was there before."""
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not traced:
            tracemalloc.stop()
