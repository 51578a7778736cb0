"""The scenarios: records as the API would send them, through the gate, as a view."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from syndicator.contract import Place, Scope, View
from syndicator.models import Listing, Status, Tombstone
from syndicator.source import normalise
from syndicator.testing import sample_view

FOLDER = Path(__file__).parent / "scenarios"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def view(
    name: str,
    *,
    scope: Scope = Scope.SHOWROOM,
    place: Place = Place.FEEDS,
    languages: tuple[str, ...] = ("nl", "fr", "de", "en"),
) -> View:
    """The slice that a scenario describes."""
    scenario = _read(name)
    records = [normalise.listing(raw) for raw in _raw(scenario["listings"])]
    embedded = [record.dealer for record in records if record.dealer]
    located, _ = normalise.locations(
        json.dumps(raw).encode() for raw in scenario.get("locations", [])
    )
    dealers = {dealer.id: dealer for dealer in (*embedded, *located)}
    listings = [record.listing for record in records]
    return sample_view(
        _of(listings, lambda status: status is Status.ACTIVE),
        dealers=list(dealers.values()),
        pending=_of(listings, lambda status: status is Status.PENDING),
        gone=[_tombstone(each) for each in _of(listings, lambda status: status is Status.SOLD)],
        scope=scope,
        place=place,
        languages=languages,
        group=scenario.get("group", False) and scope is Scope.SHOWROOM,
    )


def _raw(records: list[Any]) -> list[bytes]:
    return [json.dumps(record).encode() for record in records]


def _of(listings: list[Listing], wanted: Callable[[Status], bool]) -> list[Listing]:
    return [listing for listing in listings if wanted(listing.status)]


def _tombstone(listing: Listing) -> Tombstone:
    return Tombstone(listing=listing, when=listing.sold or listing.updated, sold=True)


@cache
def _read(name: str) -> dict[str, Any]:
    scenario: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return scenario
