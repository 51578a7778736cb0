"""What commands list: columns for people, JSON for programs. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from syndicator.description import Description, FieldDescription, describe
from syndicator.models import Dealer
from syndicator.offers import available


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns as wide as their widest cell, two blanks between them."""
    cells = [tuple(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def locations(dealers: Iterable[Dealer], *, as_object: bool) -> str:
    """Every dealer that a key can see, with the API's own counts."""
    found = sorted(dealers, key=lambda dealer: (dealer.location_code or "", dealer.id))
    if as_object:
        return msgspec.json.Encoder(decimal_format="number").encode(found).decode()
    if not found:
        return "this key can see no location"
    head = ("code", "active", "name", "city", "id", "parent")
    return columns([head, *map(_location, found)])


def exporters(name: str | None, *, as_object: bool) -> str:
    """All exporters in a line each, or one with its options and the fields of its format.

    :raises UsageError: there is no exporter of that name.
    """
    found = [describe(each) for each in ([name] if name else available())]
    if as_object:
        return msgspec.json.encode(found).decode()
    if name:
        return _exporter(found[0])
    return columns([("name", "package", "what it makes"), *map(_offer, found)])


def _location(dealer: Dealer) -> tuple[str, ...]:
    active = dealer.stats.active if dealer.stats else None
    return (
        dealer.location_code or "-",
        "?" if active is None else str(active),
        dealer.name,
        dealer.city or "-",
        dealer.id,
        (dealer.parent.location_code if dealer.parent else None) or dealer.parent_id or "-",
    )


def _offer(found: Description) -> tuple[str, ...]:
    return found.name, f"{found.distribution} {found.version}", found.summary


def _exporter(found: Description) -> str:
    head = f"{found.name} ({found.distribution} {found.version}): {found.summary}"
    rows = [("option", "type", "default", ""), *map(_option, found.options)]
    options = f"{head}\n\n{columns(rows)}"
    return f"{options}\n\n{_fields(found.fields)}" if found.fields else options


def _fields(fields: Sequence[FieldDescription]) -> str:
    """A line each, and what is too long for a column below it."""
    rows = [("field", "need", "from"), *((f.name, f.need, f.source or "-") for f in fields)]
    told = ("", *("; ".join(filter(None, (f.limits, f.note))) for f in fields))
    lines = zip(columns(rows).splitlines(), told, strict=True)
    return "\n".join(f"{line}\n    {more}" if more else line for line, more in lines)


def _option(option: object) -> tuple[str, ...]:
    return tuple(str(getattr(option, each)) for each in ("name", "type", "default", "summary"))
