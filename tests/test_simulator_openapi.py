"""The simulator against the description of the API in ``openapi.yaml``, in both directions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import schemathesis
import yaml
from hypothesis import Phase, settings
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from syndicator.simulator.access import Partner
from syndicator.simulator.api import BASE_PATH, respond
from syndicator.simulator.messages import Request
from syndicator.simulator.server import Simulator
from syndicator.simulator.stock import make_stock

DESCRIPTION = Path(__file__).parent / "openapi.yaml"
STOCK = make_stock(5, 60, 8, "http://photos.example")
HEAD, GENT = list(STOCK.dealers)[:2]
LONER = list(STOCK.dealers)[4]


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    return loaded


@pytest.fixture(scope="module")
def validators(description: dict[str, Any]) -> dict[str, Draft202012Validator]:
    return {
        name: Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": description["components"]},
            format_checker=FormatChecker(),
        )
        for name in ("ListingsAnswer", "LocationsAnswer", "ErrorAnswer")
    }


def ask(target: str, key: str = "all", method: str = "GET") -> tuple[int, Any]:
    path, _, query = target.partition("?")
    request = Request(
        method=method,
        path=BASE_PATH + path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers={"x-api-key": key},
    )
    partners = {"all": Partner(), "group": Partner(roots=(HEAD,))}
    response = respond(request, STOCK, partners)
    return response.status, json.loads(response.body)


def test_the_description_is_valid(description: dict[str, Any]) -> None:
    validate(description)


@pytest.mark.parametrize("key", ["all", "group"])
@pytest.mark.parametrize("path", ["/listings", f"/locations/{GENT}/listings"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "status=all&pageSize=200",
        "status=sold&updatedSince=2026-10-01T00:00:00Z",
        "page=99",
        "page=0&limit=0",
        "locationCode=dex-gent",
    ],
)
def test_pages_of_listings_are_as_described(
    validators: dict[str, Draft202012Validator], key: str, path: str, query: str
) -> None:
    status, body = ask(f"{path}?{query}", key)
    assert status == 200
    validators["ListingsAnswer"].validate(body)


@pytest.mark.parametrize("key", ["all", "group"])
@pytest.mark.parametrize(
    "query", ["", f"parentId={HEAD}", "includeChildren=false", "withCounts=false", "search=gent"]
)
def test_locations_are_as_described(
    validators: dict[str, Draft202012Validator], key: str, query: str
) -> None:
    status, body = ask(f"/locations?{query}", key)
    assert status == 200
    validators["LocationsAnswer"].validate(body)


@pytest.mark.parametrize(
    ("target", "key", "method", "status"),
    [
        ("/listings", "none", "GET", 401),
        (f"/listings?dealerId={LONER}", "group", "GET", 403),
        ("/listings/A-1", "all", "PUT", 403),
        (f"/locations/{LONER}/listings", "group", "GET", 404),
        ("/nowhere", "all", "GET", 404),
        ("/locations", "all", "POST", 405),
        ("/listings?status=gone", "all", "GET", 422),
    ],
)
def test_refusals_are_as_described(
    validators: dict[str, Draft202012Validator], target: str, key: str, method: str, status: int
) -> None:
    answered, body = ask(target, key, method)
    assert answered == status
    validators["ErrorAnswer"].validate(body)


def test_the_description_would_notice_a_wrong_answer(
    validators: dict[str, Draft202012Validator],
) -> None:
    _, body = ask("/listings?pageSize=1")
    body["data"][0]["mileage"] = "61200"
    assert not validators["ListingsAnswer"].is_valid(body)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(STOCK, rate_limit=0) as simulator:
        yield simulator


schema = schemathesis.openapi.from_path(str(DESCRIPTION))


@schema.parametrize()
@settings(max_examples=15, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
def test_made_up_requests_are_answered_as_described(
    case: schemathesis.Case, running: Simulator
) -> None:
    case.call_and_validate(
        base_url=running.base_url,
        headers={"Authorization": f"Bearer {running.key}"},
        checks=[
            not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_headers_conformance,
            checks.response_schema_conformance,
        ],
    )
