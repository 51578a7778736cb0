"""The three read endpoints: request in, response out. Pure.

Checks come in this order: path, key, method, scope, parameters, access.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from syndicator.simulator import query
from syndicator.simulator.access import READ_LISTINGS, READ_LOCATIONS, Partner
from syndicator.simulator.compose import Entry
from syndicator.simulator.dealers import Dealer
from syndicator.simulator.messages import Json, Refusal, Request, Response, answer
from syndicator.simulator.moments import milliseconds
from syndicator.simulator.stock import Stock
from syndicator.simulator.variant import Variant

BASE_PATH = "/api/external/v1"

Partners = Mapping[str, Partner]  # by key


class Call(NamedTuple):
    """A request that passed the door: on which stock, for whom, with which parameters."""

    stock: Stock
    partner: Partner
    values: Mapping[str, str]
    variant: Variant
    location_id: str = ""

    @property
    def dealers(self) -> dict[str, Dealer]:
        """The profiles that exist as far as this answer goes."""
        hidden = self.variant.hidden
        return {
            identity: dealer
            for identity, dealer in self.stock.dealers.items()
            if dealer.profile["locationCode"].lower() not in hidden
        }

    @property
    def entries(self) -> Iterable[Entry]:
        """The stock as far as this answer goes."""
        return self.variant.stock(list(self.stock))


class Route(NamedTuple):
    """What stands behind a path: one way to read it, or only ways to write."""

    methods: tuple[str, ...]
    read: Callable[[Call], Json] | None = None
    scope: str = ""
    names: query.Names = MappingProxyType({})


def respond(request: Request, stock: Stock, partners: Partners) -> Response:
    """The answer to a request, refusals included; rate limits and faults come on top of it."""
    try:
        return answer(200, _answer(request, stock, partners))
    except Refusal as refusal:
        return refusal.response


def _answer(request: Request, stock: Stock, partners: Partners) -> Json:
    segments = request.path.removeprefix(f"{BASE_PATH}/").split("/")
    route = _route(segments)
    if route is None or "" in segments or not request.path.startswith(BASE_PATH):
        raise Refusal(404, "NOT_FOUND", "Unknown path")
    partner = partners.get(request.key or "")
    if partner is None:
        raise Refusal(401, "UNAUTHORIZED", "Invalid or missing API key")
    if request.method not in route.methods:
        allow = {"Allow": ", ".join(route.methods)}
        raise Refusal(405, "METHOD_NOT_ALLOWED", "Method not allowed", headers=allow)
    if route.read is None:
        raise Refusal(403, "SCOPE_DENIED", "The scope write:listings was not granted")
    if route.scope not in partner.scopes:
        raise Refusal(403, "SCOPE_DENIED", f"The scope {route.scope} was not granted")
    values = query.read(request.query, route.names)
    location_id = segments[1] if len(segments) > 2 else ""
    return route.read(Call(stock, partner, values, request.variant, location_id))


def _route(segments: list[str]) -> Route | None:
    match segments:
        case ["listings"]:
            return Route(("GET",), _listings, READ_LISTINGS, query.LISTINGS)
        case ["locations"]:
            return Route(("GET",), _locations, READ_LOCATIONS, query.LOCATIONS)
        case ["locations", _, "listings"]:
            return Route(("GET",), _location_listings, READ_LISTINGS, query.LOCATION_LISTINGS)
        case ["listings", "bulk-upsert"] | ["listings", _, "status"]:
            return Route(("POST",))
        case ["listings", _]:
            return Route(("PUT", "DELETE"))
        case _:
            return None


def _listings(call: Call) -> Json:
    """``GET /listings``."""
    asked = query.filters(call.values)
    scope = frozenset(call.partner.visible(call.dealers))
    for identity in (asked.dealer_id, asked.parent_dealer_id):
        _demand_access(call, identity)
    if asked.dealer_id is not None:
        scope &= {asked.dealer_id}
    if asked.parent_dealer_id is not None:
        scope &= _family(call.stock, asked.parent_dealer_id)
    return _page(call, asked, scope)


def _location_listings(call: Call) -> Json:
    """``GET /locations/{id}/listings``; a location out of scope is unknown."""
    asked = query.filters(call.values)
    scope = frozenset(call.partner.visible(call.dealers))
    if call.location_id not in scope and not call.variant.forbidden_is_empty:
        raise Refusal(404, "NOT_FOUND", "Location not found for this partner")
    own = {call.location_id}
    wanted = _family(call.stock, call.location_id) if asked.include_children else own
    return _page(call, asked, scope & wanted)


def _locations(call: Call) -> Json:
    """``GET /locations``, all in one answer."""
    parent_id = query.checked(call.values, "parentId", query.identity)
    with_children = query.flag(call.values, "includeChildren", default=True)
    with_counts = query.flag(call.values, "withCounts", default=True)
    search = call.values.get("search")
    _demand_access(call, parent_id)
    dealers = call.dealers
    scope = call.partner.visible(dealers)
    profiles = [dealers[identity].profile for identity in scope]
    shown = [
        profile
        for profile in profiles
        if parent_id in {None, profile["parentId"]}
        and (with_children or profile["parentId"] is None)
        and _mentions(profile, search)
    ]
    counts = _counts(call.entries) if with_counts else None
    partner = call.partner.described(dealers)
    return {
        "data": [_location(profile, counts) for profile in shown],
        "meta": {
            "total": len(shown),
            "profileIds": list(scope),
            "rootProfileIds": partner["access"]["rootProfileIds"],
            "filters": {"parentId": parent_id, "search": search},
            "partner": partner,
        },
    }


def _demand_access(call: Call, identity: str | None) -> None:
    if identity is None or call.variant.forbidden_is_empty:
        return
    lost = identity in call.stock.dealers and identity not in call.dealers
    granted = call.partner.roots is None or identity in call.partner.visible(call.dealers)
    if lost or not granted:
        message = "Partner does not have access to the requested profile"
        raise Refusal(403, "PROFILE_FORBIDDEN", message)


def _family(stock: Stock, parent_id: str) -> frozenset[str]:
    children = (each.id for each in stock.dealers.values() if each.profile["parentId"] == parent_id)
    return frozenset({parent_id, *children})


def _page(call: Call, asked: query.Filters, scope: Container[str]) -> Json:
    found = call.variant.found(_matching(call, asked, scope))
    size = min(asked.page_size, call.variant.largest_page or asked.page_size)
    start = (asked.page - 1) * size
    return {
        "data": [call.stock.show(each) for each in found[start : start + size]],
        "pagination": {
            "page": asked.page,
            "pageSize": size,
            "totalItems": len(found),
            "totalPages": -(-len(found) // size),
        },
        "meta": {
            "partner": call.partner.described(call.dealers),
            "filters": asked.applied(),
            "profileScope": {},
        },
    }


def _matching(call: Call, asked: query.Filters, scope: Container[str]) -> list[Entry]:
    since = milliseconds(asked.updated_since) if asked.updated_since is not None else None
    code = asked.location_code.casefold() if asked.location_code is not None else None
    allowed = {
        dealer.id
        for dealer in call.dealers.values()
        if dealer.id in scope and code in {None, dealer.profile["locationCode"].casefold()}
    }
    everything = asked.status == "all"
    return [
        entry
        for entry in call.entries
        if (everything or entry.status == asked.status)
        and entry.dealer_id in allowed
        and (since is None or entry.updated >= since)
    ]


def _mentions(profile: Json, search: str | None) -> bool:
    if search is None:
        return True
    named = ("companyName", "fullName", "displayName", "city", "province", "locationCode")
    return any(search.casefold() in (profile[key] or "").casefold() for key in named)


def _counts(entries: Iterable[Entry]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        counts[entry.dealer_id, entry.status] += 1
        counts[entry.dealer_id, ""] += 1
    return counts


def _location(profile: Json, counts: Counter[tuple[str, str]] | None) -> Json:
    location = {**profile, "isRoot": profile["parentId"] is None, "updatedAt": None}
    if counts is not None:
        total = counts[profile["id"], ""]
        location["stats"] = {
            "activeListings": counts[profile["id"], "active"],
            "totalListings": total,
            "avgActivePrevMonth": round(total * 0.9, 1) if total else None,
        }
    return location
