"""What may be asked of the API, by its own canonical names only. Pure.

A filter that is blank is refused here: an API that ignores it would answer with everybody's cars.
"""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from syndicator.errors import UsageError

MAX_PAGE_SIZE = 200

Status = Literal["active", "pending", "sold", "draft", "all"]


class Query(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Parameters of one request; ``None`` leaves the API's default."""

    def __post_init__(self) -> None:
        """:raises UsageError: a filter is blank."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, str) and not value.strip():
                raise UsageError(f"{name} is empty")

    def parameters(self) -> dict[str, str]:
        """By name, as text, without those that are not set."""
        wire = zip(self.__struct_encode_fields__, self.__struct_fields__, strict=True)
        values = ((name, getattr(self, field)) for name, field in wire)
        return {name: _text(value) for name, value in values if value is not None}


class PageQuery(Query, frozen=True, kw_only=True, rename="camel"):
    """What every list of listings takes. The API's own default of ``status`` hides the sold."""

    page: int = 1
    page_size: int = MAX_PAGE_SIZE
    status: Status = "active"
    updated_since: datetime | None = None
    location_code: str | None = None

    def __post_init__(self) -> None:
        """:raises UsageError: a filter is blank, or a number out of the API's bounds."""
        super().__post_init__()
        if self.page < 1 or not 1 <= self.page_size <= MAX_PAGE_SIZE:
            raise UsageError(f"no such page: number {self.page} of {self.page_size} listings each")


class ListingQuery(PageQuery, frozen=True, kw_only=True, rename="camel"):
    """Parameters of ``/listings``; filters combine with *and*."""

    dealer_id: str | None = None
    parent_dealer_id: str | None = None


class LocationListingQuery(PageQuery, frozen=True, kw_only=True, rename="camel"):
    """Parameters of ``/locations/{id}/listings``; children are left out by default."""

    include_children: bool | None = None


class LocationQuery(Query, frozen=True, kw_only=True, rename="camel"):
    """Parameters of ``/locations``; children and counts are there by default."""

    parent_id: str | None = None
    include_children: bool | None = None
    with_counts: bool | None = None
    search: str | None = None


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():  # whole seconds: earlier than asked at most, and read by every server
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return str(value)
