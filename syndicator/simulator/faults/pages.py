"""Faults in the envelope of a page: its totals, its numbers, and how much of it is there."""

from collections.abc import Callable
from typing import Any

from syndicator.simulator.faults.effect import Effect, Kind, Options, Turn, choice, fixed, whole
from syndicator.simulator.messages import Json, Refusal

_BEYOND = {"400": "INVALID_PAGE", "404": "NOT_FOUND", "422": "VALIDATION_FAILED"}


def _payload(change: Callable[[Json], Json]) -> Effect:
    return Effect(payload=lambda payload, _: change(payload))


def _pagination(payload: Json, **members: Any) -> Json:
    return payload | {"pagination": payload.get("pagination", {}) | members}


def _stating(member: str) -> Callable[[str, Options], Effect]:
    def read(value: str, _: Options) -> Effect:
        number = whole(value)
        return _payload(lambda payload: _pagination(payload, **{member: number}))

    return read


def _without_pagination(payload: Json) -> Json:
    return {name: value for name, value in payload.items() if name != "pagination"}


def _texts(payload: Json) -> Json:
    numbers = payload.get("pagination", {})
    return _pagination(payload, **{name: str(number) for name, number in numbers.items()})


def _short(payload: Json) -> Json:
    return payload | {"data": payload["data"][: len(payload["data"]) // 2]}


def _blank(payload: Json) -> Json:
    return payload | {"data": []}


def _beyond(value: str, _: Options) -> Effect:
    status = choice(value, _BEYOND, "404")

    def change(payload: Json, _: Turn) -> Json:
        numbers = payload.get("pagination", {})
        if numbers.get("page", 1) > max(1, numbers.get("totalPages", 1)):
            raise Refusal(int(status), _BEYOND[status], "No such page")
        return payload

    return Effect(payload=change)


def _bare(value: str, _: Options) -> Effect:
    """Null prices and photos, of one dealer by the code of the location or of all."""
    nothing = {"price": None, "images": None, "mainImageUrl": None}

    def strip(record: Json) -> Json:
        code = (record.get("dealer") or {}).get("locationCode") or ""
        return record | nothing if value.lower() in {"", code.lower()} else record

    return _payload(lambda payload: payload | {"data": [strip(each) for each in payload["data"]]})


KINDS = {
    "total": Kind("total=N", "pagination.totalItems says so.", _stating("totalItems")),
    "pages": Kind("pages=N", "pagination.totalPages says so.", _stating("totalPages")),
    "no-pagination": Kind("no-pagination", "No pagination.", fixed(_payload(_without_pagination))),
    "text-pagination": Kind("text-pagination", "Pagination in strings.", fixed(_payload(_texts))),
    "short-page": Kind(
        "short-page",
        "Half a page of sound JSON, under the old totals.",
        fixed(_payload(_short)),
    ),
    "blank-page": Kind("blank-page", "No records under the old totals.", fixed(_payload(_blank))),
    "beyond": Kind("beyond[=400|404|422]", "Refuses a page behind the last one.", _beyond),
    "bare": Kind("bare[=CODE]", "Null prices and photos, of that location only.", _bare),
}
