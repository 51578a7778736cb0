"""Installed exporters: found by entry point, imported only when asked for.

A package offers an exporter in the entry point group ``syndicator.exporters``; ours do the same.
A stranger's module may do anything while it is imported, so whatever it raises names it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from syndicator.contract import Exporter, ExporterOptions, Place, Scope
from syndicator.errors import Stopped, UsageError, said
from syndicator.mistakes import Mistake, refusal

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


def load(offer: Offer) -> type[Exporter]:
    """The class behind an offer, which keeps the contract as far as a class can show.

    :raises UsageError: it cannot be imported, or is no exporter.
    """
    with _named(offer, "cannot be imported"):
        kind: Any = EntryPoint(offer.name, offer.reference, GROUP).load()
    missing = [name for name, kept in _promises(kind).items() if not kept]
    if missing:
        raise UsageError(
            f"exporter {offer.name!r} of {offer.source} is none: "
            f"{offer.reference} has no proper {', '.join(missing)}",
            hint="syndicator.contract.Exporter says what a class must have",
        )
    found: type[Exporter] = kind
    return found


def read_options(offer: Offer, kind: type[Exporter], given: Mapping[str, Any]) -> ExporterOptions:
    """The checked options of a feed.

    :raises ValidationError: the configuration is wrong.
    :raises UsageError: the exporter's own checks broke down.
    """
    with _named(offer, "cannot read its options"):
        return options_of(kind).model_validate(dict(given))


def package_of(reference: str) -> str:
    """The top-level package that a reference leads to."""
    return re.split("[.:]", reference)[0]


@cache
def templates_of(reference: str) -> Path | None:
    """The folder ``templates`` in the package of an exporter; ``None`` for ours."""
    package = package_of(reference)
    spec = find_spec(package) if package != "syndicator" else None
    folders = (spec and spec.submodule_search_locations) or ()
    found = (Path(folder) / "templates" for folder in folders)
    return next((each for each in found if each.is_dir()), None)


def options_of(kind: type[Exporter]) -> type[ExporterOptions]:
    """The nested options class, which the type of a property hides."""
    options: Any = kind.Options
    found: type[ExporterOptions] = options
    return found


@contextmanager
def _named(offer: Offer, trouble: str) -> Iterator[None]:
    try:
        yield
    except (Stopped, KeyboardInterrupt, ValidationError):
        raise
    except BaseException as error:
        raise UsageError(
            f"exporter {offer.name!r} of {offer.source} {trouble}: {said(error)}",
            hint="mend or uninstall the package, or disable the feed",
        ) from error


def _offer(point: EntryPoint) -> Offer:
    return Offer(
        name=point.name,
        distribution=point.dist.name if point.dist else "",
        version=point.dist.version if point.dist else "",
        reference=point.value,
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
