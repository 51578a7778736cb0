"""Packages of strangers, each a module that offers one exporter, on the path of this process."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Install = Callable[..., None]

EXPORTER = """
from typing import Literal
from pydantic import BaseModel
from syndicator.contract import ExporterOptions, Place, Scope

class Rule(BaseModel, extra="forbid"):
    drop: bool = False

class Acme:
    scopes = frozenset([Scope.SHOWROOM, Scope.SITE])
    place = Place.FEEDS
    media_type = "application/xml"

    class Options(ExporterOptions):
        filename: str = "acme.xml"
        limit: int = 200
        condition: Literal["new", "used"] = "used"
        rules: tuple[Rule, ...] = ()

    def __init__(self, options, kit):
        self.options = options

    def export(self, view):
        return iter(())
"""


def installing(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a distribution of one module that offers ``Acme`` under a name."""
    before = set(sys.modules)

    def distribution(package: str, name: str = "acme", source: str = EXPORTER) -> None:
        home = folder / package
        about = home / f"{package}-1.2.dist-info"
        about.mkdir(parents=True)
        (home / f"{package}.py").write_text(source)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (about / "entry_points.txt").write_text(
            f"[syndicator.exporters]\n{name} = {package}:Acme\n"
        )
        patch.syspath_prepend(home)
        importlib.invalidate_caches()

    yield distribution
    for name in set(sys.modules) - before:
        if name.startswith("acme"):
            del sys.modules[name]
