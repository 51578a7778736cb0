"""Installed exporters to configured feeds: found by entry point, imported only when active.

A package offers an exporter in the entry point group ``syndicator.exporters``; ours do the same.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from syndicator import filenames
from syndicator.config import FeedTable
from syndicator.contract import Exporter, ExporterOptions, Place, Scope
from syndicator.errors import UsageError
from syndicator.links import FeedAddress
from syndicator.mistakes import Mistake, found_by_pydantic, nearest, refusal

GROUP = "syndicator.exporters"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An exporter that is installed; nothing of it was imported."""

    name: str
    distribution: str
    version: str
    reference: str  # package.module:Class

    @property
    def source(self) -> str:
        """The package, for people: ``syndicator-acme 1.2``."""
        return f"{self.distribution} {self.version}".strip()


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as plain values, to be made again in another process."""

    feed: str
    exporter: str
    reference: str
    options: str  # JSON

    @property
    def templates(self) -> Path | None:
        """The folder of templates in the exporter's package, unless it is ours or has none."""
        return templates_of(self.reference)

    def load(self) -> tuple[type[Exporter], ExporterOptions]:
        """The exporter's class and its options."""
        kind: type[Exporter] = EntryPoint(self.exporter, self.reference, GROUP).load()
        return kind, options_of(kind).model_validate_json(self.options)


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A configured exporter, imported and checked."""

    name: str
    offer: Offer
    exporter: type[Exporter]
    options: ExporterOptions
    scopes: frozenset[Scope]
    place: Place
    media_type: str
    reads_audits: bool = False

    @property
    def path(self) -> str:
        """The main document within the slice's folder; empty where there is none."""
        return f"{self.place.value}{self.options.filename}" if self.options.filename else ""

    def recipe(self) -> Recipe:
        """The same feed as plain values."""
        return Recipe(
            feed=self.name,
            exporter=self.offer.name,
            reference=self.offer.reference,
            options=self.options.model_dump_json(by_alias=True, round_trip=True),
        )


def available() -> dict[str, Offer]:
    """The installed exporters by name.

    :raises UsageError: two packages offer one name.
    """
    offers: dict[str, set[Offer]] = defaultdict(set)
    for point in entry_points(group=GROUP):
        offers[point.name].add(_offer(point))
    twice = [
        Mistake(
            where=f"exporter {name!r}",
            what=f"is offered by {' and by '.join(sorted(each.source for each in offers[name]))}",
            hint="uninstall one of them",
        )
        for name in sorted(offers)
        if len(offers[name]) > 1
    ]
    if twice:
        raise refusal(twice)
    return {name: offers[name].pop() for name in sorted(offers)}


def activate(feeds: Mapping[str, FeedTable], only: Collection[str] = ()) -> tuple[Feed, ...]:
    """The enabled feeds in the order of the configuration; no other exporter is imported.

    :param only: names of feeds or exporters; empty for all that are enabled.
    :raises UsageError: with every mistake there is.
    """
    offers = available()
    mistakes = [*_unknown(feeds, offers, only), *_not_configured(feeds, only)]
    active: list[Feed] = []
    for name, table in feeds.items():
        exporter = table.exporter or name
        chosen = not only or name in only or exporter in only
        if table.enabled and chosen and exporter in offers:
            active += _feed(name, table, offers[exporter], mistakes)
    mistakes += _meeting(active)
    if mistakes:
        raise refusal(mistakes)
    return tuple(active)


def check_languages(feeds: Iterable[Feed], spoken: Collection[str]) -> None:
    """Refuse feeds in a language that the site has no pages in: their links would be dead.

    :raises UsageError: with every mistake there is.
    """
    mistakes = [
        Mistake(
            where=f"feeds.{feed.name}.language",
            what=f"the site has no pages in {language!r}",
            hint=f"site.languages are {', '.join(spoken)}",
        )
        for feed in feeds
        if (language := getattr(feed.options, "language", "")) and language not in spoken
    ]
    if mistakes:
        raise refusal(mistakes)


def feed_addresses(feeds: Iterable[Feed]) -> tuple[FeedAddress, ...]:
    """Where each feed is found that has a main document of a known type."""
    return tuple(
        FeedAddress(
            name=feed.name,
            path=feed.path,
            media_type=feed.media_type,
            exporter=feed.offer.name,
            language=getattr(feed.options, "language", ""),
        )
        for feed in feeds
        if feed.path and feed.media_type
    )


