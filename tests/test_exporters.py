"""Every exporter, by the contract and by its golden files.

A new exporter is one line in :data:`EXPORTERS`; then ``pytest --update-golden`` writes what it
makes of each scenario, and somebody reads it.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import admarktfeed
import msgspec
import pytest
import scenarios
from audited import AuditedReport

from syndicator.contract import Exporter, Kit, Scope
from syndicator.exporters.admarkt import Admarkt
from syndicator.exporters.atom import Atom
from syndicator.exporters.changes import Changes
from syndicator.exporters.google import Google
from syndicator.exporters.hosting import Hosting
from syndicator.exporters.jsonfeed import JsonFeed
from syndicator.exporters.meta import Meta
from syndicator.exporters.rss import Rss
from syndicator.exporters.schemaorg import SchemaOrg
from syndicator.exporters.showroom import Showroom
from syndicator.exporters.trovit import Trovit
from syndicator.exporters.vehicles import Vehicles
from syndicator.testing import ExporterContract, bodies

GOLDEN = Path(__file__).parent / "golden"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """How an exporter is made; ``large_stock``: of how many cars the memory test is."""

    make: Callable[[Kit], Exporter]
    large_stock: int = 5000
    scope: Scope = Scope.SHOWROOM
    languages: tuple[str, ...] = ("nl", "fr", "de", "en")  # in the golden files


EXPORTERS: Mapping[str, Row] = {
    "atom": Row(make=lambda kit: Atom(Atom.Options(), kit), large_stock=3000),
    "rss": Row(make=lambda kit: Rss(Rss.Options(), kit), large_stock=3000),
    "jsonfeed": Row(make=lambda kit: JsonFeed(JsonFeed.Options(), kit), large_stock=3000),
    "changes": Row(make=lambda kit: Changes(Changes.Options(), kit)),
    "vehicles": Row(make=lambda kit: Vehicles(Vehicles.Options(), kit)),
    "meta": Row(make=lambda kit: Meta(Meta.Options(), kit)),
    "google": Row(make=lambda kit: Google(Google.Options(country="IT"), kit)),
    "admarkt": Row(
        make=lambda kit: Admarkt(Admarkt.Options(**admarktfeed.SETTINGS), kit), large_stock=3000
    ),
    "trovit": Row(make=lambda kit: Trovit(Trovit.Options(), kit)),
    "schemaorg": Row(make=lambda kit: SchemaOrg(SchemaOrg.Options(), kit)),
    "showroom": Row(
        make=lambda kit: Showroom(Showroom.Options(), kit), large_stock=300, languages=("nl",)
    ),
    "report": Row(
        make=lambda kit: AuditedReport(AuditedReport.Options(), kit),
        large_stock=3000,
        languages=("nl",),
    ),
    "hosting": Row(make=lambda kit: Hosting(Hosting.Options(), kit), scope=Scope.SITE),
}


class TestEveryExporter(ExporterContract):
    @pytest.fixture(autouse=True, params=EXPORTERS)
    def choose(self, request: pytest.FixtureRequest) -> None:
        self.row = EXPORTERS[request.param]
        self.large_stock = self.row.large_stock

    def make(self, kit: Kit) -> Exporter:
        return self.row.make(kit)


@pytest.mark.parametrize("scenario", scenarios.NAMES)
@pytest.mark.parametrize("name", EXPORTERS)
def test_a_scenario_gives_its_golden_files(
    name: str, scenario: str, kit: Kit, *, update_golden: bool
) -> None:
    row = EXPORTERS[name]
    exporter = row.make(kit)
    view = scenarios.view(scenario, scope=row.scope, place=exporter.place, languages=row.languages)
    made = {
        nameless(str(path).encode()).decode(): nameless(body)
        for path, body in bodies(exporter.export(view)).items()
    }
    folder = GOLDEN / name / scenario
    if update_golden:
        write(folder, made)
    golden = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert sorted(made) == sorted(golden)
    for path, body in golden.items():
        if made[path] != body:
            assert made[path].decode() == body.decode(), path  # a diff that can be read
        assert made[path] == body, path


def nameless(text: bytes) -> bytes:
    """Without the digests of style sheets and scripts, which say nothing of the exporter."""
    return re.sub(rb"(assets/[a-z-]+)\.[0-9a-f]{12}\.", rb"\1.", text)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    for old in [path for path in folder.rglob("*") if path.is_file()]:
        old.unlink()
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
