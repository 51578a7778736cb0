"""The index of a list of many pages: what filters know of every car, in columns. Pure.

One file for all languages, in the order of the list, so that a script finds the card of car ``n``
on page ``(n - 1) // size + 1``. Text that repeats is a number that counts into ``tables``.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from syndicator.contract import Artefact, Kind
from syndicator.exporters.showroom.traits import Traits

NUMBERS = ("price", "since", "km", "kw")
TABLES = ("make", "model", "fuel", "gearbox", "body", "colour", "place")


class Index:
    """Filled car by car."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, int]] = {name: {} for name in TABLES}
        self._columns: dict[str, list[int | str | None]] = {
            name: [] for name in (*NUMBERS, *TABLES, "text")
        }

    def extend(self, cars: Iterable[Traits]) -> None:
        """Take in more of them."""
        for car in cars:
            for name in NUMBERS:
                self._columns[name].append(getattr(car, name))
            for name, table in self._tables.items():
                value = getattr(car, name)
                place = None if value is None else table.setdefault(value, len(table))
                self._columns[name].append(place)
            self._columns["text"].append(car.text)

    def artefact(self) -> Artefact:
        """The file, named by its content."""
        tables = {name: list(table) for name, table in self._tables.items()}
        body = msgspec.json.encode({"tables": tables, "columns": self._columns})
        digest = hashlib.blake2b(body, digest_size=6).hexdigest()
        return Artefact.whole(f"assets/stock.{digest}.json", body, Kind.ASSET)
