from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from syndicator.errors import UsageError
from syndicator.source.query import ListingQuery, LocationListingQuery, LocationQuery, Query

EVERYTHING: list[tuple[Query, dict[str, str]]] = [
    (
        ListingQuery(
            page=2,
            page_size=50,
            status="all",
            updated_since=datetime(2026, 3, 1, 1, 0, 0, 999_999, timezone(timedelta(hours=1))),
            dealer_id="d",
            parent_dealer_id="h",
            location_code="DEX-GENT",
        ),
        {
            "page": "2",
            "pageSize": "50",
            "status": "all",
            "updatedSince": "2026-03-01T00:00:00Z",
            "dealerId": "d",
            "parentDealerId": "h",
            "locationCode": "DEX-GENT",
        },
    ),
    (
        LocationListingQuery(include_children=True, location_code="G"),
        {
            "page": "1",
            "pageSize": "200",
            "status": "active",
            "includeChildren": "true",
            "locationCode": "G",
        },
    ),
    (
        LocationQuery(parent_id="h", include_children=False, with_counts=True, search="Gent"),
        {"parentId": "h", "includeChildren": "false", "withCounts": "true", "search": "Gent"},
    ),
    (LocationQuery(), {}),
]


@pytest.mark.parametrize(("query", "parameters"), EVERYTHING)
def test_a_query_speaks_canonical_names_only(query: Query, parameters: dict[str, str]) -> None:
    assert query.parameters() == parameters


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_a_blank_filter_is_refused(value: str) -> None:
    for kind, names in (
        (ListingQuery, ("dealer_id", "parent_dealer_id", "location_code")),
        (LocationListingQuery, ("location_code",)),
        (LocationQuery, ("parent_id", "search")),
    ):
        for name in names:
            with pytest.raises(UsageError, match=name):
                kind(**{name: value})


@pytest.mark.parametrize("numbers", [{"page": 0}, {"page_size": 0}, {"page_size": 201}])
def test_a_page_out_of_the_bounds_is_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="no such page"):
        ListingQuery(**numbers)
