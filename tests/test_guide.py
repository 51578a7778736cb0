import re
from collections import Counter
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from lxml import etree, html

from syndicator.exporters import vehicles
from syndicator.furniture import schemas
from syndicator.guide import XS, Field, Guide, guide
from syndicator.jobs import templates
from syndicator.testing.documents import elements

SCHEMA = etree.fromstring(vehicles.schema())
TOLD = guide(vehicles.schema())
PATH = PurePosixPath("schemas/vehicles-1.html")
BODY = b"".join(list(schemas(templates(None)))[-1].chunks)
PAGE = html.document_fromstring(BODY)


def names(kind: str, name: str = "name") -> list[tuple[str, str]]:
    """Where a declaration stands, and what it declares; those that are types are left out."""
    return [
        (owner(each), each.get(name))
        for each in SCHEMA.iter(f"{{{XS['xs']}}}{kind}")
        if each.get(name)
    ]


def owner(node: etree._Element) -> str:
    """The named type that a declaration is in, or the root element."""
    above = [each.get("name") for each in node.iterancestors() if each.get("name")]
    return str(above[-1]) if above else ""


def rows(anchor: str) -> list[list[str]]:
    """The cells of the table of one element."""
    (table,) = PAGE.xpath("//section[h2[@id=$anchor]]//table", anchor=anchor)
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("th|td")]
        for row in table.xpath(".//tr")
    ]


def field(table: str, name: str) -> Field:
    (found,) = [each for each in TOLD.tables if each.name == table]
    (own,) = [each for each in found.fields if each.name == name]
    return own


@pytest.mark.parametrize(("where", "name"), names("element"))
def test_every_element_of_the_schema_is_on_the_page(where: str, name: str) -> None:
    found = PAGE.xpath("//*[@id=$it]", it=f"{where}.{name}" if where else name)
    assert len(found) == 1
    assert name in found[0].text_content()


@pytest.mark.parametrize(("where", "name"), names("attribute"))
def test_every_attribute_of_the_schema_is_on_the_page(where: str, name: str) -> None:
    direct = PAGE.xpath("//tr[@id=$it]", it=f"{where}.@{name}")
    users = SCHEMA.findall(f".//xs:element[@type='{where}']", XS)
    through = [
        row
        for user in users
        for row in PAGE.xpath("//tr[@id=$it]", it=f"{owner(user)}.{user.get('name')}@{name}")
    ]
    assert len(direct) == 1 or (users and len(through) == len(users))


@pytest.mark.parametrize(("where", "value"), names("enumeration", "value"))
def test_every_value_of_a_list_is_on_the_page_with_its_meaning(where: str, value: str) -> None:
    (row,) = PAGE.xpath("//tr[@id=$it]", it=f"{where}.{value}")
    name, meaning = (cell.text_content() for cell in row.xpath("th|td"))
    assert (name, bool(meaning.strip())) == (value, True)


def test_a_row_tells_meaning_unit_values_how_often_and_an_example() -> None:
    table = rows("Vehicle")
    assert table[0] == ["Name", "Meaning", "Unit", "Values", "How often", "Example"]
    told = {row[0]: row[1:] for row in table}
    assert told["mileage"] == [
        "The distance driven.",
        "km",
        "a whole number, 0 or more",
        "at most once",
        "61200",
    ]
    assert told["title"][3] == "once"
    assert told["photo"][3] == "any number"
    assert told["drive"][2] == "fwd, rwd, awd, 4wd, other"
    assert told["@id"][3] == "always"
    assert told["price@currency"][2:] == ["Currency", "always", "EUR"]
    assert {row[0]: row[2] for row in rows("Photo")}["@width"] == "px"


def test_a_field_leads_to_where_its_values_are_told() -> None:
    assert field("Vehicle", "fuel").link == "FuelWord"
    assert field("Vehicle", "place").link == "Place"
    assert field("Vehicle", "gears").link == ""
    assert field("vehicleFeed", "@version").values == "always 1.0"


def test_every_row_has_a_meaning() -> None:
    for table in TOLD.tables:
        assert table.meaning
        for each in table.fields:
            assert each.meaning, f"{table.name}: {each.name}"
            assert each.values
    for listed in TOLD.lists:
        assert listed.meaning
        assert all(word.meaning for word in listed.words)
    assert all(form.meaning for form in TOLD.forms)


def test_the_page_is_sound_html_that_stands_alone() -> None:
    assert "table" in elements(PATH, BODY)
    assert PAGE.get("lang") == "en"
    assert len(PAGE.xpath("//h1")) == 1
    assert not PAGE.xpath("//script | //style | //*[@style] | //*[starts-with(@href, 'http')]")
    assert all(each.get("scope") in ("col", "row") for each in PAGE.xpath("//th"))
    ids = Counter(PAGE.xpath("//@id"))
    assert ids.most_common(1)[0][1] == 1
    assert not [each for each in ids if re.search(r"\s", each)]
    linked = {each[1:] for each in PAGE.xpath("//@href") if each.startswith("#")}
    assert linked <= set(ids)
    levels = [int(each.tag[1]) for each in PAGE.xpath("//h1|//h2|//h3")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_guide_is_the_same_every_time_and_of_any_schema_of_this_kind() -> None:
    small = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"
      version="2.1"><xs:annotation><xs:documentation>All  that
      is.</xs:documentation></xs:annotation><xs:element name="a"><xs:complexType><xs:sequence>
      <xs:element name="b" type="xs:date" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
      </xs:element></xs:schema>"""
    told = guide(small)
    assert told == guide(small)
    assert isinstance(told, Guide)
    assert (told.root, told.namespace, told.version) == ("a", "urn:x", "2.1")
    assert told.meaning == "All that is."
    (only,) = told.tables[0].fields
    assert (only.name, only.values, only.often) == ("b", "xs:date", "at least once")


def test_a_schema_without_a_root_has_no_guide() -> None:
    with pytest.raises(ValueError, match="no xs:element"):
        guide(b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
