"""What portals share: the sheet, ids, photos by kind, clean texts and RSS."""

import time
from types import ModuleType

import pytest
from catalogues import missing, sources, unused
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicator.contract import FormatField, Kit, Need, Outcome
from syndicator.exporters import _advert, _sheet, _xml, admarkt, google, meta
from syndicator.exporters._clean import without_contacts
from syndicator.exporters._sheet import (
    Identities,
    Sheet,
    table,
)
from syndicator.i18n import placeholders
from syndicator.models import CarPass, Money, Photo
from syndicator.testing import sample_listing, sample_view

FIELDS = table(
    FormatField(name="must", need=Need.REQUIRED, source="title", most=5),
    FormatField(name="should", need=Need.RECOMMENDED, source="vin", form="[A-Z]+"),
    FormatField(name="may", source="model", most=8, cuts=True),
    FormatField(name="list", source="photos", many=2),
    FormatField(name="word", words=("a", "b")),
)
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG"}


def sheet() -> Sheet:
    return Sheet({each.name: each for each in FIELDS}, sample_listing())


@pytest.mark.parametrize(
    ("field", "value", "outcome"),
    [
        ("must", "x", Outcome.SENT),
        ("must", None, Outcome.LEFT_OUT),
        ("must", "", Outcome.LEFT_OUT),
        ("must", "xxxxxx", Outcome.LEFT_OUT),
        ("should", None, Outcome.POORER),
        ("should", "1", Outcome.POORER),
        ("may", None, Outcome.SENT),
        ("may", "long enough", Outcome.POORER),
        ("word", "a", Outcome.SENT),
        ("word", "c", Outcome.POORER),
    ],
)
def test_the_table_decides_on_a_value(field: str, value: str | None, outcome: Outcome) -> None:
    made = sheet()
    made.put(field, value)
    assert made.outcome is outcome


def test_one_car_may_need_more_than_the_table_says() -> None:
    made = sheet()
    made.put("may", None, need=Need.REQUIRED)
    (finding,) = made.findings
    assert (finding.outcome, finding.field, finding.reason) == (
        "left-out", "may", _sheet.MISSING
    )  # fmt: skip


def test_the_tail_of_a_text_survives_the_cut() -> None:
    made = sheet()
    made.put("may", "one two", tail=" end")
    assert made.values["may"] == ("one end",)


def test_a_reason_of_the_portals_own_counts_like_one_of_the_table() -> None:
    made = sheet()
    made.impoverish("Less.", "photos", "list", n=3)
    assert made.outcome is Outcome.POORER
    assert made.outcome is not Outcome.LEFT_OUT
    made.leave_out("Gone.", "make", make="X")
    assert made.outcome is Outcome.LEFT_OUT
    assert [(each.source, each.field, each.values) for each in made.findings] == [
        ("photos", "list", {"n": 3}),
        ("make", "", {"make": "X"}),
    ]


def test_a_sheet_becomes_an_element_in_the_order_of_its_fields() -> None:
    made = sheet()
    made.put_all("list", ["1", "2", "3"])
    made.put("must", "<b>")
    node = made.node("car", "{urn:x}")
    assert [(each.tag, each.text) for each in node] == [
        ("{urn:x}list", "1"), ("{urn:x}list", "2"), ("{urn:x}must", "<b>")
    ]  # fmt: skip


@pytest.mark.parametrize("module", [_sheet, google, admarkt])
def test_every_reason_is_in_the_list_for_translators(module: ModuleType) -> None:
    imported = () if module is _sheet else _sheet.REASONS
    sentences = {
        value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.endswith(".")
    }
    assert sentences - set(imported) == set(module.REASONS)


@pytest.mark.parametrize("reason", [*_sheet.REASONS, *google.REASONS, *admarkt.REASONS])
def test_every_reason_can_be_filled_in(reason: str) -> None:
    known = {"what", "portal", "n", "kinds", "attribute", "country", "make", "currency"}
    assert set(placeholders(reason)) <= known


def test_an_id_is_never_that_of_two_cars() -> None:
    cars = [
        sample_listing(id="a", reference="X"),
        sample_listing(id="b", reference="X"),
        sample_listing(id="c", reference="a"),
        sample_listing(id="d", reference="Y"),
        sample_listing(id="e", reference="Z" * 9),
        sample_listing(id="f" * 9, reference="Z" * 9),
    ]
    identities = Identities(cars, 8)
    field = FormatField(name="key", need=Need.REQUIRED, source="reference", most=8)
    found = []
    for listing in cars:
        made = Sheet({"key": field}, listing)
        identities.put(made, "key", listing)
        found.append((*made.values.get("key", ()), made.outcome))
    assert found == [
        ("a", "poorer"),
        ("b", "poorer"),
        ("c", "poorer"),
        ("Y", "sent"),
        ("e", "poorer"),
        ("left-out",),
    ]


def test_photos_of_a_kind_that_is_not_taken_are_told() -> None:
    urls = ["https://i.example/1.JPG?x", "https://i.example/2.webp", "https://i.example/3"]
    photos = (*(Photo(url=each) for each in urls), Photo(url="https://x/4", media_type="image/png"))
    made = sheet()
    car = sample_listing(photos=photos)
    kept = _advert.photo_urls(made, "list", car, KINDS, required=True)
    assert kept == (urls[0], "https://x/4")
    (finding,) = made.findings
    assert (finding.outcome, finding.values) == ("poorer", {"n": 2, "kinds": "JPEG, PNG"})


