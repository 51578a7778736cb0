"""What the peers' pages are made of, one JSON file a dealer.

All values are words, worked out before anything is measured: a peer only escapes them and puts
them together. Names are lower case, for Hugo knows no others.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

SITE = "https://s.example"
PER_PAGE = 60  # cars of a list
PER_FEED = 200  # entries of a feed


class Row(msgspec.Struct, frozen=True):
    """A label and its value."""

    label: str
    value: str


class Group(msgspec.Struct, frozen=True):
    """Facts under a heading."""

    heading: str
    rows: tuple[Row, ...]


class Equipment(msgspec.Struct, frozen=True):
    """Names under a heading."""

    heading: str
    names: tuple[str, ...]


class Picture(msgspec.Struct, frozen=True):
    """One photo."""

    url: str
    alt: str


class Step(msgspec.Struct, frozen=True):
    """A link to another car; empty where there is none."""

    href: str = ""
    name: str = ""


class Car(msgspec.Struct, frozen=True, kw_only=True):
    """One car. ``data`` is its JSON-LD, safe within a script."""

    slug: str
    title: str
    line: str
    price: str
    vat: str
    updated: str  # RFC 3339
    date: str  # RFC 822
    tiles: tuple[Row, ...]
    paragraphs: tuple[tuple[str, ...], ...]
    groups: tuple[Group, ...]
    equipment: tuple[Equipment, ...]
    photos: tuple[Picture, ...]
    before: Step
    after: Step
    letter: str  # to the seller, ready for href
    forward: str  # to a friend, ready for href
    data: str


class Dealer(msgspec.Struct, frozen=True, kw_only=True):
    """One dealer with its cars, newest first."""

    slug: str
    name: str
    company: str
    street: str
    town: str
    phone: str
    call: str  # ready for href
    email: str
    cars: tuple[Car, ...]


def read(data: Path) -> Iterator[Dealer]:
    """All dealers, one at a time."""
    decode = msgspec.json.Decoder(Dealer).decode
    return (decode(path.read_bytes()) for path in sorted(data.glob("*.json")))
