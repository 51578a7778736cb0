"""Faults in what the API shows of its stock: rows that are missing, moved, old or not for us."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import msgspec

from syndicator.simulator.compose import Entry
from syndicator.simulator.faults.effect import (
    Effect,
    FaultError,
    Kind,
    Options,
    Turn,
    choice,
    decimal,
    fixed,
    lot,
    percentage,
    whole,
)
from syndicator.simulator.messages import Json, Request
from syndicator.simulator.query import LISTINGS, LOCATION_LISTINGS
from syndicator.simulator.variant import Sift, Variant

_NAMES = {**LOCATION_LISTINGS, **LISTINGS}
_FILTERS = {
    "dealer": ("dealerId", "parentDealerId", "locationCode"),
    "status": ("status",),
    "updatedSince": ("updatedSince",),
}
_STRANGER = 1_000_000  # more than any stock numbers its own
_REFUSALS = {"403": False, "empty": True}


def _varied(change: Callable[[Variant, Turn], dict[str, Any]]) -> Effect:
    """The members of the variant that are other than they were."""

    def changed(request: Request, turn: Turn) -> Request:
        variant = msgspec.structs.replace(request.variant, **change(request.variant, turn))
        return msgspec.structs.replace(request, variant=variant)

    return Effect(request=changed)


def _stock(sift: Sift) -> Effect:
    return _varied(lambda variant, _: {"stock": lambda found: sift(variant.stock(found))})


def _found(sift: Sift) -> Effect:
    return _varied(lambda variant, _: {"found": lambda found: sift(variant.found(found))})


def _shuffled(variant: Variant, turn: Turn) -> dict[str, Any]:
    def shuffled(entries: list[Entry]) -> list[Entry]:
        return turn.rng.sample(variant.stock(entries), k=len(entries))

    return {"stock": shuffled}


def _missing(value: str, _: Options) -> Effect:
    """The same share of every dealer's listings in every status, and always the same ones."""
    share = percentage(value or "50%")

    def sift(entries: list[Entry]) -> list[Entry]:
        groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[entry.dealer_id, entry.status].append(entry)
        gone: set[str] = set()
        for group in groups.values():
            unlucky = sorted(group, key=lambda each: lot(each.id))[: round(len(group) * share)]
            gone.update(each.id for each in unlucky)
        return [entry for entry in entries if entry.id not in gone]

    return _stock(sift)


def _slide(value: str, _: Options) -> Effect:
    count = whole(value, 1)
    return _found(lambda entries: entries[count:])


def _push(value: str, _: Options) -> Effect:
    count = whole(value, 1)
    return _found(lambda entries: [*_strangers(entries[:1], count, 1), *entries])


def _append(value: str, _: Options) -> Effect:
    count = whole(value, 1)
    return _found(lambda entries: [*entries, *_strangers(entries[-1:], count, -1)])


def _strangers(beside: list[Entry], count: int, step: int) -> list[Entry]:
    """Listings that nobody has, in the place and of the kind of the one they stand beside."""
    return [
        msgspec.structs.replace(
            entry,
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{entry.dealer_id}/{step}/{serial}")),
            updated=entry.updated + step,
            number=_STRANGER + serial,
        )
        for entry in beside
        for serial in range(count)
    ]


def _clamp(value: str, _: Options) -> Effect:
    size = whole(value, least=1)
    return _varied(lambda _variant, _turn: {"largest_page": size})


def _lag(value: str, _: Options) -> Effect:
    seconds = decimal(value)
    return _varied(lambda _variant, _turn: {"lag": seconds})


def _lost(value: str, options: Options) -> Effect:
    if not value:
        raise FaultError("needs the code of a location")
    code = value.lower()
    empty = _REFUSALS[choice(options.get("as", ""), _REFUSALS, "403")]
    return _varied(
        lambda variant, _: {"hidden": variant.hidden | {code}, "forbidden_is_empty": empty}
    )


def _ignore(value: str, _: Options) -> Effect:
    filters = _FILTERS[choice(value, _FILTERS)]
    ignored = {name for each in filters for name in (each, *_NAMES[each])}
    instead = (("status", "all"),) if "status" in ignored else ()

    def change(request: Request, _: Turn) -> Request:
        kept = tuple(pair for pair in request.query if pair[0] not in ignored)
        return msgspec.structs.replace(request, query=kept + instead)

    return Effect(request=change)


def _first_page() -> Effect:
    """The first page under the number that was asked for."""
    names = {"page", *_NAMES["page"]}

    def ask(request: Request, _: Turn) -> Request:
        kept = tuple(pair for pair in request.query if pair[0] not in names)
        return msgspec.structs.replace(request, query=kept)

    def relabel(payload: Json, turn: Turn) -> Json:
        asked = next((text for name, text in turn.request.query if name in names), "1")
        number = int(asked) if asked.isdigit() else 1
        return payload | {"pagination": payload.get("pagination", {}) | {"page": number}}

    return Effect(request=ask, payload=relabel)


KINDS = {
    "empty": Kind("empty", "No listing at all, in any status.", fixed(_stock(lambda _: []))),
    "missing": Kind("missing[=P%]", "A share of each dealer's listings; 50% by default.", _missing),
    "shuffled": Kind("shuffled", "Another order for each request.", fixed(_varied(_shuffled))),
    "slide": Kind("slide[=N]", "The first N rows are gone: all others move up.", _slide),
    "push": Kind("push[=N]", "N new rows in front: all others move down.", _push),
    "append": Kind("append[=N]", "N new rows at the end.", _append),
    "clamp": Kind("clamp=N", "No page is larger.", _clamp),
    "lag": Kind("lag=SECONDS", "The stock as it was so long ago.", _lag),
    "lost": Kind("lost=CODE;[as=403|empty]", "The key no longer sees that location.", _lost),
    "ignore": Kind("ignore=dealer|status|updatedSince", "That filter does nothing.", _ignore),
    "first-page": Kind("first-page", "The first page for every number.", fixed(_first_page())),
}
