import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.errors import AnswerError, RecordError
from syndicator.source import wire
from syndicator.source.wire import Complaint, Members, Page, Pagination

DEEP = b"[" * 50_000 + b"]" * 50_000


def body(*records: bytes, **members: object) -> bytes:
    rest = b"".join(
        b', "%s": %s' % (k.encode(), json.dumps(v).encode()) for k, v in members.items()
    )
    return b'{"data": [' + b", ".join(records) + b"]" + rest + b"}"


def members_of(page: Page) -> list[Members]:
    return [wire.members(raw) for raw in page.records]


def test_a_page_is_cut_into_its_records_as_they_came() -> None:
    page = wire.page(body(b'{"id": "a",  "price": 1.50}', b"{}"))
    assert page.records == (b'{"id": "a",  "price": 1.50}', b"{}")


def test_a_byte_order_mark_is_accepted() -> None:
    assert wire.page(b"\xef\xbb\xbf" + body(b'{"id": "a"}')).records == (b'{"id": "a"}',)


def test_a_lone_surrogate_costs_neither_page_nor_record() -> None:
    page = wire.page(body(b'{"id": "a", "title": "x\\ud800"}', b'{"id": "b"}'))
    assert members_of(page) == [{"id": "a", "title": "x\ud800"}, {"id": "b"}]


def test_numbers_that_are_none_cost_the_member_alone() -> None:
    page = wire.page(
        body(b'{"id": "a", "price": NaN, "x": -Infinity}', b'{"id": "b", "price": 2.5}')
    )
    first, second = members_of(page)
    assert first["price"].is_nan()
    assert first["x"].is_nan()
    assert second == {"id": "b", "price": Decimal("2.5")}


@pytest.mark.parametrize("number", [b"1e400", b"1e99999999999999999999", b"9" * 5_000])
@pytest.mark.parametrize("other", [b"{}", b'{"title": "\\ud800"}'])
def test_numbers_beyond_reason_cost_the_member_alone(number: bytes, other: bytes) -> None:
    page = wire.page(body(b'{"id": "a", "price": %s}' % number, other))
    assert members_of(page)[0]["id"] == "a"


def test_a_string_without_an_end_in_deep_nesting_is_read_once() -> None:
    with pytest.raises(AnswerError, match="broken JSON"):
        wire.page(b'{"data":[' + b"[" * 5000 + b'"' + rb"\"" * 500_000)


def test_what_is_nested_beyond_reason_is_cut_out() -> None:
    page = wire.page(body(b'{"id": "a", "x": %s, "y": 1}' % DEEP, b'{"id": "b", "z": "]["}'))
    first, second = members_of(page)
    assert (first["id"], first["y"], second) == ("a", 1, {"id": "b", "z": "]["})
    assert wire.members(b'{"x": %s, "y": "\\ud800"}' % DEEP)["y"] == "\ud800"


def test_wrong_bytes_cost_only_their_record() -> None:
    page = wire.page(body(b'{"title": "caf\xe9"}', b'{"id": "b"}'))
    with pytest.raises(RecordError):
        wire.members(page.records[0])
    assert wire.members(page.records[1]) == {"id": "b"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<!doctype html><p>Maintenance", "HTML instead of JSON"),
        (b'{"data": [{}', "broken JSON"),
        (b'{"data": [' + b"[" * 50_000, "broken JSON"),
        (b'{"data": {}}', "no list"),
        (b'{"data": "\\ud800"}', "no list"),
        (b'{"data": null}', "no list"),
        (b"{}", "no list"),
        (b"[]", "no list"),
        (b"null", "no list"),
        (b'{"data": [], "error": {"code": "SERVER_ERROR", "message": "No"}}', "SERVER_ERROR No"),
    ],
)
def test_what_is_no_page_says_so(answer: bytes, said: str) -> None:
    with pytest.raises(AnswerError, match=said):
        wire.page(answer)


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_raise_anything_else(answer: bytes) -> None:
    for read, foreseen in ((wire.page, AnswerError), (wire.members, RecordError)):
        with contextlib.suppress(foreseen):
            read(answer)
    assert isinstance(wire.complaint(answer), Complaint)
    assert isinstance(wire.record_id(answer), str)


def test_the_page_says_where_it_stands() -> None:
    stated = {"page": 2, "pageSize": "200", "totalItems": 431.0, "totalPages": "3"}
    assert wire.page(body(pagination=stated)).pagination == Pagination(
        page=2, page_size=200, total_items=431, total_pages=3
    )


@pytest.mark.parametrize("value", [None, True, -1, 1.5, "", "1e3", "many", [], {}, 10**12])
def test_a_count_that_is_none_is_unknown(value: object) -> None:
    assert wire.page(body(pagination={"totalItems": value})).pagination == Pagination()


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_a_missing_pagination_is_unknown(value: object) -> None:
    assert wire.page(body(pagination=value)).pagination is None


@pytest.mark.parametrize(
    ("meta", "scope", "ids"),
    [
        (None, None, None),
        ([], None, None),
        ({"partner": {"access": {"scope": "global", "profileIds": None}}}, "global", None),
        ({"partner": {"access": {"scope": "global", "profileIds": []}}}, "global", None),
        (
            {"partner": {"access": {"scope": "restricted", "profileIds": ["a", "b", 3]}}},
            "restricted",
            frozenset("ab"),
        ),
        ({"partner": {"access": {"scope": "restricted"}}}, "restricted", frozenset()),
        ({"partner": {"id": "p"}, "profileIds": ["a"]}, None, frozenset("a")),
        ({"partner": {"id": "p"}, "profileIds": []}, None, None),
    ],
)
def test_the_page_says_what_the_key_may_see(
    meta: object, scope: str | None, ids: frozenset[str] | None
) -> None:
    page = wire.page(body(meta=meta))
    assert (page.scope, page.profile_ids) == (scope, ids)


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"x"', b"", b"{", DEEP])
def test_a_record_is_an_object(raw: bytes) -> None:
    with pytest.raises(RecordError):
        wire.members(raw)
    assert wire.record_id(raw) == ""


@pytest.mark.parametrize("value", [None, 5, "", "  ", "x" * 201, "a\nb", "a\x00", "\ud800", ["a"]])
def test_an_id_that_cannot_be_one_is_unusable(value: object) -> None:
    assert wire.record_id(json.dumps({"id": value}).encode()) == ""


def test_wrong_bytes_elsewhere_do_not_hide_an_id() -> None:
    assert wire.record_id(b'{"title": "Citro\xebn", "id": "a1"}') == "a1"


def test_an_id_keeps_its_case() -> None:
    assert wire.record_id(b'{"id": " AbC-1 "}') == "AbC-1"


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (
            b'{"error": {"code": "A", "message": "b", "issues": []}}',
            Complaint(code="A", message="b"),
        ),
        (b'{"code": "A", "message": "b"}', Complaint(code="A", message="b")),
        (b'{"error": "no"}', Complaint(message="no")),
        (b'{"error": {"code": 5, "message": null}}', Complaint()),
        (b'{"error": [1]}', Complaint()),
        (b"<html>", Complaint()),
        (b"", Complaint()),
    ],
)
def test_a_complaint_is_read_in_any_shape(answer: bytes, complaint: Complaint) -> None:
    assert wire.complaint(answer) == complaint
