import json

import pytest

from syndicator.errors import UsageError
from syndicator.models import Dealer
from syndicator.tables import columns, exporters, locations


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc  d"


def test_locations_come_by_code_and_unknown_counts_are_no_zeros() -> None:
    found = [Dealer(id="2", location_code="B"), Dealer(id="1", location_code="A", parent_id="9")]
    head, first, second = locations(found, as_object=False).splitlines()
    assert head.split() == ["code", "active", "name", "city", "id", "parent"]
    assert first.split()[:2] == ["A", "?"]
    assert first.split()[-1] == "9"
    assert second.startswith("B")
    assert [each["id"] for each in json.loads(locations(found, as_object=True))] == ["1", "2"]


def test_a_key_that_sees_nobody_is_told_so() -> None:
    assert locations([], as_object=False) == "this key can see no location"
    assert json.loads(locations([], as_object=True)) == []


def test_exporters_are_listed_and_one_shows_its_options() -> None:
    assert "atom" in exporters(None, as_object=False)
    assert "filename" in exporters("atom", as_object=False)
    assert json.loads(exporters("atom", as_object=True))[0]["name"] == "atom"
    with pytest.raises(UsageError):
        exporters("atm", as_object=False)


def test_an_exporter_shows_the_fields_of_its_format() -> None:
    text = exporters("meta", as_object=False)
    _, fields_of = text.split("\n\nfield ")
    lines = fields_of.splitlines()
    assert lines[1].split() == ["vehicle_id", "required", "reference"]
    assert lines[2] == "    max 100 characters"
    assert "\nfield " not in exporters("atom", as_object=False)
    (found,) = json.loads(exporters("meta", as_object=True))
    assert found["fields"][0]["name"] == "vehicle_id"
    body = next(each for each in found["fields"] if each["name"] == "body_style")
    assert "ROADSTER" in body["words"]
