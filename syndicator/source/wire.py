"""What the API says, shaped as it says it: pages of raw records.

No member is promised, so none is required, and a listing stays a bag of members until
:mod:`syndicator.source.normalise` reads it field by field. One record that a decoder refuses must
not cost the page, nor one member the record: what msgspec will not take is read by the more
lenient ``json``, and what is nested beyond reason is cut out.
"""

import codecs
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec

from syndicator.errors import AnswerError, RecordError

MAX_ID_LENGTH = 200
MAX_COUNT = 10**9
MAX_DEPTH = 64
MAX_DIGITS = 100
NOT_A_NUMBER = Decimal("NaN")

# A string that never ends reaches to the end: to look for its end once more from each quotation
# mark within it would take hours.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)

Members = dict[str, Any]
T = TypeVar("T")


class Pagination(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page stands, as far as the API says so."""

    page: int | None = None
    page_size: int | None = None
    total_items: int | None = None
    total_pages: int | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One answer with listings or locations.

    :ivar records: each record as raw JSON.
    :ivar profile_ids: the dealers this key may see; ``None`` where it may see all, or does not say.
    :ivar scope: ``restricted``, or the API's word for the rest.
    :ivar served: when, by the API's clock.
    """

    records: tuple[bytes, ...]
    pagination: Pagination | None = None
    profile_ids: frozenset[str] | None = None
    scope: str | None = None
    served: datetime | None = None


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """What an error body says; both are empty where it is none of the documented ones."""

    code: str = ""
    message: str = ""


class _Envelope(msgspec.Struct):
    data: list[msgspec.Raw] | None = None
    pagination: Any = None
    meta: Any = None
    error: Any = None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return NOT_A_NUMBER


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= MAX_DIGITS else NOT_A_NUMBER


_decode_envelope = msgspec.json.Decoder(_Envelope, float_hook=_decimal).decode
_decode_members = msgspec.json.Decoder(Members, float_hook=_decimal).decode


def page(body: bytes, served: datetime | None = None) -> Page:
    """An answer of any endpoint that lists something.

    :raises AnswerError: it is no such answer.
    """
    envelope = _envelope(body.removeprefix(codecs.BOM_UTF8))
    if envelope.error is not None:
        said = _said({"error": envelope.error})
        raise AnswerError(f"an error under status 200: {said.code} {said.message}".rstrip())
    if envelope.data is None:
        raise AnswerError("the answer has no list of records")
    scope, profile_ids = _access(envelope.meta)
    return Page(
        records=tuple(map(bytes, envelope.data)),
        pagination=_pagination(envelope.pagination),
        profile_ids=profile_ids,
        scope=scope,
        served=served,
    )


def members(raw: bytes) -> Members:
    """One record. Fractions are exact; what is no finite number is ``NaN``.

    :raises RecordError: it is no JSON object in UTF-8.
    """
    try:
        found: object = _tolerantly(raw, _decode_members, _lenient)
    except ValueError as error:
        raise RecordError(f"no readable record: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise RecordError("no readable record: not an object")
    return found


def identity(value: object) -> str:
    """An id as it is compared everywhere, opaque and with its case; empty where it is unusable."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    return text if text.isprintable() and len(text) <= MAX_ID_LENGTH else ""


def record_id(raw: bytes) -> str:
    """The id of a record, also of one that is unusable otherwise; empty where it has none."""
    try:
        return identity(_read_somehow(raw).get("id"))
    except RecordError:
        return ""


def _read_somehow(raw: bytes) -> Members:
    """A record, be it with wrong bytes: it is not used, but it was seen.

    :raises RecordError: it is no JSON object.
    """
    try:
        return members(raw)
    except RecordError:
        return members(raw.decode(errors="replace").encode())


def complaint(body: bytes) -> Complaint:
    """What the body of a refusal says; never raises."""
    try:
        return _said(members(body.removeprefix(codecs.BOM_UTF8)))
    except RecordError:
        return Complaint()


def _envelope(body: bytes) -> _Envelope:
    if not body.strip():
        raise AnswerError("the answer is empty")
    if body.lstrip().startswith(b"<"):
        raise AnswerError("HTML instead of JSON")
    try:
        return _tolerantly(body, _decode_envelope, _lenient_envelope)
    except msgspec.ValidationError:
        raise AnswerError("the answer has no list of records") from None
    except ValueError:
        raise AnswerError("the answer is broken JSON") from None


def _tolerantly(body: bytes, strict: Callable[[bytes], T], lenient: Callable[[bytes], T]) -> T:
    """:raises ValueError: neither takes it."""
    try:
        return strict(body)
    except RecursionError:
        return lenient(_pruned(body))
    except ValueError:
        pass
    try:
        return lenient(body)
    except RecursionError:
        return lenient(_pruned(body))


def _lenient(body: bytes) -> Any:
    return json.loads(
        body.decode(),
        parse_float=_decimal,
        parse_int=_integer,
        parse_constant=lambda _: NOT_A_NUMBER,
    )


def _lenient_envelope(body: bytes) -> _Envelope:
    """Each record is written anew; lone surrogates stay escaped, as they came."""
    answer = _lenient(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list | None):
        raise msgspec.ValidationError
    data = answer.get("data")
    return _Envelope(
        data=None if data is None else [msgspec.Raw(_written(each)) for each in data],
        pagination=answer.get("pagination"),
        meta=answer.get("meta"),
        error=answer.get("error"),
    )


def _written(record: object) -> bytes:
    return json.dumps(record, default=float).encode()


def _pruned(body: bytes) -> bytes:
    """The same JSON, with ``null`` for all that is nested deeper than ``MAX_DEPTH``."""
    kept: list[bytes] = []
    start = depth = 0
    for token in _TOKENS.finditer(body):
        if token[0] in b"[{":
            depth += 1
            if depth == MAX_DEPTH:
                kept += [body[start : token.start()], b"null"]
        elif token[0] in b"]}":
            if depth == MAX_DEPTH:
                start = token.end()
            depth -= 1
    kept.append(body[start:] if depth < MAX_DEPTH else b"")
    return b"".join(kept)


def _said(answer: Mapping[str, Any]) -> Complaint:
    """The documented envelope, its members at the top level, or a bare text."""
    error = answer.get("error", answer)
    if isinstance(error, str):
        return Complaint(message=error)
    if not isinstance(error, dict):
        return Complaint()
    code, message = error.get("code"), error.get("message")
    return Complaint(
        code=code if isinstance(code, str) else "",
        message=message if isinstance(message, str) else "",
    )


def _pagination(value: object) -> Pagination | None:
    if not isinstance(value, dict):
        return None
    return Pagination(
        page=_count(value.get("page")),
        page_size=_count(value.get("pageSize")) or None,
        total_items=_count(value.get("totalItems")),
        total_pages=_count(value.get("totalPages")),
    )


def _count(value: object) -> int | None:
    """A count, also as text or as 3.0; anything else is unknown."""
    match value:
        case bool():
            return None
        case str() if re.fullmatch("[0-9]{1,10}", value):
            number = Decimal(value)
        case int() | Decimal():
            number = Decimal(value)
        case _:
            return None
    if not number.is_finite() or not 0 <= number <= MAX_COUNT or number % 1:
        return None
    return int(number)


def _access(meta: object) -> tuple[str | None, frozenset[str] | None]:
    """The scope of the key. ``/locations`` states it in ``meta``, all others with the partner."""
    access = _member(_member(meta, "partner"), "access")
    scope = _member(access, "scope")
    listed = _member(access, "profileIds") or _member(meta, "profileIds")
    ids = frozenset(filter(None, map(identity, listed if isinstance(listed, list) else ())))
    if scope == "restricted" or (scope is None and ids):
        return scope, ids
    return (scope if isinstance(scope, str) else None), None


def _member(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
