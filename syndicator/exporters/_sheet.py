"""What a portal is sent of one car: a table of fields decides that, and why not the rest. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, TypeAlias

from lxml import etree

from syndicator.contract import Finding, FormatField, Need, Outcome
from syndicator.exporters._xml import Node, add
from syndicator.models import Listing

MISSING = "{what} is missing: {portal} takes no car without it."
WANTED = "{what} is missing: {portal} recommends it."
UNFIT = "{what} is not as {portal} wants it, so it is missing there; no car is taken without it."
UNFIT_AND_WANTED = "{what} is not as {portal} wants it, so it is missing there."
SHORTENED = "{what} is cut to {n} characters, the most that {portal} takes."
FEWER = "{what}: only the first {n} are sent, the most that {portal} takes."
ENOUGH = "The feed is full: it takes the newest {n} cars."
NO_FIT_PHOTO = (
    "None of the photos is of a kind that {portal} takes: {kinds}. "
    "The setting image of this feed can name a server that converts them."
)
UNFIT_PHOTOS = "{n} photos are not of a kind that {portal} takes, and are not sent: {kinds} are."
NOT_UNIQUE = (
    "{what} is too long or that of several cars, so {portal} knows the car by its listing number."
)
REASONS = (
    *(MISSING, WANTED, UNFIT, UNFIT_AND_WANTED, SHORTENED, FEWER, ENOUGH),
    *(NO_FIT_PHOTO, UNFIT_PHOTOS, NOT_UNIQUE),
)

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")  # ISO 3779

Value: TypeAlias = "str | Node"


class Sheet:
    """What is sent of one car, field by field, and what had to be left out of it.

    ``findings`` is empty for a car that is sent with all that is recommended.
    """

    def __init__(self, fields: Mapping[str, FormatField], listing: Listing) -> None:
        self.values: dict[str, tuple[Value, ...]] = {}
        self.findings: list[Finding] = []
        self._fields = fields
        self._listing = listing

    @property
    def outcome(self) -> Outcome:
        """What becomes of the car."""
        return worst(self.findings)

    def put(
        self, name: str, value: str | Node | None, *, tail: str = "", need: Need | None = None
    ) -> None:
        """The one value of a field; unknown is ``None`` or empty.

        :param tail: what follows a text, and is kept when that has to be cut.
        :param need: for this car, where it is another than the table's.
        """
        if isinstance(value, str) and tail:
            value = self._with_tail(self._fields[name], value, tail)
        self.put_all(name, () if value is None or value == "" else (value,), need=need)

    def put_all(self, name: str, values: Iterable[Value], *, need: Need | None = None) -> None:
        """Every value of a field that may occur several times."""
        field = self._fields[name]
        need = need or field.need
        given = tuple(values)
        fit = tuple(each for each in (self._fitted(field, value) for value in given) if each != "")
        if field.many is not None and len(fit) > field.many:
            self._note(field, Outcome.POORER, FEWER, n=field.many)
            fit = fit[: field.many]
        if fit:
            self.values[name] = fit
        elif need is Need.REQUIRED:
            self._note(field, Outcome.LEFT_OUT, UNFIT if given else MISSING)
        elif given or need is Need.RECOMMENDED:
            self._note(field, Outcome.POORER, UNFIT_AND_WANTED if given else WANTED)

    def leave_out(
        self, reason: str, source: str = "", field: str = "", **values: str | int
    ) -> None:
        """A reason of the portal's own, beside those of the table."""
        self._find(Outcome.LEFT_OUT, reason, source, field, values)

    def impoverish(
        self, reason: str, source: str = "", field: str = "", **values: str | int
    ) -> None:
        """The same for a car that is sent with less than it could be."""
        self._find(Outcome.POORER, reason, source, field, values)

    def node(self, element: str, namespace: str = "") -> Node:
        """The car as an element, its fields in the order in which they were put.

        :param namespace: of the fields, in braces as lxml writes it.
        """
        node = etree.Element(element)
        for name, values in self.values.items():
            for value in values:
                if isinstance(value, str):
                    add(node, namespace + name, value)
                else:
                    node.append(value)
        return node

    def _with_tail(self, field: FormatField, text: str, tail: str) -> str:
        most = field.most
        if most is None or len(text) + len(tail) <= most:
            return (text + tail).strip()
        if len(tail) >= most:
            return text
        self._note(field, Outcome.POORER, SHORTENED, n=most)
        return (cut(text, most - len(tail)) + tail).strip()

    def _fitted(self, field: FormatField, value: Value) -> Value:
        """The value as the table allows it; empty where it does not."""
        if not isinstance(value, str):
            return value
        if field.most is not None and len(value) > field.most:
            if not field.cuts:
                return ""
            self._note(field, Outcome.POORER, SHORTENED, n=field.most)
            value = cut(value, field.most)
        if field.words and value not in field.words:
            return ""
        return "" if field.form and not re.fullmatch(field.form, value) else value

    def _note(self, field: FormatField, outcome: Outcome, reason: str, **values: int) -> None:
        self._find(outcome, reason, field.source, field.name, values)

    def _find(
        self,
        outcome: Outcome,
        reason: str,
        source: str,
        field: str,
        values: Mapping[str, str | int],
    ) -> None:
        self.findings.append(
            Finding(
                listing_id=self._listing.id,
                outcome=outcome,
                field=field,
                source=source,
                reason=reason,
                values=dict(values),
            )
        )


def worst(findings: Iterable[Finding]) -> Outcome:
    """What becomes of a car: the worst of what was found."""
    found = {each.outcome for each in findings}
    order = (Outcome.LEFT_OUT, Outcome.POORER)
    return next((each for each in order if each in found), Outcome.SENT)


class Identities:
    """Ids for one document: the seller's reference where it can serve, else the listing's id.

    A reference that occurs twice, or as another car's id, serves none of its cars, so that an id
    never moves from one car to another.
    """

    def __init__(self, listings: Iterable[Listing], longest: int) -> None:
        pairs = ({listing.id, listing.reference} for listing in listings)
        self._uses = Counter(text for text in chain.from_iterable(pairs) if text)
        self._longest = longest

    def serves(self, listing: Listing) -> bool:
        """Whether the seller has no other id for the car, or one that can stand for it."""
        reference = listing.reference
        return not reference or (len(reference) <= self._longest and self._uses[reference] == 1)

    def put(self, sheet: Sheet, name: str, listing: Listing) -> None:
        """The id as a field of the sheet, which tells where it is not the reference."""
        reference = listing.reference
        serves = self.serves(listing)
        if not serves:
            sheet.impoverish(NOT_UNIQUE, "reference", name)
        sheet.put(name, reference if reference and serves else listing.id)


def table(*fields: FormatField) -> tuple[FormatField, ...]:
    """A format's fields, whose names meet once.

    :raises ValueError: one stands twice.
    """
    twice = [name for name, count in Counter(each.name for each in fields).items() if count > 1]
    if twice:
        raise ValueError(f"named twice: {twice}")
    return fields


def word(words: Mapping[Any, str | None], member: object) -> str | None:
    """A portal's word for one of our closed values; ``None`` where either has none."""
    return None if member is None else words[member]


def vin_of(listing: Listing) -> str | None:
    """The chassis number where it is one; another is not sent."""
    return listing.vin if VIN.fullmatch(listing.vin or "") else None


def cut(text: str, most: int) -> str:
    """At most so many characters, ended at a word where there is one."""
    if len(text) <= most:
        return text
    whole_words = re.match(rf"(?s).{{1,{most}}}(?=\s)", text)
    return (whole_words[0] if whole_words else text[:most]).rstrip()
