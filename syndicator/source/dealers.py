"""A dealer as embedded in listings, and the locations of the API, to our ``Dealer``. Pure."""

import json
from collections import deque
from collections.abc import Iterable
from typing import Any

from syndicator.errors import RecordError
from syndicator.models import Dealer, ParentRef, Stats
from syndicator.source import scrub, wire
from syndicator.source.fields import (
    MAX_LINE,
    Fields,
    Issue,
    Note,
    Reader,
    address,
    decimal,
    email,
    flag,
    instant,
    line,
    whole,
)

MAX_METADATA = 50

MEMBERS: dict[str, tuple[str, Reader[Any]]] = {
    "location_code": ("locationCode", line),
    "company_name": ("companyName", line),
    "full_name": ("fullName", line),
    "display_name": ("displayName", line),
    "email": ("email", email),
    "phone": ("phone", line),
    "address": ("address", line),
    "postal_code": ("postalCode", line),
    "city": ("city", line),
    "province": ("province", line),
    "logo_url": ("logoUrl", address),
    "is_root": ("isRoot", flag),
    "updated": ("updatedAt", instant),
}
"""Our field to the API's member and how it is read."""

PARENT_MEMBERS = {
    field: MEMBERS[field] for field in MEMBERS if field in ParentRef.__struct_fields__
}

_count = whole(0, wire.MAX_COUNT)


def location(raw: bytes) -> tuple[Dealer, tuple[Issue, ...]]:
    """One record of ``/locations``.

    :raises RecordError: it is no object, or its id is unusable.
    """
    return _location(wire.members(raw))


def locations(records: Iterable[bytes]) -> tuple[tuple[Dealer, ...], tuple[Issue, ...]]:
    """All records of ``/locations``, flat, each id once: the outermost record wins.

    Until June 2026 the API nested the locations of a parent as its ``children``.
    """
    issues: list[Issue] = []
    queue: deque[tuple[object, str | None]] = deque()
    for raw in records:
        try:
            queue.append((wire.members(raw), None))
        except RecordError as error:
            issues.append(Issue("location", error.message))
    found: dict[str, Dealer] = {}
    while queue:
        members, parent_id = queue.popleft()
        try:
            dealer, noted = _location(members, parent_id)
        except RecordError as error:
            issues.append(Issue("location", error.message))
        else:
            found.setdefault(dealer.id, dealer)
            issues += noted
            parent_id = dealer.id
        queue.extend((child, parent_id) for child in _children(members))
    return tuple(found.values()), tuple(issues)


def dealer(fields: Fields, dealer_id: str) -> Dealer:
    """The dealer that an object describes; who it is, its surroundings know."""
    parent = _parent(fields.object("parent"))
    parent_id = identity(fields, "parentId") or (parent.id if parent else None)
    if dealer_id in (parent_id, parent.id if parent else None):
        fields.note("parent")("a dealer above itself")
        parent = parent_id = None
    return Dealer(
        id=dealer_id,
        parent_id=parent_id,
        parent=parent,
        metadata=fields.read("metadata", _metadata) or {},
        stats=_stats(fields.object("stats")),
        **{field: fields.read(name, reader) for field, (name, reader) in MEMBERS.items()},
    )


def identity(fields: Fields, name: str) -> str | None:
    """An opaque id, case preserved; the API's own samples are no proper UUIDs."""

    def read(value: object, note: Note) -> str | None:
        text = wire.identity(value)
        if not text:
            note("not a usable id")
        return text or None

    return fields.read(name, read)


def _location(members: object, parent_id: str | None = None) -> tuple[Dealer, tuple[Issue, ...]]:
    if not isinstance(members, dict):
        raise RecordError("location: not an object")
    if parent_id is not None and not members.get("parentId"):
        members = members | {"parentId": parent_id}
    issues: list[Issue] = []
    fields = Fields(members, issues)
    dealer_id = identity(fields, "id")
    if dealer_id is None:
        raise RecordError("id: not a usable id")
    return dealer(fields, dealer_id), tuple(issues)


def _children(members: object) -> list[Any]:
    children = members.get("children") if isinstance(members, dict) else None
    return children if isinstance(children, list) else []


def _parent(fields: Fields | None) -> ParentRef | None:
    parent_id = identity(fields, "id") if fields else None
    if fields is None or parent_id is None:
        return None
    known = {field: fields.read(name, reader) for field, (name, reader) in PARENT_MEMBERS.items()}
    return ParentRef(id=parent_id, **known)


def _stats(fields: Fields | None) -> Stats | None:
    if fields is None:
        return None
    stats = Stats(
        active=fields.read("activeListings", _count),
        total=fields.read("totalListings", _count),
        average_active_last_month=fields.read(
            "avgActivePrevMonth", decimal(0, wire.MAX_COUNT, places=2)
        ),
    )
    return None if stats == Stats() else stats


def _metadata(value: object, note: Note) -> dict[str, str] | None:
    """Free members as text; what is no text is kept as JSON."""
    if not isinstance(value, dict):
        note("not an object")
        return None
    if len(value) > MAX_METADATA:
        note(f"more than {MAX_METADATA}")
    known = [(name, each) for name, each in value.items() if each is not None][:MAX_METADATA]
    pairs = ((_short(name), _short(_as_text(each))) for name, each in known)
    return {name: text for name, text in pairs if name and text}


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, default=float, ensure_ascii=False, sort_keys=True)


def _short(text: str) -> str:
    return scrub.cut(scrub.line(text), MAX_LINE)
