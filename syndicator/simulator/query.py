"""Query strings to values: names, aliases, defaults and limits of the read endpoints."""

import uuid
from collections.abc import Callable, Iterable, Mapping

import msgspec

from syndicator.simulator.messages import Json, Refusal
from syndicator.simulator.moments import milliseconds

PAGE_SIZE, LARGEST_PAGE_SIZE = 50, 200
STATUSES = ("active", "pending", "sold", "draft", "all")

Names = Mapping[str, tuple[str, ...]]  # canonical name to its aliases

PAGING: Names = {
    "page": ("page_number",),
    "pageSize": ("page_size", "limit"),
    "status": (),
    "updatedSince": ("updated_since",),
    "locationCode": ("location_code",),
}
LISTINGS: Names = {
    **PAGING,
    "dealerId": ("locationId", "profileId", "userId"),
    "parentDealerId": ("parentId", "companyId"),
}
LOCATION_LISTINGS: Names = {**PAGING, "includeChildren": ()}
LOCATIONS: Names = {
    "parentId": ("parent_id",),
    "includeChildren": (),
    "withCounts": (),
    "search": (),
}


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller asked for; ``None`` where nothing was."""

    page: int
    page_size: int
    status: str
    updated_since: str | None
    location_code: str | None
    dealer_id: str | None
    parent_dealer_id: str | None
    include_children: bool

    def applied(self) -> Json:
        """``meta.filters``: the filters in force, as they were sent."""
        asked = {
            "status": self.status,
            "updatedSince": self.updated_since,
            "dealerId": self.dealer_id,
            "parentDealerId": self.parent_dealer_id,
            "locationCode": self.location_code,
        }
        return {name: value for name, value in asked.items() if value is not None}


def read(query: Iterable[tuple[str, str]], names: Names) -> dict[str, str]:
    """Values by canonical name. The canonical name wins over aliases, the first value over later.

    :raises Refusal: a parameter that the endpoint does not have.
    """
    first: dict[str, str] = {}
    for name, value in query:
        first.setdefault(name, value)
    known = {name for name, aliases in names.items() for name in (name, *aliases)}
    for name in first:
        if name not in known:
            raise _invalid(name, "unknown parameter")
    chosen: dict[str, str] = {}
    for name, aliases in names.items():
        for each in (name, *aliases):
            if each in first:
                chosen.setdefault(name, first[each])
    return chosen


def filters(values: Mapping[str, str]) -> Filters:
    """The filters of a listing endpoint.

    :raises Refusal: a value that is not one of those allowed; page numbers are put right instead.
    """
    return Filters(
        page=_whole(values.get("page"), 1, 1, None),
        page_size=_whole(values.get("pageSize"), PAGE_SIZE, 1, LARGEST_PAGE_SIZE),
        status=checked(values, "status", _status) or "active",
        updated_since=checked(values, "updatedSince", _moment),
        location_code=values.get("locationCode"),
        dealer_id=checked(values, "dealerId", identity),
        parent_dealer_id=checked(values, "parentDealerId", identity),
        include_children=flag(values, "includeChildren", default=False),
    )


def checked(values: Mapping[str, str], name: str, check: Callable[[str], object]) -> str | None:
    """The value as it was sent, once ``check`` did not raise ``ValueError``."""
    value = values.get(name)
    if value is not None:
        try:
            check(value)
        except (ValueError, OverflowError) as mistake:
            raise _invalid(name, str(mistake)) from mistake
    return value


def flag(values: Mapping[str, str], name: str, *, default: bool) -> bool:
    """``true`` or ``false``, and nothing else."""
    value = values.get(name)
    if value not in {None, "true", "false"}:
        raise _invalid(name, "must be true or false")
    return default if value is None else value == "true"


def identity(value: str) -> str:
    """A UUID in its usual form with hyphens, as a check."""
    if len(value) != 36 or str(uuid.UUID(value)) != value.lower():
        raise ValueError("must be a UUID")
    return value


def _status(value: str) -> None:
    if value not in STATUSES:
        raise ValueError(f"must be one of {', '.join(STATUSES)}")


def _moment(value: str) -> None:
    milliseconds(value)


def _whole(value: str | None, default: int, least: int, most: int | None) -> int:
    try:
        number = int(value) if value is not None else default
    except ValueError:
        number = default
    number = max(number, least)
    return number if most is None else min(number, most)


def _invalid(name: str, message: str) -> Refusal:
    issue = {"path": name, "message": message, "code": "invalid_value"}
    return Refusal(422, "VALIDATION_FAILED", "Query validation failed", issues=[issue])