def test_a_car_of_which_no_photo_fits_is_left_out_where_one_is_required() -> None:
    car = sample_listing(photos=(Photo(url="https://i.example/1.avif"),))
    made = sheet()
    assert _advert.photo_urls(made, "list", car, KINDS, required=True) == ()
    assert made.outcome is Outcome.LEFT_OUT
    made = sheet()
    assert _advert.photo_urls(made, "list", car, KINDS, required=False) == ()
    assert made.outcome is Outcome.POORER


def test_the_car_pass_is_its_address_or_its_number() -> None:
    assert _advert.car_pass(sample_listing(car_pass=None)) == ""
    number = sample_listing(car_pass=CarPass(number="98765432109"))
    assert _advert.car_pass(number) == "\nCar-Pass: 98765432109"


def test_an_amount_has_its_cents() -> None:
    prices = [Money(minor=minor, currency="EUR") for minor in (1745000, 5, 100)]
    assert [_advert.amount(each) for each in prices] == ["17450.00", "0.05", "1.00"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Zie https://www.garage.be/x?y voor meer", "Zie voor meer"),
        ("HTTP://GARAGE.BE", ""),
        ("zie //garage.example/pad hier", "zie hier"),
        ("www.garage.example: nu", "nu"),
        ("op garage-jan.be/stock!", "op"),
        ("GARAGE.BE", ""),
        ("x" * 40 + "https://a.example", "x" * 24),
        ("mail jan@garage.example, nu", "mail nu"),
        ("y" * 90 + "@garage.example", "y" * 26),
        ("Bel 0475 12 34 56 nu", "Bel nu"),
        ("Bel +32 (0)475/12.34.56", "Bel"),
        ("0032475123456", ""),
        ("016 00 00 00", ""),
        ("T: 02/123.45.67\nRegel", "T:\nRegel"),
    ],
)
def test_addresses_and_numbers_leave_a_text(text: str, clean: str) -> None:
    assert without_contacts(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "61.200 km, 81 kW (110 pk), 5,3 l/100 km",
        "05/2019 4800 km",
        "01/05/2019 480 km",
        "Euro 6d, 1.0 TSI 110pk",
        "€ 17.450,00 incl. btw",
        "Mooie wagen.De eigenaar is oud",
        "A4 2.0 TDI 150 2018",
        "12 maanden garantie. 120000 km",
        "Golf 8 GTE @ home",
        "3 000 000 km",
    ],
)
def test_facts_stay_in_a_text(text: str) -> None:
    assert without_contacts(text) == text


@given(st.text(max_size=200))
def test_cleaning_never_adds_and_never_fails(text: str) -> None:
    assert len(without_contacts(text)) <= len(text)


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "a." * 10_000, "0 " * 10_000, "+3" * 10_000, "a@" * 10_000, "/" * 20_000]
)
def test_no_text_makes_cleaning_slow(text: str) -> None:
    before = time.process_time()
    without_contacts(text)
    assert time.process_time() - before < 5  # quadratic would be minutes


def leaf(tag: str, text: str) -> etree._Element:
    node = etree.Element("item")
    etree.SubElement(node, tag, kind="x").text = text
    return node


def test_an_rss_document_declares_a_prefix_once() -> None:
    items = [leaf("{urn:g}a", "<&> ]]> é"), leaf("plain", "x"), leaf("{urn:g}b", "")]
    body = b"".join(_xml.rss(items, {"g": "urn:g"}))
    root = etree.fromstring(body)
    assert root.get("version") == "2.0"
    assert [(each[0].tag, each[0].text, each[0].get("kind")) for each in root[0]] == [
        ("{urn:g}a", "<&> ]]> é", "x"), ("plain", "x", "x"), ("{urn:g}b", None, "x")
    ]  # fmt: skip
    assert body.count(b"urn:g") == 1
    assert b"\n    <item>\n      <g:a " in body
    assert body.endswith(b"\n  </channel>\n</rss>\n")


def test_a_long_rss_document_comes_in_chunks() -> None:
    chunks = list(_xml.rss((leaf("{urn:g}a", "x" * 1000) for _ in range(500)), {"g": "urn:g"}))
    assert len(chunks) > 5
    assert max(map(len, chunks)) < 2 * _xml.CHUNK_BYTES


def test_what_portals_say_is_translated() -> None:
    spoken = ("google/__init__.py", "admarkt/markup.py")
    assert missing(sources(*(f"syndicator/exporters/{name}" for name in spoken))) == []
    assert unused("portals", sources(*(f"syndicator/exporters/{name}" for name in spoken))) == []


@pytest.mark.parametrize("limit", [None, 1])
@pytest.mark.parametrize("read", ["whole", "begun", "not at all"])
def test_what_the_document_lost_is_what_the_audit_says(
    limit: int | None, read: str, kit: Kit
) -> None:
    cars = [
        sample_listing(id=f"car-{n}", **({"photos": ()} if n % 3 else {}))  # type: ignore[arg-type]
        for n in range(9)
    ]
    view = sample_view(cars)
    portal = meta.Meta(meta.Meta.Options(limit=limit), kit)
    chunks = portal.document(view)
    if read == "whole":
        b"".join(chunks)
    elif read == "begun":
        next(chunks)
    audited = [each for each in portal.audit(view) if each.outcome is Outcome.LEFT_OUT]
    assert len(audited) == (6 if limit is None else 8)
    assert list(portal.lost_by_document(view)) == audited
