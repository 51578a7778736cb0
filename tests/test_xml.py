from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from lxml import etree

from syndicator.exporters import _xml
from syndicator.models import Fuel
from syndicator.testing import sample_listing


def leaves(count: int) -> list[_xml.Node]:
    nodes = [etree.Element("leaf") for _ in range(count)]
    for number, node in enumerate(nodes):
        _xml.add(node, "text", f"{number} " + "x" * 1000)
    return nodes


def test_a_document_comes_in_chunks_that_no_line_makes_long() -> None:
    chunks = list(_xml.document("root", leaves(500)))
    assert len(chunks) > 5
    assert max(map(len, chunks)) < 2 * _xml.CHUNK_BYTES
    assert max(map(len, b"".join(chunks).splitlines())) < 2000


def test_a_document_reads_its_children_no_faster_than_it_is_read() -> None:
    taken = 0

    def counted() -> Iterator[_xml.Node]:
        nonlocal taken
        for node in leaves(500):
            taken += 1
            yield node

    chunks = _xml.document("root", counted())
    next(iter(chunks))
    assert 0 < taken < 100


def test_children_fall_under_the_namespace_of_the_root() -> None:
    text = b"".join(_xml.document("root", leaves(2), namespace="urn:x", attributes={"a": '<&"'}))
    root = etree.fromstring(text)
    assert [etree.QName(node).namespace for node in root.iter()] == ["urn:x"] * 5
    assert root.get("a") == '<&"'
    assert text.count(b"xmlns") == 1


def test_a_document_without_children_is_whole() -> None:
    assert etree.fromstring(b"".join(_xml.document("root", []))).tag == "root"


def test_a_reader_that_stops_early_does_no_harm() -> None:
    chunks = iter(_xml.document("root", leaves(500)))
    next(chunks)
    chunks.close()


def test_text_that_xml_cannot_hold_costs_its_own_listing(caplog: pytest.LogCaptureFixture) -> None:
    def make(listing: object) -> _xml.Node:
        node = etree.Element("x")
        _xml.add(node, "title", listing.title)
        return node

    bad = [sample_listing(id=f"bad{n}", title=t) for n, t in enumerate(["\0", "\ud800", "\ufffe"])]
    made = list(_xml.records([bad[0], sample_listing(), *bad[1:]], make))
    assert [node.findtext("title") for node in made] == [sample_listing().title]
    assert [f"bad{n}" in caplog.text for n in range(3)] == [True] * 3


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (Decimal("5.30"), "5.3"),
        (Decimal("1E+2"), "100"),
        (Fuel.PETROL, "petrol"),
        (datetime(2026, 3, 3, 16, 40, 22, tzinfo=UTC), "2026-03-03T16:40:22Z"),
        (
            datetime(2026, 3, 3, 1, 0, 0, 5, timezone(timedelta(hours=2))),
            "2026-03-02T23:00:00.000005Z",
        ),
    ],
)
def test_values_are_written_as_xml_schema_has_them(value: object, written: str) -> None:
    assert _xml.text(value) == written


def test_what_is_unknown_is_absent_and_zero_is_not() -> None:
    node = etree.Element("x")
    _xml.add(node, "unknown", None, unit="km")
    _xml.add(node, "none", 0, unit="km", original=None)
    assert etree.tostring(node) == b'<x><none unit="km">0</none></x>'