def load(offer: Offer) -> type[Exporter]:
    """The class behind an offer, which keeps the contract as far as a class can show.

    :raises UsageError: it cannot be imported, or is no exporter.
    """
    try:
        kind: Any = EntryPoint(offer.name, offer.reference, GROUP).load()
    except (Exception, SystemExit) as error:  # a stranger's module may do anything here
        cause = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise UsageError(
            f"exporter {offer.name!r} of {offer.source} cannot be imported: {cause}",
            hint="mend or uninstall the package, or disable the feed",
        ) from error
    missing = [name for name, kept in _promises(kind).items() if not kept]
    if missing:
        raise UsageError(
            f"exporter {offer.name!r} of {offer.source} is none: "
            f"{offer.reference} has no proper {', '.join(missing)}",
            hint="syndicator.contract.Exporter says what a class must have",
        )
    found: type[Exporter] = kind
    return found


@cache
def templates_of(reference: str) -> Path | None:
    """The folder ``templates`` in the package of an exporter; ``None`` for ours."""
    package = re.split("[.:]", reference)[0]
    spec = find_spec(package) if package != "syndicator" else None
    folders = (spec and spec.submodule_search_locations) or ()
    found = (Path(folder) / "templates" for folder in folders)
    return next((each for each in found if each.is_dir()), None)


def options_of(kind: type[Exporter]) -> type[ExporterOptions]:
    """The nested options class, which the type of a property hides."""
    options: Any = kind.Options
    found: type[ExporterOptions] = options
    return found


def _offer(point: EntryPoint) -> Offer:
    return Offer(
        name=point.name,
        distribution=point.dist.name if point.dist else "",
        version=point.dist.version if point.dist else "",
        reference=point.value,
    )


def _unknown(
    feeds: Mapping[str, FeedTable], offers: Mapping[str, Offer], only: Collection[str]
) -> Iterator[Mistake]:
    """Disabled feeds too: a misspelt name would leave the feed that was meant switched on."""
    for name, table in feeds.items():
        exporter = table.exporter or name
        if exporter not in offers:
            yield Mistake(
                where="--exporter" if name in only else f"feeds.{name}",
                what=f"there is no exporter {exporter!r}",
                hint=nearest(exporter, offers) or f"there are {', '.join(offers)}",
            )


def _not_configured(feeds: Mapping[str, FeedTable], only: Collection[str]) -> Iterator[Mistake]:
    known = sorted({*feeds, *(table.exporter for table in feeds.values() if table.exporter)})
    for name in sorted(set(only).difference(known)):
        what = f"there is no feed {name!r}"
        yield Mistake(where="--exporter", what=what, hint=nearest(name, known))


def _feed(name: str, table: FeedTable, offer: Offer, mistakes: list[Mistake]) -> Iterator[Feed]:
    """The feed, or what is wrong with it."""
    try:
        kind = load(offer)
        options = options_of(kind).model_validate(dict(table.options))
    except UsageError as error:
        mistakes.append(Mistake(where=f"feeds.{name}", what=error.message, hint=error.hint))
    except ValidationError as error:
        mistakes += found_by_pydantic(
            error,
            options_of(kind),
            prefix=f"feeds.{name}",
            options=True,
            others=FeedTable.model_fields,
        )
    else:
        facts: Any = kind
        usual = type(options).model_fields["filename"].default
        what = filenames.wrong_with(options.filename, usual, facts.place, facts.media_type)
        if what:
            mistakes.append(Mistake(where=f"feeds.{name}.filename", what=what))
            return
        yield Feed(
            name=name,
            offer=offer,
            exporter=kind,
            options=options,
            scopes=frozenset(facts.scopes),
            place=facts.place,
            media_type=facts.media_type,
            reads_audits=bool(getattr(kind, "reads_audits", False)),
        )


def _promises(kind: Any) -> dict[str, bool]:
    """What the contract wants to see on the class, and whether it is there."""
    scopes = getattr(kind, "scopes", ())
    options = getattr(kind, "Options", None)
    return {
        "scopes": isinstance(scopes, Collection)
        and bool(scopes)
        and all(isinstance(each, Scope) for each in scopes),
        "place": isinstance(getattr(kind, "place", None), Place),
        "media_type": isinstance(getattr(kind, "media_type", None), str),
        "Options": isinstance(options, type) and issubclass(options, ExporterOptions),
        "export": callable(getattr(kind, "export", None)),
    }


def _meeting(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    """Feeds that would write one file on some slice; names that differ by case are one."""
    for first, second in combinations(feeds, 2):
        if first.scopes & second.scopes and filenames.meet(first.path, second.path):
            yield Mistake(
                where=f"feeds.{second.name}",
                what=f"writes {second.path!r}, and feeds.{first.name} {first.path!r}",
                hint="give one of them another filename",
            )
