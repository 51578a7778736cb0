"""``syndicator.toml``: what it may say, and what stands where it is silent.

Every key is optional. All mistakes of a file are reported at once, before any request.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    model_validator,
)

from syndicator.conditions import Conditions
from syndicator.errors import UsageError
from syndicator.links import may_be_slug
from syndicator.look import Font, Radius, Theme
from syndicator.mistakes import found_by_pydantic, refusal, wrong
from syndicator.models import Seller
from syndicator.values import (
    Accent,
    ApiUrl,
    DealerId,
    Duration,
    EnterpriseNumber,
    FeedName,
    ImageName,
    Origin,
    SiteUrl,
    Slug,
    TagAuthority,
    Text,
    VatNumber,
)

DEFAULT_PATH = Path("syndicator.toml")
DEFAULT_FEEDS = (
    *("atom", "rss", "jsonfeed", "changes", "vehicles", "meta", "schemaorg"),
    *("showroom", "report", "hosting"),
)

Language = Literal["nl", "fr", "de", "en"]
TargetKind = Literal["location", "dealer", "parent", "all"]


class Table(BaseModel):
    """A table of the file: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _distinct(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    if not languages:
        raise wrong("is empty", "the first language is the default")
    if len(set(languages)) < len(languages):
        raise wrong("names a language twice")
    return languages


def _runnable(command: tuple[str, ...]) -> tuple[str, ...]:
    if not command or not command[0].strip():
        raise wrong("is empty", 'write it as ["program", "argument"]')
    if any("\0" in word for word in command):
        raise wrong("has a control character")
    return command


class SiteTable(Table):
    """The site as a whole; the first language is the default."""

    url: SiteUrl = "http://localhost:8000"
    title: Text = "Occasions"  # used cars, as Belgians say in Dutch and French
    languages: Annotated[tuple[Language, ...], AfterValidator(_distinct)] = ("nl",)
    images: Literal["remote", "netlify", "mirror"] = "remote"
    tag_authority: TagAuthority = "okasie.be,2026"


class SellerTable(Table):
    """What Belgian law wants on a business page and the API does not know."""

    legal_form: Text | None = None
    enterprise_number: EnterpriseNumber | None = None
    vat_number: VatNumber | None = None
    court: Text | None = None
    opening_hours: tuple[Text, ...] = ()


class SyncTable(Table):
    """How often all is read anew, and from what age on pages say how old their data is.

    ``deadline``: the requests of one run take no longer; less than the time between two builds.
    """

    full_every: Duration = timedelta(hours=6)
    stale_after: Duration = timedelta(hours=6)
    deadline: Duration = timedelta(minutes=10)


class AlertsTable(Table):
    """When people are told of a problem, and by which command; see also ``SYNDICATOR_WEBHOOK``.

    ``after``: so many builds in a row must see what mostly heals by itself.
    """

    after: StrictInt = Field(default=2, ge=1, le=1000)
    command: Annotated[tuple[str, ...], AfterValidator(_runnable)] = ()  # takes JSON


class ThemeTable(Table):
    """How a showroom departs from the shipped look."""

    accent: Accent | None = None
    logo: ImageName | None = None
    radius: Radius = Radius.MEDIUM
    font: Font = Font.SYSTEM


class TargetTable(Table):
    """What to publish, by exactly one of ``location``, ``dealer``, ``parent`` and ``all``."""

    location: Text | None = None
    dealer: DealerId | None = None
    parent: DealerId | None = None
    all: StrictBool = False
    slug: Slug | None = None
    theme: ThemeTable = Field(default_factory=ThemeTable)
    embed_on: tuple[Origin, ...] = ()
    seller: SellerTable = Field(default_factory=SellerTable)

    @model_validator(mode="after")
    def _check(self) -> Self:
        named = [self.location, self.dealer, self.parent, self.all or None]
        if len(named) - named.count(None) != 1:
            raise wrong("must name exactly one of location, dealer, parent and all = true")
        if self.all and self.slug:
            raise wrong("all = true has no slug", "give each location a target of its own")
        return self

    @property
    def identity(self) -> tuple[TargetKind, str]:
        """Kind and value; a target named twice has the same one twice."""
        if self.location is not None:
            return "location", self.location.casefold()  # the API ignores case too
        if self.dealer is not None:
            return "dealer", self.dealer
        if self.parent is not None:
            return "parent", self.parent
        return "all", ""


class SearchTable(Table):
    """A saved search: a showroom page and feeds of the cars that match, whoever sells them.

    ``title``: one for all languages, or a table of language to title.
    """

    title: Text | dict[Language, Text]
    slug: Slug | None = None  # None: the table's own name
    when: Conditions


class FeedTable(BaseModel):
    """A feed: its exporter and, unchecked until the registry knows the exporter, its options."""

    model_config = ConfigDict(frozen=True, extra="allow")

    exporter: FeedName | None = None  # None: the table's own name
    enabled: StrictBool = True

    @property
    def options(self) -> Mapping[str, Any]:
        """Everything else that the table says."""
        return self.model_extra or {}


def _once(targets: tuple[TargetTable, ...]) -> tuple[TargetTable, ...]:
    if not targets:
        raise wrong("is empty", "leave it out, or name at least one target")
    identities = Counter(" ".join(target.identity).strip() for target in targets)
    slugs = Counter(f"slug {target.slug}" for target in targets if target.slug)
    twice = [name for name, count in (identities + slugs).items() if count > 1]
    if twice:
        raise wrong(f"named twice: {', '.join(twice)}")
    return targets


def _searchable(searches: dict[str, SearchTable]) -> dict[str, SearchTable]:
    slugs = Counter(table.slug or name for name, table in searches.items())
    for name, table in searches.items():
        slug = table.slug or name
        if not may_be_slug(slug):
            raise wrong(f"{slug!r} cannot be the name of a folder", "give the search a slug")
        if slugs[slug] > 1:
            raise wrong(f"two searches have the slug {slug!r}")
        if not table.when.model_fields_set:
            raise wrong(f"{name}: finds every car", "give it conditions: when = { ... }")
    return searches


def _with_defaults(feeds: dict[str, FeedTable]) -> dict[str, FeedTable]:
    return {name: FeedTable() for name in DEFAULT_FEEDS} | feeds


class Config(Table):
    """The whole configuration. ``feeds`` holds the default feeds as well, by name."""

    site: SiteTable = Field(default_factory=SiteTable)
    seller: SellerTable = Field(default_factory=SellerTable)
    sync: SyncTable = Field(default_factory=SyncTable)
    alerts: AlertsTable = Field(default_factory=AlertsTable)
    targets: Annotated[tuple[TargetTable, ...], AfterValidator(_once)] = ()
    feeds: Annotated[dict[FeedName, FeedTable], AfterValidator(_with_defaults)] = Field(
        default_factory=lambda: _with_defaults({})
    )
    searches: Annotated[dict[FeedName, SearchTable], AfterValidator(_searchable)] = {}
    output: Path = Path("output")  # as written it is relative to the file, once loaded to the cwd
    api_url: ApiUrl = "https://www.okasie.be/api/external/v1"

    @model_validator(mode="after")
    def _check_searches(self) -> Self:
        languages = self.site.languages
        for name, table in self.searches.items():
            told = set(table.title) if isinstance(table.title, dict) else {languages[0]}
            if languages[0] not in told or not told <= set(languages):
                raise wrong(
                    f"searches.{name}.title must be in {languages[0]!r}, "
                    f"and may be in other languages of the site: {', '.join(languages)}"
                )
        taken = {target.slug for target in self.targets if target.slug}
        for name, table in self.searches.items():
            if (table.slug or name) in taken:
                raise wrong(
                    f"searches.{name} and a target share the slug {table.slug or name!r}",
                    "give the search another slug",
                )
        return self


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to sync and publish, with the look and the seller that its showrooms have."""

    kind: TargetKind
    value: str = ""  # location code, or id of a dealer or parent
    slug: str | None = None
    seller: Seller = Seller()
    theme: Theme = Theme()
    embed_on: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people and reports call it: ``location DEX-GENT``, or ``all``."""
        return f"{self.kind} {self.value}".strip()


def load(path: Path | None = None, *, explicit: bool = False) -> Config:
    """The configuration of a file, or the defaults where the file is missing.

    :param path: ``syndicator.toml`` in the working directory where it is ``None``.
    :param explicit: the path was asked for, so it must be there.
    :raises UsageError: the file cannot be read, is empty, is no TOML or holds mistakes.
    """
    path = path or DEFAULT_PATH
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        if explicit:
            raise UsageError(f"{path}: there is no such file") from error
        return Config()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    config = _checked(path, _parsed(path, data))
    output = path.parent / config.output
    if path.resolve().is_relative_to(output.resolve()):
        raise UsageError(
            f"{path}: output: is the folder of the configuration, or above it",
            hint="a published .env is no secret: name a folder of its own",
        )
    return config.model_copy(update={"output": output})


def _parsed(path: Path, data: bytes) -> dict[str, Any]:
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: is not UTF-8", hint="save it as UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        reason, _, position = str(error).partition(" (at ")
        found = re.match(r"line (\d+)", position)
        line = int(found[1]) if found else data.count(b"\n") + 1
        raise UsageError(
            f"{path}:{line}: {reason}", hint="text stands in quotes; is the file complete?"
        ) from None
    if not tables:
        raise UsageError(f"{path}: says nothing", hint="delete it to build with the defaults")
    return tables


def _checked(path: Path, tables: dict[str, Any]) -> Config:
    try:
        return Config.model_validate(tables)
    except ValidationError as error:
        found = found_by_pydantic(error, Config)
        mistakes = [
            msgspec.structs.replace(each, where=f"{path}: {each.where}".removesuffix(": "))
            for each in found
        ]
        raise refusal(mistakes) from None


def wanted(config: Config) -> tuple[Target, ...]:
    """The targets of a build, each with the site's seller where it names no other.

    :raises UsageError: there is none.
    """
    if not config.targets:
        raise UsageError(
            "there is nothing to publish",
            hint="run `syndicator init`, or say --location CODE, --dealer UUID, --parent UUID or "
            "--all, or add [[targets]]",
        )
    seller = _said(config.seller)
    return tuple(
        Target(
            kind=target.identity[0],
            value=target.location or target.dealer or target.parent or "",
            slug=target.slug,
            seller=Seller(**(seller | _said(target.seller))),
            theme=Theme(**_said(target.theme)),
            embed_on=target.embed_on,
        )
        for target in config.targets
    )


def _said(table: Table) -> dict[str, Any]:
    return table.model_dump(exclude_unset=True)
