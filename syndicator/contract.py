"""All that an author of an exporter needs: what comes in, what goes out, what may be used.

An exporter is a pure function from a :class:`View` to :class:`Artefact` values: no clock, no disk,
no network, no randomness. Same view, same bytes, for ever.
"""

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, Protocol, Self

import msgspec
from pydantic import BaseModel, ConfigDict

from syndicator.links import Links
from syndicator.models import (
    Dealer,
    Event,
    Listing,
    Money,
    PricePoint,
    Showroom,
    Site,
    Tombstone,
)


class Scope(enum.StrEnum):
    """On which slices an exporter runs."""

    SHOWROOM = "showroom"  # one dealer, all locations of a parent, or a saved search
    SITE = "site"  # everything at once


class Place(enum.StrEnum):
    """Where the artefacts of an exporter go within the slice's folder."""

    ROOT = ""
    FEEDS = "feeds/"


class Kind(enum.IntEnum):
    """What a file is. They land in this order, so that no link ever dangles."""

    ASSET = 0
    LEAF = 1
    INDEX = 2
    FEED = 3
    SITEMAP = 4
    RECORD = 5  # build.json and the host's control files: last


class Artefact(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be: a relative path within the feed's place and its bytes in chunks.

    ``chunks`` is consumed once, perhaps after later artefacts were asked for.
    """

    path: PurePosixPath
    chunks: Iterable[bytes]
    kind: Kind

    @classmethod
    def whole(cls, path: str, data: bytes, kind: Kind = Kind.FEED) -> Self:
        """A small file."""
        return cls(path=PurePosixPath(path), chunks=(data,), kind=kind)

    @classmethod
    def stream(cls, path: str, chunks: Iterable[bytes], kind: Kind = Kind.FEED) -> Self:
        """A file of any size, made while it is written."""
        return cls(path=PurePosixPath(path), chunks=chunks, kind=kind)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One slice of the stock, read-only. Collections are sized and can be walked many times."""

    scope: Scope
    site: Site
    showroom: Showroom | None  # None: the whole site
    dealers: Collection[Dealer]
    listings: Collection[Listing]  # for sale; newest first by ``created``, then by id
    pending: Collection[Listing]  # not for sale now: in no list and no feed, the page stays
    gone: Collection[Tombstone]  # left in the last 30 days of data
    events: Collection[Event]  # newest first
    prices: Mapping[str, Sequence[PricePoint]]  # listing id to its prices, oldest first
    as_of: datetime  # the newest change in the slice, else in the site; never now
    links: Links


class Words(Protocol):
    """One language: sentences, labels and CLDR formats."""

    @property
    def language(self) -> str:
        """``nl``, ``fr``, ``de`` or ``en``."""

    @property
    def locale(self) -> str:
        """The BCP 47 tag for documents: ``nl-BE``."""

    def text(self, message: str, /, **values: object) -> str:
        """The sentence in this language; ``n`` among the values chooses the plural."""

    def label(self, member: enum.Enum, /) -> str:
        """The word for a closed value: ``Fuel.PETROL`` is ``Benzine``."""

    def trade(self, word: str, /) -> str:
        """A seller's Dutch word for a colour, paint or upholstery, where the table knows it."""

    def money(self, money: Money, /) -> str:
        """``€ 17.450``; cents only where there are any."""

    def number(self, number: int | Decimal, /) -> str:
        """``61.200`` or ``5,3``."""

    def month(self, month: str, /) -> str:
        """``2020-09`` or ``2020-09-14`` as ``09/2020``."""

    def day(self, when: datetime, /) -> str:
        """A date in words, in Belgian time."""

    def time(self, when: datetime, /) -> str:
        """``14:05``, in Belgian time."""


class Kit(Protocol):
    """Services that are pure to use."""

    @property
    def words(self) -> Words:
        """The language of the feed."""

    def speak(self, language: str, /) -> Words:
        """Another of the site's languages."""

    def render(self, template: str, /, **context: object) -> Iterator[bytes]:
        """A template in chunks of UTF-8."""

    def asset(self, name: str, /) -> str:
        """The path in ``output/`` of a style sheet, script or icon, digest in its name."""


class ExporterOptions(BaseModel):
    """What a feed's table in the configuration may say. Subclass it; extra fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filename: str = ""  # of the main document, where the exporter has one


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the portal report: what a feed did with a car, or a field of it, and why."""

    listing_id: str
    outcome: str  # sent | poorer | left-out
    field: str = ""
    reason: str = ""


class Exporter(Protocol):
    """A format. One class, one file; an instance serves many views."""

    @property
    def scopes(self) -> frozenset[Scope]:
        """The slices it runs on."""

    @property
    def place(self) -> Place:
        """Where its artefacts go."""

    @property
    def media_type(self) -> str:
        """Of the main document ``options.filename``, for links to it; empty where there is none."""

    @property
    def Options(self) -> type[ExporterOptions]:  # noqa: N802 - authors write it as a nested class
        """Its options, checked before any request."""

    def __init__(self, options: Any, kit: Kit) -> None:
        """``options`` is an instance of this class's own ``Options``."""

    def export(self, view: View) -> Iterator[Artefact]:
        """The files of one slice."""
