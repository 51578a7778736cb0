"""What portals have in common: a table of fields that decides what is sent, and why not. Pure.

A portal's module has its table (:class:`~syndicator.contract.FormatField`, from the portal's own
reference), its words for our closed values, and a writer that puts what it knows of a car into a
:class:`Sheet`. The sheet keeps the table's limits, so that the document and the portal report come
from the same pass and cannot differ.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Protocol, Self

import msgspec
from pydantic import Field

from syndicator.contract import (
    Artefact,
    Finding,
    FormatField,
    Kit,
    Outcome,
    Place,
    Scope,
    StockOptions,
    View,
)
from syndicator.exporters._parts import Parts
from syndicator.exporters._sheet import ENOUGH, Sheet, worst
from syndicator.exporters._xml import records
from syndicator.models import Listing


class PortalOptions(StockOptions):
    """``limit``: so many of the newest cars at most."""

    limit: int | None = Field(default=None, ge=1, description="so many of the newest cars")


class Advert(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A car as the document has it, empty where it is left out, and what was found."""

    text: bytes
    findings: tuple[Finding, ...]

    def without(self, reason: str, listing: Listing, n: int) -> Self:
        """The same car left out for a reason that is not its own."""
        more = Finding(
            listing_id=listing.id, outcome=Outcome.LEFT_OUT, reason=reason, values={"n": n}
        )
        return msgspec.structs.replace(self, findings=(*self.findings, more))


_packed = msgspec.msgpack.Encoder().encode
_unpacked = msgspec.msgpack.Decoder(Advert).decode


class Writer(Protocol):
    """Turns the listings of one view into a portal's values."""

    def fill(self, listing: Listing, sheet: Sheet) -> None:
        """All that the listing can fill."""

    def others(self, listing: Listing) -> object:
        """What a sheet depends on of the view's other cars."""


class Portal:
    """The part of an exporter that is the same for every portal; subclass it.

    :cvar title: what people call the portal.
    :cvar fields: its table.
    """

    scopes = frozenset({Scope.SHOWROOM, Scope.SITE})
    place = Place.FEEDS
    media_type = "application/xml"
    title: str
    fields: Sequence[FormatField]

    def __init__(self, options: Any, kit: Kit) -> None:
        self.options = options
        self.kit = kit
        self._table = {field.name: field for field in self.fields}
        self._last: tuple[View, Writer] | None = None
        self._lost: tuple[View, list[Finding]] | None = None

    def export(self, view: View) -> Iterator[Artefact]:
        """One document."""
        yield Artefact.stream(self.options.filename, self.document(view))

    def document(self, view: View) -> Iterator[bytes]:
        """Its bytes."""
        raise NotImplementedError

    def writer(self, view: View) -> Writer:
        """What fills the sheets of the view's cars."""
        raise NotImplementedError

    def written(self, sheet: Sheet) -> bytes:
        """A car as it stands in the document."""
        raise NotImplementedError

    def audit(self, view: View) -> Iterator[Finding]:
        """What becomes of each car: sent, sent poorer, or left out."""
        for listing, advert in self._adverts(view):
            outcome = worst(advert.findings)
            told = [each for each in advert.findings if each.outcome is outcome]
            yield from told or (Finding(listing_id=listing.id, outcome=Outcome.SENT),)

    def lost_by_document(self, view: View) -> Iterator[Finding]:
        """What it leaves out, without a walk for the view whose document was made last."""
        own_audit = type(self).audit is not Portal.audit
        if self._lost is not None and self._lost[0] is view and not own_audit:
            return iter(self._lost[1])
        return (each for each in self.audit(view) if each.outcome is Outcome.LEFT_OUT)

    def sent(self, view: View) -> Iterator[bytes]:
        """The cars that the document holds, in the order of the view, as it has them."""
        lost: list[Finding] = []
        for _, advert in self._adverts(view):
            if worst(advert.findings) is Outcome.LEFT_OUT:
                lost += (each for each in advert.findings if each.outcome is Outcome.LEFT_OUT)
            else:
                yield advert.text
        self._lost = view, lost

    def _writer(self, view: View) -> Writer:
        """That of the view: the last is kept, for document and report are of the same cars."""
        if self._last is None or self._last[0] is not view:
            self._last = view, self.writer(view)
        return self._last[1]

    def _adverts(self, view: View) -> Iterator[tuple[Listing, Advert]]:
        """What is sent of every car on offer, those that are left out too."""
        writer = self._writer(view)
        parts = Parts(view, self.kit, self.kit.words.language)

        def filled(listing: Listing) -> bytes:
            sheet = Sheet(self._table, listing)
            writer.fill(listing, sheet)
            text = b"" if sheet.outcome is Outcome.LEFT_OUT else self.written(sheet)
            return _packed(Advert(text=text, findings=tuple(sheet.findings)))

        def advert(listing: Listing) -> tuple[Listing, Advert]:
            others = writer.others(listing)
            return listing, _unpacked(parts.of(listing, partial(filled, listing), others))

        room = self.options.limit
        for listing, made in records(view.listings, advert):
            if room is not None and worst(made.findings) is not Outcome.LEFT_OUT:
                room -= 1
                if room < 0:
                    yield listing, made.without(ENOUGH, listing, self.options.limit)
                    continue
            yield listing, made
