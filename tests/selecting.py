"""An exporter that is given what its options leave of a view, as the build does it."""

from collections.abc import Iterator
from typing import Any

from syndicator.contract import Artefact, View
from syndicator.selection import selected


class Selecting:
    def __init__(self, exporter: Any) -> None:
        self._exporter = exporter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exporter, name)

    def export(self, view: View) -> Iterator[Artefact]:
        return self._exporter.export(selected(view, self._exporter.options))
