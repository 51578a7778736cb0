"""What the options of a command replace in the configuration."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from syndicator.config import Config, FeedTable, Table, TargetKind, TargetTable
from syndicator.mistakes import Mistake, found_by_pydantic, refusal
from syndicator.values import ApiUrl, DealerId, SiteUrl, Text


def override(
    config: Config,
    *,
    output: Path | None = None,
    site_url: str | None = None,
    api_url: str | None = None,
    exporters: Collection[str] = (),
    locations: Collection[str] = (),
    dealers: Collection[str] = (),
    parents: Collection[str] = (),
    all_: bool = False,
) -> Config:
    """What the command line replaces.

    Targets take the place of the configured ones, and keep the slug and look that are configured
    for them; ``all_`` comes on top, because an address must not depend on how it was asked for.
    An exporter that is named is switched on, the others stay: pages still link to their feeds.

    :raises UsageError: an option makes no sense.
    """
    mistakes: list[Mistake] = []
    site = _option("--site-url", SiteUrl, site_url, mistakes)
    api = _option("--api-url", ApiUrl, api_url, mistakes)
    named = {
        "location": [_option("--location", Text, each, mistakes) for each in locations],
        "dealer": [_option("--dealer", DealerId, each, mistakes) for each in dealers],
        "parent": [_option("--parent", DealerId, each, mistakes) for each in parents],
    }
    if mistakes:
        raise refusal(mistakes)
    asked = [
        TargetTable.model_validate({kind: each})
        for kind, values in named.items()
        for each in values
    ]
    changes = {
        "site": config.site.model_copy(update={"url": site}) if site else None,
        "api_url": api,
        "output": output,
        "targets": _asked_for(asked, config.targets, all_=all_),
        "feeds": config.feeds | dict(_switched_on(config.feeds, exporters)),
    }
    return config.model_copy(update={key: each for key, each in changes.items() if each})


def _option(name: str, kind: Any, value: str | None, mistakes: list[Mistake]) -> str | None:
    if value is None:
        return None
    try:
        checked: str = TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        mistakes += found_by_pydantic(error, Table, prefix=name)
        return None
    return checked


def _asked_for(
    asked: Iterable[TargetTable], configured: Collection[TargetTable], *, all_: bool
) -> tuple[TargetTable, ...]:
    known = {target.identity: target for target in configured}
    chosen: dict[tuple[TargetKind, str], TargetTable] = {}
    for target in asked:
        chosen.setdefault(target.identity, known.get(target.identity, target))
    if all_:
        everything = TargetTable(all=True)
        chosen |= known
        chosen.setdefault(everything.identity, everything)
    return tuple(chosen.values())


def _switched_on(
    feeds: Mapping[str, FeedTable], exporters: Iterable[str]
) -> Iterator[tuple[str, FeedTable]]:
    for name in exporters:
        meant = {
            feed: table for feed, table in feeds.items() if name in (feed, table.exporter)
        } or {name: FeedTable()}
        for feed, table in meant.items():
            yield feed, table.model_copy(update={"enabled": True})
