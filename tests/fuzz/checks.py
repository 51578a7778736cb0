"""What must hold of any bytes whatever; each check takes bytes and raises where it does not."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from lxml import etree

from syndicator.errors import AnswerError, RecordError
from syndicator.links import may_be_slug, vehicle_slug
from syndicator.models import Listing
from syndicator.source import fields, normalise, scrub, wire

ADDRESSES = frozenset(["url", "logo_url"])  # what pages link to, wherever it is nested
FREE = frozenset(["metadata", "originals"])  # whose own members have any name
OPAQUE = frozenset(["id", "dealer_id", "parent_id"])  # compared as they came
MEMBER_CHARACTERS = normalise.MAX_DESCRIPTION
TURNED = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\ufeff"


def answer(data: bytes) -> None:
    """An answer of the API is refused in our words, or each of its records is read or refused."""
    wire.complaint(data)
    try:
        page = wire.page(data)
    except AnswerError:
        return
    for raw in page.records:
        record(raw)


def record(raw: bytes) -> None:
    """A record is refused, or is a listing that no document has to think of any more."""
    assert wire.record_id(raw).isprintable()
    try:
        found = normalise.listing(raw)
    except RecordError:
        return
    for name, text in _texts(msgspec.to_builtins([found.listing, found.dealer])):
        _is_clean(text)
        assert name in OPAQUE or unicodedata.is_normalized("NFC", text), ascii(text)
        if name in ADDRESSES:
            assert text.startswith(("http://", "https://")), text
            assert text.isascii(), text
            assert set(' "<>\\`{}|^').isdisjoint(text), text
    assert may_be_slug(vehicle_slug(found.listing))
    encoded = msgspec.json.encode(found.listing)
    assert msgspec.json.decode(encoded, type=Listing) == found.listing


def description(data: bytes) -> None:
    """Whatever a seller writes comes out as clean paragraphs of bounded length, or as nothing."""
    text = data.decode(errors="surrogateescape")
    for read in (fields.paragraphs(MEMBER_CHARACTERS), fields.headline, fields.line):
        clean = read(text, lambda _: None)
        if clean is None:
            continue
        _is_clean(clean)
        assert len(clean) <= MEMBER_CHARACTERS
        assert scrub.paragraphs(clean) == clean  # so it is in form NFC, too
        assert "\n" not in clean or read not in (fields.headline, fields.line)


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, name if name in FREE else key)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)


def _is_clean(text: str) -> None:
    etree.Element("text").text = text  # raises on what XML forbids
    text.encode()
    assert not set(text) & set(TURNED), ascii(text)
    assert all(each == "\n" or unicodedata.category(each) != "Cc" for each in text), ascii(text)


CHECKS: Mapping[str, Callable[[bytes], None]] = {"wire": answer, "description": description}
