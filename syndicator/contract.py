"""All that an author of an exporter needs: what comes in, what goes out, what may be used.

An exporter is a pure function from a :class:`View` to :class:`Artefact` values: no clock, no disk,
no network, no randomness. Same view, same bytes, for ever.
"""

import enum
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, Literal, Protocol, Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from syndicator.links import Links
from syndicator.mistakes import wrong
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
from syndicator.rules import Rule, check_maps
from syndicator.templating import ImageTemplate, LinkTemplate

Language = Literal["", "nl", "fr", "de", "en"]


class Scope(enum.StrEnum):
    """On which slices an exporter runs."""

    SHOWROOM = "showroom"  # one dealer, or all locations of a parent
    SITE = "site"  # everything at once
    SEARCH = "search"  # a saved search: the cars that match, whoever sells them


class Place(enum.StrEnum):
    """Where the artefacts of an exporter go within the slice's folder."""

    ROOT = ""
    FEEDS = "feeds/"


class Kind(enum.IntEnum):
    """What a file is. They land in an order in which no link ever dangles: feeds before lists."""

    ASSET = 0
    LEAF = 1
    INDEX = 2
    FEED = 3
    SITEMAP = 4
    RECORD = 5  # build.json and the host's control files: last


class Artefact(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be: a relative path within the feed's place and its bytes in chunks.

    ``chunks`` is consumed once, perhaps after later artefacts were asked for, or never: with a
    ``basis``, a file stays as it is if it is out and was made of the same.
    """

    path: PurePosixPath
    chunks: Iterable[bytes]
    kind: Kind
    basis: str = ""  # a digest of all of the view's stock and sellers that the bytes depend on

    @classmethod
    def whole(cls, path: str, data: bytes, kind: Kind = Kind.FEED) -> Self:
        """A small file."""
        return cls(path=PurePosixPath(path), chunks=(data,), kind=kind)

    @classmethod
    def stream(
        cls, path: str, chunks: Iterable[bytes], kind: Kind = Kind.FEED, basis: str = ""
    ) -> Self:
        """A file of any size, made while it is written."""
        return cls(path=PurePosixPath(path), chunks=chunks, kind=kind, basis=basis)


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
    audits: Sequence["Audit"] = ()  # of the slice's other feeds, where ``reads_audits``


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

    def recall(self, key: bytes, make: Callable[[], str], /) -> str:
        """What ``make`` gives, or gave before under this key, perhaps to another feed.

        :param key: of all that the text depends on, but for the templates and the catalogues.
        """

    def fragment(self, key: bytes, make: Callable[[], bytes], /) -> bytes:
        """The same for a part of this feed's documents, which is kept for later builds.

        :param key: of all that it depends on, but for the feed's options, the program, the
            templates and the catalogues.
        """

    def asset(self, name: str, /) -> str:
        """The path in ``output/`` of a style sheet, script or icon, digest in its name."""


class ExporterOptions(BaseModel):
    """What a feed's table in the configuration may say. Subclass it; extra fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filename: str = ""  # of the main document, where the exporter has one

    @property
    def told_at_most(self) -> int | None:
        """How many cars the documents hold together at most; ``None`` for all of them."""
        return None


class StockOptions(ExporterOptions):
    """Options of a feed of cars, which the build sees to: the exporter is given what is left.

    ``values``, the rules in their order, then price and photos decide on each car. ``link`` and
    ``image`` are addresses by template: of a car's page (``{reference}``, ``{id}``, ``{slug}``,
    ``{dealer}``, ``{language}``), and of a photo (``{url}``, ``{host}``, ``{path}``, ``{stem}``),
    whose ``image_type`` is said where its address does not tell it.
    """

    language: Language = Field(default="", description="one of the site's; its first by default")
    rules: tuple[Rule, ...] = Field(default=(), description="when, and drop, set or unset")
    values: dict[str, dict[str, str]] = Field(default={}, description="field to word to word")
    price_from: Decimal | None = Field(default=None, ge=0, description="no cheaper car")
    price_to: Decimal | None = Field(default=None, ge=0, description="no dearer car")
    least_photos: int = Field(default=0, ge=0, description="no car with fewer")
    link: LinkTemplate = Field(default="", description="of a car's page, else ours")
    image: ImageTemplate = Field(default="", description="of a photo, else where it is")
    image_type: str = Field(default="", pattern="^(image/[a-z0-9.+-]+)?$", description="of image")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        least, most = self.price_from, self.price_to
        if least is not None and most is not None and least > most:
            raise wrong("price_from is above price_to")
        if self.image_type and not self.image:
            raise wrong("image_type says of what kind image is, which is not said")
        return self

    @field_validator("values")
    @classmethod
    def _name_fields(cls, values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        check_maps(values)
        return values


class Need(enum.StrEnum):
    """How much a format wants a field."""

    REQUIRED = "required"  # without it the car is not taken
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


class FormatField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a format, from its reference: used to write, to report and to print."""

    name: str
    need: Need = Need.OPTIONAL
    source: str = ""  # the field of Listing it is made of; empty where it is fixed or an option
    most: int | None = None  # characters
    cuts: bool = False  # what is longer is cut; otherwise it is not sent
    many: int | None = None  # how often it may occur
    words: tuple[str, ...] = ()  # the closed list it is taken from
    form: str = ""  # a regular expression for the whole value
    note: str = ""


class Outcome(enum.StrEnum):
    """What a feed did with a car."""

    SENT = "sent"
    POORER = "poorer"  # sent without, or with less of, what the format recommends
    LEFT_OUT = "left-out"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the portal report: what a feed did with a car, or a field of it, and why.

    ``reason`` is an English sentence that the catalogues may translate. In its braces stand names
    of ``values``, and ``{what}``, the seller's name for ``source``, and ``{portal}``.
    """

    listing_id: str  # empty where it is of the dealer
    outcome: Outcome
    field: str = ""  # the format's own name
    source: str = ""  # the field of the listing that somebody can fill in
    reason: str = ""
    values: dict[str, str | int] = {}
    dealer_id: str = ""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What one feed of the slice does with each car; ``findings`` can be walked many times."""

    feed: str
    exporter: str
    title: str  # what people call the receiver
    fields: Sequence[FormatField]
    findings: Iterable[Finding]


class Exporter(Protocol):
    """A format. One class, one file; an instance serves many views.

    It may have more members. ``fields``, a sequence of :class:`FormatField`, is the format
    as ``syndicator exporters`` prints it. ``audit(view)`` yields a :class:`Finding` or more per
    car for the portal report, and ``title`` is what people call the receiver. An exporter with
    ``reads_audits = True`` is given those of the slice's other feeds.

    One that tells of every car may say by what that is seen, and nothing is published where one is
    missing: ``mark``, bytes that stand in its documents once for each car and nowhere else, or
    ``has_pages = True``, where each car has its page at ``links.vehicle_path``.
    """

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
