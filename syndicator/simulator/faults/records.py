"""Faults in single records of a page: the first, the N-th, or a share that is always the same."""

from collections.abc import Callable, Mapping

from msgspec import Raw

from syndicator.simulator.faults.effect import (
    Effect,
    Kind,
    Options,
    Turn,
    lot,
    percentage,
    whole,
)
from syndicator.simulator.messages import Json
from syndicator.simulator.moments import instant, milliseconds

Spoil = Callable[[Json], list[Json]]  # what stands in the place of a record

_NOBODY = "00000000-0000-4000-8000-000000000000"
_MEGABYTE = 2**20
_DEEP = 50_000
_HOUR = 3_600_000  # milliseconds
_MEMBERS: Mapping[str, tuple[str, Json]] = {
    "nan": ("A price that is NaN.", {"price": Raw(b"NaN")}),
    "infinite": ("A price of 1e400.", {"price": Raw(b"1e400")}),
    "surrogate": ("Half a surrogate pair in the title.", {"title": Raw(rb'"Half \ud83d paar"')}),
    "latin1": ("Latin-1 bytes in the title.", {"title": Raw('"Citroën"'.encode("latin-1"))}),
    "nested": ("50 000 arrays in one another.", {"extra": Raw(b"[" * _DEEP + b"]" * _DEEP)}),
    "null-id": ("A null id.", {"id": None}),
    "long-id": ("An id of 5 000 characters.", {"id": "x" * 5_000}),
    "sold": ("Says it is sold, whatever was asked for.", {"status": "sold"}),
    "unknown-status": ("A status nobody knows.", {"status": "reserved"}),
    "updated-number": ("updatedAt as a number.", {"updatedAt": 1_796_040_000}),
    "updated-2099": ("updatedAt in 2099.", {"updatedAt": "2099-01-01T00:00:00Z"}),
    "invalid": ("No status, no dealer.", {"status": None, "dealerProfileId": None, "dealer": None}),
}  # fmt: skip


def _spoilt(place: str, spoil: Spoil) -> Effect:
    chosen = _place(place)

    def change(payload: Json, _: Turn) -> Json:
        data: list[Json] = []
        for number, record in enumerate(payload["data"], 1):
            data += spoil(record) if chosen(number, record) else [record]
        return payload | {"data": data}

    return Effect(payload=change)


def _place(text: str) -> Callable[[int, Json], bool]:
    if text.endswith("%"):
        share = percentage(text)
        return lambda _, record: lot(record.get("id")) < share
    place = whole(text, 1, least=1)
    return lambda number, _: number == place


def _kind(name: str, meaning: str, spoil: Spoil) -> Kind:
    return Kind(f"{name}[=N|P%]", meaning, lambda value, _: _spoilt(value, spoil))


def _with(members: Json) -> Spoil:
    return lambda record: [record | members]


def _without(name: str) -> Spoil:
    return lambda record: [{key: value for key, value in record.items() if key != name}]


def _without_zone(record: Json) -> list[Json]:
    return [record | {"updatedAt": str(record.get("updatedAt", "")).rstrip("Z")}]


def _twice(record: Json) -> list[Json]:
    """Itself, and an older version of it."""
    updated = record.get("updatedAt")
    older = instant(milliseconds(updated) - _HOUR) if isinstance(updated, str) else updated
    return [record, record | {"price": 1, "updatedAt": older}]


def _elsewhere(record: Json) -> Json:
    other = {"id": _NOBODY, "locationCode": "ELDERS"}
    dealer = (record.get("dealer") or {}) | other
    return record | {"dealerProfileId": _NOBODY, "dealer": dealer}


def _huge(value: str, options: Options) -> Effect:
    text = "Lang. " * (whole(options.get("mb", ""), 10) * _MEGABYTE // 6)
    return _spoilt(value, _with({"description": text}))


def _many_images(value: str, options: Options) -> Effect:
    count = whole(options.get("count", ""), 5_000)
    images = [
        {"url": f"https://images.example/{number}.jpg", "position": number}
        for number in range(count)
    ]
    return _spoilt(value, _with({"images": images}))


KINDS = {
    **{name: _kind(name, meaning, _with(members)) for name, (meaning, members) in _MEMBERS.items()},
    "no-id": _kind("no-id", "No id.", _without("id")),
    "no-updated": _kind("no-updated", "No updatedAt.", _without("updatedAt")),
    "updated-zoneless": _kind("updated-zoneless", "updatedAt without a zone.", _without_zone),
    "twice": _kind("twice", "The same id again, older, at another price.", _twice),
    "two-dealers": _kind(
        "two-dealers",
        "The same id again, under another dealer.",
        lambda each: [each, _elsewhere(each)],
    ),
    "foreign": _kind(
        "foreign", "A record of a dealer nobody asked for.", lambda each: [_elsewhere(each)]
    ),
    "huge-description": Kind("huge-description[=N|P%];[mb=10]", "A description of 10 MB.", _huge),
    "many-images": Kind("many-images[=N|P%];[count=5000]", "5 000 images.", _many_images),
}
