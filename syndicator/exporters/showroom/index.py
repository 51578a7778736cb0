"""The index of a list of many pages: what filters know of every car, in columns. Pure.

One file for all languages, in the order of the list, so that a script finds the card of car ``n``
on page ``(n - 1) // size + 1``. Text that repeats is a number that counts into ``tables``.

Index and pages both say of which order they are: after a sale a script that sees two of them asks
for its page again. A new price is no new order, so the pages that do not show it stay as they are.
"""

import hashlib

import msgspec

from syndicator.contract import Artefact, Kind
from syndicator.exporters.showroom.tally import Placed
from syndicator.exporters.showroom.traits import Traits

FILENAME = "stock.json"
NUMBERS = ("price", "since", "km", "kw")
TABLES = ("make", "model", "fuel", "gearbox", "body", "colour", "place")


class Index:
    """Of the cars that are added, in their order; ``order`` is a digest of it."""

    def __init__(self) -> None:
        self._order = hashlib.blake2b(digest_size=6)
        self._tables: dict[str, dict[str, int]] = {name: {} for name in TABLES}
        self._columns: dict[str, list[int | str | None]] = {
            name: [] for name in (*NUMBERS, *TABLES, "text")
        }

    def add(self, car: Placed) -> None:
        """One more car."""
        self._order.update(car.listing.id.encode() + b"\0")
        self._add(car.traits)

    @property
    def order(self) -> str:
        """Of the cars so far."""
        return self._order.hexdigest()

    def artefact(self) -> Artefact:
        """The file."""
        tables = {name: list(table) for name, table in self._tables.items()}
        told = {"order": self.order, "tables": tables, "columns": self._columns}
        return Artefact.whole(FILENAME, msgspec.json.encode(told), Kind.LEAF)

    def _add(self, car: Traits) -> None:
        for name in NUMBERS:
            self._columns[name].append(getattr(car, name))
        for name, table in self._tables.items():
            value = getattr(car, name)
            place = None if value is None else table.setdefault(value, len(table))
            self._columns[name].append(place)
        self._columns["text"].append(car.text)
