"""Installed exporters to configured feeds, which are imported only when active."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint
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
from syndicator.offers import (
    GROUP,
    Offer,
    available,
    load,
    options_of,
    package_of,
    read_options,
    templates_of,
)


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as plain values, to be made again in another process."""

    feed: str
    exporter: str
    reference: str
    options: str  # JSON

    @property
    def is_ours(self) -> bool:
        """Whether the exporter is one of this package's."""
        return package_of(self.reference) == "syndicator"

    @property
    def templates(self) -> Path | None:
        """The folder of templates in the exporter's package, unless it is ours or has none."""
        return templates_of(self.reference)

    def load(self) -> tuple[type[Exporter], ExporterOptions]:
        """The exporter's class and its options."""
        return _loaded(self)


@lru_cache(maxsize=256)
def _loaded(recipe: Recipe) -> tuple[type[Exporter], ExporterOptions]:
    kind: type[Exporter] = EntryPoint(recipe.exporter, recipe.reference, GROUP).load()
    return kind, options_of(kind).model_validate_json(recipe.options)


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
        options = read_options(offer, kind, table.options)
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


def _meeting(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    """Feeds that would write one file on some slice; names that differ by case are one."""
    for first, second in combinations(feeds, 2):
        if first.scopes & second.scopes and filenames.meet(first.path, second.path):
            yield Mistake(
                where=f"feeds.{second.name}",
                what=f"writes {second.path!r}, and feeds.{first.name} {first.path!r}",
                hint="give one of them another filename",
            )
