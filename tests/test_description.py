import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from syndicator.contract import ExporterOptions, FormatField, Need, Place, Scope
from syndicator.description import OptionDescription, describe
from syndicator.errors import UsageError


class Rule(BaseModel):
    drop: bool = False


class Acme:
    """Stock for Acme.

    A second paragraph is for authors.
    """

    scopes = frozenset([Scope.SITE, Scope.SHOWROOM])
    place = Place.FEEDS
    media_type = "application/xml"
    fields = (
        FormatField(name="id", need=Need.REQUIRED, source="reference", most=100),
        FormatField(name="text", source="description", most=50, cuts=True, note="in Dutch"),
        FormatField(name="photo", many=20, source="photos"),
        FormatField(name="body", words=("CAR", "VAN", "SUV", "BUS", "COUPE")),
        FormatField(name="type", words=("CAR",)),
        FormatField(name="vin", form="[A-Z]+"),
    )

    class Options(ExporterOptions):
        filename: str = "acme.xml"
        limit: int = Field(200, description="At most so many\nlistings.")
        gzip: bool = False
        condition: Literal["new", "used"] | None = None
        token_name: Literal["A"] = "A"
        rules: tuple[Rule, ...] = ()
        account: str | int

    def export(self) -> None: ...


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("acme_described")
    module.__dict__["Acme"] = Acme
    monkeypatch.setitem(sys.modules, "acme_described", module)
    point = EntryPoint("acme", "acme_described:Acme", "syndicator.exporters")
    offered = {"syndicator.exporters": (point,)}
    monkeypatch.setattr("syndicator.offers.entry_points", lambda group: offered[group])


def test_an_exporter_is_described_by_its_class() -> None:
    acme = describe("acme")
    assert acme.summary == "Stock for Acme."
    assert acme.scopes == ("showroom", "site")
    assert acme.media_type == "application/xml"


def test_options_are_described_in_the_words_of_toml() -> None:
    options = [(each.name, each.type, each.default) for each in describe("acme").options]
    assert options == [
        ("filename", "text", '"acme.xml"'),
        ("limit", "whole number", "200"),
        ("gzip", "true or false", "false"),
        ("condition", '"new" or "used"', ""),
        ("token_name", '"A"', '"A"'),
        ("rules", "list of table", "[]"),
        ("account", "text or whole number", ""),
    ]


def test_the_description_of_an_option_is_one_line() -> None:
    assert describe("acme").options[1] == OptionDescription(
        name="limit", type="whole number", default="200", summary="At most so many listings."
    )


def test_an_exporter_that_is_not_installed_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="there is no exporter 'acmee'") as caught:
        describe("acmee")
    assert caught.value.hint == "did you mean 'acme'?"


def test_the_fields_of_a_format_are_told_with_their_limits() -> None:
    fields = describe("acme").fields
    assert [(each.name, each.need, each.source, each.limits) for each in fields] == [
        ("id", "required", "reference", "max 100 characters"),
        ("text", "optional", "description", "max 50 characters, cut"),
        ("photo", "optional", "photos", "max 20 times"),
        ("body", "optional", "", "1 of CAR, VAN, SUV and 2 more"),
        ("type", "optional", "", "always CAR"),
        ("vin", "optional", "", "form [A-Z]+"),
    ]
    assert fields[1].note == "in Dutch"
    assert fields[3].words == ("CAR", "VAN", "SUV", "BUS", "COUPE")


def test_an_exporter_without_a_table_has_no_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Acme, "fields")
    assert describe("acme").fields == ()
